"""How long a period can be on a day: one length, or several where a limit has reductions or values by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.language.expressions.tree import Call, Expr, Word
from inprocap_flow.language.model import Limit, LimitValue, LimitVariant

Written = Expr | str | None


@dataclass(frozen=True, slots=True)
class Length:
    """A period, and the limit that it comes from with its source; both empty for one that is written out."""

    period: Period
    limit: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{self.period} (limit {self.limit}: {self.source})" if self.limit else str(self.period)


class Lengths:
    """What a written length comes to on each day; ``readable`` is no for one that depends on facts of the case."""

    def __init__(self, written: Written, limits: Mapping[str, Limit]) -> None:
        self.fixed: tuple[Length, ...] | None = None
        self.limit: Limit | None = None
        if isinstance(written, str):
            self.fixed = (Length(parse_period(written)),)
        elif isinstance(written, Call) and written.function == "limit" and isinstance(written.arguments[0], Word):
            self.limit = limits.get(written.arguments[0].word)
        self._made: dict[int, tuple[Length, ...]] = {}
        self.readable = self.fixed is not None or (self.limit is not None and self.limit.unit == "period")

    @property
    def rests_on_law(self) -> bool:
        """Whether it is a limit: then a clock time counts only once the last day is whole (ruling 13)."""
        return self.limit is not None

    def on(self, day: date) -> tuple[Length, ...]:
        """Return every length that it can have for a clock that starts on *day*; none if no value is in force then."""
        if self.fixed is not None or self.limit is None:
            return self.fixed or ()
        values = self.limit.values if self.limit.as_of else _in_force(self.limit.values, day)
        return tuple(length for value in values for length in self._of(value))

    @property
    def by_the_hour(self) -> bool:
        """Whether some of it is counted in hours, so that the hour of the start matters."""
        values = self.limit.values if self.limit is not None else ()
        every = (*(self.fixed or ()), *(length for value in values for length in self._of(value)))
        return any(length.period.unit == "hours" for length in every)

    def _of(self, value: LimitValue) -> tuple[Length, ...]:
        made = self._made.get(id(value))
        if made is None:
            assert self.limit is not None
            found: tuple[LimitValue | LimitVariant, ...] = (value, *value.variants)
            made = self._made[id(value)] = tuple(
                Length(parse_period(str(one.value)), self.limit.name, one.source)
                for one in found
                if one.value is not None
            )
        return made


def _in_force(values: tuple[LimitValue, ...], day: date) -> tuple[LimitValue, ...]:
    """Return the value in force on *day*, if there is one: the last that began, unless it has ended."""
    text = day.isoformat()
    begun = [value for value in values if value.valid_from <= text]
    return tuple(value for value in begun[-1:] if value.valid_until is None or text <= value.valid_until)
