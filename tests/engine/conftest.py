"""A small procedure, an invented organisation, and a case that is played in memory."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import TICK, Blocker, Decision, Handed, Refusal, Request, When
from inprocap_flow.language.canonical import canonical_json, to_plain
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Absence, Organisation, Person
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.typing_in import line_kind, typed_fields

BERLIN = ZoneInfo("Europe/Berlin")

ORGANISATION = Organisation(
    name="lab",
    version="1",
    title={"en": "An invented laboratory"},
    zone="Europe/Berlin",
    currency="EUR",
    calendars={"holidays": Calendar(name="lab", version="1").to_plain()},
    people={
        person.id: person
        for person in (
            Person("ada", ("unit",)),
            Person("ben", ("officer",)),
            Person("cleo", ("officer",), (Absence("2026-07-01", "2026-07-31"),), "dora"),
            Person("dora", ("legal",)),
            Person("emil", ("holder",), (Absence("2026-02-01", "2026-02-28"),), "fay"),
            Person("fay", ("holder",)),
            Person("gus", ("evaluator",)),
            Person("hana", ("evaluator", "authority")),
            Person("june", ("authority",)),
            Person("kim", ("board",)),
            Person("lee", ("board",)),
            Person("mo", ("board",)),
            Person("al", ("supplier",)),
            Person("bo", ("supplier",)),
        )
    },
)


@dataclass
class Play:
    """Asks the engine in the words of a test: who does what, when (local time), with what."""

    rehearsal: Rehearsal
    outcomes: list[Decision | Refusal] = field(default_factory=list)

    def __call__(
        self,
        at: str,
        by: str,
        kind: str,
        name: str = "",
        *,
        on: str = "case",
        new: str | None = None,
        docs: tuple[str, ...] = (),
        reason: str | None = None,
        now: str | None = None,
        happened: When | None = None,
        extra: Mapping[str, Any] | None = None,
        role: str | None = None,
        evidence: str | None = "the paper file",
        historic: bool = False,
        raw: Mapping[str, Any] | None = None,
        **fields: str,
    ) -> Decision | Refusal:
        case = self.rehearsal.case
        definition = (self.rehearsal.binding.of(case) if case is not None else self.rehearsal.binding).definition
        own = line_kind(definition, new or on, self.rehearsal.case)
        request = Request(
            kind,
            by,
            name,
            line="case" if new else on,
            new=new,
            parent=on if new and on != "case" else None,
            role=role,
            fields={**typed_fields(definition, own, fields, "Europe/Berlin"), **(raw or {})},
            documents={doc: Handed(f"{doc}-hash", f"{doc}.pdf") for doc in docs},
            reason=reason,
            happened=happened,
            extra=extra or {},
            evidence=evidence if happened else None,
            historic=historic,
        )
        outcome = self.rehearsal.play(request, moment(now or at))
        self.outcomes.append(outcome)
        self.check()
        return outcome

    def does(self, *arguments: Any, **more: Any) -> Decision:
        """Carry out what must succeed."""
        outcome = self(*arguments, **more)
        assert isinstance(outcome, Decision), [f"{b.code}: {b.reason}" for b in outcome.blockers]
        return outcome

    def refused(self, *arguments: Any, **more: Any) -> Refusal:
        """Carry out what must be refused."""
        outcome = self(*arguments, **more)
        assert isinstance(outcome, Refusal), [event.kind for event in outcome.events]
        return outcome

    def check(self) -> None:
        """Replay is truth: the events fold into the very state that was decided, byte for byte."""
        if self.rehearsal.events:
            folded = fold(self.rehearsal.events)
            assert canonical_json(to_plain(folded)) == canonical_json(to_plain(self.rehearsal.case))

    @property
    def case(self) -> Any:
        assert self.rehearsal.case is not None
        return self.rehearsal.case

    @property
    def stage(self) -> str:
        return str(self.case.main.state)

    def line(self, line_id: str) -> Any:
        return self.case.lines[line_id]

    def deadline(self, name: str, line_id: str = "case") -> Any:
        return self.case.deadlines.get(f"{line_id} {name}")

    def ends(self, name: str, line_id: str = "case") -> str:
        """Return the local end of a deadline, ``2026-02-20 16:00``."""
        end = datetime.fromisoformat(self.deadline(name, line_id).end)
        return f"{end.astimezone(BERLIN):%Y-%m-%d %H:%M}"

    def approval(self, name: str, line_id: str = "case") -> Any:
        return self.case.approvals[f"{line_id} {name}"]

    @property
    def kinds(self) -> list[str]:
        """The kinds of all events of the last outcome."""
        return [event.kind for event in self.outcomes[-1].events]

    @property
    def events(self) -> list[Any]:
        return self.rehearsal.events

    def find(self, kind: str) -> list[Any]:
        return [event for event in self.rehearsal.events if event.kind == kind]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def day(text: str) -> When:
    """Return the whole local day *text* as an imprecise moment."""
    first = datetime.fromisoformat(text).replace(tzinfo=BERLIN)
    return When(first, first + timedelta(days=1) - TICK, "day")


def month(text: str) -> When:
    """Return the whole local month ``2026-03`` as an imprecise moment."""
    first = datetime.fromisoformat(f"{text}-01").replace(tzinfo=BERLIN)
    following = (first + timedelta(days=32)).replace(day=1)
    return When(first, following - TICK, "month")


def at(text: str) -> When:
    return When.exactly(moment(text))


def blocker(outcome: Refusal, code: str) -> Blocker:
    """Return the only blocker with *code*."""
    (found,) = [one for one in outcome.blockers if one.code == code]
    return found


TINY = """
procedure: tiny
version: "1"
language: en
title: Tiny
rulebook: none
counting: plain
may_backdate: [officer]
roles:
  officer: {title: Officer}
  unit: {title: Unit}
  legal: {title: Legal}
  authority: {title: Authority}
  board: {title: Board, at_least: 3}
  evaluator: {title: Evaluator, at_least: 2}
  firm: {title: Firm}
  watcher: {title: Adviser, never: [move, approve]}
