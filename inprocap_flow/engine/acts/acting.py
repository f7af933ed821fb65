"""Acts besides steps and signatures: filling, bringing, declaring interests.

Each takes the work in progress and returns the blockers that refuse it; with none, it has emitted its events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inprocap_flow.engine.carrying.carry import follow_fields, take_inputs, void_approvals
from inprocap_flow.engine.carrying.inputs import how_it_comes, judge_documents, judge_fields
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.keepers import keeper
from inprocap_flow.engine.case.people import Acting, Capacity, barred_from_bringing, capacity_for, nobody
from inprocap_flow.engine.case.records import MAIN, Blocker, GivenSignature, Request
from inprocap_flow.language.model import Document, Field, said
from inprocap_flow.records import changed


def take_role(work: Work, capacity: Capacity) -> None:
    """Let the work go on in the capacity found: role and whom the actor stands in for are recorded with every event."""
    work.role, work.on_behalf_of = capacity.role, capacity.on_behalf_of


def take_role_of_keepers(work: Work, request: Request) -> Iterator[Blocker]:
    """Take the role of whoever may enter what happened earlier, or yield why the actor is none of them.

    They keep the record true: so they also move a case to another version, and destroy what is over.
    """
    found = keeper(acting(work, request, MAIN))
    if isinstance(found, Capacity):
        take_role(work, found)
    else:
        yield from found


def fill(work: Work, request: Request) -> list[Blocker]:
    """Fill fields outside a step: by who may, within type and range, unless fixed."""
    facts = work.facts(request.line)
    declared = facts.binding.definition.line(facts.line.kind).fields
    blockers = list(judge_fields(facts, request.fields, None))
    if not request.fields:
        blockers.append(Blocker("nothing-to-do", "No field is given.", mend="give field=value"))
    blockers += _may_all(work, request, {name: declared[name] for name in request.fields if name in declared})
    if not blockers:
        _follow(work, request.line, take_inputs(work, request.line, request.fields, {}, "fill"))
    return blockers


def bring(work: Work, request: Request) -> list[Blocker]:
    """Bring new versions of documents outside a step: by who may, unless published."""
    facts = work.facts(request.line)
    declared = facts.binding.definition.line(facts.line.kind).documents
    blockers = list(judge_documents(facts, request.documents, None))
    blockers += barred_from_bringing(work.binding, work.case, request.actor, request.documents)
    if not request.documents:
        blockers.append(Blocker("nothing-to-do", "No document is given.", mend="give a document and its file"))
    blockers += _may_all(work, request, {name: declared[name] for name in request.documents if name in declared})
    if not blockers:
        _follow(work, request.line, take_inputs(work, request.line, {}, request.documents, "bring"))
    return blockers


def _follow(work: Work, line_id: str, changed: set[str]) -> None:
    follow_fields(work, line_id, changed)
    void_approvals(work, line_id, changed)


def _may_all(work: Work, request: Request, asked: Mapping[str, Field | Document]) -> Iterator[Blocker]:
    """Yield why the actor may not bring or fill what is *asked*: each reason once, naming all that it speaks of."""
    found: dict[Blocker, list[str]] = {}
    for declared in asked.values():
        title = f'"{said(declared.title)}"'
        for blocker in _may(work, request, declared, title):
            found.setdefault(blocker, []).append(title)
    for blocker, titles in found.items():
        if blocker.code == "not-entitled":
            yield changed(blocker, reason=f"{', '.join(titles)}: {blocker.reason}")
        else:
            yield blocker


def _may(work: Work, request: Request, declared: Field | Document, what: str) -> Iterable[Blocker]:
    if not declared.by:
        mend, reason = how_it_comes(work.facts(request.line), declared), f"{what} comes only with a step."
        return (Blocker("not-asked-for", reason, about=declared.name, line=request.line, mend=mend),)
    found = capacity_for(acting(work, request, request.line), declared.by)
    if not isinstance(found, Capacity):
        return found
    take_role(work, found)
    return ()


def acting(work: Work, request: Request, line_id: str, act: str = "move") -> Acting:
    """Return the actor of *request*, about to act on a line."""
    line = work.case.lines[line_id]
    return Acting(work.binding, work.case, request.actor, work.when.last, line, request.role, act)


def declare_interest(work: Work, request: Request) -> list[Blocker]:
    """Declare interests for oneself: none, or a conflict. A conflict removes the person and its standing signatures."""
    if work.binding.person(request.actor) is None:
        return [nobody(work.binding, request.actor)]
    conflict = bool(request.extra.get("conflict"))
    if conflict and not (request.reason or "").strip():
        return [Blocker("reason-missing", "Say what the conflict is.", about="reason", mend="give a reason")]
    data: dict[str, Any] = {"person": request.actor, "conflict": conflict}
    if request.reason:
        data["note"] = request.reason
    work.emit("interest_declared", request.line, data)
    if conflict:
        for place in sorted(work.case.approvals):
            take_back(work, place, request.actor, "conflict of interest")
    return []


def standing_of(signatures: Iterable[GivenSignature], person: str) -> list[GivenSignature]:
    """Return the standing signatures that *person* gave, or that were given for *person*."""
    return [s for s in signatures if s.status == "standing" and person in (s.person, s.on_behalf_of)]


def take_back(work: Work, place: str, person: str, reason: str | None) -> None:
    """Withdraw every standing signature of *person* on the approval kept at *place*."""
    state = work.case.approvals[place]
    mine = standing_of(state.signatures, person)
    for signer in dict.fromkeys(s.person for s in mine):
        lines = [s.index for s in mine if s.person == signer]
        data = {"approval": state.name, "person": signer, "signatures": lines, "reason": reason}
        work.emit("approval_withdrawn", state.line, data)
