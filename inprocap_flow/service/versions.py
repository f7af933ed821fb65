"""Every released version with where it stands on a day, and how many open cases stand on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
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
    """A released version. ``state`` is `IN_FORCE`, `COMING` or `SUPERSEDED`; "" where the day does not decide."""

    kind: str
    entry: ReleaseEntry
    state: str
    open_cases: int


def versions(desk: Desk, day: date) -> tuple[Version, ...]:
    """Return what is released, by kind and name and in time, as new cases of the local *day* would find it."""
    counted = Counter(entry.definition_hash for entry in desk.store.cases(ended=False))
    with desk.store.reading() as reading:
        return tuple(
            Version(kind, entry, _state(reading, kind, entry, day), counted[entry.content_hash])
            for kind in KINDS
            for entry in reading.releases(kind)
        )


def _state(reading: Reading, kind: str, entry: ReleaseEntry, day: date) -> str:
    if kind == APPLIED:
        return ""  # the organisation and its overlays decide
    if entry.valid_from > day.isoformat():
        return COMING
    dated = kind in DATED
    newest = reading.in_force(kind, entry.name, day).content_hash if dated else reading.newest(kind, entry.name)
    return IN_FORCE if newest == entry.content_hash else SUPERSEDED
