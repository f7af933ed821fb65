"""``effective``: a procedure with its blocks and overlays put in, as one file, and where each line was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import day_meant, file_desk, procedure_file
from inprocap_flow.cli.overlaid import overlays_meant
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.short_places import ShortPlaces

if TYPE_CHECKING:
    from inprocap_flow.service.effective import Effective, Line


@click.command()
@click.argument("procedure")
@click.option("--overlay", "overlays", multiple=True, metavar="FILE|NAME", help="With this overlay; more than once.")
@click.option("--on", "on", metavar="DAY", help="With the overlays in force on this day: 2027-01-01.")
@pass_session
def effective(session: Session, procedure: str, overlays: tuple[str, ...], on: str | None) -> None:
    """Print PROCEDURE as it is with the overlays of --organisation (or --overlay), as one YAML file.

    Behind each line stands where it was written, wherever that changes: a plus sign and the file are an overlay's. Do
    not edit what is printed; edit there.

    Example: inprocap-flow effective open --organisation my-house --on 2027-01-01
    """
    from inprocap_flow.service import effective as service

    desk = file_desk(session)
    path = procedure_file(desk, procedure)
    found = service.effective(desk, path, overlays_meant(session, desk, path, overlays, day_meant(session, on)))
    document = {
        "procedure": found.definition.name,
        "version": found.definition.full_version,
        "definition": found.data,
        "lines": [
            {"text": one.text, "file": one.place.file, "line": one.place.line, "overlay": one.overlay or None}
            if one.place
            else {"text": one.text}
            for one in found.lines
        ],
    }
    files = {one.place.file for one in found.lines if one.place is not None}
    session.answer(document, _lines(found, ShortPlaces(files, desk.definitions)))


def _lines(found: Effective, short: ShortPlaces) -> Iterator[str]:
    """Yield the file with the origin of a line as a comment, wherever it comes from elsewhere than the line above."""
    yield f"# {found.definition.name} {found.definition.full_version}, as it is in effect. Edit the files named behind."
    file, line = "", 0
    for one in found.lines:
        top = len(one.text) - len(one.text.lstrip()) <= 2 and not one.text.lstrip().startswith("-")
        jumps = one.place is not None and top and not 0 <= one.place.line - line <= 1
        elsewhere = one.place is not None and (one.place.file != file or jumps)
        yield f"{one.text}{_origin(one, short)}" if elsewhere and _may_carry(one) else one.text
        if one.place is not None:
            file, line = one.place.file, one.place.line


def _may_carry(one: Line) -> bool:
    """Tell whether a comment may stand behind the line without being read as text: not behind a block of text."""
    return not one.text.endswith((">-", "|-", ">", "|"))


def _origin(one: Line, short: ShortPlaces) -> str:
    said = f"# {'+ ' if one.overlay else ''}{short(one.place)}"
    gap = max(2, layout.width() - len(one.text) - len(said))
    return click.style(" " * gap + said, dim=True)
