"""A condition that holds whatever happens, and so asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.checks.conditions import Asking, Held, Judged, conditions, not_decided, once, ranges
from inprocap_flow.language.checks.finding import ADVICE, Around, Finding
from inprocap_flow.language.model import Definition

CODE = "condition-always-holds"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "the condition holds in every case, so none is ever kept back by it"


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each condition that is never no."""
    yield from (one.finding for one in judged(definition, around) if one.decided)


@once
def judged(definition: Definition, around: Around) -> Iterator[Judged]:
    """Yield the findings, and what was not decided."""
    asking = Asking.about(definition, around)
    for held in conditions(definition):
        answer = asking.whether([(held.condition, False)], held.given)
        if answer.is_impossible and asking.whether([(held.condition, True)], held.given).is_possible:
            yield Judged(_always(asking, held))
        elif not answer.is_impossible and not answer.is_possible:
            yield not_decided(held.origin, f"whether `{held.text}` always holds", answer)


def _always(asking: Asking, held: Held) -> Finding:
    known = ranges(asking.question([(held.condition, False)], held.given))
    why = f" ({known})" if known else ""
    unknown = asking.whether([(held.condition, None)], held.given).is_possible
    when = "whenever what it reads is known" if unknown else "always"
    fact = f"The {held.what} `{held.text}` holds {when}{why}."
    mend = "Ask for the field under `already_there: {fields: ...}` instead." if unknown else "Remove it, or correct it."
    return Finding(held.origin, fact, mend)
