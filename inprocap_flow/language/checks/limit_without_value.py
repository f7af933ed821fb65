"""A limit that the rulebook does not answer, or has no value in force from some day on."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Definition, Limit

CODE = "limit-without-value"
SEVERITY = ADVICE


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each use of a limit that has no value now and later, or only between two days."""
    limits = {**(around.rulebook.limits if around.rulebook else {}), **definition.limits}
    for reading in readings(definition):
        for use in reading.uses():
            limit = limits.get(use.word) if use.kind == "limit" else None
            if limit is not None and _ends(limit):
                yield Finding(
                    reading.origin,
                    f"The limit `{use.word}` has no value from {_ends(limit)} on.",
                    "Add the value that holds then, with its source.",
                )


def _ends(limit: Limit) -> str:
    last = limit.values[-1]
    if last.value is None:
        return last.valid_from
    return f"the day after {last.valid_until}" if last.valid_until else ""
