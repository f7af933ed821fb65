"""``date``, ``calendar``: legal time on the command line, as people see it in 80 columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.calendar.zones import zone_data_version
from tests.cli.conftest import Lab

NOW = "11-23 09:00"


@pytest.fixture
def desk(home: Path) -> Lab:
    """The command line in an empty folder."""
    return Lab(home)


def date_of(desk: Lab, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.done(NOW, "date", *words, "--json"))
    return found


def test_a_date_is_printed_as_a_note_that_an_adviser_can_paste(desk: Lab) -> None:
    release = date_of(desk, "1 day after 2026-11-23", "--calendar", "DE-HH")["calendar"]["version"]
    assert desk.done(NOW, "date", "30 days after 2026-11-26", "--calendar", "DE-HH").splitlines() == [
        "30 days after Thu 2026-11-26",
        "  result     last day Mon 2026-12-28; over at Tue 2026-12-29 00:00 +01:00",
        "  counting   Regulation (EEC, Euratom) No 1182/71",
        f"  zone       Europe/Berlin, time-zone data {zone_data_version()}",
        f"  calendar   DE-HH, version {release}; Python package holidays {release.removeprefix('holidays-')},",
        "             categories public [not confirmed]",
        "  made on    2026-11-23",
        "",
        "  R0    The event day is Thu 2026-11-26, in the zone Europe/Berlin. [convention]",
        "  R1    The event day is not counted: day 1 is Fri 2026-11-27. [Reg. 1182/71",
        "        Art. 3(1) second subpara.]",
        "  R2    Day 30 is Sat 2026-12-26. [Reg. 1182/71 Art. 3(2)(b)]",
        "  R2    Weekends and holidays inside the period are counted, here also",
        "        Fri 2026-12-25 (Christmas Day). [Reg. 1182/71 Art. 3(3)]",
        "  R7    Sat 2026-12-26 (Second Day of Christmas), Sun 2026-12-27 (Sunday) are no",
        "        working days: the last day moves to Mon 2026-12-28. [Reg. 1182/71",
        "        Art. 3(4) first subpara.]",
        "  R8    At least two working days lie in the period: Fri 2026-11-27,",
        "        Mon 2026-11-30. [Reg. 1182/71 Art. 3(5)]",
        "  End   The whole of Mon 2026-12-28 belongs to the period, which is over at",
        "        Tue 2026-12-29 00:00 +01:00. [convention]",
        "",
        "  [not confirmed] Nobody has compared these provisions with the Official",
        "  Journal: Reg. 1182/71 Art. 3(1) second subpara., Art. 3(2)(b), Art. 3(3),",
        "  Art. 3(4) first subpara., Art. 3(5).",
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("10", "working", "days", "before", "2026-12-14", "--calendar", "SE"), {"far_edge": "2026-11-30"}),
        (("48 hours after 2026-11-24 14:10", "--calendar", "EU"), {"end": "2026-11-26T15:00:00+01:00"}),
        (("35 days after 2026-11-23", "--organisation", "example-lab"), {"last_day": "2026-12-28"}),
        (("30 days after 2026-11-26", "--calendar", "DE-HH", "--counting", "plain"), {"last_day": "2026-12-26"}),
        (("30 days after 2026-11-26", "--calendar", "DE-HH", "--zone", "UTC"), {"end": "2026-12-29T00:00:00+00:00"}),
        (
            ("35 days after 2026-11-23", "--calendar", "DE-HH", "--floor", "--closes-at", "12:00"),
            {"earliest_lawful": "2026-12-29T12:00:00+01:00"},
        ),
        (
            ("35 days after 2026-11-23", "--calendar", "DE-HH", "--closes-at", "12:00"),
            {"closes": "2026-12-28T12:00:00+01:00"},
        ),
        # A day is free if it is free on one of them: 8 December only in Spain, 24 December only for the institutions.
        (("1 day after 2026-12-07", "--calendar", "ES", "--calendar", "EU"), {"last_day": "2026-12-09"}),
        (("1 day after 2026-12-23", "--calendar", "ES", "--calendar", "EU"), {"last_day": "2027-01-04"}),
        # An event whose local day lies in the next year.
        (("1 day after 2026-12-31T23:30Z", "--calendar", "DE-HH"), {"event_day": "2027-01-01"}),
        (("5 years after 1988-12-23", "--calendar", "DE-HH"), {"last_day": "1993-12-23"}),
    ],
)
def test_questions_are_answered(desk: Lab, words: tuple[str, ...], expected: dict[str, str]) -> None:
    found = date_of(desk, *words)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (("35 days after 2026-11-23", "--floor", "--judge", "2026-12-27 12:00"), "too_early"),
        (("35 days after 2026-11-23", "--floor", "--judge", "2026-12-28 12:00"), "inside_last_day"),
        (("35 days after 2026-11-23", "--floor", "--judge", "2026-12-29 00:00"), "ok"),
        (("30 days after 2026-10-01", "--judge", "2026-11-02 23:59"), "ok"),
        (("30 days after 2026-10-01", "--judge", "2026-11-03 00:00"), "late"),
        (("6 days before 2026-12-14", "--judge", "2026-12-07"), "ok"),
        (("6 days before 2026-12-14", "--judge", "2026-12-08"), "on_far_edge"),
        (("6 days before 2026-12-14", "--judge", "2026-12"), "cannot tell"),
    ],
)
def test_a_moment_is_judged_by_floor_ceiling_or_far_edge(desk: Lab, words: tuple[str, ...], verdict: str) -> None:
    assert date_of(desk, *words, "--calendar", "DE-HH")["verdict"] == verdict


def test_a_period_prolonged_by_law_shows_what_it_was_and_what_is_safe(desk: Lab) -> None:
    told = desk.done(NOW, "date", "30 days after 2026-11-12, prolonged by 5 days", "--calendar", "DE-HH")
    assert told.splitlines()[:4] == [
        "30 days after Thu 2026-11-12, prolonged by 5 days",
        "  result     last day Thu 2026-12-17; over at Fri 2026-12-18 00:00 +01:00",
        "  was        last day Mon 2026-12-14; over at Tue 2026-12-15 00:00 +01:00",
        "  safe       Mon 2026-12-21 in both readings (convention)",
    ]


def test_a_closing_hour_on_the_last_day_comes_with_a_warning(desk: Lab) -> None:
    told = desk.done(NOW, "date", "35 days after 2026-11-23", "--calendar", "DE-HH", "--closes-at", "12:00")
    assert "mind  A closing at 12:00 does not leave the whole last day." in told


def test_a_result_beyond_what_the_calendar_knows_is_called_provisional(desk: Lab) -> None:
    told = desk.done(NOW, "date", "2 days after 2029-12-29", "--calendar", "EU")
    assert 'mind  Provisional: calendar "eu-institutions" 2026.1 knows its holidays only' in told


@pytest.mark.parametrize(
    ("words", "status", "fact", "mend"),
    [
        (("0 days after 2026-11-23",), 1, '"0 days" is a period of no length', "write at least 1"),
        (("-5 days after 2026-11-23",), 1, "it is negative", "without the sign"),
        (("--", "-5 days after 2026-11-23"), 1, "it is negative", "without the sign"),
        (("35 after 2026-11-23",), 1, "could be days or working", 'write "35 days"'),
        (("35 days from 2026-11-23",), 1, '"from" leaves open', "do not count the day itself"),
        (("1.5 months after 2026-11-23",), 1, "are ambiguous", "smaller unit"),
        (("35 days after 2026-11",), 1, "is more than one day", "write the day"),
        (("2 hours after 2026-11-23",), 1, "without the hour", "give the moment"),
        (("6 hours before 2026-11-23 12:00",), 1, "the rules count backwards in days only", "write the period in days"),
        (("2 hours after 2026-10-25 02:30",), 1, "exists twice", "write the offset"),
        (("6 days before 2026-11-23", "--floor"), 2, "counted forward", ""),
        (("6 days after 2026-11-23", "--closes-at", "25:00"), 1, "is not a clock time", "16:00"),
        (("6 days after 2026-11-23", "--zone", "Mars"), 1, 'no time zone "Mars"', "Europe/Zurich"),
        (("6 days after 2026-11-23", "--judge", "soon"), 1, '"soon" is not a moment', "2026-07-07"),
        (("99999 years after 2026-11-23",), 1, "outside the years 1 to 9999", "check the period"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_the_mend(
    desk: Lab, words: tuple[str, ...], status: int, fact: str, mend: str
) -> None:
    result = desk(NOW, "date", "--calendar", "DE-HH", *words)
    told = " ".join(result.stderr.split())
    assert result.exit_code == status, result.output
    assert " ".join(fact.split()) in told
    assert mend in told


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("DE", "its parts are DE-BB (Brandenburg), DE-BE (Berlin)"),
        ("de-hh", "did you mean DE-HH?"),
        ("example_lab", "did you mean example-lab?"),
        ("nowhere", "known: CH-AG to CH-ZH, DE-BB to DE-TH, DK"),
        ("../../etc/passwd", "known: CH-AG to CH-ZH"),
    ],
)
def test_an_unknown_calendar_comes_with_the_known_ones(desk: Lab, name: str, mend: str) -> None:
    result = desk(NOW, "date", "5 days after 2026-11-23", "--calendar", name)
    assert result.exit_code == 1
    assert mend in " ".join(result.stderr.split())


def test_without_any_calendar_the_command_says_how_to_name_one(desk: Lab) -> None:
    result = desk(NOW, "date", "5 days after 2026-11-23")
    assert result.exit_code == 2
    assert "Name an area or a calendar with --calendar" in " ".join(result.stderr.split())


# ---------------------------------------------------------------------------------------------- calendars

HOUSE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//house//
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20251224
DTEND;VALUE=DATE:20260104
RRULE:FREQ=YEARLY
SUMMARY:Closed: between the years # and "more"
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=Europe/Zurich:20270317T140000
SUMMARY:Finance Committee 393
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20270620
STATUS:CANCELLED
SUMMARY:Move
END:VEVENT
END:VCALENDAR
"""
BODY = HOUSE.replace("\n", "\r\n")


