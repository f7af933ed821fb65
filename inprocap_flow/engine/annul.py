"""Corrections by adding: annulment (ruling 7) and late entries, both proved by deciding the later requests again.

A case is refolded without the annulled decision (or with the late one in its place). What was decided later must
come out the same, word for word, or be annulled with it; else the request is refused with the list of dependents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from inprocap_flow.engine import acts
from inprocap_flow.engine import decide as deciding
from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.carry import Refused
from inprocap_flow.engine.history import EMPTY, apply, effective, fold
from inprocap_flow.engine.people import entitled
from inprocap_flow.engine.records import (
    MAIN,
    Blocker,
    Case,
    Decision,
    Event,
    Handed,
    Message,
    Refusal,
    Request,
    When,
)
from inprocap_flow.engine.settle import expire, left_open, next_expiry, settle


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded decision: its number, what was asked, and its events."""

    number: int
    request: Mapping[str, Any]
    events: tuple[Event, ...]

    @property
    def title(self) -> str:
        """Return what it was, for a list of dependents."""
        first = self.events[0]
        what = " ".join(str(self.request.get(part, "")) for part in ("kind", "name", "new") if self.request.get(part))
        line = f" on {first.line}" if first.line != MAIN else ""
        return f"{self.number}: {what or first.kind}{line} ({first.happened.first:%Y-%m-%d})"


def decisions(events: Sequence[Event]) -> list[Recorded]:
    """Return the decisions that count, in the order in which they count."""
    found: list[Recorded] = []
    for number, group in groupby(effective(events), key=lambda event: event.decision):
        members = tuple(group)
        found.append(Recorded(number, members[0].request or {}, members))
    return found


def annul(
    binding: Binding, case: Case, request: Request, now: datetime, history: Sequence[Event]
) -> Decision | Refusal:
    """Annul one decision by its number, with those that ``extra["with"]`` names. A preview is the same, unrecorded."""
    blockers = _may_annul(binding, case, request, now)
    numbers = _numbers(request)
    recorded = decisions(history)
    known = {one.number for one in recorded}
    for number in sorted(numbers - known):
        mend = "see `history` for the numbers"
        blockers.append(
            Blocker("no-such-decision", f"There is no decision {number} that counts.", about=str(number), mend=mend)
        )
    if 1 in numbers:
        blockers.append(
            Blocker("not-annullable", "The opening of a case cannot be annulled.", about="1", mend="abandon the case")
        )
    if blockers:
        return Refusal(request, tuple(blockers), case=case)
    dependents = _dependents(binding, recorded, numbers)
    if dependents:
        listed = "; ".join(one.title for one in dependents)
        named = ", ".join(str(one.number) for one in dependents)
        reason = f"Later decisions rest on this one: {listed}."
        blocker = Blocker("dependents", reason, about=named, mend=f"annul them with it: {named}")
        return Refusal(request, (blocker,), case=case)
    return _annulled(binding, case, request, now, history, numbers)


def _numbers(request: Request) -> set[int]:
    extra = request.extra.get("with", ())
    return {int(request.name), *(int(number) for number in extra)} if request.name.isdigit() else set()


def _may_annul(binding: Binding, case: Case, request: Request, now: datetime) -> list[Blocker]:
    blockers: list[Blocker] = []
    if not (request.reason or "").strip():
        blockers.append(Blocker("reason-missing", "An annulment needs a reason.", about="reason", mend="give a reason"))
    if not request.name.isdigit():
        blockers.append(Blocker("no-such-decision", "An annulment names a decision by its number.", about=request.name))
    found = entitled(binding, case, request.actor, binding.definition.may_backdate, None, now, wanted=request.role)
    if isinstance(found, Blocker):
        blockers.append(found)
    return blockers


def _dependents(binding: Binding, recorded: list[Recorded], without: set[int]) -> list[Recorded]:
    """Return the later decisions that would not come out the same without those annulled."""
    case = EMPTY
    changed: list[Recorded] = []
    touched = False
    for one in recorded:
        if one.number in without:
            touched = True
            continue
        if touched and not _same_again(binding, case, one):
            changed.append(one)
            continue
        for event in one.events:
            case = apply(case, event)
    return changed


def _same_again(binding: Binding, case: Case, one: Recorded) -> bool:
    """Return whether deciding *one* again on *case* gives the same events, numbers of recording left aside."""
    again = _decide_again(binding, case, one)
    return again is not None and [_word(e) for e in again] == [_word(e) for e in one.events]


def _word(event: Event) -> tuple[Any, ...]:
    return (event.kind, event.line, event.data, event.happened, event.actor, event.role, event.on_behalf_of)


