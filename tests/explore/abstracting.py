"""A real case as the abstract case that stands for it, to see whether an exploration has been there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

from inprocap_flow.engine.case.records import MAIN, Case, LineState, key
from inprocap_flow.language.explore.counting import added
from inprocap_flow.language.explore.endings import largest, ways_out
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.explore.state import WAIVED, Seat, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition

HERE = Path(__file__).parent


def seat(world: World, case: Case, line: LineState) -> Seat:
    facts = {f"milestone {name}" for name in line.milestones} | {
        f"field {name}" for name, value in line.fields.items() if value is not None
    }
    values = {
        "" if line.kind != CASE else f"value {name}={_said(line.fields[name])}"
        for name in world.valued
        if line.kind == CASE and line.fields.get(name) is not None and _is_fixed(world, line, name)
    }
    values |= {f"value {name}={_said(line.fields[name])}" for name in world.set[line.kind]}
    clocks = []
    for deadline in world.clocks[line.kind]:
        state = case.deadlines.get(key(line.id, deadline.name))
        status = "none" if state is None else state.status
        clocks.append(WAIVED if state is not None and status == "stopped" and state.started is None else status)
    return Seat(line.state, frozenset(facts) & world.facts[line.kind] | values, tuple(clocks))


def _said(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _is_fixed(world: World, line: LineState, name: str) -> bool:
    field = world.definition.main.fields[name]
    return not field.by or field.fixed_from in line.milestones


def abstract(world: World, case: Case) -> State:
    """Return the abstract case that stands for *case* in the scope of *world*."""
    state = State(seat(world, case, case.main), tuple(() for _ in world.kinds))
    for line in case.in_order:
        if line.id != MAIN and line.kind in world.position:
            state = added(world, state, line.kind, seat(world, case, line), 1)
    return state


def scopes(definition: Definition) -> list[frozenset[Part]]:
    """Return what the ways out of each stage ask for, each deadline, and the milestones of the case."""
    found = [closed(definition, parts) for _, _, parts in ways_out(definition)]
    for line in definition.lines:
        found += [closed(definition, frozenset([("deadline", line.kind, name)])) for name in line.deadlines]
    found += [frozenset([("milestone", kind, name)]) for name, kind in definition.milestones.items() if kind == CASE]
    return largest(found)


def nowhere(definition: Definition, cases: Iterable[Case], until: float) -> list[tuple[frozenset[Part], State]]:
    """Return in which scopes a complete exploration has not been where one of *cases* was; it never may be."""
    known = list(cases)
    missed: list[tuple[frozenset[Part], State]] = []
    for parts in scopes(definition):
        found = search(definition, Scope(parts), Bound(), until)
        assert found.complete
        missing = {abstract(found.world, case) for case in known} - set(found.came)
        missed += [(parts, state) for state in missing]
    return missed


def followed(world: World, case: Case) -> Iterator[State]:
    """Yield every abstract case that stands for *case* where of each kind one track is followed, or none is."""
    main = State(seat(world, case, case.main), tuple(() for _ in world.kinds))
    seats: dict[str, set[Seat]] = {kind: set() for kind in world.kinds}
    for line in case.in_order:
        if line.id != MAIN and line.kind in seats:
            seats[line.kind].add(seat(world, case, line))
    for chosen in product(*((None, *seats[kind]) for kind in world.kinds)):
        state = main
        for kind, one in zip(world.kinds, chosen, strict=True):
            state = added(world, state, kind, one, 1) if one is not None else state
        yield state


def nowhere_alone(definition: Definition, cases: Iterable[Case], until: float) -> list[tuple[frozenset[Part], State]]:
    """Return in which scopes a complete exploration of followed tracks has not been where a track of *cases* was."""
    known = list(cases)
    missed: list[tuple[frozenset[Part], State]] = []
    for parts in scopes(definition):
        found = search(definition, Scope(parts, alone=True), Bound(states=200_000), until)
        assert found.complete
        missing = {state for case in known for state in followed(found.world, case)} - set(found.came)
        missed += [(parts, state) for state in missing]
    return missed
