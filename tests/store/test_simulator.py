"""A seeded simulator: it raises before or after any SQL statement, reopens the database, and goes on.

Whatever happens, what was answered is there, what was not answered is there whole or not at all, and asking again
with the same key never does a thing twice. `tools/dev.py soak` runs it at full size (INPROCAP_SOAK).
"""

from __future__ import annotations

import io
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Case, Handed, Message
from inprocap_flow.ids import TimedIds
from inprocap_flow.store.chain import Head
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.documents import Documents
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing
from tests.store import drafts
from tests.store.drafts import NOW, Change

SOAK = bool(os.environ.get("INPROCAP_SOAK"))
STEPS = {"sqlite": 20_000 if SOAK else 250, "postgresql": 5_000 if SOAK else 80}


class Crash(BaseException):
    """The process dies here. Not an Exception, so that nothing on the way can mistake it for one of ours."""


@dataclass
class Fault:
    """A watch that raises before or after the statement number *at*, or the one that is *text* (None: never)."""

    at: int | None = None
    text: str | None = None
    after_it: bool = False
    seen: int = 0

    def before(self, sql: str) -> None:
        self.seen += 1
        if not self.after_it and (self.seen == self.at or sql == self.text):
            raise Crash

    def after(self, sql: str) -> None:
        if self.after_it and (self.seen == self.at or sql == self.text):
            raise Crash


@dataclass
class World:
    """What the simulator knows to be true, beside the store that it tests."""

    url: str
    folder: Path
    keys: KeyRing
    chance: random.Random
    document: Handed
    definition: str = ""
    expected: dict[str, list[str]] = field(default_factory=dict)  # of each case, the keys of what was done, in order
    posted: int = 0
    heads: list[Head] = field(default_factory=list)
    crashes: int = 0
    done_although_crashed: int = 0
    refused: int = 0

    def store(self, fault: Fault) -> DatabaseStore:
        return open_store(self.url, keys=self.keys, ids=TimedIds(), documents=self.folder, watch=fault)


def _asked(world: World, case: Case, key: str) -> tuple[Change, ...]:
    """Return some changes that this case allows; the key goes along, so that each can be found again."""
    name = key.replace(" ", "_")
    some: list[tuple[Change, ...]] = [
        (drafts.moves(f"stage_{name}"),),
        (drafts.begins(name), drafts.fills(last=key)),
        (drafts.starts(name), drafts.asks(name)),
        (drafts.brings(name, world.document.sha256),),
        tuple(drafts.fills(**{f"field_{number}": key}) for number in range(5)),
    ]
    running = [state.name for state in case.deadlines.values() if state.status == "running"]
    if running:
        some.append((drafts.meets(world.chance.choice(running)), drafts.fills(met=key)))
    return world.chance.choice(some)


def _acts(world: World, store: DatabaseStore, case_id: str, key: str, kind: str) -> None:
    """Do one request as the service does: the answer if there is one, else load, decide, record, commit."""
    with store.writing() as work:
        if kind == "open":
            if work.answer(key) is None:
                made = drafts.decision(None, drafts.opens(case_id, world.definition), drafts.moves(f"stage_{key}"))
                work.record(made, now=NOW, idempotency_key=key)
            return
        loaded = work.load(case_id)
        if work.answer(key) is not None:
            return
        if kind == "refuse":
            work.record(drafts.refusal(loaded.case, codes=(key,)), now=NOW, idempotency_key=key)
            return
        mark, value = drafts.sealed(key)
        sealed = {mark: value} if kind == "seal" else {}
        told = (Message(loaded.event_count + 1, "told", ("role:legal",), key),)
        changes = (*_asked(world, loaded.case, key), *([drafts.fills(price={"sealed": mark})] if sealed else []))
        work.record(drafts.decision(loaded.case, *changes, messages=told, sealed=sealed), now=NOW, idempotency_key=key)


