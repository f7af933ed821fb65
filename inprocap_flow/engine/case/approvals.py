"""The life of an approval: which signatures are needed, which stand, who may still give one, and why it is not given.

A signature is standing until it is withdrawn, made void by a change to what the approval covers, used by the step
it let through, or lapses on its own date. One person never counts twice in one line of an approval.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from math import ceil

from inprocap_flow.calendar.zones import start_of_day
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.lifting import granting
from inprocap_flow.engine.case.people import Acting, able, could_sign
from inprocap_flow.engine.case.records import MAIN, ApprovalState, Blocker, GivenSignature, LineState, key, unstamp
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import WHOEVER_ASKS, WHOEVER_CARRIES_OUT, Approval, Signature, said
from inprocap_flow.records import changed, record


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


def is_needed(facts: CaseFacts, found: Standing) -> bool:
    """Return whether a step offered where its line stands, a watch, or a possible act or derogation needs it."""
    definition, case, name = facts.binding.definition, facts.case, found.approval.name
    for watch in definition.watches.values():
        state = case.watches.get(watch.name)
        if watch.needs_approval == name and state is not None and state.blocked:
            return True
    if an_act_needs(facts, found) or a_derogation_needs(facts, found):
        return True
    # An approval of the case may be needed by a step of any track; no name ever hides another.
    lines = case.in_order if found.line_id == MAIN else (case.lines[found.line_id],)
    return any(_step_needs(facts, line, name) for line in lines if not line.ended)


def an_act_needs(facts: CaseFacts, found: Standing) -> bool:
    """Return whether something that may be done to a deadline now needs the approval."""
    for state in facts.case.deadlines.values():
        line = facts.case.lines[state.line]
        declared = facts.binding.definition.line(line.kind).deadlines.get(state.name)
        own = found.approval.name in facts.binding.definition.line(line.kind).approvals
        if declared is None or (state.line if own else MAIN) != found.line_id:
            continue
        needing = (kind for kind, act in declared.acts.items() if found.approval.name in act.requires.approvals)
        if any(could_be_done(kind, state.status) for kind in needing):
            return True
    return False


def a_derogation_needs(facts: CaseFacts, found: Standing) -> bool:
    """Return whether a derogation that could be granted where the case stands needs the approval."""
    possible = granting(facts.binding.definition, facts.case)
    return found.line_id == MAIN and any(found.approval.name in one.already_there.approvals for one in possible)


def could_be_done(kind: str, status: str) -> bool:
    """Return whether what is called *kind* can be done to a deadline that stands like this, conditions left aside."""
    standing = {
        "resume": ("suspended",),
        "stop": ("running", "suspended"),
        "satisfy": ("running", "suspended", "missed"),
        "restart": ("running", "suspended", "over", "met", "missed", "stopped"),
    }
    return status in standing.get(kind, ("running",))


def _step_needs(facts: CaseFacts, line: LineState, name: str) -> bool:
    machine = facts.binding.machine
    steps = (machine.step(line.kind, offered) for offered in machine.offered(line.kind, line.state))
    return any(step is not None and name in step.already_there.approvals for step in steps)


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


def who_may_give(facts: CaseFacts, found: Standing) -> tuple[str, ...]:
    """Return the persons who could give what is still missing, in order of the signatures."""
    people: dict[str, None] = {}
    for line in found.open_lines:
        for role in (line.signature.role, line.signature.recorded_by):
            if role is not None and line.needed is not False:
                people.update(dict.fromkeys(who_may_sign(facts, found, line, role)))
    return tuple(people)


def who_may_sign(facts: CaseFacts, found: Standing, line: SignatureLine, role: str) -> Iterator[str]:
    """Yield who could give the signature *line* as *role*: there today, nothing against it, not signed by them yet."""
    owner = facts.case.lines[found.line_id]
    for person in able(facts.binding, facts.case, role, facts.when.last):
        acting = Acting(facts.binding, facts.case, person, facts.when.last, owner, act="approve")
        if signed(line, person) is None and could_sign(acting, role) and clash(facts, found, line, (person,)) is None:
            yield person


def lacking(facts: CaseFacts, name: str, *carry_out: str | None) -> list[Blocker]:
    """Return why the approval *name* does not let a step through now; nothing if it does.

    *carry_out* are the person who would carry the step out and whom that person stands in for: a signature that must
    not come from them does not count for them. None: the system carries it out.
    """
    found = standing(facts, name)
    blockers: list[Blocker] = []
    if not found.given:
        blockers = [*_unknown_conditions(found), _missing(facts, found)]
    blockers += _clashes_since(facts, found)
    for person in dict.fromkeys(filter(None, carry_out)):
        if any(WHOEVER_CARRIES_OUT in line.signature.not_same_as and signed(line, person) for line in found.lines):
            reason = f"{person} signed {_title(found)} and so cannot carry this out: that takes another person."
            blockers.append(_blocker("four-eyes", found, reason, mend="let somebody else carry it out"))
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


def _unknown_conditions(found: Standing) -> list[Blocker]:
    return [
        Blocker(
            "field-missing", f"{field} must be known to tell who signs {_title(found)}.", about=field, mend="fill it"
        )
        for line in found.lines
        for field in line.unknown
        if line.needed is None
    ]


def _role(facts: CaseFacts, name: str) -> str:
    declared = facts.binding.definition.roles.get(name)
    return (said(declared.title) if declared else "") or name


def _title(found: Standing) -> str:
    return f'the approval "{said(found.approval.title) or found.approval.name}"'


def _blocker(code: str, found: Standing, reason: str, **more: object) -> Blocker:
    return Blocker(code, reason, about=found.approval.name, line=found.line_id, cite=found.approval.cite, **more)  # type: ignore[arg-type]


def _missing(facts: CaseFacts, found: Standing) -> Blocker:
    who = who_may_give(facts, found)
    lines = [line for line in found.open_lines if line.needed is not False]
    roles = tuple(dict.fromkeys(line.signature.role for line in lines))
    titles = ", ".join(said(facts.binding.definition.roles[role].title) for role in roles)
    code, fact = _why(found, lines)
    reason = f"{_title(found).capitalize()} {fact}; missing: {titles or 'nothing'}."
    mend = f"ask {', '.join(who)} to sign" if who else "nobody of this organisation can sign this now"
    return _blocker(code, found, reason, roles=roles, who=who, mend=mend)


def _why(found: Standing, lines: list[SignatureLine]) -> tuple[str, str]:
    if found.state.declined_by:
        because = f": {found.state.declined_reason}" if found.state.declined_reason else ""
        return "approval-declined", f"was declined by {found.state.declined_by}{because}"
    statuses = {given.status for given in found.state.signatures if given.index in _asked_again(found, lines)}
    if "void" in statuses:
        return "approval-void", "became void because what it covers was changed"
    if any(line.lapsed for line in lines):
        return "approval-lapsed", "has lapsed"
    return "approval-missing", "is not complete"


def _asked_again(found: Standing, lines: list[SignatureLine]) -> set[int]:
    """Return *lines* by index, and those that ask the same roles under a condition that does not hold any more."""
    roles = {line.signature.role for line in lines}
    elsewhere = {line.index for line in found.lines if line.needed is False and line.signature.role in roles}
    return {line.index for line in lines} | elsewhere


def signed(line: SignatureLine, person: str) -> GivenSignature | None:
    """Return the signature or vote on *line* that *person* gave, or that was given for *person*."""
    return next((g for g in (*line.given, *line.against) if person in (g.person, g.on_behalf_of)), None)


def clash(facts: CaseFacts, found: Standing, line: SignatureLine, identities: tuple[str, ...]) -> Blocker | None:
    """Return why these *identities* (a signer and whom they stand in for) cannot sign *line*: separation of duties."""
    for other in line.signature.not_same_as:
        if other == WHOEVER_ASKS and found.state.asked_by in identities:
            return _blocker("four-eyes", found, f"{found.state.asked_by} asked for this and so cannot sign it.")
        if other in (WHOEVER_ASKS, WHOEVER_CARRIES_OUT):
            continue
        if person := _acted_as(facts, found, other, identities):
            return _blocker(
                "four-eyes",
                found,
                f"{person} acted as {_role(facts, other)} and so cannot sign as {_role(facts, line.signature.role)}.",
            )
    for earlier in found.lines:
        if earlier.index != line.index and line.signature.role in earlier.signature.not_same_as:
            for person in identities:
                if signed(earlier, person):
                    before, now = _role(facts, earlier.signature.role), _role(facts, line.signature.role)
                    return _blocker("four-eyes", found, f"{person} signed as {before} and so cannot sign as {now}.")
    return None


def _acted_as(facts: CaseFacts, found: Standing, role: str, identities: tuple[str, ...]) -> str | None:
    for person in identities:
        if role in facts.case.acted.get(person, ()):
            return person
        if any(line.signature.role == role and signed(line, person) for line in found.lines):
            return person
    return None


def out_of_turn(facts: CaseFacts, found: Standing, line: SignatureLine) -> Blocker | None:
    """Return why *line* may not be signed yet where signatures follow one another."""
    if found.approval.together:
        return None
    waiting = next((earlier for earlier in found.lines[: line.index] if not earlier.complete), None)
    if waiting is None:
        return None
    first, then = _role(facts, waiting.signature.role), _role(facts, line.signature.role)
    reason = f"{first} signs {_title(found)} before {then} does."
    return _blocker("approval-order", found, reason, roles=(waiting.signature.role,), mend="wait for that signature")


def gate_blocker(facts: CaseFacts, found: Standing, line: SignatureLine) -> Blocker | None:
    """Return why the committee's calendar does not allow this signature now (due_by, meets_on)."""
    signature, meeting_field = line.signature, found.approval.meeting
    for gate, is_latest in ((signature.due_by, True), (signature.meets_on, False)):
        if gate is None:
            continue
        day = facts.on(found.line_id).gate(meeting_field, gate) if meeting_field else UNKNOWN
        if not isinstance(day, date):
            return Blocker(
                "field-missing", f"{meeting_field} names no meeting with the gate {gate}.", about=meeting_field or gate
            )
        if is_latest and facts.day > day:
            return _blocker("gate-over", found, f"{gate} was on {day}.", mend="aim at a later meeting")
        if not is_latest and facts.day < day:
            opens = start_of_day(day, facts.binding.zone)
            return _blocker("gate-not-yet", found, f"{gate} is only on {day}.", possible_from=opens)
    return None
