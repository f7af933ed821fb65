"""How the messages of this package are worded."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic_core import PydanticCustomError


def wrong(code: str, fact: str, mend: str = "") -> PydanticCustomError:
    """Return the error of a value: stable code, fact, mend."""
    # The braces of PydanticCustomError's templates would read `{` in a fact as a place holder, so facts go in whole.
    return PydanticCustomError(code, "{fact}", {"fact": fact, "mend": mend})


def short(text: str) -> str:
    """Return *text* cut to what fits into a message."""
    return text if len(text) <= 60 else text[:57] + "..."


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the mend for an unknown word: the nearest known one, or all of them when they are few."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(sorted(known))}." if known and len(known) <= 12 else ""


def sentence(text: str) -> str:
    """Return *text* beginning with a capital letter and ending in a full stop."""
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".?!" else text + "."


def shape(value: Any) -> str:
    """Return what a piece of data is called in messages."""
    return "map" if isinstance(value, dict) else "list" if isinstance(value, list | tuple) else "single value"
