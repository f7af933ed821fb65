"""A tender that was received in time and entered after the closing, also of a firm that never registered here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.engine.case.records import Decision, Refusal, Request, When
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import player_for
from inprocap_flow.store.port import Store

BERLIN = ZoneInfo("Europe/Berlin")
CLOSED = """tests: open
organisation: example-lab
firms: {al: supplier/alpha, bo: supplier/beta, cy: supplier/gamma}
stories:
  closed:
    - {story: open#tenders_in}
    - {at: 2026-04-30 12:00, by: gus, interest: none, then: {stage_of_case: tendering.closed}}
  entered:
    - {story: closed}
    - {at: 2026-04-30 14:00, by: ben, on: supplier/gamma, fill: {received_at: 2026-04-30 11:40, received_how: post}}
    - {at: 2026-04-30 14:01, by: ben, on: supplier/gamma, bring: [receipt_proof]}
    - {at: 2026-04-30 14:02, by: dora, on: supplier/gamma, sign: receipt}
    - at: 2026-04-30 14:03
      by: ben
      on: supplier/gamma
      do: enter_received
      with: {tender_price: 470000 EUR, documents: [tender], reason: It lay in the post room}
scenarios: []
"""
OMEGA = {"name": "Omega Invented", "country": "PL", "sme": True}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


Told = Callable[[str], Rehearsal]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    path = tmp_path / "closed.test.yaml"
    path.write_text(CLOSED, encoding="utf-8")
    return lambda story: player_for(path, Desk(cast("Store", None))).tell(story)[0]


@pytest.fixture
def closed(told: Told) -> Rehearsal:
    """Return an open call just after its closing: alpha and beta are in, of gamma nothing is entered."""
    return told("closed")


def registered_late(play: Rehearsal, actor: str, now: str, **more: Any) -> Decision | Refusal:
    """Register omega as of the hour at which its envelope came."""
    request = Request(
        kind="do", actor=actor, name="register", new="supplier/omega", fields=OMEGA,
        happened=When.exactly(at("2026-04-30 11:40")), **more,
    )  # fmt: skip
    return play.play(request, at(now))


GROUNDS = {"reason": "The envelope lay in the post room", "evidence": "receipt of delivery 4711"}


def test_a_firm_that_never_registered_is_registered_by_a_late_entry_after_the_closing(closed: Rehearsal) -> None:
    assert isinstance(registered_late(closed, "ben", "2026-04-30 14:00", **GROUNDS), Decision)
    assert closed.case is not None
    assert closed.case.lines["supplier/omega"].state == "registered"


def test_after_the_closing_nobody_registers_as_of_now_and_no_firm_by_itself(closed: Rehearsal) -> None:
    now = Request(kind="do", actor="ben", name="register", new="supplier/omega", fields=OMEGA)
    refused = closed.play(now, at("2026-04-30 14:00"))
    assert isinstance(refused, Refusal)
    assert [one.code for one in refused.blockers] == ["case-elsewhere"]
    assert isinstance(registered_late(closed, "al", "2026-04-30 14:10", **GROUNDS), Refusal)


def test_the_history_tells_when_it_was_received_apart_from_when_it_was_entered(told: Told) -> None:
    play = told("entered")
    assert play.case is not None
    entered = play.case.lines["supplier/gamma"]
    assert entered.fields["received_at"] == "2026-04-30T09:40:00Z"  # 11:40 in Berlin
    moved = [event for event in play.events if event.kind == "moved" and event.line == "supplier/gamma"]
    assert moved[-1].data["step"] == "enter_received"
    assert moved[-1].happened.first == at("2026-04-30 14:03")
