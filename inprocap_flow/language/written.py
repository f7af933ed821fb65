"""Values as people write them down, where a slip would be taken for something else without anybody noticing.

What is stored or computed is read with `language.values.parse_value`: there a point always stands before decimals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inprocap_flow.language.values import BadValue, Value, parse_value

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_THREE_DIGITS = re.compile(r"[+-]?(?!0+\.)(\d[\d _\u00a0\u202f]*)\.(\d{3})")
"""A number with a point and exactly three digits behind it, 0.134 not: nobody writes thousands so."""


def parse_written(
    type_name: str, text: str, *, zone: ZoneInfo | str | None = None, choices: tuple[str, ...] | list[str] | None = None
) -> Value:
    """Return what a person wrote, as `parse_value` does; an amount that could mean two things is refused.

    Raises BadValue with fact and mend.
    """
    if type_name == "money":
        refuse_thousands(text)
    return parse_value(type_name, text, zone=zone, choices=choices)


def refuse_thousands(text: str) -> None:
    """Raise BadValue for an amount of money, with or without currency, such as ``500.000``: thousands, or decimals?"""
    amount, currency = re.fullmatch(r"(.*?)( [A-Z]{3})?", text.strip(), re.DOTALL).groups("")  # type: ignore[union-attr]
    found = _THREE_DIGITS.fullmatch(amount)
    if found is None:
        return
    decimals = found[2][:2] if found[2].endswith("0") else f"{found[2]}0"
    thousands = amount.replace(".", " ")
    raise BadValue(
        f"`{text.strip()[:60]}` can be read with a point before decimals, or between thousands.",
        f"Write {thousands}{currency}, or {amount.partition('.')[0]}.{decimals}{currency}.",
    )
