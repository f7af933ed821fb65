"""Dated values of law, custom, grant or house rule, and the rulebooks that bring them."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.model.words import Text
from inprocap_flow.records import field, record

AND = " and "  # joins the facts of a reduction in the one text that is kept


@record
class LimitVariant:
    """A permitted reduction: applies when every fact that `when` names is yes, joined by `and`."""

    when: str
    value: object
    source: str
    mark: str | None = None
    counted_from: str | None = None

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


@record
class Limit:
    """A dated value of law, custom, grant or house rule: unit, direction, and where each value comes from."""

    name: str
    says: Text
    basis: str
    unit: str  # period | number | percent | a currency code
    values: tuple[LimitValue, ...]
    direction: str = "at_least"  # at_least | at_most | above | threshold
    as_of: str | None = None


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
