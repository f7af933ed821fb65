"""A definition as an exploration in some scope sees it: which steps where, which clocks at which position."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from math import inf
from typing import Any

from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.explore.calls import BY_STAGE, known_twice, looked_for, parts_of, stages_of
from inprocap_flow.language.explore.constants import only_set, said, set_by, valued
from inprocap_flow.language.explore.lengths import kept_lengths
from inprocap_flow.language.explore.lines import (
    by_leaf,
    by_people,
    counted_from,
    counted_from_fields,
    fixed_by_people,
    may_be_suspended,
)
from inprocap_flow.language.explore.noticing import Memory, Seen, Standing
from inprocap_flow.language.explore.outside import fired_by_others, outside
from inprocap_flow.language.explore.reads import kinds_read_by, read_by
from inprocap_flow.language.explore.scope import Scope, field_of, place
from inprocap_flow.language.explore.state import (
    MET,
    MISSED,
    NOT_STARTED,
    OVER,
    RUNNING,
    STATUSES,
    SUSPENDED,
    Group,
    Seat,
    State,
)
from inprocap_flow.language.expressions.tree import Call, Expr, Member, Word, walk
from inprocap_flow.language.model import CASE, Definition, Line, Step, step_of

Statuses = frozenset[str]


class OutOfTime(Exception):
    """The time for a question is used up; with more of it, it may go on where it is."""


class TooMany(Exception):
    """There are more abstract cases than are looked at."""


class World:
    """Everything about *definition* that an exploration in *scope* asks for again and again."""

    def __init__(self, definition: Definition, scope: Scope) -> None:
        self.definition = definition
        self.scope = scope
        self.kinds = scope.kinds(definition)
        self.position = {kind: number for number, kind in enumerate(self.kinds)}
        self.clocks = {kind: scope.clocks(definition, kind) for kind in (CASE, *self.kinds)}
        self.clock_at = {
            (kind, one.name): number for kind, found in self.clocks.items() for number, one in enumerate(found)
        }
        self.lengths = kept_lengths(definition, scope.parts)
        # Each act as the step that it is like, made once: what is known of a step is kept by which step it is.
        self.acts = {
            kind: tuple(tuple((act.kind, step_of(one, act)) for act in one.acts.values()) for one in found)
            for kind, found in self.clocks.items()
        }
        self.facts = {kind: scope.facts(kind) for kind in (CASE, *self.kinds)}
        # Fields that only steps set, by line: their values are kept by what these say, not by what people hand in.
        self.set = {
            kind: frozenset(name for name in valued(found) if only_set(definition, kind, name))
            for kind, found in self.facts.items()
        }
        self.valued = tuple(sorted(valued(self.facts[CASE]) - self.set[CASE]))
        known = sorted(one.removeprefix("field ") for one in self.facts[CASE] if one.startswith("field "))
        # Fields of which no value is kept, and that are known or not for good once people have taken some step.
        self.fixed = tuple(one for one in known if one not in self.valued and fixed_by_people(definition, one))
        self.decides = bool(self.valued or self.fixed)
        self.finals = {
            kind: frozenset(leaf for leaf in self.line(kind).leaves if self.line(kind).stages[leaf].final)
            for kind in (CASE, *definition.tracks)
        }
        self.by_leaf = {kind: by_leaf(self.line(kind)) for kind in (CASE, *self.kinds)}
        self.automatic = {
            kind: {
                leaf: tuple(one for one in steps if one.is_automatic)
                for leaf, steps in found.items()
                if any(one.is_automatic for one in steps)
            }
            for kind, found in self.by_leaf.items()
        }
        self.moving = tuple(kind for kind in self.kinds if self.automatic[kind])  # with automatic steps of their own
        self.outside = tuple(outside(definition, scope))
        fired = {id(one) for one in fired_by_others(definition)} if self.outside else set[int]()
        self.by_the_way = tuple(one for one in self.outside if one.is_automatic or id(one) in fired)
        self.by_themselves = tuple(one for one in self.outside if one.is_automatic)
        self.counted_from = counted_from(definition, self.clocks)
        self.counted_from_fields = counted_from_fields(definition, self.clocks)
        self.taken: set[tuple[str, str]] = set()  # the steps that were possible somewhere
        self.effects: dict[tuple[int, int], Any] = {}  # of `effects`, by step and branch
        self.judged: dict[tuple[int, frozenset[str]], tuple[Step, Memory[Any]]] = {}  # of `judge`, by step
        self.asked: dict[int, tuple[Step, tuple[int, ...]]] = {}  # which crowds a step asks about
        self.parted: dict[tuple[str, Any, Seat, Seat], tuple[Any, ...]] = {}  # crowds of which one has moved on
        self.ways: dict[tuple[str, Seat, Seat], Any] = {}  # of a line that stands so, with the main line standing so
        self.can_come: dict[Hashable, dict[State, bool]] = {}  # of `can_come`, by what and for which stage
        self.coming: dict[Hashable, tuple[dict[State, State | None], list[State]]] = {}  # `can_come`, broken off
        self.nexts: dict[State, tuple[Any, ...]] = {}  # of `happenings`, as far as they are kept
        self.settled: dict[State, list[tuple[State, tuple[str, ...]]]] = {}  # of `settle`, as far as they are kept
        self.due: dict[int, tuple[Step, Memory[int]]] = {}  # what `as_soon_as` of a step came to
        self.fine: dict[Hashable, set[State]] = {}  # cases that show no fault, by what is looked for
        self.until = inf  # the moment (of `time.process_time`) at which what is looked for is given up
        self.shared: dict[int, tuple[Step, tuple[tuple[str, tuple[str, ...]], ...]]] = {}  # fields read by several
        self._meant: dict[int, tuple[Call, Group]] = {}
        self._twice: dict[int, tuple[Expr, tuple[Expr, ...]]] = {}

    def line(self, kind: str) -> Line:
        return self.definition.line(kind)

    def crowd(self, state: State, kind: str) -> tuple[tuple[Seat, int], ...]:
        return state.crowds[self.position[kind]]

    def is_final(self, leaf: str) -> bool:
        """Return whether the case has ended there."""
        return leaf in self.finals[CASE]

    def may_have_parent(self, state: State, kind: str) -> bool:
        """Return whether there may be a track to which a new one of *kind* belongs; ended ones may be forgotten."""
        parent = self.line(kind).parent
        if parent is None or parent not in self.position or self.scope.alone:
            return True
        if self.finals[parent] - {leaf for of, leaf in self.read_finals if of == parent}:
            return True
        return bool(self.crowd(state, parent))

    def is_endless(self, number: int) -> bool:
        """Return whether a count of *number* stands for that many or more."""
        return not self.scope.exact and not self.scope.alone and number >= self.scope.most

    def counts(self, kind: str) -> bool:
        """Return whether all tracks of *kind* are counted: not left aside, nor one followed and the others not."""
        return self.scope.counts(kind)

    def may_be_held_up(self, state: State, step: Step) -> bool:
        """Return whether the engine may refuse *step*, which led to *state* and would end the case, as something is
        left open at which nobody looks here: a track that is not followed, or whatever is left aside.
        """
        if not self.is_final(state.main.leaf):
            return False
        return self.scope.alone or (self.leaves_aside and not self._ends_all(step))

    @cached_property
    def leaves_aside(self) -> bool:
        """Whether there are tracks, or deadlines that end with the case, at which nobody looks."""
        return len(self.kinds) < len(self.definition.tracks) or any(
            (line.kind, one.name) not in self.clock_at and not one.outlives_case
            for line in self.definition.lines
            for one in line.deadlines.values()
        )

    def _ends_all(self, step: Step) -> bool:
        """Return whether *step* ends everything there is, and neither moves nor begins anything afterwards."""
        ended = all(one.if_case_ends for one in self.definition.tracks.values())
        return bool(step.ends_everything and ended and not (step.ends_everything_but or step.moves or step.creates))

    # ------------------------------------------------------------------------------------------ steps

    def fired(self, kind: str, leaf: str) -> Iterator[Step]:
        """Yield the steps of a leaf that a deadline fires which is left aside."""
        for deadline in self.line(kind).deadlines.values():
            if deadline.when_over and (kind, deadline.name) not in self.clock_at:
                step = self.line(kind).steps.get(deadline.when_over)
                if step is not None and leaf in step.sources:
                    yield step

    def asks_about(self, kind: str, step: Step) -> tuple[int, ...]:
        """Return the positions of the crowds on which it depends whether *step* can be carried out, and how."""
        found = self._asks_about(kind, step)
        if not by_people(step) or any(one.when_over == step.name for one in self.line(kind).deadlines.values()):
            found |= self._sure_by(step, ())
        return tuple(sorted(self.position[of] for of in found if of in self.position))

    def _asks_about(self, kind: str, step: Step) -> set[str]:
        found = {of for what, of, _ in read_by(self.definition, step) if what == "track" or of != kind}
        found |= {part.owner for part in parts_of(step) if isinstance(part, Member)}
        return found | {move.track for move in step.moves}

    def _sure_by(self, step: Step, moving: tuple[Step, ...]) -> set[str]:
        """Return the tracks on which it hangs besides whether *step* surely comes: what it works out, whom it moves."""
        found = kinds_read_by(self.definition, step)
        for move in step.moves:
            moved = self.line(move.track).steps[move.step]
            if moved not in moving:
                found |= self._asks_about(move.track, moved) | self._sure_by(moved, (*moving, moved))
        return found

    def meant(self, call: Call, kind: str) -> Group:
        """Return the tracks of *kind* that *call* looks at, with the fields of which it asks whether they are known."""
        kept = self._meant.get(id(call))
        if kept is None:
            group = Group(self.position[kind], self._leaves(call, kind), looked_for(call))
            kept = self._meant[id(call)] = (call, group)
        return kept[1]

    def _leaves(self, call: Call, kind: str) -> frozenset[str] | None:
        line = self.line(kind)
        if call.function == "unfinished":
            return frozenset(line.leaves) - self.finals[kind]
        stages = stages_of(call)
        return None if stages is None else frozenset(leaf for one in stages for leaf in line.leaves_under(one))

    def known_twice(self, expr: Expr) -> tuple[Expr, ...]:
        """Return the fields of which *expr* asks whether they are known, and which it reads besides; at most four."""
        kept = self._twice.get(id(expr))
        if kept is None:
            kept = self._twice[id(expr)] = (expr, known_twice(expr))
        return kept[1]

    # ------------------------------------------------------------------------------------------ clocks

    def statuses(self, state: Seen, kind: str, seat: Standing | None, name: str) -> Statuses:
        """Return how the deadline that a line calls *name* may stand."""
        owner, bare = place(self.definition, kind, name)
        number = self.clock_at.get((owner, bare))
        if number is None or (seat is None and owner == kind != CASE):
            return self._any_status(owner, bare)
        if owner == CASE:
            return frozenset([state.main.clocks[number]])
        if owner == kind and seat is not None:
            return frozenset([seat.clocks[number]])
        if self.scope.alone:  # of a track that need not be the one that is followed
            return self._any_status(owner, bare)
        return state.statuses(self.position[owner], number) or frozenset([NOT_STARTED])

    def _any_status(self, kind: str, name: str) -> Statuses:
        deadline = self.definition.line(kind).deadlines.get(name)
        return (
            STATUSES
            if deadline is None or may_be_suspended(self.definition, kind, deadline)
            else STATUSES - {SUSPENDED}
        )

    def known_moment(self, status: str) -> bool:
        """Return whether something can be counted back from a clock that stands like this."""
        return status in (RUNNING, OVER, MET, MISSED)

    # ------------------------------------------------------------------------------------------ fields

    @cached_property
    def read_finals(self) -> frozenset[tuple[str, str]]:
        """The final stages of tracks that some condition tells apart: who stands there must be kept."""
        found: set[tuple[str, str]] = set()
        for reading in readings(self.definition):
            for part in walk(reading.expr):
                if isinstance(part, Call) and part.function in BY_STAGE:
                    found |= self._finals_of(part)
        for kind in self.kinds:
            found |= {(kind, leaf) for step in self.line(kind).steps.values() for leaf in step.sources}
        return frozenset((kind, leaf) for kind, leaf in found if leaf in self.finals[kind])

    def _finals_of(self, call: Call) -> set[tuple[str, str]]:
        first = call.arguments[0]
        kind = first.word if isinstance(first, Word) else ""
        if kind not in self.position:
            return set()
        stages = stages_of(call)
        line = self.line(kind)
        if stages is None or (call.function == "every" and call.where is None):
            return {(kind, leaf) for leaf in line.leaves}
        return {(kind, leaf) for stage in stages for leaf in line.leaves_under(stage)}

    def begins_with(self, kind: str) -> frozenset[str]:
        """Return the facts that a new line of *kind* has before anything is handed in: the fields with a default."""
        fields = self.line(kind).fields.values()
        known = frozenset(f"field {one.name}" for one in fields if one.default is not None) & self.facts[kind]
        return known | {f"value {one.name}={said(one, one.default)}" for one in fields if one.name in self.set[kind]}

    def gains(self, kind: str, step: Step) -> frozenset[str]:
        """Return the facts that a line of *kind* has once it has carried *step* out."""
        names = {*step.handed_in.fields, *step.sets, *step.already_there.fields}
        found = {f"field {name}" for name in names if name in self.line(kind).fields}
        if step.milestone:
            found.add(f"milestone {step.milestone}")
        kept = self.set.get(kind, frozenset())
        values = {f"value {name}={value}" for name, value in set_by(self.definition, kind, step) if name in kept}
        return frozenset(found) & self.facts[kind] | values

    def home(self, kind: str, name: str) -> tuple[str, str]:
        return field_of(self.definition, kind, name)
