"""``reminders``: who will be reminded of what, when, and why."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any

import click

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.cli import completing, layout
from inprocap_flow.cli.options import Moment
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import names
from inprocap_flow.cli.words import Words, line_name
from inprocap_flow.engine.case.records import stamp
from inprocap_flow.service.finding import find_case
from inprocap_flow.service.timekeeping.upcoming import Upcoming, upcoming
from inprocap_flow.store.port import Reading

# What is said of each kind of ladder, where it leads up to an end.
_SAYS = {
    "deadline": "{what} ends {end}",
    "safety": "Extending {what} is safe only until {end}",
    "papers": "Papers for {what} are due by {end}",
    "validity": "A signature on {what} lapses {end}",
}


@click.command()
@click.argument("case", required=False, shell_complete=completing.cases)
@click.option("--until", type=Moment(), metavar="MOMENT", help="Only what is due by then.")
@click.option("--most", type=click.IntRange(1), default=50, metavar="NUMBER", help="At most so many (50).")
@pass_session
def reminders(session: Session, case: str | None, until: datetime | None, most: int) -> None:
    """List who will be reminded of what, when, and why, of one CASE or of all; the earliest first.

    Only the next reminder of each thing is planned; the one after it stands behind `then`. Whom it goes to is decided
    when it is due: somebody who has signed by then is not asked to. The scheduler must run, or nothing is sent.
    """
    desk = session.reading_desk
    case_id = find_case(desk, case) if case else None
    organisation = None if case else session.wanted
    found = list(islice(upcoming(desk, case_id=case_id, organisation=organisation, until=until), most))
    with desk.store.reading() as reading:
        speech = {one.case.organisation: _words(session, reading, one) for one in found}
    lines = [
        line for one in found for line in _lines(speech[one.case.organisation], one, desk.clock.now(), whole=not case)
    ]
    session.answer({"reminders": [_plain(one) for one in found]}, lines or ["Nobody will be reminded of anything."])
    if len(found) == most:
        session.note(f"There may be more than these {most}: --most says how many are shown.")


def _words(session: Session, reading: Reading, one: Upcoming) -> Words:
    return Words(one.binding.zone, session.settings.language, names(reading, one.case.organisation))


def _lines(words: Words, one: Upcoming, now: datetime, *, whole: bool) -> list[str]:
    start = f"{words.moment(one.due_at)}  "
    rest = " " * len(start)
    overdue = " OVERDUE" if one.due_at < now else ""
    lines = layout.wrapped(f"{_what(words, one)}{overdue}", start)
    lines += layout.wrapped(f"to {_whom(words, one)}", rest, rest + "   ")
    why = f"because {_why(words, one)}"
    lines += layout.wrapped(why + _then(words, one), rest, rest + "   ")
    if one.only_if:
        lines += layout.wrapped(_only_if(one.only_if, holds=one.holds), rest, rest + "   ")
    if whole:
        lines += layout.wrapped(f"{one.case.title or '(no title)'}, {one.case.id}", rest)
    return lines


def _what(words: Words, one: Upcoming) -> str:
    """Return what somebody is reminded of: its title and name, the line it is on, and its end."""
    ladder, definition = one.ladder, one.binding.definition
    kind = one.case.lines[ladder.line].kind
    on = f", on {line_name(ladder.line)}" if line_name(ladder.line) else ""
    if ladder.kind == "silence":
        return f"Nothing happens in {words.address(definition, kind, ladder.about)}{on}"
    find = definition.find_deadline if ladder.kind in ("deadline", "safety") else definition.find_approval
    found = find(kind, ladder.about)
    title = f"{words.text(found.title) if found else ''} ({ladder.about}{on})".strip()
    if ladder.end is None:
        return f"{title} waits for signatures"
    return _SAYS[ladder.kind].format(what=title, end=words.end(ladder.end))


def _whom(words: Words, one: Upcoming) -> str:
    return _people(words, one, one.to)


def _people(words: Words, one: Upcoming, to: tuple[str, ...]) -> str:
    return layout.listed(_named(words, one, name) for name in to) or "nobody"


def _then(words: Words, one: Upcoming) -> str:
    """Return when the next rung of the same ladder is, and what is different about it."""
    if one.following is None:
        return ""
    to = f", to {_people(words, one, one.then_to)}" if one.then_to != one.to else ""
    only_if = f", {_only_if(one.then_only_if, holds=one.then_holds)}" if one.then_only_if else ""
    return f"; then {words.moment(one.following)}{to}{only_if}"


def _only_if(condition: str, *, holds: bool) -> str:
    said = {"not_done": "it is not done by then", "silent": "nothing happens in the whole case and no deadline runs"}
    text = f"only if {said.get(condition, condition)}"
    return text if holds else f"{text} (as things stand, not sent)"


def _named(words: Words, one: Upcoming, to: str) -> str:
    kind, _, name = to.partition(":")
    if kind == "role":
        return words.role(one.binding.definition, name)
    return words.person(name) if kind == "person" else name


def _why(words: Words, one: Upcoming) -> str:
    rung, ladder = one.rung, one.ladder
    if rung is None:
        return "it was planned so before the organisation's habits changed"
    period = parse_offset(rung.period)
    length = str(period)
    since = f"{words.moment(ladder.begins)}" if ladder.begins else "it began"
    above = ", as an escalation" if rung.escalation else ""
    if rung.side == "before":
        return f"that is {length} before{above}" if period.count else f"that is the last day{above}"
    if ladder.kind == "deadline":
        return f"that is {length} after{above}" if period.count else f"it is over then{above}"
    waits = "nothing has happened" if ladder.kind == "silence" else "it waits"
    if rung.side == "every":
        return f"{waits} since {since}; again every {length}{above}"
    return f"{waits} since {since}, {length} then{above}"


def _plain(one: Upcoming) -> dict[str, Any]:
    ladder, rung = one.ladder, one.rung
    return {
        "case": one.case.id,
        "title": one.case.title,
        "due_at": stamp(one.due_at),
        "ladder": ladder.name,
        "of": ladder.kind,
        "about": ladder.about,
        "line": ladder.line,
        "rung": rung.says if rung else None,
        "to": list(one.to),
        "escalation": rung.escalation if rung else False,
        "end": stamp(ladder.end) if ladder.end else None,
        "since": stamp(ladder.begins) if ladder.begins else None,
        "then": stamp(one.following) if one.following else None,
        "only_if": one.only_if or None,
        "as_things_stand": one.holds,
        "then_to": list(one.then_to),
        "then_only_if": one.then_only_if or None,
        "then_as_things_stand": one.then_holds,
    }
