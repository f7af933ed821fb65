"""Calendars by the names that people use: an area's code, ``EU``, a file, or a name among the definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, cast

from inprocap_flow.calendar.areas import AREAS, areas_in_words, parts_of
from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.holidays import FILES_BY_CODE, public_holidays, years_known
from inprocap_flow.errors import InvalidInput, NotFound, Place, Problem
from inprocap_flow.language.dated import days_of, union
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.load import load_organisation, read_document
from inprocap_flow.language.model import Organisation
from inprocap_flow.language.schema.calendars import CalendarDoc
from inprocap_flow.records import record

Folders = Sequence[Path]
_LONGEST: Final = 130  # years that one question may span; no legal period comes near


@record
class Meets:
    """A meeting of a committee with the days of its gates."""

    committee: str
    id: str
    meets: str
    gates: dict[str, str]


@record
class Found:
    """A calendar with what its source says besides days. ``path`` is None for public holidays."""

    calendar: Calendar
    title: str
    zone: str | None
    path: Path | None = None
    meetings: tuple[Meets, ...] = ()


def find_calendar(name: str, folders: Folders, first_year: int, last_year: int) -> Found:
    """Return the calendar *name*: an area's code, a code of ours (``EU``), a path, or a name in *folders*.

    The two years bound public holidays only; files cover what they say. Raises NotFound with suggestions for an
    unknown name, InvalidInput for a file that is no calendar.
    """
    if name in AREAS:
        return _public(name, first_year, last_year)
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return _read(Library(folders_for(path, folders)), [path])
    library = Library(tuple(folders))
    paths = library.series(FILES_BY_CODE.get(name, name))
    if not paths:
        raise _unknown(name, library)
    return _read(library, paths)


def _public(code: str, first_year: int, last_year: int) -> Found:
    """Return the holidays of an area as far as they are known; beyond, whatever rests on them is provisional."""
    area, (begin, end) = AREAS[code], years_known(code)
    first = min(max(first_year, begin), end)
    last = max(first, min(last_year, end, first + _LONGEST))
    return Found(public_holidays(code, first, last), f"Public holidays: {area.title}", area.zone)


def together(found: Sequence[Found]) -> Calendar:
    """Return the calendar on which a day is free if it is free on one of *found*. Raises BadCalendar."""
    return union([one.calendar for one in found])


def known_calendars(folders: Folders) -> Iterator[tuple[str, Path]]:
    """Yield every calendar file of *folders* by its name; of one name, that of the first folder."""
    seen: set[str] = set()
    for folder in folders:
        for path in sorted((folder / "calendars").glob("*.yaml")):
            if path.stem not in seen and not path.name.endswith(".test.yaml"):
                seen.add(path.stem)
                yield path.stem, path


def find_organisation(name: str, folders: Folders) -> Organisation:
    """Return the organisation *name* from its file in *folders*. Raises NotFound or InvalidInput."""
    library = Library(tuple(folders))
    path = library.find("organisation", name)
    if path is None:
        known = library.known("organisation")
        raise NotFound(f"there is no file of the organisation {name}", mend=_mend(name, known))
    return load_organisation(path, folders)[0]


def calendar_of(organisation: Organisation, name: str) -> Calendar:
    """Return the calendar that *organisation* maps *name* to. Raises NotFound."""
    plain = organisation.calendars.get(name)
    if plain is None:
        mend = _mend(name, list(organisation.calendars))
        raise NotFound(f"{organisation.name} has no calendar {name}", mend=mend)
    return Calendar.from_plain(cast("dict[str, Any]", plain))


def _read(library: Library, paths: Sequence[Path]) -> Found:
    docs = [read_document(library, path, CalendarDoc)[0] for path in paths]
    try:
        calendar = union([days_of(doc) for doc in docs])
    except BadCalendar as bad:
        place = Place(str(paths[0]))
        raise InvalidInput([Problem(place, "bad-calendar", bad.fact, bad.mend)]) from None
    title = next((text for doc in docs if doc.title for text in doc.title.values()), calendar.name)
    zone = next((doc.zone for doc in docs if doc.zone), None)
    return Found(calendar, title, zone, paths[0], tuple(meeting for doc in docs for meeting in _meetings(doc)))


def _meetings(doc: CalendarDoc) -> Iterator[Meets]:
    for committee, meetings in doc.meetings.items():
        for one in sorted(meetings, key=lambda meeting: meeting.meets):
            yield Meets(committee, one.id, one.meets, dict(one.model_extra or {}))


def _unknown(name: str, library: Library) -> NotFound:
    files = [*FILES_BY_CODE, *library.known("calendar")]
    mend = _near(name, [*AREAS, *files]) + f"known: {', '.join([areas_in_words(), *files])}"
    if parts := parts_of(name.upper()):  # somebody who writes DE or CH means one of its parts
        mend = f"its parts are {', '.join(f'{one.code} ({one.title})' for one in parts)}"
    return NotFound(f"there is no calendar {name}", mend=mend)


def _mend(name: str, known: Sequence[str]) -> str:
    return _near(name, known) + (f"known: {', '.join(known)}" if known else "none is known")


def _near(name: str, known: Sequence[str]) -> str:
    by_folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f"did you mean {by_folded[near[0]]}? " if near else ""
