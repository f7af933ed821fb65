"""The timetable of a procedure: every milestone with its day, its latest safe day, and why.

Earliest days come from the way that is planned, latest ones from the day on which it must be finished. What the plan
rests on beyond the law (experience, choices, assumptions) is listed with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.errors import NotFound, Unsupported
from inprocap_flow.language.model import said
from inprocap_flow.service.planning.drafting import Drafter
from inprocap_flow.service.planning.durations import Lengths
from inprocap_flow.service.planning.ends import Clocks, Work, blank_case
from inprocap_flow.service.planning.items import BEGIN, TODAY, Draft, Item
from inprocap_flow.service.planning.network import Day, Link, ordered
from inprocap_flow.service.planning.path import Leg, choose_path
from inprocap_flow.service.planning.plans import Question, Row, Timetable
from inprocap_flow.service.planning.reductions import reductions_of
from inprocap_flow.service.planning.ticking import count_back, start
from inprocap_flow.service.planning.waiting import may_be_taken
from inprocap_flow.service.planning.words import because

FIRST, LAST = date(1950, 1, 1), date(2300, 1, 1)  # days from and by which can be planned
MOST_STARTS = 40  # tries to find the latest start; each goes back by what is lacking


def plan_procedure(binding: Binding, question: Question) -> Timetable:
    """Return the timetable of a procedure that begins on a day, or is finished by one.

    With ``finish`` it begins on the latest day from which it is still finished in time. People's steps fall on days
    on which the organisation works. Raises NotFound, Unsupported, DefinitionDefect.
    """
    for on in (question.start, question.finish):
        if on is not None and not FIRST <= on < LAST:
            raise Unsupported(f"nothing is planned for {on}", mend=f"choose a day from {FIRST} to {LAST}")
    if question.finish is None:
        if question.start is None:
            raise Unsupported("a plan needs a day", mend="give --start DATE or --finish DATE")
        return _planned(binding, question, question.start.toordinal())
    last = question.finish.toordinal()
    return _planned(binding, question, _latest_start(binding, question, last), last)


def _latest_start(binding: Binding, question: Question, last: Day) -> Day:
    """Return the latest working day from which the plan is finished by *last*."""
    work = Work(binding.calendar("holidays"))

    def finish(start: Day) -> Day:
        draft, _, _ = _drafted(binding, question, start)
        return draft.network.days[draft.finish]

    start = work.on_or_before(last)
    for _ in range(MOST_STARTS):
        over = finish(start) - last
        if over <= 0:
            break
        start = work.on_or_before(start - over)
    else:
        fact = f"it cannot be finished by {date.fromordinal(last)}: begun on {date.fromordinal(start)} it is still not"
        raise Unsupported(fact, mend="choose a later day; a meeting or a typed day may hold it up, see --start")
    while finish(after := work.on_or_after(start + 1)) <= last:  # the last step back may have been too long
        start = after
    return start


def _planned(binding: Binding, question: Question, start: Day, last: Day | None = None) -> Timetable:
    draft, legs, lengths = _drafted(binding, question, start)
    return tabled(binding, question, draft, legs, lengths, last, fields=case_fields(binding, question))


def _drafted(binding: Binding, question: Question, start_day: Day) -> tuple[Draft, tuple[Leg, ...], Lengths]:
    definition = binding.definition
    clocks = Clocks(binding, blank_case(binding, question.given.fields))
    lengths = Lengths(definition, question.given, question.history)
    work = Work(binding.calendar("holidays"))
    drafter = Drafter(binding, clocks, lengths, work, question.language)
    first_day = work.on_or_after(start_day)
    begins = definition.main.begins
    drafter.begin(first_day, drafter.text(begins.title, begins.name or "Begin"), begins.milestone)
    first = definition.main.leaf(begins.targets[0].to)
    for name in begins.starts:
        start(drafter, definition.main, name, BEGIN)
    legs = way(binding, question, clocks, first, first_day)
    last = drafter.walk(definition.main, legs, BEGIN)
    count_back(drafter, definition.main)
    drafter.draft.finish = finish_of(drafter.draft, definition.name, question.until, last)
    drafter.draft.notes += idle(lengths)
    return drafter.draft, legs, lengths


def way(binding: Binding, question: Question, clocks: Clocks, start: str, day: Day) -> tuple[Leg, ...]:
    """Return the way from the stage *start* on, as far as what is known allows it."""
    main = binding.definition.main
    return choose_path(
        binding.definition,
        main,
        start,
        by=question.by,
        without=question.without,
        may=lambda step, branch, stage: may_be_taken(clocks, step, branch, stage, day),
        reached=clocks.case.main.milestones,
    )


def idle(lengths: Lengths) -> list[str]:
    """Return notes about what was said for nothing, because the plan has no use for it."""
    return [f"{thing} is not on the way that is planned, so what was said about it changes nothing."
            for thing in lengths.idle()]  # fmt: skip


def finish_of(draft: Draft, procedure: str, until: str | None, last: str) -> str:
    """Return the point that a plan is about: a milestone, or the end. Raises NotFound."""
    if until is None:
        return last
    if until not in draft.reached:
        known = ", ".join(draft.reached)
        raise NotFound(f"the plan of {procedure} does not reach {until!r}", mend=f"it reaches: {known}")
    return draft.reached[until]


def tabled(
    binding: Binding,
    question: Question,
    draft: Draft,
    legs: tuple[Leg, ...],
    lengths: Lengths,
    last: Day | None,
    *,
    fields: Mapping[str, Any],
) -> Timetable:
    """Return a draft as a timetable; *last* is the day by which it must be finished (default: when it is).

    *fields* are the values (encoded) of the case as it is planned, for the facts on which reductions of periods rest.
    """
    network = draft.network
    latest = network.latest(draft.finish, last)
    driving = network.driving(draft.finish)
    critical = {draft.finish, *(link.source for link in driving)}
    work = Work(binding.calendar("holidays"))
    names = [name for name in ordered(network, list(network.points)) if name in draft.items and name != TODAY]
    cut = network.days[draft.finish] if question.until else None
    rows = tuple(
        _row(draft, draft.items[name], latest.get(name), name in critical, work)
        for name in names
        if cut is None or network.days[name] <= cut
    )
    definition = binding.definition
    return Timetable(
        binding,
        said(definition.title, question.language),
        rows,
        legs,
        date.fromordinal(network.days[draft.finish]),
        None if last is None else date.fromordinal(last),
        tuple(lengths.used.values()),
        tuple(dict.fromkeys(draft.notes)),
        draft,
        question.language,
        reductions_of(binding, draft, fields, question.language),
        tuple(one for one in dict.fromkeys(draft.cautions) if one.point in {row.name for row in rows}),
    )


def case_fields(binding: Binding, question: Question) -> Mapping[str, Any]:
    """Return the fields of a case that does not exist yet, as the question has them filled."""
    return blank_case(binding, question.given.fields).main.fields


def _row(draft: Draft, item: Item, latest: Day | None, critical: bool, work: Work) -> Row:
    network, ends = draft.network, item.ends
    day = network.days[item.name]
    shown = ends.last_day.toordinal() if ends is not None else day
    if item.kind == "deadline":
        latest = None
    point = network.points[item.name]
    link = _main_link(network.binding(point))
    why, rules = because(draft, item, link)
    return Row(
        name=item.name,
        kind=item.kind,
        title=item.title,
        day=date.fromordinal(shown),
        latest=None if latest is None else date.fromordinal(latest),
        slack=None if latest is None else latest - day,
        critical=critical,
        why=why,
        rules=rules,
        provisional=(ends is not None and ends.provisional) or not work.covers(shown),
        milestone=item.milestone,
        stage=item.stage,
        line=item.line,
        since=date.fromordinal(network.days[item.since]) if item.since in network.days else None,
        end=ends.end if ends else None,
        by_hand=bool(ends and ends.by_hand),
        due=bool(item.deadline and item.deadline.kind == "due"),
        missed=bool(network.misses(point)) and not item.actual,
        actual=item.actual,
        step_of=item.step,
        by_clock=item.ends is None and link is not None and not link.why and link.source.startswith("deadline "),
    )


def _main_link(binding: Sequence[Link]) -> Link | None:
    """Return the link that says most about why a point lies where it does."""
    return next((link for link in binding if link.why or link.source.startswith("deadline ")), None)
