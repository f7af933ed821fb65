"""What follows by itself: expiries as time passes, automatic steps, watches, and the check at the end (language, 6.1, 6.5, 6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.carry import Refused, carry_out, fire_by_system
from inprocap_flow.engine.judge import Inputs, judge
from inprocap_flow.engine.records import MAIN, Blocker, Case, DeadlineState, LineState, Request, When, unstamp
from inprocap_flow.engine.work import Work
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import CASE, Deadline

MOST_EXPIRIES = 1000


def pass_time(binding: Binding, case: Case, request: Request, now: datetime, until: datetime) -> list[Work]:
    """Return the small decisions that stand because deadlines end at or before *until*, in their lawful order.

    Each is one expiry with what it fires. Raises DefinitionDefect when more than 1000 would be needed.
    """
    done: list[Work] = []
    while (due := next_expiry(case, until)) is not None:
        if len(done) >= MOST_EXPIRIES:
            raise DefinitionDefect(f"more than {MOST_EXPIRIES} deadlines would end in one request")
        work = expire(binding, case, request, now, due)
        case = work.case
        done.append(work)
    return done


def next_expiry(case: Case, until: datetime) -> DeadlineState | None:
    """Return the running deadline that ends first, at or before *until*; ties by line (main first), opening, name."""
    due = [
        state
        for state in case.deadlines.values()
        if state.status == "running" and state.end and unstamp(state.end) <= until
    ]
    return min(due, key=lambda state: _order(case, state), default=None)


def _order(case: Case, state: DeadlineState) -> tuple[str, int, str]:
    return (state.end or "", case.lines[state.line].opened, state.name)


def expire(binding: Binding, case: Case, request: Request, now: datetime, due: DeadlineState) -> Work:
    """Return the decision that *due* is over: met, missed or over, and the step that it fires."""
    declared = binding.definition.line(case.lines[due.line].kind).deadlines[due.name]
    # A clock may be started with an end that has passed already; nothing happens before it was started.
    moment = max(unstamp(due.end or ""), When.from_plain(due.started).first)
    work = Work(
        binding,
        case,
        replace(request, actor="system", account=None),
        now,
        When.exactly(moment),
        outcome=case.version + 1,
        decision=case.next_decision,
        described={"kind": "expiry", "line": due.line, "name": due.name},
    )
    kind = _how_it_ended(work, due, declared)
    work.emit(kind, due.line, {"deadline": due.name})
    if declared.when_over:
        _fire_or_note(work, due.line, declared.when_over)
    settle(work)
    return work


def _how_it_ended(work: Work, due: DeadlineState, declared: Deadline) -> str:
    if declared.kind != "due":
        return "deadline_over"
    if declared.met_when is None:
        return "deadline_missed"
    return "deadline_met" if evaluate(declared.met_when, work.facts(due.line)).value is True else "deadline_missed"


def _fire_or_note(work: Work, line_id: str, step: str) -> None:
    """Fire what a deadline fires; a refusal is recorded and told to the owner, the expiry stands."""
    kept = _save(work)
    try:
        fire_by_system(work, line_id, step)
    except Refused as refused:
        _restore(work, kept)
        codes = [f"{blocker.code}: {blocker.reason}" for blocker in refused.blockers]
        work.emit("expiry_refused", line_id, {"step": step, "because": codes})
        line = work.case.lines[line_id]
        owner = work.binding.definition.line(line.kind).stages[line.state].owner
        if owner:
            work.tell("told", line_id, (f"role:{owner}",), "expiry_refused", (step,))


def _save(work: Work) -> tuple[Any, ...]:
    return (work.case, len(work.events), len(work.messages), len(work.warnings), dict(work.sealed), work.described)


def _restore(work: Work, kept: tuple[Any, ...]) -> None:
    work.case, events, messages, warnings, work.sealed, work.described = kept
    del work.events[events:], work.messages[messages:], work.warnings[warnings:]


def settle(work: Work) -> None:
    """Carry out automatic steps until none is possible, then look at the watches."""
    while _one_automatic_step(work):
        pass
    _look_at_watches(work)


def _one_automatic_step(work: Work) -> bool:
    for line in _in_order(work.case):
        for name in work.binding.machine.automatic(line.kind, line.state):
            if _fires(work, line, name):
                return True
    return False


def _in_order(case: Case) -> Iterator[LineState]:
    """Yield tracks in order of opening, then the main line."""
    yield from sorted((line for line in case.lines.values() if line.id != MAIN), key=lambda line: line.opened)
    yield case.main


def _fires(work: Work, line: LineState, name: str) -> bool:
    step = work.binding.machine.step(line.kind, name)
    assert step is not None and step.as_soon_as is not None
    if evaluate(step.as_soon_as, work.facts(line.id)).value is not True:
        return False
    actor, role, behalf = work.actor, work.role, work.on_behalf_of
    work.actor, work.role, work.on_behalf_of = "system", None, None
    kept = _save(work)
    try:
        plan = judge(work, line.id, step, Inputs())
        if plan.blockers:
            return False
        work.count_automatic(f"{name} on {line.id}")
        carry_out(work, plan)
    except Refused:
        _restore(work, kept)
        return False
    finally:
        work.actor, work.role, work.on_behalf_of = actor, role, behalf
    _no_way_back(work, line.id)
    return True


def _no_way_back(work: Work, line_id: str) -> None:
    """Raise DefinitionDefect if *line_id* entered by itself a stage that it left in this decision."""
    moves = [e for e in work.events if e.kind == "moved" and e.line == line_id and e.data["from"] != e.data["to"]]
    left = {event.data["from"] for event in moves}
    if moves and moves[-1].data["to"] in left:
        raise DefinitionDefect(
            f"{line_id} came back to {moves[-1].data['to']} by itself, in the decision in which it had left it",
            mend="give the automatic step a condition that its own move makes false",
        )


def _look_at_watches(work: Work) -> None:
    for watch in work.binding.definition.watches.values():
        facts = work.facts()
        if (watch.since and not facts.reached(watch.since)) or (watch.until and facts.reached(watch.until)):
            continue
        value = evaluate(watch.when, facts).value
        state = work.case.watches.get(watch.name)
        was = bool(state and state.true)
        if value is True and not was:
            work.emit("watch_tripped", MAIN, {"watch": watch.name})
            work.emit("approval_voided", MAIN, {"approval": watch.needs_approval, "because": [watch.name]})
            work.emit("approval_asked", MAIN, {"approval": watch.needs_approval, "watch": watch.name})
            work.tell("asked", MAIN, tuple(f"role:{role}" for role in watch.tells), watch.name, (watch.needs_approval,))
        elif value is not UNKNOWN and value is not True and was:
            work.emit("watch_fell_back", MAIN, {"watch": watch.name})


def left_open(work: Work) -> list[Blocker]:
    """Return what would be left open if the case ended now; nothing while it goes on (language, 6.6)."""
    case, definition = work.case, work.binding.definition
    if definition.line(CASE).stages[case.main.state].final is None:
        return []
    tracks = [line.id for line in case.lines.values() if line.id != MAIN and not line.ended]
    clocks = [d.name for d in case.deadlines.values() if d.status == "running" and not d.outlives_case]
    approvals = [a.name for a in case.approvals.values() if a.open]
    return [
        Blocker(
            "left-open",
            f"The case would end with {what} open: {', '.join(names)}.",
            about=names[0],
            mend=f"end {what} first",
        )
        for what, names in (("tracks", tracks), ("deadlines", clocks), ("approvals", approvals))
        if names
    ]
