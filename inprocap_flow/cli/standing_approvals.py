"""How the approvals of a case stand, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.cli.standing import facts
from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine.case.approvals import SignatureLine, Standing, standing
from inprocap_flow.engine.case.people import able
from inprocap_flow.engine.case.records import MAIN, GivenSignature


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
        for g in _void(found)
    ]


def _void(found: Standing) -> list[GivenSignature]:
    """Return the void signatures in whose place none was given since: no other of the role, nor by the same person."""
    open_roles = {line.signature.role for line in found.open_lines}
    given = {(one.role, one.person): one for one in found.state.signatures}  # the last of each
    void = [one for one in given.values() if one.status == "void"]
    return [] if found.given else [one for one in void if one.role in open_roles]


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
            {"person": g.person, "role": g.role, "at": g.at, "on_behalf_of": g.on_behalf_of} for g in _void(found)
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
