"""What no plan may do: a migration is no way round the steps, clocks and signatures of a procedure.

A plan says what becomes of what is gone or is another. What both versions have goes over as it is: nobody takes a step,
stops a clock, closes a window early, fills or empties a field, or reaches a milestone by moving a case over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from inprocap_flow.engine.acts.fitting import Fit, clock_of, given_values, new_state
from inprocap_flow.engine.case.people import Acting, Capacity, capacity_for
from inprocap_flow.engine.case.records import Blocker, Case, DeadlineState, LineState, key, unstamp
from inprocap_flow.language.migrations import ASK, STOP
from inprocap_flow.language.model import CASE, Deadline, Line
from inprocap_flow.language.versions.beyond import (
    filled_or_emptied,
    lies_behind,
    milestones,
    renamed_of_case,
    renamed_wrongly,
    singular,
    steps_to,
    untouched_fields,
)

BY_ITSELF = "leave it out of the plan: it goes over by itself"


def shortcuts(fit: Fit) -> Iterator[Blocker]:
    """Yield everything in the plan that would do more to the case than bring it over."""
    for line in fit.case.in_order:
        new = fit.becomes(line)
        if new is None:
            continue  # said elsewhere
        yield from _renamed(line, renamed_wrongly(fit.was(line), new, fit.change(line)))
        if not line.ended:
            yield from _stage(fit, line, new)
            yield from _values(fit, line, new)
    old, new_one = fit.old.definition, fit.new.definition
    yield from _renamed(fit.case.main, renamed_of_case(old, new_one, fit.plan.line(CASE)))
    for state in fit.case.deadlines.values():
        _, into, choice = clock_of(fit, state)
        if state.is_open and into is not None and choice == STOP:
            reason = f"The new version has the deadline {into.name} too, and it runs; moving a case stops no clock."
            mend = "keep its end, recompute it, or ask for one"
            yield Blocker("not-by-a-plan", reason, about=state.name, line=state.line, mend=mend)


def shortened(fit: Fit, after: Case) -> Iterator[Blocker]:
    """Yield every announced closing that ends earlier in *after*, the case as it would go over (R14).

    Only what was asked for this case may: that corrects a wrong end, within the lawful bounds. What is counted back
    from it goes along.
    """
    moved = [(was, into, end) for was, into, end in _ends(fit, after) if end < unstamp(was.end or "")]
    given = {into.name for was, into, _ in moved if clock_of(fit, was)[2] == ASK}
    for was, into, end in moved:
        if _is_announced(fit, was) and not given & {into.name, into.backwards_from}:
            then, now = (f"{one.astimezone(fit.new.zone):%a %Y-%m-%d %H:%M}" for one in (unstamp(was.end or ""), end))
            reason = f"{into.name} was announced to be open until {then}, and would close at {now}."
            mend = "keep its end, or ask for one"
            yield Blocker("too-early", reason, about=into.name, line=was.line, mend=mend)


def _ends(fit: Fit, after: Case) -> Iterator[tuple[DeadlineState, Deadline, datetime]]:
    """Yield each clock that runs and goes over, with its new rules and its end in *after*."""
    for was in fit.case.deadlines.values():
        into = clock_of(fit, was)[1] if was.is_open and was.end else None
        now = after.deadlines.get(key(was.line, into.name)) if into else None
        if into is not None and now is not None and now.end:
            yield was, into, unstamp(now.end)


def _is_announced(fit: Fit, was: DeadlineState) -> bool:
    declared, into, _ = clock_of(fit, was)
    rules = declared or into
    return rules is not None and rules.kind == "open_until"


def _stage(fit: Fit, line: LineState, new: Line) -> Iterator[Blocker]:
    """Yield why a line that is mapped to another stage would be carried past something."""
    to = new_state(fit, line, new)
    if to is None or to == line.state:
        return
    if line.state in new.leaves:
        reason = f"The new version has the stage {line.state} too; moving a case takes no step to {to}."
        yield Blocker("not-by-a-plan", reason, about=line.state, line=line.id, mend=BY_ITSELF)
        return
    for passed in _behind(fit, line, new, to):
        reason = f"{to} lies behind {passed}, which this case has not come to."
        mend = f"map {line.state} to a stage before {passed}"
        yield Blocker("not-by-a-plan", reason, about=passed, line=line.id, mend=mend)


def _behind(fit: Fit, line: LineState, new: Line, to: str) -> Iterator[str]:
    """Yield what both versions have, *line* has not come to, and without which nothing leads to *to*.

    Milestones it has not reached; then steps it cannot have carried out, for it never left a stage from which they
    lead on.
    """
    change, was, definition = fit.change(line), fit.was(line), fit.new.definition
    missed = {change.now("milestones", name) for name in milestones(was) if name not in line.milestones}
    found = [one for one in sorted(missed & milestones(new)) if lies_behind(definition, new, to, steps_to(new, one))]
    yield from found
    said = {name for one in found for name in steps_to(new, one)}
    for name, step in was.steps.items():
        undone = name in new.steps and name not in said and not set(step.sources) & set(line.left)
        if undone and lies_behind(definition, new, to, [name]):
            yield name


def _values(fit: Fit, line: LineState, new: Line) -> Iterator[Blocker]:
    """Yield fields that would be filled or emptied although their values go over as they are."""
    was, change = fit.was(line), fit.change(line)
    for name in sorted(filled_or_emptied(change, given_values(fit, line)) & untouched_fields(was, new, change)):
        reason = f"The new version has the field {name} as it was; a plan neither fills nor empties it."
        yield Blocker("not-by-a-plan", reason, about=name, line=line.id, mend=BY_ITSELF)


def fills_for_others(fit: Fit, actor: str) -> Iterator[Blocker]:
    """Yield fields that the plan fills and that *actor*, who moves the case, may not fill (its ``by:``)."""
    for line in fit.case.in_order:
        new = fit.becomes(line)
        for name in given_values(fit, line) if new else ():
            declared = new.fields.get(name) if new else None
            if declared is None or not declared.by:
                continue  # said elsewhere; or it comes only with a step, which may lie behind
            found = capacity_for(Acting(fit.new, fit.case, actor, fit.when.last, line), declared.by)
            if isinstance(found, Capacity):
                continue
            reason = f"The plan fills {name}. {found[0].reason}"
            mend = "let somebody who may fill it move the case, or leave it out of the plan"
            yield Blocker("not-by-a-plan", reason, about=name, line=line.id, mend=mend, who=found[0].who)


def _renamed(line: LineState, wrong: Iterable[tuple[str, str, str]]) -> Iterator[Blocker]:
    """Yield new names of what is still there, and such that something else had, or that two things would have."""
    for what, name, now in wrong:
        thing = singular(what)
        reason = f"The {thing} {name} cannot be called {now}: that is another {thing}."
        yield Blocker("not-by-a-plan", reason, about=name, line=line.id, mend="rename only what is gone")
