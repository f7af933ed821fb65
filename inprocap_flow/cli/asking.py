"""``next`` and ``deadlines`` as commands. What they say is in modules that need no click (`quick` tells why)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import clock_note, clocks, completing, layout, outlooks, showing
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.words import Words, line_name
from inprocap_flow.engine.case.records import Case, unstamp

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.store.entries import DeadlineEntry

OPEN = ("running", "suspended")  # deadlines that have not ended


@click.command("next")
@click.argument("case", shell_complete=completing.cases)
@click.option("--mine", is_flag=True, help="Only what the person named with --as may do.")
@click.option("--brief", is_flag=True, help="Leave out what cannot be done yet.")
@pass_session
def next_(session: Session, case: str, mine: bool, brief: bool) -> None:
    """What can be done about CASE now, by whom, with what; what waits for signatures; and what cannot be done yet.

    Example: inprocap-flow next 3f2a91
    """
    outlooks.say_what_is_next(session, case, mine=mine, brief=brief)


@click.command()
@click.argument("case", required=False, shell_complete=completing.cases)
@click.option("--explain", is_flag=True, help="Rule by rule, with the law, as a note for the file.")
@click.option("--all", "ended", is_flag=True, help="Those that have ended, too.")
@click.option("--name", metavar="NAME", help="Only this one.")
@pass_session
def deadlines(session: Session, case: str | None, explain: bool, ended: bool, name: str | None) -> None:
    """Deadlines of a CASE, or of all cases, the earliest first: those that run, and duties missed and not met.

    Example: inprocap-flow deadlines 3f2a91 --explain
    """
    if case is None:
        if explain:
            raise click.UsageError("--explain needs a CASE.")
        _everywhere(session, ended=ended, name=name)
        return
    about = showing.current(session, case)
    found = [
        state
        for state in clocks.by_end(about.case.deadlines)
        if (ended or explain or state.is_open or _owed(about.case, state.line, state.status))
        and name in (None, state.name)
    ]
    lines = [*about.header(), ""]
    if not found:
        lines.append("No deadline runs." if not ended and name is None else "There is no such deadline.")
    for state in found:
        if explain:
            lines += clock_note.note(about, state)
            continue
        lines += layout.bullet(clocks.line(about, state))
        lines += [text for act in clocks.may_be_done(about, state) for text in layout.wrapped(act, "      ")]
    session.answer({"case": about.case.id, "deadlines": [clocks.to_plain(about, state) for state in found]}, lines)


def _owed(case: Case, line: str, status: str) -> bool:
    """Return whether a duty was missed and nobody has met it since, on a line that goes on."""
    return status == "missed" and not (case.main.ended or case.lines[line].ended)


def _owed_anywhere(desk: Desk, wanted: str | None) -> list[DeadlineEntry]:
    missed = desk.store.deadlines(wanted, status="missed")
    with desk.store.reading() as reading:
        cases = {case_id: reading.load(case_id).case for case_id in {entry.case_id for entry in missed}}
    return [entry for entry in missed if _owed(cases[entry.case_id], entry.line, entry.status)]


def _everywhere(session: Session, *, ended: bool, name: str | None) -> None:
    from zoneinfo import ZoneInfo

    wanted = session.wanted
    desk = session.reading_desk
    every = [e for status in ((None,) if ended else OPEN) for e in desk.store.deadlines(wanted, status=status)]
    every += [] if ended else _owed_anywhere(desk, wanted)
    found = [e for e in sorted(every, key=lambda e: (e.end_at is None, e.end_at or "")) if name in (None, e.name)]
    zones: dict[str, Words] = {}
    with desk.store.reading() as reading:
        for entry in found:
            if entry.organisation not in zones:
                zone = desk.organisation(reading, entry.organisation).zone
                zones[entry.organisation] = Words(ZoneInfo(zone))
    lines: list[str] = []
    now = desk.clock.now()
    for entry in found:
        words = zones[entry.organisation]
        end = f"{words.end(entry.end_at)} ({words.zone.key})" if entry.end_at else "without a date"
        on = f" on {line_name(entry.line)}" if line_name(entry.line) else ""
        lines += layout.wrapped(f"{end}  {entry.name}{on}{_standing(entry, now)}")
        lines += layout.wrapped(f"{entry.title or 'no title'}, {entry.case_id}", "    ")
    session.answer({"deadlines": [_entry(entry, now) for entry in found]}, lines or ["No deadline runs."])


def _standing(entry: Any, now: datetime) -> str:
    """Return what else a line says of a deadline; one that is over and that nobody has looked at since is not running.

    Whoever asks records nothing (ruling 5), so its row still says that it runs.
    """
    status = "" if entry.status == "running" else f", {entry.status}"
    status = ", OVER by now, to be recorded" if _past(entry, now) else status
    sure = ", provisional" if entry.provisional else ""
    return f"{status}{sure}{', counted from the end of an imprecise date' if entry.assumed else ''}"


def _past(entry: Any, now: datetime) -> bool:
    return entry.status == "running" and entry.end_at is not None and unstamp(entry.end_at) <= now


def _entry(entry: Any, now: datetime) -> dict[str, Any]:
    names = (
        "case_id",
        "title",
        "organisation",
        "line",
        "name",
        "status",
        "end_at",
        "last_day",
        "provisional",
        "assumed",
    )
    plain = {("case" if name == "case_id" else name): getattr(entry, name) for name in names}
    return plain | {"past": _past(entry, now)}
