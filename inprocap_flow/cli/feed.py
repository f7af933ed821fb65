"""``feed``: the clocks and meetings of a case or a person as an iCalendar file that a calendar program reads."""

from __future__ import annotations

from pathlib import Path

import click

from inprocap_flow.cli import completing
from inprocap_flow.cli.definitions import written
from inprocap_flow.cli.session import Session, pass_session

_OUTPUT = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it to FILE (.ics)."
)


@click.group()
def feed() -> None:
    """Deadlines and committee meetings as a calendar (iCalendar), of one case or of one person.

    Write it again when something changed: an entry keeps its id and moves, a deadline that was met is cancelled.
    Put the file where a calendar program can fetch it, and it follows by itself. Whoever has the file can read it.

    \b
    inprocap-flow feed person ben --output ben.ics
    inprocap-flow feed case 3f2a91 --output case.ics
    """  # noqa: D301 - the mark is for click


@feed.command("case")
@click.argument("case", shell_complete=completing.cases)
@_OUTPUT
@pass_session
def case_(session: Session, case: str, output: Path | None) -> None:
    """The feed of CASE, with every clock that it has."""
    from inprocap_flow.service.feeds import case_feed
    from inprocap_flow.service.finding import find_case

    desk = session.reading_desk
    _answer(session, case_feed(desk, find_case(desk, case), language=session.settings.language), output)


@feed.command("person")
@click.argument("person")
@_OUTPUT
@pass_session
def person_(session: Session, person: str, output: Path | None) -> None:
    """The feed of PERSON: what concerns their roles, in every case of the organisation."""
    from inprocap_flow.service.feeds import person_feed

    desk = session.reading_desk
    _answer(session, person_feed(desk, session.organisation, person, language=session.settings.language), output)


def _answer(session: Session, made: bytes, output: Path | None) -> None:
    text = made.decode()
    number = text.count("BEGIN:VEVENT")
    if output is None:
        session.answer({"entries": number, "text": text}, text.splitlines())
        return
    written(output, text)
    entries = f"{number} entry" if number == 1 else f"{number} entries"
    session.answer({"entries": number, "written": str(output)}, [f"Written: {output} ({entries})"])
