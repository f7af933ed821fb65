"""Days counted plainly where the law says how to count."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding, of_line
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Definition

CODE = "plain-counting-of-law"
SEVERITY = ADVICE
NOTHING_TO_PLAY = (
    "days are counted otherwise than the law counts them: both are dates, and only the rulebook says which is right"
)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each deadline that rests on a limit of law and is counted `plain`."""
    limits = {**(around.rulebook.limits if around.rulebook else {}), **definition.limits}
    of_law = {name for name, limit in limits.items() if "law" in limit.bases}
    counted = {
        (of_line(line.kind, "deadlines", deadline.name)): deadline.name
        for line in definition.lines
        for deadline in line.deadlines.values()
        if (deadline.counting or definition.counting) == "plain"
    }
    for reading in readings(definition):
        named = sorted({use.word for use in reading.uses() if use.kind == "limit"} & of_law)
        if named and reading.origin in counted:
            yield Finding(
                reading.origin,
                f"`{counted[reading.origin]}` rests on the legal limit `{named[0]}`, but its days are counted plainly.",
                "Write `counting: eu-1182-71`, or say in `cite:` which law counts plainly.",
            )
