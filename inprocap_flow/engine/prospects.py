"""Why not, for what is no step: an act on a deadline, a signature. Who may, what stands in the way, between which ends.

The answers are made by the code that acts (`engine.acts`), so they are those that acting would give. Nothing is
written; time passes first, as it does before any request (ruling 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inprocap_flow.engine.acts.acting import acting
from inprocap_flow.engine.acts.clock_acts import asked_for, judge_act, safe_until
from inprocap_flow.engine.acts.signable import no_such_approval, not_open, nothing_to_sign
from inprocap_flow.engine.acts.signing import sign
from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.settle import pass_time
from inprocap_flow.engine.carrying.work import Refused, Work
from inprocap_flow.engine.case.approvals import SignatureLine, Standing, standing
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.needing import is_needed
from inprocap_flow.engine.case.people import Capacity, able, capacity_for, entitled
from inprocap_flow.engine.case.records import Blocker, Case, Request, When, unstamp
from inprocap_flow.engine.case.signers import gate_blocker, out_of_turn, who_may_give, who_may_sign
from inprocap_flow.engine.timing.between import Bound, between
from inprocap_flow.language.model import Deadline
from inprocap_flow.records import changed, record

COMES_WITH_IT = ("end-missing", "reason-missing")  # what whoever acts brings along
WHILE_RUNNING = ("extend", "suspend", "correct")


@record
class ActProspect:
    """An act on a deadline as it would be judged now.

    ``who`` may do it, some of them once they have declared their interests; ``hand_in`` comes with the request;
    ``ends`` bind the end that it sets; ``until`` (exclusive) is when it becomes impossible, ``safe_until`` when it
    becomes hasty. ``deadline`` is None where there is no such deadline: then ``blockers`` says so.
    """

    kind: str
    name: str
    line: str
    deadline: Deadline | None
    roles: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    hand_in: tuple[Blocker, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    ends: tuple[Bound, ...] = ()
    until: datetime | None = None
    safe_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return not self.blockers


@record
class Seat:
    """A signature that is missing: who could give it, and what stands in the way of it alone (order, committee)."""

    line: SignatureLine
    who: tuple[str, ...]
    blockers: tuple[Blocker, ...]


@record
class SignatureProspect:
    """An approval as it stands now: what keeps everybody from signing, and each signature that is missing.

    ``own`` is what signing would say to the person who was asked about, None if nobody was.
    """

    standing: Standing
    blockers: tuple[Blocker, ...]
    seats: tuple[Seat, ...]
    own: tuple[Blocker, ...] | None = None

    @property
    def is_open(self) -> bool:
        """Return whether somebody (or the person asked about) can sign now."""
        if self.own is not None:
            return not self.own
        return not self.blockers and any(seat.who and not seat.blockers for seat in self.seats)


def _work(binding: Binding, case: Case, request: Request, now: datetime) -> Work:
    passed = pass_time(binding, case, request, now, now)
    return begin_work(binding, passed[-1].case if passed else case, request, now, When.exactly(now))


# ---------------------------------------------------------------------------------------------- acts on deadlines


def act_prospect(
    binding: Binding, case: Case, kind: str, name: str, now: datetime, *, line: str, actor: str | None = None
) -> ActProspect:
    """Return how the act *kind* (one of `CLOCK_ACTS`) on the deadline *name*, seen from *line*, would be judged now.

    With *actor*, what stands in that person's way is named first.
    """
    request = Request(kind, actor or "", name=name, line=line)
    work = _work(binding, case, request, now)
    asked = asked_for(work, request, kind)
    if isinstance(asked, Blocker):
        declared = binding.definition.find_deadline(work.case.lines[line].kind, name)
        return ActProspect(kind, name, line, declared, blockers=(asked,))
    personal: tuple[Blocker, ...] = ()
    if actor is not None:
        may = capacity_for(acting(work, request, asked.owner), asked.act.by)
        personal = () if isinstance(may, Capacity) else may
        work.role = may.role if isinstance(may, Capacity) else "anyone"  # only so that separation of duties is judged
    found = judge_act(work, request, asked).blockers
    state = asked.state
    running = state is not None and state.status == "running" and state.end is not None
    return ActProspect(
        kind,
        asked.declared.name,
        asked.owner,
        asked.declared,
        asked.act.by,
        _who(work, asked.owner, asked.act.by, now),
        tuple(one for one in found if one.code in COMES_WITH_IT),
        (*personal, *(one for one in found if one.code not in COMES_WITH_IT)),
        between(work.facts(asked.owner), asked.declared, state, kind) if state and state.started else (),
        unstamp(state.end or "") if state and running and kind in WHILE_RUNNING else None,
        safe_until(binding, work.case, asked.owner, asked.declared.name) if kind == "extend" else None,
    )


def _who(work: Work, owner: str, roles: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Return who could act: holders and substitutes whom nothing speaks against but interests still to be declared."""
    line, roles = work.case.lines[owner], tuple(roles)
    people = dict.fromkeys(person for role in roles for person in able(work.binding, work.case, role, now))
    answers = {person: entitled(work.binding, work.case, person, roles, line, now) for person in people}
    return tuple(
        person
        for person, answer in answers.items()
        if isinstance(answer, Capacity) or answer.code == "interest-undeclared"
    )


# ---------------------------------------------------------------------------------------------- signatures


def signature_prospect(
    binding: Binding, case: Case, name: str, now: datetime, *, line: str, actor: str | None = None
) -> SignatureProspect | Blocker:
    """Return how the approval *name*, seen from *line*, stands now and who could sign it; a blocker if it is none."""
    request = Request("sign", actor or "", name=name, line=line)
    work = _work(binding, case, request, now)
    facts = work.facts(line)
    if unknown := no_such_approval(facts, name):
        return unknown[0]
    found = standing(facts, name)
    facts = facts.on(found.line_id)
    blockers = (*not_open(facts, found), *nothing_to_sign(facts, found))
    # What was used up and nothing needs again lacks nobody's signature.
    open_lines = found.open_lines if is_needed(facts, found) or not found.used_up else ()
    known = {(blocker.code, blocker.about) for blocker in blockers}  # said of all, and not of each signature again
    seats = tuple(
        Seat(
            one,
            _signers(work, found, one),
            tuple(held for held in _held(work, found, one) if (held.code, held.about) not in known),
        )
        for one in open_lines
    )
    own = None if actor is None else _own(work, changed(request, line=found.line_id))
    return SignatureProspect(found, blockers, seats, own)


def _signers(work: Work, found: Standing, line: SignatureLine) -> tuple[str, ...]:
    facts = work.facts(found.line_id)
    roles = (line.signature.role, *([line.signature.recorded_by] if line.signature.recorded_by else ()))
    able_to = set(who_may_give(facts, found))
    people = dict.fromkeys(person for role in roles for person in who_may_sign(facts, found, line, role))
    return tuple(person for person in people if person in able_to)


def _held(work: Work, found: Standing, line: SignatureLine) -> Iterable[Blocker]:
    facts = work.facts(found.line_id)
    for name in line.unknown if line.needed is None else ():
        reason = f"Whether this signature is needed depends on {name}, which is not known."
        yield Blocker("field-missing", reason, about=name, line=found.line_id, mend=f"fill {name}")
    yield from filter(None, (out_of_turn(facts, found, line), gate_blocker(facts, found, line)))


def _own(work: Work, request: Request) -> tuple[Blocker, ...]:
    """Return what signing would say to whoever asks: it is tried on the work, which nobody records."""
    try:
        return tuple(sign(changed(work, events=[], messages=[], warnings=[]), request))
    except Refused as refused:
        return tuple(refused.blockers)
