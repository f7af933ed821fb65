"""What is otherwise ahead of a case in another version, from where each of its lines stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.records import Case, LineState
from inprocap_flow.language.versions.ahead import Change, changes_ahead, gone_clock, other_clock
from inprocap_flow.language.versions.compare import Between


def otherwise_ahead(between: Between, case: Case) -> Iterator[tuple[str, Change]]:
    """Yield what is otherwise ahead of each open line, with its id; of a kind not begun yet, with the kind."""
    begun = {line.kind for line in case.lines.values() if not line.ended}
    for line in case.in_order:
        found = () if line.ended else changes_ahead(between, line.kind, line.state)
        for change in (*found, *_running(between, case, line)):
            # Of a kind that has begun, the tracks themselves are looked at, each where it stands.
            if change.line == line.kind:
                yield line.id, change
            elif change.line not in begun:
                yield change.line, change


def _running(between: Between, case: Case, line: LineState) -> Iterator[Change]:
    """Yield what becomes of the clocks of a line that run, where what starts them lies behind."""
    now = between.becomes(line.kind)
    change, was = between.plan.line(line.kind), between.old.line(line.kind)
    for state in case.deadlines.values() if now is not None else ():
        before = was.deadlines.get(state.name) if state.line == line.id and state.is_open else None
        after = now.deadlines.get(change.now("deadlines", state.name)) if now is not None else None
        if before is not None and after is None:
            yield gone_clock(state.name, line.kind)
        elif before is not None and after is not None:
            yield from other_clock(between, before, after, line.kind)
