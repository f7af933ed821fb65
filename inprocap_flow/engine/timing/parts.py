"""A length of two parts, such as the law's and what a house gives beyond it: each with its value, source and basis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.calendar.compute import Computed
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.calendar.rules import Step
from inprocap_flow.engine.case.binding import Journal
from inprocap_flow.engine.case.records import Ground
from inprocap_flow.language.expressions.tree import Arithmetic, Call, Constant, Expr, Word
from inprocap_flow.records import record

Used = Mapping[str, Any]


@record
class Part:
    """One part of a length; ``used`` is the dated value that it was, empty for a period that is written out."""

    period: Period
    used: Used

    @property
    def basis(self) -> str:
        return str(self.used.get("basis", "")).replace("_", " ")

    @property
    def ground(self) -> Ground:
        evidence = self.used.get("confirmed_on")
        return Ground(
            str(self.period), str(self.used.get("basis", "")), str(self.used.get("source", "")), evidence or None
        )

    def __str__(self) -> str:
        if not self.used:
            return str(self.period)
        because = f", because of {self.used['variant']}" if self.used.get("variant") else ""
        return f"{self.period} ({self.basis}: {self.used['source']}{because})"


def leading(limits: Mapping[str, Used]) -> dict[str, Any]:
    """Return the dated value that a length rests on first: of several one of law, else the first; empty for none."""
    of_law = (used for used in limits.values() if used.get("basis") == "law")
    return dict(next(of_law, next(iter(limits.values()), {})))


def parts_of(source: Expr | str | None, limits: Mapping[str, Used]) -> tuple[Part, ...]:
    """Return the parts of a length that was evaluated with *limits*; none for one that is whole."""
    return tuple(_parts(source, limits)) if isinstance(source, Arithmetic) else ()


def grounds_of(source: Expr | str | None, limits: Mapping[str, Used]) -> tuple[Ground, ...]:
    """Return what each part of a length rests on, as refusals and previews hold it; none for one that is whole."""
    return tuple(one.ground for one in parts_of(source, limits))


def _parts(source: Expr, limits: Mapping[str, Used]) -> Iterator[Part]:
    if isinstance(source, Arithmetic):
        for part in source.parts:
            yield from _parts(part, limits)
    elif isinstance(source, Constant):
        yield Part(parse_period(source.text), {})
    elif isinstance(source, Call) and isinstance(source.arguments[0], Word):
        used = limits.get(source.arguments[0].word)
        if used is not None:
            yield Part(parse_period(str(used["value"])), used)


def in_words(parts: tuple[Part, ...]) -> str:
    """Return the parts as people read them: ``30 days (law: ...) and 10 days more (house rule: ...)``."""
    first, *more = map(str, parts)
    return " and ".join((first, *(one.replace(" (", " more (", 1) if " (" in one else f"{one} more" for one in more)))


def resting(computed: Computed, source: Expr | str | None, journal: Journal) -> dict[str, Any]:
    """Return *computed* as an event holds it, its trace led by the parts that the length of *source* has."""
    plain = computed.to_plain()
    parts = parts_of(source, journal.limits)
    if parts:
        text = f"{computed.how.asked.period}, counted as one period, are {in_words(parts)}."
        plain["trace"] = [Step("R13", text, "", "convention").to_plain(), *plain["trace"]]
    return plain
