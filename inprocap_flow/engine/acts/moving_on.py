"""Whether a case fits another version of its procedure, and how it would stand there. Pure; changes nothing.

Every line must have a stage to stand in from which its end can be reached, every clock that runs and every value must
be accounted for, and nothing that is sealed may come open by it. What does not fit is a `Blocker` each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.acts.fitting import Fit, given_values, new_state, undecided
from inprocap_flow.engine.acts.moving_clocks import clock_misfits, in_plan
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, LineState
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.choices import overlays_on
from inprocap_flow.language.migrations import ASK, DROP
from inprocap_flow.language.model import CASE, Field, Line
from inprocap_flow.language.values import decode
from inprocap_flow.language.versions.compare import goes_on


def misfits(fit: Fit) -> Iterator[Blocker]:
    """Yield every reason why the case cannot go over as the plan says."""
    yield from _overlays(fit)
    for line in fit.case.in_order:
        new = fit.becomes(line)
        parent = fit.was(line).parent
        if new is None or new.parent != (fit.plan.kind(parent) if parent else parent):
            reason = f"The new version has no {line.kind} as this case has them."
            yield Blocker("track-gone", reason, about=line.kind, line=line.id, mend="leave this case where it is")
            continue
        yield from _stage(fit, line, new)
        yield from _values(fit, line, new)
        yield from _documents(fit, line, new)
    yield from clock_misfits(fit)


# ---------------------------------------------------------------------------------------------- whose rules


def _overlays(fit: Fit) -> Iterator[Blocker]:
    """Yield overlays that the case would get without its organisation having them, or lose while they are in force.

    Without this a plan could lay the house rules of one organisation on another, or lead a case past its own.
    """
    organisation = fit.new.organisation
    own, own_once = overlays_on(organisation, fit.new.day(fit.when.last)), {one.name for one in organisation.overlays}
    were = {one.name for one in fit.old.definition.overlays}
    will_be = {one.name for one in fit.new.definition.overlays}
    for name in sorted(will_be - were - own_once):
        reason = f"{organisation.name} does not have the overlay {name}, which the new version is made with."
        yield Blocker("overlay-of-others", reason, about=name, mend="use a plan to a version with its own overlays")
    for name in sorted((were - will_be) & set(own)):
        reason = f"The overlay {name} is in force for {organisation.name}, and the new version leaves it out."
        yield Blocker("overlay-left-out", reason, about=name, mend=f"use a plan to a version with {name}")


# ---------------------------------------------------------------------------------------------- where it stands


def _stage(fit: Fit, line: LineState, new: Line) -> Iterator[Blocker]:
    state = new_state(fit, line, new)
    if state is None:
        reason = f"It stands in {line.state}, which is gone."
        yield Blocker("stage-gone", reason, about=line.state, line=line.id, mend="map the stage to one that is there")
        return
    final = new.stages[state].final is not None
    if final != line.ended:
        reason = (
            f"It has ended, and {state} is no end." if line.ended else f"It would end in {state} by being moved over."
        )
        mend = "map the stage to an end" if line.ended else "map it to where the work goes on"
        yield Blocker("stage-of-another-kind", reason, about=state, line=line.id, mend=mend)
    elif not line.ended and not goes_on(fit.new.definition, new, state):
        reason = f"From {state} no end can be reached."
        yield Blocker("no-way-on", reason, about=state, line=line.id, mend="map it to a stage from which there is one")


# ---------------------------------------------------------------------------------------------- what is known


def _values(fit: Fit, line: LineState, new: Line) -> Iterator[Blocker]:
    was, change = fit.was(line), fit.change(line)
    for name, plain in line.fields.items():
        declared, choice = was.fields.get(name), change.fields.get(name)
        into = new.fields.get(change.now("fields", name))
        if declared is None and into is None:
            continue  # dropped by an earlier migration, and still to be seen
        if into is None:
            if choice != DROP:
                yield undecided("field", name, line.id, "no field of the new version")
        elif choice not in (ASK, DROP) and not fits(into, plain, declared or into):
            reason = f"The value of {name} does not fit the field {into.name} ({into.type}) of the new version."
            yield Blocker("value-does-not-fit", reason, about=name, line=line.id, mend="ask for it, or drop it")
        if declared is not None and is_sealed(plain):
            sealed = into.sealed_until if into else None
            yield from _seal(fit, line, name, (declared.sealed_until, sealed))
    yield from _asked_values(fit, line, new)


def fits(into: Field, plain: Any, declared: Field) -> bool:
    """Return whether a value of *declared* is one of *into* too."""
    if is_sealed(plain):
        return declared.type == into.type
    try:
        decode(into.type, plain)
    except (BadValue, ValueError, TypeError, KeyError):
        return False
    return not into.choices or plain in into.choices


def _asked_values(fit: Fit, line: LineState, new: Line) -> Iterator[Blocker]:
    for name, value in given_values(fit, line).items():
        declared = new.fields.get(name)
        if declared is None or value is None:
            reason = f"A value for {name} is asked for, and this case has none in the plan."
            yield Blocker("value-missing", reason, about=name, line=line.id, mend=in_plan(line.id, "fields", name))
        elif declared.sealed_until is not None:
            reason = f"{name} is sealed; a plan is read by everybody and cannot hold it."
            yield Blocker("sealed", reason, about=name, line=line.id, mend="let it come with a step")


def _documents(fit: Fit, line: LineState, new: Line) -> Iterator[Blocker]:
    was, change = fit.was(line), fit.change(line)
    for name, versions in line.documents.items():
        declared = was.documents.get(name)
        into = new.documents.get(change.now("documents", name))
        if declared is not None and into is None and change.documents.get(name) != DROP:
            yield undecided("document", name, line.id, "no document of the new version")
        if declared is not None and versions:
            yield from _seal(fit, line, name, (declared.sealed_until, into.sealed_until if into else None))


def _seal(fit: Fit, line: LineState, name: str, sealed: tuple[str | None, str | None]) -> Iterator[Blocker]:
    """Refuse what would let something be read before its moment: a seal goes over as it is."""
    was, now = sealed
    if was is None or CaseFacts(fit.old, fit.case, line.id, fit.when).reached(was):
        return
    renamed = {fit.change(line).now("milestones", was), fit.plan.line(CASE).now("milestones", was)}
    if now is None or now not in renamed:
        reason = f"{name} is sealed until {was}, and would be until {now or 'nobody knows when'}."
        yield Blocker("would-unseal", reason, about=name, line=line.id, mend="keep the seal, or wait for its moment")
