"""The values of fields and limits: what they are, how people write them, how they are stored.

Nothing here is a floating point number and nothing is rounded. Every value has one stored form (`encode`), so
equal values give equal JSON and equal hashes. Light imports only: ``next`` and ``do`` read values before anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.language.money import MAX_DIGITS, CurrencyMismatch, Money, Percent, number_text, plain_decimal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["MAX_TEXT", "TYPES", "BadValue", "CurrencyMismatch", "Money", "Percent", "Period", "Plain", "Value",
           "decode", "encode", "fit", "in_words", "number_text", "parse_value"]  # fmt: skip

TYPES = ("text", "yes_no", "whole_number", "number", "percent", "money", "date", "moment", "period", "choice",
         "country", "person", "meeting", "case")  # fmt: skip
MAX_TEXT = 100_000

_CODE = r"[A-Z]{3}"
_NUMBER = r"[+-]?\d+(?:[ _\u00a0\u202f]\d+)*(?:\.\d+)?"
_MOMENT = r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?\s?(Z|[+-]\d\d:?\d\d)?"
_ID = r"[^\W_][\w.@/:+-]{0,199}"
_YEARS = range(1900, 9000)
"""Years that a date may have; others are slips of the pen, and the far ends cannot be moved between zones."""


Value = str | bool | int | Decimal | Money | date | datetime | Period
"""Whatever a field can hold; which of them is told by the type's name in ``TYPES``."""
Plain = str | bool | dict[str, str] | None
"""The stored form of a value: plain JSON."""


def parse_value(
    type_name: str, text: str, *, zone: ZoneInfo | str | None = None, choices: tuple[str, ...] | list[str] | None = None
) -> Value:
    """Return the value that a person wrote as *text* for a field of this type.

    *zone* is where a ``moment`` without offset is meant; *choices* are the words that a ``choice`` may be.
    Raises ``BadValue`` with fact and mend; an unknown type is a mistake of the caller and raises ``KeyError``.
    """
    if type_name == "text":
        return _text(text)
    stripped = text.strip()
    if type_name == "choice":
        return _choice(stripped, choices)
    if type_name == "moment":
        return _moment(stripped, zone)
    return _PARSERS[type_name](stripped)


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise BadValue(f"The text has {len(text)} characters; at most {MAX_TEXT} are kept.", "Attach it as a document.")
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text):
        raise BadValue("The text holds control characters.", "Remove them.")
    return text


def _yes_no(text: str) -> bool:
    if text in ("yes", "no"):
        return text == "yes"
    raise BadValue(f"`{_short(text)}` is neither yes nor no.", "Write yes or no.")


def _number(text: str) -> Decimal:
    if "," in text:
        raise BadValue(f"`{_short(text)}` has a comma.", "Write a point before decimals and spaces between thousands.")
    if not text.isascii() and not re.fullmatch("[\x20-\x7e\u00a0\u202f]*", text):
        raise BadValue(f"`{_short(text)}` is not written in the digits 0 to 9.", "Use the digits 0 to 9.")
    if not re.fullmatch(_NUMBER, text):
        raise BadValue(f"`{_short(text)}` is not a number.", "Write digits, such as 1200 or 1 200.50.")
    if sum(letter.isdigit() for letter in text) > 2 * MAX_DIGITS:
        raise BadValue(f"The number has more than {MAX_DIGITS} digits.", "Write a shorter one.")
    return plain_decimal(Decimal(re.sub("[ _\u00a0\u202f]", "", text)))


