"""Another way to a fault that was found, where the first one does not play because something on it is refused.

Why a real case refuses it, an exploration does not see. So it is asked for a way on which nobody does that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.reads import read_along
from inprocap_flow.language.explore.scope import Scope, closed
from inprocap_flow.language.explore.search import Bound, begun
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import Definition

Refused = tuple[str, str, str]
_SOON = Bound(states=2_000, seconds=2)
_MOST_SCOPES = 3


def another_way(definition: Definition, path: Path, avoid: frozenset[Refused]) -> Iterator[Path]:
    """Yield ways to what the last deed of *path* shows, without the deeds to *avoid* (verb, line, name).

    None where that is not found soon, or where the fault is that nothing leads on.
    """
    if path.state is not None or not path.deeds:
        return
    parts = closed(definition, read_along(definition, path.deeds))
    for _ in range(_MOST_SCOPES):
        found = begun(definition, Scope(parts, 1, exact=True), lambda world, one: _shown(world, one, path.deeds[-1]))
        found.avoid = avoid
        found.go_on(_SOON.states, _SOON.ends(time.process_time()))
        if found.fault is None:
            return
        other = Path(found.path(*found.fault))
        yield other
        more = closed(definition, parts | read_along(definition, other.deeds))
        if more == parts:
            return
        parts = more


def _shown(world: World, happened: Happening, last: Deed) -> Deed | None:
    """Return the deed that shows the same as *last*: what happened, or what is refused wherever it led to."""
    deed, state = happened
    if deed[:3] == last[:3] and deed.refused == last.refused:
        return deed
    return _refused_there(world, state, last) if state is not None and last.refused else None


def _refused_there(world: World, state: State, last: Deed) -> Deed | None:
    step = world.line(last.kind).steps.get(last.name)
    if step is None or world.is_final(state.main.leaf):
        return None
    for seat in standing_in(world, state, step):
        if judge(world, state, last.kind, seat, step).refused == last.refused:
            return last._replace(before=seat)
    return None
