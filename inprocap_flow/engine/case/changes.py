"""What each kind of event changes on a case. One small function for each; none of them needs the definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inprocap_flow.engine.case.deadline_changes import DEADLINES
from inprocap_flow.engine.case.records import (
    MAIN,
    ApprovalState,
    Case,
    DocumentVersion,
    Event,
    GivenSignature,
    Interest,
    LineState,
    WatchState,
    key,
    stamp,
)
from inprocap_flow.records import changed

Changes = dict[str, Any]
Applier = Callable[[Case, Event], Changes]  # which parts of the case are otherwise after the event


def _with_line(case: Case, line: LineState) -> Changes:
    return {"lines": {**case.lines, line.id: line}}


def _line(case: Case, event: Event) -> LineState:
    return case.lines[event.line]


def _opened(case: Case, event: Event) -> Changes:  # noqa: ARG001  # an applier like the others
    data = event.data
    main = LineState(id=MAIN, kind="", state="", opened=0)
    return {
        "id": data["case"],
        "organisation": data["organisation"],
        "procedure": data["procedure"],
        "procedure_version": data["version"],
        "definition_hash": data["definition"],
        "title": data.get("title", ""),
        "historic": bool(data.get("historic", False)),
        "lines": {MAIN: main},
        "opened_by": event.actor,
        "opened_at": stamp(event.happened.first),
    }


def _began(case: Case, event: Event) -> Changes:
    data = event.data
    line = LineState(
        id=event.line,
        kind=data["kind"],
        state="",
        opened=max(other.opened for other in case.lines.values()) + 1,
        parent=data.get("parent"),
        speakers=tuple(data.get("speakers", ())),
    )
    return _with_line(case, line)


def _filled(case: Case, event: Event) -> Changes:
    line = _line(case, event)
    fields = {**line.fields, **event.data["fields"]}
    return _with_line(case, changed(line, fields={k: v for k, v in fields.items() if v is not None}))


def _brought(case: Case, event: Event) -> Changes:
    line = _line(case, event)
    version = DocumentVersion(**event.data["version"])
    name = event.data["document"]
    return _with_line(case, changed(line, documents={**line.documents, name: (*line.documents.get(name, ()), version)}))


def _moved(case: Case, event: Event) -> Changes:
    line, data = _line(case, event), event.data
    happened = event.happened.to_plain()
    stays = data["from"] == data["to"]
    milestones = line.milestones
    if milestone := data.get("milestone"):
        reached = {"at": happened, "decision": event.decision}
        milestones = {**milestones, milestone: (*milestones.get(milestone, ()), reached)}
    moved = changed(
        line,
        state=data["to"],
        milestones=milestones,
        left=line.left if stays else {**line.left, data["from"]: data["step"]},
        left_as=line.left_as if stays else {**line.left_as, data["from"]: max(line.left_as.values(), default=0) + 1},
        since=line.since if stays and line.since else happened,
        ended=bool(data.get("final")),
    )
    return _with_line(case, moved)


def _approval(case: Case, event: Event) -> ApprovalState:
    name = event.data["approval"]
    return case.approvals.get(key(event.line, name)) or ApprovalState(line=event.line, name=name)


def _with_approval(case: Case, state: ApprovalState) -> Changes:
    return {"approvals": {**case.approvals, key(state.line, state.name): state}}


def _approval_asked(case: Case, event: Event) -> Changes:
    state = _approval(case, event)
    standing = tuple(s for s in state.signatures if not (s.against and s.status == "standing"))
    return _with_approval(
        case,
        changed(
            state,
            signatures=standing,
            asked_by=event.data.get("asked_by", event.actor),  # a migration asks again for whoever had asked
            asked_at=stamp(event.recorded_at),
            declined_by=None,
            declined_reason=None,
            round=state.round + 1,
            open=True,
        ),
    )


def _approval_signed(case: Case, event: Event) -> Changes:
    state = _approval(case, event)
    given = GivenSignature(**event.data["signature"])
    return _with_approval(case, changed(state, signatures=(*state.signatures, given)))


def _approval_declined(case: Case, event: Event) -> Changes:
    state = _approval(case, event)
    start_over = event.data.get("sent_back", "first_step") == "first_step"
    signatures = _restated(state.signatures, "void") if start_over else state.signatures
    return _with_approval(
        case,
        changed(
            state, signatures=signatures, declined_by=event.actor, declined_reason=event.data.get("reason"), open=False
        ),
    )


def _approval_withdrawn(case: Case, event: Event) -> Changes:
    state = _approval(case, event)
    person, lines = event.data["person"], event.data.get("signatures")  # an older event names the person only
    signatures = tuple(
        changed(s, status="withdrawn")
        if s.status == "standing" and s.person == person and (lines is None or s.index in lines)
        else s
        for s in state.signatures
    )
    return _with_approval(case, changed(state, signatures=signatures))


def _approval_ended(status: str) -> Applier:
    def ended(case: Case, event: Event) -> Changes:
        state = _approval(case, event)
        return _with_approval(case, changed(state, signatures=_restated(state.signatures, status), open=False))

    return ended


def _restated(signatures: tuple[GivenSignature, ...], status: str) -> tuple[GivenSignature, ...]:
    return tuple(changed(s, status=status) if s.status == "standing" else s for s in signatures)


def _approval_given(case: Case, event: Event) -> Changes:
    return _with_approval(case, changed(_approval(case, event), open=False))


def _interest_declared(case: Case, event: Event) -> Changes:
    data = event.data
    declared = Interest(
        data["person"], bool(data["conflict"]), event.line, stamp(event.happened.first), data.get("note", "")
    )
    return {"interests": (*case.interests, declared)}


def _watch(tripped: bool | None, blocked: bool | None) -> Applier:
    def looked(case: Case, event: Event) -> Changes:
        name = event.data["watch"]
        state = case.watches.get(name) or WatchState(name)
        state = changed(
            state,
            true=state.true if tripped is None else tripped,
            blocked=state.blocked if blocked is None else blocked,
        )
        return {"watches": {**case.watches, name: state}}

    return looked


def _published(case: Case, event: Event) -> Changes:
    at = stamp(event.happened.last)
    places = {key(event.line, name): at for name in event.data["names"]}
    return {"published": {**case.published, **places}}


def _marked(case: Case, event: Event) -> Changes:
    return {
        "not_evidenced": (*case.not_evidenced, *event.data.get("not_evidenced", ())),
        "findings": (*case.findings, *event.data.get("findings", ())),
    }


def _noted(case: Case, event: Event) -> Changes:  # noqa: ARG001  # an applier like the others
    """Events that are history only: they say something, and change no state."""
    return {}


def _destroyed(case: Case, event: Event) -> Changes:  # noqa: ARG001  # an applier like the others
    return {"destroyed_at": stamp(event.recorded_at)}


def _lifted(case: Case, event: Event) -> Changes:
    derogation = str(event.data["derogation"])
    return {"lifted": {**dict.fromkeys(event.data["rules"], derogation), **case.lifted}}


def _migrated(case: Case, event: Event) -> Changes:
    """Let the case go on by another version: what is called otherwise there is called so from now on."""
    data = event.data
    changes: Changes = {"procedure_version": data["to"], "definition_hash": data["definition"]}
    told = data.get("lines", {})
    changes["lines"] = {id_: _moved_over(line, told[id_]) if id_ in told else line for id_, line in case.lines.items()}
    for part in ("deadlines", "approvals"):
        names = data.get(part, {})
        known = getattr(case, part).items()
        changes[part] = {
            names.get(place, place): changed(state, name=names.get(place, place).partition(" ")[2])
            if place in names
            else state
            for place, state in known
        }
    if roles := data.get("roles", {}):
        changes["approvals"] = {place: _signed_as(state, roles) for place, state in changes["approvals"].items()}
        changes["acted"] = {
            who: tuple(dict.fromkeys(roles.get(one, one) for one in acted)) for who, acted in case.acted.items()
        }
    names = data.get("published", {})
    changes["published"] = {names.get(place, place): at for place, at in case.published.items()}
    names = data.get("watches_renamed", {})
    changes["watches"] = {
        names.get(name, name): changed(state, name=names.get(name, name))
        for name, state in case.watches.items()
        if name not in data.get("watches", ())
    }
    changes["lifted"] = {rule: by for rule, by in case.lifted.items() if rule not in data.get("holds_again", ())}
    return changes


def _signed_as(state: ApprovalState, roles: Mapping[str, str]) -> ApprovalState:
    """Let signatures be those of the role that is called otherwise now: who signed has signed as that one."""
    if not any(given.role in roles for given in state.signatures):
        return state
    return changed(
        state,
        signatures=tuple(changed(given, role=roles.get(given.role, given.role)) for given in state.signatures),
    )


def _moved_over(line: LineState, told: Mapping[str, Any]) -> LineState:
    names = told.get("left", {})
    # Two stages may become one: then the later leaving counts, in whichever order the stored state lists them.
    left = sorted(line.left, key=lambda state: (line.left_as.get(state, 0), state)) if names else line.left
    return changed(
        line,
        kind=told.get("kind", line.kind),
        state=told.get("to", line.state),
        left={names.get(state, state): line.left[state] for state in left},
        left_as={names.get(state, state): line.left_as[state] for state in left if state in line.left_as},
        **{part: _under_new_names(getattr(line, part), told.get(part, {})) for part in _NAMED},
    )


_NAMED = ("fields", "documents", "milestones")


def _under_new_names(known: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    return {names.get(name, name): value for name, value in known.items()} if names else known


APPLIERS: dict[str, Applier] = {
    "opened": _opened,
    "began": _began,
    "filled": _filled,
    "brought": _brought,
    "moved": _moved,
    **DEADLINES,
    "approval_asked": _approval_asked,
    "approval_signed": _approval_signed,
    "approval_declined": _approval_declined,
    "approval_withdrawn": _approval_withdrawn,
    "approval_voided": _approval_ended("void"),
    "approval_used": _approval_ended("used"),
    "approval_given": _approval_given,
    "approval_ended": _approval_given,
    "interest_declared": _interest_declared,
    "watch_tripped": _watch(True, True),
    "watch_fell_back": _watch(False, None),
    "watch_released": _watch(None, False),
    "published": _published,
    "noted": _noted,
    "told": _noted,
    "noticed": _noted,
    "reported": _noted,
    "expiry_refused": _noted,
    "annulled": _noted,
    "marked": _marked,
    "lifted": _lifted,
    "migrated": _migrated,
    "protected_data_destroyed": _destroyed,
}
