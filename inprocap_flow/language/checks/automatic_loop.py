"""Steps that happen by themselves and lead in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.conditions import guards_of
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_step
from inprocap_flow.language.checks.loops import asked_on
from inprocap_flow.language.checks.plays import BROKEN, Plays
from inprocap_flow.language.expressions.words import names_in
from inprocap_flow.language.graph import edges
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import Definition, Line, Step

CODE = "automatic-loop"
SEVERITY = ADVICE
NOBODY_LEADS_IN = "no step of a person leads to where the circle begins"


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each automatic step from which automatic steps lead back; the engine stops such a circle."""
    for line in definition.lines:
        ways = _automatic(definition, line)
        for step in line.steps.values():
            if step.is_automatic and any(source in _from(ways, ways.get(source, set())) for source in step.sources):
                yield Finding(
                    of_step(step),
                    f"Automatic steps lead from where `{step.name}` ends back to where it starts.",
                    "Let a person decide one of them, or make sure that their conditions exclude each other.",
                    plays=_led_in(definition, line, step),
                )


def _automatic(definition: Definition, line: Line) -> dict[str, set[str]]:
    ways: dict[str, set[str]] = {}
    for edge in edges(definition, line):
        if edge.step is not None and edge.step.is_automatic:
            ways.setdefault(edge.source, set()).add(edge.target)
    return ways


def _from(ways: dict[str, set[str]], starts: set[str]) -> set[str]:
    seen, waiting = set(starts), list(starts)
    while waiting:
        more = ways.get(waiting.pop(), set()) - seen
        seen |= more
        waiting += more
    return seen


def _led_in(definition: Definition, line: Line, first: Step) -> Plays | str:
    """Return how a step of a person leads to where *first* starts, with all conditions on the circle met."""
    ways = _automatic(definition, line)
    round_ = _from(ways, set().union(*(ways.get(one, set()) for one in first.sources)))
    circle = [one for one in line.steps.values() if one.is_automatic and round_ & set(one.sources)]
    wanted = tuple((guard, True) for one in circle for guard in guards_of(definition, one))
    if all(_filled_by_somebody(line, condition) for condition, _ in wanted):
        entry = next((one for one in circle if _entered(definition, line, round_) & set(one.sources)), first)
        return Plays(BROKEN, line.kind, (entry,), wanted=wanted)
    for edge in edges(definition, line):
        step = edge.step
        by_people = step is not None and not step.is_automatic and not step.is_system
        if step is not None and by_people and edge.target in first.sources and edge.source not in round_:
            return Plays(BROKEN, line.kind, (step,), edge.source, (*wanted, *asked_on(line, edge)))
    if any(one.to in line.stages and line.leaf(one.to) in first.sources for one in line.begins.targets):
        return Plays(BROKEN, line.kind, (line.begins,), wanted=wanted)
    return NOBODY_LEADS_IN


def _filled_by_somebody(line: Line, condition: Condition) -> bool:
    names = names_in(condition.expr)
    return bool(names) and all(name in line.fields and bool(line.fields[name].by) for name in names)


def _entered(definition: Definition, line: Line, circle: set[str]) -> set[str]:
    """Return the stages to which a line comes from outside of the *circle*, or begins in."""
    begun = {line.leaf(one.to) for one in line.begins.targets if one.to in line.stages}
    return begun | {edge.target for edge in edges(definition, line) if edge.source not in circle}
