"""The liaison offices that are shipped count with the working days of their own country."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Decision, Handed, Request
from inprocap_flow.language.load import load_organisation, load_procedure
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.rehearsal import Rehearsal
from tests.definitions.test_scenarios import DEFINITIONS

PAPERS = {"request_note": Handed("request_note", "request.pdf")}
NEED = {"need_title": "Cool a chip", "asking_organisation": "An invented laboratory"}


@cache
def advisory() -> Machine:
    return compile_definition(load_procedure(DEFINITIONS / "advisory.yaml"))


def reply_until(office: str, asked_on: date) -> date:
    """Return the last day on which the office may reply to who asked it for advice on a day: five working days."""
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / f"{office}.yaml", (DEFINITIONS,))
    play = Rehearsal(Binding(advisory(), organisation, None))
    officer = next(one.id for one in organisation.people.values() if "ilo" in one.roles)
    now = datetime.combine(asked_on, time(9), ZoneInfo(organisation.zone))
    asked = play.play(Request("open", officer, "open_advice", fields=NEED, documents=PAPERS), now)
    assert isinstance(asked, Decision), asked
    assert asked.case is not None
    (clock,) = (one for one in asked.case.deadlines.values() if one.name == "reply")
    return date.fromisoformat(str(clock.last_day))


@pytest.mark.parametrize(
    ("asked_on", "dti", "nwo", "cdti", "ncbj"),
    [
        # Closed are: Denmark from Maundy Thursday to Easter Monday, the Netherlands on Good Friday and Easter Monday,
        # Spain on the first of the two, Poland on the second.
        (date(2026, 4, 1), date(2026, 4, 13), date(2026, 4, 10), date(2026, 4, 9), date(2026, 4, 9)),
        # The King's day of the Netherlands.
        (date(2026, 4, 23), date(2026, 4, 30), date(2026, 5, 1), date(2026, 4, 30), date(2026, 4, 30)),
        # The first of May is a holiday in Spain and Poland only.
        (date(2026, 4, 27), date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 5)),
    ],
)
def test_each_office_replies_within_five_working_days_of_its_country(
    asked_on: date, dti: date, nwo: date, cdti: date, ncbj: date
) -> None:
    assert [reply_until(office, asked_on) for office in ("dti", "nwo", "cdti", "ncbj")] == [dti, nwo, cdti, ncbj]
