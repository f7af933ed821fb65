"""What a plan does beyond bringing cases over, as far as two versions alone tell: a migration takes no step.

Where it depends on the case (what it has reached, which step it has carried out), the engine judges each by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from inprocap_flow.language.graph import reachable
from inprocap_flow.language.migrations import ASK, DROP, RENAMED, ROLES, TRACKS, WATCHES, LineChange
from inprocap_flow.language.model import Definition, Line, Step
from inprocap_flow.language.versions.compare import same_kind

SAME = "same"  # a target that leaves the line where it is


def singular(what: str) -> str:
    """Return what one of ``fields``, ``watches``, ``tracks`` and the like is called."""
    return {WATCHES: "watch", TRACKS: "kind of track"}.get(what) or what.removesuffix("s")


def milestones(line: Line) -> set[str]:
    """Return the milestones that steps of *line* reach."""
    return {step.milestone for step in (line.begins, *line.steps.values()) if step.milestone}


def names_of(line: Line, what: str) -> Collection[str]:
    """Return the names of `migrations.RENAMED` that *line* has."""
    return milestones(line) if what == "milestones" else getattr(line, what)


def renamed_wrongly(was: Line, now: Line, change: LineChange) -> Iterator[tuple[str, str, str]]:
    """Yield what, old name and new name where a thing is still there, or the new name is that of another thing."""
    for what in RENAMED:
        pairs: Mapping[str, str] = change.renamed.get(what, {})
        before, after = names_of(was, what), names_of(now, what)
        for name, new in pairs.items():
            if name in after or new in before or list(pairs.values()).count(new) > 1:
                yield what, name, new


def renamed_of_case(old: Definition, new: Definition, change: LineChange) -> Iterator[tuple[str, str, str]]:
    """Yield the same of watches, kinds of tracks and roles, which belong to the whole; *change* is that of the case.

    A kind that is still there cannot be renamed: its next track could get the id of one that has gone over.
    """
    for what in (WATCHES, TRACKS, ROLES):
        before, after = getattr(old, what), getattr(new, what)
        pairs: Mapping[str, str] = change.renamed.get(what, {})
        for name, now in pairs.items():
            if name in after or now in before or list(pairs.values()).count(now) > 1:
                yield what, name, now


def untouched_fields(was: Line, now: Line, change: LineChange) -> set[str]:
    """Return the fields of the new version, by their names there, whose values go over as they are."""
    into = {change.now("fields", name): field for name, field in was.fields.items()}
    return {name for name, field in into.items() if name in now.fields and same_kind(field, now.fields[name])}


def filled_or_emptied(change: LineChange, given: Collection[str] = ()) -> set[str]:
    """Return the fields, by their new names, that the plan gives values, asks for or drops; *given* for one case."""
    asked = {change.now("fields", name) for name, choice in change.fields.items() if choice in (ASK, DROP)}
    return asked | set(change.values) | set(given)


def lies_behind(definition: Definition, line: Line, to: str, steps: Collection[str]) -> bool:
    """Return whether nothing leads *line* to the stage *to* without one of *steps*."""
    return bool(steps) and to not in reachable(definition, line, without=steps)


def steps_to(line: Line, milestone: str) -> tuple[str, ...]:
    """Return the names of the steps that reach *milestone*."""
    return tuple(step.name for step in (line.begins, *line.steps.values()) if step.milestone == milestone)


def never_passed(definition: Definition, line: Line, leaf: str) -> frozenset[str]:
    """Return the steps that no line which stands in *leaf* can have carried out."""
    return frozenset(
        step.name for step in line.steps.values() if leaf not in reachable(definition, line, _ends(line, step))
    )


def _ends(line: Line, step: Step) -> set[str]:
    """Return the stages in which a line can stand right after *step*."""
    stays = any(target.to == SAME for target in step.targets)
    return {line.leaf(target.to) for target in step.targets if target.to != SAME} | set(step.sources if stays else ())
