"""Counted, so that it holds on a noisy machine: one commit for an outcome, and few statements.

The bound of one request through the service, begin and commit not counted:

- `FIXED` statements read what a decision rests on (case, organisation, people, rulebook) and write case and events;
  that is one more than five, and every event touches a line, so it is five and one for the line;
- `EACH` more for every line, approval, deadline, document, message, answer or refusal touched, whether or not several
  of a kind share one statement (they do);
- `PLANNED` more where a ladder of reminders changed, one to plan rungs and one to forget them, however many changed;
- `SEALED` more for every sealed value: the key of the case is read, or drawn the first time;
- `OPENING` more where a desk that has just been opened must read its definitions;
- of a report to a linked case, `REPORT` more: whether that case takes it is looked up (`Binding.linked`), and what was
  posted is looked at again. Afterwards the report is carried out on the other case: an outcome of its own, with a
  commit and a bound of its own, and around it `CARRYING` statements that look for it and mark it as done.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, Decision, Handed, Message, Refusal, Request
from inprocap_flow.engine.reminding.ladders import changes
from inprocap_flow.ids import CountedIds
from inprocap_flow.language.load import load_tests
from inprocap_flow.service.acting import Outcome, act, open_case, preview
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.service.scenarios import moments_of, request_of
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing
from tests.links import conftest as links
from tests.simulator.faults import Counter
from tests.simulator.houses import DEFINITIONS, House, open_procedure, told

FIXED = 5
EACH = 1
PLANNED = 2
SEALED = 3
OPENING = 3
REPORT = 2
CARRYING = 5
ENDS = ("BEGIN", "COMMIT")


@dataclass
class Counted:
    """One request of a story: what it came to, what it touched, and the statements it took."""

    request: Request
    outcome: Outcome
    statements: list[str]
    bound: int = 0

    @property
    def recording(self) -> list[str]:
        """What the outcome took, up to its commit."""
        return self.statements[: self.statements.index("COMMIT") + 1]

    @property
    def afterwards(self) -> list[str]:
        """What was looked at once the outcome was recorded: who acts here for the first time may wear two hats."""
        return self.statements[len(self.recording) :]

    @property
    def commits(self) -> int:
        return self.recording.count("COMMIT")

    @property
    def work(self) -> list[str]:
        return [one for one in self.recording if not one.startswith(ENDS)]


def bound(before: Case | None, one: Counted, binding: Binding) -> int:
    """Return how many statements a request may take for what it touched, each thing counted once."""
    outcome = one.outcome
    assert isinstance(outcome, Decision | Refusal)
    after = outcome.case if outcome.events else before
    count = len(outcome.messages) + len(one.request.documents)
    count += isinstance(outcome, Refusal) + (2 if one.request.idempotency_key else 0)
    for part in ("lines", "approvals", "deadlines"):
        old: Any = getattr(before, part, {})
        count += sum(old.get(key) != item for key, item in getattr(after, part, {}).items())
    sealed = len(outcome.sealed) if isinstance(outcome, Decision) else 0
    planned = any(changes(binding, before, after)) if after is not None else False
    return FIXED + EACH * count + PLANNED * planned + SEALED * sealed + (OPENING if before is None else 0)


class Telling:
    """Tells a story through the service, request by request."""

    def __init__(self, house: House) -> None:
        self.house, self.counter = house, Counter()
        self.desk: Desk = house.desk(self.counter)
        self.binding = house.binding()
        self.case: Case | None = None

    def tell(self, name: str, *, keyed: bool = False) -> Iterator[Counted]:
        tests = load_tests(DEFINITIONS / "open.test.yaml", (DEFINITIONS,))
        # Which case another one is bought for is asked of that other case: there is none here.
        alone = (deed for deed in told(tests, name) if "bought_for" not in deed.values)
        for number, deed in enumerate(alone):
            happened, now = moments_of(deed, self.binding)
            request = request_of(Rehearsal(self.binding, self.case), deed, self.binding, happened)
            handed = {one: Handed(f"{number:064}", f"{one}.pdf", "application/pdf", 1) for one in request.documents}
            request = replace(request, documents=handed, idempotency_key=f"key-{number}" if keyed else None)
            yield self.send(request, now)

    def send(self, request: Request, now: Any) -> Counted:
        self.counter.taken()
        before = self.case
        if before is None:
            opening = replace(request, extra={"case": "case-1"})
            outcome = open_case(self.desk, "open", self.house.organisation, opening, now=now)
        else:
            outcome = act(self.desk, before.id, request, now=now)
        statements = self.counter.taken()
        assert isinstance(outcome, Decision | Refusal)
        self.case = outcome.case or before
        counted = Counted(request, outcome, statements)
        counted.bound = bound(before, counted, self.binding)
        return counted


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    made = Telling(open_procedure(tmp_path / "house", random.Random(1)))
    yield made
    made.desk.store.close()


def _said(one: Counted) -> str:
    statements = "\n".join(line.partition(" WHERE")[0][:80] for line in one.work)
    return f"{one.request.kind} {one.request.name}: {len(one.work)} statements, not {one.bound}:\n{statements}"


@pytest.mark.parametrize("keyed", [False, True], ids=["without a key", "with a key"])
def test_every_request_of_the_open_story_is_one_commit_and_few_statements(telling: Telling, keyed: bool) -> None:
    counted = list(telling.tell("running", keyed=keyed))
    assert len(counted) > 50
    assert all(isinstance(one.outcome, Decision) for one in counted)
    first: set[tuple[str, str | None]] = set()
    for one in counted:
        assert one.commits == 1
        assert len(one.work) <= one.bound, _said(one)
        looked = [text for text in one.afterwards if not text.startswith(ENDS)]
        assert not [text for text in looked if text.startswith(("INSERT", "UPDATE", "DELETE"))]
        if one.afterwards:
            assert isinstance(one.outcome, Decision)
            first.add((one.request.actor, str(one.outcome.case.acted.get(one.request.actor))))
    assert len([one for one in counted if one.afterwards]) == len(first)  # once for each role that somebody acts in


def test_a_refusal_is_one_commit_and_few_statements_too(telling: Telling) -> None:
    list(telling.tell("need_confirmed"))
    one = telling.send(Request("do", "ben", "send_call"), datetime(2026, 1, 15, 9, tzinfo=UTC))
    assert isinstance(one.outcome, Refusal)
    assert one.commits == 1
    assert len(one.work) <= one.bound, _said(one)


def test_what_was_answered_before_only_reads_the_case_and_the_answer(telling: Telling) -> None:
    list(telling.tell("need_confirmed", keyed=True))
    request = Request("fill", "ben", fields={"eu_funded": False}, idempotency_key="fills")
    telling.send(request, now := datetime(2026, 1, 15, 9, tzinfo=UTC))
    telling.counter.taken()
    act(telling.desk, "case-1", request, now=now)
    assert [one.split()[0] for one in telling.counter.taken()] == ["BEGIN", "SELECT", "SELECT", "COMMIT"]


def test_what_is_next_takes_no_write_and_no_more_than_five_reads(telling: Telling) -> None:
    list(telling.tell("need_confirmed"))
    telling.counter.taken()
    preview(telling.desk, "case-1", Request("do", "ben", "confirm_need"), now=datetime(2026, 1, 15, 9, tzinfo=UTC))
    statements = telling.counter.taken()
    assert len(statements) <= 7
    # The PRAGMA asks whether anybody else has written: if not, people and releases are as they were.
    assert {one.split()[0] for one in statements} == {"BEGIN", "SELECT", "PRAGMA", "COMMIT"}


def test_what_nobody_else_has_written_meanwhile_is_not_read_again(telling: Telling) -> None:
    list(telling.tell("need_confirmed"))
    ask = partial(preview, telling.desk, "case-1", Request("do", "ben", "confirm_need"))
    ask(now=datetime(2026, 1, 15, 9, tzinfo=UTC))
    telling.counter.taken()
    ask(now=datetime(2026, 1, 15, 9, tzinfo=UTC))
    assert [one.split()[0] for one in telling.counter.taken()] == ["BEGIN", "SELECT", "PRAGMA", "COMMIT"]


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[tuple[links.House, Counter]]:
    """A purchase that asks a pot of money: two cases, in a database whose statements are counted."""
    counter = Counter()
    store = open_store(f"sqlite:///{tmp_path / 'cases.db'}", keys=KeyRing.open(tmp_path / "key"), watch=counter)
    store.create()
    desk = Desk(store, FixedClock(links.NOW), CountedIds())
    for name in ("pot", "buy"):
        release_procedure(desk, links.HERE / f"{name}.yaml", by="kim", terms=UNEXPLORED)
    release_organisation(desk, links.HERE / "organisations" / "house.yaml", by="kim")
    house = links.House(desk)
    links.decided(house.opens(links.POT, "pot", "kim", size="100 EUR"))
    links.decided(house.opens(links.FIRST, "buy", "bob", pot=links.POT, cost="60 EUR"))
    yield house, counter
    store.close()


def transactions(statements: list[str]) -> list[list[str]]:
    """Return what stands between each begin and commit, from the first one that writes on."""
    found: list[list[str]] = []
    for one in statements[statements.index("BEGIN IMMEDIATE") :]:
        if one.startswith("BEGIN"):
            found.append([])
        elif not one.startswith("COMMIT"):
            found[-1].append(one)
    return found


def writes(transaction: list[str]) -> bool:
    return any(one.startswith(("INSERT", "UPDATE", "DELETE")) for one in transaction)


def test_a_report_is_one_commit_here_and_one_on_the_linked_case(linked: tuple[links.House, Counter]) -> None:
    house, counter = linked
    before = {case_id: _known(house, case_id) for case_id in (links.FIRST, links.POT)}
    counter.taken()
    links.decided(house.does(links.FIRST, "bob", "ask_pot"))
    done = transactions(counter.taken())
    assert house.stage(links.POT, "taking/1") == "asked"
    here, there, marked = [one for one in done if writes(one)]
    assert len(here) <= _bound(house, links.FIRST, before[links.FIRST], key=None) + REPORT, here
    assert len(there) <= _bound(house, links.POT, before[links.POT], key="the message") + REPORT, there
    assert len(marked) + sum(len(one) for one in done if not writes(one)) <= CARRYING


def _known(house: Any, case_id: str) -> tuple[Case, int, int]:
    """Return a case, how many events it has, and how many messages it has written."""
    with house.desk.store.reading() as reading:
        case, events = reading.load(case_id).case, len(reading.events(case_id))
    return case, events, len(house.desk.store.outbox(case_id=case_id))


def _bound(house: Any, case_id: str, before: tuple[Case, int, int], *, key: str | None) -> int:
    """Return how many statements the outcome may take that led from *before* to now."""
    with house.desk.store.reading() as reading:
        case, events = reading.load(case_id).case, reading.events(case_id)[before[1] :]
        binding = house.desk.binding(reading, case)
    request = Request("do", "bob", idempotency_key=key)
    messages = tuple(Message(0, "", (), "") for _ in house.desk.store.outbox(case_id=case_id)[before[2] :])
    return bound(before[0], Counted(request, Decision(request, events, case, messages), []), binding)
