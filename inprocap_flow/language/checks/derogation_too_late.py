"""A derogation that can be granted only where nothing asks any more for the rules that it lifts."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.graph import reachable, stands_in
from inprocap_flow.language.model import Definition, Derogation, Step

CODE = "derogation-too-late"
SEVERITY = ERROR


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each derogation from whose stages no way leads to a step that asks for a rule it lifts.

    Rules that an act on a deadline, or a condition elsewhere, names are asked for anywhere.
    """
    for one in definition.derogations.values():
        asking = [step for step in all_steps(definition) if _asks(step, one)]
        if not one.while_case or not asking or _is_asked_elsewhere(definition, one):
            continue
        after = reachable(definition, definition.main, one.while_case)
        if not any(after & stands_in(definition, step) for step in asking):
            steps = " and ".join(f"`{step.name}`" for step in asking)
            stages = " or ".join(f"`{stage}`" for stage in one.while_case)
            fact = (
                f"`{one.name}` can be granted in {stages}, from where no way leads to {steps}, which asks for the rule."
            )
            yield Finding(f"derogations.{one.name}", fact, "Name stages before it under `while:`.")


def _asks(step: Step, derogation: Derogation) -> bool:
    return any(guard.rule in derogation.lifts for guard in step.already_there.that)


def _is_asked_elsewhere(definition: Definition, derogation: Derogation) -> bool:
    """Return whether something besides the conditions of steps looks at a rule: an act on a deadline, `lifted()`."""
    acts = (act for line in definition.lines for one in line.deadlines.values() for act in one.acts.values())
    if any(guard.rule in derogation.lifts for act in acts for guard in act.requires.that):
        return True
    return any(
        use.kind == "rule" and use.word in derogation.lifts for one in readings(definition) for use in one.uses()
    )
