"""Every expression of a definition with the place it stands in, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inprocap_flow.language.checks.finding import of_line, of_step
from inprocap_flow.language.expressions.syntax import Call, Expr, Use, walk, words_in
from inprocap_flow.language.model import CASE, Approval, ClockAct, Deadline, Definition, HookCall, Line, Step


@dataclass(frozen=True, slots=True)
class Reading:
    """One expression. ``step`` is set where it decides about a step; ``each`` is the track of a bare ``each``."""

    expr: Expr
    line: str
    origin: str
    step: Step | None = None
    each: str | None = None

    def uses(self) -> list[Use]:
        """Return every word that it uses."""
        return words_in(self.expr, each=self.each)


def readings(definition: Definition) -> Iterator[Reading]:
    """Yield every expression of *definition*, in order of writing line by line."""
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            yield from of_a_step(step)
        for approval in line.approvals.values():
            yield from _of_an_approval(line, approval)
        for deadline in line.deadlines.values():
            yield from _of_a_deadline(line, deadline)
    for derogation in definition.derogations.values():
        for number, guard in enumerate(derogation.already_there.that):
            for expr in (*_one(guard.holds), *_one(guard.hook)):
                yield Reading(expr, CASE, f"derogations.{derogation.name}.that.{number}")
    for watch in definition.watches.values():
        yield Reading(watch.when, CASE, f"watches.{watch.name}")


def of_a_step(step: Step) -> Iterator[Reading]:
    """Yield every expression of *step*."""
    origin = of_step(step)
    for number, guard in enumerate(step.already_there.that):
        for expr in (*_one(guard.holds), *_one(guard.hook)):
            yield Reading(expr, step.line, f"{origin}.that.{number}", step)
    plain = [*_one(step.as_soon_as), *(expr for branch in step.targets for expr in _one(branch.when))]
    plain += [expr for value in step.sets.values() for expr in _one(value)]
    plain += _one(step.extends.until if step.extends else None)
    for expr in plain:
        yield Reading(expr, step.line, origin, step)
    for move in step.moves:
        for expr in _one(move.where):
            yield Reading(expr, step.line, origin, step, move.track)
    for report in step.reports:
        for expr in report.values.values():
            yield Reading(expr, step.line, origin, step)
    for create in step.creates:
        for expr in (*create.values.values(), *_one(create.where)):
            yield Reading(expr, step.line, origin, step, create.for_each)


def _of_an_approval(line: Line, approval: Approval) -> Iterator[Reading]:
    origin = of_line(line.kind, "approvals", approval.name)
    for number, signature in enumerate(approval.signatures):
        for expr in _one(signature.when):
            yield Reading(expr, line.kind, f"{origin}.signatures.{number}")
    for expr in approval.sets.values():
        yield Reading(expr, line.kind, origin)


def _of_a_deadline(line: Line, deadline: Deadline) -> Iterator[Reading]:
    origin = of_line(line.kind, "deadlines", deadline.name)
    lengths = (deadline.period, deadline.proposes, deadline.at_least, deadline.at_most)
    found = [expr for length in lengths if isinstance(length, Expr) for expr in _one(length)]
    found += [*_one(deadline.ends_at), *_one(deadline.met_when)]
    found += [expr for reminder in deadline.remind for expr in _one(reminder.when)]
    for expr in found:
        yield Reading(expr, line.kind, origin)
    for act in deadline.acts.values():
        yield from _of_an_act(line, f"{origin}.acts.{act.kind}", act)


def _of_an_act(line: Line, origin: str, act: ClockAct) -> Iterator[Reading]:
    for expr in _one(act.until):
        yield Reading(expr, line.kind, origin)
    for number, guard in enumerate(act.requires.that):
        for expr in (*_one(guard.holds), *_one(guard.hook)):
            yield Reading(expr, line.kind, f"{origin}.that.{number}")


def _one(value: Expr | HookCall | None) -> list[Expr]:
    if isinstance(value, HookCall):
        return list(value.arguments)
    return [] if value is None else [value]


def without_presence(expr: Expr) -> Iterator[Expr]:
    """Yield the parts of *expr* that look at a value, not only at whether there is one."""
    hidden = {id(part) for call in walk(expr) if isinstance(call, Call) and call.function in ("known", "has")
              for part in walk(call)}  # fmt: skip
    for part in walk(expr):
        if id(part) not in hidden:
            yield part


def fields_of(definition: Definition, reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield line and name of every field that *reading* looks at."""
    for use in reading.uses():
        if use.kind == "field":
            yield (home_of(definition, reading.line, use.word), use.word)
        elif use.kind == "each_field":
            yield (home_of(definition, use.track or "", use.word), use.word)
        elif use.kind == "member" and use.track is not None and use.track in definition.tracks:
            yield (use.track, use.word)
        elif use.kind == "owner" and use.word not in definition.tracks:
            yield (home_of(definition, reading.line, use.word), use.word)


def home_of(definition: Definition, line: str, field: str) -> str:
    """Return the line that declares *field* as *line* sees it."""
    own = definition.tracks.get(line)
    return line if own is not None and field in own.fields else CASE
