"""Which signatures an approval may need at one time, and whose absence alone would stop something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from inprocap_flow.language.guards import Answer, decide
from inprocap_flow.language.guards.abstraction import Condition, Known, ask
from inprocap_flow.language.model import SYSTEM, Approval, Definition, Organisation, step_of
from inprocap_flow.language.people.approvals import Use, judge, uses
from inprocap_flow.language.people.staff import Staff

MOST_CONDITIONS = 6
"""With more conditional signatures than this, all of them are taken to be needed together."""


def needed_together(known: Known, approval: Approval) -> list[tuple[int, ...]]:
    """Return the largest sets of signatures (by number) that can be needed at one time: those without condition, and
    those whose conditions can hold together.
    """
    always = tuple(number for number, one in enumerate(approval.signatures) if one.when is None)
    sometimes = [number for number, one in enumerate(approval.signatures) if one.when is not None]
    if len(sometimes) > MOST_CONDITIONS:
        return [tuple(range(len(approval.signatures)))]
    found: list[frozenset[int]] = []
    for size in range(len(sometimes), -1, -1):
        for some in combinations(sometimes, size):
            if not any(set(some) <= larger for larger in found) and _can_hold(known, approval, some):
                found.append(frozenset(some))
    return [tuple(sorted((*always, *some))) for some in found]


def are_surely_needed(known: Known, approval: Approval, lines: tuple[int, ...]) -> bool:
    """Return whether some values need just these signatures (by number) together, and not only that it is not known."""
    answer = _together(known, approval, lines)
    return answer is None or answer.is_possible


def _can_hold(known: Known, approval: Approval, some: tuple[int, ...]) -> bool:
    answer = _together(known, approval, some)
    return answer is None or not answer.is_impossible


def _together(known: Known, approval: Approval, some: tuple[int, ...]) -> Answer | None:
    """Return whether the conditions of *some* signatures can hold together; None if they have none."""
    whens = (approval.signatures[number].when for number in some)
    wanted = [(Condition(when, approval.line), True) for when in whens if when is not None]
    return decide(ask(known, wanted)) if wanted else None


@dataclass(frozen=True, slots=True)
class Stopped:
    """What nobody could do if ``person`` alone were away: approvals (by name, with what needs them), and
    steps, acts on deadlines and derogations.
    """

    person: str
    approvals: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]


def who_is_needed(known: Known, organisation: Organisation) -> list[Stopped]:
    """Return everybody whose absence alone would stop something that now is possible, in order of writing.

    Nobody else is away; substitutes stand in. A person without whom nothing stops is left out.
    """
    definition = known.definition
    before = Staff(definition, organisation)
    found = []
    for person in organisation.people:
        away = Staff(definition, organisation, frozenset({person}))
        lost = tuple(_lost(known, before, away))
        approvals = tuple(dict.fromkeys((one.approval.name, one.needed_by) for one, signed in lost if not signed))
        uncarried = (one.needed_by for one, signed in lost if signed)
        steps = tuple(dict.fromkeys((*_lost_steps(definition, before, away), *uncarried)))
        if approvals or steps:
            found.append(Stopped(person, approvals, steps))
    return found


def _lost(known: Known, before: Staff, after: Staff) -> Iterator[tuple[Use, bool]]:
    """Yield what can be met no more, and whether it can still be signed: then nobody is left to carry it out."""
    for use in uses(known.definition):
        for lines in needed_together(known, use.approval):
            if not judge(after, use, lines).can and judge(before, use, lines).can:
                yield use, judge(after, replace(use, by=()), lines).can


def _lost_steps(definition: Definition, before: Staff, after: Staff) -> Iterator[str]:
    for name, by in _deeds(definition):
        firms = any((role := definition.roles.get(one)) and role.speaks_for for one in by)
        done_by_people = bool(by) and by != (SYSTEM,) and not firms
        if done_by_people and before.options(by, "move") and not after.options(by, "move"):
            yield name


def _deeds(definition: Definition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every step, act on a deadline and derogation with the roles that carry it out."""
    for line in definition.lines:
        yield from ((step.name, step.by) for step in (line.begins, *line.steps.values()))
        acts = (step_of(deadline, act) for deadline in line.deadlines.values() for act in deadline.acts.values())
        yield from ((act.name, act.by) for act in acts)
    yield from ((one.name, one.by) for one in definition.derogations.values())
