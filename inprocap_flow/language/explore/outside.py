"""Steps of tracks that an exploration leaves aside, or does not follow: they may be taken at any time they can be."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.explore.scope import Scope, touches
from inprocap_flow.language.model import Definition, Step


def outside(definition: Definition, scope: Scope) -> Iterator[Step]:
    """Yield the steps of tracks that are left aside or not followed, as far as they change what is looked at."""
    for kind, line in definition.tracks.items():
        if scope.counts(kind):
            continue
        for step in (line.begins, *line.steps.values()):
            touched = touches(definition, step) & scope.parts
            if step.ends_everything or any((what, of) != ("deadline", kind) for what, of, _ in touched):
                yield step


def fired_by(definition: Definition, step: Step) -> Iterator[Step]:
    """Yield the steps that *step* carries out on tracks, or with which it begins them."""
    yield from (definition.line(move.track).steps[move.step] for move in step.moves)
    yield from (definition.line(create.track).begins for create in step.creates)


def fired_by_others(definition: Definition) -> Iterator[Step]:
    """Yield the steps that some step carries out on tracks, or with which it begins them."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            yield from fired_by(definition, step)


def fired_in_turn(definition: Definition, step: Step) -> list[Step]:
    """Return what *step* carries out on tracks, and what that does in its turn, each once."""
    found: dict[int, Step] = {}
    waiting = [step]
    while waiting:
        for one in fired_by(definition, waiting.pop()):
            if id(one) not in found:
                found[id(one)] = one
                waiting.append(one)
    return list(found.values())
