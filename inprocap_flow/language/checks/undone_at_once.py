"""A step that leads to where an automatic one leads straight back."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.conditions import Asking, Judged, given_for, guards_of, not_decided, once
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_step
from inprocap_flow.language.checks.loops import asked_on
from inprocap_flow.language.checks.plays import BROKEN, Plays
from inprocap_flow.language.checks.reading import Reading, fields_of
from inprocap_flow.language.explore.reads import asked
from inprocap_flow.language.explore.scope import Part, field_of, place, touches
from inprocap_flow.language.expressions.tree import Call, Expr, walk
from inprocap_flow.language.graph import Edge, edges
from inprocap_flow.language.model import CASE, Definition, Step

CODE = "undone-at-once"
SEVERITY = ADVICE  # what the automatic step waits for may have changed by then


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each step after which an automatic one may hold that leads back to where it started.

    Nothing is said where the step changes anything that the automatic one waits for: then that is how they are kept
    apart, and whether it is so is for scenarios. Circles of automatic steps alone are `automatic-loop`'s.
    """
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for line in definition.lines:
        ways = [edge for edge in edges(definition, line) if edge.step is not None and edge.source != edge.target]
        for there in ways:
            for back in ways:
                if (back.source, back.target) == (there.target, there.source):
                    yield from _straight_back(asking, there, back)


def _straight_back(asking: Asking, there: Edge, back: Edge) -> Iterator[Judged]:
    definition = asking.known.definition
    step, automatic = there.step, back.step
    if step is None or automatic is None or step.is_automatic or not automatic.is_automatic:
        return
    if automatic.already_there.approvals or _reads(definition, automatic) & _changed(definition, step):
        return
    line = definition.line(step.line)
    wanted = [*asked_on(line, back), *((one, True) for one in guards_of(definition, automatic))]
    wanted += asked_on(line, there)
    answer = asking.decide(
        list(dict.fromkeys(wanted)), (*given_for(definition, step), *given_for(definition, automatic))
    )
    if answer.is_possible:
        shown = answer.shown()
        fact = (
            f"`{step.name}` leads to `{there.target}`, from where `{automatic.name}` leads straight back to "
            f"`{there.source}`{f', with {shown}' if shown else ''}: then nothing has changed."
        )
        mend = f"Let `{step.name}` change what `{automatic.name}` waits for, or ask that it does not hold."
        plays = Plays(BROKEN, step.line, (step,), there.source, tuple(dict.fromkeys(wanted)))
        yield Judged(Finding(of_step(step), fact, mend, plays=plays))
    elif not answer.is_impossible:
        yield not_decided(of_step(step), f"whether `{automatic.name}` leads straight back after `{step.name}`", answer)


def _reads(definition: Definition, step: Step) -> set[Part]:
    """Return the tracks, deadlines, milestones and fields on which it hangs whether *step* comes by itself."""
    found: set[Part] = set()
    for condition in guards_of(definition, step):
        found |= set(asked(definition, step.line, condition.expr))
        fields = fields_of(definition, Reading(condition.expr, step.line, of_step(step), step))
        found |= {("field", home, name) for home, name in fields}
        found |= {("approval", "", "") for part in walk(condition.expr) if _may_be_void(part)}
    needs = step.already_there
    found |= {("deadline", *place(definition, step.line, name)) for name in (*needs.within, *needs.after)}
    return found


def _may_be_void(part: Expr) -> bool:
    return isinstance(part, Call) and part.function == "approved"


def _changed(definition: Definition, step: Step, seen: frozenset[str] = frozenset()) -> set[Part]:
    """Return what *step* may change, with the steps of tracks that it takes along; approvals count as changed."""
    found: set[Part] = {("approval", "", ""), *touches(definition, step)}
    if step.line != CASE:
        found.add(("track", step.line, ""))
    if step.milestone:
        found.add(("milestone", definition.milestones.get(step.milestone, CASE), step.milestone))
    if step.extends is not None:
        found.add(("deadline", *place(definition, step.line, step.extends.deadline)))
    if step.ends_everything:
        found |= {("track", kind, "") for kind in definition.tracks}
        found |= {("deadline", line.kind, name) for line in definition.lines for name in line.deadlines}
    for name in (*step.handed_in.fields, *step.may_fill, *step.sets):
        found.add(("field", *field_of(definition, step.line, name)))
    for create in step.creates:
        found |= {("field", create.track, name) for name in create.values}
    for move in step.moves:
        moved = definition.line(move.track).steps[move.step]
        if f"{move.track}.{move.step}" not in seen:
            found |= _changed(definition, moved, seen | {f"{move.track}.{move.step}"})
    return found
