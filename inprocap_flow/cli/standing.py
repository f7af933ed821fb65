"""How a case stands: its lines, fields, documents and approvals, as people read them and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine import sight
from inprocap_flow.engine.case.approvals import SignatureLine, Standing, standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.people import able
from inprocap_flow.engine.case.records import MAIN, Blocker, DocumentVersion, LineState, When
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


def touched_approvals(about: Subject) -> list[Standing]:
    """Return the approvals that were ever asked for or signed."""
    return [
        standing(facts(about, state.line), state.name)
        for state in about.case.approvals.values()
        if about.definition.find_approval(about.case.lines[state.line].kind, state.name)  # else: of an earlier version
        and (state.signatures or state.asked_at or state.declined_by)
    ]


def approval_title(about: Subject, found: Standing) -> str:
    """Return what an approval is called."""
    title = about.words.text(found.approval.title)
    return f"{title} ({found.approval.name})" if title else found.approval.name


def on_line(found: Standing) -> str:
    """Return the track that an approval belongs to, "" for the case's own."""
    return "" if found.line_id == MAIN else f" on {found.line_id}"


def approval_state(about: Subject, found: Standing) -> str:
    """Return in a few words how an approval stands."""
    state = found.state
    if state.declined_by:
        reason = f": {state.declined_reason}" if state.declined_reason else ""
        return f"declined by {about.words.person(state.declined_by)}{reason}"
    if found.given:
        return "given"
    done, needed = found.signatures
    if found.used_up:
        return "given, and used by the step it let through"
    asked = "" if state.asked_at or done else "not asked for yet; "
    voided = "no longer valid; " if any(g.status == "void" for g in state.signatures) and not done else ""
    return f"{voided or asked}{done} of {needed} done"


def signature_rows(about: Subject, found: Standing, who: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """Return role and state of every signature of an approval; with *who* can sign, also who could give which."""
    if found.used_up:
        return [
            (about.words.role(about.definition, g.role), f"{about.words.person(g.person)}, {about.words.moment(g.at)}")
            for g in found.state.signatures
            if g.status == "used"
        ]
    rows = [(about.words.role(about.definition, line.signature.role), _line(about, line, who)) for line in found.lines]
    return [*rows, *_void_rows(about, found)]


def _void_rows(about: Subject, found: Standing) -> list[tuple[str, str]]:
    """Return the signatures that are void because what they cover was changed: they were given, and count no more."""
    return [
        (
            about.words.role(about.definition, g.role),
            f"void: {about.words.person(g.person)}, {about.words.moment(g.at)}",
        )
        for g in found.state.signatures
        if g.status == "void"
    ]


def _able(about: Subject, line: SignatureLine, who: tuple[str, ...]) -> str:
    """Return who of *who* could give this signature."""
    roles = [line.signature.role, *([line.signature.recorded_by] if line.signature.recorded_by else [])]
    holders = [person for role in roles for person in able(about.binding, about.case, role, about.now)]
    return about.words.people(person for person in who if person in holders) or "nobody of this organisation now"


def _line(about: Subject, line: SignatureLine, who: tuple[str, ...] | None) -> str:
    if line.needed is False:
        return "not needed"
    given = [
        f"{about.words.person(g.person)}, {about.words.moment(g.at)}"
        + (f", for {about.words.person(g.on_behalf_of)}" if g.on_behalf_of else "")
        + (f", valid until {about.words.end(g.valid_until)}" if g.valid_until else "")
        for g in line.given
    ]
    against = [f"against: {about.words.person(g.person)}" for g in line.against]
    lapsed = [f"lapsed: {about.words.person(g.person)}" for g in line.lapsed]
    wanted = "" if line.complete else _wanted(line)
    if wanted and who is not None:
        wanted += f", may sign: {_able(about, line, who)}"
    unknown = f"depends on {', '.join(line.unknown)}" if line.needed is None else ""
    return "; ".join(filter(None, [*given, *against, *lapsed, wanted, unknown]))


def _wanted(line: SignatureLine) -> str:
    if line.signature.how_many == "majority":
        return f"a majority, {max(1, line.wanted)} votes at least"
    missing = line.wanted - len(line.given)
    if line.signature.how_many == "all":
        return f"missing ({missing} of all)"
    return "missing" if line.wanted <= 1 else f"{missing} of {line.wanted} missing"


def approval_to_plain(about: Subject, found: Standing, who: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an approval as JSON data: its state, and each signature with who gave it."""
    return {
        "approval": found.approval.name,
        "line": found.line_id,
        "title": about.words.text(found.approval.title),
        "given": found.given,
        "asked_by": found.state.asked_by,
        "asked_at": found.state.asked_at,
        "declined_by": found.state.declined_by,
        "declined_reason": found.state.declined_reason,
        "in_order": not found.approval.together,
        "signatures": [_signature_to_plain(line) for line in found.lines],
        "void": [
            {"person": g.person, "role": g.role, "at": g.at, "on_behalf_of": g.on_behalf_of}
            for g in found.state.signatures
            if g.status == "void"
        ],
        "who": list(who),
    }


def _signature_to_plain(line: SignatureLine) -> Mapping[str, Any]:
    return {
        "role": line.signature.role,
        "how_many": line.signature.how_many,
        "needed": line.needed,
        "complete": line.complete,
        "given": [
            {"person": g.person, "at": g.at, "on_behalf_of": g.on_behalf_of, "valid_until": g.valid_until}
            for g in line.given
        ],
        "against": [g.person for g in line.against],
        "lapsed": [g.person for g in line.lapsed],
    }


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
