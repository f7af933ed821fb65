"""A least length that the law gives as the longest, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.expressions.tree import Call, Expr, Word, walk
from inprocap_flow.language.model import Definition, Limit

CODE = "limit-turned-round"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "a limit read the wrong way round gives a length all the same: that it should be another one stands in "
    "the rulebook, not in a case"
)
WRONG = {"at_least": ("at_most",), "at_most": ("at_least", "above")}
"""By the key of a deadline: the directions of limits that contradict it."""


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each `at_least` of a deadline by a limit of direction `at_most`, and the other way round."""
    limits = {**(around.rulebook.limits if around.rulebook else {}), **definition.limits}
    for line in definition.lines:
        for deadline in line.deadlines.values():
            for key, wrong in WRONG.items():
                for limit in _named(getattr(deadline, key), limits):
                    if limit.direction in wrong:
                        yield Finding(
                            of_line(line.kind, "deadlines", deadline.name),
                            f"`{deadline.name}` lasts {key.replace('_', ' ')} `{limit.name}`, which is a limit of "
                            f"direction `{limit.direction}`.",
                            f"Write `{_other(key)}:` here, name another limit, or say `direction: {key}` there.",
                        )


def _named(source: Expr | str | None, limits: Mapping[str, Limit]) -> Iterator[Limit]:
    for part in walk(source) if isinstance(source, Expr) else ():
        if isinstance(part, Call) and part.function == "limit" and isinstance(part.arguments[0], Word):
            found = limits.get(part.arguments[0].word)
            if found is not None:
                yield found


def _other(key: str) -> str:
    return "at_most" if key == "at_least" else "at_least"
