"""What the things are called that take time in a plan: by the names that people type, and in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inprocap_flow.language.model import CASE, Definition, Line, said
from inprocap_flow.service.planning.durations import APPROVAL, DEADLINE, FIELD, STAGE, Given, Thing


def things(definition: Definition) -> dict[str, Thing]:
    """Return everything that can be given a length or a value, by the name that people type.

    Where two kinds of things share a name, the bare name is the stage, else the deadline, the approval, the field;
    the others are reached with the kind in front (``field.tenders``).
    """
    found: dict[str, Thing] = {}
    for line in definition.lines:
        for thing in _things_of(line):
            bare = f"{thing.line}.{thing.name}" if thing.line else thing.name
            found.setdefault(bare, thing)
            found.setdefault(f"{thing.kind}.{bare}", thing)
    return found


def meant(definition: Definition, name: str) -> list[Thing]:
    """Return all that *name* may mean and that can take longer: by name, or stages by their title in any language.

    An approval named as a stage sounds (evaluation, Evaluated) may mean that stage, or the one that leads to
    it: more time for the evaluation is seldom meant to be more time for signing its report.
    """
    known = things(definition)
    named = [known[key] for key in (name, *(f"{kind}.{name}" for kind in (STAGE, DEADLINE, APPROVAL))) if key in known]
    wanted = name.replace("_", " ").casefold()
    titled = [
        one
        for one in known.values()
        if one.kind == STAGE and wanted in {text.casefold() for text in _titles(definition, one)}
    ]
    found = [one for one in dict.fromkeys((*named, *titled)) if one.kind != FIELD]
    if [one.kind for one in found] != [APPROVAL] or name.startswith(f"{APPROVAL}."):
        return found
    sounding = [one for one in known.values() if one.line == found[0].line and _sounds_like(definition, one, wanted)]
    before = [one for sound in sounding for one in _leading_to(definition, sound)]
    return list(dict.fromkeys((*found, *before, *sounding)))


_STEM = 6  # letters that evaluation and Evaluated have in common, and that two other words seldom have


def _sounds_like(definition: Definition, thing: Thing, wanted: str) -> bool:
    if thing.kind != STAGE or len(wanted) < _STEM:
        return False
    return any(text.casefold().startswith(wanted[:_STEM]) for text in _titles(definition, thing))


def _leading_to(definition: Definition, stage: Thing) -> Iterator[Thing]:
    """Yield the stages from which steps lead to *stage*: the work of which it is the end is done there."""
    for step in definition.line(stage.line).steps.values():
        if any(way.to == stage.name for way in step.targets):
            yield from (Thing(STAGE, stage.line, source) for source in step.sources)


def _titles(definition: Definition, thing: Thing) -> tuple[str, ...]:
    title = definition.line(thing.line).stages[thing.name].title
    return tuple(title.values())


def typed_name(thing: Thing) -> str:
    """Return the name of *thing* that means nothing else."""
    return f"{thing.kind}.{thing.line}.{thing.name}" if thing.line else f"{thing.kind}.{thing.name}"


def told(definition: Definition, thing: Thing) -> str:
    """Return what *thing* is, for people: ``the stage "Evaluation" (tendering.checked)``."""
    line = definition.line(thing.line)
    kinds: dict[str, Mapping[str, Any]] = {
        STAGE: line.stages, DEADLINE: line.deadlines, APPROVAL: line.approvals, FIELD: line.fields,
    }  # fmt: skip
    found = kinds[thing.kind].get(thing.name)
    title = f' "{said(found.title)}"' if found is not None and found.title else ""
    return f"the {thing.kind}{title} ({f'{thing.line}.' if thing.line else ''}{thing.name})"


def taken_as(definition: Definition, given: Given) -> tuple[str, ...]:
    """Return what was taken to be otherwise, in words: each thing by its kind, title and name, and by how much."""
    found = [f"{told(definition, thing)} takes {period} more" for thing, period in given.delays.items()]
    found += [f"{told(definition, thing)} takes {length}" for thing, length in given.lengths.items()]
    found += [f"{told(definition, Thing(FIELD, CASE, name))} is otherwise" for name in given.fields]
    return tuple(found)


def _things_of(line: Line) -> Iterable[Thing]:
    yield from (Thing(STAGE, line.kind, leaf) for leaf in line.leaves if line.stages[leaf].final is None)
    yield from (Thing(DEADLINE, line.kind, name) for name in line.deadlines)
    yield from (Thing(APPROVAL, line.kind, name) for name in line.approvals)
    if line.kind == CASE:
        yield from (Thing(FIELD, CASE, name) for name in line.fields)
