"""Whether a request may say that it happened at another moment than now (ruling 3). Historic import stands apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import deadline_place
from inprocap_flow.engine.case.keepers import NAME_ONE, NO_KEEPER
from inprocap_flow.engine.case.people import capacities
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, DeadlineState, LineState, Request, When, unstamp
from inprocap_flow.engine.timing.too_late import ended, late_or_in_time
from inprocap_flow.language.model import Derogation, Step

REOPENING = ("extend", "suspend", "correct", "restart")  # acts on deadlines that would let a window stay open


def judge_moment(binding: Binding, case: Case, request: Request, now: datetime, when: When) -> list[Blocker]:
    """Return why *request* cannot have happened at *when*: never in the future; before now only as a privilege."""
    if request.happened is None:
        return []
    if when.first > now:
        return [
            Blocker("future", "Nothing can be recorded before it happens.", about="at", mend="leave the moment out")
        ]
    # An imprecise moment that may be now may be earlier too: it needs the privilege like any other.
    if when.first >= now or (request.historic and case.historic):
        return []
    return [*_privilege(binding, case, request, when), *_window_over(binding, case, request, now)]


def _privilege(binding: Binding, case: Case, request: Request, when: When) -> Iterator[Blocker]:
    allowed = binding.definition.may_backdate
    held = {capacity.role for capacity in capacities(binding, case, request.actor, when.last)}
    speaks = any(request.actor in line.speakers for line in case.lines.values())
    if speaks or not held & set(allowed):
        reason = "Entering something late is not open to this person."
        mend = f"let it be entered by: {', '.join(allowed)}"
        if not allowed:
            reason, mend = f"Nothing can be entered late here: {NO_KEEPER}.", NAME_ONE
        yield Blocker("backdating", reason, about="at", roles=allowed, mend=mend)
    if not (request.reason or "").strip():
        yield Blocker("reason-missing", "A late entry needs a reason.", about="reason", mend="give a reason")
    if not (request.evidence or "").strip():
        yield Blocker(
            "evidence-missing", "A late entry needs evidence.", about="evidence", mend="say where it is proved"
        )


def _is_over(state: DeadlineState, now: datetime) -> bool:
    """Return whether a clock has ended by *now*, recorded or not. One that stands still has not."""
    ran_out = state.status == "running" and state.end is not None and unstamp(state.end) <= now
    return ran_out or not state.is_open


def _opened_again(binding: Binding, case: Case, request: Request, now: datetime) -> Iterator[Blocker]:
    """A window that is over now is not opened again by an act on it that is said to have happened before."""
    place = deadline_place(binding, case, request.line, request.name)
    state = case.deadlines.get(place or "")
    if state is None or not _is_over(state, now):
        return
    declared = binding.definition.line(case.lines[state.line].kind).deadlines.get(state.name)
    if declared is not None and declared.kind == "open_until":
        reason = f"{state.name} is over now; nothing that is entered late opens it again."
        yield Blocker("backdating", reason, about=state.name, mend="start a new period (restart), if somebody may")


def _asked(binding: Binding, line: LineState, request: Request, kind: str | None) -> Step | Derogation | None:
    """Return what is asked for, if it may be bound to windows within which it must lie."""
    if request.kind == "do":
        return binding.definition.tracks[kind].begins if kind else binding.machine.step(line.kind, request.name)
    return binding.definition.derogations.get(request.name) if request.kind == "derogate" else None


def _window_over(binding: Binding, case: Case, request: Request, now: datetime) -> Iterator[Blocker]:
    """A window that is over now cannot be entered late through: a late tender would otherwise be in time."""
    kind = request.new.partition("/")[0] if request.new else None
    line_id = request.parent or MAIN if request.new else request.line
    line = case.lines.get(line_id)
    if line is not None and request.kind in REOPENING:
        yield from _opened_again(binding, case, request, now)
    if line is None or (kind and kind not in binding.definition.tracks):
        return
    asked = _asked(binding, line, request, kind)
    if asked is None:
        return
    for name in asked.already_there.within:
        place = deadline_place(binding, case, line_id, name)
        state = case.deadlines.get(place) if place else None
        if state is not None and _is_over(state, now):
            reason = f"{ended(binding, case, state)}, which is over now; nothing gated by it can be entered late."
            mend = late_or_in_time(binding, case, line, asked, state)
            yield Blocker("backdating", reason, about=name, mend=mend)
