"""Until when a deadline can still be extended without haste: its end, less what signatures and publication take."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import compute
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.calendar.zones import start_of_day
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, key, unstamp
from inprocap_flow.errors import Unsupported


def safe_until(binding: Binding, case: Case, line: str, name: str) -> datetime | None:
    """Return the moment (exclusive, in the organisation's zone) by which an extension must be begun to be safe.

    It is what ``takes`` of ``acts: extend`` says, counted back from the end: hours elapse; of anything longer the
    last day and the far edge are not counted, which is safe under both readings (time-limits R9). Project
    convention, not law. None: the deadline does not run, nobody may extend it, or it does not say how long that takes.
    """
    state = case.deadlines.get(key(line, name))
    declared = binding.definition.line(case.lines[line].kind).deadlines.get(name)
    act = declared.acts.get("extend") if declared else None
    if declared is None or act is None or act.takes is None or state is None:
        return None
    if state.status != "running" or state.end is None:
        return None
    takes = parse_period(act.takes)
    last = date.fromisoformat(state.last_day) if state.last_day else binding.day(unstamp(state.end))
    if takes.unit == "hours":
        return (unstamp(state.end) - timedelta(hours=takes.count)).astimezone(binding.zone)
    try:
        edge = compute(
            last, binding.zone, takes, direction="backward", calendar=binding.calendar(declared.calendar),
            counting=declared.counting or binding.definition.counting,
        ).far_edge  # fmt: skip
    except (BadValue, Unsupported):
        return None
    assert edge is not None
    return start_of_day(edge, binding.zone)
