"""Whether every case can still come to an end, wherever it stands, and which steps are possible in none at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from inprocap_flow.language.explore.asking import NOT_DECIDED, PROVEN, Answer, Path
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.given import relied_on
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.reads import read_by
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, Fault, Search, begun, search
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.explore.world import OutOfTime, World
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


def ends_with_open(line: Line, leaf: str) -> bool:
    """Return whether a step from the stage *leaf* may end the case, at once, and leave open what is open then.

    A step does not, if it ends everything itself; one does also that is followed by such a step of its own accord.
    """
    if line.kind != CASE:
        return False
    waiting, seen = [step for step in line.steps.values() if leaf in step.sources], {leaf}
    while waiting:
        step = waiting.pop()
        if step.ends_everything and not step.ends_everything_but:
            continue
        for there in {branch.to for branch in step.targets} - seen:
            if there in line.stages and line.stages[there].final:
                return True
            seen.add(there)
            waiting += [one for one in line.steps.values() if one.as_soon_as is not None and there in one.sources]
    return False


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


class NeverDone:
    """Which steps no case in one scope ever takes. Asked again with more time, it goes on where that ran out.

    A step that one complete search never takes is taken in no case. That every other step is taken is not shown; so
    nothing more is to be found out once each was taken somewhere.
    """

    def __init__(self, definition: Definition, parts: frozenset[Part]) -> None:
        self.definition, self.parts = definition, parts
        lines = ("", *Scope(parts).kinds(definition))
        self.steps = [step for step in _all(definition) if step.line in lines]
        self.bound, self.until = Bound(), 0.0
        self.spent = 0.0  # seconds of computing
        self.searches: dict[tuple[str, ...], Search] = {}

    def answered(self, bound: Bound) -> tuple[list[Step], Answer]:
        """Return those steps, and how far it was looked, as far as *bound* goes from now on."""
        start = time.process_time()
        self.bound, self.until = bound, bound.ends(start)
        late = known = False
        try:
            known = self._all_known()
        except OutOfTime:
            late = True
        self.spent += time.process_time() - start
        whole = self.searches["whole",]
        states = len(whole.came)
        if not known:
            return [], Answer(NOT_DECIDED, None, states, self.spent, f"{states} abstract cases", late)
        self.searches = {}
        return [step for step in self.steps if _key(step) not in whole.done], Answer(PROVEN, None, states, self.spent)

    def _all_known(self) -> bool:
        taken = frozenset(_key(step) for step in self.steps)
        whole = self._searched(("whole",), partial(begun, self.definition, Scope(self.parts), taken=taken))
        return whole.complete or all(_key(step) in whole.done or self._shown_the_way(step) for step in self.steps)

    def _shown_the_way(self, step: Step) -> bool:
        """Look for *step* along the way that a smaller scope takes to it; False if it stays undecided."""
        around = Scope(_around(self.definition, step))
        small = self._searched(("around", *_key(step)), partial(begun, self.definition, around, _taken(step)))
        if small.fault is None:
            return False
        taken, along = frozenset([_key(step)]), small.path(*small.fault)
        wanted = partial(begun, self.definition, Scope(self.parts), along=along, taken=taken)
        found = self._searched(("towards", *_key(step)), wanted)
        self.searches["whole",].done.update(found.done)  # the same scope, but perhaps not the same world
        return found.complete

    def _searched(self, what: tuple[str, ...], begin: Callable[[], Search]) -> Search:
        """Return a search that is over. Raises OutOfTime."""
        found = self.searches.get(what)
        if found is None:
            found = self.searches[what] = begin()
        found.go_on(self.bound.states, self.until)
        if not found.over:
            raise OutOfTime
        return found


def _key(step: Step) -> tuple[str, str]:
    return step.line, step.name


def _taken(step: Step) -> Fault:
    name = f"{step.line}.{step.name}"

    def fault(_world: World, happened: Happening) -> Deed | None:
        deed = happened.deed
        took = happened.state is not None and name in (f"{deed.kind}.{deed.name}", *deed.follows)
        return deed if took else None

    return fault


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
