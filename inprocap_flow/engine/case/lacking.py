"""Why an approval does not let a step through."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.approvals import SignatureLine, Standing, standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Blocker, GivenSignature
from inprocap_flow.engine.case.signers import blocker_of, clash, signed, title_of, who_may_give
from inprocap_flow.language.model import WHOEVER_CARRIES_OUT, said
from inprocap_flow.records import changed


def lacking(facts: CaseFacts, name: str, *carry_out: str | None) -> list[Blocker]:
    """Return why the approval *name* does not let a step through now; nothing if it does.

    *carry_out* are the person who would carry the step out and whom that person stands in for: a signature that must
    not come from them does not count for them. None: the system carries it out.
    """
    found = standing(facts, name)
    blockers: list[Blocker] = []
    if not found.given:
        blockers = [*_unknown_conditions(facts, found), _missing(facts, found)]
    blockers += _clashes_since(facts, found)
    for person in dict.fromkeys(filter(None, carry_out)):
        if any(WHOEVER_CARRIES_OUT in line.signature.not_same_as and signed(line, person) for line in found.lines):
            reason = f"{person} signed {title_of(found)} and so cannot carry this out: that takes another person."
            blockers.append(blocker_of("four-eyes", found, reason, mend="let somebody else carry it out"))
    return blockers


def _clashes_since(facts: CaseFacts, found: Standing) -> Iterator[Blocker]:
    """Yield signatures whose signer has since done what must come from another person (asked, acted in a role)."""
    for line in found.lines:
        for given in line.given:
            blocker = clash(facts, found, line, _identities(given))
            if blocker is not None and line.needed is not False:
                yield changed(blocker, mend=f"{given.person} withdraws, and somebody else signs")


def _identities(given: GivenSignature) -> tuple[str, ...]:
    return tuple(filter(None, (given.person, given.on_behalf_of)))


def line_of_field(facts: CaseFacts, found: Standing, name: str) -> str:
    """Return the id of the line on which the field *name* is filled, as the approval's line sees it."""
    kind = facts.case.lines[found.line_id].kind
    return found.line_id if name in facts.binding.definition.line(kind).fields else MAIN


def _unknown_conditions(facts: CaseFacts, found: Standing) -> list[Blocker]:
    return [
        Blocker(
            "field-missing",
            f"{field} must be known to tell who signs {title_of(found)}.",
            about=field,
            line=line_of_field(facts, found, field),
            mend="fill it",
        )
        for line in found.lines
        for field in line.unknown
        if line.needed is None
    ]


def _missing(facts: CaseFacts, found: Standing) -> Blocker:
    who = who_may_give(facts, found)
    lines = [line for line in found.open_lines if line.needed is not False]
    roles = tuple(dict.fromkeys(line.signature.role for line in lines))
    titles = ", ".join(said(facts.binding.definition.roles[role].title) for role in roles)
    code, fact = _why(found, lines)
    reason = f"{title_of(found).capitalize()} {fact}; missing: {titles or 'nothing'}."
    mend = f"ask {', '.join(who)} to sign" if who else "nobody of this organisation can sign this now"
    return blocker_of(code, found, reason, roles=roles, who=who, mend=mend)


def _why(found: Standing, lines: list[SignatureLine]) -> tuple[str, str]:
    if found.state.declined_by:
        because = f": {found.state.declined_reason}" if found.state.declined_reason else ""
        return "approval-declined", f"was declined by {found.state.declined_by}{because}"
    again = _asked_again(found, lines)
    # The last of each role counts: one that was void may have been given again, and lapsed or been used since.
    last = {given.role: given.status for given in found.state.signatures if given.index in again}
    if "void" in last.values():
        return "approval-void", "became void because what it covers, or who signs it, was changed"
    if any(line.lapsed for line in lines):
        return "approval-lapsed", "has lapsed"
    return "approval-missing", "is not complete"


def _asked_again(found: Standing, lines: list[SignatureLine]) -> set[int]:
    """Return *lines* by index, and those that ask the same roles under a condition that does not hold any more."""
    roles = {line.signature.role for line in lines}
    elsewhere = {line.index for line in found.lines if line.needed is False and line.signature.role in roles}
    return {line.index for line in lines} | elsewhere
