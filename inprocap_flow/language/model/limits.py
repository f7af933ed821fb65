"""Dated values of law, custom, grant or house rule, and the rulebooks that bring them."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.model.words import Text
from inprocap_flow.records import field, record

ALWAYS = "1900-01-01"
"""From when a value holds that has no day of its own: as long as the version that brings it."""
AND = " and "  # joins the facts of a reduction in the one text that is kept


@record
class LimitVariant:
    """A permitted reduction: applies when every fact that `when` names is yes, joined by `and`."""

    when: str
    value: object
    source: str
    mark: str | None = None
    counted_from: str | None = None
    basis: str | None = None  # None: that of the limit
    confirmed_on: str | None = None  # None: with the value, if it rests on the same basis

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(self.when.split(AND))


@record
class LimitValue:
    """A value of a limit from a day on. ``value`` is text in the limit's unit; None means: no value then."""

    valid_from: str  # ISO day
    value: str | None
    source: str
    valid_until: str | None = None
    mark: str | None = None
    confirmed_on: str = "never"
    confirmed_by: str | None = None
    counted_from: str | None = None
    variants: tuple[LimitVariant, ...] = ()
    basis: str | None = None  # None: that of the limit


@record
class Limit:
    """A dated value of law, custom, grant or house rule: unit, direction, and where each value comes from.

    ``basis`` is that of every value and reduction that says none of its own: a law that names no number may hold a
    convention in one of them, which must never be shown as law.
    """

    name: str
    says: Text
    basis: str
    unit: str  # period | number | percent | a currency code
    values: tuple[LimitValue, ...]
    direction: str = "at_least"  # at_least | at_most | above | threshold
    as_of: str | None = None

    def basis_of(self, part: LimitValue | LimitVariant | None) -> str:
        """Return what a value or a reduction of this limit rests on; None: the limit as such."""
        return (part.basis if part is not None else None) or self.basis

    @property
    def bases(self) -> frozenset[str]:
        """What any value or reduction of this limit rests on."""
        return frozenset(basis for value in self.values for basis in self.bases_of(value))

    def bases_of(self, value: LimitValue) -> frozenset[str]:
        """Return what a value and its reductions rest on."""
        return frozenset({self.basis_of(value), *(self.basis_of(variant) for variant in value.variants)})


def confirmation_of(value: LimitValue, variant: LimitVariant | None = None) -> str:
    """Return the day on which a value, or its reduction, was compared with its source, or ``never``.

    Who compared a value has compared its reductions, too; but not one that rests on something else than the value.
    """
    if variant is None:
        return value.confirmed_on
    apart = variant.basis is not None or value.basis is not None
    return variant.confirmed_on or ("never" if apart else value.confirmed_on)


@record
class Rulebook:
    """Dated legal data that organisations bring and procedures ask for by name (ruling 11)."""

    name: str
    version: str
    title: Text
    counting: str
    limits: Mapping[str, Limit]
    facts: Mapping[str, Text] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
