"""What each kind of event changes on a deadline. The history of a deadline holds enough to reckon its end again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inprocap_flow.engine.case.records import Case, DeadlineState, Event, key
from inprocap_flow.records import changed

Changes = dict[str, Any]
Applier = Callable[[Case, Event], Changes]

# What an event says of how the end moved; kept in the history because later reckonings rest on it.
_KEPT = ("by_law", "fixed", "given_back", "ground")


def _started(case: Case, event: Event) -> Changes:
    data = event.data
    place = key(event.line, data["deadline"])
    before = case.deadlines.get(place)
    what = "restarted" if data.get("restarted") else "started"
    state = DeadlineState(
        line=event.line,
        name=data["deadline"],
        status="running",
        end=data["end"],
        started=event.happened.to_plain(),
        last_day=data.get("last_day"),
        provisional=bool(data.get("provisional", False)),
        assumed=bool(data.get("assumed", False)),
        backwards_from=data.get("backwards_from"),
        outlives_case=bool(data.get("outlives_case", False)),
        computed=data.get("computed", {}),
        history=(*(before.history if before else ()), _entry(event, what, end=data["end"])),
        earliest=data.get("earliest"),
    )
    return {"deadlines": {**case.deadlines, place: state}}


def _moved(case: Case, event: Event) -> Changes:
    return _with(case, event, **_end(event.data))


def _end(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "end": data["end"],
        "last_day": data.get("last_day"),
        "provisional": bool(data.get("provisional", False)),
        "computed": data.get("computed", {}),
        "earliest": data.get("earliest"),
    }


def _suspended(case: Case, event: Event) -> Changes:
    return _with(case, event, status="suspended", suspended=event.happened.to_plain())


def _resumed(case: Case, event: Event) -> Changes:
    assumed = {"assumed": True} if event.data.get("assumed") else {}
    return _with(case, event, status="running", suspended=None, **_end(event.data), **assumed)


def _ended(status: str) -> Applier:
    def ended(case: Case, event: Event) -> Changes:
        return _with(case, event, status=status, suspended=None, doubt=str(event.data.get("cannot_tell", "")))

    return ended


def _stopped(case: Case, event: Event) -> Changes:
    if key(event.line, event.data["deadline"]) in case.deadlines:
        return _ended("stopped")(case, event)
    place = key(event.line, event.data["deadline"])
    waived = DeadlineState(
        line=event.line, name=event.data["deadline"], status="stopped", history=(_entry(event, "stopped"),)
    )
    return {"deadlines": {**case.deadlines, place: waived}}


def is_waived(case: Case, event: Event) -> bool:
    """Return whether *event* stopped a clock that never ran, as *case*, some time after it, still remembers."""
    if event.kind != "deadline_stopped":
        return False
    state = case.deadlines.get(key(event.line, event.data["deadline"]))
    first = state.history[0] if state is not None and state.history else {}
    return first.get("what") == "stopped" and first.get("decision") == event.decision


def _with(case: Case, event: Event, **changes: Any) -> Changes:
    place = key(event.line, event.data["deadline"])
    state = case.deadlines[place]
    what = event.kind.removeprefix("deadline_")
    entry = _entry(event, what, end=changes.get("end"), was=state.end if "end" in changes else None)
    return {"deadlines": {**case.deadlines, place: changed(state, history=(*state.history, entry), **changes)}}


def _entry(event: Event, what: str, **more: Any) -> dict[str, Any]:
    entry = {"what": what, "at": event.happened.to_plain(), "decision": event.decision, "by": event.actor}
    kept = {name: event.data.get(name) for name in _KEPT}
    return entry | {name: value for name, value in {**more, **kept}.items() if value is not None}


DEADLINES: Mapping[str, Applier] = {
    "deadline_started": _started,
    "deadline_extended": _moved,
    "deadline_recomputed": _moved,
    "deadline_corrected": _moved,
    "deadline_suspended": _suspended,
    "deadline_resumed": _resumed,
    "deadline_over": _ended("over"),
    "deadline_met": _ended("met"),
    "deadline_missed": _ended("missed"),
    "deadline_stopped": _stopped,
}
