"""Whether every case can still come to an end, wherever it stands, and which steps are possible in none at all."""

from __future__ import annotations

import time
from collections.abc import Iterator

from inprocap_flow.language.explore.asking import NOT_DECIDED, PROVEN, Answer, Path
from inprocap_flow.language.explore.given import relied_on
from inprocap_flow.language.explore.happening import Happening
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.reads import read_by
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition, Line, Step


def ways_out(definition: Definition) -> Iterator[tuple[Line, str, frozenset[Part]]]:
    """Yield every stage that is not final with all that its ways out ask for."""
    for line in definition.lines:
        for leaf in line.leaves:
            if line.stages[leaf].final:
                continue
            asked: set[Part] = set() if line.kind == CASE else {("track", line.kind, "")}
            for step in line.steps.values():
                if leaf in step.sources:
                    asked |= read_by(definition, step) | relied_on(definition, step)
            yield line, leaf, frozenset(asked)


def largest(scopes: Iterator[frozenset[Part]] | list[frozenset[Part]]) -> list[frozenset[Part]]:
    """Return those scopes that are part of no other, the smallest first."""
    kept: list[frozenset[Part]] = []
    for one in sorted(set(scopes), key=lambda scope: (-len(scope), sorted(scope))):
        if not any(one <= other for other in kept):
            kept.append(one)
    return kept[::-1]


def scopes_of_steps(definition: Definition) -> list[frozenset[Part]]:
    """Return scopes that together look at every step with what it asks for, the smallest first."""
    return largest([_around(definition, step) for step in _all(definition)])


def never_done(definition: Definition, parts: frozenset[Part], bound: Bound) -> tuple[list[Step], Answer]:
    """Return the steps that no case in one scope ever takes, and how far it was looked.

    A step that one complete search never takes is taken in no case. That every other step is taken is not shown.
    """
    begun = time.process_time()
    until = bound.ends(begun)
    found = search(definition, Scope(parts), bound, until)
    now = time.process_time()
    if not found.complete:
        up_to = f"{len(found.came)} abstract cases"
        return [], Answer(NOT_DECIDED, None, len(found.came), now - begun, up_to, now > until)
    dead = [
        step
        for step in _all(definition)
        if step.line in ("", *found.world.kinds) and (step.line, step.name) not in found.done
    ]
    return dead, Answer(PROVEN, None, len(found.came), now - begun)


def _around(definition: Definition, step: Step) -> frozenset[Part]:
    own: set[Part] = {("track", step.line, "")} if step.line != CASE else set()
    return closed(definition, read_by(definition, step) | own)


def _all(definition: Definition) -> Iterator[Step]:
    for line in definition.lines:
        yield line.begins
        yield from line.steps.values()


def way_to(definition: Definition, step: Step, parts: frozenset[Part], bound: Bound) -> Path | None:
    """Return a shortest way to where *step* starts, with *step* tried there; None if no case comes even there."""

    def tried(world: World, happened: Happening) -> Deed | None:
        state = happened.state
        if state is None:
            return None
        for seat in standing_in(world, state, step):
            judged = judge(world, state, step.line, seat, step)
            return Deed("do", step.line, step.name, seat, None, refused=judged.refused or "left-open")
        return None

    found = search(definition, Scope(parts, 1, exact=True), bound, bound.ends(time.process_time()), tried)
    return Path(found.path(*found.fault)) if found.fault is not None else None
