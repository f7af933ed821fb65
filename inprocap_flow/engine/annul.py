"""Corrections by adding (ruling 7): a decision is annulled by a later one, and the state follows.

The case is refolded without the annulled decision. What was decided later must come out the same, or be annulled with
it; else the request is refused with the list of dependents. What was sent gets a correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inprocap_flow.engine.acts.acting import take_role
from inprocap_flow.engine.acts.destroying import DESTROYED
from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.settle import pass_time
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import EMPTY, fold
from inprocap_flow.engine.case.keepers import keeper, kept_by
from inprocap_flow.engine.case.people import Acting, Capacity
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, Decision, Event, Message, Refusal, Request, When
from inprocap_flow.engine.replaying import Recorded, decisions, differing_without, put_on
from inprocap_flow.engine.turn import decided, refused
from inprocap_flow.records import changed

SENT = ("told", "published", "noticed", "reported")


def annul(
    binding: Binding, case: Case, request: Request, now: datetime, history: Sequence[Event]
) -> Decision | Refusal:
    """Annul one decision by its number, with those that ``extra["with"]`` names. A preview is the same, unrecorded."""
    expiries = pass_time(binding, case, request, now, now)
    standing = expiries[-1].case if expiries else case
    all_events = [*history, *(event for work in expiries for event in work.events)]
    recorded = decisions(all_events)
    numbers = _numbers(request)
    work = begin_work(binding, standing, request, now, When.exactly(now))
    blockers = [*_may_annul(work, request, numbers), *_not_there(recorded, numbers)]
    if not blockers:
        blockers = _dependents(binding, recorded, numbers)
    if blockers:
        return refused(request, blockers, expiries, standing)
    return _annulled(work, request, all_events, expiries, numbers)


def _numbers(request: Request) -> set[int]:
    named = request.extra.get("with", ())
    texts = [request.name, *(named if isinstance(named, list | tuple) else (named,))]
    return {int(text) for text in map(str, texts) if text.isdecimal() and len(text) < 10}


def _may_annul(work: Work, request: Request, numbers: set[int]) -> list[Blocker]:
    binding = work.binding
    somebody = Acting(binding, work.case, request.actor, work.when.last, wanted=request.role)
    found = keeper(somebody)
    blockers = [] if isinstance(found, Capacity) else list(found)
    if isinstance(found, Capacity):
        take_role(work, found)
    if not (request.reason or "").strip():
        blockers.append(Blocker("reason-missing", "An annulment needs a reason.", about="reason", mend="give a reason"))
    if not numbers:
        mend = "see `history` for the numbers"
        reason = "An annulment names a decision by its number."
        blockers.append(Blocker("no-such-decision", reason, about=request.name, mend=mend))
    return blockers


def _not_there(recorded: Sequence[Recorded], numbers: set[int]) -> list[Blocker]:
    mend = "see `history` for the numbers"
    missing = sorted(numbers - {one.number for one in recorded})
    blockers = [
        Blocker("no-such-decision", f"There is no decision {number} that counts.", about=str(number), mend=mend)
        for number in missing
    ]
    if 1 in numbers:
        reason = "The opening of a case cannot be annulled."
        blockers.append(Blocker("not-annullable", reason, about="1", mend="abandon the case"))
    for one in recorded:
        if one.number in numbers and any(event.kind == DESTROYED for event in one.events):
            reason = "What was destroyed stays destroyed, whatever is annulled."
            blockers.append(Blocker("not-annullable", reason, about=str(one.number), mend="leave it"))
    return blockers


def _dependents(binding: Binding, recorded: list[Recorded], numbers: set[int]) -> list[Blocker]:
    """Return the blocker that lists the later decisions which would not come out the same; none if there is none."""
    start = next(place for place, one in enumerate(recorded) if one.number in numbers)
    was = would_be = put_on(EMPTY, (event for one in recorded[:start] for event in one.events))
    dependents = list(differing_without(binding, was, would_be, recorded[start:], numbers))
    if not dependents:
        return []
    named = ", ".join(str(one.number) for one in dependents)
    reason = f"Later decisions rest on this one: {'; '.join(one.title for one in dependents)}."
    return [Blocker("dependents", reason, about=named, mend=f"annul them with it: {named}")]


def _annulled(work: Work, request: Request, history: list[Event], expiries: list[Work], numbers: set[int]) -> Decision:
    event = work.emit(
        "annulled", MAIN, {"decisions": sorted(numbers), "reason": request.reason, **kept_by(work.binding)}
    )
    work.messages += [_correction(event, told) for told in history if told.decision in numbers and told.kind in SENT]
    decision = decided(request, [*expiries, work])
    already = history[: len(history) - sum(len(one.events) for one in expiries)]
    return changed(decision, case=fold([*already, *decision.events]))


def _correction(event: Event, told: Event) -> Message:
    if told.kind == "reported":
        to_case = (f"case:{told.data['to']}",)
        return Message(event.seq, "correction", to_case, str(told.data["as"]), (str(told.seq),), told.line)
    everybody = "publisher" if told.kind == "noticed" else "public"
    to = tuple(told.data.get("to", (everybody,)))
    return Message(event.seq, "correction", to, str(told.data.get("step", "")), (str(told.seq),), told.line)
