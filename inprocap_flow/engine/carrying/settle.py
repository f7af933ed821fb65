"""What follows by itself: expiries as time passes, automatic steps, and watches (language, 6.1 and 6.5)."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.engine.carrying.closing import end_idle_approvals, left_open
from inprocap_flow.engine.carrying.judge import judge
from inprocap_flow.engine.carrying.plan import Inputs
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, DeadlineState, LineState, Request, When, unstamp
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import Deadline, Watch
from inprocap_flow.records import changed

MOST_EXPIRIES = 1000


def pass_time(
    binding: Binding, case: Case, request: Request, now: datetime, until: datetime, *, most: int = MOST_EXPIRIES
) -> list[Work]:
    """Return the small decisions that stand because deadlines end at or before *until*, in their lawful order.

    Each is one expiry with what it fires. At most *most* are returned; then `next_expiry` still has one.
    """
    done: list[Work] = []
    while len(done) < most and (due := next_expiry(case, until)) is not None:
        work = expire(binding, case, request, now, due)
        case = work.case
        done.append(work)
    return done


def next_expiry(case: Case, until: datetime) -> DeadlineState | None:
    """Return the running deadline that ends first, at or before *until*; ties by line (main first), opening, name."""
    first: DeadlineState | None = None
    order: tuple[datetime, int, str] | None = None
    for state in case.deadlines.values():
        if state.status != "running" or state.end is None:
            continue
        place = (unstamp(state.end), case.lines[state.line].opened, state.name)
        if place[0] <= until and (order is None or place < order):
            first, order = state, place
    return first


def expire(binding: Binding, case: Case, request: Request, now: datetime, due: DeadlineState) -> Work:
    """Return the decision that *due* is over: met, missed or over, and the step that it fires."""
    declared = binding.definition.line(case.lines[due.line].kind).deadlines[due.name]
    work = Work(
        binding,
        case,
        changed(request, actor="system", account=None, reason=None),
        now,
        When.exactly(_moment(due)),
        outcome=case.version + 1,
        decision=case.next_decision,
        described={"kind": "expiry", "line": due.line, "name": due.name},
    )
    _end(work, due, declared)
    if declared.when_over:
        _fire_or_note(work, due.line, declared.when_over)
    else:
        settle(work)
    return work


def _moment(due: DeadlineState) -> datetime:
    """Return when *due* ended. One set to an end that had passed already ends when it was set, not before."""
    moments = [unstamp(due.end or "")]
    moments += [When.from_plain(entry["at"]).first for entry in due.history[-1:]]
    return max(moments)


def _end(work: Work, due: DeadlineState, declared: Deadline) -> None:
    if declared.kind != "due":
        work.emit("deadline_over", due.line, {"deadline": due.name})
        return
    facts = work.facts(due.line)
    met = declared.met_when is not None and evaluate(declared.met_when, facts).value is True
    data = {"deadline": due.name, "used": facts.journal.to_plain()}
    work.emit("deadline_met" if met else "deadline_missed", due.line, {k: v for k, v in data.items() if v})


def _fire_or_note(work: Work, line_id: str, step: str) -> None:
    """Fire what a deadline fires, with all that follows; a refusal is recorded, the owner told, the expiry stands.

    What follows by itself is tried again without it, for the expiry may have made something else possible.
    """
    from inprocap_flow.engine.carrying.carry import fire_by_system

    saved = work.save()
    try:
        fire_by_system(work, line_id, step)
        settle(work)
        blockers = left_open(work)
    except Refused as refused:
        blockers = refused.blockers
    if not blockers:
        return
    work.restore(saved)
    _note_refusal(work, line_id, step, blockers)
    settle(work)


def _note_refusal(work: Work, line_id: str, step: str, blockers: list[Blocker]) -> None:
    codes = [f"{blocker.code}: {blocker.reason}" for blocker in blockers]
    work.emit("expiry_refused", line_id, {"step": step, "because": codes})
    line = work.case.lines[line_id]
    owner = work.binding.definition.line(line.kind).stages[line.state].owner
    if owner:
        work.tell("told", line_id, (f"role:{owner}",), "expiry_refused", (step,))


def settle(work: Work) -> None:
    """Carry out automatic steps until none is possible, then look at the watches and at what was asked in vain."""
    _settle_steps(work)
    _look_at_watches(work)
    end_idle_approvals(work)


def _settle_steps(work: Work) -> None:
    while any(_fires(work, line, name) for line, name in _automatic(work)):
        pass


def _automatic(work: Work) -> list[tuple[LineState, str]]:
    """Return the automatic steps where the lines stand: of tracks in order of opening, then of the main line."""
    main, *tracks = work.case.in_order
    machine = work.binding.machine
    return [(line, name) for line in (*tracks, main) for name in machine.automatic(line.kind, line.state)]


def _fires(work: Work, line: LineState, name: str) -> bool:
    step = work.binding.machine.step(line.kind, name)
    if step is None or step.as_soon_as is None or evaluate(step.as_soon_as, work.facts(line.id)).value is not True:
        return False
    from inprocap_flow.engine.carrying.carry import carry_out  # asking what is next seldom carries anything out

    saved = work.save()
    with work.by_system():
        try:
            plan = judge(work, line.id, step, Inputs())
            if plan.blockers:
                return False
            work.count_automatic(f"{name} on {line.id}")
            carry_out(work, plan)
        except Refused:
            work.restore(saved)
            return False
        _no_way_back(work, line.id)
        if line.id == MAIN and not _ends_cleanly(work):
            work.restore(saved)
            return False
    return True


def _ends_cleanly(work: Work) -> bool:
    """Return whether an automatic step of the main line leaves nothing open, if it led to the end of the case.

    One that would is not possible yet; otherwise no request at all could be decided until everything is closed.
    """
    if not left_open(work):
        return True
    _settle_steps(work)  # tracks may end by themselves because the case does
    return not left_open(work)


def _no_way_back(work: Work, line_id: str) -> None:
    """Raise DefinitionDefect if *line_id* entered by itself a stage that it left in this decision."""
    moves = [e for e in work.events if e.kind == "moved" and e.line == line_id and e.data["from"] != e.data["to"]]
    if moves and moves[-1].data["to"] in {event.data["from"] for event in moves}:
        raise DefinitionDefect(
            f"{line_id} came back to {moves[-1].data['to']} by itself, in the decision in which it had left it",
            mend="give the automatic step a condition that its own move makes false",
        )


def _look_at_watches(work: Work) -> None:
    for watch in work.binding.definition.watches.values():
        _look_at(work, watch)


def _look_at(work: Work, watch: Watch) -> None:
    facts = work.facts()
    if (watch.since and not facts.reached(watch.since)) or (watch.until and facts.reached(watch.until)):
        return
    value = evaluate(watch.when, facts).value
    state = work.case.watches.get(watch.name)
    was = bool(state and state.true)
    if value is True and not was:
        _trip(work, watch, facts.journal.to_plain())
    elif value is not UNKNOWN and value is not True and was:
        work.emit("watch_fell_back", MAIN, {"watch": watch.name})


def _trip(work: Work, watch: Watch, used: dict[str, object]) -> None:
    data: dict[str, object] = {"watch": watch.name}
    work.emit("watch_tripped", MAIN, data | {"used": used} if used else data)
    work.emit("approval_voided", MAIN, {"approval": watch.needs_approval, "because": [watch.name]})
    work.emit("approval_asked", MAIN, {"approval": watch.needs_approval, "watch": watch.name})
    work.tell("asked", MAIN, tuple(f"role:{role}" for role in watch.tells), watch.name, (watch.needs_approval,))
