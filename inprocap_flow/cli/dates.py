"""``date``: what a legal period gives, rule by rule, as a note for the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import (
    Computed,
    closing,
    compute,
    earliest_lawful,
    judge_ceiling,
    judge_edge,
    judge_floor,
)
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.extending import ExtendedByLaw, extended_by_law
from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.note import Note, file_note
from inprocap_flow.calendar.questions import Question, parse_question
from inprocap_flow.calendar.rules import COUNTINGS, Step
from inprocap_flow.calendar.trace import shown, shown_at
from inprocap_flow.calendar.zones import zone_named
from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import file_desk, today
from inprocap_flow.cli.file_note import mind_lines, reservation, step_lines
from inprocap_flow.cli.sendings import started_by
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.records import record

_DAYS = {"days": 1, "working days": 2, "weeks": 7, "months": 31, "years": 366, "hours": 1}


# Keys of the answer for programs that are there even where nothing was asked (docs/reference/json.md).
_ALWAYS = ("prolonged", "closes", "earliest_lawful", "judged", "verdict")


@record
class Asked:
    """What was typed besides the question."""

    closes_at: str | None
    floor: bool
    judged: str | None
    counting: str
    sent: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()

    def question(self, text: str, zone: str) -> tuple[str, tuple[Step, ...]]:
        """Return the whole question, and what the sendings say of its beginning. Raises as `started_by` does."""
        if not (self.sent or self.anew):
            return text, ()
        event, steps = started_by(self.sent, self.anew, zone)
        return f"{text} after {event}", steps


class _Asking(click.Command):
    """A command in which ``-5 days`` is no option, so that it is refused for what it is, with the mend."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(
            ctx, [f" {word}" if word[:1] == "-" and word[1:2].isdigit() else word for word in args]
        )


@click.command("date", cls=_Asking)
@click.argument("question", nargs=-1, required=True)
@click.option("--calendar", "calendars", multiple=True, metavar="NAME", help="Area (DE-HH, EU), calendar or its file.")
@click.option("--zone", metavar="ZONE", help="Where it counts; without it, the zone of the calendar.")
@click.option("--closes-at", metavar="HH:MM", help="The hour at which something closes on the last day.")
@click.option("--floor", is_flag=True, help="The period is a lawful minimum: say when it may close at the earliest.")
@click.option("--judge", "judged", metavar="MOMENT", help="Say whether this moment is lawful, or in time.")
@click.option("--sent", multiple=True, metavar="WHOM=MOMENT", help="It starts when all of these were sent it.")
@click.option("--sent-anew", "anew", multiple=True, metavar="WHOM=MOMENT", help="The same, with changed content.")
@click.option("--counting", type=click.Choice(sorted(COUNTINGS)), default="eu-1182-71", help="The way of counting.")
@pass_session
def date_(
    session: Session,
    question: Sequence[str],
    calendars: Sequence[str],
    zone: str | None,
    *,
    closes_at: str | None,
    floor: bool,
    judged: str | None,
    counting: str,
    sent: tuple[str, ...],
    anew: tuple[str, ...],
) -> None:
    """When a legal period ends, with the rules that gave it, as a note for the file.

    \b
    inprocap-flow date "35 days after 2026-11-23" --calendar DE-HH
    inprocap-flow date "10 working days before 2026-12-14" --calendar SE
    inprocap-flow date "48 hours after 2026-11-24 14:10" --calendar EU
    inprocap-flow date "9 days prolonged by 5 days after 2027-03-01" --calendar FR
    inprocap-flow date "35 days after 2026-11-23" --calendar DE-HH --floor
    inprocap-flow date "10 days" --calendar DK --sent a=2027-03-17 --sent b=...

    The day from which it counts is not counted itself. Several --calendar: a day is free if it is free on one of them.
    Without --calendar, the calendar `holidays` of the organisation (--organisation) counts.
    """  # noqa: D301 - click reads \b
    asked = Asked(closes_at, floor, judged, counting, sent, anew)
    try:
        lines, document = _answered(session, " ".join(question).strip(), calendars, zone, asked)
    except BadValue as bad:
        raise InvalidInput([Problem(Place("request"), "bad-value", bad.fact, bad.mend)]) from None
    session.answer(document, lines)


def _answered(
    session: Session, text: str, names: Sequence[str], zone: str | None, asked: Asked
) -> tuple[list[str], dict[str, Any]]:
    from inprocap_flow.service import calendars

    desk = file_desk(session)
    organisation = session.options.get("organisation") or session.settings.organisation
    if zone is not None:
        zone_named(zone)
    # The zone decides which day a moment is, the day decides which years a calendar must know.
    early = parse_question(asked.question(text, zone or "UTC")[0], zone or "UTC")
    first, last = _years(early)
    found = [calendars.find_calendar(name, desk.definitions, first, last) for name in names]
    own = calendars.find_organisation(organisation, desk.definitions) if organisation and not (names and zone) else None
    if not found and own is None:
        raise click.UsageError(
            "Which days are free? Name an area or a calendar with --calendar, such as DE-HH, EU or lab-2026 "
            "(inprocap-flow calendar list), or an organisation with --organisation."
        )
    place = zone or next((one.zone for one in found if one.zone), None) or (own.zone if own else None)
    if place is None:
        raise click.UsageError(f"In which time zone? {names[0]} names none; write --zone, such as Europe/Berlin.")
    calendar = calendars.together(found) if found or own is None else calendars.calendar_of(own, "holidays")
    text, begun = asked.question(text, place)
    return _note(parse_question(text, place), place, calendar, asked, str(today(session)), begun)


