"""What a step changes of the parts that an exploration looks at; worked out once for each step and way on."""

from __future__ import annotations

from typing import NamedTuple

from inprocap_flow.language.explore.outside import fired_in_turn
from inprocap_flow.language.explore.scope import field_of, place
from inprocap_flow.language.explore.state import MET, RUNNING, STOPPED, Seat
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.tree import Compare, Not
from inprocap_flow.language.model import CASE, Branch, Create, Move, Step

SAME = "same"
Changes = tuple[tuple[str, str], ...]  # deadlines as the line of the step calls them, and what becomes of them


class Moving(NamedTuple):
    """A move of a step, after those before it. Which tracks it concerns is decided before anything changes.

    ``rest``: it concerns all whom an earlier one left. ``came``: where tracks may stand by now that an earlier one has
    moved, of which nobody knows here whether they are concerned; ``again``: those of them that may be, wherever it is.
    """

    move: Move
    leaves: frozenset[str]  # in which tracks were concerned
    rest: bool
    came: frozenset[str]
    again: frozenset[str]


class Effects(NamedTuple):
    """What a step does. ``leaf`` is "" if its line stays where it is; ``own`` are clocks of its own track."""

    leaf: str
    gains: frozenset[str]
    own: Changes
    ended: Changes
    started: Changes
    extended: str
    moves: tuple[Moving, ...]
    creates: tuple[Create, ...]
    recounts: tuple[tuple[str, int], ...]  # clocks (line, position) that are counted back from fields that it gives
    aside: tuple[Step, ...]  # what it carries out on tracks that are left aside as the case ends: it cannot come later
    only_itself: bool  # it does nothing to any other line, nor to clocks of others

    def is_idle(self, seat: Seat | None) -> bool:
        """Return whether a line that stands as *seat* stands as before afterwards, and so does all else."""
        if not self.only_itself or self.own:
            return False
        return seat is None or (self.leaf in ("", seat.leaf) and self.gains <= seat.facts)


def effects(world: World, kind: str, step: Step, branch: Branch) -> Effects:
    """Return what *step* of a line of *kind* does along *branch*, as far as *world* looks at it."""
    key = (id(step), id(branch))
    kept = world.effects.get(key)
    if kept is None:
        # Both are kept with it, so that no other object comes to have their ids.
        kept = world.effects[key] = (_worked_out(world, kind, step, branch), step, branch)
    found: Effects = kept[0]
    return found


def _worked_out(world: World, kind: str, step: Step, branch: Branch) -> Effects:
    ended = [(name, MET) for name in (*step.meets, *branch.meets)]
    ended += [(name, STOPPED) for name in (*step.stops, *branch.stops)]
    started = [(name, RUNNING) for name in dict.fromkeys((*step.starts, *step.restarts, *branch.starts))]
    own = {} if kind == CASE else world.line(kind).deadlines

    def seen(changes: list[tuple[str, str]], *, of_itself: bool) -> Changes:
        clocks = world.clock_at
        return tuple(
            (name, status)
            for name, status in changes
            if (name in own) == of_itself and place(world.definition, kind, name) in clocks
        )

    extended = step.extends.deadline if step.extends is not None else ""
    if place(world.definition, kind, extended) not in world.clock_at or _only_longer(world, kind, extended):
        extended = ""
    moves = tuple(
        _after_others(world, move, step.moves[:number])
        for number, move in enumerate(step.moves)
        if move.track in world.position
    )
    creates = tuple(create for create in step.creates if create.track in world.position)
    given = [field_of(world.definition, kind, name) for name in fields_given(step)] if kind in world.facts else []
    recounts = tuple(one for field in given for one in world.counted_from_fields.get(field, ()))
    leaf = "" if branch.to == SAME else world.line(kind).leaf(branch.to)
    aside = _left_aside(world, step) if kind == CASE and world.is_final(leaf) else ()
    others, begun = seen(ended, of_itself=False), seen(started, of_itself=False)
    return Effects(
        leaf,
        world.gains(kind, step) if kind in world.facts else frozenset(),
        seen([*ended, *started], of_itself=True),
        others,
        begun,
        extended,
        moves,
        creates,
        recounts,
        aside,
        not (others or begun or extended or moves or creates or recounts or aside or step.ends_everything),
    )


def fields_given(step: Step) -> tuple[str, ...]:
    """Return the fields that may get another value with *step*."""
    return (*step.handed_in.fields, *step.may_fill, *step.already_there.fields, *step.sets)


def _left_aside(world: World, step: Step) -> tuple[Step, ...]:
    outside = {id(one) for one in world.outside if one.line not in world.position}
    return tuple(one for one in fired_in_turn(world.definition, step) if id(one) in outside)


def _only_longer(world: World, kind: str, extended: str) -> bool:
    """Return whether it is a clock of the track itself that runs longer, and nothing is counted back from it."""
    return kind != CASE and extended in world.line(kind).deadlines and (kind, extended) not in world.counted_from


def _after_others(world: World, move: Move, earlier: tuple[Move, ...]) -> Moving:
    alike = [one for one in earlier if one.track == move.track]
    own = _leaves(world, move)
    came = {id(one): _leads_to(world, one) for one in alike}
    again = [came[id(one)] for one in alike if own & _leaves(world, one) and not _leaves_to(one, move)]
    rest = any(_leaves_to(one, move) for one in alike)
    return Moving(move, own, rest, frozenset().union(*came.values()), frozenset().union(*again))


def _leaves(world: World, move: Move) -> frozenset[str]:
    line = world.line(move.track)
    return frozenset(leaf for one in move.stages for leaf in line.leaves_under(one)) or frozenset(line.leaves)


def _leads_to(world: World, move: Move) -> frozenset[str]:
    """Return where tracks may stand that *move* has moved."""
    line = world.line(move.track)
    step = line.steps[move.step]
    stay = frozenset(step.sources) & _leaves(world, move)
    return frozenset().union(*(stay if one.to == SAME else {line.leaf(one.to)} for one in step.targets))


_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def _leaves_to(earlier: Move, move: Move) -> bool:
    """Return whether *move* concerns exactly those whom *earlier* left: the same stages, the opposite condition."""
    one, other = earlier.where, move.where
    if (earlier.track, earlier.stages) != (move.track, move.stages) or one is None or other is None:
        return False
    if isinstance(one, Compare) and isinstance(other, Compare) and len(one.signs) == len(other.signs) == 1:
        return one.operands == other.operands and _OPPOSITE.get(one.signs[0]) == other.signs[0]
    return other == Not(one) or one == Not(other)
