"""A plan that would do more to cases than bring them over: take a step, fill a field, or call two things alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inprocap_flow.language.checks.finding import ERROR
from inprocap_flow.language.checks.planning import PlanFinding, of, under
from inprocap_flow.language.migrations import LineChange
from inprocap_flow.language.model import CASE, Line
from inprocap_flow.language.versions.beyond import (
    filled_or_emptied,
    lies_behind,
    milestones,
    never_passed,
    renamed_of_case,
    renamed_wrongly,
    singular,
    steps_to,
    untouched_fields,
)
from inprocap_flow.language.versions.compare import Between, becomes

CODE = "migration-does-more"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about cases that run already: the plan is tried on them, and on nothing else, by `migrate --dry-run`"
)
BY_ITSELF = "Leave it out of the plan: it goes over by itself."


def check(between: Between) -> Iterator[PlanFinding]:
    """Yield a finding for everything in the plan that a case could only come to by a step, a request or a signature.

    What depends on how far a case has come is judged case by case when it goes over.
    """
    for was, now, change in between.lines:
        if now is not None:
            yield from _stages(between, was, now, change)
            yield from _renamed(was.kind, renamed_wrongly(was, now, change))
            yield from _fields(was, now, change)
    yield from _renamed(CASE, renamed_of_case(between.old, between.new, between.plan.line(CASE)))


def _stages(between: Between, was: Line, now: Line, change: LineChange) -> Iterator[PlanFinding]:
    for leaf in change.stages:
        to = becomes(now, change, leaf)
        if to is None or to == leaf or leaf not in was.leaves:
            continue  # said elsewhere, or nothing
        path = (*under(was.kind, "stages"), leaf)
        if leaf in now.leaves:
            fact = of(was.kind, f"the new version has the stage `{leaf}`, too; moving a case takes no step to `{to}`.")
            yield PlanFinding(path, fact, BY_ITSELF)
        elif passed := next(_passed_over(between, was, now, change, leaf, to), ""):
            fact = of(was.kind, f"`{to}` lies behind {passed}.")
            yield PlanFinding(path, fact, f"Map `{leaf}` to a stage before it.")


def _passed_over(between: Between, was: Line, now: Line, change: LineChange, leaf: str, to: str) -> Iterator[str]:
    """Yield what both versions have, nobody in *leaf* can have done, and without which nothing leads to *to*."""
    not_done = never_passed(between.old, was, leaf)
    for milestone in sorted(milestones(was)):
        renamed = change.now("milestones", milestone)
        if set(steps_to(was, milestone)) <= not_done and lies_behind(between.new, now, to, steps_to(now, renamed)):
            yield f"the milestone `{renamed}`, which nothing in `{leaf}` has reached"
    for name in sorted(not_done & set(now.steps)):
        if lies_behind(between.new, now, to, [name]):
            yield f"the step `{name}`, which nothing in `{leaf}` has gone through"


def _renamed(kind: str, wrong: Iterable[tuple[str, str, str]]) -> Iterator[PlanFinding]:
    for what, name, new in wrong:
        thing = singular(what)
        fact = of(kind, f"the {thing} `{name}` cannot be called `{new}`: that is another {thing}.")
        yield PlanFinding((*under(kind, "renamed"), what, name), fact, "Rename only what is gone.")


def _fields(was: Line, now: Line, change: LineChange) -> Iterator[PlanFinding]:
    for name in sorted(filled_or_emptied(change) & untouched_fields(was, now, change)):
        fact = of(was.kind, f"the new version has the field `{name}` as it was; a plan neither fills nor empties it.")
        part = "values" if name in change.values else "fields"
        yield PlanFinding((*under(was.kind, part), name), fact, BY_ITSELF)
