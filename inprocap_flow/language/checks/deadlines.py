"""What several checks ask about deadlines."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import of_line
from inprocap_flow.language.model import CASE, Branch, ClockAct, Deadline, Definition, Derogation, Step, step_of


def belongs(definition: Definition, line: str, name: str) -> tuple[str, str]:
    """Return line and bare name of the deadline that *line* calls *name*."""
    if "." in name:
        owner, _, bare = name.partition(".")
        return owner, bare
    return (line if name in definition.line(line).deadlines else CASE), name


def all_steps(definition: Definition) -> Iterator[Step]:
    """Yield every step of every line, beginnings first."""
    for line in definition.lines:
        yield line.begins
        yield from line.steps.values()


def steps_and_branches(definition: Definition) -> Iterator[tuple[Step, Step | Branch]]:
    """Yield every step with itself and with each of its branches: both may start, meet and stop deadlines."""
    for step in all_steps(definition):
        yield step, step
        for branch in step.targets:
            yield step, branch


def acts(definition: Definition) -> Iterator[tuple[Deadline, ClockAct]]:
    """Yield everything that somebody may do to a deadline, with the deadline."""
    for line in definition.lines:
        for deadline in line.deadlines.values():
            for act in deadline.acts.values():
                yield deadline, act


def act_steps(definition: Definition) -> Iterator[Step]:
    """Yield every act on a deadline, and every derogation, as the step that it is like."""
    for deadline, act in acts(definition):
        yield step_of(deadline, act)
    for derogation in definition.derogations.values():
        yield _as_step(derogation)


def _as_step(derogation: Derogation) -> Step:
    return Step(
        derogation.name,
        CASE,
        sources=(),
        targets=(Branch("same"),),
        by=derogation.by,
        handed_in=derogation.handed_in,
        already_there=derogation.already_there,
        tells=derogation.tells,
    )


def of_act(deadline: Deadline, act: ClockAct) -> str:
    """Return the origin of an act on a deadline."""
    return f"{of_line(deadline.line, 'deadlines', deadline.name)}.acts.{act.kind}"
