"""Documents in and out: taken in before the request that names them, sealed where the definition says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from inprocap_flow import logs
from inprocap_flow.engine import sight
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Case, DocumentVersion, Handed, When
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, Place, Problem
from inprocap_flow.language.model import Document
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.typing_in import line_kind, nearest

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Destination:
    """Where documents are to be filed: a line of a case, or a case or track that is about to begin (``case`` None)."""

    binding: Binding
    case_id: str
    line: str = MAIN
    case: Case | None = None


def take_in(
    desk: Desk, to: Destination, paths: Mapping[str, str], *, now: datetime, keep: bool = True
) -> dict[str, Handed]:
    """Take in the files at *paths* (document name -> path), streamed, and return what a request hands over.

    A document that is sealed until a milestone not yet reached is encrypted with the case's key. Nothing is taken in
    if any name or file is wrong. With *keep* off the files are only looked at, for a rehearsal. What no request names
    afterwards is an orphan, which the store finds. Raises InvalidInput, NotAllowed.
    """
    declared = _declared(to, paths)
    files = _openable(paths)
    return {name: _take(desk, to, declared[name], files[name], now, keep=keep) for name in paths}


def _declared(to: Destination, paths: Mapping[str, str]) -> Mapping[str, Document]:
    known = to.binding.definition.line(line_kind(to.binding.definition, to.line, to.case)).documents
    problems = [
        Problem(
            Place(f"document {name}"),
            "unknown-document",
            f"{name} is no document here",
            nearest(name, known),
        )
        for name in paths
        if name not in known
    ]
    if problems:
        raise InvalidInput(problems)
    return known


def _openable(paths: Mapping[str, str]) -> dict[str, Path]:
    problems: list[Problem] = []
    files: dict[str, Path] = {}
    for name, text in paths.items():
        try:
            fact = _unreadable(text)
        except (OSError, ValueError) as wrong:
            fact = f"{text} cannot be read: {getattr(wrong, 'strerror', None) or wrong}"
        if fact:
            problems.append(Problem(Place(f"document {name}"), "no-such-file", fact, "give the path of a file"))
        else:
            files[name] = Path(text)
    if problems:
        raise InvalidInput(problems)
    return files


def _unreadable(text: str) -> str:
    if not text:
        return "no path is given"
    path = Path(text)
    if not path.is_file():
        return f"{text} is no file" if path.exists() else f"there is no file {text}"
    with path.open("rb"):
        return ""


def _take(desk: Desk, to: Destination, declared: Document, path: Path, now: datetime, *, keep: bool) -> Handed:
    from mimetypes import guess_type

    media_type = guess_type(path.name)[0] or "application/octet-stream"
    with path.open("rb") as content:
        if not keep:
            return _looked_at(content, path.name, media_type)
        if _is_sealed(to, declared, now):
            return desk.store.put_sealed_document(content, path.name, media_type, case_id=to.case_id, now=now)
        return desk.store.put_document(content, path.name, media_type)


def _looked_at(content: BinaryIO, filename: str, media_type: str) -> Handed:
    whole, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        whole.update(chunk)
        size += len(chunk)
    return Handed(whole.hexdigest(), filename, media_type, size)


def _is_sealed(to: Destination, declared: Document, now: datetime) -> bool:
    if declared.sealed_until is None:
        return False
    if to.case is None:
        return True
    line = to.line if to.line in to.case.lines else MAIN
    return not CaseFacts(to.binding, to.case, line, When.exactly(now)).reached(declared.sealed_until)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A filed version and its bytes. The copy is good only once the iteration has ended without an error."""

    version: DocumentVersion
    content: Iterator[bytes]


def fetch(
    desk: Desk,
    binding: Binding,
    case: Case,
    line_id: str,
    name: str,
    *,
    now: datetime,
    actor: str | None = None,
    number: int | None = None,
) -> Fetched:
    """Return version *number* (from 1; without one, the last) of a document of a line of *case*.

    *case* is the case at *now*, its expiries passed. Raises NotFound, and NotAllowed for what *actor*, or anybody,
    must not see yet; and, while reading, StoreDamaged.
    """
    filed = case.lines[line_id].documents.get(name, ())
    if not filed or not 1 <= (number or len(filed)) <= len(filed):
        there = ", ".join(case.lines[line_id].documents) or "none"
        what = f"{name} number {number}" if filed else name
        raise NotFound(f"no document {what} is filed on {line_id}", mend=f"filed are: {there}")
    declared = sight.find(binding, case, line_id, name)
    if isinstance(declared, Document):
        blocker = (
            sight.may_see(binding, case, line_id, declared, actor, now)
            if actor
            else sight.sealed(binding, case, line_id, declared, now)
        )
        if blocker:
            raise NotAllowed(blocker.reason, mend=blocker.mend)
    version = filed[(number or len(filed)) - 1]
    if version.sealed_until:
        logs.happened(logs.SEALED_VALUE_READ, case=case.id, document=name, actor=actor)
    return Fetched(version, desk.store.read_document(version.sha256, case_id=case.id))
