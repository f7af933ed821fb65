"""A step as judged: what came with it, what stands in its way, and what its effects come to if nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inprocap_flow.engine.case.records import Blocker, Handed
from inprocap_flow.language.model import Branch, Move, Step
from inprocap_flow.records import draft, field, record

if TYPE_CHECKING:
    from inprocap_flow.engine.timing.clocks import Clock


@draft
class Inputs:
    """What comes with a request for a step."""

    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)  # may hold what is sealed
    documents: Mapping[str, Handed] = field(default_factory=dict)
    reason: str | None = None


@record
class Creation:
    """A track that the step creates: of which kind, under which line, with which encoded values."""

    kind: str
    parent: str | None
    values: Mapping[str, Any] = field(repr=False)


@record
class Reported:
    """What the step reports: to which case, under which name, with which encoded values."""

    to: str
    name: str
    values: Mapping[str, Any]


@draft
class Plan:
    """A step as judged: its blockers, and what its effects come to if there are none."""

    step: Step
    line_id: str
    inputs: Inputs
    blockers: list[Blocker] = field(default_factory=list)
    warnings: list[Blocker] = field(default_factory=list)
    branch: Branch | None = None
    sets: dict[str, Any] = field(default_factory=dict, repr=False)
    clocks: dict[str, Clock] = field(default_factory=dict)  # deadline -> when it ends; of this step and its branch
    extension: Clock | None = None
    moved: list[tuple[Move, tuple[str, ...]]] = field(default_factory=list)
    created: list[Creation] = field(default_factory=list)
    reports: list[Reported] = field(default_factory=list)
    journal: dict[str, Any] = field(default_factory=dict)
    assumed: bool = False
    unfinished: frozenset[str] = frozenset()  # tracks that had not ended when the step was judged

    @property
    def chosen(self) -> Branch:
        """The branch taken; only a plan without blockers has one for certain."""
        assert self.branch is not None
        return self.branch
