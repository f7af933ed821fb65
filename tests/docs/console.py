"""Pages that show the command line, read as what they claim: files to write, commands to type, output to expect.

A page marks its examples so that people see nothing of it:

- a fenced block ``console`` holds lines that begin with ``$ inprocap-flow`` and, below each, what it prints; a line of
  ``...`` stands for lines left out;
- a fenced block of another kind after ``<!-- file: NAME -->`` is written to that file first;
- ``<!-- now: 2026-11-23 09:00 -->`` sets the clock for what follows; ``<!-- exit: 3 -->`` says how the next ends.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

_PART = re.compile(
    r"<!-- (?P<word>now|file|exit): (?P<value>[^>]+?) -->|^```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$", re.M | re.S
)
_ID = re.compile(r"case-[0-9a-f…]{4,}")
_HASH = re.compile(r"\b[0-9a-f]{12,64}\b")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page, with the moment it is given, how it ends and what it prints."""

    words: tuple[str, ...]
    expected: str
    now: datetime
    exit_status: int
    place: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that a page tells people to write."""

    name: str
    text: str


def examples(page: Path) -> Iterator[Command | File]:
    """Yield the examples of *page* in order."""
    now = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    file: str | None = None
    exit_status = 0
    text = page.read_text(encoding="utf-8")
    for part in _PART.finditer(text):
        line = text.count("\n", 0, part.start()) + 1
        if part["word"] == "now":
            now = datetime.fromisoformat(part["value"]).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        elif part["word"] == "file":
            file = part["value"]
        elif part["word"] == "exit":
            exit_status = int(part["value"])
        elif file is not None:
            yield File(file, part["body"])
            file = None
        elif part["kind"] == "console":
            yield from _commands(part["body"], now, exit_status, f"{page.name}:{line}")
            exit_status = 0


def _commands(body: str, now: datetime, exit_status: int, place: str) -> Iterator[Command]:
    chunks = re.split(r"^\$ ", body, flags=re.M)[1:]
    for number, chunk in enumerate(chunks, 1):
        typed, _, printed = re.sub(r" \\\n\s*", " ", chunk).partition("\n")
        program, *words = shlex.split(typed)
        if program == "inprocap-flow":
            status = exit_status if number == len(chunks) else 0
            yield Command(tuple(words), printed.strip("\n"), now, status, place)


def agrees(expected: str, printed: str) -> bool:
    """Return whether *printed* is what the page says; ids and hashes may differ, ``...`` leaves lines out."""
    wanted = [_plain(line) for line in expected.splitlines()]
    pattern = "\n".join(".*" if line == "..." else re.escape(line) for line in wanted)
    return re.fullmatch(pattern, "\n".join(_plain(line) for line in printed.strip("\n").splitlines()), re.S) is not None


def _plain(line: str) -> str:
    return _HASH.sub("HASH", _ID.sub("case-ID", line.rstrip()))
