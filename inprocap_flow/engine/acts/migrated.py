"""The event `migrated`: in full where every line stands and what is called otherwise, so that folding needs no plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.engine.acts.ahead import otherwise_ahead
from inprocap_flow.engine.acts.fitting import Fit, new_state
from inprocap_flow.engine.case.lifting import holds_again
from inprocap_flow.engine.case.records import MAIN, ApprovalState, DeadlineState, LineState, key
from inprocap_flow.language.migrations import WATCHES, LineChange
from inprocap_flow.language.model import CASE
from inprocap_flow.language.versions.ahead import OBLIGATIONS
from inprocap_flow.language.versions.compare import Between


def event_data(fit: Fit, reason: str | None) -> dict[str, Any]:
    """Return all that the event says, without what stays as it was."""
    case, plan = fit.case, fit.plan
    lines = {line.id: _line_data(fit, line) for line in case.in_order}
    parts = {
        "lines": {line_id: data for line_id, data in lines.items() if data},
        "deadlines": _renamed(fit, "deadlines", case.deadlines),
        "approvals": _renamed(fit, "approvals", case.approvals),
        "published": _republished(fit),
        "roles": Between(fit.old.definition, fit.new.definition, plan).new_words.other_roles,
        "watches": [name for name in sorted(case.watches) if not _same_watch(fit, name)],
        "watches_renamed": _renamed_watches(fit),
        "holds_again": holds_again(fit.case, fit.new.definition),
        "obligations": _obligations(fit),
        "reason": reason,
    }
    return {
        "from": plan.from_version,
        "to": plan.to_version,
        "definition": plan.to_hash,
        **{name: part for name, part in parts.items() if part},
    }


def _obligations(fit: Fit) -> list[dict[str, str]]:
    """Return what the new version asks for ahead of each line and the old one did not."""
    between = Between(fit.old.definition, fit.new.definition, fit.plan)
    found = dict.fromkeys(
        (line or MAIN, one.kind, one.about, one.step)
        for line, one in otherwise_ahead(between, fit.case)
        if one.kind in OBLIGATIONS
    )
    names = ("line", "what", "about", "step")
    return [{name: part for name, part in zip(names, one, strict=True) if part} for one in found]


def _line_data(fit: Fit, line: LineState) -> dict[str, Any]:
    new, change = fit.becomes(line), fit.change(line)
    assert new is not None  # `misfits` has looked
    state = new_state(fit, line, new)
    left = {old: new.leaf(change.stage(old)) for old in line.left if change.stage(old) in new.stages}
    parts = {
        "kind": new.kind if new.kind != line.kind else None,
        "to": state if state != line.state else None,
        "left": {old: now for old, now in left.items() if old != now},
        "fields": _other_names(change, "fields", line.fields),
        "documents": _other_names(change, "documents", line.documents),
        "milestones": _other_names(change, "milestones", line.milestones),
    }
    return {name: part for name, part in parts.items() if part}


def _other_names(change: LineChange, what: str, known: Mapping[str, Any]) -> dict[str, str]:
    return {name: change.now(what, name) for name in known if change.now(what, name) != name}


def _renamed(fit: Fit, what: str, known: Mapping[str, DeadlineState] | Mapping[str, ApprovalState]) -> dict[str, str]:
    found = {
        place: key(state.line, fit.change(fit.case.lines[state.line]).now(what, state.name))
        for place, state in known.items()
    }
    return {place: now for place, now in found.items() if now != place}


def _republished(fit: Fit) -> dict[str, str]:
    found = {}
    for place in fit.case.published:
        line_id, _, name = place.partition(" ")
        change = fit.change(fit.case.lines[line_id])
        found[place] = key(line_id, change.now("fields", change.now("documents", name)))
    return {place: now for place, now in found.items() if now != place}


def _same_watch(fit: Fit, name: str) -> bool:
    """Return whether a watch looks for the same as it did, under whatever name."""
    change = fit.plan.line(CASE)
    was, now = fit.old.definition.watches.get(name), fit.new.definition.watches.get(change.now(WATCHES, name))
    if was is None or now is None:
        return False
    return (was.when, change.now("approvals", was.needs_approval)) == (now.when, now.needs_approval)


def _renamed_watches(fit: Fit) -> dict[str, str]:
    pairs = {name: fit.plan.line(CASE).now(WATCHES, name) for name in sorted(fit.case.watches)}
    return {name: now for name, now in pairs.items() if now != name and _same_watch(fit, name)}
