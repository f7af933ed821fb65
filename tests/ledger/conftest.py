"""A round of questions in an invented house, asked in the words of a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.records import Decision, Handed, Request
from inprocap_flow.ids import CountedIds
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.ledger.collect import ledger
from inprocap_flow.service.ledger.rows import Ledger
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing

HERE = Path(__file__).parent / "definitions"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROUND, FILE = "case-round", "case-file"


@dataclass
class House:
    """Acts at a clock that the test sets; every act must be accepted."""

    desk: Desk
    at: datetime = NOW
    made: list[Decision] = field(default_factory=list)

    def later(self, **length: int) -> None:
        self.at += timedelta(**(length or {"minutes": 1}))
        self.desk.clock = FixedClock(self.at)

    def opens(self, case_id: str, procedure: str, actor: str, **fields: Any) -> Decision:
        request = Request("open", actor, fields=fields, extra={"case": case_id, "title": case_id})
        return self._kept(open_case(self.desk, procedure, "house", request))

    def does(self, actor: str, step: str, line: str = "case", **more: Any) -> Decision:
        papers = {name: Handed("0" * 63 + str(len(self.made) % 10), "a.pdf") for name in more.pop("papers", ())}
        begins = {"new": line, "parent": more.pop("of", None)} if more.pop("new", False) else {"line": line}
        known = {name: more.pop(name) for name in ("reason", "role") if name in more}
        asked = Request("do", actor, step, documents=papers, fields=more, **begins, **known)
        return self._kept(act(self.desk, ROUND, asked))

    def _kept(self, outcome: Any) -> Decision:
        assert isinstance(outcome, Decision), outcome
        self.made.append(outcome)
        self.later()
        return outcome

    @property
    def ledger(self) -> Ledger:
        return ledger(self.desk, ROUND)

    def findings(self) -> list[tuple[str, str]]:
        return [(one.code, one.says) for one in self.ledger.findings]

    def codes(self) -> list[str]:
        return [one.code for one in self.ledger.findings]

    def listening(self, *names: str) -> None:
        """Let firms come and be invited in the same minute."""
        for name in names:
            self.does(name, "come", f"firm/{name}", new=True, name=name.title())
        for name in names:
            self.at -= timedelta(minutes=1)
            self.desk.clock = FixedClock(self.at)
            self.does("olga", "invite", f"firm/{name}")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    store = open_store(f"sqlite:///{tmp_path / 'cases.db'}", keys=KeyRing.open(tmp_path / "key"))
    store.create()
    desk = Desk(store, FixedClock(NOW), CountedIds())
    for name in ("asking-round", "firm-file"):
        release_procedure(desk, HERE / f"{name}.yaml", by="olga", terms=UNEXPLORED)
    release_organisation(desk, HERE / "organisations" / "house.yaml", by="olga", terms=UNEXPLORED)
    made = House(desk)
    made.opens(ROUND, "asking-round", "olga", about="Cooling")
    yield made
    store.close()
