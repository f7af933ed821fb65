"""From text to values: one function for each kind of word, with what is wrong with it in plain words.

Each raises the error of its value (`messages.wrong`), or BadValue where the value itself knows what is wrong.
"""

from __future__ import annotations

import re

from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.periods import parse_offset, parse_period
from inprocap_flow.language import values
from inprocap_flow.language.schema.messages import short, wrong

RESERVED = frozenset(
    "any same system whoever_asks whoever_carries_out given each this today unset none case linked_case".split()  # noqa: SIM905
)
NAME = r"[a-z][a-z0-9_]*"
ID = r"[a-z][a-z0-9_-]*"
ADDRESS = rf"{NAME}(\.{NAME})*"
GIVEN = rf"given\.{NAME}"
LONGEST_NAME = 80
LONGEST_EXPRESSION = 300


def read_name(text: str) -> str:
    """Return the name of something that a file declares."""
    if text in RESERVED:
        raise wrong("reserved-name", f"`{text}` has a meaning of its own in the language.", "Choose another name.")
    return _matching(
        NAME, text, "bad-name", "is not a name", "Write small letters, digits and _, beginning with a letter."
    )


def read_id(text: str) -> str:
    """Return the name of a file or person."""
    return _matching(
        ID, text, "bad-name", "is not a name", "Write small letters, digits, - and _, beginning with a letter."
    )


def read_id_or_file(text: str) -> str:
    """Return the name of a file, or the path of a YAML file."""
    return text if text.endswith(".yaml") else read_id(text)


def read_address(text: str) -> str:
    """Return a name, or the address of a stage."""
    return _matching(
        ADDRESS,
        text,
        "bad-name",
        "is not a name",
        "Write small letters, digits and _; dots between the parts of an address.",
    )


def _matching(pattern: str, text: str, code: str, fact: str, mend: str) -> str:
    if len(text) > LONGEST_NAME:
        raise wrong(code, f"A name of {len(text)} characters is too long.", f"At most {LONGEST_NAME} are allowed.")
    if not re.fullmatch(pattern, text):
        raise wrong(code, f"`{short(text)}` {fact}.", mend)
    return text


def read_words(text: str) -> str:
    """Return a text that says something."""
    if not text.strip():
        raise wrong("empty-text", "Nothing is written here.", "Write a text, or remove the key.")
    return text


def read_expression(text: str) -> str:
    """Return the text of an expression that is not too long to be read."""
    if len(text) > LONGEST_EXPRESSION:
        raise wrong(
            "expression-too-long",
            f"The expression has {len(text)} characters.",
            f"At most {LONGEST_EXPRESSION} are read; set a field with a part of it.",
        )
    return read_words(text)


def read_yes_no(text: str) -> bool:
    """Return whether *text* is yes."""
    if text in ("yes", "no"):
        return text == "yes"
    meant = {"true": "yes", "on": "yes", "false": "no", "off": "no"}.get(text.lower())
    mend = f"Write {meant}." if meant else "Write yes or no."
    raise wrong("not-yes-or-no", f"`{short(text)}` is neither yes nor no.", mend)


def read_whole(text: str) -> int:
    """Return a whole number."""
    return int(str(values.parse_value("whole_number", text)))


def read_period(text: str) -> str:
    """Return the code of a period."""
    return parse_period(text).code


def read_period_or_never(text: str) -> str:
    """Return the code of a period, or the word never."""
    return text if text == "never" else read_period(text)


def read_offset(text: str) -> str:
    """Return the code of the distance of a reminder; it may be 0 days."""
    return parse_offset(text).code


def read_day(text: str) -> str:
    """Return a day as ISO text."""
    return str(values.parse_value("date", text))


def read_day_or_never(text: str) -> str:
    """Return a day as ISO text, or the word never."""
    return text if text == "never" else read_day(text)


def read_moment(text: str) -> str:
    """Return a moment as it is written: to the minute, day, month or half-year.

    Whether the clocks of a zone skip it or pass it twice, only whoever knows the zone can tell.
    """
    return parse_moment(text, "UTC").text


def read_hour(text: str) -> str:
    """Return a time of day."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise wrong("bad-value", f"`{short(text)}` is not a time of day.", 'Write it in quotes, such as "16:00".')
    return text


def read_hour_or_off(text: str) -> str:
    """Return a time of day, or ``off``."""
    return text if text == "off" else read_hour(text)


def read_currency(text: str) -> str:
    """Return a currency."""
    if not re.fullmatch("[A-Z]{3}", text):
        raise wrong("bad-value", f"`{short(text)}` is not a currency.", "Write three capital letters, such as EUR.")
    return text


def read_country(text: str) -> str:
    """Return a country."""
    return str(values.parse_value("country", text))


def read_quorum(text: str) -> str:
    """Return how many signatures are needed: a number, a share, `all` or `majority`."""
    if text in ("all", "majority") or re.fullmatch(r"[1-9]\d{0,2}|(100|[1-9]\d?) percent", text):
        return text
    raise wrong(
        "bad-value",
        f"`{short(text)}` does not say how many signatures.",
        "Write a number, `50 percent`, `all` or `majority`.",
    )
