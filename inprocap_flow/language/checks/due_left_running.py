"""Something that is due on a track which can end without it: the clock goes on, and is missed."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import belongs
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.plays import MISSED, Plays
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.graph import edges, entrances
from inprocap_flow.language.model import Deadline, Definition, Line, Step

CODE = "due-left-running"
SEVERITY = ADVICE


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each `due` deadline of a kind of track that steps of the track can end without having met it.

    Left aside: what a step follows when it is over, what conditions or acts meet, what other lines may meet or stop,
    what a step on the way asks about, and the end of the case, which ends everything.
    """
    for line in definition.tracks.values():
        for deadline in line.deadlines.values():
            if deadline.kind != "due" or deadline.when_over or deadline.met_when or "satisfy" in deadline.acts:
                continue
            found = _left_by(definition, line, deadline)
            if found is not None:
                started, last = found
                yield Finding(
                    of_line(line.kind, "deadlines", deadline.name),
                    f"`{started.name}` starts `{deadline.name}`, and `{last.name}` can end the track without having "
                    "met it: it goes on until it is missed.",
                    f"Write `stops: [{deadline.name}]` at `{last.name}`, or ask there that it is met.",
                    plays=Plays(MISSED, line.kind, (last,), clock=deadline.name),
                )


def _left_by(definition: Definition, line: Line, deadline: Deadline) -> tuple[Step, Step] | None:
    """Return the step that starts *deadline* and one that can end the track with it; None if there is none."""
    steps = (line.begins, *line.steps.values())
    if any(_ends(definition, step, line, deadline) for other in definition.lines if other is not line
           for step in other.steps.values()):  # fmt: skip
        return None
    minding = {one.name for one in steps if _ends(definition, one, line, deadline)}
    minding |= {one.step.name for one in readings(definition) if one.step is not None and one.step.line == line.kind
                and any(use.kind == "deadline" and use.word == deadline.name for use in one.uses())}  # fmt: skip
    for step in steps:
        if step.name not in minding and _starts(definition, step, line, deadline):
            last = _last(definition, line, step, minding)
            if last is not None:
                return step, last
    return None


def _ends(definition: Definition, step: Step, line: Line, deadline: Deadline) -> bool:
    names = [*step.meets, *step.stops, *(name for one in step.targets for name in (*one.meets, *one.stops))]
    return any(belongs(definition, step.line, name) == (line.kind, deadline.name) for name in names)


def _starts(definition: Definition, step: Step, line: Line, deadline: Deadline) -> bool:
    names = [*step.starts, *(name for one in step.targets for name in one.starts)]
    return any(belongs(definition, step.line, name) == (line.kind, deadline.name) for name in names)


def _last(definition: Definition, line: Line, first: Step, minding: set[str]) -> Step | None:
    """Return a step that leads into an end of the track on a way from *first* without any of *minding*."""
    ways = [edge for edge in edges(definition, line) if edge.step is not None and edge.step.name not in minding]
    after = {edge.target for edge in ways if edge.step is not None and edge.step.name == first.name}
    waiting = sorted(entrances(line) if first is line.begins else after)
    seen = set(waiting)
    while waiting:
        stage = waiting.pop(0)
        for edge in ways:
            if edge.source == stage and edge.target not in seen and edge.step is not None:
                if line.stages[edge.target].final:
                    return edge.step
                seen.add(edge.target)
                waiting.append(edge.target)
    return None
