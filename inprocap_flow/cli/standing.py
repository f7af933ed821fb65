"""How a case stands: its lines, fields, documents and approvals, as people read them and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine import sight
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, DocumentVersion, LineState, When
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import Document, Field, Line
from inprocap_flow.language.values import encode
from inprocap_flow.records import names_of


def facts(about: Subject, line_id: str) -> CaseFacts:
    """Return the facts of a line at the moment of the question."""
    return CaseFacts(about.binding, about.case, line_id, When.exactly(about.now))


def where(about: Subject, line: LineState) -> str:
    """Return where a line stands, since when, and who looks after it."""
    stage = about.definition.line(line.kind).stages.get(line.state)
    since = f", since {about.words.when(line.since)}" if line.since else ""
    owner = f", with {about.words.role(about.definition, stage.owner)}" if stage and stage.owner else ""
    ended = f" (ended: {stage.final})" if stage and stage.final else ""
    return f"{about.words.stage(about.definition, line)}{since}{owner}{ended}"


def kind_title(about: Subject, kind: str) -> str:
    """Return what a kind of track is called."""
    return about.words.text(about.definition.tracks[kind].title) or kind


# ---------------------------------------------------------------------------------------------- fields, documents


def hidden(about: Subject, line_id: str, declared: Field | Document, actor: str | None) -> Blocker | None:
    """Return why a field or document is not shown: sealed for everybody, or not for whoever is named as acting."""
    if actor:
        return sight.may_see(about.binding, about.case, line_id, declared, actor, about.now)
    return sight.sealed(about.binding, about.case, line_id, declared, about.now)


def known_value(about: Subject, line: LineState, declared: Field) -> Any:
    """Return the stored form of a field's value, a sealed one revealed once its moment has come."""
    plain: Any = line.fields.get(declared.name)
    if not is_sealed(plain):
        return plain
    if (line.kind, declared.name) in about.gone:  # what is read by name are the fields of today
        return encode(about.binding.reveal(plain["sealed"]))
    value = facts(about, line.id).field(declared.name)
    return plain if value is UNKNOWN else encode(value)  # type: ignore[arg-type]


def field_rows(about: Subject, line: LineState, actor: str | None) -> list[tuple[str, str]]:
    """Return title and value of every field that is filled."""
    return [
        (
            about.words.text(declared.title) or name,
            f"{_shown(about, line, declared, actor)}  {_called(about, line, name)}",
        )
        for name, declared in _filled(about, line)
    ]


def _filled(about: Subject, line: LineState) -> Iterator[tuple[str, Field]]:
    for name, declared in about.definition.line(line.kind).fields.items():
        if line.fields.get(name) is not None:
            yield name, declared
    for (kind, name), gone in about.gone.items():
        if kind == line.kind and isinstance(gone, Field) and line.fields.get(name) is not None:
            yield name, gone


def _called(about: Subject, line: LineState, name: str) -> str:
    """Return a name in brackets, marked if an earlier version asked for it and the present one does not."""
    return f"({name}{', no longer asked for' if (line.kind, name) in about.gone else ''})"


def _shown(about: Subject, line: LineState, declared: Field, actor: str | None) -> str:
    blocker = hidden(about, line.id, declared, actor)
    if blocker is None:
        return about.words.value(declared, known_value(about, line, declared))
    return _why_not(blocker, declared)


def _why_not(blocker: Blocker, declared: Field | Document) -> str:
    said = {"sealed": f"sealed until {declared.sealed_until}", "destroyed": "destroyed"}
    return said.get(blocker.code, "not for you")


def fields_to_plain(about: Subject, line: LineState, actor: str | None) -> dict[str, Any]:
    """Return the fields as JSON data; one that may not be shown says why instead."""
    return {
        name: {"hidden": blocker.code, "sealed_until": declared.sealed_until}
        if (blocker := hidden(about, line.id, declared, actor))
        else {"value": known_value(about, line, declared)}
        for name, declared in _filled(about, line)
    }


def document_rows(about: Subject, line: LineState, actor: str | None) -> list[tuple[str, str]]:
    """Return title and last version of every document that was filed."""
    declared = _documents(about, line)
    return [
        (_title(about, declared.get(name), name), _version(about, line, declared.get(name), versions, actor, name))
        for name, versions in line.documents.items()
        if versions
    ]


def _documents(about: Subject, line: LineState) -> Mapping[str, Document]:
    earlier = {name: one for (kind, name), one in about.gone.items() if kind == line.kind and isinstance(one, Document)}
    return {**about.definition.line(line.kind).documents, **earlier}


def _title(about: Subject, declared: Document | None, name: str) -> str:
    return (about.words.text(declared.title) if declared else "") or name


def _version(
    about: Subject,
    line: LineState,
    declared: Document | None,
    versions: tuple[DocumentVersion, ...],
    actor: str | None,
    name: str,
) -> str:
    last = versions[-1]
    blocker = hidden(about, line.id, declared, actor) if declared else None
    seal = f", {_why_not(blocker, declared)}" if blocker and declared else ""
    earlier = f", version {len(versions)}" if len(versions) > 1 else ""
    shown = name if blocker and blocker.code not in ("sealed", "destroyed") else last.filename
    filed = f"{about.words.moment(last.at)} by {last.by}"
    return f"{shown}, {size(last.size)}{earlier}, {filed}{seal}  {_called(about, line, name)}"


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def documents_to_plain(about: Subject, line: LineState, actor: str | None) -> dict[str, Any]:
    """Return the filed versions of every document as JSON data, hashes included; a sealed one has a commitment."""
    declared = _documents(about, line)
    found: dict[str, Any] = {}
    for name, versions in line.documents.items():
        blocker = hidden(about, line.id, declared[name], actor) if name in declared else None
        found[name] = {
            "hidden": blocker.code if blocker else None,
            "versions": [_file(version) for version in versions],
        }
    return found


def _file(version: DocumentVersion) -> dict[str, Any]:
    return {name: getattr(version, name) for name in names_of(version)}


# ---------------------------------------------------------------------------------------------- approvals


# ---------------------------------------------------------------------------------------------- lines


def line_to_plain(about: Subject, line: LineState, actor: str | None) -> dict[str, Any]:
    """Return a line of the case as JSON data."""
    return {
        "line": line.id,
        "kind": line.kind,
        "parent": line.parent,
        "state": line.state,
        "stage": about.words.stage(about.definition, line),
        "since": line.since,
        "ended": line.ended,
        "fields": fields_to_plain(about, line, actor),
        "documents": documents_to_plain(about, line, actor),
        "milestones": {name: [dict(reached) for reached in times] for name, times in line.milestones.items()},
    }


def declared_line(about: Subject, line: LineState) -> Line:
    """Return the definition of a line."""
    return about.definition.line(line.kind)
