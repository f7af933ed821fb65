"""The clocks of a plan: when each will end once it starts, and those that are counted back from what is known."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.engine.case.records import MAIN, Case, DeadlineState
from inprocap_flow.language.model import CASE, Deadline, Line
from inprocap_flow.service.planning.durations import (
    ASSUMED_BASIS,
    CHOSEN,
    DEADLINE,
    FIELD,
    STAGE,
    Length,
    Thing,
    exactly,
    typical_of,
)
from inprocap_flow.service.planning.ends import Clocks, Ends, encoded
from inprocap_flow.service.planning.items import BEGIN, Item
from inprocap_flow.service.planning.network import Day, Link, Point, Shift

if TYPE_CHECKING:
    from inprocap_flow.service.planning.drafting import Drafter

Variants = tuple[Shift, Shift, Shift]


def start(drafter: Drafter, line: Line, name: str, point: str) -> None:
    """Let a deadline of *line* start at *point*. What outlives the case is no part of a plan."""
    declared = drafter.binding.definition.find_deadline(line.kind, name)
    if declared is None or declared.backwards_from or declared.outlives_case:
        return
    kind, length = declared.line, _length(drafter, declared)
    field_lengths = _field_lengths(drafter, declared)
    extra = _extra(drafter, declared, field_lengths)
    likely = length.likely if length else None
    ends = drafter.clocks.ends(kind, declared, drafter.day(point), likely, extra)
    if isinstance(ends, tuple):
        drafter.draft.notes.append(f"{drafter.text(declared.title, name)} is not planned: {ends[0].reason}")
        return
    drafter.clocks.run(kind, name, ends)
    target = _place(drafter, kind, name)
    varies = _varied(drafter, declared, length, field_lengths, extra)
    link = Link(point, target, _ending(drafter.clocks, declared, likely, extra), ends.period, varies)
    title = deadline_title(drafter, declared, point)
    item = Item(target, "deadline", title, kind, ends=ends, deadline=declared, since=point)
    drafter.add(item, Point(target, links=[link], over=ends.gate > ends.last_day.toordinal()))
    drafter.running[kind, name] = target
    if any(one.basis == ASSUMED_BASIS for one in field_lengths.values()):
        drafter.guessed.add((kind, name))
    if ends.wrong:
        drafter.draft.notes.append(ends.wrong)


def _place(drafter: Drafter, kind: str, name: str) -> str:
    """Return the name of the point for a clock that starts. Begun anew, it takes the place of what it was before.

    Only where something already planned waited for that end, both stay.
    """
    target, network = point_name(kind, name), drafter.draft.network
    if target not in network.points:
        return target
    if any(
        target in (*point.no_later, *point.hoped, *(link.source for link in point.links))
        for point in network.points.values()
    ):
        return f"{target} again"
    del network.points[target], network.days[target], drafter.draft.items[target]
    return target


def point_name(kind: str, name: str) -> str:
    """Return the name of the point at which a deadline is over."""
    return f"deadline {kind or 'case'} {name}"


def running_name(case: Case, state: DeadlineState) -> str:
    """Return the name of the point at which a clock of *case* is over: one of a track has its own."""
    if state.line == MAIN:
        return point_name(case.lines[state.line].kind, state.name)
    return f"deadline {state.line} {state.name}"


def deadline_title(drafter: Drafter, declared: Deadline, point: str) -> str:
    """Return the title of a deadline, with the group of stages in which it starts where others have the same."""
    line = drafter.binding.definition.line(declared.line)
    title = drafter.text(declared.title, declared.name)
    step = line.steps.get(drafter.draft.items[point].step or "")
    alike = [one for one in line.deadlines.values() if drafter.text(one.title, one.name) == title]
    stage = step.targets[0].to.partition(".")[0] if step else ""
    if len(alike) == 1 or stage not in line.stages:
        return title
    return f"{drafter.text(line.stages[stage].title, stage)}: {title}"


# ---------------------------------------------------------------------------------------------- how long


def _extra(drafter: Drafter, declared: Deadline, fields: dict[str, Length]) -> Period | None:
    things = [Thing(DEADLINE, declared.line, declared.name), *(Thing(FIELD, CASE, name) for name in fields)]
    return next((delay for thing in things if (delay := drafter.lengths.delay(thing)) is not None), None)


def _ending(clocks: Clocks, declared: Deadline, length: Period | None, extra: Period | None) -> Shift:
    """Return the day on which *declared* is over, as a function of the day on which it starts."""

    def gate(day: Day) -> Day:
        ends = clocks.ends(declared.line, declared, day, length, extra)
        return day if isinstance(ends, tuple) else ends.gate

    return gate


def _varied(
    drafter: Drafter, declared: Deadline, length: Length | None, fields: dict[str, Length], extra: Period | None
) -> Variants | None:
    """Return the same for the least, the likely and the most, where the length of *declared* is not certain."""
    clocks = drafter.clocks
    if length is not None and length.varies:
        least, likely, most = (_ending(clocks, declared, one, extra) for one in _three(length))
        return least, likely, most
    varying = {name: one for name, one in fields.items() if one.varies}
    if not varying:
        return None
    told = [{name: encoded(_three(one)[number]) for name, one in varying.items()} for number in range(3)]
    likely_period = length.likely if length else None
    least, likely, most = (_ending(clocks.but(**one), declared, likely_period, extra) for one in told)
    return least, likely, most


def _three(length: Length) -> tuple[Period, Period, Period]:
    return length.least, length.likely, length.most


def _length(drafter: Drafter, declared: Deadline) -> Length | None:
    """Return how long a deadline that somebody types is left open, where something other than a proposal says."""
    if declared.ends_at is None or not drafter.clocks.typed(declared):
        return None
    thing = Thing(DEADLINE, declared.line, declared.name)
    title = drafter.text(declared.title, declared.name)
    proposed = None
    if thing in drafter.lengths.given.spreads and isinstance(declared.proposes, str):
        proposed = exactly(parse_period(declared.proposes), CHOSEN)
    known = drafter.lengths.known(thing, title, proposed)
    if known is not None or declared.proposes is not None:
        return known
    return _stage_length(drafter, declared) or drafter.lengths.assumed(thing, title)


def _stage_length(drafter: Drafter, declared: Deadline) -> Length | None:
    """Return how long the stage usually takes that begins with *declared*: the time that firms then have."""
    line = drafter.binding.definition.line(declared.line)
    for step in line.steps.values():
        stage = line.stages.get(step.targets[0].to)
        if stage is not None and declared.name in (*step.starts, *step.targets[0].starts):
            leaf = line.stages[line.leaf(stage.address)]
            thing = Thing(STAGE, line.kind, leaf.address)
            return drafter.lengths.known(thing, drafter.stage_title(line, leaf), typical_of(leaf))
    return None


def _field_lengths(drafter: Drafter, declared: Deadline) -> dict[str, Length]:
    """Return the lengths of the period fields that *declared* rests on; those that nobody filled are assumed."""
    found = {}
    for name, period in drafter.clocks.period_fields(declared).items():
        thing = Thing(FIELD, CASE, name)
        title = drafter.text(drafter.binding.definition.main.fields[name].title, name)
        if period is not None:
            found[name] = drafter.lengths.known(thing, title, exactly(period, CHOSEN)) or exactly(period, CHOSEN)
            continue
        found[name] = drafter.lengths.assumed(thing, title)
        drafter.clocks.tell(**{name: encoded(found[name].likely)})
    return found


# ---------------------------------------------------------------------------------------------- counted back


def count_back(drafter: Drafter, line: Line, behind: Collection[str] = ()) -> None:
    """Add the deadlines of *line* counted back from what the plan knows by now, but those that lie *behind*."""
    for declared in line.deadlines.values():
        name = point_name(line.kind, declared.name)
        if declared.backwards_from is None or name in drafter.draft.items or declared.name in behind:
            continue
        anchor = drafter.draft.items.get(point_name(line.kind, declared.backwards_from))
        since = drafter.day(anchor.name) if anchor is not None else drafter.day(BEGIN)
        ends = drafter.clocks.ends(line.kind, declared, since)
        if isinstance(ends, Ends):
            title = drafter.text(declared.title, declared.name)
            item = Item(name, "deadline", title, line.kind, ends=ends, deadline=declared)
            drafter.add(item, Point(name, fixed=ends.gate, over=ends.gate > ends.last_day.toordinal()))
