"""One request in its turn: time passes, then it is judged and carried out, and what follows settles (language, 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from inprocap_flow.engine.acts import acting as acts
from inprocap_flow.engine.acts import asking, clock_acts, destroying, links, recount, signing, steps
from inprocap_flow.engine.acts.derogating import derogate
from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.closing import left_open
from inprocap_flow.engine.carrying.settle import MOST_EXPIRIES, next_expiry, pass_time, settle
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.people import is_known, nobody
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Blocker, Case, Decision, Refusal, Request, When
from inprocap_flow.records import changed

TIME = "time"  # the request of the system that records the expiries that are due, and nothing else
Act = Callable[[Work, Request], list[Blocker]]


def decide_in_turn(binding: Binding, case: Case, request: Request, now: datetime, when: When) -> Decision | Refusal:
    """Decide a request that comes after everything recorded."""
    expiries = pass_time(binding, case, request, now, when.first)
    standing = expiries[-1].case if expiries else case
    if request.kind == TIME and request.actor == SYSTEM_ACTOR:
        return decided(request, expiries) if expiries else Decision(request, (), case)
    if next_expiry(standing, when.first) is not None:
        reason = f"More than {MOST_EXPIRIES} deadlines have ended since; these are recorded now."
        waiting = Blocker("time-passing", reason, about="at", mend="ask again")
        return refused(request, [waiting], expiries, standing)
    assumed = False
    if not when.is_exact:
        further = _assumed_expiries(binding, standing, request, now, when)
        assumed = bool(further)
        expiries += further
        standing = expiries[-1].case if expiries else case
    work = begin_work(binding, standing, request, now, when)
    work.assumed = assumed
    blockers = attempt(work, request)
    return refused(request, blockers, expiries, standing) if blockers else decided(request, [*expiries, work])


def attempt(work: Work, request: Request) -> list[Blocker]:
    """Carry out *request* and all that follows; return why not, if not. Then nothing of *work* may be used."""
    before = work.case
    try:
        blockers = carry_act(work, request)
        if not blockers:
            settle(work)
            blockers = left_open(work)
    except Refused as refusal:
        blockers = refusal.blockers
    return [*_stranger(work.binding, before, request, blockers), *blockers] if blockers else blockers


def _stranger(binding: Binding, case: Case, request: Request, blockers: list[Blocker]) -> list[Blocker]:
    """Return that nobody knows who asks, unless *blockers* say so: whoever mends the rest would be refused again."""
    told = any(blocker.code == "not-entitled" and blocker.about == request.actor for blocker in blockers)
    return [] if told or is_known(binding, case, request.actor) else [nobody(binding, request.actor)]


def _assumed_expiries(binding: Binding, start: Case, request: Request, now: datetime, when: When) -> list[Work]:
    """Let time pass further within an imprecise moment, if only that makes the request possible (language, 6.6)."""
    if not _blocked(binding, start, request, now, when):
        return []
    further = pass_time(binding, start, request, now, when.last)
    for count in range(1, len(further) + 1):
        if not _blocked(binding, further[count - 1].case, request, now, when):
            return further[:count]
    return []


def _blocked(binding: Binding, case: Case, request: Request, now: datetime, when: When) -> bool:
    return bool(attempt(begin_work(binding, case, request, now, when), request))


def decided(request: Request, works: list[Work]) -> Decision:
    """Return the decision that *works* make up: the expiries that stand and the act share one outcome, one commit."""
    outcome = works[0].outcome
    if len(works) == 1:  # as nearly always
        (work,) = works
        made = (tuple(work.messages), tuple(work.warnings), dict(work.sealed))
        return Decision(request, tuple(work.events), changed(work.case, version=outcome), *made)
    return Decision(
        request,
        tuple(changed(event, outcome=outcome) for work in works for event in work.events),
        changed(works[-1].case, version=outcome),
        tuple(message for work in works for message in work.messages),
        tuple(warning for work in works for warning in work.warnings),
        {name: value for work in works for name, value in work.sealed.items()},
    )


def refused(request: Request, blockers: list[Blocker], expiries: list[Work], case: Case) -> Refusal:
    """Return the refusal, with the expiries that stand in spite of it."""
    if not expiries:
        return Refusal(request, tuple(blockers), case=case)
    stands = decided(request, expiries)
    return Refusal(request, tuple(blockers), stands.events, stands.case, stands.messages)


def carry_act(work: Work, request: Request) -> list[Blocker]:
    """Judge and carry out the act of *request*; return what refuses it. Raises `Refused` from lines that it moves."""
    act = ACTS.get(request.kind)
    if act is None:
        mend = f"choose of: {', '.join(ACTS)}"
        return [Blocker("unknown-act", f"{request.kind} is nothing that can be done.", about=request.kind, mend=mend)]
    return act(work, request)


def _on_a_line(act: Act, *, open_case: bool = True) -> Act:
    """Return *act* for lines that exist and, unless it may come afterwards too, for a case that has not ended."""

    def checked(work: Work, request: Request) -> list[Blocker]:
        if request.line not in work.case.lines:
            return [Blocker("no-such-track", f"There is no {request.line} in this case.", about=request.line)]
        if open_case and work.case.main.ended:
            return [case_ended(work.case)]
        return act(work, request)

    return checked


def case_ended(case: Case) -> Blocker:
    """Return that an ended case takes nothing more."""
    mend = "annul the step that ended it, if that was wrong"
    return Blocker("case-ended", f"The case has ended ({case.main.state}).", about="case", mend=mend)


def _pass_time(work: Work, request: Request) -> list[Blocker]:  # noqa: ARG001  # an act like the others
    """Refuse to let time pass for somebody: what has ended is recorded before any request, and by the system alone."""
    reason = "Time passes by itself; nobody can ask for it."
    return [Blocker("not-entitled", reason, about=request.kind, mend="wait for it")]


def _migrate(work: Work, request: Request) -> list[Blocker]:
    from inprocap_flow.engine.acts.migrating import migrate  # a few times in the life of a case

    return migrate(work, request)


def _mark(work: Work, request: Request) -> list[Blocker]:
    """Record what a historic source does not answer (ruling 4); only an import asks for this."""
    if not (work.case.historic and request.historic):
        return [Blocker("not-historic", "Only a historic import marks what is not evidenced.", about="mark")]
    work.emit("marked", request.line, {"not_evidenced": list(request.extra.get("not_evidenced", ()))})
    return []


ACTS: Mapping[str, Act] = {
    "do": steps.do,
    "fill": _on_a_line(acts.fill),
    "bring": _on_a_line(acts.bring),
    "ask": _on_a_line(asking.ask),
    "sign": _on_a_line(signing.sign),
    "decline": _on_a_line(signing.decline),
    "withdraw": _on_a_line(signing.withdraw),
    "derogate": _on_a_line(derogate),
    "interest": _on_a_line(acts.declare_interest, open_case=False),
    TIME: _pass_time,
    links.REPORT: _on_a_line(links.receive),
    "mark": _on_a_line(_mark, open_case=False),
    "recount": _on_a_line(recount.recount, open_case=False),
    "migrate": _on_a_line(_migrate),
    **{kind: _on_a_line(act, open_case=False) for kind, act in clock_acts.ACTS.items()},
    "destroy": _on_a_line(destroying.destroy, open_case=False),
}
