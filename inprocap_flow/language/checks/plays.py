"""Where a case must be led for a finding to show, and what shows it: for the scenario that `check --explain` writes.

A check says it with its finding; `service.counterexamples` leads a case there. A module of which nothing can be played
says in ``NOTHING_TO_PLAY`` why not, in one sentence that stands on its page, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Approval, Definition, Step

Wanted = tuple[tuple[Condition, bool], ...]
"""Conditions with the answer that each of them has where the fault shows."""

REFUSED = "refused"
"""Each of the steps is asked for where all of them start, with all that it needs, and is refused."""
TAKEN = "taken"
"""The step is carried out, by people or by itself, where it should not be, or leads where it should not."""
STUCK = "stuck"
"""The line stands in the stage, and no end of it can be reached."""
BROKEN = "broken"
"""The step is asked for, and the engine breaks off: by itself the line would come back to where it was."""
NOTHING_COMES = "nothing comes"
"""The line stands where the automatic step starts, and the step does not come."""
MISSED = "missed"
"""The deadline runs, the step (if there is one) is carried out, and once its time has passed the deadline is missed."""
NOT_FIRED = "not fired"
"""The deadline runs, and when it is over the step that should follow is refused."""
FIRED = "fired"
"""The deadline runs, and when it is over the step follows by itself, though the file gives it to people alone."""
AGAIN = "again"
"""The first step moves tracks; after all the others it is carried out again, and moves the same ones, or none."""
BARRED = "barred"
"""Somebody in the role asks for what the file says that this role does, and is refused."""

UNSIGNED_NOWHERE = "no step needs the approval, so nothing can be carried out without its signatures"


@dataclass(frozen=True, slots=True)
class Plays:
    """What is played. ``steps`` are asked for in ``stage`` (empty: wherever the first of them starts) of ``line``.

    ``wanted`` is so there. ``codes``: what a refusal must be about, any of them and nothing else, or *among* others;
    empty: whatever it is about. An automatic step is no deed: what it waits for is filled.
    ``unsigned``: the approval that was given without a signature of one of these roles; (empty: of anybody).
    Else ``approval`` is what is not given where the refusal speaks of approvals. ``says``: words of the refusal.
    ``clock``: the deadline of *line* that runs there. ``tracks``: the kind of tracks, and the stages, of which one
    stands there, too. ``role``: who asks, and ``deed`` what that is, if it is no step: its verb and its name.
    """

    shows: str
    line: str
    steps: tuple[Step, ...] = ()
    stage: str = ""
    wanted: Wanted = ()
    codes: tuple[str, ...] = ()
    among: bool = False
    approval: str = ""
    unsigned: tuple[str, ...] = ()
    says: str = ""
    clock: str = ""
    tracks: tuple[str, tuple[str, ...]] = ("", ())
    role: str = ""
    deed: tuple[str, str] = ("", "")


def unsigned(definition: Definition, approval: Approval, wanted: Wanted, roles: tuple[str, ...] = ()) -> Plays | str:
    """Return how a step that needs *approval* is carried out without a signature of *roles* (none: of anybody)."""
    for line in definition.lines:
        for step in line.steps.values():
            if any(definition.find_approval(line.kind, name) == approval for name in step.already_there.approvals):
                return Plays(TAKEN, line.kind, (step,), wanted=wanted, approval=approval.name, unsigned=roles)
    return UNSIGNED_NOWHERE


def refused(step: Step, codes: tuple[str, ...], wanted: Wanted = ()) -> Plays:
    """Return how a case shows that *step* is refused, for one of *codes* or among others, or never comes by itself."""
    if step.is_automatic or step.is_system:
        return Plays(NOTHING_COMES, step.line, (step,), wanted=wanted)
    return Plays(REFUSED, step.line, (step,), wanted=wanted, codes=codes, among=True)


MIXED = "do not mix"
"""How the engine says that amounts in two currencies cannot be compared."""


def kept_back(step: Step, conditions: Sequence[Condition]) -> Plays:
    """Return how a case shows that *step* is kept back by *conditions* which never hold together."""
    if step.is_automatic:
        return Plays(NOTHING_COMES, step.line, (step,))
    wanted = ((conditions[0], False),) if len(conditions) == 1 else ()
    return Plays(REFUSED, step.line, (step,), wanted=wanted, codes=("guard",))
