"""What is counted from a beginning: an approval that is asked for, a line where nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case
from inprocap_flow.engine.reminding.addressing import addressed
from inprocap_flow.engine.reminding.ladder import Ladder, in_order
from inprocap_flow.engine.reminding.rungs import Pace, Repeat, Rung, again, since
from inprocap_flow.language.model import Reminder
from inprocap_flow.records import changed


def waiting_since(
    binding: Binding, case: Case, reminders: tuple[Reminder, ...], pace: Pace, start: datetime, empty: Ladder
) -> Iterator[Ladder]:
    """Yield *empty* with the rungs that are counted from *start*, unless there are none."""
    rungs: list[Rung] = []
    repeats: list[Repeat] = []
    for number, one in enumerate(reminders):
        to = addressed(binding, case, one.role, empty.line)
        rungs += [since(pace, start, one, number, to)] if one.after else []
        repeats += [again(pace, start, one, number, to)] if one.every else []
    if rungs or repeats:
        yield changed(empty, rungs=tuple(sorted(rungs, key=in_order)), repeats=tuple(repeats), begins=start)
