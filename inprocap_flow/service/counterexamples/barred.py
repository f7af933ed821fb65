"""Somebody who may never do what the file gives to their role asks for it, and is refused."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.case.records import MAIN, Blocker, Refusal
from inprocap_flow.language.checks.plays import Plays
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.model import CASE, CLOCK_ACTS
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.service.counterexamples.asking import NOT_ENTITLED, by_role, where
from inprocap_flow.service.counterexamples.gaps import NOT_REFUSED, REFUSED_OTHERWISE, Gap
from inprocap_flow.service.counterexamples.mending import fill, sign
from inprocap_flow.service.counterexamples.refusing import because, codes_of
from inprocap_flow.service.counterexamples.stage import HERE, Stage

BARRED = "may not"
"""How the engine says that a role is kept from something: by `never`, and not because somebody has another role.

Only whoever may not record a signature on paper is told that the signature is another role's.
"""


def ask_barred(stage: Stage, plays: Plays) -> str:
    """Let somebody in the role ask, and return in words how that is refused. Raises Gap if it is not, or otherwise."""
    deed = by_role(stage, plays, replace(_wanted(stage, plays), at=stage.clock()))
    outcome = stage.copy().try_out(deed)
    for blocker in outcome.blockers if isinstance(outcome, Refusal) and deed.verb == "sign" else ():
        _bring_what_is_signed(stage, deed, blocker)
    _sign_before(stage, plays, deed)
    deed = replace(deed, at=stage.clock())
    outcome = stage.copy().try_out(deed)
    what = f"{deed.by} ({plays.role}) asks in vain to {deed.verb} {_named(deed)}"
    if not isinstance(outcome, Refusal):
        raise Gap(NOT_REFUSED, f"{deed.by} ({plays.role}) may {deed.verb} {_named(deed)}")
    if NOT_ENTITLED not in codes_of(outcome) or not (
        deed.signed_by or any(BARRED in one.reason for one in outcome.blockers)
    ):
        raise Gap(REFUSED_OTHERWISE, f"{what}, but for another reason: {because(outcome)}")
    stage.deeds.append(replace(deed, then=Expected(refused=codes_of(outcome))))
    return f"{what}: {because(outcome)}"


def _bring_what_is_signed(stage: Stage, deed: Deed, blocker: Blocker) -> None:
    if blocker.code == "field-missing":
        fill(stage, deed, blocker.about, {})
    elif blocker.code == "document-missing":
        declared = stage.definition.find_document(CASE if deed.on is None else deed.on.partition("/")[0], blocker.about)
        for person in stage.guess.binding.organisation.people if declared is not None else ():
            if stage.small(Deed("bring", (blocker.about,), HERE, by=person, on=deed.on)):
                return


def _sign_before(stage: Stage, plays: Plays, deed: Deed) -> None:
    """Let those sign whose signature may have to come first."""
    if deed.verb != "sign":
        return
    for one in stage.definition.line(plays.line).approvals[str(deed.what)].signatures:
        if plays.role in (one.role, one.recorded_by):
            return
        who = tuple(person.id for person in stage.rehearsal.binding.holders(one.role))
        sign(stage, Blocker("approval-missing", "", about=str(deed.what), line=deed.on or MAIN, who=who))


def _wanted(stage: Stage, plays: Plays) -> Deed:
    """Return what is asked for, by anybody."""
    verb, name = plays.deed
    if not verb:
        return stage.asked(where(stage, plays, plays.steps[0]))
    if verb in CLOCK_ACTS:
        return stage.act(Happened(verb, plays.line, name))
    line = MAIN if plays.line == CASE else stage.case.tracks(plays.line)[0].id
    if plays.steps:
        line = stage.line_of(where(stage, plays, plays.steps[0]))
    on = None if line == MAIN else line
    if verb == "sign":
        return replace(Deed(verb, name, HERE, on=on), signed_by=_recorded_for(stage, plays, name))
    if verb != "fill":
        return Deed(verb, (name,) if verb == "bring" else name, HERE, on=on)
    declared = stage.definition.line(plays.line).fields[name]
    return Deed(verb, {name: stage.text_for(declared, line, Deed(verb, {}, HERE))}, HERE, on=on)


def _recorded_for(stage: Stage, plays: Plays, name: str) -> str | None:
    """Return somebody whose signature on paper the role would record; None if it signs itself."""
    signatures = stage.definition.line(plays.line).approvals[name].signatures
    for one in signatures:
        if plays.role == one.recorded_by != one.role:
            return next((person.id for person in stage.rehearsal.binding.holders(one.role)), None)
    return None


def _named(deed: Deed) -> str:
    return deed.what if isinstance(deed.what, str) else ", ".join(deed.what)
