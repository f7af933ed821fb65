"""Which permitted reductions of legal periods a plan counts on, and which it could: facts that nobody has said.

An unanswered fact gives the unreduced period, the safe side; whoever plans should know what an answer would give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.engine.case.binding import Binding, in_force
from inprocap_flow.language.model import LimitVariant, said
from inprocap_flow.records import record
from inprocap_flow.service.planning.items import Draft


@record
class Reduction:
    """A shorter (or longer) value of a limit that holds if facts are yes.

    ``facts`` are names of fields or questions of the rulebook, ``asks`` their titles; ``taken``: the plan counts on it.
    ``open``: at least one of the facts is not answered yet, and none of them is no.
    """

    deadline: str
    limit: str
    value: str
    instead_of: str
    facts: tuple[str, ...]
    asks: tuple[str, ...]
    taken: bool
    open: bool

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        names = ("deadline", "limit", "value", "instead_of", "taken", "open")
        return {name: getattr(self, name) for name in names} | {"facts": list(self.facts), "asks": list(self.asks)}


def reductions_of(binding: Binding, draft: Draft, fields: Mapping[str, Any], language: str) -> tuple[Reduction, ...]:
    """Return the reductions of every legal period that the plan uses, in the order of its deadlines."""
    found: dict[tuple[str, str, str], Reduction] = {}
    for item in draft.items.values():
        for used in item.ends.limits.values() if item.ends else ():
            for one in _of_limit(binding, item.title, used, fields, language):
                found.setdefault((one.limit, one.value, " ".join(one.facts)), one)
    return tuple(found.values())


def _of_limit(
    binding: Binding, deadline: str, used: Mapping[str, Any], fields: Mapping[str, Any], language: str
) -> Iterator[Reduction]:
    limit = binding.limit(str(used["limit"]))
    value = in_force(limit.values, date.fromisoformat(str(used["day"])))
    if value is None or limit.unit != "period":
        return
    whole = str(parse_period(str(value.value)))
    for variant in value.variants:
        taken = used.get("variant") == variant.when
        answers = [fields.get(name) for name in variant.facts]
        waits = all(answer in (True, None) for answer in answers) and None in answers
        asks = tuple(_ask(binding, name, language) for name in variant.facts)
        yield Reduction(deadline, limit.name, _shown(variant), whole, variant.facts, asks, taken, waits)


def _shown(variant: LimitVariant) -> str:
    return str(parse_period(str(variant.value)))


def _ask(binding: Binding, name: str, language: str) -> str:
    declared = binding.definition.main.fields.get(name)
    if declared is not None:
        return said(declared.title, language) or name
    book = binding.rulebook.facts.get(name) if binding.rulebook else None
    return (said(book, language) if book else "") or name.replace("_", " ")
