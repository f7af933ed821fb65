"""Texts and names as they are written into a file that is started."""

from __future__ import annotations

import json
import re
from datetime import date

from inprocap_flow.language.left import TO_DO

__all__ = ["TO_DO", "first_version", "inside", "name_of", "quoted", "titled"]

_PLAIN = re.compile(r"[A-Za-z][\w ,.'()/&-]*")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "none"}


def quoted(text: str) -> str:
    """Return *text* as it stands after a key: bare where that is safe for every reader of YAML, else in quotes."""
    text = " ".join(text.split())
    bare = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(" ")
    return text if bare else json.dumps(text, ensure_ascii=False)


def inside(text: str) -> str:
    """Return *text* as it stands inside braces or brackets, where a comma ends a value."""
    said = quoted(text)
    return said if said.startswith('"') or not set(said) & set(",[]{}") else json.dumps(said, ensure_ascii=False)


def name_of(text: str) -> str:
    """Return the name of something that is called *text*: ``Legal service agrees`` is ``legal_service_agrees``."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"own_{plain}".rstrip("_")


def listed(names: tuple[str, ...]) -> str:
    """Return one name bare, several in brackets."""
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def titled(name: str) -> str:
    """Return a title made of a name: ``small-lab`` and ``small_lab`` are ``Small lab``."""
    return re.sub(r"[-_]", " ", name).capitalize()


def in_a_sentence(title: str) -> str:
    """Return *title* as it stands within a sentence; one with a further capital is a name and stays as it is."""
    return title if any(letter.isupper() for letter in title[1:]) else title[:1].lower() + title[1:]


def first_version(day: date) -> str:
    """Return the version that a file is started with."""
    return f"{day.year}.1"
