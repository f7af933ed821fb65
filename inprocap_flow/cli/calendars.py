"""``calendar``: which days count. Listed, shown for a year, imported from an iCalendar file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.calendar.areas import AREAS, COUNTRIES, Area, parts_of
from inprocap_flow.calendar.days import Calendar, Closure
from inprocap_flow.calendar.holidays import FILES_BY_CODE
from inprocap_flow.calendar.note import calendar_in_words
from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import file_desk, shown, today, written
from inprocap_flow.cli.file_note import in_pieces
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.words import day
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound

if TYPE_CHECKING:
    from inprocap_flow.service.calendars import Found

YEAR = click.IntRange(1, 9998)


@click.group()
def calendar() -> None:
    """List calendars, show the days of one, import one from an iCalendar file."""


@calendar.command("list")
@pass_session
def list_(session: Session) -> None:
    """List the areas whose public holidays are known, and the calendars among the definitions."""
    from inprocap_flow.service.calendars import find_calendar, known_calendars

    desk = file_desk(session)
    codes = {name: code for code, name in FILES_BY_CODE.items()}
    files: list[tuple[str, Path, Found | str]] = []
    for name, path in known_calendars(desk.definitions):
        try:
            files.append((name, path, find_calendar(str(path), desk.definitions, 1, 1)))
        except InvalidInput as wrong:
            files.append((name, path, str(wrong.problems[0])))
    lines = ["Public holidays, by area:"]
    lines += layout.table([(code, one.zone, _country(code)) for code, one in COUNTRIES.items()], 2)
    lines += ["", "Calendars among the definitions:"]
    rows = [(f"{name} ({codes[name]})" if name in codes else name, _summary(found)) for name, _, found in files]
    lines += layout.table(rows, 2) or ["  none"]
    document = {
        "areas": [_area(area) for area in AREAS.values()],
        "files": [{"name": name, "path": str(path), **_described(found)} for name, path, found in files],
    }
    session.answer(document, lines)


def _country(code: str) -> str:
    """Return a country with its parts; which of them keep the days of the whole country is not listed."""
    country, parts = COUNTRIES[code], parts_of(code)
    named = ", ".join(f"{one.code} {one.title}" for one in parts)
    if not country.whole:
        return f"{country.title}, by part: {named}"
    return f"{country.title}; with days of their own: {named}" if parts else country.title


def _area(area: Area) -> dict[str, Any]:
    names = ("code", "title", "zone", "currency", "country")
    return {name: getattr(area, name) for name in names}


def _summary(found: Found | str) -> str:
    if isinstance(found, str):
        return f"not usable: {found}"
    meetings = f"; {len(found.meetings)} meetings" if found.meetings else ""
    one = found.calendar
    return f"{found.title}; {_covered(one)}, version {one.version}{meetings}{_mark(one)}"


def _described(found: Found | str) -> dict[str, Any]:
    if isinstance(found, str):
        names = ("title", "zone", "version", "covers_from", "covers_until", "confirmed", "meetings")
        return {**dict.fromkeys(names), "problem": found}
    one = found.calendar
    return {
        "problem": None,
        "title": found.title,
        "zone": found.zone,
        "version": one.version,
        "covers_from": one.covers_from and one.covers_from.isoformat(),
        "covers_until": one.covers_until and one.covers_until.isoformat(),
        "confirmed": str(one.confirmed),
        "meetings": len(found.meetings),
    }


def _covered(one: Calendar) -> str:
    return f"{one.covers_from or 'always'} to {one.covers_until or 'always'}"


def _mark(one: Calendar) -> str:
    return " [not confirmed]" if isinstance(one.confirmed, str) else ""


@calendar.command()
@click.argument("name")
@click.option("--year", type=YEAR, metavar="YEAR", help="The year; without it, this one.")
@pass_session
def show(session: Session, name: str, year: int | None) -> None:
    """Show which days of a year are free in the calendar NAME: an area, a calendar, or its file.

    \b
    inprocap-flow calendar show DE-HH --year 2027
    inprocap-flow calendar show EU
    """  # noqa: D301 - click reads \b
    from inprocap_flow.service.calendars import find_calendar

    year = year or today(session).year
    found = find_calendar(name, file_desk(session).definitions, year, year)
    first, last = date(year, 1, 1), date(year, 12, 31)
    lines = [
        *map(layout.heading, layout.wrapped(f"{found.title}, {year}")),
        *in_pieces(calendar_in_words(found.calendar), "  "),
    ]
    known = found.calendar.covers(first) and found.calendar.covers(last)
    if not known:
        lines += layout.wrapped(f"It knows only {_covered(found.calendar)}: other days are not known.", "  ")
    lines += ["", *_free_days(found.calendar, first, last)]
    meetings = [one for one in found.meetings if one.meets.startswith(f"{year:04}-")]
    for committee in dict.fromkeys(one.committee for one in meetings):
        lines += ["", f"Meetings of {committee}:"]
        for one in meetings:
            if one.committee == committee:
                gates = ", ".join(f"{gate} by {day(date.fromisoformat(on))}" for gate, on in one.gates.items())
                text = f"{day(date.fromisoformat(one.meets))}  {one.id}{': ' + gates if gates else ''}"
                lines += in_pieces(text, "  ")
    session.answer(_document(found, year, known=known), lines)


def _free_days(one: Calendar, first: date, last: date) -> Iterator[str]:
    """Yield each holiday, and each closure, of the days from *first* to *last*; a closure that counts by itself."""
    closed = {on for closure in one.closures if closure.counts_as_holiday for on in _each(closure)}
    single = {on: title for on, title in one.holidays.items() if first <= on <= last and on not in closed}
    yield "Holidays:"
    for on, title in single.items():
        weekend = "  (in the weekend anyhow)" if on.weekday() in one.weekend else ""
        yield from layout.wrapped(f"{day(on)}  {title}{weekend}", "  ")
    if not single:
        yield "  none"
    closures = [closure for closure in one.closures if closure.first <= last and first <= closure.last]
    if closures:
        yield from ("", "Closures:")
    for closure in closures:
        moves = "counts as a holiday" if closure.counts_as_holiday else "moves no deadline"
        until = "" if closure.last == closure.first else f" to {day(closure.last)}"
        yield from in_pieces(f"{day(closure.first)}{until}  {closure.title} ({moves})", "  ")


def _each(closure: Closure) -> Iterator[date]:
    return (closure.first + number * timedelta(days=1) for number in range((closure.last - closure.first).days + 1))


def _document(found: Found, year: int, *, known: bool) -> dict[str, Any]:
    plain = found.calendar.to_plain()
    first, last = f"{year:04}-01-01", f"{year:04}-12-31"
    return {
        "title": found.title,
        "zone": found.zone,
        "year": year,
        "known": known,
        **plain,
        "holidays": {on: title for on, title in plain["holidays"].items() if first <= on <= last},
        "closures": [one for one in plain["closures"] if one["first"] <= last and first <= one["last"]],
        "meetings": [
            {"committee": one.committee, "id": one.id, "meets": one.meets, "gates": dict(one.gates)}
            for one in found.meetings
            if first <= one.meets <= last
        ],
    }


# ---------------------------------------------------------------------------------------------- import


@calendar.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--as", "kind", type=click.Choice(["closures", "holidays", "meetings"]), required=True, help="As what.")
@click.option("--name", metavar="NAME", help="The calendar's name; without it, the name of the file.")
@click.option("--year", "years", type=YEAR, multiple=True, metavar="YEAR", help="First and last year; repeat it.")
@click.option("--zone", metavar="ZONE", help="Where its clock times become days, such as Europe/Zurich.")
@click.option("--committee", metavar="NAME", help="Whose meetings they are (--as meetings).")
@click.option("--count-as-holidays", is_flag=True, help="The closures move deadlines: a state designated them.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write a new file; without it, print.")
@pass_session
def import_(
    session: Session,
    file: Path,
    *,
    kind: Any,
    name: str | None,
    years: tuple[int, ...],
    zone: str | None,
    committee: str | None,
    count_as_holidays: bool,
    out: Path | None,
) -> None:
    """Make a calendar of an iCalendar FILE (.ics): repetitions written out, cancelled events left out.

    \b
    inprocap-flow calendar import house.ics --as closures --name lab-2027 \\
        --year 2027 --zone Europe/Zurich --out calendars/lab-2027.yaml
    inprocap-flow calendar import fc.ics --as meetings --committee council
    """  # noqa: D301 - click reads \b
    from inprocap_flow.language.schema.readers import ID, NAME
    from inprocap_flow.service.calendar_files import Wanted, import_ical

    if (kind == "meetings") != bool(committee):
        raise click.UsageError("--as meetings needs --committee, such as finance_committee; nothing else takes it.")
    if count_as_holidays and kind != "closures":
        raise click.UsageError("--count-as-holidays belongs to --as closures.")
    name = name or file.stem.lower()
    if not re.fullmatch(ID, name):
        raise click.UsageError(f"--name: a calendar cannot be called {name!r}; write such as lab-2027.")
    if committee and not re.fullmatch(NAME, committee):
        raise click.UsageError(f"--committee: none can be called {committee!r}; write such as finance_committee.")
    on = today(session)
    first, last = (min(years), max(years)) if years else (on.year, on.year + 1)
    wanted = Wanted(
        name,
        kind,
        zone,
        date(first, 1, 1),
        date(last, 12, 31),
        committee or "",
        count_as_holidays,
    )
    made = _imported(lambda: import_ical(_read(file), file.name, wanted, on))
    if out is not None:
        if out.exists():
            raise NotAllowed(f"{shown(out)} exists already", mend="name a new file, or remove that one yourself")
        written(out, made.text)
    counts = {"entries": made.entries, "cancelled": made.cancelled, "outside": made.outside}
    if session.as_json:
        session.answer({"calendar": wanted.name, **counts, "text": made.text, "file": str(out) if out else None}, [])
        return
    if out is None:
        click.echo(made.text, nl=False)
    for text in _told(made.entries, made.cancelled, made.outside, out, zone):
        click.echo("\n".join(layout.wrapped(text)), err=True)


def _imported(work: Any) -> Any:
    from inprocap_flow.calendar.bad_values import BadValue
    from inprocap_flow.errors import Place, Problem

    try:
        return work()
    except BadValue as bad:
        raise InvalidInput([Problem(Place("request"), "bad-value", bad.fact, bad.mend)]) from None


def _read(file: Path) -> bytes:
    from inprocap_flow.exchange.ical.reading import LARGEST

    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)  # one byte too many is enough to refuse the rest
    except (OSError, ValueError) as wrong:
        fact = f"{file} cannot be read: {getattr(wrong, 'strerror', None) or 'its name is not possible'}"
        raise NotFound(fact, mend="check name and rights") from None


def _told(entries: int, cancelled: int, outside: int, out: Path | None, zone: str | None) -> Iterator[str]:
    where = f" written to {shown(out)}" if out else ""
    yield f"{entries} {'entry' if entries == 1 else 'entries'}{where}; compare with the source before use."
    if cancelled:
        yield f"Left out because cancelled: {cancelled}."
    if outside:
        yield f"Left out because in other years: {outside}."
    if zone is None:
        yield "Clock times were read in UTC; name the zone of the place with --zone if the file has any."
