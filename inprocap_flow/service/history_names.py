"""The names that a history file takes from its procedure: misspelt ones are errors where they stand, not findings.

A source can contradict what happened; it cannot contradict a name that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inprocap_flow.errors import Problem
from inprocap_flow.language.histories import History, Stood
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.report import locate


def unknown_names(definition: Definition, history: History, root: MapNode) -> Iterator[Problem]:
    """Yield every name of a fact, planned or not, that *definition* does not know, with its place and the one meant.

    *root* is the file as it was read.
    """
    for number, fact in enumerate(history.facts):
        at: NodePath = ("facts", number)
        if fact.reaches:
            yield from _milestone(definition, root, (*at, "reaches"), fact.reaches)
        for name in fact.derogations:
            none = "An overlay of the organisation declares derogations."
            known = definition.derogations
            yield from _unknown(root, (*at, "derogation"), "derogation", name, known, none)
        yield from _fields(definition, CASE, root, (*at, "values"), fact.values)
        for place, stood in enumerate(fact.stood):
            yield from _stood(definition, root, (*at, "stood", place), stood)


def _milestone(definition: Definition, root: MapNode, at: NodePath, name: str) -> Iterator[Problem]:
    of_case = [one for one, line in definition.milestones.items() if line == CASE]
    if line := definition.milestones.get(name):
        mend = f"Only a milestone of the case is reached; say with `stood` where each {line} stood."
        yield _problem(root, at, "unknown-milestone", f"`{name}` is a milestone of {line}, not of the case.", mend)
        return
    all_of_them = f"inprocap-flow read {definition.name} lists them."
    yield from _unknown(root, at, "milestone", name, of_case, all_of_them)


def _fields(
    definition: Definition, kind: str, root: MapNode, at: NodePath, values: Mapping[str, Any]
) -> Iterator[Problem]:
    own = definition.line(kind).fields
    for name in values:
        if name in own:
            continue
        fact = f"There is no field `{name}` of {'the case' if kind == CASE else kind}."
        mend = _elsewhere(definition, kind, name) or did_you_mean(name, list(own))
        mend = mend or f"inprocap-flow read {definition.name} lists them."
        yield _problem(root, (*at, name), "unknown-field", fact, mend, on_key=True)


def _elsewhere(definition: Definition, kind: str, name: str) -> str:
    """Return where a field belongs that another line has; "" if none has it."""
    if kind != CASE:
        return "It is a field of the case: write it under `values`." if name in definition.main.fields else ""
    having = [track for track, line in definition.tracks.items() if name in line.fields]
    return f"It is given for each {' or '.join(having)}: write it under `stood`, `named`." if having else ""


def _stood(definition: Definition, root: MapNode, at: NodePath, stood: Stood) -> Iterator[Problem]:
    line = definition.tracks.get(stood.tracks)
    if line is None:
        yield from _unknown(root, (*at, "tracks"), "track", stood.tracks, definition.tracks)
        return
    for key, stage in (("stage", stood.stage), ("others_left", stood.others_left)):
        if stage and stage not in line.stages:
            mend = did_you_mean(stage, list(line.stages)) or f"Choose of: {', '.join(line.leaves)}."
            fact = f"`{stood.tracks}` has no stage `{stage}`."
            yield _problem(root, (*at, key), "unknown-stage", fact, mend)
    for name, values in stood.named.items():
        yield from _fields(definition, stood.tracks, root, (*at, "named", name), values)


def _unknown(
    root: MapNode, at: NodePath, what: str, name: str, known: Iterable[str], otherwise: str = ""
) -> Iterator[Problem]:
    names = list(known)
    if name not in names:
        mend = did_you_mean(name, names) or otherwise or f"Choose of: {', '.join(names)}."
        yield _problem(root, at, f"unknown-{what}", f"There is no {what} `{name}`.", mend)


def _problem(root: MapNode, at: NodePath, code: str, fact: str, mend: str, *, on_key: bool = False) -> Problem:
    place, width = locate(root, at, on_key=on_key)
    return Problem(place, code, fact, mend, width=width)
