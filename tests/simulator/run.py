"""The simulator: requests through the service, crashes at any statement, and what must be true after each.

After a crash the database is opened anew and the same request is sent again with the same key, as a person would.
Nothing may be lost and nothing doubled: the case in the database and its twin in memory must be the same.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, Decision, Handed, Refusal, Request
from inprocap_flow.errors import CaseChanged, FlowError, InvalidInput, NotAllowed
from inprocap_flow.service.acting import Outcome, act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.documents import Destination, take_in
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.records import Answer
from inprocap_flow.store.rows import fingerprint
from tests.simulator.asking import Asker, Wish
from tests.simulator.faults import Crash, Fault
from tests.simulator.houses import START, House
from tests.simulator.twin import Twin

MOST_CRASHES = 3  # in a row, for one request


@dataclass
class Tally:
    """What a run did, for its last line and its report."""

    requests: int = 0
    led: int = 0  # more requests, that only lead into a procedure
    crashes: int = 0
    after_commit: int = 0
    repeated: int = 0
    other_request: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count} {name}" for name, count in self.outcomes.most_common())
        return (
            f"{self.requests} requests after {self.led} that led there, "
            f"{self.crashes} crashes ({self.after_commit} after the commit), "
            f"{self.repeated} sent again, {self.other_request} other requests under an old key; {outcomes}"
        )


@dataclass
class Played:
    """One case that is being played."""

    twin: Twin
    asker: Asker
    now: datetime = START


@dataclass
class Simulator:
    """Plays several cases of one house at once. All chance comes from *chance*, so a seed tells a whole run."""

    house: House
    chance: random.Random
    crash_rate: float = 0.5
    cases: int = 3
    turnover: int = 150  # requests for one case, then another begins in its place
    fault: Callable[[random.Random, float], Fault] = Fault.drawn
    led: bool = True  # whether cases may begin far inside a story, by requests that do not crash
    played: list[Played] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    opened: int = 0

    def run(self, steps: int, *, every: Callable[[Tally], None] | None = None) -> Tally:
        """Send *steps* requests, comparing after each; *every* is told the tally now and then."""
        for number in range(1, steps + 1):
            self.step()
            if every is not None and number % 500 == 0:
                every(self.tally)
        self.holds()
        return self.tally

    def step(self) -> None:
        """Send one request about one of the cases until it is answered, then compare."""
        self.begin()
        played = self.chance.choice(self.played)
        wish = played.asker.wish(played.twin.rehearsal.case, played.now)
        self.tally.requests += 1
        self._send(played, wish)
        case = played.twin.rehearsal.case
        if case is not None and case.main.ended:
            played.asker.drawn += self.turnover // 10
        if played.asker.drawn >= self.turnover:
            self.holds()
            self.played.remove(played)

    def begin(self) -> None:
        """Open cases until there are enough, and lead each to where its walk begins."""
        while len(self.played) < self.cases:
            self.played.append(played := self._another())
            while played.asker.led:
                self._lead(played)

    def holds(self) -> None:
        """Compare everything that is there with what must be there."""
        desk = self.house.desk()
        for played in self.played:
            played.twin.holds(desk.store)
        assert desk.store.audit(self.house.organisation).findings == ()
        desk.store.close()

    def _another(self) -> Played:
        self.opened += 1
        twin = Twin(f"case-{self.opened:04}", self.house.binding())
        story = list(self.chance.choice(self.house.stories)) if self.house.stories else []
        led = self.chance.randint(1, len(story)) if self.led and story else 0
        # Whoever asks sees what the twin sees, which knows what is sealed without the database.
        return Played(twin, Asker(self.house, self.chance, twin.rehearsal.binding, story, led))

    # ------------------------------------------------------------------------------------------ one request

    def _lead(self, played: Played) -> None:
        """Send the next request of a story as it is told: nothing crashes, and little is compared."""
        wish = played.asker.wish(played.twin.rehearsal.case, played.now)
        self.tally.led += 1
        self._try(played, replace(wish, request=self._addressed(played, wish.request)), Fault(), look=False)
        played.now = max(played.now, wish.now)

    def _addressed(self, played: Played, request: Request) -> Request:
        """Return *request* with the salt that the twin will draw, too; an opening names the case that it opens."""
        extra = {**request.extra, "seed": self.chance.randbytes(32).hex()}
        if played.twin.rehearsal.case is None:
            extra |= {"case": played.twin.case_id, "title": "Invented"}
        return replace(request, extra=extra)

    def _send(self, played: Played, wish: Wish) -> None:
        key = f"key-{self.tally.requests:06}" if self.chance.random() < 0.9 else None
        asked = replace(self._addressed(played, wish.request), idempotency_key=key)
        # Without a key nobody may send anything twice, so then nothing may crash.
        rate = self.crash_rate if key is not None else 0.0
        for attempt in range(MOST_CRASHES + 1):
            fault = self.fault(self.chance, rate if attempt < MOST_CRASHES else 0.0)
            now = wish.now + timedelta(seconds=attempt)
            if self._try(played, replace(wish, request=asked, now=now), fault):
                break
        played.now = max(played.now, wish.now)

    def _try(self, played: Played, wish: Wish, fault: Fault, *, look: bool = True) -> bool:
        """Send it once; return whether it was answered. The program lives no longer than that."""
        desk = self.house.desk(fault)
        asked = wish.request
        try:
            rehearsal = played.twin.rehearsal
            handed = taken_in(desk, self.house, rehearsal.binding, played.twin.case_id, rehearsal.case, wish)
            asked = replace(asked, documents=handed)
            outcome = self._ask(desk, played, asked, wish.now)
            fault.at = fault.text = None  # it is answered; what follows only looks
            if fault.struck:  # after the last statement: only a new connection is of use
                desk.store.close()
                desk = self.house.desk()
        except (Crash, StoreUnavailable):
            self.tally.crashes += 1
            desk.store.close()
            self._after_crash(played, asked, wish.now)
            return False
        except FlowError as wrong:
            desk.store.close()
            self._fails_alike(played, asked, wish.now, wrong)
            return True
        self._compare(desk, played, asked, wish.now, outcome, look=look)
        desk.store.close()
        return True

    def _ask(self, desk: Desk, played: Played, asked: Request, now: datetime) -> Outcome:
        if played.twin.rehearsal.case is None:
            return open_case(desk, self.house.procedure, self.house.organisation, asked, now=now)
        return act(desk, played.twin.case_id, asked, now=now)

    # ------------------------------------------------------------------------------------------ compared

    def _after_crash(self, played: Played, asked: Request, now: datetime) -> None:
        """Whatever was done, was done whole: then there is an answer, and the twin does it, too."""
        desk = self.house.desk()
        with desk.store.reading() as view:
            answer = view.answer(asked.idempotency_key or "")
        if answer is not None and asked.idempotency_key not in played.twin.answers:
            self.tally.after_commit += 1
            self.follow(played, asked, now, answer)
        if not self._is_nothing(played):
            played.twin.holds(desk.store)
        desk.store.close()

    def _is_nothing(self, played: Played) -> bool:
        return played.twin.rehearsal.case is None

    def _compare(
        self, desk: Desk, played: Played, asked: Request, now: datetime, outcome: Outcome, *, look: bool
    ) -> None:
        twin, key = played.twin, asked.idempotency_key
        if isinstance(outcome, Answer):
            assert twin.answers[key or ""] == outcome, "a request sent again gets the first answer"
            self.tally.repeated += 1
        else:
            expected = self._done(twin, asked, now)
            assert type(expected) is type(outcome), (expected, outcome)
            assert expected.events == outcome.events
            if isinstance(expected, Refusal) and isinstance(outcome, Refusal):
                assert expected.blockers == outcome.blockers
            if key is not None:
                with desk.store.reading() as view:
                    answer = view.answer(key)
                assert answer is not None
                self._answers(twin, asked, expected, answer)
        if not look:
            return
        compare = twin.holds if self.chance.random() < 0.2 else twin.stands
        compare(desk.store)
        if key is not None and self.chance.random() < 0.15:
            self._other_request(desk, played, asked, now)

    def follow(self, played: Played, asked: Request, now: datetime, answer: Answer) -> None:
        """Let the twin decide what the database says was decided; *answer* must tell of that."""
        self._answers(played.twin, asked, self._done(played.twin, asked, now), answer)

    def _done(self, twin: Twin, asked: Request, now: datetime) -> Decision | Refusal:
        opening = twin.rehearsal.case is None
        outcome = twin.does(replace(asked, kind="open") if opening else asked, now)
        if opening and isinstance(outcome, Refusal):
            twin.refused -= 1  # it is kept under no case
        self.tally.outcomes["refused" if isinstance(outcome, Refusal) else "recorded"] += 1
        if isinstance(outcome, Refusal):
            self.tally.codes.update(outcome.codes)
        else:
            self.tally.codes.update(event.kind for event in outcome.events)
        return outcome

    @staticmethod
    def _answers(twin: Twin, asked: Request, expected: Decision | Refusal, answer: Answer) -> None:
        """The answer that is kept says what was decided."""
        codes = expected.codes if isinstance(expected, Refusal) else ()
        assert answer.refused == codes
        assert answer.response["events"] == [event.seq for event in expected.events]
        names, _, _ = answer.fingerprint.partition(".")
        assert names == fingerprint(replace(asked, kind=expected.request.kind))
        twin.answers[answer.key] = answer

    def _fails_alike(self, played: Played, asked: Request, now: datetime, wrong: FlowError) -> None:
        """An error records nothing: a request that is none, an old version, a definition that cannot answer."""
        self.tally.outcomes[wrong.code] += 1
        if isinstance(wrong, CaseChanged):
            assert asked.expected_version is not None
        elif not isinstance(wrong, InvalidInput):
            try:
                self._done(played.twin, asked, now)
            except FlowError as expected:
                if type(expected) is not type(wrong):
                    raise wrong from expected
            else:
                raise wrong
        if not self._is_nothing(played):
            desk = self.house.desk()
            played.twin.holds(desk.store)
            desk.store.close()

    def _other_request(self, desk: Desk, played: Played, asked: Request, now: datetime) -> None:
        """Another request under the same key is not answered with what was never asked."""
        other = replace(asked, actor="somebody-else")
        self.tally.other_request += 1
        with pytest.raises(NotAllowed, match="draw a new key"):
            self._ask(desk, played, other, now)
        played.twin.stands(desk.store)


def taken_in(
    desk: Desk, house: House, binding: Binding, case_id: str, case: Case | None, wish: Wish
) -> dict[str, Handed]:
    """Take in the documents of a wish as a person's program does: the same files for every try."""
    kind = wish.line.partition("/")[0]
    if wish.line != MAIN and kind not in binding.definition.tracks:
        return {}
    known = binding.definition.line("" if wish.line == MAIN else kind).documents
    paths = {name: str(_file(house, name)) for name in wish.documents if name in known}
    return take_in(desk, Destination(binding, case_id, wish.line, case), paths, now=wish.now)


def _file(house: House, name: str) -> Path:
    path = house.folder / "inbox" / f"{name}.txt"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name} {house.chance.random()}", encoding="utf-8")
    return path
