"""A step that waits for a deadline which, where the case stands, nothing has started and nothing can start any more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asking, question
from inprocap_flow.language.checks.deadlines import belongs
from inprocap_flow.language.checks.finding import ERROR, Finding, of_step
from inprocap_flow.language.explore.asking import Answer, Question
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.search import Fault
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import NOT_STARTED, Deed, Seat, State
from inprocap_flow.language.explore.waiting import can_come
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import Definition, Step
from inprocap_flow.records import changed

CODE = "after-never-starts"
SEVERITY = ERROR
NEVER = "a step waits for a deadline that nothing can start while it waits"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield for each step `after` a deadline whether it may stand where that neither was nor can be started."""
    for line in definition.lines:
        for step in line.steps.values():
            for name in step.already_there.after:
                if definition.find_deadline(line.kind, name) is None:
                    continue
                parts = [("deadline", *belongs(definition, line.kind, name))]
                look = Question(definition, parts, _never_started(step, name)).answered
                yield question(f"{step.name} {name}", look, partial(_finding, step, name))


def _never_started(step: Step, name: str) -> Fault:
    plain = changed(step, already_there=changed(step.already_there, after=()))

    def fault(world: World, happened: Happening) -> Deed | None:
        state = happened.state
        if state is None:
            return None

        def started(then: State, there: Seat) -> bool:
            return world.statuses(then, step.line, there, name) != {NOT_STARTED}

        for seat in standing_in(world, state, step):
            if world.statuses(state, step.line, seat, name) != {NOT_STARTED}:
                continue
            if judge(world, state, step.line, seat, plain).refused:
                continue
            if can_come(world, state, step.line, seat, started, (CODE, step.name, name)):
                continue
            return Deed("do", step.line, step.name, seat, None, refused="deadline-not-started")
        return None

    return fault


def _finding(step: Step, name: str, _answer: Answer) -> Finding:
    return Finding(
        of_step(step),
        f"`{step.name}` waits for `{name}`; on some way there nothing has started that, and nothing can any more.",
        "Start it on every way there, or stop it (`stops:`) where it is not owed.",
    )
