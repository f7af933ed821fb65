"""A delivery that is told of days later starts the time for paying anew as of the day on which it came."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.engine.case.records import Decision, Refusal, Request, When, key
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import player_for
from inprocap_flow.store.port import Store

SHIPPED = Path(__file__).parents[2] / "definitions"
BERLIN = ZoneInfo("Europe/Berlin")
TOLD = """tests: open
organisation: example-lab
firms: {al: supplier/alpha, bo: supplier/beta, cy: supplier/gamma}
stories:
  invoiced:
    - {story: open#running}
    - at: 2026-08-03 09:00
      by: bo
      do: send_invoice
      new: payment/1
      of: supplier/beta
      with: {payment_kind: interim, invoice_amount: 100000 EUR, invoice_for: First milestone, documents: [invoice]}
scenarios: []
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.fixture
def invoiced(tmp_path: Path, desk: Desk) -> Rehearsal:
    """A contract that runs, with an invoice of 3 August whose time has not been moved."""
    path = tmp_path / "late.test.yaml"
    path.write_text(TOLD, encoding="utf-8")
    return player_for(path, desk).tell("invoiced")[0]


@pytest.fixture
def desk() -> Desk:
    return Desk(cast("Store", None))  # scenarios touch no database


def late(play: Rehearsal, kind: str, happened: str, now: str, **more: Any) -> Decision | Refusal:
    """Enter what happened earlier, as who may, with reason and evidence."""
    request = Request(
        kind=kind, actor="ben", line="payment/1", happened=When.exactly(at(happened)), reason="It came on that day",
        evidence="the delivery note", **more,
    )  # fmt: skip
    return play.play(request, at(now))


def test_the_time_for_paying_begins_on_the_day_of_a_delivery_that_is_told_of_later(invoiced: Rehearsal) -> None:
    facts = {"time_runs_from": "delivery", "delivered_on": "2026-08-20"}
    filled = late(invoiced, "fill", "2026-08-20 09:00", "2026-08-25 09:00", fields=facts)
    assert isinstance(filled, Decision), filled.blockers
    began = late(invoiced, "restart", "2026-08-20 10:00", "2026-08-25 09:10", name="payment_due")
    assert isinstance(began, Decision), began.blockers
    assert invoiced.case is not None
    clock = invoiced.case.deadlines[key("payment/1", "payment_due")]
    assert clock.end == "2026-09-21T22:00:00Z"  # 30 days after 20 August end on a Saturday: Monday 21 September, 24:00
    restarted = began.events[0]
    assert (restarted.kind, restarted.happened.first) == ("deadline_started", at("2026-08-20 10:00"))


def test_the_time_does_not_begin_on_a_later_day_than_that_of_the_delivery(invoiced: Rehearsal) -> None:
    facts = {"time_runs_from": "delivery", "delivered_on": "2026-08-20"}
    late(invoiced, "fill", "2026-08-20 09:00", "2026-08-25 09:00", fields=facts)
    refused = late(invoiced, "restart", "2026-08-24 10:00", "2026-08-25 09:10", name="payment_due")
    assert isinstance(refused, Refusal)
    assert refused.codes == ("guard",)
