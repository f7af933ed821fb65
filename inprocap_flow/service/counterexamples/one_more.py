"""Another track where the conditions of a step count tracks: a path has few, and a limit may ask for more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from inprocap_flow.engine.case.records import Refusal
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.explore.state import Seat
from inprocap_flow.language.expressions.tree import Call, Expr, Word, walk
from inprocap_flow.language.model import Line, Step
from inprocap_flow.language.scenarios import Deed
from inprocap_flow.service.counterexamples.gaps import Gap
from inprocap_flow.service.counterexamples.stage import Stage

MOST_TRACKS = 6
MOST_STEPS = 4
"""So many steps, at most, lead a track to where it counts."""
GetDone = Callable[[Stage, Deed, Happened], "Refusal | None"]


def one_more(stage: Stage, happened: Happened, get_done: GetDone) -> bool:
    """Begin another track of a kind that the conditions of a step count, and lead it to where it counts.

    It is begun with what the first of its kind was begun with. Return whether that went well; else nothing stays of it.
    """
    if stage.rehearsal.case is None:
        return False
    for kind, leaf in _counted(stage, happened):
        trial = stage.copy()
        if len(stage.case.tracks(kind)) < MOST_TRACKS and _comes(trial, kind, leaf, get_done):
            stage.take_over(trial)
            return True
    return False


def _counted(stage: Stage, happened: Happened) -> Iterator[tuple[str, str]]:
    """Yield the kinds of tracks that are counted, each with the first stage in which they are."""
    step = stage.wishes.step(happened)
    for guard in step.already_there.that if step is not None else ():
        for part in walk(guard.holds) if guard.holds is not None and not guard.only_warns else ():
            if isinstance(part, Call) and part.function == "count" and isinstance(part.arguments[0], Word):
                line = stage.definition.line(part.arguments[0].word)
                yield line.kind, next(_leaves(line, part.arguments[1:]), line.leaf(line.begins.targets[0].to))


def _leaves(line: Line, arguments: tuple[Expr, ...]) -> Iterator[str]:
    named = (part.word for one in arguments[:1] for part in walk(one) if isinstance(part, Word))
    return (line.leaf(name) for name in named if name in line.stages)


def _comes(stage: Stage, kind: str, leaf: str, get_done: GetDone) -> bool:
    line = stage.definition.line(kind)
    first = next((one for one in stage.deeds if one.new and one.new.startswith(f"{kind}/")), None)
    try:
        begins = stage.asked(Happened("begin", kind, line.begins.name))
        deed = replace(begins, values=first.values, documents=first.documents) if first else begins
        if get_done(stage, deed, Happened("begin", kind, line.begins.name)) is not None:
            return False
        return all(_goes(stage, deed.new or "", step, get_done) for step in _way(line, stage, deed.new or "", leaf))
    except Gap:
        return False


def _way(line: Line, stage: Stage, track: str, leaf: str) -> list[Step]:
    """Return the fewest steps of people that lead from where a track stands to *leaf*."""
    waiting: list[tuple[str, list[Step]]] = [(stage.case.lines[track].state, [])]
    seen = {waiting[0][0]}
    for here, way in waiting:  # grows while it is gone through
        if here == leaf or len(way) == MOST_STEPS:
            return way
        for step in line.steps.values():
            there = [line.leaf(one.to) for one in step.targets if one.to != "same"]
            for one in there if here in step.sources and step.by and not step.is_system else ():
                if one not in seen:
                    seen.add(one)
                    waiting.append((one, [*way, step]))
    return []


def _goes(stage: Stage, track: str, step: Step, get_done: GetDone) -> bool:
    deed = replace(stage.deed("do", step.name, step.by, track), on=track)
    before = Seat(stage.case.lines[track].state)
    return get_done(stage, deed, Happened("do", step.line, step.name, before)) is None
