"""``deadline``: extend, suspend, resume, satisfy, stop, restart, correct a deadline, or recount what was provisional.

Every one of them says what moves with it, who must be told, and which minimum and committee dates it touches; with
``--preview`` nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from inprocap_flow.cli import acting, clocks, completing, layout, reasons
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.happenings import recipient
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject
from inprocap_flow.cli.words import day
from inprocap_flow.engine.case.records import DeadlineState, Decision, key, stamp
from inprocap_flow.engine.timing.consequences import Consequences, Gate, Minimum, Shift, consequences
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.records import changed


@click.group()
def deadline() -> None:
    """Change a deadline, with the reason: only what the procedure lets you, and only in time.

    What moves with it, who is told, and which minimum and committee dates it touches is said each time. Try it first
    with --preview. The deadlines of a case and what may be done to them: inprocap-flow deadlines CASE.
    """


def _command(kind: str, says: str, example: str) -> click.Command:
    """Return the command for one act on a deadline; they differ in what is said of the end."""

    def run(session: Session, case: str, name: str, on: str | None, how: How, **end: str | None) -> None:
        about = acting.about_case(session, case)
        line = acting.known_line(about, on)
        asked = acting.request(session, about, kind, how, name=name, line=line)
        extra = {said: _ENDS[said](about, text) for said, text in end.items() if text}
        asked = acting.with_extra(asked, **extra) if extra else asked
        acting.carry(session, about, asked, how, more=lambda outcome: _more(about, outcome))

    run.__doc__ = f"{says}\n\nExample: inprocap-flow deadline {example}"
    decorated: Callable[..., Any] = pass_session(acting.acting(run))
    for option in reversed((
        click.argument("case", shell_complete=completing.cases),
        click.argument("name", metavar="DEADLINE", shell_complete=completing.deadlines),
        click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track it belongs to."),
        *_OPTIONS.get(kind, ()),
    )):  # fmt: skip
        decorated = option(decorated)
    return click.command(kind, short_help=_SHORT[kind])(decorated)


_SHORT = {
    "extend": "Move an end to a later moment.",
    "suspend": "Let a deadline stand still.",
    "resume": "Let it run again, with the lost time given back.",
    "satisfy": "Record that it was met outside the procedure.",
    "stop": "End it without its being met.",
    "restart": "Start it anew from now on.",
    "correct": "Set a wrong end right.",
}
_UNTIL = click.option("--until", metavar="DAY|MOMENT", help='The new end: 2026-03-20, or "2026-03-20 16:00".')
_BY_LAW = click.option("--by-law", metavar="PERIOD", help='How much longer a law makes the period: "5 days".')
_OPTIONS = {"extend": (_UNTIL, _BY_LAW), "correct": (_UNTIL,), "restart": (_UNTIL,)}


def _until(about: Subject, text: str) -> str:
    """Return a typed end as a request holds it: a day, or a moment with its offset. Raises InvalidInput."""
    from inprocap_flow.calendar.bad_values import BadValue
    from inprocap_flow.calendar.moments import parse_moment

    try:
        span = parse_moment(text, about.binding.zone)
    except BadValue as wrong:
        raise _bad("--until", wrong.fact, wrong.mend) from None
    if span.is_exact:
        return stamp(span.first)
    if span.precision == "day":
        return about.binding.day(span.first).isoformat()
    raise _bad("--until", f'"{text}" is no end: it leaves the day open', "give a day, or a day and an hour")


def _by_law(_about: Subject, text: str) -> str:
    from inprocap_flow.calendar.bad_values import BadValue
    from inprocap_flow.calendar.periods import parse_period

    try:
        return parse_period(text).code
    except BadValue as wrong:
        raise _bad("--by-law", wrong.fact, wrong.mend) from None


def _bad(option: str, fact: str, mend: str) -> InvalidInput:
    return InvalidInput([Problem(Place(option), "bad-value", fact, mend)])


_ENDS: dict[str, Callable[[Subject, str], str]] = {"until": _until, "by_law": _by_law}

deadline.add_command(
    _command(
        "extend",
        "Move the end of DEADLINE in CASE to a later moment, or (--by-law) count its period again with so much more. "
        "Never earlier, and never once it is over.",
        'extend 3f2a91 tenders --until 2026-03-20 --reason "The answers came late" --preview',
    )
)
deadline.add_command(
    _command(
        "suspend",
        "Let DEADLINE in CASE stand still, with all that is counted back from it: it neither ends nor lets anything "
        "through.",
        'suspend 3f2a91 decision --on review/1 --reason "Asked for the missing papers"',
    )
)
deadline.add_command(
    _command(
        "resume",
        "Let DEADLINE in CASE run again. The time that was lost is given back in the unit in which it counts.",
        'resume 3f2a91 decision --on review/1 --reason "The papers are in"',
    )
)
deadline.add_command(
    _command(
        "satisfy",
        "Record that DEADLINE in CASE was met outside the procedure.",
        'satisfy 3f2a91 award_notice --reason "Sent by the ministry on 3 March, reference 17"',
    )
)
deadline.add_command(
    _command(
        "stop",
        "End DEADLINE in CASE without its being met; it holds nothing any more.",
        'stop 3f2a91 answers --reason "The call is withdrawn"',
    )
)
deadline.add_command(
    _command(
        "restart",
        "Start DEADLINE in CASE anew from now on, by its own rules; one whose end people type needs --until.",
        'restart 3f2a91 standstill --reason "The letters were wrong and are sent again" --preview',
    )
)
deadline.add_command(
    _command(
        "correct",
        "Set the wrong end of DEADLINE in CASE right, later or earlier, but never below the lawful minimum.",
        'correct 3f2a91 tenders --until "2026-02-20 16:00" --reason "A slip: the notice says the 20th"',
    )
)


@deadline.command(short_help="Reckon provisional ends again on newer calendars.")
@click.argument("case", shell_complete=completing.cases)
@acting.acting
@pass_session
def recount(session: Session, case: str, how: How) -> None:
    """Reckon the provisional deadlines of CASE again, once a newer calendar or meeting day is released.

    The scheduler does this by itself. Example: inprocap-flow deadline recount 3f2a91 --preview
    """
    about = acting.about_case(session, case)
    asked = acting.request(session, about, "recount", how)
    acting.carry(session, about, asked, how, more=lambda outcome: _more(about, outcome))


# ---------------------------------------------------------------------------------------------- what it does


def _more(about: Subject, outcome: Decision) -> tuple[list[str], dict[str, Any]]:
    found = consequences(about.binding, about.case, outcome)
    after = changed(about, case=outcome.case)
    return [*_moves(after, found), *_told(after, found), *_minima(after, found), *_gates(after, found)], to_plain(found)


def _title(about: Subject, line: str, name: str) -> str:
    state = about.case.deadlines.get(key(line, name)) or DeadlineState(line, name, "")
    return clocks.deadline_title(about, state)


def _part(title: str, lines: list[str]) -> list[str]:
    return ["", layout.heading(title), *lines] if lines else []


def _moves(about: Subject, found: Consequences) -> list[str]:
    lines: list[str] = []
    for shift in found.shifts:
        lines += layout.bullet(f"{_title(about, shift.line, shift.name)}: {_shift(about, shift)}")
    return _part("What moves", lines)


def _shift(about: Subject, shift: Shift) -> str:
    now = about.words.end(shift.now) if shift.now else "no end"
    if shift.was is None:
        return f"{shift.now_status} until {now}"
    was = about.words.end(shift.was)
    if shift.now_status == "suspended":
        return f"stands still; it would have ended {was}"
    if shift.was == shift.now:
        return f"{shift.now_status}; its end was {was}"
    if shift.opens_again:
        return f"OPENS AGAIN until {now}; it had ended {was}"
    status = "" if shift.now_status == "running" else f", {shift.now_status}"
    return f"{now} instead of {was}{status}"


def _told(about: Subject, found: Consequences) -> list[str]:
    named = [recipient(to, about.words, about.definition) for to in found.told]
    return _part("Who is told", layout.bullet(", ".join(dict.fromkeys(named)))) if named else []


def _minima(about: Subject, found: Consequences) -> list[str]:
    lines: list[str] = []
    for one in found.minima:
        basis = "" if one.is_law else f"; {one.basis.replace('_', ' ')}"
        source = f" ({one.source}{basis})" if one.source and not one.grounds else ""
        lines += layout.bullet(f"{_title(about, one.line, one.name)}: not before {about.words.end(one.floor)}{source}")
        lines += layout.pairs([("source", reasons.grounds_said(one.grounds))], 6, 8)
    return _part("Lawful minimum" if all(one.is_law for one in found.minima) else "Least length", lines)


def _gates(about: Subject, found: Consequences) -> list[str]:
    lines: list[str] = []
    for one in found.gates:
        side = "now ends on or after that day" if one.later else "now ends before that day"
        what = "meets" if one.gate == "meets" else f"wants papers ({one.gate})"
        text = f"{one.committee} {one.meeting} {what} on {day(one.day)}: {_title(about, one.line, one.name)} {side}"
        lines += layout.bullet(text)
    return _part("Committee dates that it passes", lines)


# ---------------------------------------------------------------------------------------------- as JSON


def to_plain(found: Consequences) -> dict[str, Any]:
    """Return the consequences of an act on deadlines as JSON data."""
    return {
        "moves": [dict(_shift_to_plain(one)) for one in found.shifts],
        "told": list(found.told),
        "minima": [_minimum_to_plain(one) for one in found.minima],
        "committee_dates": [_gate_to_plain(one) for one in found.gates],
    }


def _shift_to_plain(one: Shift) -> Iterator[tuple[str, Any]]:
    yield "deadline", one.name
    yield "line", one.line
    yield "was", stamp(one.was) if one.was else None
    yield "now", stamp(one.now) if one.now else None
    yield "was_status", one.was_status
    yield "now_status", one.now_status
    yield "opens_again", one.opens_again


def _minimum_to_plain(one: Minimum) -> dict[str, Any]:
    return {
        "deadline": one.name,
        "line": one.line,
        "not_before": stamp(one.floor),
        "source": one.source or None,
        "basis": one.basis or None,
        "grounds": [reasons.ground_to_plain(ground) for ground in one.grounds],
    }


def _gate_to_plain(one: Gate) -> dict[str, Any]:
    return {
        "deadline": one.name,
        "line": one.line,
        "committee": one.committee,
        "meeting": one.meeting,
        "gate": one.gate,
        "day": one.day.isoformat(),
        "later": one.later,
    }
