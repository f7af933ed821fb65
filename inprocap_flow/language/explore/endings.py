"""Whether every case can still come to an end, wherever it stands, and which steps are possible in none at all."""

from __future__ import annotations

import time
from collections.abc import Iterator

from inprocap_flow.language.explore.asking import (
    FOUND,
    NONE_FOUND,
    NOT_DECIDED,
    PROVEN,
    Answer,
    Path,
    nearest,
)
from inprocap_flow.language.explore.happening import Happening
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.reads import read_by
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, Search, search, stuck
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition, Line, Step


def can_always_end(definition: Definition, parts: frozenset[Part], bound: Bound) -> Answer:
    """Return whether some end can be reached from wherever a case may stand, as far as *parts* can keep it from it.

    Whatever is left aside is read in favour of the case: somebody signs, files and fills in what is asked for.
    """
    begun = time.process_time()
    states = 0
    whole = closed(definition, parts)
    while True:
        found = _whole(definition, Scope(whole), bound, begun)
        states += len(found.came)
        if not found.complete:
            return Answer(NOT_DECIDED, None, states, time.process_time() - begun, f"{len(found.came)} abstract cases")
        first = next(stuck(found), None)
        if first is None:
            return Answer(PROVEN, None, states, time.process_time() - begun)
        more = nearest(definition, whole, found.path(first))
        if more == whole:
            return _exactly(definition, whole, bound, begun, states)
        whole = more


def _whole(definition: Definition, scope: Scope, bound: Bound, begun: float) -> Search:
    return search(definition, scope, bound, bound.ends(begun), back=True)


def _exactly(definition: Definition, parts: frozenset[Part], bound: Bound, begun: float, states: int) -> Answer:
    for most in range(1, bound.tracks + 1):
        found = _whole(definition, Scope(parts, most, exact=True), bound, begun)
        states += len(found.came)
        spent = time.process_time() - begun
        if not found.complete:
            return Answer(NOT_DECIDED, None, states, spent, f"{most - 1} tracks of each kind")
        first = next(stuck(found), None)
        if first is not None:
            return Answer(FOUND, Path(found.path(first), first), states, spent)
    return Answer(NONE_FOUND, None, states, time.process_time() - begun, f"{bound.tracks} tracks of each kind")


def ways_out(definition: Definition) -> Iterator[tuple[Line, str, frozenset[Part]]]:
    """Yield every stage that is not final with all that its ways out ask for."""
    for line in definition.lines:
        for leaf in line.leaves:
            if line.stages[leaf].final:
                continue
            asked: set[Part] = set() if line.kind == CASE else {("track", line.kind, "")}
            for step in line.steps.values():
                if leaf in step.sources:
                    asked |= read_by(definition, step)
            yield line, leaf, frozenset(asked)


def largest(scopes: Iterator[frozenset[Part]] | list[frozenset[Part]]) -> list[frozenset[Part]]:
    """Return those scopes that are part of no other, the smallest first."""
    kept: list[frozenset[Part]] = []
    for one in sorted(set(scopes), key=lambda scope: (-len(scope), sorted(scope))):
        if not any(one <= other for other in kept):
            kept.append(one)
    return kept[::-1]


def never_done(definition: Definition, bound: Bound) -> tuple[dict[tuple[str, str], frozenset[Part]], list[Answer]]:
    """Return the steps that no case ever takes, each with what rules it out, and how far each search went.

    A step that one complete search never takes is taken in no case. That every other step is taken is not shown.
    """
    dead: dict[tuple[str, str], frozenset[Part]] = {}
    answers: list[Answer] = []
    for parts in largest([_around(definition, step) for step in _all(definition)]):
        begun = time.process_time()
        found = search(definition, Scope(parts), bound, bound.ends(begun))
        verdict = PROVEN if found.complete else NOT_DECIDED
        spent, up_to = time.process_time() - begun, "" if found.complete else f"{len(found.came)} abstract cases"
        answers.append(Answer(verdict, None, len(found.came), spent, up_to))
        if not found.complete:
            continue
        for step in _all(definition):
            if step.line in ("", *found.world.kinds) and (step.line, step.name) not in found.done:
                dead.setdefault((step.line, step.name), parts)
    return dead, answers


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
