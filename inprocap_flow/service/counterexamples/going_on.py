"""Everything that can happen next to a real case, with all that it needs; and whether some of it leads to an end.

Facts are answered in every way that makes a difference, clocks are waited for and acted on, papers brought, approvals
signed. Used to see that a case which should be stuck is, and that one which should not be is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

from inprocap_flow.engine.case.records import MAIN, LineState, unstamp
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.explore.state import Seat
from inprocap_flow.language.model import Field, Step
from inprocap_flow.service.counterexamples.along import let_come
from inprocap_flow.service.counterexamples.gaps import Gap
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.stage import Stage

MOST_CASES = 40
"""So many cases are gone on with before it is left open whether an end can be reached."""
MOST_TRACKS = 2
"""So many tracks of a kind are begun at most."""
_MOST_ANSWERS = 4
_ANSWERS = {"yes_no": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking for an end: the deeds that lead to one, or that there is none, or that it was left open."""

    way: tuple[str, ...] | None
    all_of_it: bool

    @property
    def no_end(self) -> bool:
        """Whether everything was tried and nothing led to an end."""
        return self.way is None and self.all_of_it


def look_for_an_end(stage: Stage, most: int = MOST_CASES) -> Looked:
    """Return a way to an end of the case from where it stands, as far as *most* cases gone on with can tell.

    Cases that stand alike, clocks and answers included, are gone on with once. Nothing of it stays on *stage*.
    """
    if stage.case.main.ended:
        return Looked((), True)
    waiting: list[tuple[tuple[str, ...], Stage]] = [((), stage)]
    seen = {_standing(stage)}
    looked = 0
    while waiting:
        if looked >= most:
            return Looked(None, False)
        looked += 1
        way, here = waiting.pop(0)
        for name, then in ways_on(here):
            if then.case.main.ended:
                return Looked((*way, name), True)
            if _standing(then) not in seen:
                seen.add(_standing(then))
                waiting.append(((*way, name), then))
    return Looked(None, True)


def _standing(stage: Stage) -> tuple[object, ...]:
    """Return how a case stands: its lines without their names, clocks, and answers of which there are few."""
    case, definition = stage.case, stage.definition
    lines = []
    for line in case.in_order:
        fields = definition.line(line.kind).fields
        few = [(name, str(value)) for name, value in line.fields.items() if name in fields and _answers(fields[name])]
        clocks = [(one.name, one.status) for one in case.deadlines.values() if one.line == line.id]
        lines.append((line.kind, line.state, tuple(sorted(few)), tuple(sorted(clocks))))
    return tuple(sorted(lines))


def _answers(field: Field) -> tuple[str, ...]:
    """Return all values of a field, if they are few."""
    return field.choices if field.type == "choice" else _ANSWERS.get(field.type, ())


def ways_on(stage: Stage) -> Iterator[tuple[str, Stage]]:
    """Yield the case after each thing that can happen next, with its name."""
    for line in stage.case.in_order:
        if line.ended:
            continue
        for step in stage.definition.line(line.kind).steps.values():
            if line.state in step.sources and not step.is_system:
                yield from _by_itself(stage, step) if step.is_automatic else _taken(stage, line, step)
        yield from _acts(stage, line)
    for kind, declared in stage.definition.tracks.items():
        if not declared.begins.is_system and len(stage.case.tracks(kind)) < MOST_TRACKS:
            yield from _tried(stage, Happened("begin", kind, declared.begins.name))
    yield from _later(stage)


def _taken(stage: Stage, line: LineState, step: Step) -> Iterator[tuple[str, Stage]]:
    """Yield the case after a step, along each of its branches and with each of the few answers that come with it."""
    leaves = {line.state if one.to == "same" else stage.definition.line(line.kind).leaf(one.to) for one in step.targets}
    for leaf in sorted(leaves):
        happened = Happened("do", line.kind, step.name, Seat(line.state), Seat(leaf))
        for values in _handed(stage, step):
            yield from _tried(stage, happened, on=line.id, values=values)


def _handed(stage: Stage, step: Step) -> list[dict[str, str]]:
    """Return the answers that may come with a step, a few of them; one empty where it takes none."""
    fields = [stage.definition.find_field(step.line, name) for name in step.handed_in.fields]
    few = {one.name: _answers(one) for one in fields if one is not None and _answers(one)}
    return [dict(zip(few, some, strict=True)) for some in islice(product(*few.values()), _MOST_ANSWERS)]


def _tried(
    stage: Stage, happened: Happened, *, on: str | None = None, values: dict[str, str] | None = None
) -> Iterator[tuple[str, Stage]]:
    trial = _towards(stage, happened)
    try:
        deed = trial.asked(happened)
        if on is not None and on != MAIN:
            deed = replace(deed, on=on)
        refused = get_done(trial, replace(deed, values=values or {}), happened)
    except Gap:  # what cannot be asked leads nowhere
        return
    if refused is None:
        yield happened.name, trial


def _towards(stage: Stage, happened: Happened) -> Stage:
    """Return a copy that wishes for what one deed asks for."""
    return replace(stage.copy(), wishes=replace(stage.wishes, deeds=(happened,), found={}), number=0, wished=set())


def _by_itself(stage: Stage, step: Step) -> Iterator[tuple[str, Stage]]:
    trial = _towards(stage, Happened("do", step.line, step.name))
    before = len(trial.deeds)
    let_come(trial, step)
    if len(trial.deeds) > before:
        yield step.name, trial


def _acts(stage: Stage, line: LineState) -> Iterator[tuple[str, Stage]]:
    for clock in stage.case.deadlines.values():
        if clock.line != line.id:
            continue
        for act in stage.definition.line(line.kind).deadlines[clock.name].acts.values():
            trial = _towards(stage, Happened(act.kind, line.kind, clock.name))
            deed = trial.deed(act.kind, clock.name, act.by, line.id)
            asked = replace(deed, reason="It has to be", on=None if line.id == MAIN else line.id)
            try:
                refused = get_done(trial, asked, Happened(act.kind, line.kind, clock.name))
            except Gap:
                continue
            if refused is None:
                yield f"{act.kind} {clock.name}", trial


def _later(stage: Stage) -> Iterator[tuple[str, Stage]]:
    """Yield the case once the clock that ends first has ended."""
    ends = [unstamp(one.end) for one in stage.case.deadlines.values() if one.status == "running" and one.end]
    if ends:
        trial = stage.copy()
        trial.wait_until(min(ends))
        yield "time", trial
