"""What a condition may come to in an abstract case, as one line of it sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from inprocap_flow.language.explore.calls import first_word
from inprocap_flow.language.explore.noticing import Seen, Standing
from inprocap_flow.language.explore.state import MET, MISSED, OVER, RUNNING, SUSPENDED, Group, Numbered, Seat
from inprocap_flow.language.explore.truth import (
    ANY,
    EITHER,
    NO,
    UNKNOWN,
    YES,
    Amount,
    both,
    compared,
    computed,
    one_of,
    opposite,
)
from inprocap_flow.language.explore.values import as_number, bounds, is_one_of, is_word
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Expr,
    Flag,
    Member,
    Name,
    Not,
    Number,
    Or,
    Word,
)
from inprocap_flow.language.model import CASE, Field, HookCall

ANYTHING = Amount(known=True, unknown=True)
VALUE = Amount()
NOTHING = Amount(known=False, unknown=True)
_STATES = {"running": (RUNNING, SUSPENDED), "over": (OVER, MET, MISSED), "missed": (MISSED,)}


class View(NamedTuple):
    """One line of an abstract case. ``seat`` None: a track that is left aside.

    ``handed``: fields that come with a step. ``each``: the track that a bare ``each`` means, with its kind.
    ``given``: every field left aside has a value. ``told``: fields, as conditions write them, taken as known or not;
    ``chosen``: values that fields of the line, or of the case, are taken to have. ``fixes``: fields of the case that
    are known by now or never, as the step that is judged ends their filling. ``changes``: what that step sets itself;
    a condition may be asked before or after.
    """

    world: World
    state: Seen
    kind: str = CASE
    seat: Standing | None = None
    handed: frozenset[str] = frozenset()
    each: tuple[str, Standing | None] | None = None
    given: bool = False
    told: Mapping[str, bool] = MappingProxyType({})
    chosen: Mapping[str, str] = MappingProxyType({})
    fixes: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()

    def truth(self, expr: Expr | HookCall | None) -> int:
        """Return the answers that a condition may give; yes if there is none.

        Whether a field is known is one answer, however often it is asked: `known(x) and x` is never unknown.
        """
        if expr is None:
            return YES
        if isinstance(expr, HookCall):
            return ANY
        twice = [one for one in self.world.known_twice(expr) if str(one) not in self.told and self._is_open(one)]
        if not twice:
            return self._truth(expr)
        answer = 0
        for known in product((True, False), repeat=len(twice)):
            told = {**self.told, **{str(one): said for one, said in zip(twice, known, strict=True)}}
            answer |= View._truth(self._replace(told=told), expr)
        return answer

    def _is_open(self, expr: Expr) -> bool:
        found = self.amount(expr)
        return found.known and found.unknown

    def _truth(self, expr: Expr) -> int:
        match expr:
            case Name(name) if (given := self.value_of(name)) is not None:
                return YES if given == "yes" else NO
            case Compare((Name(name), other), (sign,)) if is_word(given := self.value_of(name)):
                return is_one_of(str(given), sign, other)
            case Flag(flag):
                return YES if flag else NO
            case Not(operand):
                return opposite(self._truth(operand))
            case And(operands):
                return both(self._truth(one) for one in operands)
            case Or(operands):
                return one_of(self._truth(one) for one in operands)
            case Compare(operands, signs):
                values = [self.amount(one) for one in operands]
                links = zip(signs, values, values[1:], strict=False)
                return both(compared(sign, left, right) for sign, left, right in links)
            case Call():
                return self._asked(expr)
        value = self.amount(expr)
        return (EITHER if value.known else 0) | (UNKNOWN if value.unknown else 0)

    # ------------------------------------------------------------------------------------------ values

    def amount(self, expr: Expr) -> Amount:
        """Return the values that an expression may have."""
        match expr:
            case Number(number):
                return Amount(float(number), float(number))
            case Name(name):
                return self._named(expr, name)
            case Member("each", name):
                kind, seat = self.each or (CASE, None)
                return self._as_told(expr, self.field(kind, seat, name))
            case Member(owner, name):
                return self._member(owner, name)
            case Arithmetic(sign, left, right):
                return computed(sign, self.amount(left), self.amount(right))
            case Call(function) if function in ("count", "unfinished"):
                return self._count(expr)
            case Call(function) if function in ("total", "lowest", "highest"):
                return self._over_tracks(expr)
            case Call(function) if function in ("limit", "day_of", "end_of"):
                return VALUE
            case Call():
                answer = self._asked(expr)
                return Amount(known=bool(answer & EITHER), unknown=bool(answer & UNKNOWN))
        parts = [self.amount(part) for part in expr.parts]
        return Amount(known=all(one.known for one in parts), unknown=any(one.unknown for one in parts))

    def _named(self, expr: Expr, name: str) -> Amount:
        if name == "today":
            return VALUE
        number = as_number(self.value_of(name) or "")
        if number is not None:
            return Amount(number, number)
        return self._as_told(expr, self.field(self.kind, self.seat, name))

    def value_of(self, name: str) -> str | None:
        """Return the value that a field is taken to have, or was given for good in the case if that is kept apart."""
        if name in self.chosen:
            return self.chosen[name]
        home = self.world.home(self.kind, name)[0]
        if name in self.changes or home not in self.world.set:
            return None
        if name in self.world.set[home]:
            line = self.state.main if home == CASE else self.seat
            return line.value(name) if line is not None else None
        return self.state.main.value(name) if home == CASE and name in self.world.valued else None

    def _as_told(self, expr: Expr, found: Amount) -> Amount:
        known = self.told.get(str(expr)) if self.told else None
        return found if known is None else found._replace(known=known, unknown=not known)

    def field(self, kind: str, seat: Standing | None, name: str) -> Amount:
        """Return what the field that a line calls *name* may hold."""
        world = self.world
        home, name = world.home(kind, name)
        declared = world.line(home).fields.get(name)
        if declared is None:
            return ANYTHING
        if (home == self.kind and name in self.handed) or (home == CASE and self.state.main.value(name) is not None):
            return bounds(declared)
        if f"field {name}" not in world.facts.get(home, ()) or (seat is None and home != CASE):
            return bounds(declared) if self.given else bounds(declared)._replace(unknown=True)
        facts = self.state.main.facts if home == CASE else seat.facts if seat else frozenset()
        if f"field {name}" in facts:
            return bounds(declared)
        return bounds(declared)._replace(unknown=True) if self.may_be_filled(home, declared) else NOTHING

    def may_be_filled(self, kind: str, declared: Field) -> bool:
        """Return whether somebody may still fill a field outside of steps."""
        if not declared.by or (kind == CASE and declared.name in self.fixes):
            return False
        return declared.fixed_from is None or bool(self.reached(declared.fixed_from, kind) & NO)

    def _member(self, owner: str, name: str) -> Amount:
        if owner not in self.world.definition.tracks:
            return self.field(self.kind, self.seat, owner)  # the day of a meeting that the field holds
        if owner == self.kind:
            return self.field(owner, self.seat, name)
        if not self.world.counts(owner):
            return self.field(owner, None, name)
        group = Group(self.world.position[owner], None, (f"field {name}",))
        found = [self.field(owner, _track(one), name) for one in self.state.members(group)]
        known, unknown = any(one.known for one in found), any(one.unknown for one in found)
        return Amount(known=known, unknown=unknown) if found else ANYTHING

    # ------------------------------------------------------------------------------------------ tracks

    def tracks(self, call: Call) -> Iterator[tuple[Seat, int, int]]:
        """Yield the tracks that a call looks at: what it looks for, how many, and whether they meet its condition."""
        kind = first_word(call)
        for one in self.state.members(self.world.meant(call, kind)):
            seat, where = _track(one), call.where
            yield seat, one.number, YES if where is None else self._replace(each=(kind, seat)).truth(where)

    def _count(self, call: Call) -> Amount:
        kind = first_word(call)
        if kind not in self.world.position:
            return Amount(0, inf, unknown=call.where is not None and not self.given)
        least = most = 0.0
        unknown = False
        for _, number, meets in self.tracks(call):
            least += number if meets == YES and not call.of else 0
            most += (inf if self.world.is_endless(number) else number) if meets & YES else 0
            unknown = unknown or bool(meets & UNKNOWN)
        if self.world.scope.alone:
            most, unknown = inf, call.where is not None and not self.given
        return Amount(least, most, unknown=unknown)

    def _over_tracks(self, call: Call) -> Amount:
        kind = first_word(call)
        if call.function != "total" or not self.world.counts(kind):
            return ANYTHING
        there = [(seat, meets) for seat, _, meets in self.tracks(call) if meets & ~NO]
        if not there:
            return Amount(0, 0)
        values = [self._replace(each=(kind, seat)).amount(call.arguments[1]) for seat, _ in there]
        return Amount(unknown=any(one.unknown for one in values) or any(meets & UNKNOWN for _, meets in there))

    def _every(self, call: Call) -> int:
        kind = first_word(call)
        if kind not in self.world.position:
            return EITHER if call.where is None or self.given else ANY
        if call.where is not None:
            found = [meets for _, _, meets in self.tracks(call)]
            if self.world.scope.alone:
                return both([*found, EITHER if self.given else ANY]) if not call.of else ANY
            return one_of([both(found), YES if call.of else NO]) if found else YES
        if self.state.elsewhere(self.world.meant(call, kind)):
            return EITHER if call.of else NO
        return EITHER if self.world.scope.alone else YES

    def _stands(self, call: Call) -> int:
        kind = first_word(call)
        if not self.world.counts(kind):
            return EITHER
        group = self.world.meant(call, kind)
        there = bool(self.state.members(group))
        return (YES if there else 0) | (NO if not there or self.state.elsewhere(group) else 0)

    # ------------------------------------------------------------------------------------------ the rest

    def _asked(self, call: Call) -> int:
        function = call.function
        if function in _STATES:
            found = self.world.statuses(self.state, self.kind, self.seat, first_word(call))
            meant = found & frozenset(_STATES[function])
            return (YES if meant else 0) | (NO if found - meant else 0)
        if function == "every":
            return self._every(call)
        if function == "stands":
            return self._stands(call)
        if function == "reached":
            return self.reached(first_word(call), self.kind)
        if function == "known":
            value = self.amount(call.arguments[0])
            return (YES if value.known else 0) | (NO if value.unknown else 0)
        if function == "lifted":
            return NO if not self.may_be_lifted(first_word(call)) else EITHER
        if function in ("has", "approved", "list_known"):
            return EITHER
        answers = [self.amount(part) for part in call.arguments if not isinstance(part, Word)]
        unknown = function == "listed" or any(one.unknown for one in answers)
        return (EITHER if all(one.known for one in answers) else 0) | (UNKNOWN if unknown else 0)

    def reached(self, milestone: str, kind: str) -> int:
        """Return whether a milestone may be reached, as a line of *kind* sees it."""
        owner = self.world.definition.milestones.get(milestone, CASE)
        if f"milestone {milestone}" not in self.world.facts.get(owner, ()):
            return EITHER
        if owner == CASE:
            return YES if f"milestone {milestone}" in self.state.main.facts else NO
        if owner != kind or self.seat is None:
            return EITHER
        return YES if f"milestone {milestone}" in self.seat.facts else NO

    def may_be_lifted(self, rule: str | None) -> bool:
        """Return whether a derogation may lift *rule*."""
        derogations = getattr(self.world.definition, "derogations", {})
        return any(rule in one.lifts for one in derogations.values())


def _track(alike: Numbered) -> Seat:
    """Return a track of which nothing else is known than what is looked for."""
    return Seat("", frozenset(alike.facts))
