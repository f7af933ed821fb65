"""How the store writes a moment, and how people read one that it wrote."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache


def sortable(moment: datetime) -> str:
    """Return an aware moment as UTC text of fixed width: later moments sort later, byte by byte."""
    return _sortable(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=256)  # an outcome writes the same moment many times; on why only UTC see `engine.case.records.stamp`
def _sortable(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def readable(moment: str, zone: tzinfo = UTC) -> str:
    """Return a moment that was stored as people read it: ``2026-07-07 16:00``, in no zone ``2026-07-07 14:00 UTC``."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(zone):%Y-%m-%d %H:%M}" + (" UTC" if zone is UTC else "")
    except ValueError:
        return moment
