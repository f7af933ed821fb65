"""What shows where a case was led for a finding that was decided without exploring."""

from __future__ import annotations

from dataclasses import replace

from inprocap_flow.engine.carrying.inputs import with_inputs
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, Refusal, When
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.checks.plays import (
    AGAIN,
    BARRED,
    BROKEN,
    FIRED,
    MISSED,
    NOT_FIRED,
    NOTHING_COMES,
    REFUSED,
    STUCK,
    TAKEN,
    Plays,
)
from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.model import CASE, Step
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.service.counterexamples.asking import NOT_ENTITLED, asked_for, where
from inprocap_flow.service.counterexamples.barred import ask_barred
from inprocap_flow.service.counterexamples.by_itself import does_not_come
from inprocap_flow.service.counterexamples.gaps import (
    NOT_REFUSED,
    OTHER_VALUES,
    REFUSED_ON_THE_WAY,
    REFUSED_OTHERWISE,
    Gap,
)
from inprocap_flow.service.counterexamples.mending import fill, get_done
from inprocap_flow.service.counterexamples.no_end import nothing_leads_on
from inprocap_flow.service.counterexamples.over_time import followed, missed, not_followed
from inprocap_flow.service.counterexamples.refusing import because, note_refusal, standing
from inprocap_flow.service.counterexamples.round_again import goes_round
from inprocap_flow.service.counterexamples.stage import HERE, Stage
from inprocap_flow.service.counterexamples.stuck_track import no_step_leads_on

_BY_WHAT_SHOWS = {MISSED: missed, NOT_FIRED: not_followed, FIRED: followed, BARRED: ask_barred, AGAIN: goes_round}


def show_there(stage: Stage, plays: Plays) -> str:
    """Show the fault where the case stands, and return in words what shows. Raises Gap if it does not."""
    if plays.shows == STUCK:
        return _stuck(stage, plays)
    if plays.shows == REFUSED:
        return "; ".join(_refused(stage, plays, step) for step in plays.steps)
    if plays.shows in _BY_WHAT_SHOWS:
        return _BY_WHAT_SHOWS[plays.shows](stage, plays)
    (step,) = plays.steps
    if plays.shows == NOTHING_COMES:
        return does_not_come(stage, step, where(stage, plays, step))
    if plays.shows == BROKEN:
        raise _not_broken(stage, plays, step)
    assert plays.shows == TAKEN
    return _came(stage, plays, step) if step.is_automatic else _taken(stage, plays, step)


# ---------------------------------------------------------------------------------------------------- refused


def _refused(stage: Stage, plays: Plays, step: Step) -> str:
    deed, happened = asked_for(stage, plays, step)
    refused = get_done(stage, deed, happened)
    if refused is None:
        raise Gap(NOT_REFUSED, f"{step.name} is not refused")
    codes = {one.code for one in refused.blockers}
    if plays.codes and not (codes & set(plays.codes) if plays.among else codes <= set(plays.codes)):
        raise Gap(REFUSED_OTHERWISE, f"{step.name} is refused for another reason: {because(refused)}")
    if not _is_meant(plays, refused):
        raise Gap(REFUSED_OTHERWISE, f"{step.name} is refused, but not because of this: {because(refused)}")
    if stage.rehearsal.case is not None and not deed.new:
        _must_be_so(stage, plays, deed.on or MAIN, _with_values(stage, refused))
    note_refusal(stage, deed, refused)
    missing = next((one for one in refused.blockers if one.about == plays.approval and _is_approval(one)), None)
    if missing is None or missing.who:
        return f"{step.name} is refused: {because(refused)}"
    then = stage.deeds[-1].then or Expected()
    stage.deeds[-1] = replace(stage.deeds[-1], then=replace(then, may_be_given_by={plays.approval: ()}))
    return f"{step.name} is refused: {because(refused)} Nobody is left who could sign {plays.approval}."


def _is_meant(plays: Plays, refused: Refusal) -> bool:
    """Return whether the refusal says what the fault is about, and an approval that is missing is the one meant."""
    about = {one.about for one in refused.blockers if _is_approval(one)}
    said = any(plays.says in one.reason for one in refused.blockers)
    return said and (not plays.approval or not about or plays.approval in about)


def _is_approval(blocker: Blocker) -> bool:
    return blocker.code.startswith("approval-")


def _with_values(stage: Stage, refused: Refusal) -> Case:
    """Return the case as the refused request was judged: with the values that came with it."""
    request = refused.request
    line = stage.case.lines[request.line]
    own = stage.definition.line(line.kind).fields
    values = {name: value for name, value in request.fields.items() if name in own}
    return with_inputs(stage.case, line, values, {}, request.actor, "")


def _must_be_so(stage: Stage, plays: Plays, line: str, case: Case) -> None:
    """Raise Gap unless every condition has the answer with which the fault was found."""
    facts = CaseFacts(stage.rehearsal.binding, case, line, When.exactly(stage.now))
    for condition, answer in plays.wanted:
        if evaluate(condition.expr, facts).value is not answer:
            raise Gap(OTHER_VALUES, f"`{condition.expr}` {'does not hold' if answer else 'holds'} here")


# ---------------------------------------------------------------------------------------------------- taken


