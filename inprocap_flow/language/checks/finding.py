"""What a check says: which element, the fact, the mend. Where the element stands is known to the definition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.checks.plays import Plays
from inprocap_flow.language.marks import Source
from inprocap_flow.language.model import Definition, Organisation, Rulebook, Step

ERROR = "error"
ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the element that ``Definition.origins`` knows as ``origin``.

    ``at`` is the place and the width of what is meant where it is no element, but something in a line. ``plays``: how a
    case shows it, or in words why none can; None: the module says it for all its findings.
    """

    origin: str
    fact: str
    mend: str = ""
    at: tuple[Place, int] | None = None
    plays: Plays | str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Around:
    """What a definition works with. A check that needs what is None has nothing to say.

    ``day``: values that ended before it no longer count; None: every value that a limit ever had. ``base``: the
    procedure without the overlay that was applied last; ``replaced``: the roles that this overlay replaced, by whom.
    ``sources``: the texts of the files that the definition is made of, by file.
    """

    rulebook: Rulebook | None = None
    organisation: Organisation | None = None
    day: date | None = None
    base: Definition | None = None
    replaced: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict, compare=False)


class Check(Protocol):
    """A module of this package. ``SEVERITY`` error: correctness, cannot be switched off; advice: our taste."""

    CODE: str
    SEVERITY: str

    def check(self, definition: Definition, around: Around, /) -> Iterator[Finding]: ...


def problem(found: Finding, code: str, severity: str, definition: Definition, sources: dict[str, Source]) -> Problem:
    """Return the finding as a problem at the place of its element."""
    if found.at is not None:
        place, width = found.at
        shown = sources[place.file].line(place.line) if place.file in sources else ""
    else:
        place, width, shown = place_of(found.origin, definition, sources)
    return Problem(place, code, found.fact, found.mend, severity, shown, width)


def place_of(origin: str, definition: Definition, sources: dict[str, Source]) -> tuple[Place, int, str]:
    """Return where an element stands, how wide its name is, and the line; the file as a whole if nobody knows."""
    while origin and origin not in definition.origins:
        origin = origin.rpartition(".")[0]
    file, _, line = definition.origins.get(origin, definition.name).rpartition(":")
    if not line.isdigit():
        return Place(definition.name), 1, ""
    source = sources.get(file)
    shown = source.line(int(line)) if source else ""
    name = origin.rpartition(".")[2]
    found = None if name.isdigit() else re.search(rf"\b{re.escape(name)}\b", shown)
    column = found.start() if found else len(shown) - len(shown.lstrip(" -"))
    return Place(file, int(line), column + 1), len(name) if found else 1, shown


def of_line(kind: str, section: str, name: str) -> str:
    """Return the origin of something that a line declares."""
    return f"tracks.{kind}.{section}.{name}" if kind else f"{section}.{name}"


def of_step(step: Step) -> str:
    """Return the origin of a step."""
    return of_line(step.line, "steps", step.name)


def called(kind: str) -> str:
    """Return what a line is called in messages."""
    return f"the track {kind}" if kind else "the case"
