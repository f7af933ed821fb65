"""A plan of a case as it stands: what has happened, what is expected from here on, and what would be if.

What has happened keeps its day. Clocks that run keep their end, tracks go on from where they stand, approvals that are
given are given. Nothing that is still to come lies before today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from inprocap_flow.calendar.zones import start_of_day
from inprocap_flow.engine.case.approvals import is_given
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Case, DeadlineState, LineState, When, unstamp
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.model import Deadline, Step
from inprocap_flow.records import changed, record
from inprocap_flow.service.planning.breaking import Break, breaks
from inprocap_flow.service.planning.charting import same_in
from inprocap_flow.service.planning.drafting import Drafter
from inprocap_flow.service.planning.durations import DEADLINE, Given, Lengths, Thing
from inprocap_flow.service.planning.ends import Clocks, Ends, Work, with_planned_tracks
from inprocap_flow.service.planning.items import BEGIN, Item
from inprocap_flow.service.planning.naming import taken_as
from inprocap_flow.service.planning.network import Point
from inprocap_flow.service.planning.plans import Question, Row, Timetable
from inprocap_flow.service.planning.ticking import count_back, running_name
from inprocap_flow.service.planning.timetable import finish_of, idle, plan_procedure, tabled, way

HERE = "here"
_DAY = timedelta(days=1)


@record
class Compared:
    """One thing in up to three plans: as first planned, as it is expected now (or was), and what would be if."""

    title: str
    planned: date | None
    now: date | None
    what_if: date | None
    done: bool
    row: Row

    @property
    def later(self) -> int:
        """How many days later it would come, if."""
        return (self.what_if - self.now).days if self.what_if and self.now else 0


@record
class CasePlan:
    """A case planned from where it stands. ``planned`` is what its definition alone gave on the day it was opened."""

    case: Case
    planned: Timetable | None
    now: Timetable
    what_if: Timetable | None
    rows: tuple[Compared, ...]
    breaks: tuple[Break, ...]
    taken: tuple[str, ...] = ()  # what was asked about, by kind, title and name

    def to_plain(self) -> dict[str, Any]:
        """Return the plan as JSON data."""
        plain: dict[str, Any] = {
            "case": self.case.id,
            "planned": self.planned.to_plain() if self.planned else None,
            "now": self.now.to_plain(),
            "what_if": self.what_if.to_plain() if self.what_if else None,
            "taken": list(self.taken),
            "breaks": [{"about": one.about, "text": one.text, "before": one.before} for one in self.breaks],
        }
        return plain | {"compared": [_compared_to_plain(one) for one in self.rows]}


def _compared_to_plain(one: Compared) -> dict[str, Any]:
    return {
        "name": one.row.name,
        "title": one.title,
        "milestone": one.row.milestone,
        "planned": one.planned and one.planned.isoformat(),
        "now": one.now and one.now.isoformat(),
        "what_if": one.what_if and one.what_if.isoformat(),
        "done": one.done,
        "days_later": one.later,
    }


def plan_case(
    binding: Binding, case: Case, question: Question, now: datetime, what_if: Given | None = None
) -> CasePlan:
    """Return the plan of *case* from *now* on, beside the one it began with; *what_if* holds what would be otherwise.

    Raises Unsupported for a case that has ended, NotFound and DefinitionDefect as `plan_procedure` does.
    """
    if case.main.ended:
        raise Unsupported("the case has ended, so nothing of it can be planned", mend="inprocap-flow history shows it")
    expected = expect(binding, case, question, now)
    other = None if what_if is None else expect(binding, case, replaced(question, what_if), now)
    planned = _as_first_planned(binding, case, question)
    rows = tuple(_side_by_side(planned, expected, other))
    taken = () if what_if is None else taken_as(binding.definition, what_if)
    return CasePlan(case, planned, expected, other, rows, breaks(case, planned, expected, other), taken)


def replaced(question: Question, given: Given) -> Question:
    """Return *question* with what *given* says beside, or instead of, what it says itself."""
    old = question.given
    both = Given(
        {**old.lengths, **given.lengths},
        {**old.spreads, **given.spreads},
        {**old.delays, **given.delays},
        {**old.fields, **given.fields},
    )
    return changed(question, given=both)


def _as_first_planned(binding: Binding, case: Case, question: Question) -> Timetable | None:
    """Return the plan of the day on which the case was opened, without the days that were typed since."""
    fields = binding.definition.main.fields
    facts = {name: value for name, value in case.main.fields.items()
             if value is not None and name in fields and fields[name].type not in ("date", "moment", "meeting")
             and not isinstance(value, dict)}  # fmt: skip
    first = binding.day(unstamp(case.opened_at))
    old = changed(question, start=first, finish=None, given=changed(question.given, fields=facts))
    try:
        return plan_procedure(binding, old)
    except Unsupported:  # facts that came later shut the way that was planned; then there is nothing to compare
        return None


# ---------------------------------------------------------------------------------------------- from here on


def expect(binding: Binding, case: Case, question: Question, now: datetime) -> Timetable:
    """Return what is expected of *case* from *now* on, with what has happened before it."""
    definition, work = binding.definition, Work(binding.calendar("holidays"))
    clocks = Clocks(binding, with_planned_tracks(binding, case))
    if question.given.fields:
        clocks.tell(**question.given.fields)
    lengths = Lengths(definition, question.given, question.history)
    drafter = Drafter(binding, clocks, lengths, work, question.language)
    today = binding.day(now).toordinal()
    _happened(drafter, binding, case)
    stage = definition.main.stages[case.main.state]
    since = _since(binding, case.main)
    here = Item(
        HERE, "here", f"Stands in {drafter.stage_title(definition.main, stage)}", stage=stage.address, actual=True
    )
    drafter.known(here, since.toordinal())
    drafter.today(today)
    drafter.open_tracks = dict(_open_tracks(binding, case))
    for state in case.deadlines.values():
        _runs(drafter, binding, case, state)
    drafter.approved = frozenset(_given(binding, case, now))
    legs = way(binding, question, clocks, case.main.state, today)
    last = drafter.walk(definition.main, legs, HERE)
    behind = [state.name for state in case.deadlines.values() if state.line == MAIN and not state.is_open]
    count_back(drafter, definition.main, behind)
    drafter.draft.finish = finish_of(drafter.draft, definition.name, question.until, last)
    drafter.draft.notes += idle(lengths)
    by = question.finish.toordinal() if question.finish else None
    fields = clocks.case.main.fields
    made = tabled(binding, question, drafter.draft, legs, lengths, by, fields=fields)
    return replace(made, title=case.title or made.title)


def _happened(drafter: Drafter, binding: Binding, case: Case) -> None:
    """Put the opening and every milestone on the day it was reached."""
    main = binding.definition.main
    opened = binding.day(unstamp(case.opened_at)).toordinal()
    begins = drafter.text(main.begins.title, main.begins.name or "Begin")
    drafter.known(Item(BEGIN, "begin", begins, milestone=main.begins.milestone, actual=True), opened)
    steps = {step.milestone: step for step in main.steps.values() if step.milestone}
    reached = [(binding.day(When.from_plain(seen[-1]["at"]).last), name) for name, seen in case.main.milestones.items()]
    for on, name in sorted(reached):
        if name in steps:
            step = steps[name]
            item = Item(f"done {name}", "step", drafter.step_title(main, step), milestone=name, step=step.name,
                        stage=_stage_of(step), actual=True)  # fmt: skip
            drafter.known(item, on.toordinal())


def _stage_of(step: Step) -> str:
    return step.sources[0] if step.sources else ""


def _since(binding: Binding, line: LineState) -> date:
    return binding.day(When.from_plain(line.since).last)


def _runs(drafter: Drafter, binding: Binding, case: Case, state: DeadlineState) -> None:
    """Add a clock that runs, with the end it has; one that stands still is only spoken of.

    A duty that was missed still is one, until it is met: the plan goes on to say what comes after its end.
    """
    line = case.lines[state.line]
    declared = binding.definition.line(line.kind).deadlines.get(state.name)
    matters = state.is_open or (state.status == "missed" and not line.ended)
    if declared is None or not matters or state.outlives_case or state.end is None:
        return
    title = drafter.text(declared.title, state.name)
    if state.status == "suspended":
        drafter.draft.notes.append(f"{title} stands still; planned is with the end that it had.")
    ends = _ends(drafter, binding, state, declared, line.kind)
    name = running_name(case, state)
    shown = title if state.line == MAIN else f"{title} ({state.line})"
    started = binding.day(When.from_plain(state.started).last).toordinal() if state.started else None
    since = f"since {name}" if started is not None else ""
    if started is not None:
        drafter.draft.network.add(Point(since, fixed=started))
    item = Item(name, "deadline", shown, line.kind, ends=ends, deadline=declared, since=since)
    drafter.add(item, Point(name, fixed=ends.gate, over=ends.gate > ends.last_day.toordinal()))
    if state.line == MAIN or drafter.open_tracks.get(line.kind, ("",))[0] == state.line:
        drafter.running[line.kind, state.name] = name


def _ends(drafter: Drafter, binding: Binding, state: DeadlineState, declared: Deadline, kind: str) -> Ends:
    end = unstamp(state.end or "").astimezone(binding.zone)
    over = binding.day(end)
    last = over - _DAY if end == start_of_day(over, binding.zone) else over
    limits = state.computed.get("limits") or (state.computed.get("floor") or {}).get("limits") or {}
    found = Ends(over.toordinal(), last, end, state.provisional, limits, str(state.computed.get("period") or ""))
    extra = drafter.lengths.delay(Thing(DEADLINE, kind, state.name))
    return drafter.clocks.longer(kind, declared, found, extra) if extra else found


def _given(binding: Binding, case: Case, now: datetime) -> Iterator[str]:
    facts = CaseFacts(binding, case, MAIN, When.exactly(now))
    for name in binding.definition.main.approvals:
        if f"{MAIN} {name}" in case.approvals and is_given(facts, name):
            yield name


def _open_tracks(binding: Binding, case: Case) -> Iterator[tuple[str, tuple[str, str, int]]]:
    """Yield for each kind the track that has furthest to go, with the stage it stands in, and since when."""
    for kind, line in binding.definition.tracks.items():
        order = {leaf: number for number, leaf in enumerate(line.leaves)}
        unfinished = [track for track in case.tracks(kind) if not track.ended]
        if unfinished:
            first = min(unfinished, key=lambda track: (order[track.state], -_since(binding, track).toordinal()))
            yield kind, (first.id, first.state, _since(binding, first).toordinal())


# ---------------------------------------------------------------------------------------------- side by side


def _side_by_side(planned: Timetable | None, now: Timetable, what_if: Timetable | None) -> Iterator[Compared]:
    for row in now.rows:
        if row.kind == "today":
            continue
        first, other = same_in(planned, row), same_in(what_if, row)
        yield Compared(row.title, first.day if first else None, row.day, other.day if other else None, row.actual, row)
