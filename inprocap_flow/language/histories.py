"""History files as frozen records, each fact with its place and its moment as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.schema.history import FactDoc, HistoryDoc, StoodDoc
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.report import locate


@dataclass(frozen=True, slots=True)
class Stood:
    """Where tracks of a kind stood: so many (``unit`` says what was counted), some of them by name."""

    tracks: str
    stage: str
    number: int
    unit: str
    named: Mapping[str, Mapping[str, str]]
    others_left: str | None


@dataclass(frozen=True, slots=True)
class DatedFact:
    """One fact of a source. ``at`` is as written; ``values`` are texts of fields."""

    at: str
    text: str
    source: tuple[str, ...]
    certainty: str
    planned: bool
    place: Place
    reaches: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    stood: tuple[Stood, ...] = ()
    derogations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A past case, as its sources tell it."""

    name: str
    version: str
    title: str
    procedure: str
    organisation: str
    sources: Mapping[str, str]
    facts: tuple[DatedFact, ...]
    place: Place


def build_history(doc: HistoryDoc, root: MapNode) -> tuple[History, list[Problem]]:
    """Return the history, and every source that a fact names and nobody declares."""
    facts = tuple(_fact(one, locate(root, ("facts", number))[0]) for number, one in enumerate(doc.facts))
    problems = [
        Problem(
            place,
            "unknown-source",
            f"There is no source `{name}`.",
            did_you_mean(name, list(doc.sources)) or "Declare it under `sources`.",
            width=width,
        )
        for number, one in enumerate(doc.facts)
        for name in one.source
        if name not in doc.sources
        for place, width in [locate(root, ("facts", number, "source"))]
    ]
    title = next(iter(doc.title.values()))
    history = History(
        doc.history, doc.version, title, doc.procedure, doc.organisation, dict(doc.sources), facts, root.place
    )
    return history, problems


def _fact(doc: FactDoc, place: Place) -> DatedFact:
    return DatedFact(
        at=doc.at,
        text=next(iter(doc.fact.values())),
        source=tuple(doc.source),
        certainty=doc.certainty,
        planned=doc.planned,
        place=place,
        reaches=doc.reaches,
        values=_texts(doc.values),
        stood=tuple(_stood(one) for one in doc.stood),
        derogations=tuple(doc.derogation),
    )


def _stood(doc: StoodDoc) -> Stood:
    named = {name: _texts(values) for name, values in doc.named.items()}
    number = int(doc.number) if doc.number else len(named)
    return Stood(doc.tracks, doc.stage, number, doc.unit, named, doc.others_left)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
