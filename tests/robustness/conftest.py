"""Houses to act in, and a way to say in one line who does what."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.case.records import Decision, Handed, Request
from inprocap_flow.service.acting import Outcome, act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.documents import Destination, take_in
from inprocap_flow.store.connection import Watch
from tests.cli.conftest import bid_in, bid_in_, called_, drafted_, home, ready_, released_  # noqa: F401 - fixtures
from tests.engine.conftest import moment
from tests.simulator.houses import House, purchase

CASE = "case-1"


@dataclass
class Office:
    """A house with one desk, and a case in it that is worked on by short sentences."""

    house: House
    desk: Desk
    binding: Any

    def does(self, at: str, by: str, kind: str, name: str = "", **more: Any) -> Decision:
        """Carry out what must succeed."""
        outcome = self.asks(at, by, kind, name, **more)
        assert isinstance(outcome, Decision), outcome
        return outcome

    def asks(self, at: str, by: str, kind: str, name: str = "", *, docs: tuple[str, ...] = (), **more: Any) -> Outcome:
        """Send a request about the case; *docs* are taken in first, *more* are parts of the request."""
        now = moment(at) if len(at) < 20 else datetime.fromisoformat(at)
        line = more.get("new") or more.get("line", "case")
        request = Request(kind, by, name, documents=self.handed(line, docs, now), **more)
        if kind == "open":
            opening = Request("open", by, name, fields=more.get("fields", {}), extra={"case": CASE})
            return open_case(self.desk, self.house.procedure, self.house.organisation, opening, now=now)
        return act(self.desk, CASE, request, now=now)

    def handed(self, line: str, names: tuple[str, ...], now: datetime) -> dict[str, Handed]:
        paths = {}
        for name in names:
            path = self.house.folder / f"{name}.txt"
            path.write_text(f"this is {name}", encoding="utf-8")
            paths[name] = str(path)
        with self.desk.store.reading() as view:
            case = view.load(CASE).case if CASE in view.case_ids() else None
        return take_in(self.desk, Destination(self.binding, CASE, line, case), paths, now=now)

    @property
    def case(self) -> Any:
        with self.desk.store.reading() as view:
            return view.load(CASE).case


def staffed(house: House, watch: Watch | None = None) -> Office:
    return Office(house, house.desk(watch), house.binding())


def called(office: Office) -> Office:
    """Bring the purchase to where bidders register: bids until 20 February, 16:00."""
    money = {"amount": "90000", "currency": "EUR"}
    office.does("2026-01-05 09:00", "ada", "open", "open_case", fields={"need": "Something that cools"})
    office.does("2026-01-05 10:00", "ben", "fill", fields={"value": money})
    office.does("2026-01-05 11:00", "ada", "bring", docs=("specification",))
    office.does("2026-01-06 09:00", "ben", "do", "finish_draft")
    for at, by in (("09:00", "dora"), ("10:00", "emil"), ("11:00", "june")):
        office.does(f"2026-01-07 {at}", by, "sign", "launch")
    office.does("2026-01-08 08:00", "ben", "fill", fields={"closing_day": "2026-02-20"})
    office.does("2026-01-08 09:00", "ben", "do", "send_call", docs=("notice",))
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The small purchase, called, with forty suppliers s0 ... s39 and two more."""
    made = called(staffed(purchase(tmp_path / "house", random.Random(1), suppliers=42)))
    yield made
    made.desk.store.close()
