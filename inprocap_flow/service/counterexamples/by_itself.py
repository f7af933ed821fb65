"""What should come by itself, and does not: what a deadline fires, an automatic step, a step that others take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Refusal, Request, When, unstamp
from inprocap_flow.engine.turn import TIME
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.model import Step
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.service.counterexamples.along import let_come
from inprocap_flow.service.counterexamples.gaps import NOT_REFUSED, REFUSED_OTHERWISE, Gap
from inprocap_flow.service.counterexamples.mending import get_done
from inprocap_flow.service.counterexamples.refusing import (
    because,
    codes_of,
    explain_the_clocks,
    note_refusal,
    standing,
)
from inprocap_flow.service.counterexamples.stage import HERE, Stage

LEFT_OPEN = "left-open"


def nothing_follows_the_end(stage: Stage, last: Happened, names: str = "") -> str:
    """Let the deadline end, and note that the step which it fires does not come; *names* is what it leaves open."""
    clock = stage.definition.line(last.kind).deadlines[last.name]
    return not_fired(stage, last, clock.when_over or "", names)


def not_fired(stage: Stage, last: Happened, step: str, names: str = "") -> str:
    """Let the deadline of *last* end, and return how *step*, which it fires, is refused. Raises Gap if it is not."""
    name = last.name
    before = len(stage.rehearsal.events)
    line = stage.wait_for(last.kind, name, last)
    since = stage.rehearsal.events[before:]
    said = [one for one in since if one.kind == "expiry_refused" and one.line == line and one.data["step"] == step]
    if not said:
        raise Gap(NOT_REFUSED, f"{step} is carried out when {name} ends")
    if names and LEFT_OPEN in last.refused and not _left_open(said[-1].data["because"], names):
        explain_the_clocks(stage, last._replace(refused=LEFT_OPEN), names)
        raise Gap(REFUSED_OTHERWISE, f"{step} is refused when {name} ends, but {names} would not be left open")
    status = next(one.status for one in stage.case.deadlines.values() if one.name == name and one.line == line)
    stage.look(replace(standing(stage, line), deadline={name: status} if line == MAIN else {}))
    because = " ".join(dict.fromkeys(one.partition(": ")[2] for one in said[-1].data["because"]))
    return f"when {name} ends, {step} should follow and is refused: {because}"


def _left_open(because: Iterable[str], names: str) -> bool:
    """Return whether a recorded refusal (``code: sentence: a, b.``) says that *names* would be left open."""
    said = [one.rpartition(": ")[2].rstrip(".").split(", ") for one in because if one.startswith(LEFT_OPEN)]
    return any(names == word.partition("/")[0] for words in said for word in words)


def does_not_come(stage: Stage, step: Step, last: Happened, names: str = "") -> str:
    """Note that a step which comes by itself, or which the system takes, does not come. Raises Gap if it does."""
    clock = ending_first(stage, step, last)
    if clock is not None:
        return not_fired(stage, last._replace(verb="expire", name=clock), step.name, names)
    line = stage.line_of(last)
    said = _moved_by_another(stage, step, line)
    if said:
        return said
    if step.is_automatic:
        let_come(stage, step)
    if _has_come(stage, step, line, 0):
        raise Gap(NOT_REFUSED, f"{step.name} comes")
    state = stage.case.lines[line].state
    if state not in step.sources:
        raise Gap(NOT_REFUSED, f"{_called(line)} left {', '.join(step.sources)} before {step.name} was waited for")
    if names and step.is_automatic and LEFT_OPEN in last.refused:
        _is_due(stage, step, line, last, names)
    stage.look(standing(stage, line))
    waits = _what_it_waits_for(last, names) if step.is_automatic else "nothing that is possible here takes it"
    return f"{_called(line)} stands in {state}, and {step.name} does not come: {waits}"


def _is_due(stage: Stage, step: Step, line: str, last: Happened, names: str) -> None:
    """Raise Gap unless an automatic step is due, and *names* is open: then only that keeps it from coming."""
    clocks = [one.name for one in stage.case.deadlines.values() if one.is_open]
    if names not in (*clocks, *(one.kind for one in stage.case.in_order if one.id != MAIN and not one.ended)):
        explain_the_clocks(stage, last._replace(refused=LEFT_OPEN), names)
        raise Gap(REFUSED_OTHERWISE, f"{step.name} does not come, but {names} would not be left open")
    work = begin_work(
        stage.rehearsal.binding, stage.case, Request(TIME, SYSTEM_ACTOR), stage.now, When.exactly(stage.now)
    )
    assert step.as_soon_as is not None
    with work.by_system():
        due = evaluate(step.as_soon_as, work.facts(line)).value is True
        if not due or judge(work, line, step, Inputs()).blockers:
            raise Gap(REFUSED_OTHERWISE, f"{step.name} does not come: what it waits for is not so")


def _what_it_waits_for(last: Happened, names: str) -> str:
    return f"it would leave {names} open" if names and LEFT_OPEN in last.refused else "what it waits for is not so"


def _called(line: str) -> str:
    return "the case" if line == MAIN else line


def ending_first(stage: Stage, step: Step, last: Happened) -> str | None:
    """Return the deadline that fires *step*, of those that run where the path says the one that ends first."""
    clocks = [
        clock
        for deadline in stage.definition.line(step.line).deadlines.values()
        if deadline.when_over == step.name
        for clock in stage.running(step.line, deadline.name, last)[:1]
    ]
    return min(clocks, key=lambda clock: unstamp(clock.end or "")).name if clocks else None


def _has_come(stage: Stage, step: Step, line: str, since: int) -> bool:
    events = stage.rehearsal.events[since:]
    return any(one.kind == "moved" and one.line == line and one.data["step"] == step.name for one in events)


def _moved_by_another(stage: Stage, step: Step, line: str) -> str:
    """Take the steps that move others by *step*, and return what that shows; "" if none of them is offered here."""
    for mover in _movers(stage, step):
        where = [one.id for one in stage.case.in_order if one.kind == mover.line and one.state in mover.sources]
        if mover.is_automatic or mover.is_system or not where:
            continue
        deed = stage.deed("do", mover.name, mover.by, where[0])
        deed = deed if where[0] == MAIN else replace(deed, on=where[0])
        before = len(stage.rehearsal.events)
        refused = get_done(stage, deed, Happened("do", mover.line, mover.name))
        if refused is not None:
            note_refusal(stage, deed, refused)
            return f"{mover.name}, which would take {line} along by {step.name}, is refused: {because(refused)}"
        if _has_come(stage, step, line, before):
            raise Gap(NOT_REFUSED, f"{step.name} is taken by {mover.name}")
        return _left_otherwise(stage, step, mover, line)
    return ""


def moved_along(stage: Stage, step: Step) -> bool:
    """Carry out a step that moves tracks by *step*; return whether one of them was moved."""
    before = len(stage.rehearsal.events)
    for mover in _movers(stage, step):
        where = [one.id for one in stage.case.in_order if one.kind == mover.line and one.state in mover.sources]
        if mover.is_automatic or mover.is_system or not where:
            continue
        deed = stage.deed("do", mover.name, mover.by, where[0])
        deed = deed if where[0] == MAIN else replace(deed, on=where[0])
        if get_done(stage, deed, Happened("do", mover.line, mover.name)) is None:
            events = stage.rehearsal.events[before:]
            if any(one.kind == "moved" and one.data["step"] == step.name for one in events):
                return True
    return False


def _movers(stage: Stage, step: Step) -> list[Step]:
    lines = stage.definition.lines
    steps = [one for line in lines for one in line.steps.values()]
    return [one for one in steps if any(move.track == step.line and move.step == step.name for move in one.moves)]


def _left_otherwise(stage: Stage, step: Step, mover: Step, line: str) -> str:
    """Note where the line stands after *mover*, and by which step it left, if it did."""
    state = stage.case.lines[line].state
    stage.deeds[-1] = replace(stage.deeds[-1], then=standing(stage, line))
    if state in step.sources:
        return f"{mover.name} is carried out, and {line} still stands in {state}: {step.name} does not come"
    who = stage.guess.somebody(mover.by, stage.case, MAIN)
    asked = Deed("do", step.name, HERE, at=stage.clock(), by=who, on=line)
    outcome = stage.try_out(asked)
    left = next((one.data["step"] for one in reversed(stage.rehearsal.events)
                 if one.kind == "moved" and one.line == line), "")  # fmt: skip
    if isinstance(outcome, Refusal):
        told = Expected(refused=codes_of(outcome), left_by=left if _tells(outcome, left) else None)
        stage.deeds.append(replace(asked, then=told))
    return f"{mover.name} is carried out, and {line} came to {state} by {left}, before {step.name} could be taken"


def _tells(refused: Refusal, left: str) -> bool:
    return any(blocker.detail == left for blocker in refused.blockers)
