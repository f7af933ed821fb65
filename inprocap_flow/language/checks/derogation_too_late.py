"""A derogation that can be granted only where nothing asks any more for the rules that it lifts."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import acts, all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.graph import reachable, stands_in
from inprocap_flow.language.model import Definition, Derogation, Guard, Step

CODE = "derogation-too-late"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "it is about what an overlay lifts, and in which order the file lets it be granted: a case of it is "
    "refused as if there were no derogation"
)


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each derogation from whose stages no way leads to a step that asks for a rule it lifts.

    Rules that an act on a deadline, or a condition elsewhere, names are asked for anywhere.
    """
    for one in definition.derogations.values():
        asking = _asking(definition, one)
        if not one.while_case or not asking or None in asking:
            continue
        steps = [step for step in asking if step is not None]
        after = reachable(definition, definition.main, one.while_case)
        if not any(after & stands_in(definition, step) for step in steps):
            names = " and ".join(dict.fromkeys(f"`{step.name}`" for step in steps))
            stages = " or ".join(f"`{stage}`" for stage in one.while_case)
            lost = f"from where no way leads to {names}, where the rule is asked for."
            fact = f"`{one.name}` can be granted in {stages}, {lost}"
            yield Finding(f"derogations.{one.name}", fact, "Name stages before it under `while:`.")


def _asking(definition: Definition, derogation: Derogation) -> list[Step | None]:
    """Return the steps that look at a rule which *derogation* lifts; None among them: something else does, too."""
    rules = derogation.lifts
    found: list[Step | None] = [one for one in all_steps(definition) if _names(one.already_there.that, rules)]
    found += [
        reading.step
        for reading in readings(definition)
        if any(use.kind == "rule" and use.word in rules for use in reading.uses())
    ]
    if any(_names(act.requires.that, rules) for _, act in acts(definition)):
        found.append(None)
    return found


def _names(guards: tuple[Guard, ...], rules: tuple[str, ...]) -> bool:
    return any(guard.rule in rules for guard in guards)
