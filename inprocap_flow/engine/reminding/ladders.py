"""Which ladders a case has: what somebody is to be reminded of, and when next. The service keeps the next rungs.

A ladder hangs on one thing (a clock, an approval that waits, a signature that lapses, papers that are due, a line where
nothing happens) and is there as long as that thing is. Its name is the key of its row: ``deadline <line> <name>``,
``safety <line> <name>`` (until when an extension is safe), ``approval <line> <name>``, ``papers <line> <name>
<signature>``, ``validity <line> <name> <signature> <person>``, ``silence <line>``. A case that was imported from
history has none: nobody is reminded of the past.
"""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, LineState
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.of_approvals import of_approval
from inprocap_flow.engine.reminding.of_deadlines import of_deadline
from inprocap_flow.engine.reminding.of_lines import of_line, of_silence
from inprocap_flow.engine.reminding.silence import begins_anew


def ladders(binding: Binding, case: Case) -> Iterator[Ladder]:
    """Yield every ladder that *case* has now, in order of its clocks, approvals and lines."""
    if case.historic:
        return
    for clock in case.deadlines.values():
        yield from of_deadline(binding, case, clock)
    for line in case.lines.values():
        yield from of_line(binding, case, line)
    for approval in case.approvals.values():
        yield from of_approval(binding, case, approval)


def ladder_named(binding: Binding, case: Case, name: str) -> Ladder | None:
    """Return the ladder *name*, if the case has it now; only the thing that it hangs on is looked at."""
    kind, line_id, *rest = name.split(" ")
    if case.historic or line_id not in case.lines:
        return None
    found: Iterator[Ladder] = iter(())
    if kind in ("silence", "papers"):
        found = of_line(binding, case, case.lines[line_id])
    elif rest and kind in ("deadline", "safety") and (clock := case.deadlines.get(f"{line_id} {rest[0]}")):
        found = of_deadline(binding, case, clock)
    elif rest and (approval := case.approvals.get(f"{line_id} {rest[0]}")):
        found = of_approval(binding, case, approval)
    return next((ladder for ladder in found if ladder.name == name), None)


def changes(binding: Binding, old: Case | None, new: Case) -> tuple[list[Ladder], list[str]]:
    """Return the ladders that are new or otherwise in *new*, and the names of those that are gone.

    Only what changed is looked at: a clock, an approval or a line carried over untouched has the ladders it had.
    """
    if new.historic:
        return [], []
    if old is not None and old.definition_hash != new.definition_hash:
        return _of_versions(binding, old, new)
    binding = binding.of(new)
    had = {} if old is None else {ladder.name: ladder for ladder in _touched(binding, old, new)}
    has = {ladder.name: ladder for ladder in _touched(binding, new, old)}
    return [one for one in has.values() if had.get(one.name) != one], [name for name in had if name not in has]


def _of_versions(binding: Binding, old: Case, new: Case) -> tuple[list[Ladder], list[str]]:
    """Return the same where the case went over to another version: it reminds of something else, even if nothing moved.

    A clock that has ended, and of which nothing more is to be said, has no ladder worth a look in either.
    """
    had = {ladder.name: ladder for ladder in ladders(binding.of(old), old)}
    has = {ladder.name: ladder for ladder in ladders(binding.of(new), new)}
    return [one for one in has.values() if had.get(one.name) != one], [name for name in had if name not in has]


def _touched(binding: Binding, case: Case, other: Case | None) -> Iterator[Ladder]:
    """Yield the ladders of *case* that hang on something that is otherwise in *other*."""
    if other is None:
        yield from ladders(binding, case)
        return
    lines = [line for line in case.lines.values() if other.lines.get(line.id) is not line]
    ended = {line.id for line in lines if _ended(line, other)}
    # Most moves touch no clock, or no approval: then all of them are the same mapping, and none is looked at.
    if ended or case.deadlines is not other.deadlines:
        for place, clock in case.deadlines.items():
            if other.deadlines.get(place) is not clock or clock.line in ended or MAIN in ended:
                yield from of_deadline(binding, case, clock)
    for line in lines:
        yield from of_line(binding, case, line, silent=line.id != MAIN)
    if begins_anew(binding, case, other):
        yield from of_silence(binding, case, case.main)
    if ended or case.approvals is not other.approvals:
        for place, approval in case.approvals.items():
            if other.approvals.get(place) is not approval or approval.line in ended or MAIN in ended:
                yield from of_approval(binding, case, approval)


def _ended(line: LineState, other: Case) -> bool:
    """Return whether *line* has ended in one case and not in the other."""
    known = other.lines.get(line.id)
    return known is not None and known.ended != line.ended
