"""``attach`` and ``fetch``: documents in and out, streamed, sealed where the definition says so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import click

from inprocap_flow.cli import acting, completing, layout
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.standing import size
from inprocap_flow.cli.subject import subject
from inprocap_flow.errors import InvalidInput, Place, Problem

_ON = click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track, such as supplier/alpha.")


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("documents", nargs=-1, required=True, metavar="NAME=PATH...", shell_complete=completing.documents)
@_ON
@acting.acting
@pass_session
def attach(session: Session, case: str, documents: tuple[str, ...], on: str | None, how: How) -> None:
    """File documents with CASE: each under its name in the procedure, from a file.

    Example: inprocap-flow attach 3f2a91 specification=spec.pdf
    """
    about = acting.about_case(session, case)
    paths = acting.assigned(documents, "document")
    line = acting.known_line(about, on)
    handed = acting.taken_in(session, about, line, paths, how)
    acting.carry(session, about, acting.request(session, about, "bring", how, line=line, documents=handed), how)


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("document", shell_complete=completing.document_names)
@click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track, such as supplier/alpha.")
@click.option("--number", type=click.IntRange(min=1), metavar="N", help="Which version; without it, the last.")
@click.option("--to", metavar="PATH", help="Where to write it; - is standard output. Without it, its own name here.")
@pass_session
def fetch(session: Session, case: str, document: str, on: str | None, number: int | None, to: str | None) -> None:
    """Take DOCUMENT of CASE out again, checked against its hash. What is sealed stays so until its moment.

    Example: inprocap-flow fetch 3f2a91 specification --to copy.pdf
    """
    from inprocap_flow.engine.offers import outlook
    from inprocap_flow.service import documents as service

    about = subject(session, case)
    about = replace(about, case=outlook(about.binding, about.case, about.now).case)
    line = acting.known_line(about, on)
    actor = session.options.get("actor") or session.settings.actor
    found = service.fetch(
        session.reading_desk,
        about.binding,
        about.case,
        line,
        document,
        now=about.now,
        actor=actor,
        number=number,
    )
    if to == "-":
        _pour(found.content, sys.stdout.buffer)
        return
    target = Path(to or found.version.filename)
    _write(found.content, target)
    plain = {"document": document, "line": line, "path": str(target), "sha256": found.version.sha256}
    session.answer(
        {"case": about.case.id, **plain, "size": found.version.size},
        layout.wrapped(f"Wrote {target}, {size(found.version.size)}; it is what was filed."),
    )


def _pour(content: Iterator[bytes], file: BinaryIO) -> None:
    file.writelines(content)


def _write(content: Iterator[bytes], target: Path) -> None:
    """Write to a name beside *target* first: a copy whose hash is wrong never bears the right name."""
    if target.exists():
        raise _refused(target, "is there already", "name another place with --to")
    part = target.with_name(f".{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            _pour(content, file)
        part.replace(target)
    except OSError as wrong:
        raise _refused(target, f"cannot be written: {wrong.strerror}", "name another place with --to") from None
    finally:
        part.unlink(missing_ok=True)


def _refused(target: Path, fact: str, mend: str) -> InvalidInput:
    return InvalidInput([Problem(Place("--to"), "cannot-write", f"{target} {fact}", mend)])
