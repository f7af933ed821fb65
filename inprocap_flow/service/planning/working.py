"""The work of suppliers inside a stage: a research phase lasts until all of them have delivered and have a result.

Read from the definition: the step into a stage moves the tracks of a kind into a stage of theirs, and the step out of
it asks that nobody is left there. What lies between is their work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inprocap_flow.language.expressions.tree import Call, Compare, Expr, Listing, Number, Word
from inprocap_flow.language.model import Line, Step
from inprocap_flow.records import changed, record
from inprocap_flow.service.planning.durations import STAGE, Length, Thing, typical_of
from inprocap_flow.service.planning.items import Item
from inprocap_flow.service.planning.network import Day, Link, Point, Shift
from inprocap_flow.service.planning.path import Leg, choose_path
from inprocap_flow.service.planning.waiting import conditions

if TYPE_CHECKING:
    from inprocap_flow.service.planning.drafting import Drafter


@record
class Work:
    """What tracks of ``kind`` do in a stage of the case: the legs of their way, and how long each is known to take."""

    line: Line
    legs: tuple[Leg, ...]
    lengths: tuple[Length | None, ...]


def forward_work(drafter: Drafter, line: Line, leg: Leg, entry: str) -> list[Link]:
    """Return links for work of which somebody said how long it takes."""
    links = []
    for work in _works(drafter, line, leg, entry):
        if work.lengths[0] is None:
            continue
        source = entry
        for number, step_leg in enumerate(work.legs):
            link = drafter.span(source, _length(drafter, work, number), f"in {_title(drafter, work, number)}")
            source = _done(drafter, work, step_leg, [link], entry)
        links.append(Link(source, "", why=f"{drafter.text(work.line.title, work.line.kind)}: work done"))
    return links


def due_work(drafter: Drafter, line: Line, leg: Leg, entry: str, due: list[Link]) -> list[Link]:
    """Return *due*, the deadline that gives the stage its time, with the last day on which work can be delivered.

    The time before the result (judging it) is counted back from the deadline; the rest is for the work itself.
    """
    if not due:
        return due
    links = list(due)
    for work in _works(drafter, line, leg, entry):
        if work.lengths[0] is not None or len(work.legs) < 2:
            continue
        later = [_length(drafter, work, number) for number in range(1, len(work.legs))]
        back = changed(due[0], shift=_back(drafter, due[0].shift, later), why="the results must be out by the end")
        delivered = _done(drafter, work, work.legs[0], [back, Link(entry, "")], entry)
        source = delivered
        for number, length in enumerate(later, 1):
            source_link = drafter.span(source, length, f"in {_title(drafter, work, number)}")
            links.append(source_link)
    return links


def _back(drafter: Drafter, ends: Shift, later: list[Length]) -> Shift:
    def shift(day: Day) -> Day:
        last = ends(day)
        for length in reversed(later):
            last = drafter.work.before(last, length.likely)
        return last

    return shift


def _done(drafter: Drafter, work: Work, leg: Leg, links: list[Link], since: str) -> str:
    step = leg.step
    assert step is not None
    name = f"work {work.line.kind}.{step.name}"
    title = f"{drafter.text(work.line.title, work.line.kind)}: {drafter.step_title(work.line, step)}"
    point = Point(name, drafter.work.on_or_after, drafter.work.on_or_before,
                  [changed(link, target=name) for link in links])  # fmt: skip
    item = Item(name, "work", title, work.line.kind, leg.stage, step.milestone, step.name, since=since)
    return drafter.add(item, point)


def _works(drafter: Drafter, line: Line, leg: Leg, entry: str) -> list[Work]:
    """Return the work that tracks do in the stage of *leg*, entered at *entry*."""
    into = line.steps.get(drafter.draft.items[entry].step or "")
    if into is None or leg.step is None:
        return []
    found = []
    for kind, stages in _emptied(leg.step, leg.stage):
        track = drafter.binding.definition.line(kind)
        inside = {leaf for stage in stages for leaf in track.leaves_under(stage)}
        start = next((place for move in into.moves if move.track == kind
                      if (place := track.leaf(track.steps[move.step].targets[0].to)) in inside), None)  # fmt: skip
        if start is not None:
            found.append(_work(drafter, track, start, inside))
    return found


def _work(drafter: Drafter, track: Line, start: str, inside: set[str]) -> Work:
    outside = [leaf for leaf in track.leaves if leaf not in inside]
    usual = [leaf for leaf in outside if track.stages[leaf].final is None] or outside
    legs = choose_path(drafter.binding.definition, track, start, goals=usual, shortest=True)
    kept = tuple(leg for leg in legs if leg.step is not None)
    lengths = tuple(
        drafter.lengths.known(
            Thing(STAGE, track.kind, leg.stage), _stage(drafter, track, leg), typical_of(track.stages[leg.stage])
        )
        for leg in kept
    )
    return Work(track, kept, lengths)


def _length(drafter: Drafter, work: Work, number: int) -> Length:
    leg = work.legs[number]
    thing = Thing(STAGE, work.line.kind, leg.stage)
    return work.lengths[number] or drafter.lengths.assumed(thing, _stage(drafter, work.line, leg))


def _title(drafter: Drafter, work: Work, number: int) -> str:
    return _stage(drafter, work.line, work.legs[number])


def _stage(drafter: Drafter, line: Line, leg: Leg) -> str:
    return f"{drafter.text(line.title, line.kind)}: {drafter.stage_title(line, line.stages[leg.stage])}"


def _emptied(step: Step, stage: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the kinds of tracks of which nobody may be left in some stages when *step* is carried out."""
    found = []
    for part in conditions(step, stage):
        if isinstance(part, Compare) and part.signs == ("==",) and part.operands[1] == Number(0):
            call = part.operands[0]
            if isinstance(call, Call) and call.function == "count" and call.where is None:
                kind, *stages = call.arguments
                if isinstance(kind, Word) and stages:
                    found.append((kind.word, _words(stages[0])))
    return found


def _words(expr: Expr) -> tuple[str, ...]:
    parts = expr.items if isinstance(expr, Listing) else (expr,)
    return tuple(part.word for part in parts if isinstance(part, Word))
