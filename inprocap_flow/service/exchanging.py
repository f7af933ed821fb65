"""A set of definitions as one file between installations: releases with their hashes, their hooks, and their files.

Identities are kept: kind, name, version and hash are the same on both sides, so a case copied later finds its version.
An organisation goes along as it was released: ids and roles of people, never a name, an address or an absence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from inprocap_flow import logs
from inprocap_flow.engine.case.records import stamp
from inprocap_flow.errors import InvalidInput, NotAllowed, Place, Problem
from inprocap_flow.language.canonical import digest
from inprocap_flow.language.documents import kind_of
from inprocap_flow.language.files import Library
from inprocap_flow.records import changed, record
from inprocap_flow.service.contents import fault_of
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.first_releases import ELSEWHERE, first_release, released_first
from inprocap_flow.service.judging import NOTHING, USUAL, Judged, Terms
from inprocap_flow.service.set_checks import checked
from inprocap_flow.service.set_days import other_days, place_of
from inprocap_flow.service.set_hash import with_hash, wrong_hash
from inprocap_flow.service.set_hooks import HOOKS, texts_of, to_write, wrong_with
from inprocap_flow.service.versions import KINDS
from inprocap_flow.store.port import Reading, Writing

FORMAT, SCHEMA = "inprocap-flow definitions", 1
LARGEST = 200_000_000  # bytes of a file that is read
LONGEST_NAME = 200  # bytes of one part of the name of a file
PERSONAL = ("organisation", "history", "migration")  # kinds of files that hold names, or what single cases are about


@record
class Taken:
    """What an import did with one release: ``new`` is False if it was there already; ``judged`` what was found out.

    ``days``: from when it is valid here and by the set, where those differ.
    """

    kind: str
    name: str
    version: str
    content_hash: str
    new: bool
    judged: Judged = NOTHING
    days: tuple[str, str] | None = None


def export_set(desk: Desk, *, by: str, sources: Path | None = None) -> str:
    """Return everything that is released, with the files of the folder *sources*, as the text of one file.

    The hook files that released versions are bound to go along as texts, where they are here as they were then.
    """
    with desk.store.reading() as reading:
        releases = list(_releases(reading))
    plain = {
        "format": FORMAT,
        "schema": SCHEMA,
        "exported_at": stamp(desk.clock.now()),
        "exported_by": by,
        "releases": releases,
        HOOKS: texts_of(desk, releases),
        "sources": dict(_sources(sources)) if sources else {},
    }
    return json.dumps(with_hash(plain), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _releases(reading: Reading) -> Iterator[Mapping[str, Any]]:
    for kind in KINDS:
        for entry in reading.releases(kind):  # by name, in the order of release
            yield {
                "kind": kind,
                "name": entry.name,
                "version": entry.version,
                "hash": entry.content_hash,
                "valid_from": entry.valid_from or None,
                **released_first(entry),
                "content": reading.released(kind, content_hash=entry.content_hash).content,
            }


def _sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the definition files of a folder, wherever they lie in it, without those that tell of people or cases.

    What cannot be read as a definition stays here, too: nobody can say what is in it.
    """
    library = Library((folder,))
    for path in sorted(folder.rglob("*.yaml")):
        try:
            kind = kind_of(library.read(path))
        except InvalidInput:
            continue
        if kind is not None and kind not in PERSONAL:
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def read_set(path: Path) -> Mapping[str, Any]:
    """Return a set from its file, every hash compared with its content, and that of the whole. Raises InvalidInput."""
    place = Place(str(path))
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput([Problem(place, "bad-set", f"The file is larger than {LARGEST} bytes.")])
        plain = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as wrong:
        fact = f"The file is no set of definitions: {wrong}."
        raise InvalidInput([Problem(place, "bad-set", fact, "Write one with `definitions export`.")]) from None
    wrongs = [*_wrong(plain), *_wrong_hooks(plain)] or list(wrong_hash(plain))
    problems = [Problem(place, "bad-set", fact, mend) for fact, mend in wrongs]
    if problems:
        raise InvalidInput(problems)
    found: Mapping[str, Any] = plain
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _wrong(plain: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        yield "The file is no set of definitions.", "Write one with `definitions export`."
        return
    if plain.get("schema") != SCHEMA:
        yield f"It is written in form {plain.get('schema')}, and this program reads {SCHEMA}.", "Use a newer program."
        return
    if not isinstance(plain.get("releases"), list) or not isinstance(plain.get("sources", {}), dict):
        yield "Releases are a list, and sources a map.", "Ask for the file again."
        return
    for one in plain["releases"]:
        if not _is_release(one):
            yield "An entry is no release.", "Ask for the file again."
        elif _digest(one["content"]) != one["hash"]:
            fact = f"{one['kind']} {one['name']} {one['version']} is not what its hash says: it was changed."
            yield fact, "Ask for the file again."
    for name, text in plain.get("sources", {}).items():
        if not _is_file_name(name, plain["sources"]):
            yield f"{name[:80]!r} is no name of a definition file inside a folder.", "Ask for the file again."
        elif not isinstance(text, str) or not _is_text(text):
            yield f"{name} is no text.", "Ask for the file again."


def _wrong_hooks(plain: Any) -> Iterator[tuple[str, str]]:
    for fact in wrong_with(plain.get(HOOKS, {})) if isinstance(plain, dict) else ():
        yield fact, "Ask for the file again."


def _is_file_name(name: str, others: Mapping[str, Any]) -> bool:
    """Return whether *name* is that of a file inside a folder, which no other file of the set would have to be."""
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts or inside.suffix != ".yaml" or any(c in name for c in "\\:\0"):
        return False
    if not _is_text(name) or any(len(part.encode()) > LONGEST_NAME for part in inside.parts):
        return False
    return not any(str(folder) in others for folder in inside.parents)


def _is_text(text: str) -> bool:
    """Return whether *text* can be written down: a lone half of a character cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _digest(content: Any) -> str | None:
    try:
        return digest(content)
    except (ValueError, RecursionError):  # a number or a text that cannot be written down
        return None


def _is_release(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("kind") not in KINDS or "content" not in one:
        return False
    if one.get("valid_from") is not None and not _is_day(one["valid_from"]):
        return False
    return all(
        isinstance(one.get(name), str) and one[name].isprintable() and one[name]
        for name in ("name", "version", "hash", "released_at")
    )


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def import_set(
    desk: Desk,
    plain: Mapping[str, Any],
    *,
    by: str,
    dry_run: bool = False,
    terms: Terms = USUAL,
    hooks: Path | None = None,
) -> tuple[Taken, ...]:
    """Release what a set holds and is not here yet, all of it or nothing; what is here already is left as it is.

    What is new is checked first, as it is before a release from files: cases are explored as far as *terms* say. Hook
    files that are needed and not here are written into *hooks*, a folder that the operator allows, and never run here.

    Raises NotAllowed, naming every one, for a version that is released here with another content, for one whose content
    is not what it says, and for hooks that cannot be had; InvalidInput with what the checks find.
    """
    _must_be_sound(desk, plain)
    files = to_write(desk, plain, hooks)
    known = _known(desk)
    _must_not_clash(plain, known)
    new = frozenset(map(place_of, plain["releases"])) - set(known)
    judged = checked(desk, plain, new, terms)
    with desk.store.writing() as work:
        known = {(kind, e.name, e.version): e.content_hash for kind in KINDS for e in work.releases(kind)}
        _must_not_clash(plain, known)  # somebody may have been faster
        days = other_days(plain, ((kind, entry) for kind in KINDS for entry in work.releases(kind)))
        taken = tuple(changed(_taken(one, known, judged), days=days.get(place_of(one))) for one in plain["releases"])
        if not dry_run:
            _release(desk, work, plain, taken, by)
    if not dry_run:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8", newline="")
    return taken


def _known(desk: Desk) -> dict[tuple[str, str, str], str]:
    with desk.store.reading() as reading:
        return {(kind, e.name, e.version): e.content_hash for kind in KINDS for e in reading.releases(kind)}


def _must_not_clash(plain: Mapping[str, Any], known: Mapping[tuple[str, str, str], str]) -> None:
    clashes = [
        f"{one['kind']} {one['name']} {one['version']}"
        for one in plain["releases"]
        if known.get(place_of(one), one["hash"]) != one["hash"]
    ]
    if clashes:
        fact = f"released here already, with another content: {', '.join(clashes)}"
        raise NotAllowed(fact, mend="nothing was taken; one of the two sides needs another version")


def _must_be_sound(desk: Desk, plain: Mapping[str, Any]) -> None:
    """Raise NotAllowed for content that cannot be used; what is released here already was looked at."""
    with desk.store.reading() as reading:
        known = {entry.content_hash for kind in KINDS for entry in reading.releases(kind)}
    faults = [
        f"{one['kind']} {one['name'][:80]} {one['version'][:80]} {fault}"
        for one in plain["releases"]
        if one["hash"] not in known and (fault := fault_of(one)) is not None
    ]
    if faults:
        mend = "nothing was taken; ask for a set that `definitions export` has written"
        raise NotAllowed(f"the set holds what cannot be used: {'; '.join(faults[:20])}", mend=mend)


def _taken(
    one: Mapping[str, Any], known: Mapping[tuple[str, str, str], str], judged: Mapping[tuple[str, str, str], Judged]
) -> Taken:
    place = place_of(one)
    return Taken(*place, one["hash"], place not in known, judged.get(place, NOTHING))


def _release(desk: Desk, work: Writing, plain: Mapping[str, Any], taken: tuple[Taken, ...], by: str) -> None:
    now = desk.clock.now()
    # The order of release says which version is the newest, so it is kept.
    for one, done in zip(plain["releases"], taken, strict=True):
        if done.new:
            day = one.get("valid_from")
            valid_from = date.fromisoformat(day) if day else None
            work.release(
                done.kind, done.name, done.version, one["content"], by=by, now=now, valid_from=valid_from,
                judged={**done.judged.to_plain(), ELSEWHERE: first_release(one)},
            )  # fmt: skip
            logs.happened(logs.DEFINITION_RELEASED, definition=done.name, version=done.version, actor=by)


def write_sources(plain: Mapping[str, Any], folder: Path) -> tuple[str, ...]:
    """Write the files of a set into *folder*; what is there with the same text stays. Raises NotAllowed for others."""
    found = {name: folder / name for name in sorted(plain.get("sources", {}))}
    other = [
        name for name, path in found.items() if path.exists() and path.read_text("utf-8") != plain["sources"][name]
    ]
    if other:
        mend = "name an empty folder; nothing was written"
        raise NotAllowed(f"{folder} holds other files of these names: {', '.join(other)}", mend=mend)
    for name, path in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(plain["sources"][name], encoding="utf-8", newline="\n")
    return tuple(found)
