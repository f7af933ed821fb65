"""Processes that are really killed: a child acts on cases until SIGKILL ends it, and what it leaves is compared.

A child notes every request before it sends it, and every answer that it got, in a file that outlives it. So whoever
opens the database afterwards knows what was asked, what was heard, and the few requests of which nobody heard.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import random
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from inprocap_flow.engine.case.records import Request
from inprocap_flow.errors import FlowError
from inprocap_flow.service.acting import act
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.connection import Watch
from inprocap_flow.store.records import Answer
from tests.simulator.asking import Asker
from tests.simulator.faults import Fault
from tests.simulator.houses import House
from tests.simulator.run import Played, Simulator, taken_in

LONGEST_LIFE = 60  # seconds; then something hangs
MOST_REQUESTS = 400  # of one child; it is killed long before


class Asked(NamedTuple):
    """A request as it was sent."""

    case_id: str
    request: Request
    now: datetime


class Heard(NamedTuple):
    """What the sender of a request with this key got: the codes of a refusal, or of an error that records nothing."""

    key: str
    refused: tuple[str, ...]
    error: str = ""


@dataclass
class Killing(Fault):
    """Ends the process at one statement, before it runs or after it, as the power does: nothing is tidied up."""

    def strike(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


# ---------------------------------------------------------------------------------------------- the child


class Journal:
    """Notes in a file. What `write` has taken outlives the process, though not the machine; that is enough here."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, what: object) -> None:
        text = pickle.dumps(what)
        os.write(self._file, len(text).to_bytes(4, "big") + text)


def noted(path: Path) -> Iterator[Any]:
    """Yield the notes of a file; a last one that was cut off is none."""
    text = path.read_bytes() if path.exists() else b""
    while len(text) >= 4 and len(text) >= (end := 4 + int.from_bytes(text[:4], "big")):
        yield pickle.loads(text[4:end])
        text = text[end:]


@dataclass
class Child:
    """What a child is told: where, about which cases, from which moment on, and at which statement it dies."""

    house: House
    name: str
    cases: Sequence[tuple[str, datetime]]
    seed: int
    watch: Watch | None = None

    @property
    def journal(self) -> Path:
        return self.house.folder / f"{self.name}.journal"


def live(child: Child) -> None:
    """Act until killed. Whatever else ends the process is noted."""
    journal = Journal(child.journal)
    try:
        house = replace(child.house, chance=random.Random(child.seed))
        _act_on(child, house, house.desk(child.watch), journal)
    except BaseException:
        journal.note(traceback.format_exc())
        raise


def _act_on(child: Child, house: House, desk: Desk, journal: Journal) -> None:
    clocks = dict(child.cases)
    for number in range(MOST_REQUESTS):
        case_id = house.chance.choice(list(clocks))
        asked = _drawn(desk, house, case_id, clocks[case_id], f"{child.name}-{number:04}")
        clocks[case_id] = max(clocks[case_id], asked.now)
        journal.note(asked)
        try:
            outcome = act(desk, case_id, asked.request, now=asked.now)
        except FlowError as wrong:
            journal.note(Heard(asked.request.idempotency_key or "", (), wrong.code))
        else:
            journal.note(Heard(asked.request.idempotency_key or "", refused_of(outcome)))


def _drawn(desk: Desk, house: House, case_id: str, now: datetime, key: str) -> Asked:
    with desk.store.reading() as view:
        case = view.load(case_id).case
        binding = desk.binding(view, case)
        wish = Asker(house, house.chance, binding).wish(case, now)
    handed = taken_in(desk, house, binding, case_id, case, wish)
    extra = {**wish.request.extra, "seed": house.chance.randbytes(32).hex()}
    return Asked(case_id, replace(wish.request, documents=handed, idempotency_key=key, extra=extra), wish.now)


def refused_of(outcome: Any) -> tuple[str, ...]:
    """Return the codes of a refusal or of the answer that tells of one, else nothing."""
    return outcome.refused if isinstance(outcome, Answer) else getattr(outcome, "codes", ())


# ---------------------------------------------------------------------------------------------- whoever kills it


@dataclass
class Deaths:
    """What was killed, and what was found."""

    killed: int = 0
    at_statement: int = 0
    requests: int = 0
    heard: int = 0
    unheard_done: int = 0
    unheard_not_done: int = 0

    def __str__(self) -> str:
        return (
            f"{self.killed} processes killed ({self.at_statement} at a chosen statement), {self.requests} requests, "
            f"{self.heard} answers heard, of those unheard {self.unheard_done} done and {self.unheard_not_done} not"
        )


