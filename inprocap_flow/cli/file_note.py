"""How a computed moment is explained: rule by rule, in lines that an adviser can paste into a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.words import NOT_CONFIRMED

_RULE = 6  # columns for the name of a rule
# What must not be torn apart at the end of a line: a weekday from its day, an article from its number.
_ONE_PIECE = re.compile(
    r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Art\.|Reg\.) (?=[0-9])|(?<=[0-9]) (?=[+-][0-9]{2}:)|(?<=-[0-9]{2}) (?=[0-9]{2}:)"
)
_HELD = "\u00a0"


def step_lines(steps: Iterable[Mapping[str, Any]], indent: int = 2) -> list[str]:
    """Return each step with the provision it rests on, or the word convention. Takes ``Step.to_plain`` texts."""
    lines: list[str] = []
    for step in steps:
        first = " " * indent + str(step.get("rule", "")).ljust(_RULE)
        lines += in_pieces(f"{step.get('text', '')} [{step.get('cite') or step.get('basis', '')}]", first)
    return lines


def in_pieces(text: str, first: str) -> list[str]:
    """Return *text* in lines, the first after *first*; days, moments and articles stay in one piece."""
    held = _ONE_PIECE.sub(lambda found: found.group().replace(" ", _HELD), text)
    return [line.replace(_HELD, " ") for line in layout.wrapped(held, first)]


def unconfirmed_lines(steps: Iterable[Mapping[str, Any]], indent: int = 2) -> list[str]:
    """Return the sentence that names every provision nobody has compared with the Official Journal, each once."""
    return reservation(list(dict.fromkeys(str(step["cite"]) for step in steps if step.get("cite"))), indent)


def reservation(cites: Sequence[str], indent: int = 2) -> list[str]:
    """Return the sentence that says of *cites* that nobody has confirmed them; nothing if there is none."""
    if not cites:
        return []
    act = "Reg. 1182/71 "
    articles = ", ".join(cite.removeprefix(act) if number else cite for number, cite in enumerate(cites))
    text = f"{NOT_CONFIRMED} Nobody has compared these provisions with the Official Journal: {articles}"
    return in_pieces(text if text.endswith(".") else f"{text}.", " " * indent)


def mind_lines(warnings: Iterable[str], indent: int = 2) -> list[str]:
    """Return warnings, one paragraph each."""
    return [line for text in warnings for line in in_pieces(text, " " * indent + "mind  ")]
