"""The ladders of an approval: while it waits for signatures, and before each of those that it has lapses."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import ApprovalState, Case, GivenSignature, unstamp
from inprocap_flow.engine.reminding.addressing import addressed
from inprocap_flow.engine.reminding.ladder import Ladder, nearest_at_once
from inprocap_flow.engine.reminding.rungs import Pace, Rung, before, pace_of
from inprocap_flow.engine.reminding.waiting import waiting_since
from inprocap_flow.language.model import Approval


def of_approval(binding: Binding, case: Case, state: ApprovalState) -> Iterator[Ladder]:
    """Yield the ladder of an approval that waits, and one for each of its signatures that stands and will lapse."""
    declared = _approval(binding, case, state.line, state.name)
    if declared is None or not declared.remind:
        return
    pace = pace_of(binding)
    if state.open and state.asked_at:
        yield from _waiting(binding, case, state, declared, pace)
    if case.main.ended or case.lines[state.line].ended:
        return  # a signature may lapse where nothing goes on any more
    # Who signed again after a lapse has two that stand; only the last one can still lapse.
    standing = {(one.index, one.person): one for one in state.signatures if one.status == "standing"}
    for given in standing.values():
        if given.valid_until and not given.against:
            yield from _lapsing(binding, case, state, declared, given, pace)


def _approval(binding: Binding, case: Case, line_id: str, name: str) -> Approval | None:
    line = case.lines.get(line_id)
    return binding.definition.line(line.kind).approvals.get(name) if line else None


def _waiting(binding: Binding, case: Case, state: ApprovalState, declared: Approval, pace: Pace) -> Iterator[Ladder]:
    start = unstamp(state.asked_at or "")
    name = f"approval {state.line} {state.name}"
    yield from waiting_since(
        binding, case, declared.remind, pace, start, Ladder(name, "approval", state.line, state.name, ())
    )


def _lapsing(
    binding: Binding, case: Case, state: ApprovalState, declared: Approval, given: GivenSignature, pace: Pace
) -> Iterator[Ladder]:
    end, begins = unstamp(given.valid_until or ""), unstamp(given.at)
    rungs: list[Rung] = []
    for number, one in enumerate(declared.remind):
        if one.before_lapse:
            to = addressed(binding, case, one.role, state.line) or (f"person:{given.person}",)
            rungs.append(before(pace, end, pace.last_day(end), one, number, to))
    if rungs:
        name = f"validity {state.line} {state.name} {given.index} {given.person}"
        found = nearest_at_once(rungs, begins, end)
        yield Ladder(name, "validity", state.line, state.name, found, (), end, begins)
