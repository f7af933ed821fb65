"""``procedures``: what is released in the database, and what lies in files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, file_desk, shown, today
from inprocap_flow.cli.definitions_used import used, used_lines
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import FlowError, NotFound
from inprocap_flow.language.model import said

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.store.records import ReleaseEntry


@click.command()
@pass_session
def procedures(session: Session) -> None:
    """List procedures: what is released in the database, and what lies in the folders of definitions.

    Of what is released: in force, coming (and from which day on), or superseded; and how many open cases stand on it.
    With --organisation NAME, or where one is set, first what that organisation uses, with which overlays.
    """
    released = _released(session)
    found = [_found(path, released, desk) for desk in [file_desk(session)] for path in _procedure_files(desk)]
    house = used(session, [one["name"] for one in found])
    said = _listing(released, found, session.settings.language)
    session.answer(
        {"used": house, "released": released, "files": found}, chain([*used_lines(house), ""] if house else (), said)
    )


def _released(session: Session) -> list[dict[str, Any]]:
    """Return what is released, with where it stands today; nothing where there is no database yet."""
    from inprocap_flow.service.first_releases import ELSEWHERE
    from inprocap_flow.service.versions import versions

    try:
        desk = session.reading_desk
    except NotFound:
        return []
    return [
        {
            "kind": one.kind,
            "name": one.entry.name,
            "version": one.entry.version,
            "title": dict(one.title),
            "hash": one.entry.content_hash,
            **_released_by(one.entry),
            "valid_from": one.entry.valid_from or None,
            "judged": {name: found for name, found in one.entry.judged.items() if name != ELSEWHERE},
            "state": one.state or None,
            "open_cases": one.open_cases,
        }
        for one in versions(desk, today(session), with_titles=True)
    ]


def _released_by(entry: ReleaseEntry) -> dict[str, Any]:
    """Return when and by whom a version was released, and imported, if it was."""
    from inprocap_flow.service.first_releases import ELSEWHERE, released_first

    imported = ELSEWHERE in entry.judged
    return {
        **released_first(entry),
        "imported_at": entry.released_at if imported else None,
        "imported_by": entry.released_by if imported else None,
    }


def _standing(one: dict[str, Any]) -> str:
    """Return where a released version stands, how many open cases are on it, who released it, who imported it."""
    state = str(one["state"] or "")
    if one["valid_from"] and state == "coming":
        state = f"coming, from {one['valid_from']}"
    elif one["valid_from"]:
        state += f" since {one['valid_from']}"
    cases = counted(one["open_cases"], "open case") if one["kind"] in ("procedure", "applied") else ""
    released = f"released {one['released_at'][:10]} by {one['released_by'] or 'somebody unnamed'}"
    imported = f"imported {one['imported_at'][:10]} by {one['imported_by']}" if one["imported_at"] else ""
    return ", ".join(part for part in (state, cases, released, imported) if part)


def _judged(plain: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was found out before a release and is to be known of it."""
    if plain.get("overruled"):
        yield f"released despite {', '.join(plain['overruled'])}: {plain.get('reason')}"
    if plain.get("undecided"):
        yield f"not decided: {', '.join(plain['undecided'])}"


def _procedure_files(desk: Desk) -> Iterator[Path]:
    """Yield the procedures of every folder; of one name, the first folder's only."""
    seen: set[str] = set()
    for folder in desk.definitions:
        for path in sorted(folder.glob("*.yaml")):
            if not path.name.endswith(".test.yaml") and path.stem not in seen:
                seen.add(path.stem)
                yield path


def _found(path: Path, released: list[dict[str, Any]], desk: Desk) -> dict[str, Any]:
    from inprocap_flow.service.releasing import compiled

    plain: dict[str, Any] = {"name": path.stem, "file": shown(path)}
    try:
        machine = compiled(desk, path)
    except FlowError as wrong:
        return plain | {"state": "has problems", "error": wrong.code}
    version, content = machine.definition.version, machine.content_hash
    plain |= {"version": version, "hash": content, "title": dict(machine.definition.title)}
    same = [one for one in released if one["kind"] == "procedure" and one["name"] == path.stem]
    there = next((one for one in same if one["version"] == version), None)
    if there is None:
        return plain | {"state": "not released"}
    return plain | {"state": "released" if there["hash"] == content else "changed since its release"}


def _title(one: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield the title below a name, where there is one: what has problems cannot be read that far."""
    if title := said(one.get("title") or {}, language):
        yield from layout.wrapped(" ".join(title.split()), "    ")


def _listing(released: list[dict[str, Any]], found: list[dict[str, Any]], language: str) -> Iterator[str]:
    yield layout.heading("In the database")
    for one in released:
        yield from layout.wrapped(f"{one['kind']} {one['name']} {one['version']}  {one['hash'][:12]}", "  ", "    ")
        yield from _title(one, language)
        yield from layout.wrapped(_standing(one), "    ")
        for text in _judged(one["judged"]):
            yield from layout.wrapped(text, "    ")
    if not released:
        yield "  nothing is released yet"
    yield ""
    yield layout.heading("In files")
    for one in found:
        version = f" {one['version']}  {one['hash'][:12]}" if "version" in one else ""
        yield from layout.wrapped(f"{one['name']}{version}  {one['state']}", "  ")
        yield from _title(one, language)
        yield from layout.wrapped(one["file"], "    ")
    if any(one["state"] == "changed since its release" for one in found):
        yield ""
        yield "A changed procedure needs another version before it can be released again."
