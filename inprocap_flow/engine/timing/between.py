"""Between which ends an act may set a deadline: what binds it below and above, in the order in which it is judged.

Read from the same rules that refuse an end (`engine.timing.bounds`, `engine.timing.reclocking`), so that nobody has to
try ends to learn them. Nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.binding import Journal
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import DeadlineState, Ground, When, unstamp
from inprocap_flow.engine.timing.bounds import Limiting, ceiling_limit, floor_limit
from inprocap_flow.engine.timing.clocks import start_clock
from inprocap_flow.engine.timing.reclocking import base_by_law, prolonged_by
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.model import Deadline
from inprocap_flow.records import changed, record

Side = Literal["later", "floor", "ceiling"]


@record
class Bound:
    """A bound of an end. ``later``: it lies after ``moment``; ``floor``: at it or after; ``ceiling``: at it or before.

    ``because`` says why in a few words; ``basis`` and ``evidence`` as in a refusal.
    """

    side: Side
    moment: datetime
    because: str
    cite: str | None = None
    basis: str | None = None
    evidence: str | None = None
    provisional: bool = False
    grounds: tuple[Ground, ...] = ()


def between(facts: CaseFacts, deadline: Deadline, state: DeadlineState, kind: str) -> tuple[Bound, ...]:
    """Return what binds the end that the act *kind* (extend, correct or restart) sets; nothing for the other acts.

    What cannot be known yet (a value that is missing, a calendar that does not reach) is left out: the act itself
    names it.
    """
    if kind not in ("extend", "correct", "restart") or (kind == "restart" and deadline.ends_at is None):
        return ()
    facts = changed(facts, journal=Journal())
    start = facts.when if kind == "restart" else When.from_plain(state.started)
    try:
        return (*_later(facts, state, kind), *_lawful(facts, deadline, start), *_own(facts, deadline, state, kind))
    except (BadValue, Unsupported):
        return tuple(_later(facts, state, kind))


def _later(facts: CaseFacts, state: DeadlineState, kind: str) -> Iterator[Bound]:
    now, end = facts.when.last, unstamp(state.end) if state.end else None
    if kind == "extend" and end is not None and end > now:
        yield Bound("later", end, "what was announced is not made shorter", "R14", "convention")
    else:
        yield Bound("later", now, "nothing ends before it is decided", basis="convention")


def _lawful(facts: CaseFacts, deadline: Deadline, start: When) -> Iterator[Bound]:
    facts = changed(facts, deadline_day=facts.binding.day(start.last))
    limits: tuple[tuple[Side, Limiting | None], ...] = (
        ("floor", floor_limit(changed(facts, journal=Journal()), deadline, start)),
        ("ceiling", ceiling_limit(changed(facts, journal=Journal()), deadline, start)),
    )
    for side, found in limits:
        if found is not None:
            known = (found.moment, found.because, found.cite, found.basis, found.evidence, found.provisional)
            yield Bound(side, *known, found.grounds)


def _own(facts: CaseFacts, deadline: Deadline, state: DeadlineState, kind: str) -> Iterator[Bound]:
    """Yield how long a window or standstill lasts at least, and what a law made longer: neither is undercut."""
    start = When.from_plain(state.started)
    if kind == "correct" and deadline.period is not None and deadline.kind != "due":
        base = start_clock(facts, deadline, start)
        if not isinstance(base, tuple):
            yield Bound("floor", base.end, "its period lasts until then", deadline.cite, provisional=base.provisional)
    if kind != "restart" and prolonged_by(state) is not None:
        law = base_by_law(facts, deadline, state)
        if law is not None and not isinstance(law, tuple):
            yield Bound("floor", law.end, "it was made longer by law", deadline.cite, provisional=law.provisional)
