"""What a plan rests on, as text: chance, lengths that were assumed or estimated, facts of the law, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.words import day
from inprocap_flow.service.planning.resting import estimates_said
from inprocap_flow.service.planning.risks import Risk, often, risks

if TYPE_CHECKING:
    from inprocap_flow.service.planning.durations import Used
    from inprocap_flow.service.planning.items import Caution
    from inprocap_flow.service.planning.plans import Timetable
    from inprocap_flow.service.planning.reductions import Reduction
    from inprocap_flow.service.planning.spread import Spread


def rested(made: Timetable, chances: Spread | None) -> tuple[Iterator[str], ...]:
    """Return the parts of what a plan rests on, in the order in which they are read."""
    return (
        _risks(made, chances),
        _chances(made, chances),
        _assumed(made),
        _estimates(made),
        _reductions(made),
        _cautions(made),
    )


def _risks(made: Timetable, chances: Spread | None) -> Iterator[str]:
    """Yield what should come before which end, and how often it does not; nothing where nothing has to."""
    found = risks(made, chances)
    if found:
        yield layout.heading("What may come too late")
    for one in (one for one in found if one.happens):
        planned = ", and as planned" if one.as_planned and one.share is not None else ""
        yield from layout.bullet(f"{_ends(one)}: {often(one)}{planned}.")
    never = [one for one in found if not one.happens]
    if never:
        yield from layout.bullet(f"{often(never[0]).capitalize()}: {'; '.join(map(_ends, never))}.")
    if found and chances is None:
        yield from layout.wrapped("No length of this plan has a range, so chance is not played.", "  ")


def _ends(one: Risk) -> str:
    assumed = f"; {one.end.why} assumed, nobody has said how long" if one.assumed else ""
    return f'"{one.late.title}" after the end of {one.end.title} ({day(one.end.day)}{assumed})'


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
