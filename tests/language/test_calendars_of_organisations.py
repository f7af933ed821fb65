"""Which days an organisation names under ``calendars:``, and what a deadline keeps of them."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import pytest

from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.periods import Period
from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.load import load_calendar, load_organisation

RELEASE = f"holidays-{version('holidays')}"
DEFINITIONS = Path(__file__).parents[2] / "definitions"
OWN = """calendar: own-2026
version: 7
covers: {from: 2026-01-01, until: 2027-06-30}
source: invented
confirmed_on: 2026-01-05
holidays:
  - {day: 2026-11-30, title: Founders' day}
"""


def holidays_of(folder: Path, said: str, own: str = OWN) -> Calendar:
    """Return the calendar `holidays` of an organisation whose file says *said* about it."""
    (folder / "calendars").mkdir(exist_ok=True)
    (folder / "calendars" / "own-2026.yaml").write_text(own, encoding="utf-8")
    (folder / "organisations").mkdir(exist_ok=True)
    path = folder / "organisations" / "house.yaml"
    text = "organisation: house\nversion: 1\ntitle: House\nzone: Europe/Berlin\ncurrency: EUR\npeople: {}\n"
    path.write_text(f"{text}calendars:\n  holidays: {said}\n", encoding="utf-8")
    found, _ = load_organisation(path, (folder, DEFINITIONS))
    return Calendar.from_plain(cast("dict[str, Any]", found.calendars["holidays"]))


def test_an_area_beside_a_file_covers_the_years_of_the_file(tmp_path: Path) -> None:
    found = holidays_of(tmp_path, "[DE-HH, own-2026]")
    assert found.why_not_working(date(2026, 11, 30)) == "Founders' day"
    assert found.why_not_working(date(2027, 3, 29)) == "Easter Monday"
    assert (found.covers_from, found.covers_until) == (date(2026, 1, 1), date(2027, 6, 30))
    assert found.confirmed == "never"


def test_the_name_and_version_of_everything_behind_a_calendar_are_kept_with_each_deadline(tmp_path: Path) -> None:
    found = holidays_of(tmp_path, "[DE-HH, own-2026]")
    kept = compute(date(2026, 11, 26), "Europe/Berlin", Period(4, "days"), calendar=found).to_plain()
    assert kept["calendar"] == {"name": "DE-HH+own", "version": f"{RELEASE}+7", "confirmed_on": "never"}
    assert kept["last_day"] == "2026-12-01"


def test_a_calendar_of_one_file_keeps_its_own_name_version_and_confirmation(tmp_path: Path) -> None:
    found = holidays_of(tmp_path, "own-2026")
    assert found.named() == {"name": "own", "version": "7", "confirmed_on": "2026-01-05"}


def test_an_area_alone_says_for_which_years(tmp_path: Path) -> None:
    found = holidays_of(tmp_path, "{public: CH-GE, years: [2026, 2029]}")
    assert (found.name, found.version, found.covers_until) == ("CH-GE", RELEASE, date(2029, 12, 31))
    with pytest.raises(InvalidInput) as refused:
        holidays_of(tmp_path, "CH-GE")
    assert "Nothing says for which years the holidays of `CH-GE` are needed." in str(refused.value)
    assert "mend: Write {public: CH-GE, years: [2026, 2029]}." in str(refused.value)


def test_the_institutions_of_the_union_are_named_by_their_code(tmp_path: Path) -> None:
    found = holidays_of(tmp_path, "EU")
    assert found.name == "eu-institutions"
    assert found.why_not_working(date(2028, 5, 9)) == "Europe Day"
    assert found.confirmed == "never"


def test_a_code_that_is_neither_area_nor_file_is_refused_with_the_known_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        holidays_of(tmp_path, "[XX, own-2026]")
    assert "XX" in str(refused.value)
    with pytest.raises(InvalidInput) as unknown:
        holidays_of(tmp_path, "nowhere")
    assert "There is no calendar `nowhere`." in str(unknown.value)
    assert "eu-institutions" in str(unknown.value)


def test_the_days_of_the_institutions_follow_easter_and_cover_the_turn_of_each_year() -> None:
    from dateutil.easter import easter

    from inprocap_flow.language.load import load_calendar

    days = load_calendar(DEFINITIONS / "calendars" / "eu-institutions.yaml")
    assert days.confirmed == "never"
    for year in range(2026, 2030):
        movable = {day: title for day, title in days.holidays.items() if day.year == year}
        by_title = {title.split(" (")[0]: day.toordinal() - easter(year).toordinal() for day, title in movable.items()}
        assert (by_title["Maundy Thursday"], by_title["Good Friday"], by_title["Easter Monday"]) == (-3, -2, 1)
        assert (by_title["Ascension Day"], by_title["Whit Monday"]) == (39, 50)
        assert all(date(year, 12, number) in movable for number in range(24, 32))


def test_a_closure_that_ends_before_it_begins_is_told_once_and_where_it_stands(tmp_path: Path) -> None:
    text = "closures:\n  - {from: 2026-12-24, until: 2026-12-31}\n  - {from: 2026-12-30, until: 2026-12-24}\n"
    (tmp_path / "calendars").mkdir()
    path = tmp_path / "calendars" / "own-2026.yaml"
    path.write_text(f"{OWN}{text}", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_calendar(path)
    (found,) = refused.value.problems
    assert (found.place.line, found.code, found.fact) == (10, "bad-value", "2026-12-24 is before 2026-12-30.")


def test_what_a_calendar_with_a_mistake_would_bring_is_not_told_as_missing(tmp_path: Path) -> None:
    broken = OWN.replace("2027-06-30", "2027-06-31")
    with pytest.raises(InvalidInput) as refused:
        holidays_of(tmp_path, "[DE-HH, own-2026]\ncommittees: {board: own-2026}", broken)
    assert {problem.fact for problem in refused.value.problems} == {
        "There is no day 2027-06-31: that month ends on 2027-06-30."
    }
