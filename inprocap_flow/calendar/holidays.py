"""Public holidays of the places we know, from the ``holidays`` package. The only module that asks it.

What the package says has not been compared with the lists that the Member States designate under Art. 2(1) of
Regulation No 1182/71, so every calendar made here says that it is not confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from inprocap_flow.calendar.areas import AREAS, Area, areas_in_words
from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.errors import Unsupported

# Places whose days no package knows are files of ours, found by a code, too.
FILES_BY_CODE: Final[Mapping[str, str]] = {"EU": "eu-institutions"}


def area_called(code: str) -> Area:
    """Return the area of that code, such as ``DE-HH``. Raises :class:`BadCalendar` for one we do not know."""
    if code not in AREAS:
        raise BadCalendar(f'there are no public holidays for "{code}"', f"use one of: {areas_in_words(code)}")
    return AREAS[code]


def years_known(code: str) -> tuple[int, int]:
    """Return the first and the last year whose holidays the package knows. Raises :class:`BadCalendar`."""
    import holidays

    source = getattr(holidays, area_called(code).country)
    return source.start_year, source.end_year


def public_holidays(code: str, first_year: int, last_year: int, *, language: str = "en_US") -> Calendar:
    """Return the holidays of an area for whole years, both included; it covers these years and no more.

    *language* is one that the package knows for the country; it is always given, because the package would else
    take it from the machine. Raises :class:`BadCalendar` for an unknown area, language or span of years and
    :class:`Unsupported` for years that the package does not know.
    """
    from importlib.metadata import version

    import holidays

    area, release = area_called(code), version("holidays")
    if last_year < first_year:
        raise BadCalendar(f"the years {first_year} to {last_year} are no span", "give the earlier year first")
    source = getattr(holidays, area.country)
    if not source.start_year <= first_year <= last_year <= source.end_year:
        fact = f"the holidays of {area.title} are known from {source.start_year} to {source.end_year}"
        raise Unsupported(f"{fact}, not from {first_year} to {last_year}", mend="ask for fewer years")
    if language not in source.supported_languages:
        known = ", ".join(source.supported_languages)
        raise BadCalendar(f'the holidays of {area.title} have no titles in "{language}"', f"use one of: {known}")
    found = holidays.country_holidays(
        area.country,
        subdiv=area.subdivision,
        years=range(first_year, last_year + 1),
        language=language,
        categories=area.categories,
        expand=False,
    )
    return Calendar(
        name=area.code,
        version=f"holidays-{release}",
        holidays={day: title for day, title in found.items() if first_year <= day.year <= last_year},
        covers_from=date(first_year, 1, 1),
        covers_until=date(last_year, 12, 31),
        source=f"Python package holidays {release}, categories {' and '.join(area.categories)}",
    )
