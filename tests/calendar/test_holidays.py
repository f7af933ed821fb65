"""Public holidays of the places we know. The days are those that every reader of the list can check by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays
import pytest

from inprocap_flow.calendar.areas import AREAS, COUNTRIES, areas_in_words, parts_of
from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.calendar.holidays import public_holidays
from inprocap_flow.errors import Unsupported


def test_every_area_of_the_list_has_its_holidays_and_a_zone_that_exists() -> None:
    assert {code for code in AREAS if "-" not in code} == {"DK", "ES", "FI", "FR", "NL", "NO", "PL", "SE", "SK"}
    for code, area in AREAS.items():
        calendar = public_holidays(code, 2026, 2027)
        assert calendar.name == code
        assert date(2026, 12, 25) in calendar.holidays
        assert date(2027, 1, 1) in calendar.holidays
        assert ZoneInfo(area.zone).key == area.zone


STATES = {"BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"}
ZONES_OF_SCHOOLS = {"Zone A", "Zone B", "Zone C", "Midden", "Noord", "Zuid"}
TOWNS = {"Augsburg", "Barcelona", "Stadt Zurich"}


def test_every_state_of_germany_is_an_area_with_its_zone_and_currency() -> None:
    assert {one.subdivision for one in parts_of("DE")} == STATES
    assert {(one.zone, one.currency) for one in parts_of("DE")} == {("Europe/Berlin", "EUR")}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_part_is_an_area_exactly_where_its_days_are_not_those_of_the_whole_country(country: str) -> None:
    def days(subdivision: str | None) -> dict[date, str]:
        categories = COUNTRIES[country].categories
        return dict(
            holidays.country_holidays(
                country, subdiv=subdivision, years=range(2020, 2031), categories=categories, language="en_US"
            )
        )

    parts = set(getattr(holidays, country).subdivisions) - ZONES_OF_SCHOOLS - TOWNS
    own = {one for one in parts if days(one) != days(None)}
    assert {area.subdivision for area in parts_of(country)} == own


def test_areas_in_words_names_the_parts_of_the_country_that_was_meant_and_else_ranges() -> None:
    assert areas_in_words("de-xx").startswith("DE-BB (Brandenburg), DE-BE (Berlin)")
    assert areas_in_words("FI") == "FI, FI-01 (Åland)"
    assert areas_in_words("LU").startswith("CH-AG to CH-ZH, DE-BB to DE-TH, DK, ES, ES-AN to ES-VC, FI, FI-01")


@pytest.mark.parametrize(
    ("code", "day", "works"),
    [
        ("DK", "2026-05-14", False),  # Ascension Day
        ("DK", "2026-12-24", True),  # a closing day, not a public holiday
        ("SE", "2026-06-19", False),  # Midsummer Eve, equated with a holiday
        ("SE", "2026-12-24", False),
        ("SE", "2026-12-31", False),
        ("NO", "2027-05-17", False),  # Constitution Day
        ("FI", "2027-12-06", False),  # Independence Day
        ("DE-HH", "2028-10-31", False),  # Reformation Day, in Hamburg
        ("DE-HH", "2026-06-04", True),  # Corpus Christi, not in Hamburg
        ("DE-HE", "2026-06-04", False),  # Corpus Christi, in Hesse
        ("DE-HE", "2028-10-31", True),  # Reformation Day, not in Hesse
        ("DE-BE", "2027-03-08", False),  # Women's Day, in Berlin
        ("ES-CT", "2026-09-11", False),  # National Day of Catalonia
        ("FR-6AE", "2026-04-03", False),  # Good Friday, in Alsace
        ("CH-GE", "2026-09-10", False),  # Geneva Fast
        ("CH-GE", "2026-12-31", False),  # Restoration of the Republic
        ("FR", "2026-07-14", False),
        ("ES", "2026-12-08", False),  # Immaculate Conception
        ("NL", "2026-04-27", False),  # King's Day
        ("PL", "2026-11-11", False),  # Independence Day
        ("SK", "2026-12-24", False),  # Christmas Eve
    ],
)
def test_a_known_day_is_a_working_day_or_not(code: str, day: str, works: bool) -> None:
    assert public_holidays(code, 2026, 2028).is_working_day(date.fromisoformat(day)) is works


def test_a_calendar_covers_the_years_asked_for_and_no_others() -> None:
    calendar = public_holidays("DE-HH", 2026, 2027)
    assert (calendar.covers_from, calendar.covers_until) == (date(2026, 1, 1), date(2027, 12, 31))
    assert {day.year for day in calendar.holidays} == {2026, 2027}


def test_a_calendar_names_the_release_that_it_comes_from_and_is_not_confirmed() -> None:
    calendar = public_holidays("SE", 2026, 2026)
    assert calendar.version == f"holidays-{version('holidays')}"
    assert calendar.source == f"Python package holidays {version('holidays')}, categories public and de_facto"
    assert calendar.confirmed == "never"


def test_titles_do_not_depend_on_the_language_of_the_machine() -> None:
    ask = "from inprocap_flow.calendar.holidays import public_holidays as p; print(p('DE-HH', 2026, 2026).holidays)"
    said = set()
    for language in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
        environment = {**os.environ, "LANG": language, "LANGUAGE": language, "LC_ALL": language, "PYTHONUTF8": "1"}
        said.add(subprocess.check_output([sys.executable, "-c", ask], env=environment, text=True))
    assert len(said) == 1
    assert "Easter Monday" in said.pop()


def test_titles_can_be_asked_for_in_the_language_of_the_place() -> None:
    assert public_holidays("DE-HH", 2026, 2026, language="de").holidays[date(2026, 4, 6)] == "Ostermontag"


@pytest.mark.parametrize(
    ("code", "first", "last", "language", "fact"),
    [
        ("DE", 2026, 2026, "de", 'no public holidays for "DE"'),
        ("DK", 2027, 2026, "da", "are no span"),
        ("DK", 2026, 2026, "xx", 'no titles in "xx"'),
    ],
)
def test_an_unknown_place_language_or_span_is_refused(
    code: str, first: int, last: int, language: str, fact: str
) -> None:
    with pytest.raises(BadCalendar, match=fact):
        public_holidays(code, first, last, language=language)


def test_years_that_the_package_does_not_know_are_refused() -> None:
    with pytest.raises(Unsupported, match="known from 2008 to 2100"):
        public_holidays("ES", 1999, 2026)
