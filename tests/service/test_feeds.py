"""A feed tells a calendar program what a person must not miss, keeps ids, raises sequences, and cancels what is met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from inprocap_flow.calendar.zones import zone_named
from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.errors import NotFound
from inprocap_flow.ids import CountedIds
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.feeds import case_feed, person_feed
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.vault import KeyRing
from tests.exchange.rfc5545 import strictly_read

OWN = Path(__file__).parents[1] / "planning" / "definitions"
CASE = "case-with-council"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone_named("Europe/Berlin")).astimezone(UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store("sqlite://", keys=KeyRing.open(tmp_path / "key"))
    store.create()
    desk = Desk(store, FixedClock(moment("2027-01-18 10:00")), CountedIds())
    release_procedure(desk, OWN / "council.yaml", by="ola", terms=UNEXPLORED)
    release_organisation(desk, OWN / "organisations" / "house.yaml", by="ola", terms=UNEXPLORED)
    opened = Request("open", "ola", "open_case", fields={"need": "A magnet"}, extra={"case": CASE, "title": "Magnet"})
    assert isinstance(open_case(desk, "council", "house", opened, now=moment("2027-01-18 10:00")), Decision)
    yield desk
    desk.store.close()


def done(desk: Desk, at: str, request: Request) -> None:
    outcome = act(desk, CASE, request, now=moment(at))
    assert isinstance(outcome, Decision), getattr(outcome, "blockers", outcome)


@pytest.fixture
def called(desk: Desk) -> Desk:
    done(desk, "2027-02-01 10:00", Request("fill", "ola", fields={"weeks_open": "P5W"}))
    done(desk, "2027-02-01 10:05", Request("do", "ola", "send_call"))
    return desk


def entries(text: bytes) -> dict[str, dict[str, str]]:
    """Return the entries of a feed by title, their properties as text, after a strict reading."""
    found = {}
    for event in strictly_read(text):
        found[event["SUMMARY"]] = event
    return found


def test_a_deadline_that_closes_at_an_hour_stands_at_that_moment(called: Desk) -> None:
    ((title, entry),) = entries(case_feed(called, CASE)).items()
    assert title == "Receipt of tenders: Magnet"
    assert entry["DTSTART"] == "20270308T110000Z"  # noon in Berlin, in winter
    assert entry["STATUS"] == "CONFIRMED"
    assert entry["SEQUENCE"] == "0"


def test_a_deadline_that_ends_with_its_day_fills_that_day(called: Desk) -> None:
    done(called, "2027-03-08 13:00", Request("fill", "ola", fields={"sitting": "summer"}))
    binding = entries(case_feed(called, CASE))["Tenders bind their firms: Magnet"]
    assert binding["DTSTART"] == "20270608"
    assert binding["DTEND"] == "20270609"


def test_the_alarms_are_the_rungs_of_the_ladder(called: Desk) -> None:
    entry = entries(case_feed(called, CASE))["Receipt of tenders: Magnet"]
    # At eight ten working days before Monday the 8th of March, and on the last working day before; at ten that day.
    assert entry["TRIGGERS"] == "20270222T070000Z 20270305T070000Z 20270308T090000Z"


def test_a_person_is_woken_only_by_what_is_meant_for_their_role(called: Desk) -> None:
    entry = entries(person_feed(called, "house", "ada"))["Receipt of tenders: Magnet"]
    assert entry["TRIGGERS"] == "20270305T070000Z"


def test_more_time_moves_the_entry_under_its_id_and_raises_its_sequence(called: Desk) -> None:
    before = entries(case_feed(called, CASE))["Receipt of tenders: Magnet"]
    more = Request("do", "ola", "more_time", fields={"tenders_later": "2027-03-15"}, reason="a large correction")
    done(called, "2027-02-15 09:00", more)
    after = entries(case_feed(called, CASE))["Receipt of tenders: Magnet"]
    assert after["UID"] == before["UID"]
    assert after["DTSTART"] == "20270315T110000Z"
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTAMP"] == "20270215T080000Z"


def test_annulling_an_extension_moves_the_entry_back_and_still_raises_its_sequence(called: Desk) -> None:
    more = Request("do", "ola", "more_time", fields={"tenders_later": "2027-03-15"}, reason="a large correction")
    outcome = act(called, CASE, more, now=moment("2027-02-15 09:00"))
    assert isinstance(outcome, Decision)
    extended = entries(case_feed(called, CASE))["Receipt of tenders: Magnet"]
    number = str(outcome.events[0].decision)
    done(called, "2027-02-16 09:00", Request("annul", "ola", number, reason="nobody was told"))
    annulled = entries(case_feed(called, CASE))["Receipt of tenders: Magnet"]
    assert annulled["DTSTART"] == "20270308T110000Z"
    assert int(annulled["SEQUENCE"]) > int(extended["SEQUENCE"])


def test_a_deadline_that_was_met_is_cancelled_and_rings_no_more(called: Desk) -> None:
    done(called, "2027-03-08 13:00", Request("fill", "ola", fields={"sitting": "spring", "large": True}))
    running = entries(case_feed(called, CASE))["Tenders bind their firms: Magnet"]
    assert running["STATUS"] == "CONFIRMED"
    assert running["TRIGGERS"]
    done(called, "2027-03-10 09:00", Request("do", "ola", "give_up", reason="no money"))
    stopped = entries(case_feed(called, CASE))["Tenders bind their firms: Magnet"]
    assert stopped["STATUS"] == "CANCELLED"
    assert not stopped["TRIGGERS"]
    assert stopped["UID"] == running["UID"]


def test_a_meeting_that_the_case_goes_to_stands_in_the_feed_with_its_gates(called: Desk) -> None:
    done(called, "2027-02-02 09:00", Request("fill", "ola", fields={"sitting": "summer"}))
    found = entries(case_feed(called, CASE))
    assert found["Meeting of the council"]["DTSTART"] == "20270615"
    assert found["Meeting of the council: papers due"]["DTSTART"] == "20270528"


def test_a_person_sees_what_concerns_their_role_and_nothing_else(called: Desk) -> None:
    assert "Receipt of tenders: Magnet" in entries(person_feed(called, "house", "ola"))
    assert entries(person_feed(called, "house", "cem")) == {}  # the chair is not reminded of tenders, nor bound by them


def test_a_firm_sees_the_closing_that_binds_it_and_nothing_of_the_council(called: Desk) -> None:
    done(called, "2027-02-02 09:00", Request("fill", "ola", fields={"sitting": "summer"}))
    done(called, "2027-02-03 09:00", Request("do", "fia", "begin_offer", new="offer/a"))
    assert list(entries(person_feed(called, "house", "fia"))) == ["Receipt of tenders: Magnet"]


def test_whoever_declared_a_conflict_sees_nothing_of_the_case(called: Desk) -> None:
    done(called, "2027-02-02 09:00", Request("interest", "ada", reason="a brother", extra={"conflict": True}))
    assert entries(person_feed(called, "house", "ada")) == {}


def test_a_feed_holds_no_name_of_a_person_and_no_value(called: Desk) -> None:
    done(called, "2027-02-03 09:00", Request("do", "fia", "begin_offer", new="offer/a"))
    text = case_feed(called, CASE).decode()
    assert "Ola" not in text
    assert "fia" not in text
    assert "A magnet" not in text.replace("\r\n ", "")


def test_a_feed_asked_for_twice_is_the_same_byte_by_byte(called: Desk) -> None:
    assert case_feed(called, CASE) == case_feed(called, CASE)
    assert person_feed(called, "house", "ola") == person_feed(called, "house", "ola")


def test_nobody_knows_a_person_whom_nobody_knows(called: Desk) -> None:
    with pytest.raises(NotFound, match="knows nobody called zoe"):
        person_feed(called, "house", "zoe")


def test_the_library_reads_back_what_was_written(called: Desk) -> None:
    read = Calendar.from_ical(case_feed(called, CASE))
    (event,) = read.events
    assert event.start == moment("2027-03-08 12:00")
    assert not read.errors
    assert not event.errors
    assert re.fullmatch(r"[0-9a-f-]{36}", str(event["UID"]))
