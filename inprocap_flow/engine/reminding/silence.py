"""A case in which nothing happens, in a stage that says nothing of it: its owner is told as the organisation wishes.

A convention and no law. It is counted from when anything was last recorded in the case, on whichever line and of
whatever day: who enters something late, or annuls something, is at work on the case. So every record begins the count
anew. Whether anything is said is found when it is due: not where the case stands still because a deadline runs that it
must wait for.
"""

from __future__ import annotations

from datetime import date, datetime

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, key, last_of, unstamp
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.rungs import Pace, again, pace_of
from inprocap_flow.language.expressions.tree import Call, Word, walk
from inprocap_flow.language.model import Definition, Reminder, Stage, Step

NEVER = "never"
OF_CASE = "silent"  # the condition under which such a reminder is sent, as `reminders` names it


def by_default(binding: Binding, stage: Stage | None) -> bool:
    """Return whether the organisation, not the procedure, says when a case that is silent in *stage* is mentioned."""
    return (
        stage is not None
        and stage.owner is not None
        and not stage.remind_after
        and not stage.remind
        and binding.organisation.reminders.remind_after is not None
    )


def case_ladder(binding: Binding, case: Case, stage: Stage, to: tuple[str, ...]) -> Ladder | None:
    """Return the ladder of a case that is silent in *stage*, where the organisation alone says when it speaks."""
    last = last_recorded(case)
    if last is None:
        return None
    pace = pace_of(binding)
    after = _longest(binding, stage, pace, last)
    repeat = again(pace, last, Reminder("", every=after), 0, to)
    return Ladder(f"silence {MAIN}", "silence", MAIN, case.main.state, (), (repeat,), None, last)


def begins_anew(binding: Binding, case: Case, other: Case) -> bool:
    """Return whether the ladder of a silent case may be otherwise in *other*: most moves of a day leave it as it is.

    Cheaper than the ladders of both, for it is asked with every move. Days are counted, so only another day matters.
    """
    one, two = case.main, other.main
    stage = binding.definition.main.stages.get(one.state)
    if one.state != two.state or one.ended != two.ended:
        return True
    if stage is None or not by_default(binding, stage):
        return one is not two
    mine, theirs = last_recorded(case), last_recorded(other)
    if mine is None or theirs is None or "T" in (binding.organisation.reminders.remind_after or ""):
        return mine != theirs
    day = pace_of(binding).day
    return day(mine) != day(theirs)


def last_recorded(case: Case) -> datetime | None:
    """Return when anything was last recorded in *case*, on whichever line; of a case without events, when it moved."""
    if case.last_change_at:
        return unstamp(case.last_change_at)
    return last_of(case.main.last) if case.main.last is not None else None


def waits_for(binding: Binding, case: Case, now: datetime) -> tuple[str, ...]:
    """Return the deadlines of the case that run at *now* and that it waits for where it stands."""
    return tuple(
        name
        for name in awaited(binding.definition, case.main.state)
        if (clock := case.deadlines.get(key(MAIN, name))) is not None
        and clock.status == "running"
        and clock.end is not None
        and now < unstamp(clock.end)
    )


def awaited(definition: Definition, stage: str) -> tuple[str, ...]:
    """Return the deadlines whose end a case waits for in *stage*: what carries it on, or must be over for a step."""
    steps = [step for step in definition.main.steps.values() if stage in step.sources]
    carry_on = {step.name for step in steps}
    found = [one.name for one in definition.main.deadlines.values() if one.when_over in carry_on]
    found += [name for step in steps for name in (*step.already_there.after, *_over(step))]
    known = definition.main.deadlines
    return tuple(dict.fromkeys(name for name in found if name in known and known[name].kind != "due"))


def _over(step: Step) -> tuple[str, ...]:
    """Return the deadlines that an automatic step waits for: ``over('standstill')``."""
    if step.as_soon_as is None:
        return ()
    calls = (one for one in walk(step.as_soon_as) if isinstance(one, Call) and one.function == "over")
    return tuple(name.word for call in calls for name in call.arguments if isinstance(name, Word))


def _longest(binding: Binding, stage: Stage, pace: Pace, start: datetime) -> str:
    """Return what the organisation says or, if that is longer here, how long the stage usually takes at most."""
    says = binding.organisation.reminders.remind_after or NEVER
    usual = stage.typical_range[-1] if stage.typical_range else stage.typical
    if usual is None or usual == says:
        return says
    day = pace.day(start)
    return max((says, usual), key=lambda code: _counted(pace, day, code))


def _counted(pace: Pace, day: date, code: str) -> date:
    period = parse_offset(code)
    return day if period.unit == "hours" else pace.count(day, period)