def test_closures_from_icalendar_become_a_calendar_that_dates_can_rest_on(desk: Lab) -> None:
    words = ("--as", "closures", "--name", "lab-2027", "--year", "2027", "--zone", "Europe/Zurich", "--out", "lab.yaml")
    result = desk(NOW, "calendar", "import", desk.file("house.ics", BODY), *words)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "3 entries written to lab.yaml; compare with the source before use.",
        "Left out because cancelled: 1.",
        "Left out because in other years: 1.",
    ]
    assert desk.done(NOW, "check", "lab.yaml") == "1 file checked: no problems.\n"
    shown = desk.done(NOW, "calendar", "show", "lab.yaml", "--year", "2027")
    assert 'Fri 2027-12-24 to Mon 2028-01-03  Closed: between the years # and "more"\n' in shown
    assert "(moves no deadline)" in shown
    found = date_of(desk, "1 day after 2027-12-23", "--calendar", "lab.yaml")
    assert (found["last_day"], found["calendar"], found["zone"]) == (
        "2027-12-24",
        {"name": "lab", "version": "2026-11-23", "confirmed_on": "never"},
        "Europe/Zurich",
    )


def test_closures_move_a_deadline_only_if_somebody_says_that_they_count(desk: Lab) -> None:
    words = ("--as", "closures", "--count-as-holidays", "--year", "2027", "--out", "lab.yaml")
    assert desk(NOW, "calendar", "import", desk.file("house.ics", BODY), *words).exit_code == 0
    found = date_of(desk, "1 day after 2027-12-23", "--calendar", "lab.yaml", "--zone", "Europe/Zurich")
    assert found["last_day"] == "2028-01-04"


