"""Calls that look at all tracks of a kind: counts, sums, extremes, ``every``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from inprocap_flow.language.expressions.facts import Facts, Unknown
from inprocap_flow.language.expressions.operations import Answer, best, both_unknown, compute
from inprocap_flow.language.expressions.reading import Compile, Run, of_each, truth
from inprocap_flow.language.expressions.tree import BadExpression, Call, Expr, Listing, Member, Word
from inprocap_flow.records import record


def word_at(call: Call, position: int) -> str:
    """Return the quoted word at *position*; raises ``BadExpression`` if something else stands there."""
    argument = call.arguments[position]
    if isinstance(argument, Word):
        return argument.word
    raise BadExpression(f"`{argument}` is not a quoted word.", "Write it in quotes.", argument.start, argument.width)


@record
class Standing:
    """Which tracks a call looks at: a kind, the stages named (none: all), the condition on each, and of which line."""

    kind: str
    stages: tuple[str, ...] | None
    where: Run | None
    of: str = ""

    def there(self, facts: Facts) -> Sequence[Facts]:
        """Return the tracks that stand in those stages, whatever the condition says."""
        return facts.tracks(self.kind, self.stages, self.of)

    def all(self, facts: Facts) -> Sequence[Facts]:
        """Return the tracks in any stage."""
        return facts.tracks(self.kind, None, self.of)

    def chosen(self, facts: Facts) -> list[Facts] | Unknown:
        """Return the tracks that stand there and meet the condition; unknown if it is unknown for one of them."""
        found: list[Facts] = []
        unknown: list[Unknown] = []
        for track in self.there(facts):
            answer = True if self.where is None else truth(self.where(facts, track))
            if isinstance(answer, Unknown):
                unknown.append(answer)
            elif answer:
                found.append(track)
        return both_unknown(*unknown) if unknown else found


def standing(call: Call, compiled: Compile) -> Standing:
    """Return which tracks *call* looks at."""
    position = 2 if call.function in ("total", "lowest", "highest") else 1
    stages = _stages(call.arguments[position]) if len(call.arguments) > position else None
    return Standing(word_at(call, 0), stages, None if call.where is None else compiled(call.where), call.of)


def _stages(argument: Expr) -> tuple[str, ...]:
    items = argument.items if isinstance(argument, Listing) else (argument,)
    if not all(isinstance(item, Word) for item in items):
        raise BadExpression(f"`{argument}` names no stages.", "Write them in quotes.", argument.start, argument.width)
    return tuple(item.word for item in items if isinstance(item, Word))


def over_tracks(call: Call, compiled: Compile) -> Run:
    """Return a call that looks at all tracks of a kind as a closure."""
    where = standing(call, compiled)
    if call.function == "count":
        return lambda facts, _: _counted(where.chosen(facts))
    if call.function == "unfinished":
        return lambda facts, _: sum(not track.finished for track in where.all(facts))
    if call.function == "every":
        return _every(where)
    each = call.arguments[1]
    if not isinstance(each, Member) or each.owner != "each":
        raise BadExpression(f"`{each}` is no field of the tracks.", "Write `each.field`.", each.start, each.width)
    combine = _summed if call.function == "total" else partial(_outermost, call.function)
    return lambda facts, _: combine(where, each.name, facts)


def stands(call: Call) -> Run:
    """Return whether the track that this one belongs to stands in the stages named."""
    kind, stages = word_at(call, 0), _stages(call.arguments[1])
    return lambda facts, _: bool(facts.tracks(kind, stages, "above"))


def _counted(found: list[Facts] | Unknown) -> Answer:
    return found if isinstance(found, Unknown) else len(found)


def _every(where: Standing) -> Run:
    """With a condition: whether all tracks in those stages meet it. Without: whether all of the kind stand there."""
    condition = where.where
    if condition is None:
        return lambda facts, _: len(where.there(facts)) == len(where.all(facts))

    def run(facts: Facts, _: Facts | None) -> Answer:
        answers = [truth(condition(facts, track)) for track in where.there(facts)]
        if any(answer is False for answer in answers):
            return False
        unknown = [answer for answer in answers if isinstance(answer, Unknown)]
        return both_unknown(*unknown) if unknown else True

    return run


def _values(where: Standing, name: str, facts: Facts) -> list[Answer] | Unknown:
    found = where.chosen(facts)
    if isinstance(found, Unknown):
        return found
    values = [of_each(name, facts, track) for track in found]
    return both_unknown(*values) if any(isinstance(value, Unknown) for value in values) else values


def _summed(where: Standing, name: str, facts: Facts) -> Answer:
    values = _values(where, name, facts)
    if isinstance(values, Unknown):
        return values
    whole: Answer = 0
    for value in values:
        whole = compute("+", whole, value)
    return whole


def _outermost(function: str, where: Standing, name: str, facts: Facts) -> Answer:
    values = _values(where, name, facts)
    if isinstance(values, Unknown):
        return values
    if not values:
        return Unknown(reasons=(f"There is no {where.kind} to compare.",))
    return best("<" if function == "lowest" else ">", values, facts)