def _whole_number(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value():
        raise BadValue(f"`{_short(text)}` is not a whole number.", "Leave out the decimals.")
    return int(number)


def _percent(text: str) -> Percent:
    return Percent(_number(re.sub(r"\s*(%|percent)$", "", text)))


def _money(text: str) -> Money:
    amount, _, currency = text.rpartition(" ")
    if not re.fullmatch(_CODE, currency) or not amount:
        raise BadValue(f"`{_short(text)}` is not an amount with its currency.", "Write it as 900000 EUR.")
    return Money(_number(amount.strip()), currency)


def _date(text: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        if (last := _end_of_its_month(text)) is not None:
            raise BadValue(f"There is no day {text}: that month ends on {last}.", "Write another day.") from None
        raise BadValue(f"`{_short(text)}` is not a day.", "Write year-month-day, such as 2026-07-31.") from None
    if day.year not in _YEARS:
        raise BadValue(f"The year {day.year} cannot be meant.", f"Write a year from {_YEARS[0]} to {_YEARS[-1]}.")
    return day


def _end_of_its_month(text: str) -> date | None:
    """Return the last day of the month that is named, where only the day is too high for it."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])-(?:29|3[01])", text, re.ASCII)
    if found is None or int(found[1]) not in _YEARS:
        return None
    from calendar import monthrange  # only whoever mistypes waits for it

    year, month = int(found[1]), int(found[2])
    return date(year, month, monthrange(year, month)[1])


def _moment(text: str, zone: ZoneInfo | str | None) -> datetime:
    match = re.fullmatch(_MOMENT, text)
    if not match or not text.isascii():
        raise BadValue(f"`{_short(text)}` is not a moment.", "Write day and time, such as 2026-07-31 16:00.")
    day, minute, second, offset = match.groups()
    _date(day)
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}{second or ''}{offset or ''}")
    except ValueError:
        raise BadValue(f"`{_short(text)}` is not a time of day.", "Hours go from 00 to 23, minutes to 59.") from None
    return moment if moment.tzinfo else _local(moment, zone)


def _local(moment: datetime, zone: ZoneInfo | str | None) -> datetime:
    """Return the moment in *zone*; an hour that the clocks skip or pass twice must be said with its offset."""
    if zone is None:
        raise BadValue(f"`{moment:%Y-%m-%d %H:%M}` has no offset and no zone is known.", "Add one, such as +02:00.")
    from inprocap_flow.calendar.zones import local, zone_named

    return local(moment, zone_named(zone) if isinstance(zone, str) else zone)


def _choice(text: str, choices: tuple[str, ...] | list[str] | None) -> str:
    if choices is None or text in choices:
        return text
    from difflib import get_close_matches

    near = get_close_matches(text, choices, 1)
    mend = f"Did you mean {near[0]}?" if near else f"Choose one of: {', '.join(choices)}."
    raise BadValue(f"`{_short(text)}` is not one of the choices.", mend)


def _country(text: str) -> str:
    if re.fullmatch("[A-Z]{2}", text):
        return text
    mend = f"Write {text.upper()}." if re.fullmatch("[A-Za-z]{2}", text) else "Write two capital letters, such as CH."
    raise BadValue(f"`{_short(text)}` is not a country code.", mend)


def _id(text: str) -> str:
    if re.fullmatch(_ID, text):
        return text
    raise BadValue(f"`{_short(text)}` is not a name that can be referred to.", "Write letters, digits and . _ - @ / :")


_PARSERS: dict[str, Callable[[str], Value]] = {
    "yes_no": _yes_no, "whole_number": _whole_number, "number": _number, "percent": _percent, "money": _money,
    "date": _date, "period": parse_period, "country": _country, "person": _id, "meeting": _id, "case": _id,
}  # fmt: skip


def encode(value: Value | None) -> Plain:
    """Return the stored form: plain JSON, the same for equal values. Numbers become text, moments UTC.

    Raises ``TypeError`` for something that is no value of the language.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Decimal):
        return number_text(value)
    if isinstance(value, Money):
        return {"amount": number_text(value.amount), "currency": value.currency}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Period):
        return value.code
    raise TypeError(f"{type(value).__name__} is not a value of the language")


def decode(type_name: str, plain: object) -> Value | None:
    """Return the value of a stored form. Raises ``BadValue`` if it is none of this type."""
    if plain is None:
        return None
    if type_name == "yes_no":
        if isinstance(plain, bool):
            return plain
    elif type_name == "money":
        if isinstance(plain, dict) and plain.keys() == {"amount", "currency"}:
            return _money(f"{plain['amount']} {plain['currency']}")
    elif isinstance(plain, str):
        return parse_value(type_name, plain)
    raise BadValue(f"{_short(repr(plain))} is not a stored {type_name}.", "Restore the file or the row.")


def fit(type_name: str, value: Value, *, currency: str | None = None) -> Value:
    """Return the result of an expression as a value of a field's type.

    A number 0 (a total over nothing) becomes money only if *currency* is given; a number becomes whole or a percent.
    Raises ``BadValue`` where that would change the value.
    """
    if type_name == "money" and not isinstance(value, Money):
        if value == 0 and currency:
            return Money(Decimal(0), currency)
        raise BadValue(f"{in_words(value)} is not an amount with its currency.", "Name the currency.")
    if type_name in ("whole_number", "number", "percent"):
        return _fit_number(type_name, value)
    return value


def _fit_number(type_name: str, value: Value) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadValue(f"{in_words(value)} is not a number.", "Let the expression give a number.")
    number = plain_decimal(value)
    if type_name == "percent":
        return Percent(number)
    if type_name == "number":
        return number
    if number != number.to_integral_value():
        raise BadValue(f"{in_words(value)} is not a whole number.", "Nothing is rounded: use a field of type number.")
    return int(number)


def in_words(value: object, zone: tzinfo | None = None) -> str:
    """Return a value as people read it: ``yes``, ``50 percent``, ``900 000 EUR``, ``2026-07-31 16:00 +02:00``.

    A moment is told by the clocks of *zone*, without one as it was given; with seconds only if there are any.
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{plain_decimal(value.amount):,f}".replace(",", " ") + f" {value.currency}"
    if isinstance(value, Percent):
        return f"{number_text(value)} percent"
    if isinstance(value, int | Decimal):
        return number_text(value)
    if isinstance(value, datetime):
        from inprocap_flow.calendar.zones import clock

        return clock(value.astimezone(zone) if zone is not None else value, with_offset=True)
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
