"""All names of a procedure, by line: what the rest of the resolution looks them up in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inprocap_flow.language.model import CASE
from inprocap_flow.language.schema.lines import LineDoc
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.stages import StageDoc
from inprocap_flow.language.schema.steps import StepParts

OF_A_LINE = ("field", "document", "approval", "deadline")


@dataclass(frozen=True, slots=True)
class LineNames:
    """The names that one line declares."""

    kind: str
    parent: str | None
    stages: Mapping[str, StageDoc]
    fields: Mapping[str, str]  # name -> type
    committees: Mapping[str, str]  # meeting field -> committee
    documents: tuple[str, ...]
    approvals: tuple[str, ...]
    deadlines: tuple[str, ...]
    steps: tuple[str, ...]

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the names of *kind*."""
        return {
            "stage": tuple(self.stages),
            "field": tuple(self.fields),
            "document": self.documents,
            "approval": self.approvals,
            "deadline": self.deadlines,
            "step": self.steps,
        }[kind]


@dataclass(slots=True)
class NameTable:
    """Every name of a procedure."""

    lines: dict[str, LineNames]
    of_case: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def known(self, kind: str, line: str) -> list[str]:
        """Return the names of *kind* that can be used in *line*; for a stage or step only its own."""
        if kind in self.of_case:
            return list(self.of_case[kind])
        own = self.lines.get(line)
        names = list(own.of(kind)) if own else []
        if kind not in OF_A_LINE:
            return names
        if line != CASE:
            names += self.lines[CASE].of(kind)
        if own and own.parent in self.lines:
            names += [f"{own.parent}.{name}" for name in self.lines[own.parent].of(kind)]
        return names

    def gates(self, line: str) -> list[str]:
        """Return the meeting fields that a gate may be asked of."""
        lines = [self.lines[kind] for kind in (line, CASE) if kind in self.lines]
        return [name for one in lines for name in one.committees]


def table(doc: ProcedureDoc) -> NameTable:
    """Return every name that *doc* declares."""
    lines = {CASE: _line(CASE, None, doc)}
    lines |= {kind: _line(kind, track.of, track) for kind, track in doc.tracks.items()}
    milestones = [step.milestone for line in (doc, *doc.tracks.values()) for step in _steps(line)]
    return NameTable(
        lines,
        {
            "role": tuple(doc.roles),
            "rule": tuple(doc.rules),
            "track": tuple(doc.tracks),
            "calendar": ("holidays", *doc.calendars),
            "watch": tuple(doc.watches),
            "milestone": tuple(dict.fromkeys(name for name in milestones if name)),
        },
    )


def _line(kind: str, parent: str | None, doc: LineDoc) -> LineNames:
    begins = (doc.begins.step or f"begin_{kind}",) if doc.begins else ()
    return LineNames(
        kind,
        parent,
        dict(stages_of(doc.stages)),
        {name: one.type for name, one in doc.fields.items()},
        {name: one.of for name, one in doc.fields.items() if one.of},
        tuple(doc.documents),
        tuple(doc.approvals),
        tuple(doc.deadlines),
        (*begins, *doc.steps),
    )


def _steps(line: LineDoc) -> Iterator[StepParts]:
    if line.begins:
        yield line.begins
    yield from line.steps.values()


def stages_of(stages: Mapping[str, StageDoc], above: str = "") -> Iterator[tuple[str, StageDoc]]:
    """Yield address and document of every stage, groups before what is inside."""
    for name, stage in stages.items():
        address = f"{above}{name}"
        yield address, stage
        yield from stages_of(stage.stages, f"{address}.")
