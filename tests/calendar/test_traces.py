"""The words of a computed deadline, compared whole."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.compute import Computed, compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.note import file_note
from inprocap_flow.calendar.periods import Period
from inprocap_flow.calendar.rules import COUNTINGS
from inprocap_flow.calendar.zones import zone_data_version

HOLIDAYS = {
    date(2026, 12, 8): "Immaculate Conception",
    date(2026, 12, 24): "Christmas Eve",
    date(2026, 12, 25): "Christmas Day",
    date(2026, 12, 26): "Second Day of Christmas",
    date(2027, 3, 26): "Good Friday",
    date(2027, 3, 29): "Easter Monday",
    date(2027, 5, 1): "Labour Day",
}
CALENDAR = Calendar(
    "office",
    "2026.1",
    holidays=HOLIDAYS,
    source="usual list",
    covers_from=date(2026, 1, 1),
    covers_until=date(2027, 12, 31),
)


def e04() -> Computed:
    return compute(date(2027, 3, 17), "Europe/Berlin", Period(10, "days"), calendar=CALENDAR)


def lines(computed: Computed) -> list[tuple[str, str, str]]:
    return [(step.rule, step.text, step.cite or step.basis) for step in computed.trace]


def test_the_trace_of_e04_shows_the_move_over_easter() -> None:
    assert lines(e04()) == [
        ("R0", "The event day is Wed 2027-03-17, in the zone Europe/Berlin.", "convention"),
        (
            "R1",
            "The event day is not counted: day 1 is Thu 2027-03-18.",
            "Reg. 1182/71 Art. 3(1) second subpara.",
        ),
        ("R2", "Day 10 is Sat 2027-03-27.", "Reg. 1182/71 Art. 3(2)(b)"),
        (
            "R2",
            "Weekends and holidays inside the period are counted, here also Fri 2027-03-26 (Good Friday).",
            "Reg. 1182/71 Art. 3(3)",
        ),
        (
            "R7",
            (
                "Sat 2027-03-27 (Saturday), Sun 2027-03-28 (Sunday), Mon 2027-03-29 (Easter Monday) "
                "are no working days: the last day moves to Tue 2027-03-30."
            ),
            "Reg. 1182/71 Art. 3(4) first subpara.",
        ),
        (
            "R8",
            "At least two working days lie in the period: Thu 2027-03-18, Fri 2027-03-19.",
            "Reg. 1182/71 Art. 3(5)",
        ),
        (
            "End",
            "The whole of Tue 2027-03-30 belongs to the period, which is over at Wed 2027-03-31 00:00 +02:00.",
            "convention",
        ),
    ]


def test_the_trace_of_e14_shows_why_a_second_working_day_was_added() -> None:
    assert lines(compute(date(2027, 4, 30), "Europe/Berlin", Period(2, "days"), calendar=CALENDAR)) == [
        ("R0", "The event day is Fri 2027-04-30, in the zone Europe/Berlin.", "convention"),
        (
            "R1",
            "The event day is not counted: day 1 is Sat 2027-05-01.",
            "Reg. 1182/71 Art. 3(1) second subpara.",
        ),
        ("R2", "Day 2 is Sun 2027-05-02.", "Reg. 1182/71 Art. 3(2)(b)"),
        (
            "R7",
            "Sun 2027-05-02 (Sunday) is no working day: the last day moves to Mon 2027-05-03.",
            "Reg. 1182/71 Art. 3(4) first subpara.",
        ),
        (
            "R8",
            "Only one working day lies in the period (Mon 2027-05-03): the last day moves to Tue 2027-05-04.",
            "Reg. 1182/71 Art. 3(5)",
        ),
        (
            "End",
            "The whole of Tue 2027-05-04 belongs to the period, which is over at Wed 2027-05-05 00:00 +02:00.",
            "convention",
        ),
    ]


def test_the_trace_of_e16_names_the_holidays_left_out_of_the_working_days() -> None:
    days = {day: f"holiday {day:%d %m}" for day in (date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26))}
    days |= {date(2026, 12, 31): "New Year's Eve", date(2027, 1, 1): "New Year's Day"}
    sweden = Calendar("SE", "1", holidays=days)
    received = datetime(2026, 12, 14, 8, 30, tzinfo=UTC)
    assert lines(compute(received, "Europe/Stockholm", Period(10, "working days"), calendar=sweden)) == [
        (
            "R0",
            "The event at Mon 2026-12-14 09:30 +01:00 falls on the local day Mon 2026-12-14 of Europe/Stockholm.",
            "convention",
        ),
        (
            "R1",
            "The event day is not counted: day 1 is Tue 2026-12-15.",
            "Reg. 1182/71 Art. 3(1) second subpara.",
        ),
        (
            "R5",
            (
                "Working day 10 is Wed 2026-12-30; left out besides weekends: Thu 2026-12-24 (holiday 24 12), "
                "Fri 2026-12-25 (holiday 25 12)."
            ),
            "Reg. 1182/71 Art. 2(2), 3(1), 3(3)",
        ),
        (
            "End",
            "The whole of Wed 2026-12-30 belongs to the period, which is over at Thu 2026-12-31 00:00 +01:00.",
            "convention",
        ),
    ]


def test_the_trace_of_e21_keeps_the_far_edge_on_a_holiday_and_calls_the_safe_day_a_convention() -> None:
    deadline = datetime(2026, 12, 14, 12, tzinfo=ZoneInfo("Europe/Madrid"))
    edge = compute(deadline, "Europe/Madrid", Period(6, "days"), direction="backward", calendar=CALENDAR)
    assert lines(edge) == [
        (
            "R0",
            "The event at Mon 2026-12-14 12:00 +01:00 falls on the local day Mon 2026-12-14 of Europe/Madrid.",
            "convention",
        ),
        (
            "R9",
            "The day counted back from is not counted itself: day 1 backwards is Sun 2026-12-13.",
            "Reg. 1182/71 Art. 3(1) second subpara.",
        ),
        ("R9", "6 days before Mon 2026-12-14 is Tue 2026-12-08, the far edge.", "Reg. 1182/71 Art. 3(2)(b)"),
        (
            "R9",
            "Tue 2026-12-08 (Immaculate Conception) stays: a period counted backwards is not moved.",
            "Reg. 1182/71 Art. 3(4) second subpara.",
        ),
        (
            "R9",
            (
                "Whether an act on the far edge is in time is disputed; "
                "by the end of Mon 2026-12-07 is safe in both readings."
            ),
            "convention",
        ),
    ]


def test_the_file_note_says_what_was_asked_what_came_out_and_on_what_it_rests() -> None:
    note = file_note(e04())
    assert (note.question, note.result) == (
        "10 days after Wed 2027-03-17",
        "last day Tue 2027-03-30; over at Wed 2027-03-31 00:00 +02:00",
    )
    assert note.facts == (
        ("counting", "Regulation (EEC, Euratom) No 1182/71"),
        ("zone", f"Europe/Berlin, time-zone data {zone_data_version()}"),
        ("calendar", "office, version 2026.1; usual list [not confirmed]"),
    )
    assert (note.steps, note.mind) == (e04().trace, ())


def test_the_file_note_lists_each_provision_that_nobody_has_confirmed_once() -> None:
    assert file_note(e04()).unconfirmed == (
        "Reg. 1182/71 Art. 3(1) second subpara.",
        "Reg. 1182/71 Art. 3(2)(b)",
        "Reg. 1182/71 Art. 3(3)",
        "Reg. 1182/71 Art. 3(4) first subpara.",
        "Reg. 1182/71 Art. 3(5)",
    )


def test_a_confirmed_calendar_is_called_confirmed_with_its_day() -> None:
    calendar = Calendar("office", "2026.2", confirmed=date(2026, 11, 20))
    note = file_note(compute(date(2026, 12, 1), "Europe/Berlin", Period(1, "days"), calendar=calendar))
    assert note.facts[2] == ("calendar", "office, version 2026.2 (confirmed on 2026-11-20)")


def test_the_note_of_hours_says_that_the_clock_change_is_counted_by_convention() -> None:
    event = datetime(2026, 10, 24, 12, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    found = compute(event, "Europe/Berlin", Period(48, "hours"), calendar=CALENDAR)
    assert file_note(found).result == "over at Mon 2026-10-26 12:00 +01:00"
    assert lines(found) == [
        (
            "R0",
            "The event at Sat 2026-10-24 12:30 +02:00 falls on the local day Sat 2026-10-24 of Europe/Berlin.",
            "convention",
        ),
        (
            "R1",
            (
                "The clock hour of the event, 12:00 of Sat 2026-10-24, is not counted: hour 1 starts at "
                "Sat 2026-10-24 13:00 +02:00."
            ),
            "Reg. 1182/71 Art. 3(1) first subpara.",
        ),
        ("R6", "48 hours from then end at Mon 2026-10-26 12:00 +01:00.", "Reg. 1182/71 Art. 3(2)(a)"),
        ("R6", "The clocks change in between: elapsed hours are counted, not what the clock shows.", "convention"),
        ("R6", "Weekends and holidays do not move the end of a period in hours.", "Reg. 1182/71 Art. 3(4)"),
    ]
    assert file_note(found).mind == (
        (
            "Whether two working days (Reg. 1182/71 Art. 3(5)) must lie in a period of 48 hours or more "
            "is open; it was not extended."
        ),
    )


def test_the_note_of_a_period_counted_backwards_gives_the_far_edge_and_the_safe_day() -> None:
    edge = compute(date(2026, 12, 14), "Europe/Madrid", Period(6, "days"), direction="backward", calendar=CALENDAR)
    assert file_note(edge).question == "6 days before Mon 2026-12-14"
    assert file_note(edge).result == "far edge Tue 2026-12-08; safe by the end of Mon 2026-12-07"


def test_no_text_shows_parts_of_a_second() -> None:
    event = datetime(2026, 11, 24, 14, 10, 3, 123456, tzinfo=ZoneInfo("Europe/Berlin"))
    for unit in ("days", "hours"):
        found = compute(event, "Europe/Berlin", Period(48, unit), calendar=CALENDAR)
        assert "at Tue 2026-11-24 14:10:03 +01:00 falls" in texts(found)[0]
        assert not [text for text in (*texts(found), file_note(found).question) if ".123" in text]


def test_the_missing_date_of_a_short_month_is_explained_forwards_and_backwards() -> None:
    forward = compute(date(2027, 3, 31), "Europe/Berlin", Period(1, "months"), calendar=CALENDAR)
    backward = compute(date(2028, 2, 29), "Europe/Berlin", Period(1, "years"), direction="backward", calendar=CALENDAR)
    assert "The month in which 1 month ends has no day 31: its last day is Fri 2027-04-30." in texts(forward)
    assert "The month of the far edge has no day 29, so its last day is taken." in texts(backward)
    assert backward.far_edge == date(2027, 2, 28)


def test_a_safe_day_that_is_no_working_day_is_shown_with_advice() -> None:
    edge = compute(date(2026, 12, 10), "Europe/Berlin", Period(4, "days"), direction="backward", calendar=CALENDAR)
    assert texts(edge)[-1] == "Sat 2026-12-05 (Saturday) is no working day: Fri 2026-12-04 is advised."
    assert edge.trace[-1].basis == "convention"


def test_plain_counting_never_cites_the_regulation() -> None:
    for period in (Period(10, "days"), Period(2, "weeks"), Period(1, "months"), Period(3, "working days")):
        found = compute(date(2027, 3, 17), "Europe/Berlin", period, calendar=CALENDAR, counting="plain")
        assert {(step.basis, step.cite) for step in found.trace} == {("convention", "")}
        assert "1182/71" not in repr(file_note(found))


def test_a_convention_has_no_cite_and_every_law_has_one_with_its_evidence() -> None:
    for unit, count in (("days", 5), ("weeks", 1), ("months", 1), ("years", 1), ("working days", 5), ("hours", 24)):
        period = Period(count, unit)  # type: ignore[arg-type]
        found = compute(datetime(2027, 3, 17, 9, tzinfo=UTC), "Europe/Berlin", period, calendar=CALENDAR)
        for step in found.trace:
            assert (step.basis == "law") == bool(step.cite) == bool(step.evidence)


def test_a_computed_deadline_is_kept_with_all_that_is_needed_to_repeat_it() -> None:
    plain = e04().to_plain()
    trace, data = plain.pop("trace"), plain.pop("zone_data")
    assert plain == {
        "event": "2027-03-17",
        "event_day": "2027-03-17",
        "period": "P10D",
        "direction": "forward",
        "counting": "eu-1182-71",
        "zone": "Europe/Berlin",
        "calendar": {"name": "office", "version": "2026.1", "confirmed_on": "never"},
        "last_day": "2027-03-30",
        "far_edge": None,
        "safe_by": None,
        "end": "2027-03-31T00:00:00+02:00",
        "provisional": False,
        "warnings": [],
    }
    assert [step["rule"] for step in trace] == ["R0", "R1", "R2", "R2", "R7", "R8", "End"]
    assert data


def test_the_two_ways_of_counting_are_the_ones_documented() -> None:
    assert sorted(COUNTINGS) == ["eu-1182-71", "plain"]


def texts(computed: Computed) -> list[str]:
    return [step.text for step in computed.trace]