def _taken(stage: Stage, plays: Plays, step: Step) -> str:
    deed, happened = asked_for(stage, plays, step)
    before = len(stage.rehearsal.events)
    refused = get_done(stage, deed, happened)
    if refused is not None:
        said = f"{step.name} is refused: {because(refused)}"
        raise Gap(REFUSED_ON_THE_WAY, said, (deed, refused))
    line = deed.new or deed.on or MAIN
    _must_be_so(stage, plays, line, stage.case)
    stage.deeds[-1] = replace(stage.deeds[-1], then=standing(stage, line))
    moved = [one.data["to"] for one in stage.rehearsal.events[before:] if one.kind == "moved" and one.line == line]
    if plays.approval:
        return f"{step.name} is carried out, and {_unsigned(stage, plays)}"
    return f"{step.name} leads to {moved[0] if moved else stage.case.lines[line].state}{_though(plays)}"


def _though(plays: Plays) -> str:
    """Return what holds besides, in words."""
    holds = " and ".join(f"`{condition.expr}`" for condition, answer in plays.wanted if answer)
    fails = " nor ".join(f"`{condition.expr}`" for condition, answer in plays.wanted if not answer)
    said = [f"{holds} hold{'' if ' and ' in holds else 's'}"] if holds else []
    said += [f"neither {fails} does" if " nor " in fails else f"{fails} does not"] if fails else []
    return f", where {', and '.join(said)}" if said else ""


def _unsigned(stage: Stage, plays: Plays) -> str:
    signed = [one.data for one in stage.rehearsal.events if one.kind == "approval_signed"]
    roles = {one.get("role") for one in signed if one.get("approval") == plays.approval}
    if not plays.unsigned and not roles:
        return f"nobody signed {plays.approval}"
    if plays.unsigned and not roles & set(plays.unsigned):
        return f"{plays.approval} counted as given without a signature of {' or '.join(plays.unsigned)}"
    raise Gap(NOT_REFUSED, f"{plays.approval} is signed by {', '.join(sorted(map(str, roles)))}")


def _came(stage: Stage, plays: Plays, step: Step) -> str:
    """Fill what an automatic step waits for; it must come, and all that is wanted still be so then."""
    line = _fill_what_is_waited_for(stage, plays, step)
    moved = [one for one in stage.rehearsal.events if one.kind == "moved" and one.line == line]
    came = next((one for one in moved if one.data["step"] == step.name), None)
    if came is None:
        raise Gap(OTHER_VALUES, f"{step.name} does not come")
    _must_be_so(stage, plays, line, stage.case)
    stage.look(standing(stage, line))
    return f"{step.name} leads to {came.data['to']} by itself{_though(plays)}"


def _fill_what_is_waited_for(stage: Stage, plays: Plays, step: Step) -> str:
    """Fill what an automatic step waits for, and return the line of it."""
    line = MAIN if plays.line == CASE else stage.case.tracks(plays.line)[0].id
    deed = Deed("do", step.name, HERE, on=None if line == MAIN else line)
    if not _filled_together(stage, deed):
        for name in sorted(stage.wishes.aimed):
            fill(stage, deed, name, {})
    return line


def _filled_together(stage: Stage, deed: Deed) -> bool:
    """Fill all values on which it hangs at once: each of them alone might be enough for the step to come."""
    kind = CASE if deed.on is None else deed.on.partition("/")[0]
    values: dict[str, str] = {}
    who = ""
    for name in sorted(stage.wishes.aimed):
        declared = stage.definition.find_field(kind, name)
        if declared is None or not declared.by:
            continue
        text = stage.text_for(declared, deed.on or MAIN, replace(deed, values=values))
        if not stage.holds(declared, deed.on or MAIN, text):
            values[name] = text
            who = who or stage.guess.filler(declared.by, stage.case, deed.on or MAIN)
    return bool(values) and stage.small(Deed("fill", values, HERE, by=who, on=deed.on))


# ---------------------------------------------------------------------------------------------------- neither


def _not_broken(stage: Stage, plays: Plays, step: Step) -> Gap:
    """Do what the engine should break off at, and return that it did not; what it breaks off at raises Gap itself."""
    if step.is_automatic:
        _fill_what_is_waited_for(stage, plays, step)
        return Gap(NOT_REFUSED, f"{step.name} leads nowhere back")
    refused = get_done(stage, *asked_for(stage, plays, step))
    said = "is carried out" if refused is None else f"is refused: {because(refused)}"
    return Gap(NOT_REFUSED, f"{step.name} {said}")


def broken_off(stage: Stage, broken: Deed, gap: Gap) -> str:
    """Note that the engine breaks off at the deed *broken*, and return in words why."""
    stage.deeds.append(replace(broken, then=Expected(refused=(DefinitionDefect.code,))))
    said = str(gap).partition("\n")[0]  # the mend is for whoever runs into it
    return f"the engine breaks off: {said}"


def _stuck(stage: Stage, plays: Plays) -> str:
    if plays.line != CASE:
        for line in stage.case.tracks(plays.line):
            if line.state == plays.stage:
                _must_be_so(stage, plays, line.id, stage.case)
        return no_step_leads_on(stage, plays.line, plays.stage)
    _must_be_so(stage, plays, MAIN, stage.case)
    said = nothing_leads_on(stage)
    if any(deed.then is not None and NOT_ENTITLED in deed.then.refused for deed in stage.deeds):
        house = stage.rehearsal.binding.organisation.name
        raise Gap(REFUSED_OTHERWISE, f"{house} has nobody for a step that leads on: {said}")
    return said
