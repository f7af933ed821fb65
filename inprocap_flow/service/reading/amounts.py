"""Values of limits and lengths in words, and what a value rests on."""

from __future__ import annotations

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.language.model import Limit, LimitValue
from inprocap_flow.language.values import in_words, parse_value

NOT_CONFIRMED = "[not confirmed]"
BASES = {
    "law": "law",
    "custom": "custom",
    "house_rule": "house rule",
    "grant": "grant condition",
    "contract": "contract",
    "convention": "convention",
}


def period_in_words(code: str) -> str:
    """Return a stored period as people write it: ``10 working days``."""
    return str(parse_offset(code))


def in_unit(limit: Limit, value: str) -> str:
    """Return a limit's value with its unit."""
    if limit.unit == "period":
        return period_in_words(value)
    if limit.unit == "percent":
        return f"{value} percent"
    if limit.unit == "number":
        return value
    return in_words(parse_value("money", f"{value} {limit.unit}"))


def value_in_words(limit: Limit | None, value: LimitValue | None) -> str:
    """Return a limit's value in force, or that there is none."""
    if limit is None or value is None or value.value is None:
        return "without a value"
    return in_unit(limit, value.value)


def evidence(limit: Limit, value: LimitValue | None) -> str:
    """Return what a value rests on, and who compared it with its source (ruling 10)."""
    if value is None:
        return f"Basis: {BASES.get(limit.basis, limit.basis)}."
    by = f" by {value.confirmed_by}" if value.confirmed_by else ""
    seen = NOT_CONFIRMED if value.confirmed_on == "never" else f"[confirmed on {value.confirmed_on}{by}]"
    basis = limit.basis_of(value)
    return f"Basis: {BASES.get(basis, basis)}; {value.source} {seen}."
