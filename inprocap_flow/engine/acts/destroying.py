"""Destroying what a case kept sealed, once nobody has to keep it any more (ruling 2).

The engine says whether it may be done and records that it was; the store destroys the key with the same commit. What is
decided here is final: no later decision, annulment or late entry brings a destroyed value back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from inprocap_flow.calendar.zones import end_of_day
from inprocap_flow.engine.acts.acting import take_role_of_keepers
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.keepers import kept_by
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, DeadlineState, Request, unstamp
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.model import Deadline, said

DESTROYED = "protected_data_destroyed"


def destroy(work: Work, request: Request) -> list[Blocker]:
    """Record that everything a case has sealed is destroyed: an ended case, kept as long as it had to be.

    How long that is says the procedure, by deadlines of the kind ``not_before`` that outlive the case (the retention of
    2014/24/EU Art. 84(2)), counted when they started; ``extra["kept_until"]`` (a day, included) may only lengthen it,
    and must be said where no such deadline ever ran. Open to the roles in ``may_backdate``, as annulment is.
    """
    values, documents = sealed_in(work.case)
    blockers = [*_may(work, request), *_not_ended(work.case), *_kept(work, request)]
    if work.case.destroyed_at:
        blockers.append(Blocker("already-destroyed", "What was sealed is destroyed already.", about="case"))
    elif not values + documents:
        blockers.append(Blocker("nothing-sealed", "Nothing was ever sealed in this case.", about="case"))
    if blockers:
        return blockers
    counted = {"values": values, "documents": documents}
    data: dict[str, Any] = {"reason": request.reason} | counted | kept_by(work.binding)
    kept_until = request.extra.get("kept_until")
    work.emit(DESTROYED, MAIN, data | ({"kept_until": kept_until} if kept_until else {}))
    return []


def sealed_in(case: Case) -> tuple[int, int]:
    """Return how many values and how many versions of documents lie under the key of *case*, opened ones included."""
    lines = case.lines.values()
    values = sum(is_sealed(plain) for line in lines for plain in line.fields.values())
    versions = (version for line in lines for filed in line.documents.values() for version in filed)
    return values, sum(version.sealed_until is not None for version in versions)


def _may(work: Work, request: Request) -> Iterator[Blocker]:
    yield from take_role_of_keepers(work, request)
    if not (request.reason or "").strip():
        reason = "Destroying what was sealed needs a reason."
        yield Blocker("reason-missing", reason, about="reason", mend="give a reason")
    if request.happened is not None:
        # It happens when the key is overwritten, and at no other moment.
        mend = "leave the moment out"
        yield Blocker("backdating", "A key cannot have been destroyed at another moment.", about="at", mend=mend)


def _not_ended(case: Case) -> Iterator[Blocker]:
    if not case.main.ended:  # then no track has either: a case leaves none behind
        reason = f"The case has not ended ({case.main.state}); what was sealed in it is still needed."
        yield Blocker("case-runs", reason, about="case", mend="bring it to its end first")


def _kept(work: Work, request: Request) -> Iterator[Blocker]:
    """Yield why the file must be kept still, or why it is not known how long."""
    kept_until = request.extra.get("kept_until")
    retentions = list(_retentions(work))
    for state, declared in retentions:
        if state.status in ("running", "suspended"):
            yield _running(state, declared)
    if kept_until is not None:
        yield from _until(work, kept_until)
    elif not any(state.status in ("running", "suspended", "over") for state, _ in retentions):
        reason = "No deadline of this case says how long its file must be kept."
        mend = "say until which day it had to be kept (--kept-until), and on what ground"
        yield Blocker("retention-unknown", reason, about="kept_until", mend=mend)


def _retentions(work: Work) -> Iterator[tuple[DeadlineState, Deadline]]:
    for state in work.case.deadlines.values():
        kind = work.case.lines[state.line].kind
        declared = work.binding.definition.line(kind).deadlines.get(state.name)
        if state.outlives_case and declared is not None and declared.kind == "not_before":
            yield state, declared


def _running(state: DeadlineState, declared: Deadline) -> Blocker:
    end = unstamp(state.end) if state.end else None
    return Blocker(
        "retention-running",
        f"{said(declared.title) or state.name} is not over.",
        about=state.name,
        line=state.line,
        cite=declared.cite,
        possible_from=end,
        provisional=state.provisional,
        mend="wait" if end else "say when it ends",
    )


def _until(work: Work, kept_until: object) -> Iterator[Blocker]:
    try:
        day = date.fromisoformat(str(kept_until))
    except ValueError:
        yield Blocker("bad-value", f"{kept_until!r} is no day.", about="kept_until", mend="write 2031-12-31")
        return
    end = end_of_day(day, work.binding.zone)
    if end > work.when.last:
        reason = f"It is to be kept until {day.isoformat()}."
        yield Blocker("retention-running", reason, about="kept_until", possible_from=end, mend="wait")
