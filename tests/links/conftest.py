"""A pot of money and purchases out of it: two procedures whose cases report to each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.records import Decision, Refusal, Request
from inprocap_flow.ids import CountedIds
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.service.typing_in import line_kind, typed_fields
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
POT, FIRST, SECOND = "case-pot", "case-first", "case-second"


@dataclass
class House:
    """Asks in the words of a test, a minute later each time."""

    desk: Desk
    minutes: int = 0
    organisation: str = "house"

    def later(self) -> None:
        self.minutes += 1
        self.desk.clock = FixedClock(NOW + timedelta(minutes=self.minutes))

    def opens(self, case_id: str, procedure: str, actor: str, **values: str) -> Any:
        self.later()
        extra = {"case": case_id, "title": case_id}
        fields = self.typed(procedure, "case", values)
        return open_case(self.desk, procedure, self.organisation, Request("open", actor, fields=fields, extra=extra))

    def does(self, case_id: str, actor: str, step: str, line: str = "case", **values: str) -> Any:
        self.later()
        with self.desk.store.reading() as reading:
            procedure = reading.load(case_id).case.procedure
        fields = self.typed(procedure, line, values)
        return act(self.desk, case_id, Request("do", actor, step, line=line, fields=fields))

    def typed(self, procedure: str, line: str, values: dict[str, str]) -> dict[str, Any]:
        with self.desk.store.reading() as reading:
            found = reading.newest("procedure", procedure)
            definition = self.desk.machine(reading, found).definition
        return typed_fields(definition, line_kind(definition, line), values, "Europe/Berlin")

    def stage(self, case_id: str, line: str = "case") -> str:
        with self.desk.store.reading() as reading:
            found = reading.load(case_id).case.lines.get(line)
            return found.state if found else ""

    def field(self, case_id: str, name: str, line: str = "case") -> Any:
        with self.desk.store.reading() as reading:
            return reading.load(case_id).case.lines[line].fields.get(name)

    def events(self, case_id: str, kind: str) -> list[Any]:
        with self.desk.store.reading() as reading:
            return [event for event in reading.events(case_id) if event.kind == kind]

    def outbox(self, kind: str, state: str | None = None) -> list[Any]:
        return [entry for entry in self.desk.store.outbox(state=state) if entry.kind == kind]


def decided(outcome: Any) -> Decision:
    assert isinstance(outcome, Decision), [b.reason for b in outcome.blockers]
    return outcome


def refused(outcome: Any) -> tuple[str, ...]:
    assert isinstance(outcome, Refusal)
    return outcome.codes


def desk_over(folder: Path) -> Desk:
    store = open_store(f"sqlite:///{folder / 'cases.db'}", keys=KeyRing.open(folder / "key"))
    store.create()
    return Desk(store, FixedClock(NOW), CountedIds())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    desk = desk_over(tmp_path)
    for name in ("pot", "buy"):
        release_procedure(desk, HERE / f"{name}.yaml", by="kim", terms=UNEXPLORED)
    release_organisation(desk, HERE / "organisations" / "house.yaml", by="kim")
    made = House(desk)
    decided(made.opens(POT, "pot", "kim", size="100 EUR"))
    decided(made.opens(FIRST, "buy", "bob", pot=POT, cost="60 EUR"))
    decided(made.opens(SECOND, "buy", "bob", pot=POT, cost="50 EUR"))
    yield made
    desk.store.close()
