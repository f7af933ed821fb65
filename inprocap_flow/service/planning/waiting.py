"""What a step waits for, read from its conditions: clocks that must be over, tracks that must end, milestones."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.tree import And, Call, Compare, Expr, Name, Number, Word, walk
from inprocap_flow.language.model import CASE, Branch, Definition, Guard, Step
from inprocap_flow.records import record
from inprocap_flow.service.planning.ends import Clocks
from inprocap_flow.service.planning.network import Day


@record
class Waits:
    """What must be before a step: deadlines over, kinds of tracks finished, milestones reached, deadlines met."""

    over: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    met: tuple[str, ...] = ()


def waits_of(definition: Definition, step: Step, stage: str, lifted: Collection[str] = ()) -> Waits:
    """Return what *step*, taken from the leaf *stage*, waits for; the rules *lifted* hold nothing up.

    Only conditions that must all hold are read; an "or" promises nothing.
    """
    over: list[str] = list(step.already_there.after)
    finished: list[str] = []
    reached: list[str] = []
    met: list[str] = []
    for part in conditions(step, stage, lifted):
        call = _call(part)
        if call is None:
            continue
        function, name = call
        if function == "over":
            over.append(name)
        elif function == "unfinished":
            finished.append(name)
        elif function == "reached":
            reached.append(name)
        elif function == "met":
            met.append(name)
    over += [deadline.name for deadline in definition.line(step.line).deadlines.values()
             if step.is_system and deadline.when_over == step.name]  # fmt: skip
    return Waits(*(tuple(dict.fromkeys(names)) for names in (over, finished, reached, met)))


def asked(step: Step, stage: str, lifted: Collection[str]) -> Iterator[Guard]:
    """Yield the conditions that refuse *step* where they do not hold, as a line that stands in *stage* is asked."""
    return (guard for guard in _meant(step, stage, lifted) if not guard.only_warns)


def warned(step: Step, stage: str, lifted: Collection[str]) -> Iterator[Guard]:
    """Yield the conditions that only warn where they do not hold, as a line that stands in *stage* is asked."""
    return (guard for guard in _meant(step, stage, lifted) if guard.only_warns)


def _meant(step: Step, stage: str, lifted: Collection[str]) -> Iterator[Guard]:
    for guard in step.already_there.that:
        elsewhere = guard.only_from and stage not in guard.only_from
        if not (elsewhere or guard.rule in lifted):
            yield guard


def conditions(step: Step, stage: str, lifted: Collection[str] = ()) -> Iterator[Expr]:
    """Yield what must all hold for *step*, taken from the leaf *stage*, part by part."""
    guards = [guard.holds for guard in asked(step, stage, lifted) if guard.holds is not None]
    for expr in ([step.as_soon_as] if step.as_soon_as is not None else []) + guards:
        yield from _conjuncts(expr)


def _conjuncts(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, And):
        for operand in expr.operands:
            yield from _conjuncts(operand)
    else:
        yield expr


def _call(part: Expr) -> tuple[str, str] | None:
    """Return function and name of a condition such as ``over('x')``, ``unfinished('x') == 0``, ``not missed('x')``."""
    if isinstance(part, Call):
        return _named(part)
    if isinstance(part, Compare) and part.signs == ("==",) and part.operands[1] == Number(0):
        first = part.operands[0]
        return _named(first) if isinstance(first, Call) and first.function == "unfinished" else None
    # `deadline_met: x` is written out as: not running('x') and not missed('x').
    inside = next((one for one in part.parts if isinstance(one, Call) and one.function == "missed"), None)
    known = _named(inside) if inside is not None else None
    return ("met", known[1]) if known else None


def _named(call: Call) -> tuple[str, str] | None:
    first = call.arguments[0] if call.arguments else None
    return (call.function, first.word) if isinstance(first, Word) else None


def may_be_taken(clocks: Clocks, step: Step, branch: Branch, stage: str, day: Day) -> bool:
    """Tell whether *step* can lead from *stage* to *branch*, as far as facts of the case that are known already say."""
    known = KnownFields(clocks, day)
    if any(guard.holds is not None and known.answer(guard.holds) is False
           for guard in asked(step, stage, clocks.case.lifted)):  # fmt: skip
        return False
    for other in step.targets:
        answer = True if other.when is None else known.answer(other.when)
        if other is branch:
            return answer is not False
        if answer is True:
            return False
    return True


class KnownFields:
    """Conditions that rest on known fields of the case and on nothing else."""

    def __init__(self, clocks: Clocks, day: Day) -> None:
        self.facts = clocks.facts(CASE, day)
        main = clocks.case.main
        self.fields = {name for name, value in main.fields.items() if value is not None}

    def answer(self, expr: Expr) -> bool | None:
        """Return yes, no, or None where the answer rests on what only time will tell."""
        parts = tuple(walk(expr))
        names = {part.name for part in parts if isinstance(part, Name)}
        calls = {part.function for part in parts if isinstance(part, Call)}
        if not calls <= {"known", "limit", "in_currency", "lifted"} or not names <= self.fields:
            return None
        if not names and "lifted" not in calls:
            return None
        value = evaluate(expr, self.facts).value
        return None if value is UNKNOWN else value is True
