"""Who may sign a line of an approval now, and what keeps somebody from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from inprocap_flow.calendar.zones import start_of_day
from inprocap_flow.engine.case.approvals import SignatureLine, Standing
from inprocap_flow.engine.case.facts import ITS_DAY, CaseFacts
from inprocap_flow.engine.case.people import Acting, able, could_sign
from inprocap_flow.engine.case.records import Blocker, GivenSignature
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.model import WHOEVER_ASKS, WHOEVER_CARRIES_OUT, said


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


def signed(line: SignatureLine, person: str) -> GivenSignature | None:
    """Return the signature or vote on *line* that *person* gave, or that was given for *person*."""
    return next((g for g in (*line.given, *line.against) if person in (g.person, g.on_behalf_of)), None)


def clash(facts: CaseFacts, found: Standing, line: SignatureLine, identities: tuple[str, ...]) -> Blocker | None:
    """Return why these *identities* (a signer and whom they stand in for) cannot sign *line*: separation of duties."""
    for other in line.signature.not_same_as:
        if other == WHOEVER_ASKS and found.state.asked_by in identities:
            return blocker_of("four-eyes", found, f"{found.state.asked_by} asked for this and so cannot sign it.")
        if other in (WHOEVER_ASKS, WHOEVER_CARRIES_OUT):
            continue
        if person := _acted_as(facts, found, other, identities):
            before, now = role_title(facts, other), role_title(facts, line.signature.role)
            return blocker_of("four-eyes", found, f"{person} acted as {before} and so cannot sign as {now}.")
    for earlier in found.lines:
        if earlier.index != line.index and line.signature.role in earlier.signature.not_same_as:
            for person in identities:
                if signed(earlier, person):
                    before, now = role_title(facts, earlier.signature.role), role_title(facts, line.signature.role)
                    return blocker_of("four-eyes", found, f"{person} signed as {before} and so cannot sign as {now}.")
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
    first, then = role_title(facts, waiting.signature.role), role_title(facts, line.signature.role)
    reason = f"{first} signs {title_of(found)} before {then} does."
    return blocker_of("approval-order", found, reason, roles=(waiting.signature.role,), mend="wait for that signature")


def gate_blocker(facts: CaseFacts, found: Standing, line: SignatureLine) -> Blocker | None:
    """Return why the committee's calendar does not allow this signature now (due_by, meets_on)."""
    signature, meeting_field = line.signature, found.approval.meeting
    for gate, is_latest in ((signature.due_by, True), (signature.meets_on, False)):
        if gate is None:
            continue
        day = facts.on(found.line_id).gate(meeting_field, gate) if meeting_field else UNKNOWN
        if not isinstance(day, date):
            return _no_such_day(facts.on(found.line_id), meeting_field or "", gate)
        meeting = facts.on(found.line_id).field(meeting_field or "")
        if is_latest and facts.day > day:
            reason = f"The last day for it ({gate}) before the meeting {meeting} was {day:%a %Y-%m-%d}."
            return blocker_of("gate-over", found, reason, mend="aim at a later meeting")
        if not is_latest and facts.day < day:
            what = f"The meeting {meeting}" if gate in ITS_DAY else f"The day for it ({gate}) for the meeting {meeting}"
            opens = start_of_day(day, facts.binding.zone)
            return blocker_of("gate-not-yet", found, f"{what} is only on {day:%a %Y-%m-%d}.", possible_from=opens)
    return None


def _no_such_day(facts: CaseFacts, meeting_field: str, gate: str) -> Blocker:
    """Return that no meeting is chosen yet, or that the one which is chosen has no day for *gate*."""
    declared = facts.binding.definition.find_field(facts.line.kind, meeting_field)
    title = (said(declared.title) if declared else "") or meeting_field
    if declared is not None and facts.stored(declared):
        reason = f'"{title}" is a meeting that has no day for this ({gate}).'
        return Blocker("field-missing", reason, about=meeting_field, mend="aim at another meeting")
    reason = f'"{title}" is not filled, so no day for this ({gate}) is known.'
    roles, mend = declared.by if declared else (), f"fill {meeting_field}"
    return Blocker("field-missing", reason, about=meeting_field or gate, roles=roles, mend=mend)


def role_title(facts: CaseFacts, name: str) -> str:
    """Return the title of a role, its name if it has none."""
    declared = facts.binding.definition.roles.get(name)
    return (said(declared.title) if declared else "") or name


def title_of(found: Standing) -> str:
    """Return how people speak of the approval: ``the approval "Legal agrees"``."""
    return f'the approval "{said(found.approval.title) or found.approval.name}"'


def blocker_of(code: str, found: Standing, reason: str, **more: object) -> Blocker:
    """Return a blocker about the approval, on its line and with its legal source."""
    return Blocker(code, reason, about=found.approval.name, line=found.line_id, cite=found.approval.cite, **more)  # type: ignore[arg-type]
