"""A step that waits for a deadline which need not have started."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import belongs, steps_and_branches
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_step
from inprocap_flow.language.checks.plays import REFUSED, Plays
from inprocap_flow.language.graph import reachable, stands_in
from inprocap_flow.language.model import CASE, Definition, Step

CODE = "after-may-never-start"
SEVERITY = ADVICE


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each step `after` a deadline of the case that some way round starts or stops nowhere.

    Such a step is refused for ever on that way. Conditions are left aside, so the way may in truth be shut.
    """
    for line in definition.lines:
        for step in line.steps.values():
            for name in step.already_there.after:
                home, bare = belongs(definition, line.kind, name)
                deadline = definition.line(home).deadlines.get(bare)
                if (
                    home == CASE
                    and deadline is not None
                    and deadline.backwards_from is None
                    and _avoided(definition, step, bare)
                ):
                    yield Finding(
                        of_step(step),
                        f"`{step.name}` waits for `{bare}`, which need not have been started by then.",
                        "Start it on every way there, or stop it (`stops:`) where it is not owed.",
                        plays=Plays(REFUSED, line.kind, (step,), codes=("deadline-not-started",)),
                    )


def _avoided(definition: Definition, waiting: Step, name: str) -> bool:
    touching = {
        step.name
        for step, part in steps_and_branches(definition)
        if step.line == CASE and name in (*part.starts, *part.stops)
    }
    elsewhere = any(name in (*part.starts, *part.stops) for step, part in steps_and_branches(definition) if step.line)
    return not elsewhere and bool(
        reachable(definition, definition.main, without=touching) & stands_in(definition, waiting)
    )