def _years(question: Question) -> tuple[int, int]:
    """Return the years whose holidays can matter, one more than enough."""
    period, year = question.period, question.event.year
    more = question.by.count * _DAYS[question.by.unit] if question.by else 0
    years = 1 + (period.count * _DAYS[period.unit] + more) // 365
    return (max(1, year - years), year) if question.direction == "backward" else (year, year + years)


def _note(
    question: Question, zone: str, calendar: Calendar, asked: Asked, on: str, begun: tuple[Step, ...]
) -> tuple[list[str], dict[str, Any]]:
    extended: ExtendedByLaw | None = None
    if question.by is not None:
        extended = extended_by_law(
            question.event, zone, question.period, question.by, calendar=calendar, counting=asked.counting
        )
        computed, plain, steps = extended.extended, extended.to_plain(), extended.trace
    else:
        computed = compute(
            question.event,
            zone,
            question.period,
            direction=question.direction,
            calendar=calendar,
            counting=asked.counting,
        )
        plain, steps = computed.to_plain(), computed.trace
    note, more = file_note(computed), _more(computed, asked)
    rows = [("result", note.result), *more.rows, *_prolonged(extended), *note.facts, ("made on", on)]
    lines = [layout.heading(_title(note, question)), *layout.pairs(rows, 2, 9), ""]
    lines += [*step_lines(step.to_plain() for step in (*begun, *steps)), ""]
    lines += [*mind_lines((*note.mind, *more.mind)), *reservation(note.unconfirmed)]
    started = {"started_by": [step.to_plain() for step in begun]}
    return lines, dict.fromkeys(_ALWAYS) | plain | started | more.plain


def _title(note: Note, question: Question) -> str:
    if question.by is None:
        return note.question
    return (
        f"{question.period}{note.question.removeprefix(note.question.split(' after ')[0])}, prolonged by {question.by}"
    )


def _prolonged(extended: ExtendedByLaw | None) -> list[tuple[str, str]]:
    if extended is None:
        return []
    rows = [("was", f"last day {shown(extended.first.how.last)}; over at {shown_at(extended.first.end)}")]
    if extended.safe is not extended.extended:
        rows.append(("safe", f"{shown(extended.safe.how.last)} in both readings (convention)"))
    return rows


# ---------------------------------------------------------------------------------------------- closing and judging


@record
class More:
    """What was asked besides the date itself: rows for people, warnings, and the same as data."""

    rows: tuple[tuple[str, str], ...]
    mind: tuple[str, ...]
    plain: dict[str, Any]


def _more(computed: Computed, asked: Asked) -> More:
    parts = [_closing(computed, asked), _judged(computed, asked)]
    return More(
        tuple(row for part in parts for row in part.rows),
        tuple(text for part in parts for text in part.mind),
        {name: value for part in parts for name, value in part.plain.items()},
    )


def _closing(computed: Computed, asked: Asked) -> More:
    """Say when something may close, or closes, at an hour of the last day (R10, ruling 13)."""
    if computed.last_day is None:
        if asked.floor or asked.closes_at:
            raise click.UsageError("--floor and --closes-at belong to a period counted forward.")
        return More((), (), {})
    at = asked.closes_at or "24:00"
    if asked.floor:
        lawful = earliest_lawful(computed, at, on=computed.how.asked.calendar)
        why = "a minimum is given only when its last day is over (R10, convention)"
        rows = (("earliest", f"{_closes(lawful, at)}: {why}"),)
        return More(rows, (), {"earliest_lawful": lawful.isoformat()})
    if asked.closes_at is None:
        return More((), (), {})
    moment = closing(computed.last_day, at, computed.how.asked.zone)
    mind = (
        f"A closing at {at} does not leave the whole last day. If the period is a lawful minimum, ask with --floor.",
    )
    return More((("closes", _closes(moment, at)),), mind if at != "24:00" else (), {"closes": moment.isoformat()})


def _closes(moment: datetime, at: str) -> str:
    if at == "24:00":
        return f"{shown_at(moment)}, the end of the day before"
    return shown_at(moment)


_VERDICTS = {
    "floor": {
        "ok": "lawful: the whole minimum lies before it",
        "inside_last_day": "inside the last day: the last day of the minimum is not whole; choose a later day (R10)",
        "too_early": "too early: the minimum is not over (R10)",
    },
    "ceiling": {"ok": "in time (R11)", "late": "late (R11)"},
    "edge": {
        "ok": "in time in both readings (R9)",
        "on_far_edge": "on the far edge: in time in one reading only (R9, convention)",
        "late": "late (R9)",
    },
}


def _judged(computed: Computed, asked: Asked) -> More:
    if asked.judged is None:
        return More((), (), {})
    span = parse_moment(asked.judged, computed.how.asked.zone)
    verdicts = {_verdict(computed, asked, moment) for moment in (span.first, span.last)}
    if len(verdicts) > 1:
        text, verdict = f"cannot tell: {span.text} is not exact enough", "cannot tell"
    else:
        kind, verdict = verdicts.pop()
        text = _VERDICTS[kind][verdict]
    return More((("judged", f"{span.text}: {text}"),), (), {"judged": span.text, "verdict": verdict})


def _verdict(computed: Computed, asked: Asked, moment: datetime) -> tuple[str, str]:
    if computed.last_day is None:
        return "edge", judge_edge(moment, computed)
    if asked.floor:
        return "floor", judge_floor(moment, computed)
    return "ceiling", judge_ceiling(moment, computed)
