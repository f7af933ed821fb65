"""What comes of a deed: the steps that follow by themselves, and whether it leaves something open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from inprocap_flow.language.explore.ordering import happens_at_once
from inprocap_flow.language.explore.settling import left_open, settle
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE

LEFT_OPEN = "left-open: "


class Happening(NamedTuple):
    """Something that may happen, and the case then; None if the engine refuses it (`Deed.refused`)."""

    deed: Deed
    state: State | None


def seen(world: World, happened: Happening) -> Happening:
    """Return *happened* without the case where nobody can do anything in it before another clock has ended."""
    if happened.state is None or not happens_at_once(world, happened.state):
        return happened
    return happened._replace(state=None)


def then(world: World, deed: Deed, state: State, follows: tuple[str, ...]) -> Iterator[Happening]:
    """Yield what follows by itself; what leaves something open is refused as a whole."""
    for settled, more in settle(world, state):
        if _came_back(deed, state, settled):
            continue
        told = Deed(*deed[:5], (*follows, *more), deed.refused) if follows or more else deed
        names = left_open(world, settled)
        if names:
            yield Happening(told._replace(refused=f"{LEFT_OPEN}{', '.join(names)}"), None)
        else:
            yield Happening(told, settled)


def _came_back(deed: Deed, state: State, settled: State) -> bool:
    """Return whether the main line entered by itself the stage that it left in this decision: none comes of that."""
    left = deed.before.leaf if deed.before is not None and deed.kind == CASE and deed.verb == "do" else None
    return left == settled.main.leaf != state.main.leaf
