"""``copy``: everything of this installation into another, empty database."""

from __future__ import annotations

from pathlib import Path

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.session import Session, pass_session


@click.command()
@click.option("--to", required=True, metavar="DATABASE", help="The empty database: postgresql://..., or a file.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where its documents shall lie; needed for PostgreSQL. It may be the folder of now.",
)
@pass_session
def copy(session: Session, to: str, documents: Path | None) -> None:
    """Copy all cases, people, releases and documents to another database, and verify what has arrived.

    The target must be empty. Everything arrives or nothing; if it is stopped, call it again. Nothing here is changed:
    let nobody work meanwhile, and put the old database away afterwards, or the two will differ.

    Example: inprocap-flow copy --to postgresql://db.example.org/flow --documents /srv/documents
    """
    from inprocap_flow.service.moving import copy_installation

    told: dict[str, int] = {}

    def tell(what: str, done: int, total: int) -> None:
        # A line for every tenth of each table: enough to see that it goes on.
        tenth = 10 * done // total
        if told.get(what) != tenth:
            told[what] = tenth
            session.note(f"{what}: {done} of {total}")

    made = copy_installation(session.reading_desk, to, documents, tell=tell)
    plain = {name: getattr(made, name) for name in made.__slots__}
    lines = layout.wrapped(
        f"Copied and verified: {counted(made.cases, 'case')}, {counted(made.events, 'event')}, "
        + counted(made.files, "document")
        + (f" ({made.files_there} were there)." if made.files_there else ".")
    )
    if made.not_checked:
        lines += layout.wrapped(f"Not checked, as something is missing for it: {'; '.join(made.not_checked)}.")
    lines += layout.wrapped("Now name the new database in the settings, and put the old one away.")
    session.answer({**plain, "not_checked": list(made.not_checked)}, lines)
