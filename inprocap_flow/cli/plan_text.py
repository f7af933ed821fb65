"""A timetable as text of 80 columns: day, latest safe day, what and why; then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.words import day

if TYPE_CHECKING:
    from inprocap_flow.service.planning.durations import Used
    from inprocap_flow.service.planning.timetable import Row, Timetable

_FIRST = 33  # columns before what is said
_LEGEND = (
    "* lies on the critical path: later here is later at the end. Latest: the last day on which it may happen "
    "without delay at the end or a missed deadline. ! the end of a clock. ~ provisional: the calendar does not "
    "cover that time yet."
)


def lines(made: Timetable, files: Sequence[str] = ()) -> Iterator[str]:
    """Yield a plan as people read it."""
    return layout.parts(
        _head(made), _table(made.rows), _legend(made), _missed(made), _assumed(made), _notes(made), _written(files)
    )


def _head(made: Timetable) -> Iterator[str]:
    organisation = made.binding.organisation
    yield layout.heading(f"Plan: {made.title}")
    definition = made.binding.definition
    yield from layout.wrapped(
        f"{definition.name} {definition.version}, for {organisation.name}; days in {organisation.zone}."
    )
    last = f", to be finished by {day(made.required)}" if made.required else ""
    days = (made.finish - made.start).days
    yield from layout.wrapped(f"From {day(made.start)} to {day(made.finish)}, {counted(days, 'day')}{last}.")
    yield from layout.wrapped(
        "A plan, not law. Who types a date decides it; the engine refuses what is not lawful then."
    )


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield layout.heading(f"  {'Day':<14}  {'Latest safe':<14} What, and why")
    for row in rows:
        yield from _row(row)


def _row(row: Row) -> Iterator[str]:
    mark = "*" if row.critical else " "
    sort = "!" if row.kind == "deadline" else "~" if row.provisional else " "
    latest = "" if row.latest is None else "same day" if row.latest == row.day else day(row.latest)
    hour = _hour(row)
    yield from layout.wrapped(f"{row.title}{hour}", f"{mark}{sort}{day(row.day)}  {latest:<14} ")
    why = row.why + (" (provisional)" if row.provisional and sort == "!" else "")
    for text in (why, *row.rules):
        if text:
            yield from layout.wrapped(text, " " * (_FIRST + 2))


def _hour(row: Row) -> str:
    if row.kind != "deadline" or row.end is None:
        return ""
    return f", {row.end:%H:%M}" if (row.end.hour, row.end.minute) != (0, 0) else ", 24:00"


def _legend(made: Timetable) -> Iterator[str]:
    del made
    yield from layout.wrapped(_LEGEND)


def _missed(made: Timetable) -> Iterator[str]:
    if made.missed:
        yield layout.heading("Comes too late")
    for row in made.missed:
        late = f", {-row.slack} days after the last safe one" if row.slack is not None and row.slack < 0 else ""
        yield from layout.bullet(f"{row.title}: {day(row.day)}{late}.")


def _assumed(made: Timetable) -> Iterator[str]:
    if not made.assumptions:
        return
    yield layout.heading(f"Assumed: nobody said how long ({len(made.assumptions)})")
    for length, used in _by_length(made.assumptions).items():
        names = layout.listed(str(one.thing) for one in used)
        yield from layout.wrapped(names, f"  {length}: ", "    ")
    first = made.assumptions[0]
    yield from layout.wrapped(f'Say it with --assume {first.thing}="{first.length.likely}", once for each.', "  ")


def _by_length(assumed: Iterable[Used]) -> dict[str, list[Used]]:
    found: dict[str, list[Used]] = {}
    for one in assumed:
        found.setdefault(str(one.length), []).append(one)
    return found


def _notes(made: Timetable) -> Iterator[str]:
    for note in made.notes:
        yield from layout.wrapped(note, "Note: ")


def _written(files: Sequence[str]) -> Iterator[str]:
    for name in files:
        yield f"Written: {name}"