@dataclass
class Killer:
    """Starts children on the cases of *simulator*, kills them, and compares what they leave with the twins."""

    simulator: Simulator
    deaths: Deaths = field(default_factory=Deaths)
    children: int = 0

    def round(self, count: int = 1, *, chosen: bool = False) -> None:
        """Let *count* children act at once until each is dead; then compare, and send again what nobody heard of."""
        children = [self._child(chosen) for _ in range(count)]
        processes = [_started(child) for child in children]
        for child, process in zip(children, processes, strict=True):
            self._end(child, process)
        asked, heard = _told(children)
        self.deaths.requests += len(asked)
        self.deaths.heard += len(heard)
        self._follow(asked, heard)
        for one in asked:
            if one.request.idempotency_key not in heard:
                self._send_again(one)
        self.simulator.holds()

    def _child(self, chosen: bool) -> Child:
        self.children += 1
        chance, simulator = self.simulator.chance, self.simulator
        cases = [(played.twin.case_id, played.now) for played in simulator.played]
        watch = None
        if chosen:
            after_it = chance.random() < 0.5
            watch = Killing(at=chance.randint(1, 120), after_it=after_it)
        return Child(simulator.house, f"child-{self.children:05}", cases, chance.randrange(10**9), watch)

    def _end(self, child: Child, process: Any) -> None:
        """Kill *process* some time after its first request, unless it kills itself; see that it died of that."""
        self.deaths.killed += 1
        if child.watch is None:
            _wait_for(child.journal, process)
            time.sleep(self.simulator.chance.uniform(0, 0.15))
            with suppress(ProcessLookupError):  # it has ended by itself: seen below
                os.kill(process.pid, signal.SIGKILL)
        else:
            self.deaths.at_statement += 1
        process.join(LONGEST_LIFE)
        failed = [note for note in noted(child.journal) if isinstance(note, str)]
        assert process.exitcode == -signal.SIGKILL, f"a child ended with {process.exitcode}: {failed}"
        process.close()

    # ------------------------------------------------------------------------------------------ compared

    def _follow(self, asked: list[Asked], heard: dict[str, Heard]) -> None:
        """Let the twins decide, in the order of the database, whatever it says was done; nothing heard is missing."""
        desk = self.simulator.house.desk()
        with desk.store.reading() as view:
            answers = {key: view.answer(key) for one in asked if (key := one.request.idempotency_key)}
        desk.store.close()
        for key, told in heard.items():
            answer = answers[key]
            assert (answer is None) == bool(told.error), f"{key} was answered, and is not known: {told}"
            assert answer is None or answer.refused == told.refused
        done = [(answer, one) for one in asked if (answer := answers[one.request.idempotency_key or ""]) is not None]
        for answer, one in sorted(done, key=_in_order):
            self.deaths.unheard_done += answer.key not in heard
            self.simulator.follow(self._played(one), one.request, one.now, answer)

    def _send_again(self, one: Asked) -> None:
        """Send a request of which nobody heard once more: it is done now, or the first answer comes back."""
        played, key = self._played(one), one.request.idempotency_key or ""
        known = played.twin.answers.get(key)
        desk = self.simulator.house.desk()
        try:
            outcome = act(desk, one.case_id, one.request, now=one.now + timedelta(seconds=1))
        except FlowError:
            assert known is None
            return
        finally:
            desk.store.close()
        if known is not None:
            assert outcome == known
            return
        self.deaths.unheard_not_done += 1
        desk = self.simulator.house.desk()
        with desk.store.reading() as view:
            answer = view.answer(key)
        desk.store.close()
        assert answer is not None
        self.simulator.follow(played, one.request, one.now + timedelta(seconds=1), answer)

    def _played(self, one: Asked) -> Played:
        played = next(played for played in self.simulator.played if played.twin.case_id == one.case_id)
        played.now = max(played.now, one.now)
        return played


def _in_order(done: tuple[Answer, Asked]) -> tuple[int, bool]:
    """A refusal that left no event stands behind the outcome that made the version on which it was decided."""
    answer, _ = done
    return answer.version, not answer.response["events"]


def _told(children: list[Child]) -> tuple[list[Asked], dict[str, Heard]]:
    notes = [note for child in children for note in noted(child.journal)]
    heard = {note.key: note for note in notes if isinstance(note, Heard)}
    return [note for note in notes if isinstance(note, Asked)], heard


def _started(child: Child) -> Any:
    """Start a child from a process that has everything imported and nothing open, which takes a few milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=live, args=(child,), daemon=True)
    process.start()
    return process


def _wait_for(journal: Path, process: Any) -> None:
    for _ in range(LONGEST_LIFE * 200):
        if (journal.exists() and journal.stat().st_size) or not process.is_alive():
            return
        time.sleep(0.005)
    raise AssertionError("a child sends no request")
