"""How long a period can be on a day: one length, or several where a limit has reductions or values by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from inprocap_flow.calendar.periods import Period, parse_period, together
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.expressions.tree import Arithmetic, Call, Constant, Expr, Word
from inprocap_flow.language.model import Limit, LimitValue, LimitVariant

Written = Expr | str | None


@dataclass(frozen=True, slots=True)
class Length:
    """A period, and the limit that it comes from with its source; both empty for one that is written out.

    ``parts`` are the two that it is made of, where one is made longer by the other.
    """

    period: Period
    limit: str = ""
    source: str = ""
    parts: tuple[Length, ...] = ()

    def __str__(self) -> str:
        if self.parts:
            return f"{self.period} ({' and '.join(map(str, self.parts))})"
        return f"{self.period} (limit {self.limit}: {self.source})" if self.limit else str(self.period)


class Lengths:
    """What a written length comes to on each day; ``readable`` is no for one that depends on facts of the case."""

    def __init__(self, written: Written, limits: Mapping[str, Limit]) -> None:
        self.readable: bool
        self.fixed: tuple[Length, ...] | None = None
        self.limit: Limit | None = None
        self.parts: tuple[Lengths, ...] = ()
        self.written = written
        if isinstance(written, Constant) and written.type_name == "period":
            written = written.text
        if isinstance(written, str):
            self.fixed = (Length(parse_period(written)),)
        elif isinstance(written, Call) and written.function == "limit" and isinstance(written.arguments[0], Word):
            self.limit = limits.get(written.arguments[0].word)
        elif isinstance(written, Arithmetic) and written.sign == "+":
            self.parts = (Lengths(written.left, limits), Lengths(written.right, limits))
        self._made: dict[int, tuple[Length, ...]] = {}
        period = self.limit is not None and self.limit.unit == "period"
        whole = bool(self.parts) and all(part.readable for part in self.parts)
        self.readable = self.fixed is not None or period or (whole and self.unfit() is None)

    @property
    def rests_on_law(self) -> bool:
        """Whether it is a limit: then a clock time counts only once the last day is whole (ruling 13)."""
        return self.limit is not None or any(part.rests_on_law for part in self.parts)

    def to_plain(self) -> list[object]:
        """Return, as JSON data, all that it can come to hangs on."""
        limit = None if self.limit is None else to_plain(self.limit)
        return [to_plain(self.written), limit, *(part.to_plain() for part in self.parts)]

    def on(self, day: date) -> tuple[Length, ...]:
        """Return every length that it can have for a clock that starts on *day*; none if no value is in force then."""
        if self.parts:
            return _sums(*(part.on(day) for part in self.parts))
        if self.fixed is not None or self.limit is None:
            return self.fixed or ()
        values = self.limit.values if self.limit.as_of else _in_force(self.limit.values, day)
        return tuple(length for value in values for length in self._of(value))

    def ever(self) -> tuple[Length, ...]:
        """Return every length that it can have on some day."""
        if self.parts:
            return _sums(*(part.ever() for part in self.parts))
        values = self.limit.values if self.limit is not None else ()
        return (*(self.fixed or ()), *(length for value in values for length in self._of(value)))

    def unfit(self) -> tuple[Length, Length] | None:
        """Return two lengths of a sum that the rules do not add up, such as days and working days; None: all fit."""
        first, more = self.parts
        return next((pair for pair in product(first.ever(), more.ever()) if _sum(*pair) is None), None)

    @property
    def by_the_hour(self) -> bool:
        """Whether some of it is counted in hours, so that the hour of the start matters."""
        return any(length.period.unit == "hours" for length in self.ever())

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


def _sums(first: tuple[Length, ...], more: tuple[Length, ...]) -> tuple[Length, ...]:
    return tuple(found for pair in product(first, more) if (found := _sum(*pair)) is not None)


def _sum(first: Length, more: Length) -> Length | None:
    try:
        return Length(together(first.period, more.period), parts=(first, more))
    except Unsupported:
        return None


def _in_force(values: tuple[LimitValue, ...], day: date) -> tuple[LimitValue, ...]:
    """Return the value in force on *day*, if there is one: the last that began, unless it has ended."""
    text = day.isoformat()
    begun = [value for value in values if value.valid_from <= text]
    return tuple(value for value in begun[-1:] if value.valid_until is None or text <= value.valid_until)
