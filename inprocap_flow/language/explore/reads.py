"""Which parts of a case a step, a deadline or a path depends on: what an exploration must keep apart to judge it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inprocap_flow.language.explore.scope import Part, field_of, place
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.expressions.tree import Call, Expr, Member, Name, Word, walk
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
    if function in ("running", "over", "missed", "end_of"):
        yield ("deadline", *place(definition, kind, word))
    elif function == "reached":
        yield ("milestone", definition.milestones.get(word, CASE), word)
    elif word in definition.tracks and function not in ("limit", "has", "approved", "listed"):
        yield ("track", word, "")


def values_read_by(definition: Definition, step: Step) -> frozenset[Part]:
    """Return the fields on whose being known it depends whether *step* can be carried out, and how."""
    found: set[Part] = set()
    for expr, each in _values(definition, step):
        found |= set(_fields(definition, step.line, expr, each))
    return frozenset(found)


def kinds_read_by(definition: Definition, step: Step) -> set[str]:
    """Return the kinds of other tracks at which some expression of *step* looks, also one that it only works out."""
    found: set[str] = set()
    for expr, each in _values(definition, step):
        found |= {kind for _, kind, _ in _fields(definition, step.line, expr, each) if kind != step.line}
        if isinstance(expr, Expr | HookCall):
            found |= {kind for what, kind, _ in asked(definition, step.line, expr) if what == "track"}
    return found


def looks_at_tracks(definition: Definition, step: Step) -> bool:
    """Return whether it depends on other tracks, or on how many there are, if *step* can be carried out, and how."""
    return bool(kinds_read_by(definition, step)) or any(what == "track" for what, _, _ in read_by(definition, step))


def _values(definition: Definition, step: Step) -> Iterator[tuple[object, str]]:
    """Yield every expression that *step* evaluates, with the kind of track that a bare `each` means in it."""
    for guard in step.already_there.that:
        if not guard.only_warns:
            yield guard.holds, step.line
    for branch in step.targets:
        yield branch.when, step.line
    yield step.as_soon_as, step.line
    yield from ((source, step.line) for source in step.sets.values())
    for report in step.reports:
        yield Name(report.to), step.line
        yield from ((source, step.line) for source in report.values.values())
    yield from ((move.where, move.track) for move in step.moves)
    yield from ((create.where, create.for_each or step.line) for create in step.creates)
    for name in (*step.starts, *step.restarts, *(name for branch in step.targets for name in branch.starts)):
        home, bare = place(definition, step.line, name)
        deadline = definition.line(home).deadlines[bare]
        yield from ((expr, home) for expr in (deadline.period, deadline.ends_at))


def _fields(definition: Definition, kind: str, expr: object, each: str) -> Iterator[Part]:
    if not isinstance(expr, Expr):
        return
    owner, name = kind, ""
    if isinstance(expr, Name):
        name = expr.name
    elif isinstance(expr, Member):
        owner, name = (each if expr.owner == "each" else expr.owner), expr.name
    elif isinstance(expr, Call) and expr.arguments and isinstance(expr.arguments[0], Word):
        each = expr.arguments[0].word if expr.arguments[0].word in definition.tracks else each
    if name and (owner == CASE or owner in definition.tracks):
        home, bare = field_of(definition, owner, name)
        if bare in definition.line(home).fields:
            yield ("field", home, bare)
    for part in expr.parts:
        yield from _fields(definition, kind, part, each)


def read_along(definition: Definition, deeds: Iterable[Deed]) -> frozenset[Part]:
    """Return what a path depends on: what its steps ask for, the deadlines that fire them, the tracks they are of."""
    found: set[Part] = set()
    for deed in deeds:
        for kind, name in steps_of(definition, deed):
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


def steps_of(definition: Definition, deed: Deed) -> list[tuple[str, str]]:
    """Return line and name of what a deed is, and of every step that followed by itself."""
    fired = definition.line(deed.kind).deadlines[deed.name].when_over if deed.verb == "expire" else None
    names = [(deed.kind, deed.name), *(_split(name) for name in deed.follows)]
    return [*names, (deed.kind, fired)] if fired else names


def _split(name: str) -> tuple[str, str]:
    kind, _, step = name.partition(".")
    return kind, step
