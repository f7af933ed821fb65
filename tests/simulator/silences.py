"""A case that nobody touches, looked at once more: when the organisation wants to hear of it, and when not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case
from tests.simulator.slow_days import Again, Days, Slow, Step, addressed, coded, days_of, so_long_after


def organisation_says(binding: Binding, stage: Any) -> bool:
    """Return whether the stage says nothing of silence, so that the organisation does."""
    says = binding.organisation.reminders.remind_after
    return bool(stage.owner and not stage.remind and stage.remind_after is None and says)


def forgotten(binding: Binding, case: Case, stage: Any, days: Days) -> Slow:
    """Of a case that nobody touches: after every so long as the organisation says, or as the stage takes at most."""
    start = datetime.fromisoformat(case.last_change_at)
    usual = [stage.typical_range[-1]] if stage.typical_range else [stage.typical] if stage.typical else []
    codes = [binding.organisation.reminders.remind_after or "", *usual]
    code = max(codes, key=lambda one: _day_after(days, days.day_of(start), one))
    counted: date | datetime = start if coded(code)[1] == "H" else days.day_of(start)
    again = Again(counted, 0, code, addressed(binding, case, stage.owner, MAIN))
    return Slow(f"silence {MAIN}", "silence", MAIN, case.main.state, (), (again,), None, start)


def _day_after(days: Days, day: date, code: str) -> date:
    count, unit = coded(code)
    return day if unit == "H" else days.away_from(day, count, unit, 1)


def is_forgotten(binding: Binding, case: Case, step: Step, now: datetime) -> bool:
    """Return whether *step* says anything: nothing was recorded for so long, and the case waits for no deadline."""
    days, touched = days_of(binding), datetime.fromisoformat(case.last_change_at)
    in_hours = coded(step.code)[1] == "H"
    assert so_long_after(days, touched if in_hours else days.day_of(touched), step.code, 1)[0] <= step.at
    main = binding.definition.main
    ways = [one for one in main.steps.values() if case.main.state in one.sources]
    held = {name for one in ways for name in one.already_there.after}
    ending = {name for name, one in main.deadlines.items() if one.when_over in {way.name for way in ways}}
    clocks = [case.deadlines.get(f"{MAIN} {name}") for name in held | ending if main.deadlines[name].kind != "due"]
    return not any(one and one.status == "running" and datetime.fromisoformat(one.end or "") > now for one in clocks)
