"""``definitions``: a set of definitions as one file, out of one installation and into another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, shown, written
from inprocap_flow.cli.exploring import terms_for
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotAllowed

if TYPE_CHECKING:
    from inprocap_flow.service.exchanging import Taken


@click.group()
def definitions() -> None:
    """Hand definitions from one installation to another, as one file."""


@definitions.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@pass_session
def export(session: Session, file: Path) -> None:
    """Write all that is released into FILE, with the files of your own folder of definitions.

    Versions keep their names, days and hashes. Of people only ids and roles go along, as they are released; files of
    organisations, past cases and plans, which tell of people or cases, stay here, and so does what cannot be read.
    """
    from inprocap_flow.service.exchanging import export_set, read_set

    if file.exists():
        raise NotAllowed(f"{shown(file)} is there already", mend="name another file")
    desk = session.reading_desk
    written(file, export_set(desk, by=_by(session), sources=desk.settings.definitions))
    plain = read_set(file)
    releases, sources = len(plain["releases"]), len(plain["sources"])
    document = {"file": str(file), "releases": releases, "sources": sources}
    said = f"Written: {shown(file)}, {counted(releases, 'release')} and {counted(sources, 'file')}."
    session.answer(document, layout.wrapped(said))


@definitions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sources", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the files there, too.")
@click.option(
    "--hooks", type=click.Path(path_type=Path), metavar="FOLDER", help="Write hook files there; read them first."
)
@click.option("--despite", metavar="REASON", help="Take it although checks find errors; the reason is kept.")
@click.option("--seconds", type=click.IntRange(1), help="How long to explore each procedure; else as is set, or 60.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken; change nothing.")
@pass_session
def import_(
    session: Session,
    file: Path,
    *,
    sources: Path | None,
    hooks: Path | None,
    despite: str | None,
    seconds: int | None,
    dry_run: bool,
) -> None:
    """Release what FILE holds and is not here yet: all of it, or nothing.

    Every hash is compared with its content first, and every content with what it must be. A version that is released
    here with another content is refused. What is new is checked as before a release, and explored as far; what checks
    find refuses it.

    Hook files that are needed and not here go into the folder that --hooks names, one of the setting hook_folders.
    Nothing of them is run by the import, but by the next command: so read them in FILE before you name a folder.
    """
    from inprocap_flow.service.exchanging import import_set, read_set, write_sources
    from inprocap_flow.service.set_hooks import to_write

    plain = read_set(file)
    brought = [path.name for path in to_write(session.desk, plain, hooks)]
    terms = terms_for(session, seconds, despite)
    taken = import_set(session.desk, plain, by=_by(session), dry_run=dry_run, terms=terms, hooks=hooks)
    files = write_sources(plain, sources) if sources and not dry_run else ()
    document = {
        "dry_run": dry_run,
        "releases": [
            {
                "kind": one.kind,
                "name": one.name,
                "version": one.version,
                "hash": one.content_hash,
                "new": one.new,
                "judged": one.judged.to_plain(),
                "valid_from": {"here": one.days[0] or None, "set": one.days[1] or None} if one.days else None,
            }
            for one in taken
        ],
        "files": list(files),
        "hooks": brought,
    }
    session.answer(document, [*_lines(taken, files, dry_run), *_hooks(brought, dry_run), *_found_out(taken)])


def _hooks(brought: list[str], dry_run: bool) -> Iterator[str]:
    if brought:
        would = "would be written" if dry_run else "written"
        yield from layout.wrapped(f"{counted(len(brought), 'hook file')} {would}: {', '.join(brought)}.")


def _found_out(taken: tuple[Taken, ...]) -> Iterator[str]:
    """Say what was not decided, what was overruled, and what is valid here from another day on."""
    for one in taken:
        if one.days:
            here, there = (f"from {day} on" if day else "at once" for day in one.days)
            fact = f"{one.kind} {one.name} {one.version} is valid here {here}, by the set {there}"
            yield from layout.wrapped(f"Mind: {fact}; the day here stays.")
        if one.judged.undecided:
            codes = ", ".join(one.judged.undecided)
            yield from layout.wrapped(f"Mind: not decided for {one.name} {one.version}: {codes}.")
        if one.judged.overruled:
            codes = ", ".join(one.judged.overruled)
            yield from layout.wrapped(f"Mind: {one.name} {one.version} was taken despite {codes}.")


def _by(session: Session) -> str:
    return str(session.options.get("actor") or session.settings.actor or session.account)


def _lines(taken: tuple[Taken, ...], files: tuple[str, ...], dry_run: bool) -> Iterator[str]:
    said = {True: "would be taken" if dry_run else "taken", False: "was there"}
    yield from layout.table([(said[one.new], one.kind, one.name, one.version, one.content_hash[:12]) for one in taken])
    found = Counter(said[one.new] for one in taken)
    yield ""
    parts = ", ".join(f"{count} {what if count == 1 else what.replace('was', 'were')}" for what, count in found.items())
    yield f"{counted(len(taken), 'release')}{': ' if parts else ''}{parts}."
    if files:
        yield f"{counted(len(files), 'file')} written."
