"""The folder of the procurement file: page, data, documents, and the script that verifies them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from inprocap_flow.errors import FlowError, InvalidInput, NotAllowed, Place, Problem
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.dossier.collect import Dossier, Paper
from inprocap_flow.service.dossier.page import page
from inprocap_flow.store import snapshot

DAMAGED = "what is stored is not what was filed"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many documents as copies and how many are only listed, and the bytes of it all."""

    folder: Path
    copies: int
    listed: int
    files: int
    size: int
    head: str
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """A document as it was copied: its SHA-256, and of one that was sealed the salt of its commitment."""

    sha256: str
    salt: str | None


def write(desk: Desk, dossier: Dossier, folder: Path, *, with_names: bool = True) -> Written:
    """Write the file into *folder*, which must be new or empty; all or nothing. Raises InvalidInput, NotAllowed."""
    _refuse_used(folder)
    part = folder.with_name(f".{folder.name}.part-{os.getpid()}")
    try:
        part.mkdir(parents=True)
        papers, copies = _copy_all(desk, dossier, part)
        told = replace(dossier, papers=papers)
        for name, content in _texts(told, copies, with_names=with_names):
            _put(part / name, content)
        manifest = {name: _hash(part / name) for name in sorted(_names(part))}
        _put(part / "data" / "manifest.json", canonical_json(manifest) + "\n")
        found = [(part / name).stat().st_size for name in _names(part)]
        if folder.exists():
            folder.rmdir()  # it is empty
        part.replace(folder)
    except OSError as wrong:
        raise NotAllowed(f"{folder} cannot be written: {wrong.strerror}", mend="name another folder") from wrong
    finally:
        shutil.rmtree(part, ignore_errors=True)
    damaged = tuple(f"{paper.line} {paper.name}" for paper in papers if paper.withheld == DAMAGED)
    return Written(folder, len(copies), len(papers) - len(copies), len(found), sum(found), str(dossier.head), damaged)


def _refuse_used(folder: Path) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    fact = f"{folder} is there already" + (" and holds something" if folder.is_dir() else " and is no folder")
    raise InvalidInput([Problem(Place("--output"), "folder-in-use", fact, "name a new folder; nothing is overwritten")])


def _copy_all(desk: Desk, dossier: Dossier, part: Path) -> tuple[tuple[Paper, ...], dict[str, Copy]]:
    """Copy the documents that may be read; return all papers, and what each copy is by its path."""
    papers: list[Paper] = []
    copies: dict[str, Copy] = {}
    for paper in dossier.papers:
        if paper.withheld:
            papers.append(paper)
            continue
        try:
            copies[paper.path] = _copy(desk, dossier, paper, part / paper.path)
            papers.append(paper)
        except FlowError:
            shutil.rmtree((part / paper.path).parent, ignore_errors=True)
            papers.append(replace(paper, withheld=DAMAGED))
    return tuple(papers), copies


def _copy(desk: Desk, dossier: Dossier, paper: Paper, path: Path) -> Copy:
    path.parent.mkdir(parents=True)
    whole = hashlib.sha256()
    with path.open("xb") as file:
        for piece in desk.store.read_document(paper.version.sha256, case_id=dossier.case.id):
            whole.update(piece)
            file.write(piece)
    mark, sealed = paper.version.sha256, paper.version.sealed_until is not None
    return Copy(whole.hexdigest(), desk.store.document_salt(mark, case_id=dossier.case.id) if sealed else None)


def _texts(dossier: Dossier, copies: Mapping[str, Copy], *, with_names: bool) -> Iterator[tuple[str, str]]:
    yield "index.html", page(dossier, with_names=with_names)
    yield "verify.py", files("inprocap_flow.service.dossier").joinpath("verify.py").read_text(encoding="utf-8")
    yield "README.txt", _readme(dossier)
    yield "data/events.jsonl", "".join(canonical_json(line) + "\n" for line in _events(dossier))
    yield "data/case.json", snapshot.write(dossier.loaded.case)
    # Without a line end: so the SHA-256 of the file itself is the hash that names the definition.
    yield "data/definition.json", canonical_json(dossier.released.content)
    for one in dossier.earlier:  # before it went over to another version
        yield f"data/definition-{one.content_hash[:12]}.json", canonical_json(one.content)
    for named in dossier.named:
        if named.released is not None:
            yield named.path, canonical_json(named.released.content)
    yield "data/heads.json", canonical_json(_heads(dossier)) + "\n"
    yield "data/documents.json", canonical_json([_document(paper, copies) for paper in dossier.papers]) + "\n"
    yield "data/opened.json", canonical_json([_plain(one) for one in dossier.opened]) + "\n"
    yield "data/refusals.jsonl", "".join(canonical_json(line) + "\n" for line in _refusals(dossier))


def _events(dossier: Dossier) -> Iterator[Mapping[str, Any]]:
    for link in dossier.links:
        yield {**link.event.to_plain(), "prev": link.prev, "hash": link.hash}


def _heads(dossier: Dossier) -> Mapping[str, Any]:
    case = dossier.loaded.case
    return {
        "case": case.id,
        "organisation": case.organisation,
        "definition": dossier.loaded.definition_hash,
        "opened_on": dossier.links[0].event.data["definition"],
        "events": dossier.loaded.event_count,
        "head": dossier.loaded.head,
        "organisation_head": str(dossier.head),
        "checkpoints": list(dossier.checkpoints),
    }


def _document(paper: Paper, copies: Mapping[str, Copy]) -> Mapping[str, Any]:
    copy = copies.get(paper.path)
    return {
        "line": paper.line,
        "document": paper.name,
        "number": paper.number,
        "filename": paper.version.filename,
        "media_type": paper.version.media_type,
        "size": paper.version.size,
        "filed_by": paper.version.by,
        "filed_at": paper.version.at,
        "mark": paper.version.sha256,
        "sealed_until": paper.version.sealed_until,
        "path": paper.path if copy else None,
        "sha256": copy.sha256 if copy else None,
        "salt": copy.salt if copy else None,
        "withheld": paper.withheld or None,
    }


def _refusals(dossier: Dossier) -> Iterator[Mapping[str, Any]]:
    for one in dossier.raw_refusals:
        yield _plain(one)


def _plain(one: Any) -> Mapping[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


def _readme(dossier: Dossier) -> str:
    case = dossier.case
    return f"""Procurement file of {case.id}, {case.procedure} {case.procedure_version}, for {case.organisation}.

index.html  the case, to be read in any browser or printed
data/       the record itself: events with their hashes, state, definition, heads, documents, refusals, and what was
            sealed and is open now, with the salts that prove it
documents/  copies of the documents that may be read; what is sealed is only listed
verify.py   python3 verify.py checks all of it, without the program that wrote it

Head to keep elsewhere: {dossier.head}
Later: python3 verify.py --against HEAD
"""


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whatever stands in an event must come back byte for byte, also text that is not valid Unicode.
    path.write_bytes(content.encode("utf-8", "surrogatepass"))


def _names(part: Path) -> list[str]:
    return [path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file()]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
