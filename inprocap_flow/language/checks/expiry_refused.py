"""A deadline that may end where the step that it fires cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asking, question
from inprocap_flow.language.checks.finding import ERROR, Finding, called, of_line
from inprocap_flow.language.explore.asking import Answer, Question
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.expiring import PERHAPS
from inprocap_flow.language.explore.reads import looks_at_tracks
from inprocap_flow.language.explore.scope import Part
from inprocap_flow.language.explore.search import Fault
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.model import Deadline, Definition

CODE = "expiry-refused"
SEVERITY = ERROR
NEVER = "a deadline ends where the step that it fires is not offered or is surely refused"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield for each deadline that fires a step whether it may end where that step cannot be taken."""
    for line in definition.lines:
        for deadline in line.deadlines.values():
            if deadline.when_over:
                part: Part = ("deadline", line.kind, deadline.name)
                fires = line.steps[deadline.when_over]
                alone = not (looks_at_tracks(definition, fires) or fires.moves or fires.creates)
                look = Question(definition, [part], _refused(deadline), alone=alone).answered
                yield question(deadline.name, look, partial(_finding, deadline))


def _refused(deadline: Deadline) -> Fault:
    def fault(_world: World, happened: Happening) -> Deed | None:
        deed = happened.deed
        if (deed.verb, deed.kind, deed.name) != ("expire", deadline.line, deadline.name):
            return None
        return deed if deed.refused and not deed.refused.endswith(PERHAPS) else None

    return fault


def _finding(deadline: Deadline, answer: Answer) -> Finding:
    deed = answer.path.deeds[-1] if answer.path else None
    where = deed.before.leaf if deed and deed.before else ""
    return Finding(
        of_line(deadline.line, "deadlines", deadline.name),
        f"`{deadline.name}` may end while {called(deadline.line)} stands in `{where}`, where `{deadline.when_over}` "
        "cannot be taken: it is refused, and nothing follows.",
        "Stop the deadline (`stops:`, `meets:`) where it no longer counts, or let the step start there, too.",
    )