def test_meetings_from_icalendar_get_names_that_stay(desk: Lab) -> None:
    words = ("--as", "meetings", "--committee", "council", "--year", "2027", "--out", "council.yaml")
    assert desk(NOW, "calendar", "import", desk.file("house.ics", BODY), *words).exit_code == 0
    made = json.loads(desk.done(NOW, "calendar", "show", "council.yaml", "--year", "2027", "--json"))
    assert [(one["committee"], one["id"], one["meets"]) for one in made["meetings"]] == [
        ("council", "finance-committee-393", "2027-03-17"),
        ("council", "closed-between-the-years-and-more", "2027-12-24"),
    ]


def test_without_out_the_calendar_is_printed_and_nothing_else(desk: Lab) -> None:
    result = desk(NOW, "calendar", "import", desk.file("house.ics", BODY), "--as", "holidays", "--year", "2027")
    assert result.stdout.startswith("# Imported on 2026-11-23 from house.ics (sha256 ")
    assert '  - {day: 2027-03-17, title: "Finance Committee 393"}\n' in result.stdout
    assert "Clock times were read in UTC" in result.stderr
    assert result.stdout.count("day: 2027-01-") == 3


@pytest.mark.parametrize(
    ("text", "words", "status", "told"),
    [
        (BODY, ("--as", "meetings"), 2, "needs --committee"),
        (BODY, ("--as", "closures", "--committee", "council"), 2, "needs --committee"),
        (BODY, ("--as", "holidays", "--count-as-holidays"), 2, "belongs to --as closures"),
        (BODY, ("--as", "closures", "--name", "Not A Name"), 2, "cannot be called 'Not A Name'"),
        (BODY, ("--as", "closures", "--zone", "Mars"), 1, 'there is no time zone "Mars"'),
        (BODY, ("--as", "meetings", "--committee", "council", "--year", "1999"), 1, "No event lies between 1999-01-01"),
        ("calendar: no\n", ("--as", "closures"), 1, "does not begin with BEGIN:VCALENDAR"),
    ],
)
def test_an_import_that_cannot_be_done_is_refused_with_the_mend(
    desk: Lab, text: str, words: tuple[str, ...], status: int, told: str
) -> None:
    result = desk(NOW, "calendar", "import", desk.file("house.ics", text), *words)
    assert result.exit_code == status, result.output
    assert told in " ".join(result.stderr.split())


