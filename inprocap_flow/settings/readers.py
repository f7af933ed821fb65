"""Reading what was written for a setting: a reader turns the text into a value, or raises `Bad`.

*base* is the folder that relative paths count from: the current folder for the environment, the folder of the
settings file for what stands in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path  # imported where a path is made: it costs more than the rest of this package

DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
_BEFORE_THE_HOST = r"(?<=:)[^:@/]*(?=@)"  # a password


class Bad(Exception):
    """How a reader says fact and mend; it never leaves this package."""

    def __init__(self, fact: str, mend: str) -> None:
        super().__init__(fact)
        self.fact, self.mend = fact, mend


def database(text: str, base: str) -> str:
    """Return a database as its URL, or as the whole path of its file."""
    scheme, separator, _ = text.partition("://")
    if not separator:
        return text if text == ":memory:" else joined(base, text)
    if scheme not in DATABASES:
        raise Bad(f"no database of kind {scheme!r} is known", "write a file name, sqlite:///FILE or postgresql://...")
    return text


def joined(base: str, text: str) -> str:
    """Return the whole path of a file that is named from *base*, as text: making a path costs more."""
    if os.path.normpath(text) == text:  # as nearly all are; then a path would say the same
        return os.path.join(base, text)  # noqa: PTH118
    from pathlib import Path

    return str(Path(base) / text)


def name(text: str, _base: str) -> str:
    """Return an id of a person, role or organisation."""
    if len(text) > 100 or not text.isprintable() or any(character.isspace() for character in text):
        raise Bad("it is no id", "write an id of at most 100 characters without spaces, such as anna_berg")
    return text


def file(text: str, base: str) -> Path:
    """Return the whole path of a file, which need not be there."""
    from pathlib import Path

    return Path(base) / Path(text).expanduser()


def folder(text: str, base: str) -> Path:
    """Return the whole path of a folder, which must be there."""
    folder = file(text, base)
    if not folder.is_dir():
        raise Bad(f"{folder} is no folder", "name a folder that exists, or make it first")
    return folder


def language(text: str, _base: str) -> str:
    """Return a language by its short code, in the usual letters: ``de`` for ``DE``, ``pt-BR`` for ``PT-br``."""
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) is None:
        raise Bad("it is no language code", "write a code such as en, de or pt-BR")
    return usual_letters(text)


def usual_letters(code: str) -> str:
    """Return a language's code as it is usually written: small letters, those of a country in capitals (BCP 47)."""
    first, *rest = code.split("-")
    return "-".join((first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)))


def number_of(unit: str, least: int, most: int) -> Callable[[str, str], int]:
    """Return the reader of a whole number of *unit* from *least* to *most*, both included; such as ``days``."""

    def read(text: str, _base: str) -> int:
        # As text first: a number of thousands of digits is refused before it is made.
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise Bad(f"it is no number of {unit}", f"write a whole number from {least} to {most}")
        return int(text)

    return read


def hour(text: str, _base: str) -> str:
    """Return a time of day, ``08:00``, or ``off``."""
    if text != "off" and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise Bad("it is no time of day", "write a time such as 08:00, or off")
    return text


def server(text: str, _base: str) -> str:
    """Return a server as ``host:port``."""
    host, colon, port = text.rpartition(":")
    if re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]", host if colon else text) is None:
        raise Bad("it is no server", "write a host, and a port if it is not 587, such as mail.example.org:587")
    if colon and not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise Bad("it has no port", "write a port from 1 to 65535 behind the colon")
    return text if colon else f"{text}:587"


def mailbox(text: str, _base: str) -> str:
    """Return a mail address, with or without a name."""
    # One line with one address at its end; the mail channel parses it with the email package, which is not light.
    if not text.isprintable() or re.search(r"(^|[\s<])[^\s@<>,;]+@[A-Za-z0-9.-]+>?$", text) is None:
        raise Bad("it is no mail address", "write one such as Procurement <procurement@example.org>")
    return text


def one_of(*allowed: str) -> Callable[[str, str], str]:
    """Return the reader of one of these words."""

    def read(text: str, _base: str) -> str:
        if text not in allowed:
            raise Bad("it is not one of the values known", f"write {' or '.join(allowed)}")
        return text

    return read


def masked(text: str) -> str:
    """Return *text* without the password that a URL in it may carry."""
    return re.sub(_BEFORE_THE_HOST, "...", text) if "://" in text else text
