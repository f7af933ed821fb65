"""What two versions of a procedure share, and what is otherwise in the second; titles and sources never count.

Static: what *may* happen to some case. Where one case stands is for the engine (`engine.acts.moving_on`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inprocap_flow.language.graph import reachable, reaching
from inprocap_flow.language.migrations import LineChange, Migration
from inprocap_flow.language.model import CASE, Approval, Deadline, Definition, Field, Line, Role, Step
from inprocap_flow.language.versions.renaming import NewWords
from inprocap_flow.records import record


@record
class Between:
    """Two versions, and the plan from the first to the second."""

    old: Definition
    new: Definition
    plan: Migration

    @property
    def new_words(self) -> NewWords:
        """What the old version says, in the words of the new one."""
        return NewWords(self.old, self.plan, self.new)

    @property
    def lines(self) -> Iterator[tuple[Line, Line | None, LineChange]]:
        """Yield every line of the old version, what it is in the new one, and what the plan says of it."""
        for line in self.old.lines:
            yield line, self.becomes(line.kind), self.plan.line(line.kind)

    def becomes(self, kind: str) -> Line | None:
        """Return what lines of the old *kind* are in the new version; None if there is no such kind any more."""
        return self.new.main if kind == CASE else self.new.tracks.get(self.plan.kind(kind))

    def parent(self, line: Line) -> str | None:
        """Return what the new version calls the kind of line that *line* of the old one belongs to; None: none."""
        return self.plan.kind(line.parent) if line.parent else line.parent


# ---------------------------------------------------------------------------------------------- stages


def finals(line: Line) -> tuple[str, ...]:
    """Return the stages in which a line ends."""
    return tuple(leaf for leaf in line.leaves if line.stages[leaf].final is not None)


def goes_on(definition: Definition, line: Line, leaf: str) -> bool:
    """Return whether an end of *line* can be reached from *leaf*, conditions left aside."""
    return leaf in reaching(definition, line, finals(line))


def becomes(now: Line, change: LineChange, leaf: str) -> str | None:
    """Return the leaf of the new version in which a line goes on that stands in *leaf*; None if there is none."""
    address = change.stage(leaf)
    return now.leaf(address) if address in now.stages else None


# ---------------------------------------------------------------------------------------------- clocks


def same_rules(between: Between, was: Deadline, now: Deadline) -> bool:
    """Return whether two deadlines end and act alike; acts of people and what they are reminded of do not count."""
    return not other_rules(between, was, now)


def other_rules(between: Between, was: Deadline, now: Deadline) -> tuple[str, ...]:
    """Return the keys in which two deadlines differ, in order of the alphabet; what is only renamed is the same."""
    before = between.new_words.deadline(was)
    return tuple(name for name in _RULES if getattr(before, name) != getattr(now, name))


_RULES = (
    "at_least", "at_most", "backwards_from", "calendar", "closes_at", "counting", "ends_at", "kind", "met_when",
    "outlives_case", "period", "when_over",
)  # fmt: skip


def starts_ahead(definition: Definition, line: Line, leaf: str, deadline: str) -> bool:
    """Return whether something may still start *deadline* of *line* when that stands in *leaf*."""
    there = reachable(definition, line, [leaf])
    ahead = (step for step in line.steps.values() if any(source in there for source in step.sources))
    if any(starts(step, deadline) for step in ahead):
        return True
    others = definition.tracks.values() if line.kind == CASE else ()
    return any(starts(step, deadline) for track in others for step in (track.begins, *track.steps.values()))


def starts(step: Step, deadline: str) -> bool:
    """Return whether *step* starts *deadline*, in whichever branch."""
    named = (*step.starts, *step.restarts, *(name for branch in step.targets for name in branch.starts))
    return deadline in named


# ---------------------------------------------------------------------------------------------- approvals, values


def same_approval(was: Approval, now: Approval, between: Between) -> bool:
    """Return whether what people signed is what they would sign now: the same things covered, the same signatures.

    Whoever signs must not be bound more strictly either: else those who signed might not be let sign today.
    """
    before = between.new_words.approval(was)
    same = _covers(before) == _covers(now) and before.signatures == now.signatures
    return same and not any(_stricter(between, line.role) for line in now.signatures)


def _stricter(between: Between, name: str) -> bool:
    """Return whether holders of the role *name* may do less, or must declare more, than in the old version."""
    words = between.new_words
    before = next((old for old, new in words.other_roles.items() if new == name), name)
    was, now = between.old.roles.get(before), between.new.roles.get(name)
    if was is None or now is None:
        return was is not now
    return (
        not _apart(between.new, now) <= set(words.roles(tuple(_apart(between.old, was))))
        or not set(now.never) <= set(was.never)
        or not set(now.not_who_brought) <= set(was.not_who_brought)
        or now.declares_interests > was.declares_interests
        or now.at_least > was.at_least
    )


def _apart(definition: Definition, role: Role) -> set[str]:
    """Return the roles kept apart from *role*, whichever of the two says so."""
    others = (one.name for one in definition.roles.values() if role.name in one.apart_from)
    return {*role.apart_from, *others}


def _covers(approval: Approval) -> tuple[Any, ...]:
    return (
        sorted(approval.void_if_changed_fields),
        sorted(approval.void_if_changed_documents),
        approval.together,
        approval.meeting,
        approval.if_sent_back,
        dict(approval.sets),
    )


def same_kind(was: Field, now: Field) -> bool:
    """Return whether every value of the one field is a value of the other."""
    return was.type == now.type and (not now.choices or set(was.choices) <= set(now.choices)) and was.type != ""