def _decide_again(binding: Binding, case: Case, one: Recorded) -> list[Event] | None:
    first = one.events[0]
    if one.request.get("kind") == "expiry":
        due = next_expiry(case, first.happened.last)
        if due is None or (due.line, due.name) != (one.request["line"], one.request["name"]):
            return None
        return expire(binding, case, Request("expiry", "system"), first.recorded_at, due).events
    if first.kind in ("annulled", "marked", "lifted", "protected_data_destroyed"):
        return list(one.events)
    request = request_of(one)
    if next_expiry(case, first.happened.first) is not None:
        return None  # a deadline would now have ended before this
    work = deciding.begin_work(binding, case, request, first.recorded_at, first.happened)
    try:
        blockers = deciding.carry_act(work, request)
        if blockers:
            return None
        settle(work)
        return None if left_open(work) else work.events
    except Refused:
        return None


def request_of(one: Recorded) -> Request:
    """Return the request that led to a recorded decision, as it can be decided again."""
    plain, first = one.request, one.events[0]
    extra = {name: plain[name] for name in ("conflict", "not_evidenced", "source") if name in plain}
    return Request(
        kind=str(plain.get("kind", "")),
        actor=first.actor,
        name=str(plain.get("name", "")),
        line=str(plain.get("line", MAIN)),
        role=plain.get("role"),
        new=plain.get("new"),
        parent=plain.get("parent"),
        fields=plain.get("fields", {}),
        documents={name: Handed(**handed) for name, handed in plain.get("documents", {}).items()},
        reason=plain.get("reason"),
        evidence=plain.get("evidence"),
        happened=first.happened,
        historic=bool(plain.get("historic", False)),
        extra=extra,
    )


def _annulled(
    binding: Binding, case: Case, request: Request, now: datetime, history: Sequence[Event], numbers: set[int]
) -> Decision:
    work = deciding.begin_work(binding, case, request, now, When.exactly(now))
    found = entitled(binding, case, request.actor, binding.definition.may_backdate, None, now, wanted=request.role)
    assert not isinstance(found, Blocker)
    acts.take_role(work, found)
    data = {"decisions": sorted(numbers), "reason": request.reason}
    event = work.emit("annulled", MAIN, data)
    annulled = [e for e in history if e.decision in numbers]
    messages = tuple(_correction(event, told) for told in annulled if told.kind in ("told", "published", "noticed"))
    return Decision(request, (event,), fold([*history, event]), messages)


def _correction(event: Event, told: Event) -> Message:
    to = tuple(told.data.get("to", ("public",)))
    return Message(event.seq, "correction", to, str(told.data.get("step", "")), (str(told.seq),), told.line)


def enter_late(
    binding: Binding, case: Case, request: Request, now: datetime, when: When, history: Sequence[Event]
) -> Decision | Refusal:
    """Insert a decision at its true moment, if everything recorded later still comes out the same."""
    recorded = decisions(history)
    earlier = [one for one in recorded if one.events[0].happened.first <= when.last]
    before = EMPTY
    for one in earlier:
        for event in one.events:
            before = apply(before, event)
    # Numbers of recording go on from the present case; what the case knows is that of the true moment.
    before = replace(before, next_seq=case.next_seq, next_decision=case.next_decision, version=case.version)
    outcome = deciding.decide_in_turn(binding, before, request, now, when)
    if isinstance(outcome, Refusal):
        return Refusal(request, outcome.blockers, case=case)
    number = earlier[-1].number if earlier else 1
    entered = tuple(replace(event, as_of=number) for event in outcome.events)
    blockers = list(_order_kept(binding, outcome.case, recorded[len(earlier) :], entered))
    if blockers:
        return Refusal(request, tuple(blockers), case=case)
    after = fold([*history, *entered])
    return Decision(request, entered, after, outcome.messages, outcome.warnings, outcome.sealed)


def _order_kept(binding: Binding, case: Case, later: list[Recorded], entered: tuple[Event, ...]) -> Iterator[Blocker]:
    if len({event.decision for event in entered}) > 1:
        yield Blocker(
            "out-of-order", "A deadline would have ended in between.", about="at", mend="annul what came after"
        )
        return
    changed: list[Recorded] = []
    for one in later:
        if not _same_again(binding, case, one):
            changed.append(one)
            break
        for event in one.events:
            case = apply(case, event)
    if changed:
        reason = f"What was recorded later would have come out otherwise: {changed[0].title}."
        yield Blocker(
            "out-of-order", reason, about=str(changed[0].number), mend="annul that first, then enter both again"
        )
