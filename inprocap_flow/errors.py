"""The one error family, and the shape of everything we say about bad input.

A *refusal* ("not yet") is a value and lives in the engine. An exception from this module means that a
definition is wrong, somebody else was faster, the installation is broken, or we have a bug.
"""

from __future__ import annotations

import re

from inprocap_flow.records import field, record

_UNSEEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


@record
class Place:
    """Where something stands in a text file. Lines and columns count from 1; 0 means "the file as a whole"."""

    file: str
    line: int = 0
    column: int = 0

    def __lt__(self, other: Place) -> bool:
        return (self.file, self.line, self.column) < (other.file, other.line, other.column)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@record
class Problem:
    """One thing that is wrong with an input: place, stable code, fact and mend.

    ``severity`` is ``error`` (correctness, cannot be switched off) or ``advice``.
    ``width`` is the number of characters to underline; ``source_line`` the line as written, if known. ``explained`` is
    what the file itself says about a piece of advice (`language.explained`).
    """

    place: Place
    code: str
    fact: str
    mend: str = ""
    severity: str = "error"
    source_line: str = field(default="", compare=False)
    width: int = field(default=1, compare=False)
    explained: str = field(default="", compare=False)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.place.file, self.place.line, self.place.column, self.code, self.fact)

    def __str__(self) -> str:
        return self.render()

    def render(self) -> str:
        """Return the problem as people read it: place, code, fact; the line with a caret; the mend."""
        lines = [f"{self.place}: {self.code}  {self.fact}"]
        if self.place.line and self.source_line:
            shown, start = _window(self.source_line, self.place.column)
            number = f"{self.place.line:>6}"
            marks = "^" * max(1, min(self.width, len(shown) - start))
            lines += [f"{number} | {shown}", f"{' ' * len(number)} | {' ' * start}{marks}"]
        if self.mend:
            lines.append(f"  mend: {self.mend}")
        return "\n".join(lines)


def _window(source_line: str, column: int, width: int = 100) -> tuple[str, int]:
    """Return the part of a long line around *column* and where the caret stands in it."""
    text = source_line.rstrip("\r\n").replace("\t", " ")
    caret = max(0, column - 1)
    if len(text) <= width:
        return text, min(caret, len(text))
    left = max(0, caret - width // 2)
    return text[left : left + width], caret - left


def visible(text: str) -> str:
    r"""Return *text* with everything unseen written out (``\x1b``): what people typed must not steer a terminal.

    Line ends and tabs stay. Marks that turn the reading direction and half characters are written out, too.
    """
    return re.sub(_UNSEEN, lambda found: ascii(found.group())[1:-1], text)


class FlowError(Exception):
    """Anything this package raises on purpose. ``code`` is stable and for programs; ``mend`` says what to do."""

    code = "error"
    exit_status = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(visible(message))
        self.mend = visible(mend)

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}\n  mend: {self.mend}" if self.mend else message


class InvalidInput(FlowError):
    """A file or request has problems; all of them are listed, sorted by place."""

    code = "invalid-input"

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.sort_key))
        super().__init__("\n".join(problem.render() for problem in self.problems))


class DefinitionDefect(FlowError):
    """A definition behaves in a way that it must not (a loop of automatic moves, something left open)."""

    code = "definition-defect"


class CaseChanged(FlowError):
    """Somebody else changed the case in between, and a version was asked for. ``at``: when, as stored, if known."""

    code = "case-changed"
    exit_status = 4
    at = ""


class NotFound(FlowError):
    """A case, definition, person or document of that name does not exist."""

    code = "not-found"


class NotAllowed(FlowError):
    """The installation or the operator does not allow this (a hook folder, a sealed value, an erased key)."""

    code = "not-allowed"


class Unsupported(FlowError):
    """The question cannot be answered exactly yet, so it is refused rather than approximated (ruling 13)."""

    code = "unsupported"


class StoreDamaged(FlowError):
    """What is stored contradicts itself: a hash chain that does not verify, a document whose hash differs."""

    code = "store-damaged"
    exit_status = 5
