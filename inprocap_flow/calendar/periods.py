"""Lengths of time as the law writes them: ``10 days``, ``10 working days``, ``3 weeks``, ``2 months``, ``48 hours``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, get_args

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.errors import Unsupported
from inprocap_flow.records import record

Unit = Literal["days", "working days", "weeks", "months", "years", "hours"]

UNITS: Final[tuple[Unit, ...]] = get_args(Unit)

_FORMS: Final = (
    'write a whole number and one unit, such as "10 days", "10 working days", "3 weeks", "2 months", "48 hours"'
)
_CODES: Final[dict[Unit, tuple[str, str]]] = {
    "days": ("P", "D"),
    "working days": ("P", "WD"),
    "weeks": ("P", "W"),
    "months": ("P", "M"),
    "years": ("P", "Y"),
    "hours": ("PT", "H"),
}
_UNIT_BY_CODE: Final = {code: unit for unit, code in _CODES.items()}
_UNIT_BY_WORD: Final[dict[str, Unit]] = {word: unit for unit in UNITS for word in (unit, unit[:-1])}

# [0-9] and not \d: the digits of other scripts look alike and would be read without anybody noticing.
_READABLE: Final = r"([0-9]+) +(working +[a-z]+|[a-z]+)"
_STORED: Final = r"(PT?)([0-9]+)(WD|[DWMYH])"
# Words of everyday life and of contracts, and what to write for them.
_OTHER_WORDS: Final = {
    "business day": "working days",
    "bank day": "working days",
    "workday": "working days",
    "week day": "working days",
    "weekday": "working days",
    "calendar day": "days",
    "calendar week": "weeks",
    "calendar month": "months",
    "fortnight": "weeks, twice as many",
    "quarter": "months, three times as many",
    "minute": "hours: the law counts none shorter",
}
_SEVERAL: Final = r"[0-9]+ *[a-z]+.*[0-9]+ *[a-z]+"
# Five digits are 270 years of days. More is a slip of the finger, and would only be noticed by a date far away.
_DIGITS: Final = 5
_DAYS_OF: Final = {"days": 1, "weeks": 7}


@record
class Period:
    """A whole number of one unit. Periods have no order: 60 days and 2 months depend on the day they start.

    A count of zero is only made by :func:`parse_offset`; every legal computation refuses it.
    """

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if type(self.count) is not int or self.count < 0:
            raise BadPeriod(f"a period cannot have the length {self.count!r}", _FORMS)
        if self.unit not in _CODES:
            raise BadPeriod(f"a period cannot be counted in {self.unit!r}", f"use one of: {', '.join(UNITS)}")

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"

    @property
    def code(self) -> str:
        """The stored form: ``P10D``, ``P10WD``, ``P3W``, ``P2M``, ``P1Y``, ``PT48H``."""
        start, letters = _CODES[self.unit]
        return f"{start}{self.count}{letters}"


@lru_cache(maxsize=512)  # a procedure names a few, and asks for them with every move
def parse_period(text: str) -> Period:
    """Return the period that *text* names, in the readable or the stored form.

    Raises :class:`BadPeriod` for zero, negative, broken and mixed lengths and for a number without a unit.
    """
    period = parse_offset(text)
    if period.count == 0:
        raise BadPeriod(f'"{text.strip()}" is a period of no length', "write at least 1, or leave the period out")
    return period


@lru_cache(maxsize=512)
def parse_offset(text: str) -> Period:
    """Return the distance of a reminder from its deadline. Like :func:`parse_period`, but ``0 days`` is allowed."""
    count, unit = _stored(text) or _readable(text)
    if len(count) > _DIGITS:
        raise BadPeriod(f'"{text.strip()[:60]}" is longer than any legal period', f"write at most {_DIGITS} digits")
    return Period(int(count), unit)


def together(period: Period, more: Period) -> Period:
    """Return *period* made longer by *more*, as the one period that is then counted (convention, time-limits R13a).

    Days and weeks add up (a week ends on the weekday of its event, as seven days do), any other unit only to itself:
    35 days and 10 working days would be two periods, each with a last day of its own. Raises :class:`BadPeriod` for
    nothing more, and :class:`Unsupported` for units whose sum the rules do not know.
    """
    if not more.count:
        raise BadPeriod(f"{more} makes no period longer", "write at least 1")
    if period.unit == more.unit:
        return Period(period.count + more.count, period.unit)
    if period.unit in _DAYS_OF and more.unit in _DAYS_OF:
        return Period(period.count * _DAYS_OF[period.unit] + more.count * _DAYS_OF[more.unit], "days")
    fact = f"{period} cannot be prolonged by {more}: the rules do not say what their sum is"
    raise Unsupported(fact, mend=f"write the prolongation in {period.unit}, or type the new end with its reason")


def _stored(text: str) -> tuple[str, Unit] | None:
    match = re.fullmatch(_STORED, text.strip())
    if match is None:
        return None
    unit = _UNIT_BY_CODE.get((match[1], match[3]))
    return (match[2], unit) if unit else None


def _readable(text: str) -> tuple[str, Unit]:
    match = re.fullmatch(_READABLE, text.strip())
    unit = _UNIT_BY_WORD.get(" ".join(match[2].split())) if match else None
    if match is None or unit is None:
        raise _refused(text)
    return match[1], unit


def _refused(text: str) -> BadPeriod:
    """Say what is wrong with *text*, as exactly as can be told."""
    stripped = text.strip()[:60]
    fact = f'"{stripped}" is not a period'
    if not stripped:
        return BadPeriod("a period is missing", _FORMS)
    if re.fullmatch(r"[0-9]+", stripped):
        return BadPeriod(
            f'{fact}: the unit is missing, and "{stripped}" could be days or working days',
            f'write "{stripped} days" or "{stripped} working days"',
        )
    if re.match(r"[-\u2212]|P-|PT-", stripped):
        return BadPeriod(
            f"{fact}: it is negative", 'write it without the sign; to count backwards use "backwards_from" or "before"'
        )
    if re.search(r"[0-9][.,][0-9]", stripped):
        return BadPeriod(
            f"{fact}: parts of a unit are ambiguous", "write whole numbers of a smaller unit, such as days"
        )
    if re.search(_SEVERAL, stripped, re.IGNORECASE):
        return BadPeriod(
            f"{fact}: it mixes units",
            "write one number and one unit, such as days; the law counts each unit differently",
        )
    for word, instead in _OTHER_WORDS.items():
        if re.fullmatch(rf"[0-9]+ +{word}s?", stripped, re.IGNORECASE):
            return BadPeriod(f"{fact}: the law does not count in {word}s", f"write it in {instead}")
    return BadPeriod(fact, _FORMS)
