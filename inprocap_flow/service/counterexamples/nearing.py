"""Ways to where a step starts that no case ever takes: nearer and nearer to what a real case does.

A search looks at few parts of a case first, so its way may leave out what stands in the way of a real case; then what
the way depends on is looked at, too. Where nothing comes even near, what is shown is why: the step before it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from inprocap_flow.language.checks.finding import of_step
from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.endings import way_to
from inprocap_flow.language.explore.reads import read_along
from inprocap_flow.language.explore.scope import Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Definition, Step

_MOST_WAYS = 6
_SOON = Bound(states=5_000, seconds=5)
Ways = Mapping[tuple[str, str], "Path | None"]
"""Steps that no case takes, by kind of line and name, each with the way there that was found."""


class Way(NamedTuple):
    """Deeds that lead to where a step starts, or near. *in_vain*: a step that is asked for after them, in vain.

    *passes*: the last deed leads there, but nothing stays: what comes by itself takes it on at once.
    """

    path: Path
    in_vain: Step | None = None
    passes: bool = False


def ways_there(definition: Definition, step: Step, ways: Ways) -> Iterator[Way]:
    """Yield ways that show why *step* is never taken, the nearest last; none where nothing leads to it."""
    path = ways.get((step.line, step.name))
    if path is not None:
        yield from (Way(one) for one in _nearer(definition, step, path))
        return
    for root in _roots(definition, step, ways):
        found = ways.get((root.line, root.name))
        if found is not None:
            yield from (Way(one, step) for one in _nearer(definition, root, found))
        else:
            yield from (Way(one, step, True) for one in _until_done(definition, root))


def origin_of(step: Step) -> str:
    """Return the origin under which a finding of `step-never-possible` tells of *step*."""
    return f"tracks.{step.line}.begins" if step.line and not step.sources else of_step(step)


def _nearer(definition: Definition, step: Step, path: Path) -> Iterator[Path]:
    yield path
    parts = closed(definition, read_along(definition, path.deeds))
    for _ in range(_MOST_WAYS):
        found = way_to(definition, step, parts, _SOON)
        if found is None:
            return
        yield found
        more = closed(definition, parts | read_along(definition, found.deeds))
        if more == parts:
            return
        parts = more


def _until_done(definition: Definition, step: Step) -> Iterator[Path]:
    """Yield a shortest way on which *step* is carried out, and ways that look at more of what it depends on."""

    def done(_world: World, happened: Happening) -> Deed | None:
        deed = happened.deed
        names = (f"{deed.kind}.{deed.name}", *deed.follows)
        return deed if happened.state is not None and f"{step.line}.{step.name}" in names else None

    parts = closed(definition, read_along(definition, [Deed("do", step.line, step.name)]))
    for _ in range(_MOST_WAYS):
        until = _SOON.ends(time.process_time())
        found = search(definition, Scope(parts, 1, exact=True), _SOON, until, done)
        if found.fault is None:
            return
        path = Path(found.path(*found.fault))
        yield path
        more = closed(definition, parts | read_along(definition, path.deeds))
        if more == parts:
            return
        parts = more


def _roots(definition: Definition, step: Step, ways: Ways) -> Iterator[Step]:
    """Yield the nearest steps that lead to *step*: no case takes them, though it comes near, or it takes them."""
    waiting, seen = [step], {(step.line, step.name)}
    while waiting:
        for one in _before(definition, waiting.pop(0)):
            key = (one.line, one.name)
            if key in seen:
                continue
            seen.add(key)
            if key in ways and ways[key] is None:
                waiting.append(one)
            else:
                yield one


def _before(definition: Definition, step: Step) -> Iterator[Step]:
    """Yield the steps that lead to where *step* starts: of its line; of the main line to where it may be taken."""
    for kind, stages in ((step.line, step.sources), (CASE, step.while_case)):
        line = definition.line(kind)
        for one in (*line.steps.values(), line.begins):
            if one is not step and any(b.to != "same" and line.leaf(b.to) in stages for b in one.targets):
                yield one
