"""Versions that a set and an installation both have, but not from the same day on. Pure.

The day is no part of the content, so both may have released one version themselves. What is here stays, and is said:
cases of one day would be opened on different versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inprocap_flow.store.records import ReleaseEntry

Place = tuple[str, str, str]
"""Kind, name and version of a release."""


def place_of(one: Mapping[str, Any]) -> Place:
    """Return the kind, name and version of an entry of a set."""
    return one["kind"], one["name"], one["version"]


def other_days(plain: Mapping[str, Any], here: Iterable[tuple[str, ReleaseEntry]]) -> dict[Place, tuple[str, str]]:
    """Return of each version valid from another day here than in the set both days, "" for at once: here, there.

    *here* yields each release with its kind.
    """
    days = {(kind, one.name, one.version): one.valid_from or "" for kind, one in here}
    both = {place_of(one): one.get("valid_from") or "" for one in plain["releases"]}
    return {place: (days[place], there) for place, there in both.items() if days.get(place, there) != there}
