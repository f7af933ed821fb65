"""``why`` for what is no step: an act on a deadline, and the signatures of an approval."""

from __future__ import annotations

from typing import Any

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.cli import clocks, layout, reasons, standing_approvals
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.subject import Subject
from inprocap_flow.cli.words import confirmed_mark
from inprocap_flow.engine.case.records import MAIN, Blocker, DeadlineState, key, stamp
from inprocap_flow.engine.prospects import ActProspect, Seat, SignatureProspect, act_prospect, signature_prospect
from inprocap_flow.engine.timing.between import Bound
from inprocap_flow.errors import NotFound

_DONE = {
    "extend": "extended",
    "suspend": "suspended",
    "resume": "resumed",
    "satisfy": "satisfied",
    "stop": "stopped",
    "restart": "restarted",
    "correct": "corrected",
}
_ENDS = {
    "extend": ", --until DAY or --by-law PERIOD",
    "correct": ", --until DAY",
    "restart": ", --until DAY",
}
_SIDES = {"later": "later than", "floor": "not before", "ceiling": "at the latest"}


# ---------------------------------------------------------------------------------------------- acts on deadlines


def answer_act(session: Session, about: Subject, kind: str, name: str, on: str | None) -> None:
    """Answer why the act *kind* on the deadline *name* is not possible, or by whom and within which bounds it is."""
    actor = session.options.get("actor")
    found = act_prospect(about.binding, about.case, kind, name, about.now, line=on or MAIN, actor=actor)
    if found.deadline is None:
        raise NotFound(found.blockers[0].reason.rstrip("."), mend=found.blockers[0].mend)
    session.answer(_act_to_plain(about, found), layout.parts(about.header(), _act_lines(about, found)))


def _act_lines(about: Subject, found: ActProspect) -> list[str]:
    state = about.case.deadlines.get(key(found.line, found.name)) or DeadlineState(found.line, found.name, "")
    title = clocks.deadline_title(about, state)
    if found.is_open:
        heading = f"{title} can be {_DONE[found.kind]} now"
    else:
        count = len(reasons.once(found.blockers))
        heading = f"{found.kind} {title}: not yet, for {'one reason' if count == 1 else f'{count} reasons'}"
    lines = [layout.heading(line) for line in layout.wrapped(heading)]
    lines += reasons.lines(found.blockers, about.words, about.definition, case=about.typed)
    lines += ["", *layout.pairs(_act_rows(about, found), 2, 8)] if found.roles else []
    lines += _ends_part(about, found.ends)
    when = reasons.possible_from(found.blockers, about.words)
    lines += ["", when] if when else []
    return [*lines, "", *_try(about, found)] if found.is_open else lines


def _act_rows(about: Subject, found: ActProspect) -> list[tuple[str, str]]:
    roles = about.words.roles(about.definition, found.roles)
    who = about.words.people(found.who) or "nobody of this organisation now"
    act = found.deadline.acts[found.kind] if found.deadline else None
    return [
        ("by", f"{roles}: {who}"),
        ("bring", f"--reason TEXT{_brings(found)}"),
        ("until", f"{about.words.end(found.until)}{_safely(about, found)}" if found.until else ""),
        ("law", (act.cite if act else None) or ""),
    ]


def _brings(found: ActProspect) -> str:
    """Return how the end is typed where one must come along; nothing where it was agreed or follows from the period."""
    return _ENDS.get(found.kind, "") if any(one.code == "end-missing" for one in found.hand_in) else ""


def _safely(about: Subject, found: ActProspect) -> str:
    if found.safe_until is None:
        return ""
    said = "safely until" if about.now < found.safe_until else "too late to be safe since"
    return f", {said} {about.words.end(found.safe_until)}"


def _ends_part(about: Subject, ends: tuple[Bound, ...]) -> list[str]:
    lines: list[str] = []
    for bound in ends:
        provisional = " (provisional)" if bound.provisional else ""
        said = f"{_SIDES[bound.side]} {about.words.end(bound.moment)}{provisional}: {bound.because}"
        lines += [*layout.bullet(said), *layout.pairs([("source", _source(bound))], 6, 8)]
    return ["", layout.heading("The new end lies"), *lines] if lines else []


def _source(bound: Bound) -> str:
    known = Blocker("", "", cite=bound.cite, basis=bound.basis, evidence=bound.evidence, grounds=bound.grounds)
    return reasons.source(known)


def _try(about: Subject, found: ActProspect) -> list[str]:
    on = f" --on {found.line}" if found.line != MAIN else ""
    typed = f"inprocap-flow deadline {found.kind} {about.typed} {found.name}{on} --preview"
    return layout.wrapped(f"What moves with it: {typed}")


