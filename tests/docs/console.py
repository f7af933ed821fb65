"""Pages that show the command line, read as what they claim: files to write, commands to type, output to expect.

A page marks its examples so that people see nothing of it:

- a fenced block ``console`` holds lines that begin with ``$`` and, below each, what it prints; a line of ``...`` stands
  for lines left out. ``inprocap-flow`` and ``python3`` are run, other programs (an editor, pip) are only shown;
- a fenced block of another kind after ``<!-- file: NAME -->`` is written to that file first;
- ``<!-- now: 2026-11-23 09:00 -->`` sets the clock for what follows; ``<!-- exit: 3 -->`` says how the next ends;
- ``<!-- change: NAME -->`` before a fenced block ``diff`` changes that file as it says; ``<!-- copy: NAME -->`` puts a
  folder of this project beside the other files;
- ``<!-- set: ACTOR=ben -->`` sets a variable of the environment for what follows (without its prefix);
- ``<!-- before: NAME -->`` plays ``before/NAME.txt`` beside this file, one command a line, each after its moment;
- ``<!-- files: PAGE -->`` writes the files of another page, as that page leaves them;
- ``CASE`` in a command is the case that the page opened first.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

PROGRAMS = ("inprocap-flow", "python3")
_PART = re.compile(
    r"<!-- (?P<word>now|file|exit|set|change|copy|before|files): (?P<value>[^>]+?) -->"
    r"|^```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_PROMPT = re.compile(r"^\$ ", re.MULTILINE)
_CONTINUED = re.compile(r" \\\n\s*")
_ID = re.compile(r"\bcase-[0-9a-f…]{4,}")
_SHORT = re.compile(r"(?<=inprocap-flow )(\w+) [0-9a-f]{6,}\b")  # the end of an id, in a hint
_HASH = re.compile(r"\b[0-9a-f]{12,64}\b")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page, with the moment it is given, how it ends and what it prints.

    ``span`` is where the printed lines stand in the page, as offsets of characters; None if they do not.
    """

    program: str
    words: tuple[str, ...]
    expected: str
    now: datetime
    exit_status: int
    place: str
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class File:
    """A file that a page tells people to write."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change that a page tells people to make: these lines of a file become those."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A folder of this project that a page tells people to copy."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment that holds from here on."""

    name: str
    value: str


Example = Command | File | Change | Copy | Variable


def examples(page: Path) -> Iterator[Example]:
    """Yield the examples of *page* in order."""
    now = _moment("2026-11-23 09:00")
    file: str | None = None
    what = "file"
    exit_status = 0
    text = page.read_text(encoding="utf-8")
    for part in _PART.finditer(text):
        if part["word"] == "now":
            now = _moment(part["value"])
        elif part["word"] in ("file", "change"):
            file, what = part["value"], part["word"]
        elif part["word"] == "exit":
            exit_status = int(part["value"])
        elif part["word"]:
            yield from _prepared(page, part["word"], part["value"])
        elif file is not None:
            yield File(file, part["body"]) if what == "file" else _change(file, part["body"])
            file = None
        elif part["kind"] == "console":
            line = text.count("\n", 0, part.start()) + 1
            yield from _commands(part["body"], part.start("body"), now, exit_status, f"{page.name}:{line}")
            exit_status = 0


def _prepared(page: Path, word: str, value: str) -> Iterator[Example]:
    """Yield what has to be there for what follows."""
    if word == "set":
        name, _, text = value.partition("=")
        yield Variable(f"INPROCAP_FLOW_{name}", text)
    elif word == "before":
        yield from _before(value)
    elif word == "files":
        yield from (one for one in examples(page.parent / value) if isinstance(one, File))
    else:
        yield Copy(value)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def _before(name: str) -> Iterator[Command]:
    """Yield the commands of a story, such as ``2026-01-12 09:00 open open --as ada need=...``."""
    story = Path(__file__).parent / "before" / f"{name}.txt"
    for number, line in enumerate(story.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            words = tuple(shlex.split(line[17:]))
            yield Command(PROGRAMS[0], words, "...", _moment(line[:16]), 0, f"{story.name}:{number}", None)


def _change(name: str, body: str) -> Change:
    """Read a ``diff`` block: ``-`` begins what goes, ``+`` what comes, a blank what stays."""
    lines = body.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if not line.startswith("+"))
    after = "".join(line[1:] for line in lines if not line.startswith("-"))
    return Change(name, before, after)


def _commands(body: str, offset: int, now: datetime, exit_status: int, place: str) -> Iterator[Command]:
    """Yield the commands of one block; the exit status that was announced is that of the last one."""
    starts = [found.end() for found in _PROMPT.finditer(body)]
    for start, end in zip(starts, [*(found.start() for found in _PROMPT.finditer(body)), len(body)][1:], strict=True):
        typed_until = _end_of_line(body, start)
        program, *words = shlex.split(_CONTINUED.sub(" ", body[start:typed_until]))
        if program in PROGRAMS:
            status = exit_status if end == len(body) else 0
            printed = min(typed_until + 1, end)
            span = (offset + printed, offset + end)
            yield Command(program, tuple(words), body[printed:end].strip("\n"), now, status, place, span)


def _end_of_line(body: str, start: int) -> int:
    """Return where the line that begins at *start* ends, with the lines that a backslash adds to it."""
    end = body.index("\n", start)
    while body[end - 1] == "\\":
        end = body.index("\n", end + 1)
    return end


def agrees(expected: str, printed: str) -> bool:
    """Return whether *printed* is what the page says; ids and hashes may differ, ``...`` leaves lines out."""
    wanted = [_plain(line) for line in expected.splitlines()]
    pattern = "\n".join(".*" if line == "..." else re.escape(line) for line in wanted)
    got = "\n".join(_plain(line) for line in printed.strip("\n").splitlines())
    return re.fullmatch(pattern, got, re.DOTALL) is not None


def _plain(line: str) -> str:
    return _HASH.sub("HASH", _SHORT.sub(r"\1 case-ID", _ID.sub("case-ID", line.rstrip())))
