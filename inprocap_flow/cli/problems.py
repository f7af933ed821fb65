"""How a problem of a file is shown: as lines with the source and a caret, or as JSON data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.errors import Problem


def rendered(problem: Problem) -> Iterator[str]:
    """Yield a problem as lines: where and which, the fact, the source line with a caret, the mend."""
    advice = "" if problem.severity == "error" else " (advice)"
    yield click.style(f"{problem.place}: {problem.code}", bold=True) + advice
    yield from layout.wrapped(problem.fact, "  ")
    if problem.place.line and problem.source_line:
        yield from _source_line(problem)
    if problem.explained:
        yield from layout.wrapped(problem.explained, "  explained: ")
    elif problem.mend:
        yield from layout.wrapped(problem.mend, "  mend: ")


def _source_line(problem: Problem) -> Iterator[str]:
    """Yield the part of the line around the problem that fits, and a caret below it."""
    number = f"{problem.place.line:>6} | "
    room = layout.width() - len(number)
    text = layout.clean(problem.source_line.rstrip().replace("\t", " "))
    caret = min(max(0, problem.place.column - 1), len(text))
    left = max(0, min(caret - room // 2, len(text) - room))
    part = text[left : left + room]
    marks = "^" * max(1, min(problem.width, len(part) - (caret - left)))
    yield number + part
    yield " " * (len(number) - 2) + "| " + " " * (caret - left) + click.style(marks, bold=True)


def problem_to_plain(problem: Problem) -> dict[str, Any]:
    """Return one problem as JSON data; ``line`` and ``column`` count from 1, 0 means the whole."""
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "code": problem.code,
        "severity": problem.severity,
        "fact": problem.fact,
        "mend": problem.mend,
    } | ({"explained": problem.explained} if problem.explained else {})
