"""An amount compared with a limit in another currency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inprocap_flow.language.checks.finding import ERROR, Around, Finding, of_line
from inprocap_flow.language.checks.plays import MIXED, Plays, refused
from inprocap_flow.language.checks.reading import Reading, home_of, readings
from inprocap_flow.language.expressions.syntax import (
    Arithmetic,
    Call,
    Compare,
    Constant,
    Expr,
    Member,
    Name,
    Word,
    walk,
)
from inprocap_flow.language.model import CASE, Definition

CODE = "mixed-currencies"
SEVERITY = ERROR
NOT_OF_A_STEP = "no step waits for it: what rests on it is not worked out, and a case goes on without"

_UNKNOWN = ("guard-unknown", "branch-unknown", "field-missing", "approval-missing", "approval-unknown")


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each comparison or sum of amounts whose currencies are known and differ.

    With an overlay a threshold is also held against an amount of which nothing says the currency: it is taken to be
    in that of the organisation, where there is one.
    """
    home = around.organisation.currency if around.organisation and definition.overlays else ""
    units = {name: limit.unit for name, limit in definition.limits.items()}
    units |= {name: limit.unit for name, limit in around.rulebook.limits.items()} if around.rulebook else {}
    for reading in readings(definition):
        for part in walk(reading.expr):
            if not isinstance(part, Compare) and not (isinstance(part, Arithmetic) and part.sign in "+-"):
                continue
            taken = home if any(_is_threshold(side) for side in part.parts) else ""
            found = {one for side in part.parts for one in currencies(definition, reading, side, units, taken)}
            if len(found) > 1:
                yield Finding(
                    reading.origin,
                    f"`{part}` puts {' and '.join(sorted(found))} together.",
                    "Convert one side: `in_currency(amount, 'EUR')` uses the dated rate of the organisation.",
                    plays=_played(definition, reading),
                )


def _played(definition: Definition, reading: Reading) -> Plays | str:
    """Return how a step is refused that hangs on it, or one that needs an approval whose signatures hang on it."""
    if reading.step is not None:
        return replace(refused(reading.step, _UNKNOWN), says=MIXED)
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            for name in step.already_there.approvals:
                found = definition.find_approval(line.kind, name)
                if found and reading.origin.startswith(f"{of_line(found.line, 'approvals', found.name)}."):
                    return replace(refused(step, _UNKNOWN), says=MIXED)
    return NOT_OF_A_STEP


def _is_threshold(expr: Expr) -> bool:
    return isinstance(expr, Constant) or (isinstance(expr, Call) and expr.function == "limit")


def currencies(
    definition: Definition, reading: Reading, expr: Expr, units: dict[str, str], home: str = ""
) -> Iterator[str]:
    """Yield the currency of *expr*, if it is known; *home* is that of amounts of which nothing says theirs."""
    if isinstance(expr, Constant) and expr.type_name == "money":
        yield expr.text.split()[-1]
    elif isinstance(expr, Call) and isinstance(expr.arguments[-1], Word) and expr.function in ("limit", "in_currency"):
        word = expr.arguments[-1].word
        unit = units.get(word, "") if expr.function == "limit" else word
        yield from [unit] if unit.isupper() else []
    elif isinstance(expr, Call) and expr.function in ("min", "max"):
        for side in expr.arguments:
            yield from currencies(definition, reading, side, units, home)
    elif isinstance(expr, Call) and expr.function in ("total", "lowest", "highest"):
        kind = expr.arguments[0]
        about = replace(reading, each=kind.word) if isinstance(kind, Word) else reading
        yield from currencies(definition, about, expr.arguments[1], units, home)
    elif isinstance(expr, Name | Member):
        track = (reading.each or "") if isinstance(expr, Member) and expr.owner == "each" else reading.line
        line = expr.owner if isinstance(expr, Member) and expr.owner in definition.tracks else track
        field = definition.line(home_of(definition, line, expr.name) if line else CASE).fields.get(expr.name)
        if field is not None and field.type == "money":
            yield from [one for one in (field.currency or home,) if one]
    elif isinstance(expr, Arithmetic):
        for side in expr.parts:
            yield from currencies(definition, reading, side, units, home)
