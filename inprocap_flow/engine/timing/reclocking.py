"""New ends of clocks that run already: extended, lengthened by law, given back, corrected, reckoned again.

Pure, like `engine.timing.clocks`. The end of a clock is that of its period from its start, and then what its history
says was done to it, in order; so a period can be reckoned again without losing what people decided (time-limits R13).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.extending import judge_extension
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, DeadlineState, When, stamp, unstamp
from inprocap_flow.engine.timing.bounds import floor_of, local, refusing
from inprocap_flow.engine.timing.clocks import (
    Clock,
    Typed,
    not_computable,
    on_a_free_day,
    start_clock,
    typed_clock,
    used,
)
from inprocap_flow.engine.timing.giving import running_again
from inprocap_flow.engine.timing.lengthening import counted_by_law
from inprocap_flow.engine.timing.parts import resting
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.model import Deadline, said
from inprocap_flow.records import changed, record

Reckoned = Clock | tuple[Blocker, ...]


@record
class Moved:
    """A clock with its new end, and what its event says besides (`fixed`, `by_law`, `given_back`)."""

    clock: Clock
    more: dict[str, Any]
    warnings: tuple[Blocker, ...] = ()


# ---------------------------------------------------------------------------------------------- by decision


def extended(facts: CaseFacts, deadline: Deadline, state: DeadlineState, typed: Typed) -> Moved | tuple[Blocker, ...]:
    """Return the clock with a later end that was decided (R13b), or why not: never earlier (R14), never too long."""
    clock = _fixed(facts, deadline, state, typed)
    if isinstance(clock, tuple):
        return clock
    return _not_later(facts, deadline, state, clock) or _decided(facts, deadline, clock)


def _not_later(facts: CaseFacts, deadline: Deadline, state: DeadlineState, clock: Clock) -> tuple[Blocker, ...]:
    present = unstamp(state.end or "")
    verdict = judge_extension(present, clock.end, facts.when.first)
    if verdict == "ok" and clock.end > facts.when.last:
        return ()
    if verdict == "expired":
        reason = f'"{said(deadline.title)}" ended at {local(facts, present)}; what is over cannot be extended.'
        return (refusing("deadline-over", deadline, reason, mend="start a new period, if somebody may (restart)"),)
    shown = local(facts, present)
    reason = f'"{said(deadline.title)}" runs until {shown}; an extension must end later than that and than now.'
    return (refusing("too-early", deadline, reason, mend="choose a later moment"),)


def corrected(facts: CaseFacts, deadline: Deadline, state: DeadlineState, typed: Typed) -> Moved | tuple[Blocker, ...]:
    """Return the clock with a wrong end set right, later or earlier, but ahead of now and within the lawful bounds."""
    clock = _fixed(facts, deadline, state, typed)
    if isinstance(clock, tuple):
        return clock
    if clock.end <= facts.when.last:
        reason = f'"{said(deadline.title)}" would have ended at {local(facts, clock.end)}, before anybody knew.'
        return (refusing("too-early", deadline, reason, mend="choose a moment after now; annul what was wrong"),)
    if clock.end == unstamp(state.end or ""):
        reason = f'"{said(deadline.title)}" ends at {local(facts, clock.end)} as it is.'
        return (refusing("nothing-to-do", deadline, reason, mend="give the right end"),)
    return _below_its_period(facts, deadline, state, clock) or _decided(facts, deadline, clock)


def _decided(facts: CaseFacts, deadline: Deadline, clock: Clock) -> Moved:
    return Moved(clock, {"fixed": _text(clock.last_day)}, tuple(on_a_free_day(facts, deadline, clock)))


def _below_its_period(facts: CaseFacts, deadline: Deadline, state: DeadlineState, clock: Clock) -> tuple[Blocker, ...]:
    """Return why a correction is too early: a window or standstill is never shorter than its own period."""
    if deadline.period is None or deadline.kind == "due":
        return ()
    base = start_clock(facts, deadline, When.from_plain(state.started))
    if isinstance(base, tuple) or clock.end >= base.end:
        return base if isinstance(base, tuple) else ()
    reason = f"{said(deadline.title)} must not end before {local(facts, base.end)}: its period lasts until then."
    return (refusing("below-floor", deadline, reason, mend=f"choose {local(facts, base.end)} or later"),)


def _fixed(facts: CaseFacts, deadline: Deadline, state: DeadlineState, typed: Typed) -> Reckoned:
    try:
        start = When.from_plain(state.started)
        clock = typed_clock(facts, deadline, start, typed)
        if isinstance(clock, tuple):
            return clock
        if (law := prolonged_by(state)) is not None:
            base = counted_by_law(facts, deadline, start, law)
            if not isinstance(base, tuple) and clock.end < base.end:
                reason = (
                    f"{said(deadline.title)} must not end before {local(facts, base.end)}: it was made longer by law."
                )
                return (refusing("below-floor", deadline, reason, mend=f"choose {local(facts, base.end)} or later"),)
    except (BadValue, Unsupported) as wrong:
        return (not_computable(deadline, wrong),)
    # What the end rests on stays visible: the unit of the period, the floor, what was given back.
    kept = {name: state.computed[name] for name in ("given_back", "period", "prolonged") if name in state.computed}
    return changed(clock, computed={**kept, **clock.computed})


# ---------------------------------------------------------------------------------------------- by law


def lengthened(facts: CaseFacts, deadline: Deadline, state: DeadlineState, by: Period) -> Moved | tuple[Blocker, ...]:
    """Return the clock when the law makes its period longer by *by*: counted again from the same event (R13a).

    A typed end stays where it is if it lies beyond the longer minimum, else it moves to the earliest lawful one.
    Where adding to the present end would give a later date, a warning offers it (convention).
    """
    start = When.from_plain(state.started)
    before = prolonged_by(state)
    try:
        whole = by if before is None else _sum(before, by)
        base = counted_by_law(facts, deadline, start, whole)
        if isinstance(base, tuple):
            return base
        clock = replayed(facts, deadline, state, base) if deadline.period is not None else base
    except (BadValue, Unsupported) as wrong:
        return (not_computable(deadline, wrong),)
    if isinstance(clock, tuple):
        return clock
    present = unstamp(state.end or "")
    if deadline.period is None and clock.end <= present and present > facts.when.last:
        reason = f'"{said(deadline.title)}" runs until {local(facts, present)}, which the longer minimum allows.'
        return (refusing("nothing-to-do", deadline, reason, mend="leave it as it is"),)
    return _not_later(facts, deadline, state, clock) or Moved(
        clock, {"by_law": by.code}, tuple(_safe(facts, deadline, clock))
    )


def _sum(first: Period, second: Period) -> Period:
    if first.unit != second.unit:
        fact = f"{first} and {second} by law cannot be added"
        raise Unsupported(fact, mend=f"write the second one in {first.unit}")
    return Period(first.count + second.count, first.unit)


def _safe(facts: CaseFacts, deadline: Deadline, clock: Clock) -> Iterator[Blocker]:
    prolonged = clock.computed.get("prolonged", {})
    safe = prolonged.get("safe_end")
    if safe and datetime.fromisoformat(safe) > clock.end:
        reason = (
            f"Added to the present end, the longer time would end {deadline.name} at "
            f"{local(facts, datetime.fromisoformat(safe))}; that is safe in both readings."
        )
        mend = "extend it until then, to be safe"
        yield Blocker("safe-end", reason, about=deadline.name, basis="convention", mend=mend)


def base_by_law(facts: CaseFacts, deadline: Deadline, state: DeadlineState) -> Reckoned | None:
    """Return *deadline* counted from its start with what the law made it longer by; None if no law did."""
    law = prolonged_by(state)
    return None if law is None else counted_by_law(facts, deadline, When.from_plain(state.started), law)


def prolonged_by(state: DeadlineState) -> Period | None:
    """Return by how much the law made the period longer since the clock last started; None if it did not."""
    whole: Period | None = None
    for entry in _since_start(state):
        if code := entry.get("by_law"):
            by = parse_period(str(code))
            whole = by if whole is None else Period(whole.count + by.count, by.unit)
    return whole


def _since_start(state: DeadlineState) -> list[Any]:
    starts = [n for n, entry in enumerate(state.history) if entry["what"] in ("started", "restarted")]
    return list(state.history[starts[-1] + 1 :]) if starts else []


# ---------------------------------------------------------------------------------------------- given back


def resumed(facts: CaseFacts, deadline: Deadline, state: DeadlineState) -> Moved | tuple[Blocker, ...]:
    """Return the clock that ran again at the moment of *facts*, with the time that was lost given back.

    An imprecise suspension counts from its beginning, an imprecise resumption from its end: nobody loses time by it.
    """
    since = When.from_plain(state.suspended)
    try:
        clock, back = running_again(facts, deadline, state, since.first, facts.when.last)
    except (BadValue, Unsupported) as wrong:
        return (not_computable(deadline, wrong),)
    assumed = not (since.is_exact and facts.when.is_exact)
    return Moved(changed(clock, assumed=assumed), {"given_back": back.lost.code})


# ---------------------------------------------------------------------------------------------- reckoned again


def recounted(facts: CaseFacts, deadline: Deadline, state: DeadlineState) -> Reckoned:
    """Return an open clock reckoned again from its start with today's calendars, keeping what was done to it since.

    A typed end stays what it is; only the minimum beside it is counted again.
    """
    start = When.from_plain(state.started)
    try:
        if deadline.ends_at is not None:
            return _floor_again(facts, deadline, state, start)
        law = prolonged_by(state)
        base = start_clock(facts, deadline, start) if law is None else counted_by_law(facts, deadline, start, law)
        return base if isinstance(base, tuple) else replayed(facts, deadline, state, base)
    except (BadValue, Unsupported) as wrong:
        return (not_computable(deadline, wrong),)


def _floor_again(facts: CaseFacts, deadline: Deadline, state: DeadlineState, start: When) -> Reckoned:
    floor = floor_of(facts, deadline, start)
    if isinstance(floor, tuple):
        return floor
    computed = {**state.computed}
    if floor is not None:
        computed["floor"] = resting(floor, deadline.at_least, facts.journal) | used(facts)
    last_day = date.fromisoformat(state.last_day) if state.last_day else None
    return Clock(unstamp(state.end or ""), last_day, bool(floor and floor.provisional), state.assumed, computed)


def replayed(facts: CaseFacts, deadline: Deadline, state: DeadlineState, base: Clock) -> Reckoned:
    """Return *base* with all that was done to the clock since it started: ends fixed by decision, time given back."""
    now = changed(state, end=stamp(base.end), last_day=_text(base.last_day), computed=base.computed)
    now = changed(now, provisional=base.provisional, earliest=_stamped(base.earliest))
    since: When | None = None
    for entry in _since_start(state):
        at = When.from_plain(entry["at"])
        if entry["what"] == "suspended":
            since = at
        elif entry["what"] == "resumed" and since is not None:
            clock, _ = running_again(facts, deadline, now, since.first, at.last)
            now = changed(now, end=stamp(clock.end), last_day=_text(clock.last_day), computed=clock.computed)
            now = changed(now, provisional=clock.provisional, earliest=_stamped(clock.earliest))
        elif _is_fixed(entry):
            now = _fixed_at(facts, now, entry)
    last_day = date.fromisoformat(now.last_day) if now.last_day else None
    early = unstamp(now.earliest) if now.earliest else None
    return Clock(unstamp(now.end or ""), last_day, now.provisional, base.assumed, dict(now.computed), early)


def _stamped(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def is_set(state: DeadlineState) -> bool:
    """Return whether somebody has set the end of a clock, at its start or since, so that reckoning keeps it."""
    return state.computed.get("typed") is True or any(_is_fixed(entry) for entry in _since_start(state))


def _is_fixed(entry: Any) -> bool:
    """Return whether an entry sets an end by decision: a correction, or an extension that is not one by law."""
    return entry["what"] == "corrected" or (entry["what"] == "extended" and "by_law" not in entry)


def _fixed_at(facts: CaseFacts, state: DeadlineState, entry: Any) -> DeadlineState:
    """Return the clock with an end that was decided; an extension never makes it shorter than it is without."""
    end = unstamp(entry["end"])
    if entry["what"] == "extended" and end <= unstamp(state.end or ""):
        return state
    last = entry.get("fixed") or _text(facts.binding.day(end))
    computed = {**state.computed, "typed": True}
    # Whenever the clock began, it ends as was decided.
    return changed(state, end=entry["end"], last_day=last, computed=computed, provisional=False, earliest=None)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
