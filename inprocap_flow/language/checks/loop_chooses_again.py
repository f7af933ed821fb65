"""A loop that chooses the same tracks each time round, because nothing in it changes what they are chosen by."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.loops import Changing, Loop, loops
from inprocap_flow.language.checks.plays import AGAIN, Plays
from inprocap_flow.language.expressions.tree import Compare, Expr, Member, walk
from inprocap_flow.language.graph import SAME, edges
from inprocap_flow.language.model import CASE, Definition, Line, Move, Step

CODE = "loop-chooses-again"
SEVERITY = ERROR
BY_ITSELF = "a step on the way round comes by itself, or is fired, so no row of deeds goes round"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step on a loop of the case that moves the tracks with a rank that cannot change."""
    for loop in loops(definition):
        if loop.line.kind != CASE:
            continue
        for step in _on(definition, loop):
            for move in step.moves:
                expr = _same_each_time(definition, loop, move)
                if expr is not None:
                    yield _finding(definition, loop, step, move, expr)


def _on(definition: Definition, loop: Loop) -> list[Step]:
    """Return the steps that lead from one stage of *loop* to another one."""
    found = {
        edge.step.name: edge.step
        for edge in edges(definition, loop.line)
        if edge.step is not None and edge.source in loop.stages and edge.target in loop.stages
        and edge.source != edge.target
    }  # fmt: skip
    return list(found.values())


def _same_each_time(definition: Definition, loop: Loop, move: Move) -> Expr | None:
    """Return what the tracks are chosen by, if it ranks them and comes out the same each time round."""
    line = definition.tracks.get(move.track)
    if line is None or move.where is None or not _ranks(line, move.where):
        return None
    changing = Changing(definition, loop)
    where = changing.comes_to(line, [*_stages(line, move), *_after(line, move)])
    return move.where if changing.lasts(move.where, move.track, where) else None


def _stages(line: Line, move: Move) -> tuple[str, ...]:
    return move.stages or line.leaves


def _after(line: Line, move: Move) -> Iterator[str]:
    """Yield where the tracks come that are moved."""
    step = line.steps.get(move.step)
    for branch in step.targets if step is not None else ():
        if branch.to != SAME:
            yield line.leaf(branch.to)


def _ranks(line: Line, where: Expr) -> bool:
    """Return whether tracks are told apart by a number of each: who is first, not who has passed."""
    return any(
        isinstance(side, Member) and side.owner == "each" and side.name in line.fields
        and line.fields[side.name].type in ("whole_number", "number")
        for part in walk(where) if isinstance(part, Compare) and part.signs[0] in ("==", "<", "<=")
        for side in part.operands
    )  # fmt: skip


def _finding(definition: Definition, loop: Loop, step: Step, move: Move, expr: Expr) -> Finding:
    fact = (
        f"`{step.name}` moves the tracks `{move.track}` for which `{expr}`. It can come again, through {loop}, and "
        f"nothing on the way round changes that: it would choose the same ones again, or nobody."
    )
    mend = "Let a step on the way round give them anew, or let `by` say who may correct them."
    return Finding(of_step(step), fact, mend, plays=_played(definition, loop, step, move))


def _by_people(step: Step) -> bool:
    """Return whether people ask for *step*."""
    return not step.is_automatic and not step.is_system


def _played(definition: Definition, loop: Loop, step: Step, move: Move) -> Plays | str:
    """Return how a case goes round once: the step, the shortest way back to where it starts, and the step again."""
    moved = definition.tracks[move.track].steps[move.step]
    stages = tuple(leaf for leaf in move.stages or moved.sources if leaf in moved.sources)
    ways = [edge for edge in edges(definition, loop.line) if edge.step is not None and _by_people(edge.step)]
    waiting: list[tuple[str, tuple[Step, ...]]] = [(edge.target, (step,)) for edge in ways if edge.step == step]
    seen: set[str] = set()
    while waiting and _by_people(step):
        leaf, taken = waiting.pop(0)
        if leaf in step.sources:
            return Plays(AGAIN, CASE, (*taken, step), tracks=(move.track, stages))
        more = [edge for edge in ways if edge.source == leaf and edge.target in loop.stages - seen]
        seen |= {edge.target for edge in more}
        waiting += [(edge.target, (*taken, edge.step)) for edge in more if edge.step is not None]
    return BY_ITSELF
