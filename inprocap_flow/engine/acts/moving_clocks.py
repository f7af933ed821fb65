"""Whether the clocks of a case fit another version: those that run, and those that are new there. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.acts.fitting import Fit, clock_of, new_clocks, new_state, undecided
from inprocap_flow.engine.case.records import MAIN, Blocker, DeadlineState, LineState
from inprocap_flow.language.migrations import ASK, KEEP, LATER, RECOMPUTE, START, STOP
from inprocap_flow.language.model import Deadline
from inprocap_flow.language.versions.compare import starts_ahead


def clock_misfits(fit: Fit) -> Iterator[Blocker]:
    """Yield every clock that runs and of which the plan does not say enough, then those that are new."""
    for state in fit.case.deadlines.values():
        if state.is_open:
            yield from _clock(fit, state)
    for line in fit.case.in_order:
        yield from _new_clocks(fit, line)


def _clock(fit: Fit, state: DeadlineState) -> Iterator[Blocker]:
    was, into, choice = clock_of(fit, state)
    if was is None and into is None:
        return
    if choice == STOP:
        return
    if into is None:
        yield undecided("deadline", state.name, state.line, "no deadline of the new version, and it runs")
    elif choice not in (KEEP, RECOMPUTE, ASK):
        yield undecided("deadline", state.name, state.line, "another rule in the new version, and it runs")
    elif choice == ASK:
        yield from _end_given(fit, state.line, into)


def in_plan(line_id: str, what: str, name: str) -> str:
    """Return as a mend how a plan gives one case the end or value *name* of a line, *what* being its key there."""
    said = f"{what}: {{{name}: {'DAY' if what == 'deadlines' else 'VALUE'}}}"
    of_line = said if line_id == MAIN else f"tracks: {{{line_id}: {{{said}}}}}"
    return f"write in the plan, under `cases`: `CASE: {{{of_line}}}`"


def _end_given(fit: Fit, line_id: str, declared: Deadline) -> Iterator[Blocker]:
    if declared.backwards_from:
        reason = f"{declared.name} is counted back from {declared.backwards_from}; nobody can say when it ends."
        yield Blocker("end-missing", reason, about=declared.name, line=line_id, mend="recompute it")
    elif f"{line_id} {declared.name}" not in fit.answers.ends:
        reason = f"The end of {declared.name} is asked for, and this case has none in the plan."
        yield Blocker(
            "end-missing", reason, about=declared.name, line=line_id, mend=in_plan(line_id, "deadlines", declared.name)
        )


def _new_clocks(fit: Fit, line: LineState) -> Iterator[Blocker]:
    for declared, choice in new_clocks(fit, line):
        if choice == ASK:
            yield from _end_given(fit, line.id, declared)
        elif choice not in (START, LATER) and not _starts_later(fit, line, declared):
            yield undecided("deadline", declared.name, line.id, "new, and what starts it lies behind")


def _starts_later(fit: Fit, line: LineState, declared: Deadline) -> bool:
    """Return whether something ahead of *line* still starts the clock; what follows another one comes by itself."""
    new = fit.becomes(line)
    state = new_state(fit, line, new) if new else None
    if new is None or state is None:
        return True  # that is said elsewhere
    return not declared.backwards_from and starts_ahead(fit.new.definition, new, state, declared.name)
