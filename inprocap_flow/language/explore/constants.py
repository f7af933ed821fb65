"""Fields that only steps set, each time to a value that is written there: what they hold is always known.

Nobody fills such a field, none comes with a step or a new track, and it is a yes or no or a choice. So its value is
kept along a path as a stage is, for the case and for tracks alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.expressions.tree import Flag, Word
from inprocap_flow.language.model import Definition, Field, Step, step_of


def only_set(definition: Definition, kind: str, name: str) -> bool:
    """Return whether the field *name* of the line of *kind* never holds but its default and what its steps set."""
    field = definition.line(kind).fields.get(name)
    if field is None or field.by or field.sealed_until or not said(field, field.default):
        return False
    own = [definition.line(kind).begins, *definition.line(kind).steps.values()]
    if any(said(field, step.sets[name]) is None for step in own if name in step.sets):
        return False
    given = any(name in brought for brought in _brought(definition, kind))
    return not given and any(name in step.sets for step in own)


def _brought(definition: Definition, kind: str) -> Iterator[set[str]]:
    """Yield the fields of a line of *kind* that come with each of its steps, each act on a deadline, each new track."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            yield from (set(create.values) for create in step.creates if create.track == kind)
            if line.kind == kind:
                yield _with(step)
        for one in line.deadlines.values():
            yield from (_with(step_of(one, act)) for act in one.acts.values())


def _with(step: Step) -> set[str]:
    return {*step.handed_in.fields, *step.already_there.fields, *step.may_fill}


def said(field: Field, value: object) -> str | None:
    """Return a *value* written for *field* as a path keeps it; None where it is worked out, or not one of few."""
    if isinstance(value, Flag):
        value = value.value
    if field.type == "yes_no" and isinstance(value, bool):
        return "yes" if value else "no"
    word = value.word if isinstance(value, Word) else value
    return word if field.type == "choice" and isinstance(word, str) and word in field.choices else None


def set_by(definition: Definition, kind: str, step: Step) -> Iterator[tuple[str, str]]:
    """Yield the fields of a line of *kind* that *step* sets to a written value, with that value."""
    for name, source in step.sets.items():
        field = definition.line(kind).fields.get(name)
        value = said(field, source) if field is not None else None
        if value is not None:
            yield name, value


def valued(facts: frozenset[str]) -> frozenset[str]:
    """Return the fields of which *facts*, those that a scope keeps apart, has the value."""
    return frozenset(one.removeprefix("value ") for one in facts if one.startswith("value "))
