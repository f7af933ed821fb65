"""Every released version with where it stands on a day, and how many open cases stand on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from inprocap_flow.service.choosing import APPLIED, OVERLAY
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading
from inprocap_flow.store.records import ReleaseEntry

IN_FORCE, COMING, SUPERSEDED = "in force", "coming", "superseded"
KINDS = ("procedure", "rulebook", OVERLAY, APPLIED, "organisation")
DATED = ("procedure", OVERLAY)  # kinds that may be valid from a day on; of the others the newest counts


@dataclass(frozen=True, slots=True)
class Version:
    """A released version. ``state`` is `IN_FORCE`, `COMING` or `SUPERSEDED`; "" where the day does not decide.

    ``title`` is by language; empty where it was not asked for.
    """

    kind: str
    entry: ReleaseEntry
    state: str
    open_cases: int
    title: Mapping[str, str] = field(default_factory=dict)


def versions(desk: Desk, day: date, *, with_titles: bool = False) -> tuple[Version, ...]:
    """Return what is released, by kind and name and in time, as new cases of the local *day* would find it.

    Titles are read from the whole content of each, so only *with_titles*.
    """
    counted = Counter(entry.definition_hash for entry in desk.store.cases(ended=False))
    with desk.store.reading() as reading:
        return tuple(
            Version(
                kind,
                entry,
                _state(reading, kind, entry, day),
                counted[entry.content_hash],
                _title(reading, kind, entry) if with_titles else {},
            )
            for kind in KINDS
            for entry in reading.releases(kind)
        )


def _title(reading: Reading, kind: str, entry: ReleaseEntry) -> Mapping[str, str]:
    content = reading.released(kind, content_hash=entry.content_hash).content
    # A procedure is released with its tables, and its maps as pairs in order of writing.
    return {str(language): str(text) for language, text in dict(content.get("definition", content)["title"]).items()}


def _state(reading: Reading, kind: str, entry: ReleaseEntry, day: date) -> str:
    if kind == APPLIED:
        return ""  # the organisation and its overlays decide
    if entry.valid_from > day.isoformat():
        return COMING
    dated = kind in DATED
    newest = reading.in_force(kind, entry.name, day).content_hash if dated else reading.newest(kind, entry.name)
    return IN_FORCE if newest == entry.content_hash else SUPERSEDED
