"""A case that would end with a track or a deadline open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asked, Asking, question
from inprocap_flow.language.checks.finding import ERROR, Finding, called, of_line
from inprocap_flow.language.explore.asking import PROVEN, Answer, Question
from inprocap_flow.language.explore.coming import LEFT_OPEN, Happening
from inprocap_flow.language.explore.scope import Part
from inprocap_flow.language.explore.search import Fault
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import Definition

CODE = "ends-left-open"
SEVERITY = ERROR
NEVER = "a step that ends the case leaves a track or a deadline open, so that the engine refuses it"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield for each kind of track, and each deadline that ends with the case, whether it may be left open."""
    for kind in definition.tracks:
        track: Part = ("track", kind, "")
        say = partial(_finding, definition, f"a track `{kind}`", of_line("", "tracks", kind))
        yield question(kind, Question(definition, [track], _left(kind), alone=True).answered, say)
        yield from _deadlines(definition, kind)
    yield from _deadlines(definition, "")


def not_proven(definition: Definition, asked: Iterable[Asked]) -> frozenset[Part]:
    """Return the tracks and deadlines of which *asked* does not say that they are never left open."""
    open_ = {one.about for one in asked if one.answer.verdict != PROVEN}
    tracks: set[Part] = {("track", kind, "") for kind in definition.tracks if kind in open_}
    clocks: set[Part] = {
        ("deadline", line.kind, name)
        for line in definition.lines
        for name, deadline in line.deadlines.items()
        if not deadline.outlives_case and _called(line.kind, name) in open_
    }
    return frozenset(tracks | clocks)


def _called(kind: str, name: str) -> str:
    return f"{kind}.{name}" if kind else name


def _deadlines(definition: Definition, kind: str) -> Iterator[Asking]:
    for name, deadline in definition.line(kind).deadlines.items():
        if deadline.outlives_case:
            continue
        part: Part = ("deadline", kind, name)
        about = _called(kind, name)
        what = f"the deadline `{name}` of {called(kind)}"
        say = partial(_finding, definition, what, of_line(kind, "deadlines", name))
        yield question(about, Question(definition, [part], _left(about), alone=True).answered, say)


def _left(about: str) -> Fault:
    def fault(_world: World, happened: Happening) -> Deed | None:
        refused = happened.deed.refused
        named = refused.partition(LEFT_OPEN)[2].split(", ") if LEFT_OPEN in refused else []
        return happened.deed if about in named else None

    return fault


def _finding(definition: Definition, what: str, origin: str, answer: Answer) -> Finding:
    deed = answer.path.deeds[-1] if answer.path else None
    if deed is None:
        return Finding(origin, "")
    step = definition.line(deed.kind).steps.get(deed.name)
    ends = f"`{deed.name}` would end the case" if step else f"The end of `{deed.name}` would end the case"
    return Finding(
        of_line(deed.kind, "steps" if step else "deadlines", deed.name),
        f"{ends} with {what} open, and is then refused.",
        "End it on every way there, or by the step itself (`ends: everything`), or ask for it under `already_there:`.",
    )
