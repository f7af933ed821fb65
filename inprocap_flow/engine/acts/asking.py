"""The act of asking for an approval (language, 6.6)."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.acts.acting import acting, take_role
from inprocap_flow.engine.acts.signable import not_of_this_line, not_signable, nothing_to_sign
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import SignatureLine, Standing, standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.people import Capacity, capacity_for
from inprocap_flow.engine.case.records import Blocker, Request
from inprocap_flow.engine.case.signers import signed, who_may_give
from inprocap_flow.language.model import WHOEVER_ASKS


def ask(work: Work, request: Request) -> list[Blocker]:
    """Ask for an approval: a message to those who can sign. After a refusal nothing may be signed until asked again.

    Refused while a request stands, and where there is nothing yet that could be signed.
    """
    facts = work.facts(request.line)
    if blockers := not_of_this_line(facts, request.name):
        return blockers
    found = standing(facts, request.name)
    capacity = capacity_for(acting(work, request, found.line_id, "ask"), who_acts(facts))
    if not isinstance(capacity, Capacity):
        return list(capacity)
    blockers = list(_not_askable(facts, found, request.actor, capacity))
    if blockers:
        return blockers
    take_role(work, capacity)
    data = {"approval": request.name, "reason": request.reason}
    work.emit("approval_asked", found.line_id, {name: value for name, value in data.items() if value})
    asked = work.facts(found.line_id)
    people = who_may_give(asked, standing(asked, request.name))
    work.tell("asked", found.line_id, tuple(f"person:{person}" for person in people), request.name, (request.name,))
    return []


def who_acts(facts: CaseFacts) -> tuple[str, ...]:
    """Return the roles that may do anything at all: what is nobody's own, such as asking, is open to them."""
    barred = {"move", "approve"}
    return tuple(role.name for role in facts.binding.definition.roles.values() if not barred <= set(role.never))


def _not_askable(facts: CaseFacts, found: Standing, actor: str, capacity: Capacity) -> Iterator[Blocker]:
    if found.given:
        yield Blocker("already-given", "This approval is given already.", about=found.approval.name)
    elif _is_being_asked(found):
        reason = f"{found.state.asked_by} has asked for {found.approval.name}, and it waits for signatures."
        yield Blocker("already-asked", reason, about=found.approval.name, mend="wait for the signatures")
    if not is_needed(facts, found):
        yield not_signable(facts, found)
    else:
        yield from nothing_to_sign(facts, found)
    for line in found.lines:
        identities = (actor, capacity.on_behalf_of or actor)
        if WHOEVER_ASKS in line.signature.not_same_as and any(signed(line, person) for person in identities):
            reason = f"{actor} has signed {found.approval.name}, which takes another person than the one who asks."
            yield Blocker("four-eyes", reason, about=found.approval.name, mend="let somebody else ask")


def _is_being_asked(found: Standing) -> bool:
    """Return whether a request stands and can still be met: a second one would free whoever asked first to sign.

    A vote that is lost can be met only after asking anew.
    """
    lost = any(line.against and not line.complete and _all_voted(line) for line in found.lines)
    return found.state.open and found.state.asked_by is not None and not lost


def _all_voted(line: SignatureLine) -> bool:
    return len(line.given) + len(line.against) >= max(1, line.wanted)
