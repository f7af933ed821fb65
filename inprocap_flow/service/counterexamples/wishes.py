"""Values with which the conditions that lie ahead on a path hold: solved, not guessed.

A value counts from the deed that brings it until the next one that brings it again. All conditions on that stretch of
the path are asked together; where they cannot hold together those that come sooner count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.expressions.facts import Unknown
from inprocap_flow.language.expressions.tree import Compare, Constant, Expr, Name, Word
from inprocap_flow.language.expressions.words import names_in
from inprocap_flow.language.guards import decide
from inprocap_flow.language.guards.abstraction import Condition, Known, ask
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Branch, Definition, Field, Limit, Step, step_of
from inprocap_flow.language.money import Money, Percent
from inprocap_flow.language.values import Value

Wanted = tuple[Condition, bool]
_SOLVED = {"yes_no", "whole_number", "number", "percent", "money", "choice"}  # days hang on when it is played
_MOST_CONDITIONS = 12
"""So many conditions are asked together at most: what lies farther ahead is filled in again, or found by trying."""


@dataclass(slots=True)
class Wishes:
    """What the deeds of a path want of values. ``known`` are the definition and the limits that it rests on."""

    definition: Definition
    limits: Mapping[str, Limit]
    deeds: Sequence[Happened]
    aims: tuple[Wanted, ...] = ()  # what is so at the end, whatever else is
    found: dict[tuple[int, str, str, tuple[tuple[str, str], ...]], str | None] = field(default_factory=dict)

    @property
    def aimed(self) -> set[str]:
        """The fields on which the end hangs: their values are never guessed."""
        return {name for condition, _ in self.aims for name in bare_names(condition.expr)}

    def value(self, number: int, kind: str, declared: Field, given: Mapping[str, str]) -> str | None:
        """Return the text of a value for a field that a line of *kind* is given with deed *number*.

        *given* are values of other fields that stand already. None: nothing ahead asks for a certain one.
        """
        if declared.type not in _SOLVED:
            return None
        key = (number, kind, declared.name, tuple(sorted(given.items())))
        if key not in self.found:
            self.found[key] = self._solved(number, kind, declared, given)
        return self.found[key]

    def _solved(self, number: int, kind: str, declared: Field, given: Mapping[str, str]) -> str | None:
        known = Known(self.definition, self.limits)
        kept: list[Wanted] = []
        value: Value | None = None
        wanted = [*self._pinned(kind, declared, given), *self._ahead(number, declared.name)]
        for asked in [*self._aims_of(number, declared.name), *wanted][:_MOST_CONDITIONS]:
            answer = decide(ask(known, [*kept, asked]))
            if not answer.is_possible:
                continue
            kept.append(asked)
            symbols = {symbol.name: one for symbol, one in answer.example.items()}
            for name in (declared.name, f"{kind}.{declared.name}", f"each.{declared.name}"):
                found = symbols.get(name)
                value = value if found is None or isinstance(found, Unknown) else found
        return None if value is None else text_of(value)

    def _pinned(self, kind: str, declared: Field, given: Mapping[str, str]) -> Iterator[Wanted]:
        """Yield what is known of other fields, as conditions."""
        for name, text in given.items():
            other = self.definition.find_field(kind, name)
            if other is None or name == declared.name or other.type not in _SOLVED:
                continue
            if other.type == "yes_no":
                yield Condition(Name(name), kind), text == "yes"
            else:
                literal: Expr = Word(text) if other.type == "choice" else Constant(other.type, text)
                yield Condition(Compare((Name(name), literal), ("==",)), kind), True

    # ------------------------------------------------------------------------------------------ what lies ahead

    def _aims_of(self, number: int, name: str) -> Iterator[Wanted]:
        """Yield what must be so at the end, if the value that a field has from deed *number* on is there by then."""
        later = (self.step(deed) for deed in self.deeds[number + 1 :])
        if name in self.aimed and not any(step is not None and name in step.handed_in.fields for step in later):
            yield from self.aims

    def _ahead(self, number: int, name: str) -> Iterator[Wanted]:
        """Yield the conditions that read *name* from deed *number* on, until a deed brings it again."""
        main = next((one.after.leaf for one in self.deeds[number::-1] if one.kind == CASE and one.after), "")
        for place, deed in enumerate(self.deeds[number:], start=number):
            step = self.step(deed)
            if place > number and step is not None and name in step.handed_in.fields:
                return
            main = deed.after.leaf if deed.kind == CASE and deed.after else main
            last = place == len(self.deeds) - 1
            then = None if last else self.deeds[place + 1]
            for condition, answer in self._wanted(deed, step, main, then):
                if name in bare_names(condition.expr) and not (last and deed.refused.startswith("guard")):
                    yield condition, answer

    def step(self, deed: Happened) -> Step | None:
        """Return what a deed carries out: a step, or an act on a deadline as one; None for the end of a deadline."""
        line = self.definition.line(deed.kind)
        if deed.verb in CLOCK_ACTS:
            clock = line.deadlines[deed.name]
            return step_of(clock, clock.acts[deed.verb])
        return line.begins if deed.name == line.begins.name else line.steps.get(deed.name)

    def _wanted(self, deed: Happened, step: Step | None, main: str, then: Happened | None) -> Iterator[Wanted]:
        if step is not None:
            yield from _of_step(deed, step)
            yield from self._of_branch(deed, step)
        for name in deed.follows:
            kind, _, bare = name.partition(".")
            follow = self.definition.line(kind).steps.get(bare)
            if follow is not None and not (then is None and deed.refused):
                yield from _of_step(deed, follow)
        yield from self._too_early(deed, main, then)

    def _of_branch(self, deed: Happened, step: Step) -> Iterator[Wanted]:
        """Yield that the branch which leads where the path goes is the first that holds."""
        if deed.after is None or len(step.targets) == 1:
            return
        for branch in step.targets:
            if branch.when is None:
                return
            leads = self._leads(deed, branch)
            yield Condition(branch.when, step.line), leads
            if leads:
                return

    def _leads(self, deed: Happened, branch: Branch) -> bool:
        assert deed.after is not None
        stays = deed.before.leaf if deed.before else ""
        return deed.after.leaf == (stays if branch.to == "same" else self.definition.line(deed.kind).leaf(branch.to))

    def _too_early(self, deed: Happened, main: str, then: Happened | None) -> Iterator[Wanted]:
        """Yield that no automatic step comes where the path has none; *then* is one that would, and is kept back."""
        come = {*deed.follows} | ({f"{then.kind}.{then.name}"} if then is not None else set())
        stand = {CASE: main} | ({deed.kind: deed.after.leaf} if deed.after else {})
        for kind, leaf in stand.items():
            for step in self.definition.line(kind).steps.values():
                if step.as_soon_as is not None and leaf in step.sources and f"{kind}.{step.name}" not in come:
                    yield Condition(step.as_soon_as, kind), False


def _of_step(deed: Happened, step: Step) -> Iterator[Wanted]:
    """Yield that what *step* asks for, and what it waits for, holds."""
    if step.as_soon_as is not None:
        yield Condition(step.as_soon_as, step.line), True
    for guard in step.already_there.that:
        asked = not guard.only_from or deed.before is None or deed.before.leaf in guard.only_from
        if guard.holds is not None and not guard.only_warns and asked:
            yield Condition(guard.holds, step.line), True


def bare_names(expr: Expr) -> set[str]:
    """Return the fields that an expression reads, whosever they are; `today` is none."""
    return {name.rpartition(".")[2] for name in names_in(expr)} - {"today"}


def text_of(value: Value) -> str:
    """Return a value as a scenario writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{value.amount:f} {value.currency}"
    if isinstance(value, Percent):
        return f"{Decimal(value):f} percent"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
