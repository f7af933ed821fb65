"""``next`` and ``deadlines`` as commands. What they say is in modules that need no click (`quick` tells why)."""

from __future__ import annotations

import click

from inprocap_flow.cli import clock_note, clocks, completing, deadlines_everywhere, layout, outlooks, showing
from inprocap_flow.cli.deadlines_everywhere import owed
from inprocap_flow.cli.session import Session, pass_session


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
        deadlines_everywhere.answer(session, ended=ended, name=name)
        return
    about = showing.current(session, case)
    found = [
        state
        for state in clocks.by_end(about.case.deadlines)
        if (ended or explain or state.is_open or owed(about.case, state.line, state.status))
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
