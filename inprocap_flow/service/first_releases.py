"""Who released a version first, where it was imported: its importer only took it over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.store.records import ReleaseEntry

ELSEWHERE = "released_elsewhere"
"""Under this, beside what was found out about an imported version: when and by whom it was released first."""
_LONGEST = 200  # characters of what a set says of it


def first_release(one: Mapping[str, Any]) -> dict[str, str]:
    """Return of an entry of a set when and by whom it was released, as far as it says so in words that can be shown."""
    said = {name: one.get(name) for name in ("released_at", "released_by")}
    return {name: text[:_LONGEST] for name, text in said.items() if isinstance(text, str) and text.isprintable()}


def released_first(entry: ReleaseEntry) -> dict[str, str]:
    """Return when and by whom a version was released first: elsewhere, if it was imported; "" for what is not known."""
    plain = entry.judged.get(ELSEWHERE)
    if not isinstance(plain, Mapping):
        return {"released_at": entry.released_at, "released_by": entry.released_by}
    return {name: str(plain.get(name) or "") for name in ("released_at", "released_by")}
