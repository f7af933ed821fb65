"""What came of playing a test file: its scenarios, where they did not come out as written, and what they reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inprocap_flow.errors import Place
from inprocap_flow.language.scenarios import Borrowed, Scenario
from inprocap_flow.service.coverage import Coverage


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a scenario did not come out as written, and how."""

    place: Place
    fact: str
    says: str


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario with its faults; none: it holds."""

    scenario: Scenario
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A test file as played. ``overlays`` were applied, and ``brought`` are the steps that they added or changed.

    ``borrowed`` are the stories that it starts from, of other files or with changes.
    """

    path: Path
    procedure: str
    played: tuple[Played, ...]
    coverage: Coverage
    overlays: tuple[str, ...] = ()
    brought: frozenset[str] = frozenset()
    borrowed: tuple[Borrowed, ...] = ()

    @property
    def to_reach(self) -> Coverage:
        """What the scenarios of this file are for: what the overlays brought, else the whole procedure.

        The rest of a procedure with overlays is played by the scenarios of the procedure itself.
        """
        return self.coverage.of(self.brought) if self.overlays else self.coverage

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for one in self.played for fault in one.faults)

    @property
    def passed(self) -> bool:
        return not self.faults