def _step(world: World, number: int) -> None:
    case_id = f"case-{world.chance.randint(1, 4)}"
    key = f"key_{number}"
    kind = "open" if case_id not in world.expected else world.chance.choice(["do", "do", "do", "seal", "refuse"])
    # A statement beyond the last one of the request is no fault: then the request simply succeeds.
    fault = Fault(at=world.chance.randint(1, 14), after_it=world.chance.random() < 0.5)
    if world.chance.random() < 0.25:  # the worst moment: nobody hears whether it was done
        fault = Fault(text="COMMIT", after_it=world.chance.random() < 0.5)
    store = world.store(fault)
    crashed = False
    try:
        _acts(world, store, case_id, key, kind)
    except Crash:
        crashed = True
    store.close()
    again = world.store(Fault())
    with again.reading() as view:
        was_done = view.answer(key) is not None
    assert was_done or crashed, "what was answered is there"
    world.crashes += crashed
    world.done_although_crashed += crashed and was_done
    for _ in range(world.chance.randint(1, 2)):
        _acts(world, again, case_id, key, kind)
    world.expected.setdefault(case_id, [])
    if kind == "refuse":
        world.refused += 1
    else:
        world.expected[case_id].append(key)
        world.posted += kind != "open"
    if world.chance.random() < 0.05:
        world.heads.append(again.checkpoint("desy", now=NOW))
    again.close()


def _holds(world: World) -> None:
    store = world.store(Fault())
    for case_id, keys in world.expected.items():
        with store.reading() as view:
            loaded, events = view.load(case_id), view.events(case_id)
            answers = [view.answer(key) for key in keys]
        assert loaded.case == fold(events)
        assert loaded.version == len(keys), "every request is one outcome"
        assert [answer.version for answer in answers if answer] == list(range(1, len(keys) + 1))
        seqs = [seq for answer in answers if answer for seq in answer.response["events"]]
        assert seqs == [event.seq for event in events], "every event belongs to one answer"
    messages = store.outbox()
    assert len(messages) == len({message.subject for message in messages}) == world.posted
    assert sum(len(store.refusals(case_id)) for case_id in world.expected) == world.refused
    for head in [None, *world.heads[-3:]]:
        assert store.audit("desy", against=head).findings == ()
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_is_lost_and_nothing_is_done_twice_whatever_crashes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, keys: KeyRing, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("INPROCAP_SEED", random.SystemRandom().randrange(10**9)))
    url = f"sqlite:///{tmp_path / 'flow.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("fresh_postgres_url")
    folder = tmp_path / "documents"
    document = Documents(folder).put(io.BytesIO(b"abc"), "notice.pdf")
    world = World(url, folder, keys, random.Random(seed), document)
    first = world.store(Fault())
    first.create()
    world.definition = drafts.released(first)
    first.close()
    steps = STEPS[kind]
    try:
        for number in range(steps):
            _step(world, number)
        _holds(world)
    finally:
        with capsys.disabled():
            print(  # noqa: T201 - a randomised suite says its seed and counts
                f"\n  store simulator on {kind}: INPROCAP_SEED={seed}, {steps} requests, {world.crashes} crashes"
                f" ({world.done_although_crashed} after the commit), {world.refused} refusals, {world.posted} messages"
            )
    assert world.crashes > steps // 4
    assert world.done_although_crashed > 0


@pytest.mark.parametrize("after_it", [False, True])
def test_a_crash_while_the_tables_are_made_leaves_a_store_that_can_be_made(
    tmp_path: Path, keys: KeyRing, after_it: bool
) -> None:
    url = f"sqlite:///{tmp_path / 'flow.db'}"
    crashed = True
    for at in range(1, 200, 4):
        broken = open_store(url, watch=Fault(at=at, after_it=after_it))
        try:
            broken.create()
            crashed = False
        except Crash:
            crashed = True
        broken.close()
    assert not crashed  # the last tries came through: there are fewer statements than that
    store = open_store(url, keys=keys)
    store.create()
    drafts.opened(store)
    assert store.audit().ok
    store.close()
