"""Counts of tracks as sums over regions: sets of stages that every condition of a question counts together or not.

``count('supplier', ['a', 'b'])`` and ``count('supplier', 'b')`` become ``x + y`` and ``y``, so that the second is never
more than the first, and nothing else is assumed of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from inprocap_flow.language.expressions.tree import (
    Arithmetic,
    Call,
    Compare,
    Expr,
    Flag,
    Listing,
    Name,
    Not,
    Number,
    Or,
    Word,
)
from inprocap_flow.language.guards.question import COUNT, Symbol
from inprocap_flow.language.model import Definition

_COUNTING = ("count", "every", "unfinished")


@dataclass(frozen=True, slots=True)
class Counted:
    """What one call counts: tracks of a kind in these leaf stages; ``of`` and ``where`` (as text) narrow them."""

    kind: str
    leaves: frozenset[str]
    of: str = ""
    where: str = ""

    @property
    def narrowed(self) -> tuple[str, str]:
        return self.of, self.where


def counts_tracks(call: Call, definition: Definition) -> bool:
    """Return whether *call* is one that this module takes apart."""
    if call.function not in _COUNTING or (call.function == "every" and call.where is not None):
        return False
    kind = call.arguments[0]
    return isinstance(kind, Word) and kind.word in definition.tracks


def counted(call: Call, definition: Definition) -> Counted:
    """Return what *call* counts; of ``every``, what it wants none of; of ``unfinished``, all that are not final."""
    kind = call.arguments[0]
    assert isinstance(kind, Word)
    line = definition.tracks[kind.word]
    if call.function == "unfinished":
        leaves = frozenset(leaf for leaf in line.leaves if not line.stages[leaf].final)
        return Counted(kind.word, leaves, call.of)
    named = stages_named(call.arguments[1]) if len(call.arguments) > 1 else ()
    leaves = (
        frozenset(leaf for stage in named for leaf in line.leaves_under(stage)) if named else frozenset(line.leaves)
    )
    if call.function == "every":
        leaves = frozenset(line.leaves) - leaves
    return Counted(kind.word, leaves, call.of, "" if call.where is None else str(call.where))


def stages_named(argument: Expr) -> tuple[str, ...]:
    """Return the stages that an argument names."""
    items = argument.items if isinstance(argument, Listing) else (argument,)
    return tuple(item.word for item in items if isinstance(item, Word))


class Counting:
    """Every count of a question, taken apart; ``symbols`` and ``axioms`` say what is known of the parts."""

    def __init__(self, definition: Definition, found: list[Counted]) -> None:
        self.definition = definition
        self.found = list(dict.fromkeys(found))
        self.leaves = {kind: definition.tracks[kind].leaves for kind in {one.kind for one in self.found}}
        self.regions = {kind: self._regions(kind) for kind in dict.fromkeys(one.kind for one in self.found)}

    def _regions(self, kind: str) -> tuple[frozenset[str], ...]:
        """Return the coarsest split of the stages of *kind* that no count cuts through."""
        sets = [one.leaves for one in self.found if one.kind == kind]
        together: dict[tuple[bool, ...], list[str]] = {}
        for leaf in self.leaves[kind]:
            together.setdefault(tuple(leaf in leaves for leaves in sets), []).append(leaf)
        return tuple(frozenset(leaves) for member, leaves in together.items() if any(member))

    def rewritten(self, call: Call) -> Expr:
        """Return *call* as a sum of symbols, or as a comparison of it where the call is yes or no."""
        one = counted(call, self.definition)
        if not one.leaves:
            return Flag(True) if call.function == "every" else Number(0)
        parts: list[Expr] = [Name(self._name(one, region)) for region in self._within(one)]
        whole = reduce(lambda left, right: Arithmetic("+", left, right), parts)
        return Compare((whole, Number(0)), ("==",)) if call.function == "every" else whole

    def _within(self, one: Counted) -> Iterator[frozenset[str]]:
        return (region for region in self.regions[one.kind] if region <= one.leaves)

    def _name(self, one: Counted, region: frozenset[str]) -> str:
        stages = [leaf for leaf in self.leaves[one.kind] if leaf in region]
        shown = f"'{stages[0]}'" if len(stages) == 1 else "[" + ", ".join(f"'{stage}'" for stage in stages) + "]"
        more = (f", where={one.where}" if one.where else "") + (f", of={one.of}" if one.of else "")
        return f"count('{one.kind}', {shown}{more})"

    @property
    def symbols(self) -> Iterator[Symbol]:
        """The parts: whole numbers from 0, unknown only where a condition on each track can be."""
        for one in self.found:
            for region in self._within(one):
                name = self._name(one, region)
                yield Symbol(name, COUNT, name, least=0, may_be_unknown=bool(one.where), exact=False)

    @property
    def axioms(self) -> Iterator[Expr]:
        """No narrowed count is more than the same one with less that narrows it."""
        for one in self.found:
            for other in self.found:
                if one.kind == other.kind and one.narrowed != other.narrowed and _narrows(one, other):
                    for region in set(self._within(one)) & set(self._within(other)):
                        less, more = Name(self._name(one, region)), Name(self._name(other, region))
                        yield _unknown_or(less, more)


def _narrows(one: Counted, other: Counted) -> bool:
    return other.of in ("", one.of) and other.where in ("", one.where)


def _unknown_or(less: Name, more: Name) -> Expr:
    unknown = tuple(Not(Call("known", (one,))) for one in (less, more))
    return Or((*unknown, Compare((less, more), ("<=",))))