def _act_to_plain(about: Subject, found: ActProspect) -> dict[str, Any]:
    return {
        "case": about.case.id,
        "at": stamp(about.now),
        "act": found.kind,
        "deadline": found.name,
        "line": found.line,
        "possible": found.is_open,
        "roles": list(found.roles),
        "who": list(found.who),
        "brings": [one.about for one in found.hand_in],
        "until": stamp(found.until) if found.until else None,
        "safe_until": stamp(found.safe_until) if found.safe_until else None,
        "ends": [_bound_to_plain(bound) for bound in found.ends],
        "blockers": [reasons.to_plain(blocker) for blocker in found.blockers],
        "possible_from": _possible_from(found.blockers),
    }


def _bound_to_plain(bound: Bound) -> dict[str, Any]:
    return {
        "side": bound.side,
        "moment": stamp(bound.moment),
        "because": bound.because,
        "cite": bound.cite,
        "basis": bound.basis,
        "confirmed": None if bound.evidence is None else not confirmed_mark(bound.evidence),
        "provisional": bound.provisional,
        "grounds": [reasons.ground_to_plain(one) for one in bound.grounds],
    }


def _possible_from(blockers: tuple[Blocker, ...]) -> str | None:
    """Return from when waiting alone will do, None if it will not."""
    moments = [blocker.possible_from for blocker in blockers if blocker.by_waiting and blocker.possible_from]
    return stamp(max(moments)) if moments and len(moments) == len(blockers) else None


# ---------------------------------------------------------------------------------------------- signatures


def answer_signature(session: Session, about: Subject, name: str, on: str | None) -> None:
    """Answer who can sign the approval *name* now, and why others, or nobody, can."""
    actor = session.options.get("actor")
    found = signature_prospect(about.binding, about.case, name, about.now, line=on or MAIN, actor=actor)
    if isinstance(found, Blocker):
        raise NotFound(found.reason.rstrip("."), mend=found.mend)
    session.answer(_signature_to_plain(about, found), layout.parts(about.header(), _signature_lines(about, found)))


def _signature_lines(about: Subject, found: SignatureProspect) -> list[str]:
    title, state = (
        standing_approvals.approval_title(about, found.standing),
        standing_approvals.approval_state(about, found.standing),
    )
    heading = f"{title}{standing_approvals.on_line(found.standing)}: {state}"
    lines = [layout.heading(line) for line in layout.wrapped(heading)]
    against = _against(found)
    lines += reasons.lines(against, about.words, about.definition, case=about.typed)
    for seat in found.seats:
        lines += ["", *_seat_lines(about, seat)]
    when = reasons.possible_from(against, about.words)
    lines += ["", when] if when else []
    if found.is_open:
        lines += ["", *layout.wrapped(f"To sign: inprocap-flow sign {about.typed} {_named(found)} --as PERSON")]
    return lines


def _against(found: SignatureProspect) -> tuple[Blocker, ...]:
    return found.blockers if found.own is None else found.own


def _named(found: SignatureProspect) -> str:
    on = f" --on {found.standing.line_id}" if found.standing.line_id != MAIN else ""
    return f"{found.standing.approval.name}{on}"


def _seat_lines(about: Subject, seat: Seat) -> list[str]:
    signature = seat.line.signature
    rows = [
        ("by", about.words.people(seat.who) or "nobody of this organisation now"),
        ("valid", f"for {parse_period(signature.valid_for)}" if signature.valid_for else ""),
    ]
    missing = max(0, seat.line.wanted - len(seat.line.given))
    several = f", {missing} of {seat.line.wanted}" if seat.line.wanted > 1 else ""
    title = f"Missing: {about.words.role(about.definition, signature.role)}{several}"
    held = reasons.lines(seat.blockers, about.words, about.definition, 4, about.typed)
    return [*layout.wrapped(title, "  "), *layout.pairs(rows, 6, 8), *held]


def _signature_to_plain(about: Subject, found: SignatureProspect) -> dict[str, Any]:
    who = tuple(dict.fromkeys(person for seat in found.seats for person in seat.who))
    against = _against(found)
    return {
        "case": about.case.id,
        "at": stamp(about.now),
        **standing_approvals.approval_to_plain(about, found.standing, who),
        "possible": found.is_open,
        "missing": [
            {
                "role": seat.line.signature.role,
                "who": list(seat.who),
                "possible": bool(seat.who) and not seat.blockers and not found.blockers,
                "blockers": [reasons.to_plain(blocker) for blocker in seat.blockers],
            }
            for seat in found.seats
        ],
        "blockers": [reasons.to_plain(blocker) for blocker in against],
        "possible_from": _possible_from(against),
    }
