"""Whether somebody is still to be asked to sign: an approval may have been given, declined or signed since."""

from __future__ import annotations

from datetime import datetime

from inprocap_flow.engine.case.approvals import Standing, standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.people import is_absent
from inprocap_flow.engine.case.records import MAIN, Case, When, key
from inprocap_flow.engine.case.signers import signed, who_may_give
from inprocap_flow.errors import FlowError
from inprocap_flow.service.delivering.renamed import approval_now
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Posted
from inprocap_flow.store.port import Reading


def in_vain(desk: Desk, reading: Reading, message: Posted, now: datetime) -> str:
    """Return why *message*, which asks a person for a signature, asks for nothing any more at *now*; "" if it does.

    Where that cannot be told (a hook of the definition is not there, nobody has asked for such an approval) it is sent:
    better once too often than never. Somebody who is away and has not signed is still asked.
    """
    person = message.recipient.removeprefix("person:")
    try:
        case = reading.load(message.case_id).case
        name = approval_now(reading, case, message)
        facts = _facts(desk, reading, case, key(message.line, name), now)
        return "" if facts is None else _why(facts, standing(facts, name), person)
    except FlowError:
        return ""


def _facts(desk: Desk, reading: Reading, case: Case, asked: str, now: datetime) -> CaseFacts | None:
    """Return the facts around the approval *asked* (line and name); None where nobody has asked for such a one."""
    line_id = asked.partition(" ")[0]
    if asked not in case.approvals or line_id not in case.lines:
        return None
    return CaseFacts(desk.binding(reading, case), case, line_id, When.exactly(now))


def _why(facts: CaseFacts, found: Standing, person: str) -> str:
    if found.given:
        return "asked in vain: the approval is given"
    if found.state.declined_by:
        return "asked in vain: the approval was declined"
    if facts.case.lines[found.line_id].ended or facts.case.lines[MAIN].ended or not is_needed(facts, found):
        return "asked in vain: nothing needs the approval any more"
    return "" if _has_to_sign(facts, found, person) else f"asked in vain: {person} has nothing to sign there by now"


def _has_to_sign(facts: CaseFacts, found: Standing, person: str) -> bool:
    known = facts.binding.person(person)
    if known is None or not is_absent(facts.binding, known, facts.when.last):
        return person in who_may_give(facts, found)
    open_lines = [line for line in found.open_lines if line.needed is not False]
    return any(signed(line, person) is None for line in open_lines if line.signature.role in known.roles)
