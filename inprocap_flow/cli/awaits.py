"""The reports of linked cases that a case waits for, as ``next`` and ``show`` say them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine.awaiting import Awaited, awaited
from inprocap_flow.engine.case.records import MAIN

HEADING = "Waits for reports of linked cases"


def part(about: Subject) -> list[str]:
    """Return the part that says which steps a report carries out now, and from which case it comes."""
    found = awaited(about.binding, about.case)
    alike: dict[tuple[str, str], list[Awaited]] = {}
    for one in found:
        alike.setdefault((one.step.line, one.step.name), []).append(one)
    lines = [line for group in alike.values() for line in _bullet(about, group)]
    return [layout.heading(HEADING), *lines] if lines else []


def _bullet(about: Subject, group: Sequence[Awaited]) -> list[str]:
    """Return one step; several tracks that wait for it are named together."""
    first = group[0]
    title = about.words.text(first.step.title)
    said = f"{first.step.name}: {title}" if title else first.step.name
    sources = [_source(one) for one in group]
    if first.line == MAIN:
        return layout.bullet(f"{said}, from {sources[0]}")
    rows = [f"{one.line} from {source}" for one, source in zip(group, sources, strict=True)]
    shown = ", ".join(rows[:SHOWN]) + (f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "")
    return layout.bullet(f"{said}: {shown}")


SHOWN = 6  # tracks that are named; more are counted


def _source(one: Awaited) -> str:
    of = " or ".join(one.receipt.of)
    return f"{', '.join(one.cases)} ({of})" if one.cases else f"a case of {of}"


def to_plain(about: Subject) -> list[dict[str, Any]]:
    """Return the same as JSON data."""
    return [
        {
            "report": one.receipt.name,
            "step": one.step.name,
            "line": one.line,
            "of": list(one.receipt.of),
            "from": list(one.cases),
        }
        for one in awaited(about.binding, about.case)
    ]
