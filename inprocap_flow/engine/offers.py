"""What now, by whom, and why not yet: every step of every line where it stands, judged without carrying it out.

`next` and `why` give the same answers as `do`, because they are made by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache

from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.beginnings import beginning_blockers
from inprocap_flow.engine.carrying.judge import Inputs, judge
from inprocap_flow.engine.carrying.settle import pass_time
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.approvals import Standing, standing
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.lifting import as_step, granting
from inprocap_flow.engine.case.needing import a_derogation_needs, an_act_needs
from inprocap_flow.engine.case.people import able, entitled
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, LineState, Request, When
from inprocap_flow.engine.case.signers import who_may_give
from inprocap_flow.language.model import Step
from inprocap_flow.records import changed, record

Holders = Callable[[str], tuple[str, ...]]  # who can act in a role now
COMES_WITH_IT = ("field-missing", "document-missing", "reason-missing")


@record
class Offer:
    """A step that leads on from where a line stands: who may carry it out, what to hand in, what stands in the way.

    ``hand_in`` lists what comes with the request, ``blockers`` what must happen first. An offer without blockers can
    be carried out now by one of ``who``.
    """

    line: str
    step: Step
    who: tuple[str, ...]
    hand_in: tuple[Blocker, ...]
    blockers: tuple[Blocker, ...]
    by_system: bool = False
    begins: str | None = None
    lifts: tuple[str, ...] = ()  # the rules that it lifts: then it is a derogation, which leads nowhere

    @property
    def is_open(self) -> bool:
        return not self.blockers and not self.by_system


@record
class Outlook:
    """A case at a moment: where it stands once time has passed, its offers, the approvals that wait, and derogations.

    ``derogations`` are those that could be granted where the case stands, in the form of offers.
    """

    case: Case
    offers: tuple[Offer, ...]
    approvals: tuple[tuple[Standing, tuple[str, ...]], ...]
    derogations: tuple[Offer, ...] = ()


def outlook(binding: Binding, case: Case, now: datetime, *, actor: str | None = None) -> Outlook:
    """Return what can be done about *case* at *now*, and why not. Computes expiries, writes nothing (ruling 5).

    With *actor*, each offer says whether that person may; without, only what the case itself lacks.
    """
    request = Request("next", actor or "")
    passed = pass_time(binding, case, request, now, now)
    if passed:
        case = passed[-1].case
    work = begin_work(binding, case, request, now, When.exactly(now))

    @cache  # many steps ask for the same role
    def holders(role: str) -> tuple[str, ...]:
        return tuple(able(binding, case, role, now))

    offers = tuple(offer for line in case.in_order for offer in _offers(work, line, actor, holders))
    begins = tuple(_beginnings(work, actor, holders))
    derogations = tuple(
        changed(_offer(work, case.main, as_step(one), actor, holders), lifts=one.lifts)
        for one in granting(binding.definition, case)
    )
    return Outlook(case, (*offers, *begins), tuple(_approvals(work, offers)), derogations)


def derogation_elsewhere(binding: Binding, case: Case, name: str, now: datetime) -> Offer | None:
    """Return a derogation that cannot be granted where the case stands, with why not; None if it can, or is none.

    The reasons are those that asking for it would get: it is granted already, or the case must stand elsewhere.
    """
    from inprocap_flow.engine.acts.derogating import judge_derogation  # only whoever asks for one waits for it
    from inprocap_flow.engine.acts.steps import with_moments
    from inprocap_flow.engine.turn import case_ended

    derogation = binding.definition.derogations.get(name)
    if derogation is None or derogation in granting(binding.definition, case):
        return None
    work = begin_work(binding, case, Request("why", ""), now, When.exactly(now))
    plan = judge_derogation(work, derogation, Inputs())
    blockers = [case_ended(case)] if case.main.ended else with_moments(work, plan.step, plan.blockers)
    return Offer(MAIN, plan.step, (), (), tuple(blockers), lifts=derogation.lifts)


def _offers(work: Work, line: LineState, actor: str | None, holders: Holders) -> Iterator[Offer]:
    machine = work.binding.machine
    for name in machine.offered(line.kind, line.state):
        step = machine.step(line.kind, name)
        if step is not None and not step.is_automatic:
            yield _offer(work, line, step, actor, holders)


def _offer(
    work: Work, line: LineState, step: Step, actor: str | None, holders: Holders, *, begins: str | None = None
) -> Offer:
    plan = judge(_as_actor(work, actor), line.id, step, Inputs()) if begins is None else None
    found = list(plan.blockers) if plan else list(beginning_blockers(work, line, begins or "", step))
    asked = (*step.handed_in.fields, *step.handed_in.documents, "reason" if step.handed_in.reason else "")
    hand_in = tuple(b for b in found if b.code in COMES_WITH_IT and b.about in asked)
    blockers = [b for b in found if b not in hand_in and not _only_for_want_of(b, step)]
    who: tuple[str, ...] = ()
    if not step.is_system and not step.is_linked:
        who = tuple(dict.fromkeys(person for role in step.by for person in holders(role)))
        if actor is not None:
            may = entitled(work.binding, work.case, actor, step.by, line, work.when.last, begins=begins)
            if isinstance(may, Blocker):
                blockers.insert(0, may)
    return Offer(line.id, step, who, hand_in, tuple(blockers), step.is_system or step.is_linked, begins)


def _only_for_want_of(blocker: Blocker, step: Step) -> bool:
    """Return whether *blocker* only says that something to be handed in is not known yet (a branch or guard on it)."""
    return (
        blocker.code in ("branch-unknown", "guard-unknown", "field-missing") and blocker.about in step.handed_in.fields
    )


def _as_actor(work: Work, actor: str | None) -> Work:
    if actor is None:
        return work
    asked = changed(work, actor=actor)
    asked.role = "anyone"  # only so that separation of duties is judged against this person
    return asked


def _beginnings(work: Work, actor: str | None, holders: Holders) -> Iterator[Offer]:
    """Yield the tracks that people may begin now, each once, on the line they would hang on."""
    for kind, line in work.binding.definition.tracks.items():
        step = line.begins
        if step.is_system or step.is_linked or (step.while_case and work.case.main.state not in step.while_case):
            continue
        parents = [work.case.main] if line.parent is None else [p for p in work.case.tracks(line.parent) if not p.ended]
        for parent in parents:
            yield _offer(work, parent, step, actor, holders, begins=kind)


def _approvals(work: Work, offers: tuple[Offer, ...]) -> Iterator[tuple[Standing, tuple[str, ...]]]:
    """Yield every approval that a step now offered needs and that is not given, with who could sign."""
    seen: set[tuple[str, str]] = set()
    for offer in offers:
        facts = work.facts(offer.line)
        for name in offer.step.already_there.approvals:
            found = standing(facts, name)
            if (found.line_id, name) in seen or found.given:
                continue
            seen.add((found.line_id, name))
            yield found, who_may_give(facts, found)
    for found in _wanted_for_acts(work):
        if (found.line_id, found.approval.name) not in seen:
            yield found, who_may_give(work.facts(found.line_id), found)
    for watch in work.binding.definition.watches.values():
        state = work.case.watches.get(watch.name)
        if state and state.blocked:
            found = standing(work.facts(MAIN), watch.needs_approval)
            yield found, who_may_give(work.facts(MAIN), found)


def _wanted_for_acts(work: Work) -> Iterator[Standing]:
    """Yield what only an act on a deadline or a derogation needs, once somebody has asked for it or signed."""
    for place in sorted(work.case.approvals):
        state = work.case.approvals[place]
        if state.open or any(signature.status == "standing" for signature in state.signatures):
            facts = work.facts(state.line)
            found = standing(facts, state.name)
            if not found.given and (an_act_needs(facts, found) or a_derogation_needs(facts, found)):
                yield found
