"""Every kind of message in every language, compared with files that somebody has read.

To write them anew after a change of words: ``python -m tests.service.delivering.wording``, then read the difference.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.engine.case.records import Event, When
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.delivering.phrases import LANGUAGES, Phrases
from inprocap_flow.service.delivering.telling import Telling
from inprocap_flow.service.delivering.wording import item
from tests.engine.conftest import moment
from tests.service.conftest import DEFINITIONS
from tests.service.delivering.conftest import NOW, Office
from tests.service.delivering.wording import letters

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_are_exactly_these(office: Office, language: str) -> None:
    read = (Path(__file__).parent / f"letters.{language}.txt").read_text(encoding="utf-8")
    assert letters(office, language) == read


def test_midnight_is_the_end_of_the_day_before() -> None:
    english, german = Phrases("en", BERLIN), Phrases("de", BERLIN)
    assert english.end(moment("2026-07-07 00:00")) == "the end of Monday, 6 July 2026 (24:00, Europe/Berlin, UTC+2)"
    assert (
        german.end(moment("2026-01-01 00:00"))
        == "Ende des Mittwoch, 31. Dezember 2025 (24:00 Uhr, Europe/Berlin, UTC+1)"
    )
    assert english.end(moment("2026-07-07 16:00")) == "Tuesday, 7 July 2026, 16:00 (Europe/Berlin, UTC+2)"


def test_a_zone_may_lie_half_an_hour_off_and_behind() -> None:
    at = moment("2026-01-05 12:00")
    assert Phrases("en", ZoneInfo("Asia/Kolkata")).moment(at).endswith("(Asia/Kolkata, UTC+5:30)")
    assert Phrases("en", ZoneInfo("America/St_Johns")).moment(at).endswith("(America/St_Johns, UTC-3:30)")


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("2026-03-27 00:00", "3 days ago"),
        ("2026-03-29 00:00", "yesterday"),
        ("2026-03-30 00:00", "today"),
        ("2026-03-29 23:59", "today"),
        ("2026-03-31 00:00", "tomorrow"),
        ("2026-04-05 12:00", "in 7 days"),
    ],
)
def test_days_are_counted_as_people_count_them(end: str, says: str) -> None:
    """Seen from the Sunday on which the clocks go forward: the day has 23 hours and is a day."""
    assert Phrases("en", BERLIN).distance(moment(end), moment("2026-03-29 09:00")) == says


@given(st.datetimes(timezones=st.just(BERLIN)), st.sampled_from(sorted(LANGUAGES)))
def test_every_moment_can_be_said(at: object, language: str) -> None:
    assert Phrases(language, BERLIN).end(at)  # type: ignore[arg-type]


def test_a_firm_is_told_the_new_end_of_the_very_deadline_that_the_message_is_about(office: Office) -> None:
    """A standstill is otherwise the house's own affair: of the award letter it is a part, not of this message."""
    end = {"deadline": "standstill", "end": "2026-06-26T22:00:00Z", "restarted": True, "ground": "A wrong score"}
    event = Event(1, 1, 1, "deadline_started", "case", end, When.exactly(NOW), NOW, "ben")
    definition = load_procedure(DEFINITIONS / "open.yaml", (DEFINITIONS,))
    for subject, says in (("restart standstill", True), ("notify_decision", False)):
        message = office.post("track:supplier/alpha", subject=subject)
        told = item(Telling(message, definition, "Cooling", (event,), Phrases("en", BERLIN)))
        facts = " ".join(text for _, text in told.facts)
        assert ("the end of Friday, 26 June 2026" in facts) == says
        assert "A wrong score" not in facts


def _extension(office: Office, recipient: str, *before: tuple[str, dict[str, str]]) -> dict[str, str]:
    """Return the facts of a message about an extension, after the events *before* it in the chain."""
    more = {"deadline": "tenders", "end": "2026-07-10T14:00:00Z", "ground": "Late answers"}
    told = [*before, ("deadline_extended", more)]
    events = tuple(
        Event(n, n, n, kind, "case", {"deadline": "tenders", **data}, When.exactly(NOW), NOW, "ben")
        for n, (kind, data) in enumerate(told, 1)
    )
    message = office.post(recipient, subject="extend tenders", seq=len(events))
    definition = load_procedure(DEFINITIONS / "open.yaml", (DEFINITIONS,))
    return dict(item(Telling(message, definition, "Cooling", events, Phrases("en", BERLIN))).facts)


STARTED = ("deadline_started", {"end": "2026-07-07T14:00:00Z"})


def test_who_is_told_of_an_extension_is_told_the_old_end_too(office: Office) -> None:
    for recipient in ("role:procurement_officer", "track:supplier/alpha"):
        facts = _extension(office, recipient, STARTED)
        assert facts["Until"].startswith("Friday, 10 July 2026, 16:00")
        assert facts["Instead of"].startswith("Tuesday, 7 July 2026, 16:00")


def test_who_is_told_of_a_window_that_had_closed_is_told_that_it_opens_again(office: Office) -> None:
    facts = _extension(office, "track:supplier/alpha", STARTED, ("deadline_over", {}))
    assert facts["Open again; it had ended"].startswith("Tuesday, 7 July 2026, 16:00")
    assert "Instead of" not in facts


def test_the_ground_of_an_extension_is_told_inside_the_house_only(office: Office) -> None:
    assert _extension(office, "role:procurement_officer", STARTED)["Reason"] == "Late answers"
    assert "Reason" not in _extension(office, "track:supplier/alpha", STARTED)


def test_who_asked_is_told_who_declined_and_why(office: Office) -> None:
    data = {"approval": "launch", "reason": "The value is out of date"}
    event = Event(1, 1, 1, "approval_declined", "case", data, When.exactly(NOW), NOW, "dora", "legal")
    definition = load_procedure(DEFINITIONS / "open.yaml", (DEFINITIONS,))
    message = office.post("person:ben", subject="approval_declined", about=("launch",), seq=1)
    facts = dict(item(Telling(message, definition, "Cooling", (event,), Phrases("en", BERLIN))).facts)
    assert (facts["By"], facts["Reason"]) == ("Legal service (dora)", "The value is out of date")


def test_whoever_is_to_pass_on_a_message_is_told_where_an_address_is_written(office: Office) -> None:
    definition = load_procedure(DEFINITIONS / "open.yaml", (DEFINITIONS,))
    for to, because, says in (
        ("track:supplier/alpha", "no-address", "nobody who speaks for the firm is known here"),
        ("role:legal", "no-address", "write `contact` in the file of the organisation"),
        ("person:dora", "gave_up", "write `contact` in the file of the organisation"),
    ):
        message = office.post("role:procurement_officer", "undelivered", detail={"to": to, "because": because})
        told = item(Telling(message, definition, "Cooling", (), Phrases("en", BERLIN)))
        assert dict(told.facts)["Address"].startswith(says)
