"""``file``: the procurement file for an auditor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import completing, exits, layout
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.words import Words
from inprocap_flow.service.finding import find_case

if TYPE_CHECKING:
    from inprocap_flow.service.dossier.collect import Dossier
    from inprocap_flow.service.dossier.writing import Written


@click.command("file")
@click.argument("case", shell_complete=completing.cases)
@click.option("--output", required=True, metavar="FOLDER", type=click.Path(path_type=Path), help="A new folder.")
@click.option("--without-names", is_flag=True, help="Leave out the table of people's names.")
@pass_session
def file_(session: Session, case: str, output: Path, without_names: bool) -> None:
    """Write the procurement file of CASE into a new folder: a page to read, the data, the documents, and a script.

    The page (index.html) needs nothing else and prints well. verify.py checks everything with plain Python, without
    this program. What is sealed is listed and not shown. Names of people stand in one table of the page.
    Exit status 5 if what is stored is damaged; the file is written all the same, and says so.
    """
    from inprocap_flow.service.dossier.collect import collect
    from inprocap_flow.service.dossier.writing import write

    desk = session.reading_desk
    case_id = find_case(desk, case)
    with desk.store.reading() as reading:
        zone = desk.binding(reading, reading.load(case_id).case).zone
    dossier = collect(desk, case_id, Words(zone, session.settings.language), actor=session.options.get("actor"))
    written = write(desk, dossier, output, with_names=not without_names)
    session.answer(_plain(dossier, written), _lines(dossier, written))
    if not dossier.report.ok or written.damaged:
        click.get_current_context().exit(exits.DAMAGED)


def _lines(dossier: Dossier, written: Written) -> Iterator[str]:
    yield layout.heading(f"Written: {written.folder}")
    listed = f", {written.listed} only listed" if written.listed else ""
    yield from layout.pairs([
        ("index.html", "the case, to be read in a browser or printed"),
        ("data/", f"{len(dossier.links)} events with their hashes, the state, the definition, the heads"),
        ("documents/", f"{written.copies} copies{listed}"),
        ("verify.py", "python3 verify.py checks all of it without us"),
    ])  # fmt: skip
    yield ""
    for finding in dossier.report.findings:
        yield from layout.wrapped(f"DAMAGED: {finding}")
    for name in written.damaged:
        yield from layout.wrapped(f"DAMAGED: the document {name} is not what was filed")
    yield "Head to keep elsewhere, so that a later copy can be held against it:"
    yield f"  {dossier.head}"


def _plain(dossier: Dossier, written: Written) -> dict[str, object]:
    return {
        "case": dossier.case.id,
        "folder": str(written.folder),
        "files": written.files,
        "size": written.size,
        "documents": written.copies,
        "documents_only_listed": written.listed,
        "damaged": list(written.damaged),
        "findings": [str(finding) for finding in dossier.report.findings],
        "head": str(dossier.head),
    }