begins: {step: open_case, by: officer, to: first}
"""

TINY_PEOPLE = (
    Person("ben", ("officer",)),
    Person("ada", ("unit",)),
    Person("dora", ("legal",)),
    Person("june", ("authority",)),
    Person("gus", ("evaluator",)),
    Person("hana", ("evaluator", "legal")),
    Person("kim", ("board",)),
    Person("lee", ("board",)),
    Person("mo", ("board",)),
    Person("nia", ("board",), (Absence("2026-03-01", "2026-03-31"),), "ada"),
    Person("ilo", ("watcher",)),
    Person("al", ("firm",)),
    Person("bo", ("firm",)),
)

Build = Callable[..., Play]


@pytest.fixture
def tiny(tmp_path: Path) -> Build:
    """Write a small procedure around the parts that a test gives, and play on it; the case is open at once."""

    def build(parts: str, *, open_at: str | None = "2026-01-05 09:00", hooks: Any = None, **fields: str) -> Play:
        file = tmp_path / "tiny.yaml"
        header = TINY
        for role, kind in (("firm: {title: Firm", "bid"), ("watcher: {title: Adviser", "late_bid")):
            header = header.replace(role, f"{role}, speaks_for: {kind}") if f"  {kind}:" in parts else header
        file.write_text(header + textwrap.dedent(parts), encoding="utf-8")
        people = {person.id: person for person in TINY_PEOPLE}
        binding = Binding(compile_definition(load_procedure(file)), replace(ORGANISATION, people=people), hooks=hooks)
        play = Play(Rehearsal(binding))
        if open_at:
            play.does(open_at, "ben", "open", "open_case", **fields)
        return play

    return build


@pytest.fixture(scope="session")
def machine() -> Machine:
    return compile_definition(load_procedure(Path(__file__).parent / "purchase.yaml"))


@pytest.fixture
def play(machine: Machine) -> Play:
    return Play(Rehearsal(Binding(machine, ORGANISATION)))


@pytest.fixture
def drafted(play: Play) -> Play:
    play.does("2026-01-05 09:00", "ada", "open", "open_case", need="Something that cools")
    play.does("2026-01-05 10:00", "ben", "fill", value="90000 EUR")
    play.does("2026-01-05 11:00", "ada", "bring", docs=("specification",))
    return play


@pytest.fixture
def ready(drafted: Play) -> Play:
    drafted.does("2026-01-06 09:00", "ben", "do", "finish_draft")
    return drafted


@pytest.fixture
def launched(ready: Play) -> Play:
    ready.does("2026-01-07 09:00", "dora", "sign", "launch")
    ready.does("2026-01-07 10:00", "emil", "sign", "launch")
    ready.does("2026-01-07 11:00", "june", "sign", "launch")
    return ready


@pytest.fixture
def called(launched: Play) -> Play:
    launched.does("2026-01-08 08:00", "ben", "fill", closing_day="2026-02-20")
    launched.does("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))
    return launched


@pytest.fixture
def bids_in(called: Play) -> Play:
    for name in ("al", "bo"):
        called.does("2026-01-20 09:00", name, "do", "register", new=f"bidder/{name}", firm=name)
    for name, price in (("al", "50000 EUR"), ("bo", "60000 EUR")):
        called.does("2026-02-10 09:00", name, "do", "submit", on=f"bidder/{name}", docs=("bid",), price=price)
    return called


@pytest.fixture
def ranked(bids_in: Play) -> Play:
    bids_in.does("2026-02-23 08:00", "gus", "interest")
    bids_in.does("2026-02-23 08:10", "hana", "interest")
    for number, name in enumerate(("al", "bo"), 1):
        bids_in.does("2026-02-23 09:00", "gus", "do", "rank", on=f"bidder/{name}", rank=str(number))
    bids_in.does("2026-02-24 09:00", "gus", "bring", docs=("report",))
    bids_in.does("2026-02-24 10:00", "gus", "do", "rank_all", award_value="50000 EUR")
    return bids_in


@pytest.fixture
def standing_still(ranked: Play) -> Play:
    ranked.does("2026-03-02 09:00", "fay", "sign", "award")
    ranked.does("2026-03-02 10:00", "emil", "sign", "award")
    ranked.does("2026-03-02 11:00", "june", "sign", "award")
    ranked.does("2026-03-03 09:00", "ben", "do", "notify", docs=("letters",), sent_electronically="yes")
    return ranked
