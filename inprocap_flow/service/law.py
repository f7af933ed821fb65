"""Values of law: what is in force on a day, what it rests on, and who compared it with its source (ruling 10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.engine.case.binding import in_force
from inprocap_flow.errors import Place
from inprocap_flow.language.files import Library
from inprocap_flow.language.load import load_rulebook
from inprocap_flow.language.model import ALWAYS, Limit, LimitValue, said
from inprocap_flow.language.nodes import nearest
from inprocap_flow.language.values import in_words, parse_value
from inprocap_flow.service.holders import RULEBOOK, Holder

NEVER = "never"


@dataclass(frozen=True, slots=True)
class InForce:
    """A limit on a day. ``value`` None: no value is in force then. ``stale``: confirmed too long ago.

    ``kind`` and ``name`` are those of the file that brings it: a rulebook, an overlay or a procedure.
    """

    kind: str
    name: str
    limit: Limit
    value: LimitValue | None
    day: date
    stale: bool
    place: Place
    mark_means: str = ""

    @property
    def confirmed(self) -> bool:
        return self.value is not None and self.value.confirmed_on != NEVER

    @property
    def since(self) -> str | None:
        """The first day on which the value applies; None if it has no day of its own, or is not there."""
        return None if self.value is None or self.value.valid_from == ALWAYS else self.value.valid_from

    @property
    def coming(self) -> LimitValue | None:
        """The next value, where none is in force on the day."""
        later = (one for one in self.limit.values if one.valid_from > self.day.isoformat())
        return next(later, None) if self.value is None else None

    @property
    def in_words(self) -> str:
        """The value with its unit, or that there is none."""
        if self.value is None:
            return "no value"
        return value_in_words(self.limit, self.value.value)


def value_in_words(limit: Limit, value: str | None) -> str:
    """Return a limit's value with its unit: ``60 days``, ``50 percent``, ``221 000 EUR``."""
    if value is None:
        return "unset"
    try:
        if limit.unit == "period":
            return str(parse_period(value))
        if limit.unit == "percent":
            return f"{value} percent"
        return value if limit.unit == "number" else in_words(parse_value("money", f"{value} {limit.unit}"))
    except BadValue:
        return value


def rulebook_files(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the rulebooks of *folders* by name; of one name, that of the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((folder / "rulebooks").glob("*.yaml")):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def in_force_on(path: Path, day: date, *, stale_after_months: int = 12) -> Iterator[InForce]:
    """Yield every limit of the rulebook at *path* as it stands on *day*. Raises InvalidInput."""
    book = load_rulebook(path)
    holder = Holder(RULEBOOK, book.name, path, Library(()).read(path), book.limits, evidence=book.evidence)
    yield from limits_on(holder, day, stale_after_months=stale_after_months)


def limits_on(holder: Holder, day: date, *, stale_after_months: int = 12) -> Iterator[InForce]:
    """Yield every limit of a rulebook, an overlay or a procedure as it stands on *day*."""
    for limit in holder.limits.values():
        value: LimitValue | None = in_force(limit.values, day)
        place = _value_place(holder, limit, value)
        stale = is_stale(value, day, stale_after_months)
        means = holder.evidence.get(value.mark, "") if value is not None and value.mark else ""
        yield InForce(holder.kind, holder.name, limit, value, day, stale, place, means)


def _value_place(holder: Holder, limit: Limit, value: LimitValue | None) -> Place:
    root = holder.root
    if limit.name in holder.added:
        return nearest(holder.root, ("lengthen", holder.added[limit.name], "by"))[0]
    if value is None:
        return nearest(root, ("limits", limit.name), key=True)[0]
    return nearest(root, ("limits", limit.name, "values", limit.values.index(value)))[0]


def is_stale(value: LimitValue | None, day: date, months: int) -> bool:
    """Return whether a confirmation is older than *months* on *day*; what was never confirmed is not stale."""
    if value is None or value.confirmed_on == NEVER:
        return False
    return is_old(value.confirmed_on, day, months)


def is_old(said: str, day: date, months: int) -> bool:
    """Return whether a confirmation of the day *said* is older than *months* on *day*."""
    confirmed = date.fromisoformat(said)
    year, month = divmod(confirmed.year * 12 + confirmed.month - 1 + months, 12)
    return (day.year, day.month, day.day) > (year, month + 1, confirmed.day)


def titles(limit: Limit, language: str) -> str:
    """Return what a limit says, in one line."""
    return " ".join(said(limit.says, language).split())
