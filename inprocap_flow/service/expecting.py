"""What a scenario expects, compared with what came back. Each difference is a sentence; none means it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.engine.case.approvals import standing
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.lacking import lacking
from inprocap_flow.engine.case.records import MAIN, ApprovalState, Blocker, Case, Decision, Refusal, When, key, unstamp
from inprocap_flow.language.model import CASE
from inprocap_flow.language.scenarios import Expected
from inprocap_flow.language.values import encode
from inprocap_flow.language.written import parse_written
from inprocap_flow.service.rehearsal import Rehearsal

Outcome = Decision | Refusal


def differences(
    play: Rehearsal, line_id: str, expected: Expected | None, outcome: Outcome, now: datetime
) -> Iterator[str]:
    """Yield every difference between *expected* and *outcome* of an act on *line_id*."""
    blockers = outcome.blockers if isinstance(outcome, Refusal) else ()
    wanted = expected.refused if expected else ()
    if sorted(wanted) != sorted(blocker.code for blocker in blockers):
        yield _codes(wanted, blockers)
    if expected is None:
        return
    yield from _names(expected, blockers)
    if isinstance(outcome, Refusal):
        yield from _refusal(play, expected, outcome)
    else:
        yield from _warnings(expected, outcome)
        yield from _told(expected, outcome)
        yield from _reported(expected, outcome)
    if play.case is not None:
        yield from _state(play, play.case, line_id, expected, now)


def _codes(wanted: tuple[str, ...], blockers: tuple[Blocker, ...]) -> str:
    got = "; ".join(f"{blocker.code} ({blocker.reason})" for blocker in blockers) or "it was accepted"
    return f"expected {', '.join(wanted) or 'that it is accepted'}, but: {got}"


def about(blocker: Blocker) -> set[str]:
    """Return the names that a blocker is about: what it says, its roles, and the parts of a list."""
    return {blocker.about, blocker.detail, *blocker.roles, *blocker.about.split(", ")}


def _names(expected: Expected, blockers: tuple[Blocker, ...]) -> Iterator[str]:
    found = {name for blocker in blockers for name in about(blocker)}
    missing = [name for name in expected.names if name not in found]
    if missing:
        said = ", ".join(sorted(filter(None, found))) or "nothing"
        yield f"no blocker names {', '.join(missing)}; they are about {said}"


def _warnings(expected: Expected, outcome: Decision) -> Iterator[str]:
    found = {word for warning in outcome.warnings for word in (warning.code, *about(warning))}
    clauses = " ".join(warning.detail for warning in outcome.warnings)
    for name in expected.warned:
        if name not in found and name not in clauses:
            yield f"no warning about {name}; warnings: {', '.join(sorted(filter(None, found))) or 'none'}"


def _told(expected: Expected, outcome: Decision) -> Iterator[str]:
    if expected.told is None:
        return
    people = (message for message in outcome.messages if message.kind != "report")
    found = {to.partition(":")[2] or to for message in people for to in message.to}
    if found != set(expected.told):
        yield f"told: {', '.join(sorted(found)) or 'nobody'}, expected {', '.join(sorted(expected.told)) or 'nobody'}"


def _reported(expected: Expected, outcome: Decision) -> Iterator[str]:
    if not expected.reported:
        return
    found = {event.data["as"]: event.data.get("with", {}) for event in outcome.events if event.kind == "reported"}
    if found.keys() != expected.reported.keys():
        wanted = ", ".join(sorted(expected.reported))
        yield f"reported: {', '.join(sorted(found)) or 'nothing'}, expected {wanted}"
        return
    for name, values in expected.reported.items():
        for value, text in values.items() if isinstance(values, Mapping) else ():
            got = _as_written(found[name].get(value))
            if got != str(text):
                yield f"{name} is reported with {value} {got or 'not at all'}, expected {text}"


def _as_written(plain: Any) -> str:
    """Return an encoded value as a scenario writes it."""
    if isinstance(plain, Mapping):
        return f"{plain['amount']} {plain['currency']}"
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return "" if plain is None else str(plain)


def _refusal(play: Rehearsal, expected: Expected, refusal: Refusal) -> Iterator[str]:
    for approval, people in expected.may_be_given_by.items():
        who = next((b.who for b in refusal.blockers if b.about == approval), ())
        if set(who) != set(people):
            yield f"{approval} may be given by {', '.join(who) or 'nobody'}, expected {', '.join(people)}"
    if expected.left_by and not any(b.detail == expected.left_by for b in refusal.blockers):
        yield f"expected that the line left by {expected.left_by}: {refusal.blockers[0].reason}"
    if expected.until and not any(b.detail == expected.until for b in refusal.blockers):
        yield f"expected: until {expected.until}"
    if expected.possible_from:
        moment = parse_moment(expected.possible_from, play.binding.zone).first
        if refusal.possible_from != moment:
            yield f"possible from {_local(play, refusal.possible_from)}, expected {expected.possible_from}"
    if expected.provisional is not None and refusal.provisional != expected.provisional:
        yield f"provisional is {refusal.provisional}, expected {expected.provisional}"


def _local(play: Rehearsal, moment: datetime | None) -> str:
    return f"{moment.astimezone(play.binding.zone):%Y-%m-%d %H:%M}" if moment else "no moment"


def _state(play: Rehearsal, case: Case, line_id: str, expected: Expected, now: datetime) -> Iterator[str]:
    line = case.lines.get(line_id)
    if expected.stage and (line is None or line.state != expected.stage):
        yield f"{line_id} stands in {line.state if line else 'nothing'}, expected {expected.stage}"
    if expected.stage_of_case and case.main.state != expected.stage_of_case:
        yield f"the case stands in {case.main.state}, expected {expected.stage_of_case}"
    yield from _ended(play, case, expected)
    yield from _deadlines(play, case, line_id, expected)
    yield from _tracks(case, expected)
    for name, state in expected.approval.items():
        found = approval_state(CaseFacts(play.binding, case, line_id if line else MAIN, When.exactly(now)), name)
        if found != state:
            yield f"the approval {name} is {found}, expected {state}"
    yield from _signed(case, line_id if line else MAIN, expected)
    for name, text in expected.field.items():
        yield from _field(play, case, line_id, name, text)


def _ended(play: Rehearsal, case: Case, expected: Expected) -> Iterator[str]:
    state = case.main.state
    found = play.binding.definition.line(CASE).stages[state].final
    if expected.ended is None or found == expected.ended:
        return
    if found is None:
        yield f"the case has not ended (it stands in {state}), expected that it has ended {expected.ended}"
    else:
        yield f"the case has ended {found}, expected {expected.ended}"


def _signed(case: Case, line_id: str, expected: Expected) -> Iterator[str]:
    for name, people in expected.signed_by.items():
        state = case.approvals.get(key(line_id, name)) or case.approvals.get(key(MAIN, name))
        found = who_signed(state) if state else []
        if sorted(found) != sorted(people):
            yield f"{name} is signed by {', '.join(found) or 'nobody'}, expected {', '.join(people) or 'nobody'}"


def who_signed(state: ApprovalState) -> list[str]:
    """Return whose signatures stand, in order; if none stands, whose were used up. A vote against is none."""
    for status in ("standing", "used"):
        signed = [one for one in state.signatures if one.status == status and not one.against]
        if signed:
            return [f"{one.person} for {one.on_behalf_of}" if one.on_behalf_of else one.person for one in signed]
    return []


def _deadlines(play: Rehearsal, case: Case, line_id: str, expected: Expected) -> Iterator[str]:
    for name, text in expected.deadline.items():
        state = case.deadlines.get(key(line_id, name)) or case.deadlines.get(key(MAIN, name))
        if state is None:
            yield f"the deadline {name} was never started"
        elif text[0].isdigit():
            end = unstamp(state.end) if state.end else None
            # A day alone means the last day; for a deadline counted back, the day at whose beginning it ends.
            matches = state.last_day == text or _local(play, end) in (text, f"{text} 00:00")
            if not matches or state.status != "running":
                yield f"{name} is {state.status} and ends {_local(play, end)}, expected {text}"
        elif state.status != text:
            yield f"{name} is {state.status}, expected {text}"


def _tracks(case: Case, expected: Expected) -> Iterator[str]:
    for kind, wanted in expected.tracks.items():
        tracks = case.tracks(kind)
        if not isinstance(wanted, Mapping):
            number = str(wanted)
            if not number.isdecimal():
                yield f"`{kind}: {number}` says neither how many nor where each stands; write {{NAME: stage}}"
            elif len(tracks) != int(number):
                yield f"there are {len(tracks)} of {kind}, expected {number}"
            continue
        for name, stage in wanted.items():
            line = case.lines.get(f"{kind}/{name}")
            if line is None or line.state != stage:
                yield f"{kind}/{name} stands in {line.state if line else 'nothing'}, expected {stage}"


def approval_state(facts: CaseFacts, name: str) -> str:
    """Return how an approval stands in one word: given, used, missing, void, lapsed, declined."""
    found = standing(facts, name)
    if found.given:
        return "given"
    statuses = {signature.status for signature in found.state.signatures}
    if statuses == {"used"}:
        return "used"
    return next((b.code.removeprefix("approval-") for b in lacking(facts, name, None) if b.about == name), "missing")


def _field(play: Rehearsal, case: Case, line_id: str, name: str, text: str) -> Iterator[str]:
    line = case.lines[line_id if line_id in case.lines else MAIN]
    declared = play.binding.definition.find_field(line.kind, name)
    if declared is None:
        yield f"{name} is no field"
        return
    owner = line if name in play.binding.definition.line(line.kind).fields else case.main
    wanted = None if text == "" else encode(parse_written(declared.type, text, zone=play.binding.zone))
    if owner.fields.get(name) != wanted:
        yield f"{name} is {owner.fields.get(name)!r}, expected {wanted!r}"
