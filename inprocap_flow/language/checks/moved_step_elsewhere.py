"""A step fired on tracks that stand where it does not start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.plays import refused
from inprocap_flow.language.model import Definition, Move, Step

CODE = "moved-step-elsewhere"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `moves` that would be refused: one track in another stage refuses the whole step."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for move in step.moves:
                yield from _judge(definition, step, move)


def _judge(definition: Definition, step: Step, move: Move) -> Iterator[Finding]:
    track = definition.tracks[move.track]
    moved = track.steps.get(move.step)
    stages = move.stages or tuple(leaf for leaf in track.leaves if not track.stages[leaf].final)
    elsewhere = [leaf for leaf in stages if moved is None or leaf not in moved.sources]
    if elsewhere:
        yield Finding(
            of_step(step),
            f"`{step.name}` fires `{move.step}` in `{'`, `'.join(elsewhere)}`, where that step does not start.",
            "Write `in:` with stages from which the step leads, or add them to its `from:`.",
            plays=replace(refused(step, ("not-offered",)), tracks=(move.track, tuple(elsewhere))),
        )
