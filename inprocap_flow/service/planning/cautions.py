"""Conditions that only warn: a plan goes on as if they held, and says what will be said."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import Guard, Step, said
from inprocap_flow.service.planning.ends import Clocks
from inprocap_flow.service.planning.items import Caution, Item
from inprocap_flow.service.planning.network import Day
from inprocap_flow.service.planning.waiting import KnownFields, warned


def cautions_of(clocks: Clocks, item: Item, step: Step, day: Day, language: str) -> Iterator[Caution]:
    """Yield what *step*, planned for *day* from the stage of *item*, may warn of; what holds already is left out.

    An answer that rests on what only time will tell, or on a hook, is not known.
    """
    known = KnownFields(clocks, day)
    for guard in warned(step, item.stage, clocks.case.lifted):
        holds = known.answer(guard.holds) if guard.holds is not None else None
        if holds is not True:
            yield _caution(clocks, item, step, guard, holds, language)


def _caution(clocks: Clocks, item: Item, step: Step, guard: Guard, holds: bool | None, language: str) -> Caution:
    rule = clocks.binding.definition.rules.get(guard.rule or "")
    return Caution(
        item.name,
        step.name,
        item.title,
        said(guard.if_not, language),
        holds,
        said(rule.title, language) if rule else "",
        rule.basis if rule else "",
        guard.cite or (rule.cite if rule else None) or "",
    )
