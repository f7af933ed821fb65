"""Late entries: inserted at their true moment if everything recorded later still comes out the same (language, 6.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import EMPTY, fold
from inprocap_flow.engine.case.records import (
    MAIN,
    Blocker,
    Case,
    Decision,
    Event,
    Refusal,
    Request,
    When,
    first_of,
    key,
    unstamp,
)
from inprocap_flow.engine.replaying import Recorded, decisions, differing_without, put_on
from inprocap_flow.engine.turn import decide_in_turn
from inprocap_flow.records import changed as with_changes


def last_heard(case: Case) -> Iterator[datetime]:
    """Yield for every line the moment of the last thing known of it, at the earliest."""
    for line in case.lines.values():
        if line.last is not None:
            yield first_of(line.last)


def is_late(case: Case, when: When) -> bool:
    """Return whether *when* lies definitely before something that is recorded already."""
    return any(when.last < moment for moment in last_heard(case))


def enter_late(
    binding: Binding, case: Case, request: Request, now: datetime, when: When, history: Sequence[Event]
) -> Decision | Refusal:
    """Insert a decision at its true moment, if everything recorded later still comes out the same."""
    recorded = decisions(history)
    place = next((n for n, one in enumerate(recorded) if one.events[0].happened.first > when.last), len(recorded))
    earlier, later = recorded[:place], recorded[place:]
    if not earlier:
        reason = "Nothing can have happened in a case before it was opened."
        return Refusal(request, (Blocker("out-of-order", reason, about="at", mend="check the moment"),), case=case)
    before = put_on(EMPTY, (event for one in earlier for event in one.events))
    # Numbers of recording go on from the present case; what the case knows is that of the true moment.
    start = with_changes(
        before,
        next_seq=case.next_seq,
        next_decision=case.next_decision,
        version=case.version,
        decided_with=case.decided_with,
    )
    outcome = decide_in_turn(binding.of(start), start, request, now, when)  # by the version of that moment
    if isinstance(outcome, Refusal):
        return Refusal(request, outcome.blockers, case=case)
    assert outcome.case is not None
    overtaken = _overtaken(outcome.case, later)
    blockers = list(_disturbed(binding, before, outcome, later, overtaken))
    if blockers:
        return Refusal(request, tuple(blockers), case=case)
    if overtaken:
        outcome = with_changes(outcome, events=(*outcome.events, _withdrawn(outcome.events[-1], overtaken)))
    entered = tuple(with_changes(event, as_of=earlier[-1].number) for event in outcome.events)
    return with_changes(outcome, events=entered, case=fold([*history, *entered]))


def _overtaken(case: Case, later: list[Recorded]) -> frozenset[int]:
    """Return the decisions of *later* that only say that a duty was missed, which on *case* it is not.

    A miss that the clock alone recorded, and that had no consequence, is no obstacle to the proof that it was none.
    """
    found: set[int] = set()
    for one in later:
        first = one.events[0]
        if one.request.get("kind") == "expiry" and [event.kind for event in one.events] == ["deadline_missed"]:
            state = case.deadlines.get(key(first.line, str(first.data["deadline"])))
            due = state is not None and state.status == "running" and unstamp(state.end or "") <= first.happened.first
            if not due:
                found.add(one.number)
                continue
        case = put_on(case, one.events)
    return frozenset(found)


def _withdrawn(last: Event, overtaken: frozenset[int]) -> Event:
    """Return the event that takes back what was missed only as far as anybody knew."""
    data = {"decisions": sorted(overtaken), "reason": "not missed, as was entered late"}
    return with_changes(last, seq=last.seq + 1, kind="annulled", line=MAIN, data=data, request=None)


def _disturbed(
    binding: Binding, before: Case, outcome: Decision, later: list[Recorded], overtaken: frozenset[int]
) -> Iterator[Blocker]:
    """Yield why *outcome* cannot be put in before *later*, from which *overtaken* is left out."""
    if len({event.decision for event in outcome.events}) > 1:
        reason = "A deadline would have ended in between."
        yield Blocker("out-of-order", reason, about="at", mend="annul what came after")
        return
    other = next(differing_without(binding, before, outcome.case, later, overtaken), None)
    if other is not None:
        reason = f"What was recorded later would have come out otherwise: {other.title}."
        mend = "annul that first, then enter both again"
        yield Blocker("out-of-order", reason, about=str(other.number), mend=mend)
