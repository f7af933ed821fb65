"""What an act on a deadline does once it is judged: which end it leads to, and the events of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.engine.carrying.deadlines import end, follow, start, suspend
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.binding import Journal
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, DeadlineState, unstamp
from inprocap_flow.engine.timing.bounds import local, refusing
from inprocap_flow.engine.timing.clocks import Clock, Typed, as_typed, on_a_free_day, start_clock, typed_clock
from inprocap_flow.engine.timing.reclocking import Moved, corrected, extended, lengthened, resumed
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.model import ClockAct, Deadline, said
from inprocap_flow.records import changed, field, record

__all__ = ["EFFECTS", "Asked", "Change"]


@record
class Asked:
    """An act on a deadline as asked for: on which line, what the definition says, how the clock stands.

    ``lifted`` are the rules that did not hold it up because a derogation had lifted them, each with its derogation.
    """

    kind: str
    owner: str
    declared: Deadline
    act: ClockAct
    state: DeadlineState | None
    ground: str
    extra: Mapping[str, Any]
    lifted: Mapping[str, str] = field(default_factory=dict)

    @property
    def why(self) -> dict[str, Any]:
        """What the event of the act says of its ground, and of what did not bind it."""
        used = {"used": {"lifted": dict(self.lifted)}} if self.lifted else {}
        return {"ground": self.ground, **used}

    @property
    def title(self) -> str:
        return f'"{said(self.declared.title)}"'


Change = Callable[[Work], None]  # lets a judged act take effect


# ---------------------------------------------------------------------------------------------- which end


def _typed_end(facts: CaseFacts, asked: Asked) -> Typed | tuple[Blocker, ...] | None:
    """Return the end that was agreed, or that comes with the request; None if neither is there."""
    try:
        given = _given(facts, asked)
        agreed = _agreed(facts, asked)
    except BadValue as wrong:
        return (Blocker("bad-value", f"until: {wrong.fact}", about="until", mend=wrong.mend),)
    if isinstance(agreed, tuple):
        return agreed
    if agreed is not None and given is not None and given.end != agreed.end:
        reason = f"{asked.title} was agreed to end at {local(facts, agreed.end)}, not at {local(facts, given.end)}."
        return (refusing("not-as-agreed", asked.declared, reason, mend="leave the end out, or have it agreed anew"),)
    return agreed or given


def _given(facts: CaseFacts, asked: Asked) -> Typed | None:
    text = asked.extra.get("until")
    if text is None:
        return None
    try:
        value: date | datetime = date.fromisoformat(str(text)) if len(str(text)) == 10 else unstamp(str(text))
    except ValueError:
        raise BadValue(f'"{str(text)[:60]}" is neither a day nor a moment', "give one such as 2026-03-20") from None
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise BadValue(f'"{text}" has no zone', "give a moment with its offset")
    return as_typed(facts, asked.declared, value)


def _agreed(facts: CaseFacts, asked: Asked) -> Typed | tuple[Blocker, ...] | None:
    if asked.act.until is None:
        return None
    result = evaluate(asked.act.until, facts)
    if isinstance(result.value, date):
        return as_typed(facts, asked.declared, result.value)
    names = result.missing or (str(asked.act.until),)
    return tuple(
        Blocker("field-missing", f"{name} is not known, the end that is agreed.", about=name, mend=f"fill {name}")
        for name in names
    )


def _no_end(asked: Asked) -> tuple[Blocker, ...]:
    reason = f"Until when does {asked.title} run?"
    return (refusing("end-missing", asked.declared, reason, mend="give the new end (until)"),)


# ---------------------------------------------------------------------------------------------- what it does


def _extend(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    facts, state = _fresh(work, asked), _state(asked)
    law = _by_law(asked)
    if isinstance(law, tuple):
        return law
    if law is not None:
        return _move(asked, "deadline_extended", lengthened(facts, asked.declared, state, law))
    typed = _typed_end(facts, asked)
    if not isinstance(typed, Typed):
        return typed or _no_end(asked)
    return _move(asked, "deadline_extended", extended(facts, asked.declared, state, typed))


def _by_law(asked: Asked) -> Period | tuple[Blocker, ...] | None:
    text = asked.extra.get("by_law")
    if text is None:
        return None
    if asked.extra.get("until") is not None:
        reason = "A law lengthens the period by so much; a decision names the end. Both were given."
        return (Blocker("bad-value", reason, about="until", mend="give one of them"),)
    try:
        return parse_period(str(text))
    except BadValue as wrong:
        return (Blocker("bad-value", f"by law: {wrong.fact}", about="by_law", mend=wrong.mend),)


def _correct(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    facts = _fresh(work, asked)
    typed = _typed_end(facts, asked)
    if not isinstance(typed, Typed):
        return typed or _no_end(asked)
    return _move(asked, "deadline_corrected", corrected(facts, asked.declared, _state(asked), typed))


def _resume(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return _move(asked, "deadline_resumed", resumed(_fresh(work, asked), asked.declared, _state(asked)))


def _move(asked: Asked, kind: str, moved: Moved | tuple[Blocker, ...]) -> Change | tuple[Blocker, ...]:
    if isinstance(moved, tuple):
        return moved

    def change(work: Work) -> None:
        name = asked.declared.name
        data = {"deadline": name, **asked.why, **moved.clock.to_plain(), **moved.more}
        work.warnings += moved.warnings
        work.emit(kind, asked.owner, {**data, **_perhaps_over(work, asked)})
        follow(work, asked.owner, name)

    return change


def _perhaps_over(work: Work, asked: Asked) -> dict[str, Any]:
    """Return the mark of an act at an unknown hour, when the clock may have ended already."""
    state = _state(asked)
    perhaps = state.status == "running" and state.end is not None and unstamp(state.end) <= work.when.last
    return {"assumed": True} if perhaps and not work.when.is_exact else {}


def _suspend(_work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return lambda work: suspend(work, asked.owner, asked.declared.name, asked.why)


def _satisfy(_work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return lambda work: end(work, asked.owner, asked.declared.name, "deadline_met", asked.why)


def _stop(_work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    return lambda work: end(work, asked.owner, asked.declared.name, "deadline_stopped", asked.why)


def _restart(work: Work, asked: Asked) -> Change | tuple[Blocker, ...]:
    facts = _fresh(work, asked)
    clock = _new_clock(work, facts, asked)
    if isinstance(clock, tuple):
        return clock
    warnings = tuple(on_a_free_day(facts, asked.declared, clock))

    def change(work: Work) -> None:
        work.warnings += warnings
        start(work, asked.owner, asked.declared, clock, {**asked.why, "restarted": True})

    return change


def _new_clock(work: Work, facts: CaseFacts, asked: Asked) -> Clock | tuple[Blocker, ...]:
    """Return the clock as it starts now: by its own rules, or with the end that was agreed or given for a typed one."""
    typed = _typed_end(facts, asked)
    if isinstance(typed, tuple):
        return typed
    if typed is None:
        return start_clock(facts, asked.declared, work.when)
    if asked.declared.ends_at is None:
        reason = f"The end of {asked.title} comes from its period; nobody chooses it."
        return (refusing("bad-value", asked.declared, reason, mend="leave the end out"),)
    return typed_clock(facts, asked.declared, work.when, typed)


def _fresh(work: Work, asked: Asked) -> CaseFacts:
    return changed(work.facts(asked.owner), journal=Journal())


def _state(asked: Asked) -> DeadlineState:
    assert asked.state is not None  # judged before
    return asked.state


EFFECTS: Mapping[str, Callable[[Work, Asked], Change | tuple[Blocker, ...]]] = {
    "extend": _extend,
    "suspend": _suspend,
    "resume": _resume,
    "satisfy": _satisfy,
    "stop": _stop,
    "restart": _restart,
    "correct": _correct,
}
