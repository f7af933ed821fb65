"""A reduction that the law permits and the procedure can never use."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.checks.reading import readings
from inprocap_flow.language.model import Definition

CODE = "reduction-without-fact"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "no field can say the fact, so no case can use the reduction"


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each variant of a used limit whose fact no yes_no field of the case answers."""
    limits = {**(around.rulebook.limits if around.rulebook else {}), **definition.limits}
    seen: set[tuple[str, str]] = set()
    for reading in readings(definition):
        for use in reading.uses():
            limit = limits.get(use.word) if use.kind == "limit" else None
            for variant in (one for value in limit.values for one in value.variants) if limit else ():
                for fact in variant.facts:
                    field = definition.main.fields.get(fact)
                    if (field is None or field.type != "yes_no") and (use.word, fact) not in seen:
                        seen.add((use.word, fact))
                        yield Finding(
                            reading.origin,
                            f"`{use.word}` is shorter when `{fact}`, but no yes_no field of that name asks.",
                            f"Declare the field `{fact}`; without it the unreduced value always holds.",
                        )
