"""Which parts of a case a step, a deadline or a path depends on: what an exploration must keep apart to judge it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inprocap_flow.language.explore.scope import Part, place
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.expressions.tree import Call, Expr, Word, walk
from inprocap_flow.language.model import CASE, AlreadyThere, Definition, HookCall, Step, step_of


def read_by(definition: Definition, step: Step) -> frozenset[Part]:
    """Return the tracks, deadlines and milestones on which it depends whether *step* can be carried out, and how."""
    found: set[Part] = set(_needed(definition, step.line, step.already_there))
    conditions: list[Expr | HookCall | None] = [step.as_soon_as, *(branch.when for branch in step.targets)]
    conditions += [move.where for move in step.moves] + [create.where for create in step.creates]
    for condition in conditions:
        found |= set(asked(definition, step.line, condition))
    clocks = [*step.starts, *step.meets, *(name for branch in step.targets for name in (*branch.starts, *branch.meets))]
    found |= {("deadline", *place(definition, step.line, name)) for name in clocks}
    if step.extends is not None:
        found.add(("deadline", *place(definition, step.line, step.extends.deadline)))
    return frozenset(found)


def _needed(definition: Definition, kind: str, needs: AlreadyThere) -> Iterator[Part]:
    for name in (*needs.within, *needs.after):
        yield ("deadline", *place(definition, kind, name))
    for guard in needs.that:
        if not guard.only_warns:
            yield from asked(definition, kind, guard.hook or guard.holds)


def asked(definition: Definition, kind: str, condition: Expr | HookCall | None) -> Iterator[Part]:
    """Yield the parts that a condition of a line of *kind* looks at."""
    if condition is None:
        return
    exprs = condition.arguments if isinstance(condition, HookCall) else (condition,)
    for part in (one for expr in exprs for one in walk(expr)):
        if isinstance(part, Call) and part.arguments and isinstance(part.arguments[0], Word):
            yield from _called(definition, kind, part.function, part.arguments[0].word)


def _called(definition: Definition, kind: str, function: str, word: str) -> Iterator[Part]:
    if function in ("running", "over", "missed"):
        yield ("deadline", *place(definition, kind, word))
    elif function == "reached":
        yield ("milestone", definition.milestones.get(word, CASE), word)
    elif word in definition.tracks and function not in ("limit", "has", "approved", "listed"):
        yield ("track", word, "")


def read_along(definition: Definition, deeds: Iterable[Deed]) -> frozenset[Part]:
    """Return what a path depends on: what its steps ask for, the deadlines that fire them, the tracks they are of."""
    found: set[Part] = set()
    for deed in deeds:
        names = [(deed.kind, deed.name), *(_split(name) for name in deed.follows)]
        for kind, name in names:
            line = definition.line(kind)
            step = line.begins if name == line.begins.name else line.steps.get(name)
            if kind != CASE:
                found.add(("track", kind, ""))
            if step is not None:
                found |= read_by(definition, step)
            found |= {("deadline", kind, one.name) for one in line.deadlines.values() if one.when_over == name}
            if name in line.deadlines:
                found.add(("deadline", kind, name))
                act = line.deadlines[name].acts.get(deed.verb)
                if act is not None:
                    found |= read_by(definition, step_of(line.deadlines[name], act))
    return frozenset(found)


def _split(name: str) -> tuple[str, str]:
    kind, _, step = name.partition(".")
    return kind, step