def test_no_file_is_written_over_and_a_missing_one_is_named(desk: Lab) -> None:
    house, out = desk.file("house.ics", BODY), desk.file("old.yaml", "mine")
    kept = desk(NOW, "calendar", "import", house, "--as", "closures", "--out", out)
    assert kept.exit_code == 1
    assert "exists already" in kept.stderr
    assert Path(out).read_text(encoding="utf-8") == "mine"
    missing = desk(NOW, "calendar", "import", "nowhere.ics", "--as", "closures")
    assert missing.exit_code == 1
    assert "nowhere.ics cannot be read: No such file" in missing.stderr


def test_the_list_names_every_area_and_every_file_with_what_it_covers(desk: Lab) -> None:
    told = desk.done(NOW, "calendar", "list")
    assert "  DK  Europe/Copenhagen  Denmark\n" in told
    assert "DE-HE Hesse, DE-HH Hamburg" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80
    assert "  eu-institutions (EU)  Institutions of the European Union, days by rule;\n" in told
    found = json.loads(desk.done(NOW, "calendar", "list", "--json"))
    assert {"code": "DE-HE", "title": "Hesse", "zone": "Europe/Berlin", "currency": "EUR", "country": "DE"} in found[
        "areas"
    ]
    assert {"name", "path", "covers_from", "covers_until", "confirmed"} <= set(found["files"][0])


