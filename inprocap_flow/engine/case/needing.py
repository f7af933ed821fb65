"""What needs an approval now: a step, a watch, an act on a deadline or a derogation."""

from __future__ import annotations

from inprocap_flow.engine.case.approvals import Standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.lifting import granting
from inprocap_flow.engine.case.records import MAIN, LineState


def is_needed(facts: CaseFacts, found: Standing) -> bool:
    """Return whether a step offered where its line stands, a watch, or a possible act or derogation needs it."""
    definition, case, name = facts.binding.definition, facts.case, found.approval.name
    for watch in definition.watches.values():
        state = case.watches.get(watch.name)
        if watch.needs_approval == name and state is not None and state.blocked:
            return True
    if an_act_needs(facts, found) or a_derogation_needs(facts, found):
        return True
    # An approval of the case may be needed by a step of any track; no name ever hides another.
    lines = case.in_order if found.line_id == MAIN else (case.lines[found.line_id],)
    return any(_step_needs(facts, line, name) for line in lines if not line.ended)


def an_act_needs(facts: CaseFacts, found: Standing) -> bool:
    """Return whether something that may be done to a deadline now needs the approval."""
    for state in facts.case.deadlines.values():
        line = facts.case.lines[state.line]
        declared = facts.binding.definition.line(line.kind).deadlines.get(state.name)
        own = found.approval.name in facts.binding.definition.line(line.kind).approvals
        if declared is None or (state.line if own else MAIN) != found.line_id:
            continue
        needing = (kind for kind, act in declared.acts.items() if found.approval.name in act.requires.approvals)
        if any(could_be_done(kind, state.status) for kind in needing):
            return True
    return False


def a_derogation_needs(facts: CaseFacts, found: Standing) -> bool:
    """Return whether a derogation that could be granted where the case stands needs the approval."""
    possible = granting(facts.binding.definition, facts.case)
    return found.line_id == MAIN and any(found.approval.name in one.already_there.approvals for one in possible)


def could_be_done(kind: str, status: str) -> bool:
    """Return whether what is called *kind* can be done to a deadline that stands like this, conditions left aside."""
    standing = {
        "resume": ("suspended",),
        "stop": ("running", "suspended"),
        "satisfy": ("running", "suspended", "missed"),
        "restart": ("running", "suspended", "over", "met", "missed", "stopped"),
    }
    return status in standing.get(kind, ("running",))


def _step_needs(facts: CaseFacts, line: LineState, name: str) -> bool:
    machine = facts.binding.machine
    steps = (machine.step(line.kind, offered) for offered in machine.offered(line.kind, line.state))
    return any(step is not None and name in step.already_there.approvals for step in steps)
