"""Whether a request may say that it happened at another moment than now (ruling 3). Historic import stands apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.facts import deadline_place
from inprocap_flow.engine.people import capacities
from inprocap_flow.engine.records import MAIN, Blocker, Case, Request, When, unstamp


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
        who = ", ".join(allowed) or "nobody"
        reason = "Entering something late is not open to this person."
        yield Blocker("backdating", reason, about="at", roles=allowed, mend=f"let it be entered by: {who}")
    if not (request.reason or "").strip():
        yield Blocker("reason-missing", "A late entry needs a reason.", about="reason", mend="give a reason")
    if not (request.evidence or "").strip():
        yield Blocker(
            "evidence-missing", "A late entry needs evidence.", about="evidence", mend="say where it is proved"
        )


def _window_over(binding: Binding, case: Case, request: Request, now: datetime) -> Iterator[Blocker]:
    """A window that is over now cannot be entered late through: a late tender would otherwise be in time."""
    kind = request.new.partition("/")[0] if request.new else None
    line_id = request.parent or MAIN if request.new else request.line
    line = case.lines.get(line_id)
    if line is None or request.kind != "do" or (kind and kind not in binding.definition.tracks):
        return
    step = binding.definition.tracks[kind].begins if kind else binding.machine.step(line.kind, request.name)
    if step is None:
        return
    for name in step.already_there.within:
        place = deadline_place(binding, case, line_id, name)
        state = case.deadlines.get(place) if place else None
        if state is not None and (state.status != "running" or (state.end and unstamp(state.end) <= now)):
            reason = f"{name} is over now; nothing gated by it can be entered late."
            yield Blocker("backdating", reason, about=name, mend="record it as what it is: late")
