"""``reminders``: who will be reminded of what, when, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import click

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.cli import completing, layout
from inprocap_flow.cli.audit_moments import span
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import names
from inprocap_flow.cli.words import Words, line_name
from inprocap_flow.engine.case.records import MAIN, key, stamp
from inprocap_flow.engine.reminding.silence import OF_CASE
from inprocap_flow.service.delivering.recipients import Meant
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
@click.option("--until", metavar="DAY|MOMENT", help="Only what is due by the end of it: 2026-06-26.")
@click.option("--most", type=click.IntRange(1), default=50, metavar="NUMBER", help="At most so many (50).")
@pass_session
def reminders(session: Session, case: str | None, until: str | None, most: int) -> None:
    """List who will be reminded of what, when, and why, of one CASE or of all; the earliest first.

    Only the next reminder of each thing is planned; the one after it stands behind `then`. Whom it goes to is decided
    when it is due: somebody who has signed by then is not asked to. The scheduler must run, or nothing is sent.
    """
    desk = session.reading_desk
    case_id = find_case(desk, case) if case else None
    organisation = None if case else session.wanted
    planned = upcoming(desk, case_id=case_id, organisation=organisation, until=_latest(until))
    found = list(islice(_by(until, planned), most))
    with desk.store.reading() as reading:
        speech = {one.case.organisation: _words(session, reading, one) for one in found}
    lines = [
        line for one in found for line in _lines(speech[one.case.organisation], one, desk.clock.now(), whole=not case)
    ]
    session.answer({"reminders": [_plain(one) for one in found]}, lines or _none(until))
    if len(found) == most:
        session.note(f"There may be more than these {most}: --most says how many are shown.")


def _none(until: str | None) -> list[str]:
    return layout.wrapped(f"Nobody will be reminded of anything{f' until {until}' if until else ''}.")


# Where a day ends last of all: what is due later is due later in every zone.
_LAST_ZONE = ZoneInfo("Etc/GMT+12")


def _latest(until: str | None) -> datetime | None:
    """Return the last moment that *until* can mean in any zone. Raises InvalidInput if it is none."""
    return span(until, _LAST_ZONE, "--until").last if until else None


def _by(until: str | None, planned: Iterator[Upcoming]) -> Iterator[Upcoming]:
    """Yield what is due by the end of *until*, as each organisation's own zone has it. Raises InvalidInput."""
    for one in planned:
        if until is None or one.due_at <= span(until, one.binding.zone, "--until").last:
            yield one


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
        lines += layout.wrapped(_only_if(words, one), rest, rest + "   ")
    if whole:
        untitled = f"{words.text(one.binding.definition.title)} (no title)"
        lines += layout.wrapped(f"{one.case.title or untitled}, {one.case.id}", rest)
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
    return f"; then {words.moment(one.following)}{to}{_then_only_if(one)}"


def _then_only_if(one: Upcoming) -> str:
    """Return the condition of the next rung: said again only where it is another one, or comes out otherwise."""
    unsent = "" if one.then_holds else " (as things stand, not sent)"
    if not one.then_only_if:
        return ""
    if one.then_only_if != one.only_if:
        return f", only if {_CONDITIONS.get(one.then_only_if, one.then_only_if)}{unsent}"
    if one.then_holds == one.holds:
        return ""
    return unsent or " (that one is sent, as things stand)"


_CONDITIONS = {"not_done": "it is not done by then", OF_CASE: "nothing happens in the whole case until then"}


def _only_if(words: Words, one: Upcoming) -> str:
    text = f"only if {_CONDITIONS.get(one.only_if, one.only_if)}"
    if one.waits_for:
        ends = layout.listed(_awaited(words, one, name) for name in one.waits_for)
        return f"not sent as things stand: the case waits until {ends}"
    if not one.holds:
        return f"{text} (as things stand, not sent)"
    return f"{text}; no deadline holds it back" if one.only_if == OF_CASE else text


def _awaited(words: Words, one: Upcoming, name: str) -> str:
    """Return a deadline that a silent case waits for, and when it ends."""
    clock = one.case.deadlines[key(MAIN, name)]
    declared = one.binding.definition.main.deadlines.get(name)
    title = f"{words.text(declared.title)} ({name})" if declared else name
    return f"{title} ends, {words.end(clock.end)}" if clock.end else f"{title} ends"


def _named(words: Words, one: Upcoming, to: str) -> str:
    """Return whom one of the addressees means: the role or track, and behind it who gets it today."""
    kind, _, name = to.partition(":")
    meant = [_today(words, who) for who in one.people.get(to, ())]
    if kind == "person":
        return meant[0] if meant else words.person(name)
    title = words.role(one.binding.definition, name) if kind == "role" else name
    return f"{title}: {', '.join(meant)}" if meant else f"{title} (nobody holds it)" if kind == "role" else title


def _today(words: Words, who: Meant) -> str:
    if not who.away:
        return words.person(who.person)
    if who.present == who.person:
        return f"{words.person(who.person)}, who is away today; nobody stands in"
    return f"{words.person(who.present)} in the place of {words.person(who.person)}, who is away today"


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
        "people": {to: [_meant_to_plain(who) for who in meant] for to, meant in one.people.items()},
        "escalation": rung.escalation if rung else False,
        "end": stamp(ladder.end) if ladder.end else None,
        "since": stamp(ladder.begins) if ladder.begins else None,
        "then": stamp(one.following) if one.following else None,
        "only_if": one.only_if or None,
        "as_things_stand": one.holds,
        "waits_for": list(one.waits_for),
        "then_to": list(one.then_to),
        "then_only_if": one.then_only_if or None,
        "then_as_things_stand": one.then_holds,
    }


def _meant_to_plain(who: Meant) -> dict[str, Any]:
    return {"person": who.person, "present": who.present, "away": who.away}
