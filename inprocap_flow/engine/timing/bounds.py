"""Between which ends a deadline is lawful: the floor and the ceiling that its definition and the law set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.calendar.compute import Computed, compute, earliest_lawful
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.calendar.trace import shown, shown_at
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, Ground, When
from inprocap_flow.engine.timing.parts import in_words, leading, parts_of
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.tree import Call, Expr, Word, walk
from inprocap_flow.language.model import Deadline, said
from inprocap_flow.records import changed, record


@record
class Bounds:
    """Between which ends a deadline is lawful; None: no bound."""

    floor: Computed | None
    ceiling: Computed | None


def keep_bounds(facts: CaseFacts, deadline: Deadline, event: When, end: datetime) -> Bounds | tuple[Blocker, ...]:
    """Return the bounds of *deadline*, started at *event*, if *end* keeps them, else why it does not."""
    floor = _bound(facts, deadline, event, deadline.at_least, "the lawful minimum")
    ceiling = _bound(facts, deadline, event, deadline.at_most, "the lawful maximum")
    if isinstance(floor, tuple) or isinstance(ceiling, tuple):
        return (*(floor if isinstance(floor, tuple) else ()), *(ceiling if isinstance(ceiling, tuple) else ()))
    if floor is not None and end < floor.end:
        return (below_floor(facts, deadline, floor),)
    if ceiling is not None and end > ceiling.end:
        return (_above_ceiling(facts, deadline, ceiling),)
    return Bounds(floor, ceiling)


def floor_of(facts: CaseFacts, deadline: Deadline, event: When) -> Computed | tuple[Blocker, ...] | None:
    """Return the lawful minimum of *deadline*, None if it has none, or what is missing to know it."""
    facts = changed(facts, deadline_day=facts.binding.day(event.last))
    return _bound(facts, deadline, event, deadline.at_least, "the lawful minimum")


def ceiling_of(facts: CaseFacts, deadline: Deadline, event: When) -> Computed | tuple[Blocker, ...] | None:
    """Return the lawful maximum of *deadline*, None if it has none, or what is missing to know it."""
    facts = changed(facts, deadline_day=facts.binding.day(event.last))
    return _bound(facts, deadline, event, deadline.at_most, "the lawful maximum")


def _bound(
    facts: CaseFacts, deadline: Deadline, event: When, source: Expr | str | None, what: str
) -> Computed | tuple[Blocker, ...] | None:
    if source is None:
        return None
    period = period_of(facts, source)
    if isinstance(period, tuple):
        return missing(deadline, period, what)
    return counted(facts, deadline, event.last, period)


def period_of(facts: CaseFacts, source: Expr | str) -> Period | tuple[str, ...]:
    """Return the period that *source* gives, or the names of what is missing for it."""
    if isinstance(source, str):
        return parse_period(source)
    result = evaluate(source, facts)
    if isinstance(result.value, Period):
        return result.value
    return result.missing or (str(source),)


def counted(facts: CaseFacts, deadline: Deadline, event: Any, period: Period, **more: Any) -> Computed:
    """Return *period* counted from *event* in the way and with the calendar of *deadline*."""
    counting = counting_of(facts, deadline)
    calendar = facts.binding.calendar(deadline.calendar)
    return compute(event, facts.binding.zone, period, calendar=calendar, counting=counting, **more)


def counting_of(facts: CaseFacts, deadline: Deadline) -> str:
    """Return the name of the way in which *deadline* counts."""
    return deadline.counting or facts.binding.definition.counting


def missing(deadline: Deadline, names: tuple[str, ...], what: str) -> tuple[Blocker, ...]:
    """Return a blocker for each of *names* that must be known for *what* of *deadline*."""
    return tuple(
        Blocker("field-missing", f"{name} is not known, which {what} of {said(deadline.title)} needs.", about=name)
        for name in names
    )


def earliest(facts: CaseFacts, deadline: Deadline, floor: Computed) -> datetime:
    """Return the earliest lawful end of *deadline*: at its closing hour, on a working day, beyond the whole period."""
    return earliest_lawful(floor, deadline.closes_at or "24:00", on=facts.binding.calendar(deadline.calendar))


@record
class Limiting:
    """A lawful floor or ceiling in words: the moment that binds, why it lies there, and the value of law it is from.

    An end at ``moment`` itself is lawful. ``proposed`` is the nearest lawful end at the closing hour of a working day.
    """

    moment: datetime
    proposed: datetime
    because: str
    cite: str | None
    basis: str | None
    evidence: str | None
    provisional: bool
    grounds: tuple[Ground, ...] = ()


def floor_limit(facts: CaseFacts, deadline: Deadline, event: When) -> Limiting | None:
    """Return the earliest lawful end of *deadline*, started at *event*, in words; None if nothing binds or is known."""
    floor = floor_of(facts, deadline, event)
    return None if floor is None or isinstance(floor, tuple) else _floor_in_words(facts, deadline, floor)


def ceiling_limit(facts: CaseFacts, deadline: Deadline, event: When) -> Limiting | None:
    """Return the latest lawful end of *deadline*, started at *event*, in words; None if nothing binds or is known."""
    ceiling = ceiling_of(facts, deadline, event)
    return None if ceiling is None or isinstance(ceiling, tuple) else _ceiling_in_words(facts, deadline, ceiling)


def _floor_in_words(facts: CaseFacts, deadline: Deadline, floor: Computed) -> Limiting:
    used = leading(read_for(facts, deadline.at_least))
    asked = floor.how.asked
    parts = parts_of(deadline.at_least, facts.journal.limits)
    length = f"{asked.period}, which are {in_words(parts)}," if parts else str(asked.period)
    reduced = "" if parts else _reduced(used)
    because = f"at least {length} after {shown(asked.event_day)}{reduced}, {_ending(floor)}"
    grounds = tuple(one.ground for one in parts)
    cite = cited(deadline.cite, used, grounds)
    proposed = earliest(facts, deadline, floor)
    basis, evidence = used.get("basis"), used.get("confirmed_on")
    return Limiting(floor.end, proposed, because, cite, basis, evidence, floor.provisional, grounds)


def _ceiling_in_words(facts: CaseFacts, deadline: Deadline, ceiling: Computed) -> Limiting:
    used = leading(read_for(facts, deadline.at_most))
    asked = ceiling.how.asked
    because = f"at most {asked.period} after {shown(asked.event_day)}"
    cite = cited(deadline.cite, used)
    basis, evidence = used.get("basis"), used.get("confirmed_on")
    return Limiting(ceiling.end, ceiling.end, because, cite, basis, evidence, ceiling.provisional)


def read_for(facts: CaseFacts, bound: Expr | str | None) -> Mapping[str, Mapping[str, Any]]:
    """Return the values of law that *bound*, or a condition, asked for: others may have been read before it."""
    asked = (one for one in walk(bound) if isinstance(one, Call)) if isinstance(bound, Expr) else ()
    words = (one.arguments[0] for one in asked if one.function == "limit")
    names = {word.word for word in words if isinstance(word, Word)}
    return {name: used for name, used in facts.journal.limits.items() if name in names}


def binding_limit(facts: CaseFacts, bound: Expr | str | None) -> dict[str, Any]:
    """Return which of the values read are those of *bound*, for its event; nothing where no others were."""
    read = read_for(facts, bound)
    return {"bound": list(read)} if len(read) < len(facts.journal.limits) else {}


def cited(cite: str | None, used: Mapping[str, Any], grounds: tuple[Ground, ...] = ()) -> str | None:
    """Return what a length is cited with: the article, unless the value used rests on something else than law.

    An article that asks for time without naming any must not stand behind a number that is ours: then the source of
    the value is cited, which says so. So it is where a house has added to what the law asks: what the deadline is cited
    with then names both, and *grounds* say which is which.
    """
    source = used.get("source")
    if grounds and source:
        return str(source)
    ours = used.get("basis", "law") != "law"
    return source if ours and source else cite or source


def below_floor(facts: CaseFacts, deadline: Deadline, floor: Computed) -> Blocker:
    """Return the blocker of an end before *floor*: it names the earliest lawful one."""
    found = _floor_in_words(facts, deadline, floor)
    return refusing(
        "below-floor",
        changed(deadline, cite=found.cite),
        f"{said(deadline.title)} must not end before {local(facts, found.proposed)}: {found.because}.",
        mend=f"choose {found.proposed.astimezone(facts.binding.zone):%Y-%m-%d %H:%M} or later",
        basis=found.basis,
        evidence=found.evidence,
        provisional=found.provisional,
        grounds=found.grounds,
    )


def _reduced(used: Mapping[str, Any]) -> str:
    return f" (because of {used['variant']})" if used.get("variant") else ""


def _ending(floor: Computed) -> str:
    """Return why the minimum ends when it does: its last day, and from where that was moved."""
    how = floor.how
    if how.asked.period.unit == "hours":
        return f"over at {shown_at(floor.end)}"
    moved = f" (moved from {shown(how.counted)})" if how.last != how.counted else ""
    return f"last day {shown(how.last)}{moved}"


def _above_ceiling(facts: CaseFacts, deadline: Deadline, ceiling: Computed) -> Blocker:
    found = _ceiling_in_words(facts, deadline, ceiling)
    reason = f"{said(deadline.title)} must end by {local(facts, found.proposed)} at the latest: {found.because}."
    mend = f"choose {found.proposed.astimezone(facts.binding.zone):%Y-%m-%d %H:%M} or earlier"
    more = {"basis": found.basis, "evidence": found.evidence, "provisional": found.provisional}
    return refusing("above-ceiling", changed(deadline, cite=found.cite), reason, mend=mend, **more)


def refusing(code: str, deadline: Deadline, reason: str, **more: Any) -> Blocker:
    """Return a blocker about *deadline*, with its source."""
    return Blocker(code, reason, about=deadline.name, cite=deadline.cite, **more)


def local(facts: CaseFacts, moment: datetime) -> str:
    """Return a moment as refusals show it: ``Fri 2026-02-20 16:00`` in the zone of the organisation."""
    return f"{moment.astimezone(facts.binding.zone):%a %Y-%m-%d %H:%M}"
