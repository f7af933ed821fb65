"""A timetable as text of 80 columns: day, latest safe day, what and why; then what breaks. See `plan_rests`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.plan_rests import rested
from inprocap_flow.cli.words import day

if TYPE_CHECKING:
    from inprocap_flow.service.planning.living import CasePlan
    from inprocap_flow.service.planning.plans import Row, Timetable
    from inprocap_flow.service.planning.spread import Spread

_FIRST = 33  # columns before what is said
_LEGEND = (
    "* lies on the critical path: later here is later at the end. Latest: the last day on which it may happen "
    "without delay at the end or a missed deadline. ! the end of a clock. ~ provisional: the calendar does not "
    "cover that time yet."
)


def lines(
    made: Timetable, chances: Spread | None = None, files: Sequence[str] = (), *, today: date | None = None
) -> Iterator[str]:
    """Yield the plan of a procedure as people read it; with *today*, that it would have had to begin before that."""
    return layout.parts(
        _head(made),
        _too_late_to_begin(made, today),
        _table(made.rows),
        _legend(),
        _missed(made),
        *rested(made, chances),
        _notes(made.notes),
        _written(files),
    )


def case_lines(
    made: CasePlan, chances: Spread | None = None, files: Sequence[str] = (), *, why: bool = False
) -> Iterator[str]:
    """Yield the plan of a case as people read it: three plans side by side, then what breaks; with *why*, reasons."""
    shown = made.what_if or made.now
    return layout.parts(
        _case_head(made),
        _compared(made),
        _taken(made),
        _breaks(made),
        _table(row for row in shown.rows if not row.actual) if why else (),
        _legend() if why else (),
        *rested(shown, chances),
        _written(files),
    )


def _head(made: Timetable) -> Iterator[str]:
    organisation = made.binding.organisation
    yield layout.heading(f"Plan: {made.title}")
    definition = made.binding.definition
    yield from layout.wrapped(
        f"{definition.name} {definition.full_version}, for {organisation.name}; days in {organisation.zone}."
    )
    last = f", to be finished by {day(made.required)}" if made.required else ""
    days = (made.finish - made.start).days
    yield from layout.wrapped(f"From {day(made.start)} to {day(made.finish)}, {counted(days, 'day')}{last}.")
    yield from layout.wrapped(
        "A plan, not law. Who types a date decides it; the engine refuses what is not lawful then."
    )


def _too_late_to_begin(made: Timetable, today: date | None) -> Iterator[str]:
    if made.required and today and made.start < today:
        ago = counted((today - made.start).days, "day")
        yield from layout.wrapped(
            f"It would have had to begin {ago} ago: begun today, it is not finished by {day(made.required)} unless "
            "something takes less time than planned."
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
    said = any(f": {row.why}, " in rule for rule in row.rules)  # the rule says the period again
    why = ("" if said else row.why) + (" (provisional)" if row.provisional and sort == "!" else "")
    for text in (why.strip(), *row.rules):
        if text:
            yield from layout.wrapped(text, " " * (_FIRST + 2))


def _hour(row: Row) -> str:
    if row.kind != "deadline" or row.end is None:
        return ""
    return f", {row.end:%H:%M}" if (row.end.hour, row.end.minute) != (0, 0) else ", 24:00"


def _legend() -> Iterator[str]:
    yield from layout.wrapped(_LEGEND)


def _missed(made: Timetable) -> Iterator[str]:
    if made.missed:
        yield layout.heading("Comes too late")
    for row in made.missed:
        late = f", {-row.slack} days after the last safe one" if row.slack is not None and row.slack < 0 else ""
        ends = [f"{one.title} ends before it, on {day(one.day)}" for one in _missed_by(made, row)]
        yield from layout.bullet(
            f"{row.title}: {day(row.day)}{late}. {layout.listed(ends)}{'.' if ends else ''}".strip()
        )


def _missed_by(made: Timetable, row: Row) -> list[Row]:
    """Return the deadlines that end before *row* comes, which should come before them."""
    network = made.draft.network
    return [one for name in network.misses(network.points[row.name]) if (one := made.row(name)) is not None]


# ---------------------------------------------------------------------------------------------- of a case


def _case_head(made: CasePlan) -> Iterator[str]:
    case, now = made.case, made.now
    yield layout.heading(f"Plan: {case.title or now.title}")
    yield from layout.wrapped(f"{case.id}, {case.procedure} {case.procedure_version}, for {case.organisation}.")
    finish = f"Expected to be finished on {day(now.finish)}"
    if made.planned is not None:
        days = (now.finish - made.planned.finish).days
        finish += f", {_apart(days)} than first planned"
    if made.what_if is not None:
        finish += f"; if: on {day(made.what_if.finish)}, {_apart((made.what_if.finish - now.finish).days)}"
    yield from layout.wrapped(f"{finish}. A plan, not law.")


def _apart(days: int) -> str:
    return f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}" if days else "no day later"


def _compared(made: CasePlan) -> Iterator[str]:
    third = f"{'What if':<15}  " if made.what_if is not None else ""
    yield layout.heading(f"  {'Planned':<10}  {'Now':<15}  {third}")
    for one in made.rows:
        mark = "*" if one.row.critical and not one.done else " "
        first = one.planned.isoformat() if one.planned else ""
        now = f"{one.now} done" if one.done and one.now else str(one.now or "")
        cells = f"{mark} {first:<10}  {now:<15}  "
        if made.what_if is not None:
            change = f"{one.what_if}" + (f" {one.later:+d}" if one.later else "") if one.what_if else ""
            cells += f"{change:<15}  "
        sort = "" if one.row.kind != "deadline" else " (last day)" if one.row.due else " (ends)"
        yield from layout.wrapped(f"{one.title}{sort}", cells)
    yield ""
    yield from layout.wrapped("* lies on the critical path. The days behind a date under What if: so much later.")


def _taken(made: CasePlan) -> Iterator[str]:
    """Yield what was asked about: a name may be that of something else than was meant."""
    for number, one in enumerate(made.taken):
        yield from layout.wrapped(one, "What if: " if not number else "         ", " " * 9)


def _breaks(made: CasePlan) -> Iterator[str]:
    new = [one for one in made.breaks if not one.before]
    if made.what_if is not None and not new:
        yield layout.heading("As planned, nothing more breaks, if.")
    elif new:
        yield layout.heading("What breaks, if" if made.what_if is not None else "What does not hold")
    for one in new:
        yield from layout.bullet(one.text)
    old = [one for one in made.breaks if one.before]
    if old:
        yield layout.heading("What does not hold already, without the change")
    for one in old:
        yield from layout.bullet(one.text)


def _notes(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        yield from layout.wrapped(note, "Note: ")


def _written(files: Sequence[str]) -> Iterator[str]:
    for name in files:
        yield f"Written: {name}"
