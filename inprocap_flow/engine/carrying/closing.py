"""How things end: everything with the case, what was asked in vain, and what may not be left open (language, 6.6)."""

from __future__ import annotations

from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import standing
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.records import MAIN, Blocker
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.model import CASE, Step


def end_everything(work: Work, step: Step) -> None:
    """End unfinished tracks, running deadlines and open approvals, but for what the step spares (`ends`)."""
    spared = set(step.ends_everything_but)
    for line in work.case.in_order:
        if line.id != MAIN and not line.ended and line.kind not in spared:
            _end_track(work, line.id, step)
    for place in sorted(work.case.deadlines):
        clock = work.case.deadlines[place]
        kind = work.case.lines[clock.line].kind
        if clock.is_open and not clock.outlives_case and clock.name not in spared and kind not in spared:
            work.emit("deadline_stopped", clock.line, {"deadline": clock.name, "source": step.name})
    for place in sorted(work.case.approvals):
        approval = work.case.approvals[place]
        if approval.open and work.case.lines[approval.line].kind not in spared:
            work.emit("approval_ended", approval.line, {"approval": approval.name, "source": step.name})


def _end_track(work: Work, line_id: str, step: Step) -> None:
    line = work.case.lines[line_id]
    definition = work.binding.definition.tracks[line.kind]
    if definition.if_case_ends is None:
        raise DefinitionDefect(
            f"{step.name} ends everything, and a {line.kind} does not say where that leads",
            mend=f"write if_case_ends in the track {line.kind}",
        )
    target = definition.leaf(definition.if_case_ends)
    final = definition.stages[target].final or "ended with the case"
    work.emit("moved", line_id, {"step": step.name, "from": line.state, "to": target, "final": final})


def end_idle_approvals(work: Work) -> None:
    """End the asking for approvals that no step needs any more where the lines now stand; signatures stay.

    Asking is only a message; without this an approval asked for in vain would keep the case from ending for ever.
    """
    for place in sorted(work.case.approvals):
        state = work.case.approvals[place]
        if state.open and not is_needed(facts := work.facts(state.line), standing(facts, state.name)):
            work.emit("approval_ended", state.line, {"approval": state.name, "source": "no longer needed"})


def left_open(work: Work) -> list[Blocker]:
    """Return what would be left open if the case ended now; nothing while it goes on (language, 6.6)."""
    case, definition = work.case, work.binding.definition
    if definition.line(CASE).stages[case.main.state].final is None:
        return []
    tracks = [line.id for line in case.in_order if line.id != MAIN and not line.ended]
    clocks = sorted(d.name for d in case.deadlines.values() if d.is_open and not d.outlives_case)
    approvals = sorted(a.name for a in case.approvals.values() if a.open)
    return [
        Blocker(
            "left-open",
            f"The case would end with {what} open: {', '.join(names)}.",
            about=names[0],
            mend=f"end {what} first",
            detail=", ".join(names),
        )
        for what, names in (("tracks", tracks), ("deadlines", clocks), ("approvals", approvals))
        if names
    ]
