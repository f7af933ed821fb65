"""A step that starts a deadline which may run already."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asking, question
from inprocap_flow.language.checks.deadlines import belongs
from inprocap_flow.language.checks.finding import ADVICE, Finding, of_step
from inprocap_flow.language.explore.asking import Answer, Question
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.scope import Part
from inprocap_flow.language.explore.search import Fault
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import OPEN, Deed
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import CASE, Branch, Definition, Step
from inprocap_flow.records import changed

CODE = "started-while-running"
SEVERITY = ADVICE  # it mends itself when the deadline is over
NEVER = "a step is refused because a deadline that it starts runs already"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield for each step and deadline that it starts whether that may run by then."""
    for line in definition.lines:
        for step in line.steps.values():
            for name in dict.fromkeys((*step.starts, *(one for branch in step.targets for one in branch.starts))):
                if name in step.restarts:
                    continue
                home, bare = belongs(definition, line.kind, name)
                alone = home in (CASE, line.kind)  # the clock of another track is not that of the one that is followed
                parts: set[Part] = {("deadline", home, bare)} | (
                    {("track", line.kind, "")} if line.kind != CASE else set()
                )
                look = Question(definition, parts, _runs(step, name), alone=alone).answered
                yield question(f"{step.name} {name}", look, partial(_finding, step, name))


def _runs(step: Step, name: str) -> Fault:
    """Return whether *step* could be taken, were it not for the deadline that runs already."""
    plain = changed(step, starts=(), targets=tuple(_plain(branch) for branch in step.targets))

    def fault(world: World, happened: Happening) -> Deed | None:
        fine = world.fine.setdefault((CODE, step.line, step.name, name), set())
        if happened.state is None or happened.state in fine:
            return None
        for seat in standing_in(world, happened.state, step):
            found = world.statuses(happened.state, step.line, seat, name)
            if found <= set(OPEN) and not judge(world, happened.state, step.line, seat, plain).refused:
                return Deed("do", step.line, step.name, seat, None, refused="already-running")
        fine.add(happened.state)
        return None

    return fault


def _plain(branch: Branch) -> Branch:
    return changed(branch, starts=())


def _finding(step: Step, name: str, _answer: Answer) -> Finding:
    return Finding(
        of_step(step),
        f"`{step.name}` starts `{name}`, which may run already: then the step is refused.",
        "Stop or meet the deadline before, or write `restarts:` with a reason.",
    )