def test_the_days_of_the_institutions_say_that_nobody_has_confirmed_them(desk: Lab) -> None:
    told = desk.done(NOW, "calendar", "show", "EU")
    assert "Sat 2026-05-09  Europe Day  (in the weekend anyhow)\n" in told
    assert "Thu 2026-12-31  New Year's Eve\n" in told
    assert "[not confirmed]" in " ".join(told.split())


def test_a_year_that_a_calendar_does_not_know_is_shown_as_such(desk: Lab) -> None:
    told = desk.done(NOW, "calendar", "show", "EU", "--year", "2031")
    assert "It knows only 2026-01-01 to 2029-12-31: other days are not known." in told


def test_the_answers_for_programs_have_the_keys_that_are_promised(desk: Lab) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    house = desk.file("house.ics", BODY)
    for command, words in {
        "date": ("3 days after 2026-11-23", "--calendar", "DK"),
        "calendar list": (),
        "calendar show": ("DK",),
        "calendar import": (house, "--as", "closures"),
    }.items():
        found = json.loads(desk.done(NOW, *command.split(), *words, "--json"))
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{command}` |")]
        assert [key for key in found if f"`{key}`" not in row] == []


@pytest.mark.parametrize("question", [("-5 days after 2026-11-23",), ("-5", "hours", "after", "2026-11-23 14:00")])
def test_a_negative_period_is_refused_with_the_mend_and_not_taken_for_an_option(
    desk: Lab, question: tuple[str, ...]
) -> None:
    refused = desk(NOW, "date", *question, "--calendar", "DE-HH")
    assert refused.exit_code == 1
    assert "is not a period: it is negative" in refused.output
    assert "mend: write it without the sign" in refused.output


def test_an_option_that_is_mistyped_is_still_called_one(desk: Lab) -> None:
    refused = desk(NOW, "date", "5 days after 2026-11-23", "--calender", "DE-HH")
    assert refused.exit_code == 2
    assert "No such option" in refused.output


def wrong(desk: Lab, *words: str) -> str:
    """Type something that cannot be answered; return what is said about it."""
    result = desk(*words)
    assert result.exit_code in {1, 2}, result.output
    return " ".join(result.output.split())


def test_a_period_starts_with_the_last_of_several_sendings_and_a_copy_starts_nothing(desk: Lab) -> None:
    sent = ("--sent", "alpha=2027-03-17 10:00", "--sent", "beta=2027-03-18 09:00", "--sent", "alpha=2027-03-19 08:00")
    found = date_of(desk, "10 days", "--calendar", "DE-HH", *sent)
    assert found["event_day"] == "2027-03-18"
    assert [step["rule"] for step in found["started_by"]] == ["R16", "R12"]
    assert "The last of 2 dispatches starts it: beta" in desk.done(NOW, "date", "10 days", "--calendar", "DE-HH", *sent)


def test_changed_content_starts_anew_and_only_once_everybody_has_it(desk: Lab) -> None:
    sent = ("--sent", "alpha=2027-03-17", "--sent", "beta=2027-03-18", "--sent-anew", "alpha=2027-03-22")
    refused = wrong(desk, NOW, "date", "10 days", "--calendar", "DE-HH", *sent)
    assert "beta was not sent the changed content" in refused
    found = date_of(desk, "10 days", "--calendar", "DE-HH", *sent, "--sent-anew", "beta=2027-03-23")
    assert found["event_day"] == "2027-03-23"


def test_what_names_nobody_or_no_moment_is_no_sending(desk: Lab) -> None:
    refused = wrong(desk, NOW, "date", "10 days", "--calendar", "DE-HH", "--sent", "2027-03-17")
    assert "says nobody or no moment" in refused
