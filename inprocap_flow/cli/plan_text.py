"""A timetable as text of 80 columns: day, latest safe day, what and why; then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.words import day
from inprocap_flow.service.planning.resting import estimates_said

if TYPE_CHECKING:
    from inprocap_flow.service.planning.durations import Used
    from inprocap_flow.service.planning.items import Caution
    from inprocap_flow.service.planning.living import CasePlan
    from inprocap_flow.service.planning.plans import Row, Timetable
    from inprocap_flow.service.planning.reductions import Reduction
    from inprocap_flow.service.planning.spread import Spread

_FIRST = 33  # columns before what is said
_LEGEND = (
    "* lies on the critical path: later here is later at the end. Latest: the last day on which it may happen "
    "without delay at the end or a missed deadline. ! the end of a clock. ~ provisional: the calendar does not "
    "cover that time yet."
)


def lines(made: Timetable, chances: Spread | None = None, files: Sequence[str] = ()) -> Iterator[str]:
    """Yield the plan of a procedure as people read it."""
    return layout.parts(
        _head(made),
        _table(made.rows),
        _legend(),
        _missed(made),
        _chances(made, chances),
        _assumed(made),
        _estimates(made),
        _reductions(made),
        _cautions(made),
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
        _risks(shown, chances),
        _table(row for row in shown.rows if not row.actual) if why else (),
        _legend() if why else (),
        _chances(shown, chances),
        _assumed(shown),
        _estimates(shown),
        _reductions(shown),
        _cautions(shown),
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


def _chances(made: Timetable, chances: Spread | None) -> Iterator[str]:
    """Yield the days by which each milestone has come with 50, 80 and 95 percent."""
    if chances is None:
        return
    yield layout.heading("By when, with which probability")
    yield from layout.wrapped(
        f"{chances.runs:,} runs, seed {chances.seed}, {counted(chances.varying, 'length')} drawn from a triangle "
        "between least and most, apart from each other. What delays everything at once is not in it.",
        "  ",
    )
    yield f"  {'As planned':<10}  {'50 %':<10}  {'80 %':<10}  {'95 %':<10}"
    for row in made.rows:
        odds = chances.days.get(row.name)
        if odds is None or row.actual or not (row.milestone or row.name == made.draft.finish):
            continue
        shown = "  ".join(one.isoformat() for one in (row.day, *odds))
        yield from layout.wrapped(row.title, f"  {shown}  ")


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


_RISK = 0.2  # a convention of this program: below it, nothing is said of an end that holds as planned


def _risks(shown: Timetable, chances: Spread | None) -> Iterator[str]:
    """Yield which ends hold as planned and are missed all the same in more than a fifth of the runs."""
    network = shown.draft.network
    missed = {(row.name, name) for row in shown.missed for name in network.misses(network.points[row.name])}
    found = [
        (share, late, end)
        for pair, share in (chances.late if chances else {}).items()
        if share > _RISK and pair not in missed and (late := shown.row(pair[0])) and (end := shown.row(pair[1]))
    ]
    if found:
        yield layout.heading("Holds as planned, and is at risk")
    for share, late, end in sorted(found, key=lambda one: -one[0]):
        yield from layout.bullet(
            f"{late.title} comes after the end of {end.title} ({day(end.day)}) in {share:.0%} of the runs."
        )


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


def _assumed(made: Timetable) -> Iterator[str]:
    if not made.assumptions:
        return
    yield layout.heading(f"Assumed: nobody said how long ({len(made.assumptions)})")
    for length, used in _by_length(made.assumptions).items():
        names = layout.listed(str(one.thing) for one in used)
        yield from layout.wrapped(names, f"  {length}: ", "    ")
    first = made.assumptions[0]
    yield from layout.wrapped(f'Say it with --assume {first.thing}="{first.length.likely}", once for each.', "  ")


def _estimates(made: Timetable) -> Iterator[str]:
    """Yield what the lengths rest on that the definition calls typical: no rule, and often nobody's experience."""
    said = list(estimates_said(made.binding.definition, made.used))
    if said:
        yield layout.heading("Where the estimates come from")
    for source, count in said:
        yield from layout.bullet(f"{counted(count, 'length')}: {source}")


def _reductions(made: Timetable) -> Iterator[str]:
    """Yield what the law lets be shorter or longer if facts are yes: what the plan counts on, and what it could."""
    shown = [one for one in made.reductions if one.taken or (one.open and one.value != one.instead_of)]
    if not shown:
        return
    yield layout.heading("What periods rest on")
    for deadline, whole in dict.fromkeys((one.deadline, one.instead_of) for one in shown):
        own = [one for one in shown if one.deadline == deadline]
        taken = next((one for one in own if one.taken), None)
        if taken is not None:
            yield from layout.bullet(f"{deadline}: {taken.value} instead of {whole}, counting on yes: {_asks(taken)}")
            continue
        yield from layout.bullet(f"{deadline}: {whole}, but")
        for one in own:
            yield from layout.wrapped(f"{one.value} if yes: {_asks(one)}", "      ", "        ")
    free = next((one for one in shown if not one.taken), None)
    if free is not None:
        said = " ".join(f"--assume {name}=yes" for name in free.facts)
        yield from layout.wrapped(f"What nobody has said counts as no. Say it with {said}.", "  ")


def _cautions(made: Timetable) -> Iterator[str]:
    """Yield what steps will warn of if it stays so; the plan goes on all the same, as the case would."""
    if not made.cautions:
        return
    yield layout.heading("Only warned of, never refused")
    for one in made.cautions:
        yield from layout.bullet(f"{one.title}: {one.says} ({caution_weight(one)})")


def caution_weight(one: Caution) -> str:
    """Return whether a warning is certain by what is known, and which rule stands behind it."""
    rule = ", ".join(filter(None, (one.rule, one.basis.replace("_", " "), one.cite)))
    sure = "not known yet" if one.holds is None else "it will warn, by what is known"
    return f"{sure}; {rule}" if rule else sure


def _asks(one: Reduction) -> str:
    return " and ".join(f"{ask}? ({name})" for ask, name in zip(one.asks, one.facts, strict=True))


def _by_length(assumed: Iterable[Used]) -> dict[str, list[Used]]:
    found: dict[str, list[Used]] = {}
    for one in assumed:
        found.setdefault(str(one.length), []).append(one)
    return found


def _notes(notes: Iterable[str]) -> Iterator[str]:
    for note in notes:
        yield from layout.wrapped(note, "Note: ")


def _written(files: Sequence[str]) -> Iterator[str]:
    for name in files:
        yield f"Written: {name}"
