"""How an approval stands: which signatures it needs, and which are there.

A signature is standing until it is withdrawn, made void by a change to what the approval covers, used by the step
it let through, or lapses on its own date. One person never counts twice in one line of an approval.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import ceil

from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, ApprovalState, GivenSignature, key, unstamp
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import Approval, Signature
from inprocap_flow.records import record


@record
class SignatureLine:
    """One line of an approval at a moment. ``needed`` is None while its condition is unknown."""

    index: int
    signature: Signature
    needed: bool | None
    unknown: tuple[str, ...]
    given: tuple[GivenSignature, ...]
    against: tuple[GivenSignature, ...]
    lapsed: tuple[GivenSignature, ...]
    wanted: int

    @property
    def complete(self) -> bool:
        if self.needed is False:
            return True
        if self.needed is None:
            return False
        if self.signature.how_many == "majority":
            return self._carried()
        return 0 < self.wanted <= len(self.given)

    def _carried(self) -> bool:
        votes = len(self.given) + len(self.against)
        if votes < max(1, self.wanted):
            return False
        if self.signature.majority == "two_thirds":
            return len(self.given) * 3 >= votes * 2
        return len(self.given) * 2 > votes


@record
class Standing:
    """An approval at a moment, line by line."""

    line_id: str
    approval: Approval
    state: ApprovalState
    lines: tuple[SignatureLine, ...]

    @property
    def given(self) -> bool:
        return self.state.declined_by is None and all(line.complete for line in self.lines)

    @property
    def used_up(self) -> bool:
        """Whether it was given, has let a step through, and is not asked for again."""
        statuses = {given.status for given in self.state.signatures}
        return "used" in statuses and "standing" not in statuses and not self.state.open

    @property
    def signatures(self) -> tuple[int, int]:
        """How many signatures are there, and how many it takes; a line that is complete counts as whole."""
        needed = [line for line in self.lines if line.needed is not False]
        wanted = [max(1, line.wanted) for line in needed]
        there = (n if line.complete else min(len(line.given), n) for line, n in zip(needed, wanted, strict=True))
        return sum(there), sum(wanted)

    @property
    def open_lines(self) -> tuple[SignatureLine, ...]:
        return tuple(line for line in self.lines if not line.complete)


def place_of(facts: CaseFacts, name: str) -> tuple[str, Approval]:
    """Return the line an approval belongs to and its definition, as the line of *facts* sees *name*."""
    definition = facts.binding.definition
    own = definition.line(facts.line.kind).approvals.get(name)
    return (facts.line_id, own) if own is not None else (MAIN, definition.main.approvals[name])


def standing(facts: CaseFacts, name: str) -> Standing:
    """Return how the approval *name* stands at the moment of *facts*."""
    line_id, approval = place_of(facts, name)
    state = facts.case.approvals.get(key(line_id, name)) or ApprovalState(line=line_id, name=name)
    seen = facts.on(line_id)
    lines = tuple(_line(seen, state, index, signature) for index, signature in enumerate(approval.signatures))
    return Standing(line_id, approval, state, lines)


def is_given(facts: CaseFacts, name: str) -> bool:
    """Return whether every signature that the approval needs now is there and valid."""
    return standing(facts, name).given


def _line(facts: CaseFacts, state: ApprovalState, index: int, signature: Signature) -> SignatureLine:
    needed: bool | None = True
    unknown: tuple[str, ...] = ()
    if signature.when is not None:
        result = evaluate(signature.when, facts)
        needed = None if result.value is UNKNOWN else bool(result.value)
        unknown = result.missing
    valid: list[GivenSignature] = []
    lapsed: list[GivenSignature] = []
    for given in state.signatures:
        if given.index == index and given.status == "standing":
            (lapsed if _has_lapsed(given, facts.when.first) else valid).append(given)
    return SignatureLine(
        index,
        signature,
        needed,
        unknown,
        tuple([given for given in valid if not given.against]),
        tuple([given for given in valid if given.against]),
        tuple(lapsed),
        _wanted(facts, signature),
    )


def _has_lapsed(given: GivenSignature, moment: datetime) -> bool:
    return given.valid_until is not None and unstamp(given.valid_until) <= moment


def _wanted(facts: CaseFacts, signature: Signature) -> int:
    """Return how many signatures a line needs; for a majority, how many votes must be cast at least."""
    how_many = signature.how_many
    if how_many.isdecimal():  # as nearly everywhere; nobody need be counted
        return int(how_many)
    if how_many == "majority":
        return facts.binding.definition.roles[signature.role].at_least
    conflicted = {interest.person for interest in facts.case.interests if interest.conflict}
    holders = sum(1 for person in facts.binding.holders(signature.role) if person.id not in conflicted)
    if how_many == "all":
        return max(1, holders)
    return max(1, ceil(holders * Decimal(how_many.split()[0]) / 100))  # "50 percent"
