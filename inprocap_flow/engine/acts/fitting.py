"""A case between two versions of its procedure, and what the plan says of each part of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Blocker, Case, DeadlineState, LineState, When
from inprocap_flow.language.migrations import ASK, KEEP, Answers, LineChange, Migration
from inprocap_flow.language.model import CASE, Deadline, Line
from inprocap_flow.language.versions.compare import Between, becomes, same_rules
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
        return definition.main if line.kind == CASE else definition.tracks.get(self.plan.kind(line.kind))


def new_state(fit: Fit, line: LineState, new: Line) -> str | None:
    """Return the state in which *line* will stand; None if the new version has none for it."""
    return becomes(new, fit.change(line), line.state)


def given_values(fit: Fit, line: LineState) -> dict[str, Any]:
    """Return the values that the plan gives to *line*; None where one is asked for and not there."""
    if line.ended:
        return {}
    change, answers = fit.change(line), fit.answers.values
    asked = {change.now("fields", n): None for n, choice in change.fields.items() if choice == ASK}
    own = {place.partition(" ")[2]: value for place, value in answers.items() if place.partition(" ")[0] == line.id}
    return {**asked, **change.values, **own}


def clock_of(fit: Fit, state: DeadlineState) -> tuple[Deadline | None, Deadline | None, str | None]:
    """Return the old and the new rules of a clock, and what the plan says of it; nothing said of equal rules: keep."""
    line = fit.case.lines[state.line]
    change, new = fit.change(line), fit.becomes(line)
    was = fit.was(line).deadlines.get(state.name)
    into = new.deadlines.get(change.now("deadlines", state.name)) if new else None
    choice = change.deadlines.get(state.name)
    between = Between(fit.old.definition, fit.new.definition, fit.plan)
    if choice is None and was is not None and into is not None and same_rules(between, was, into):
        choice = KEEP
    return was, into, choice


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


def undecided(what: str, name: str, line: str, why: str) -> Blocker:
    """Return the blocker of something that the plan must say what becomes of."""
    return Blocker("not-in-the-plan", f"The {what} {name}: {why}.", about=name, line=line, mend=MEND)
