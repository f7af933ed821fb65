"""A small procedure, an invented organisation, and a case that is played in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.history import fold
from inprocap_flow.engine.records import Decision, Handed, Refusal, Request, When
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
        **fields: str,
    ) -> Decision | Refusal:
        definition = self.rehearsal.binding.definition
        own = line_kind(definition, new or on)
        request = Request(
            kind,
            by,
            name,
            line="case" if new else on,
            new=new,
            parent=on if new and on != "case" else None,
            fields=typed_fields(definition, own, fields, "Europe/Berlin"),
            documents={doc: Handed(f"{doc}-hash", f"{doc}.pdf") for doc in docs},
            reason=reason,
            happened=happened,
            extra=extra or {},
            evidence="the paper file" if happened else None,
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


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


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
