"""A condition that reads what is still sealed, and so tells it; a step that publishes it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.deadlines import all_steps
from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_step
from inprocap_flow.language.checks.reading import Reading, home_of, readings, without_presence
from inprocap_flow.language.expressions.syntax import Use, words_in
from inprocap_flow.language.graph import before_milestone, reachable, stands_in
from inprocap_flow.language.model import CASE, Definition

CODE = "sealed-read-early"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "an open value tells itself by whichever way a case takes: a scenario sees all values anyway, so it "
    "cannot see that one leaked"
)


def check(definition: Definition, _around: Around) -> Iterator[Finding]:
    """Yield a finding for each expression that looks at a sealed value where its milestone need not be reached, and
    for each step that publishes something sealed there.

    `known()` and `has()` may ask: that something came in is no secret, what it says is.
    """
    yield from _published(definition)
    for reading in readings(definition):
        for line, name in dict.fromkeys(_looked_at(definition, reading)):
            milestone = definition.line(line).fields[name].sealed_until
            if milestone is None or definition.milestones.get(milestone) != CASE:
                continue
            if _places(definition, reading) & before_milestone(definition, milestone):
                yield Finding(
                    reading.origin,
                    f"This reads `{name}`, which is sealed until `{milestone}`, where that need not be reached yet.",
                    "Ask it only after the milestone; a refusal or a move would tell the value.",
                )


def _published(definition: Definition) -> Iterator[Finding]:
    for step in all_steps(definition):
        for name in step.publishes:
            line = definition.line(step.line)
            home = line if name in line.fields or name in line.documents else definition.main
            declared = home.fields.get(name) or home.documents.get(name)
            milestone = declared.sealed_until if declared else None
            if milestone in (None, step.milestone) or definition.milestones.get(milestone or "") != CASE:
                continue
            if stands_in(definition, step) & before_milestone(definition, str(milestone)):
                yield Finding(
                    of_step(step),
                    f"`{step.name}` publishes `{name}`, which is sealed until `{milestone}`, where that need not be "
                    "reached yet.",
                    "Publish it at that milestone or after it; what is sealed, nobody can read.",
                )


def _places(definition: Definition, reading: Reading) -> frozenset[str]:
    """Return the stages of the case in which the expression is read: anywhere, unless it belongs to a step."""
    return reachable(definition, definition.main) if reading.step is None else stands_in(definition, reading.step)


def _looked_at(definition: Definition, reading: Reading) -> Iterator[tuple[str, str]]:
    seen = {(part.start, part.width) for part in without_presence(reading.expr) if not part.parts}
    for use in words_in(reading.expr, each=reading.each):
        if (use.start, use.width) in seen:
            yield from _field(definition, reading, use)


def _field(definition: Definition, reading: Reading, use: Use) -> Iterator[tuple[str, str]]:
    line = use.track if use.kind in ("each_field", "member") else reading.line
    if use.kind not in ("field", "each_field", "member") or (use.kind == "member" and line not in definition.tracks):
        return
    home = home_of(definition, line or CASE, use.word)
    if use.word in definition.line(home).fields:
        yield home, use.word
