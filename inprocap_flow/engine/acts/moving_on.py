"""Whether a case fits another version of its procedure, and how it would stand there. Pure; changes nothing.

Every line must have a stage to stand in from which its end can be reached, every clock that runs and every value must
be accounted for, and nothing that is sealed may come open by it. What does not fit is a `Blocker` each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.records import Blocker, Case, DeadlineState, LineState, When
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.choices import overlays_on
from inprocap_flow.language.migrations import (
    ASK,
    DROP,
    KEEP,
    LATER,
    RECOMPUTE,
    START,
    STOP,
    Answers,
    LineChange,
    Migration,
)
from inprocap_flow.language.model import CASE, Deadline, Field, Line
from inprocap_flow.language.values import decode
from inprocap_flow.language.versions.ahead import Change, changes_ahead, gone_clock, other_clock
from inprocap_flow.language.versions.compare import Between, becomes, goes_on, same_rules, starts_ahead
from inprocap_flow.records import record

MEND = "say in the plan what becomes of it"


@record
class Fit:
    """A case between two versions. ``old`` and ``new`` are bindings, ``answers`` what was asked for this case."""

    old: Binding
    new: Binding
    case: Case
    plan: Migration
    when: When

    @property
    def answers(self) -> Answers:
        return self.plan.of_case(self.case.id)

    def change(self, line: LineState) -> LineChange:
        return self.plan.line(line.kind)

    def was(self, line: LineState) -> Line:
        return self.old.definition.line(line.kind)

    def becomes(self, line: LineState) -> Line | None:
        """Return the definition of *line* in the new version; None if there is no such kind of track any more."""
        definition = self.new.definition
        return definition.main if line.kind == CASE else definition.tracks.get(line.kind)


def misfits(fit: Fit) -> Iterator[Blocker]:
    """Yield every reason why the case cannot go over as the plan says."""
    yield from _overlays(fit)
    for line in fit.case.in_order:
        new = fit.becomes(line)
        if new is None or new.parent != fit.was(line).parent:
            reason = f"The new version has no {line.kind} as this case has them."
            yield Blocker("track-gone", reason, about=line.kind, line=line.id, mend="leave this case where it is")
            continue
        yield from _stage(fit, line, new)
        yield from _values(fit, line, new)
        yield from _documents(fit, line, new)
    for state in fit.case.deadlines.values():
        if state.is_open:
            yield from _clock(fit, state)
    for line in fit.case.in_order:
        yield from _new_clocks(fit, line)


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


def new_state(fit: Fit, line: LineState, new: Line) -> str | None:
    """Return the state in which *line* will stand; None if the new version has none for it."""
    return becomes(new, fit.change(line), line.state)


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
            yield Blocker("value-missing", reason, about=name, line=line.id, mend="write it under this case")
        elif declared.sealed_until is not None:
            reason = f"{name} is sealed; a plan is read by everybody and cannot hold it."
            yield Blocker("sealed", reason, about=name, line=line.id, mend="let it come with a step")


def given_values(fit: Fit, line: LineState) -> dict[str, Any]:
    """Return the values that the plan gives to *line*; None where one is asked for and not there."""
    if line.ended:
        return {}
    change, answers = fit.change(line), fit.answers.values
    asked = {change.now("fields", n): None for n, choice in change.fields.items() if choice == ASK}
    own = {place.partition(" ")[2]: value for place, value in answers.items() if place.partition(" ")[0] == line.id}
    return {**asked, **change.values, **own}


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


# ---------------------------------------------------------------------------------------------- clocks


def clock_of(fit: Fit, state: DeadlineState) -> tuple[Deadline | None, Deadline | None, str | None]:
    """Return the old and the new rules of a clock, and what the plan says of it; nothing said of equal rules: keep."""
    line = fit.case.lines[state.line]
    change, new = fit.change(line), fit.becomes(line)
    was = fit.was(line).deadlines.get(state.name)
    into = new.deadlines.get(change.now("deadlines", state.name)) if new else None
    choice = change.deadlines.get(state.name)
    if choice is None and was is not None and into is not None and same_rules(was, into):
        choice = KEEP
    return was, into, choice


def _clock(fit: Fit, state: DeadlineState) -> Iterator[Blocker]:
    was, into, choice = clock_of(fit, state)
    if was is None and into is None:
        return
    if choice == STOP:
        return
    if into is None:
        yield undecided("deadline", state.name, state.line, "no deadline of the new version, and it runs")
    elif choice not in (KEEP, RECOMPUTE, ASK):
        yield undecided("deadline", state.name, state.line, "another rule in the new version, and it runs")
    elif choice == ASK:
        yield from _end_given(fit, state.line, into)


def _end_given(fit: Fit, line_id: str, declared: Deadline) -> Iterator[Blocker]:
    if declared.backwards_from:
        reason = f"{declared.name} is counted back from {declared.backwards_from}; nobody can say when it ends."
        yield Blocker("end-missing", reason, about=declared.name, line=line_id, mend="recompute it")
    elif f"{line_id} {declared.name}" not in fit.answers.ends:
        reason = f"The end of {declared.name} is asked for, and this case has none in the plan."
        yield Blocker("end-missing", reason, about=declared.name, line=line_id, mend="write it under this case")


def new_clocks(fit: Fit, line: LineState) -> Iterator[tuple[Deadline, str | None]]:
    """Yield the deadlines that the new version has for *line* and the old one had not, with what the plan says."""
    new = fit.becomes(line)
    if new is None or line.ended:
        return
    change = fit.change(line)
    known = {change.now("deadlines", name) for name in fit.was(line).deadlines}
    for name, declared in new.deadlines.items():
        if name not in known:
            yield declared, change.deadlines.get(name)


def _new_clocks(fit: Fit, line: LineState) -> Iterator[Blocker]:
    for declared, choice in new_clocks(fit, line):
        if choice == ASK:
            yield from _end_given(fit, line.id, declared)
        elif choice not in (START, LATER) and not _starts_later(fit, line, declared):
            yield undecided("deadline", declared.name, line.id, "new, and what starts it lies behind")


def _starts_later(fit: Fit, line: LineState, declared: Deadline) -> bool:
    """Return whether something ahead of *line* still starts the clock; what follows another one comes by itself."""
    new = fit.becomes(line)
    state = new_state(fit, line, new) if new else None
    if new is None or state is None:
        return True  # that is said elsewhere
    return not declared.backwards_from and starts_ahead(fit.new.definition, new, state, declared.name)


# ---------------------------------------------------------------------------------------------- what is ahead


def otherwise_ahead(between: Between, case: Case) -> Iterator[tuple[str, Change]]:
    """Yield what is otherwise ahead of each open line, with its id; of a kind not begun yet, with the kind."""
    begun = {line.kind for line in case.lines.values() if not line.ended}
    for line in case.in_order:
        found = () if line.ended else changes_ahead(between, line.kind, line.state)
        for change in (*found, *_running(between, case, line)):
            # Of a kind that has begun, the tracks themselves are looked at, each where it stands.
            if change.line == line.kind:
                yield line.id, change
            elif change.line not in begun:
                yield change.line, change


def _running(between: Between, case: Case, line: LineState) -> Iterator[Change]:
    """Yield what becomes of the clocks of a line that run, where what starts them lies behind."""
    now = between.new.main if line.kind == CASE else between.new.tracks.get(line.kind)
    change, was = between.plan.line(line.kind), between.old.line(line.kind)
    for state in case.deadlines.values() if now is not None else ():
        before = was.deadlines.get(state.name) if state.line == line.id and state.is_open else None
        after = now.deadlines.get(change.now("deadlines", state.name)) if now is not None else None
        if before is not None and after is None:
            yield gone_clock(state.name, line.kind)
        elif before is not None and after is not None:
            yield from other_clock(before, after, line.kind)


def undecided(what: str, name: str, line: str, why: str) -> Blocker:
    """Return the blocker of something that the plan must say what becomes of."""
    return Blocker("not-in-the-plan", f"The {what} {name}: {why}.", about=name, line=line, mend=MEND)
