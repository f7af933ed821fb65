"""Whether a step can be carried out in an abstract case: surely not (and why), perhaps, or surely."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from inprocap_flow.language.explore.noticing import Memory, Seen, Standing
from inprocap_flow.language.explore.state import MISSED, NOT_STARTED, OPEN, RUNNING, SUSPENDED, Seat, State
from inprocap_flow.language.explore.sureness import holds, is_sure
from inprocap_flow.language.explore.together import with_each_value
from inprocap_flow.language.explore.truth import NO, YES
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, AlreadyThere, Branch, Step

_NOTHING: frozenset[str] = frozenset()


class Judged(NamedTuple):
    """A step as judged. ``refused`` says why it surely cannot be carried out (a code of the engine), "" if it can be.

    ``branches`` are those that may be taken; ``sure`` says that nothing left open could stand in the way.
    """

    refused: str
    branches: tuple[Branch, ...]
    sure: bool


def judge(world: World, state: State, kind: str, seat: Seat | None, step: Step, *, all_given: bool = False) -> Judged:
    """Return *step* of a line of *kind* judged as the language says (6.3), people and papers left aside.

    What was judged once holds for every case that looks the same where it was looked at (`noticing`).
    *all_given*: all that comes with the step was given (`given.with_values`), so what it fixes is known or never.
    """
    fixes = _fixed_by(world, step) if all_given and kind == CASE and world.fixed else _NOTHING
    kept = world.judged.get((id(step), fixes))
    if kept is None:
        memory = Memory(partial(judged_afresh, world, kind, step, fixes))
        kept = world.judged[id(step), fixes] = (step, memory)  # with it, so that no other step comes to have its id
    return kept[1].recall(state, None if kind == CASE else seat)


def due(world: World, state: State, kind: str, seat: Seat | None, step: Step) -> int:
    """Return the answers that what an automatic *step* waits for may give; worked out once, as in `judge`."""
    kept = world.due.get(id(step))
    if kept is None:
        kept = world.due[id(step)] = (step, Memory(partial(waited_for, world, kind, step)))
    return kept[1].recall(state, None if kind == CASE else seat)


def waited_for(world: World, kind: str, step: Step, state: Seen, seat: Standing | None) -> int:
    """Return what `due` keeps, worked out now."""
    return View(world, state, kind, state.main if kind == CASE else seat).truth(step.as_soon_as)


def asked(world: World, kind: str, step: Step) -> tuple[int, ...]:
    """Return the positions of the crowds on which it hangs whether *step* can be carried out; worked out once."""
    kept = world.asked.get(id(step))
    if kept is None:
        kept = world.asked[id(step)] = (step, world.asks_about(kind, step))
    return kept[1]


def _fixed_by(world: World, step: Step) -> frozenset[str]:
    return frozenset(name for name in world.fixed if _is_fixed_by(world, name, step))


def judged_afresh(
    world: World, kind: str, step: Step, fixes: frozenset[str], state: Seen, seat: Standing | None
) -> Judged:
    """Return what `judge` keeps, worked out now; *fixes*: fields that are known by now or never."""
    handed = frozenset((*step.handed_in.fields, *step.already_there.fields))
    view = View(
        world, state, kind, state.main if kind == CASE else seat, handed, fixes=fixes, changes=frozenset(step.sets)
    )
    refused = next(_refusals(view, step), "")
    if refused:
        return Judged(refused, (), False)
    seen = [one for one in with_each_value(view, step) if not any(_guarded(one, step.already_there))]
    if not seen:
        return Judged("guard", (), False)
    led = [branch for one in seen for branch in _branches(one, step)]
    branches = tuple(branch for branch in step.targets if branch in led)
    possible = tuple(branch for branch in branches if not _nothing_to_meet(view, step, branch))
    if not possible:
        return Judged("nothing-to-meet" if branches else "branch-unknown", (), False)
    return Judged("", possible, len(possible) == len(branches) and is_sure(view, step, possible))


def _is_fixed_by(world: World, name: str, step: Step) -> bool:
    return step.milestone is not None and world.definition.main.fields[name].fixed_from == step.milestone


def _refusals(view: View, step: Step) -> Iterator[str]:
    if step.while_case and view.state.main.leaf not in step.while_case:
        yield "case-elsewhere"
    yield from _lacking(view, step.already_there)
    for name in (*step.starts, *_common(step)):
        if name not in step.restarts and view.world.statuses(view.state, view.kind, view.seat, name) <= set(OPEN):
            yield "already-running"
    extended = step.extends
    if extended is not None and RUNNING not in view.world.statuses(view.state, view.kind, view.seat, extended.deadline):
        yield "deadline-not-running"


def _lacking(view: View, needs: AlreadyThere) -> Iterator[str]:
    for name in needs.fields:  # one of its own line may come with the step
        home, bare = view.world.home(view.kind, name)
        if home != view.kind and not view._replace(handed=frozenset()).field(view.kind, view.seat, bare).known:
            yield "field-missing"
    for name in needs.within:
        found = view.world.statuses(view.state, view.kind, view.seat, name)
        if RUNNING not in found:
            yield "deadline-not-started" if found == {NOT_STARTED} else "deadline-over"
    for name in needs.after:
        found = view.world.statuses(view.state, view.kind, view.seat, name)
        if not found - {NOT_STARTED, *OPEN}:
            yield "deadline-not-started" if found == {NOT_STARTED} else "deadline-running"
    yield from _guarded(view, needs)


def _guarded(view: View, needs: AlreadyThere) -> Iterator[str]:
    for guard in needs.that:
        if not guard.only_warns and not holds(view, guard) & YES:
            yield "guard"


def _common(step: Step) -> tuple[str, ...]:
    """Return what every branch of *step* starts."""
    return step.targets[0].starts if len(step.targets) == 1 else ()


def _branches(view: View, step: Step) -> Iterator[Branch]:
    for branch in step.targets:
        answer = view.truth(branch.when)
        if answer & YES:
            yield branch
        if not answer & NO:
            return


def _nothing_to_meet(view: View, step: Step, branch: Branch) -> bool:
    meets = (*step.meets, *branch.meets)
    fitting = {RUNNING, SUSPENDED, MISSED}
    return any(not view.world.statuses(view.state, view.kind, view.seat, name) & fitting for name in meets)
