"""Deeds as plain data, the way test files write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from inprocap_flow.language.scenarios import Deed, Expected

_EXPECTED = ("refused", "left_by", "stage_of_case", "tracks", "deadline")


def shown(deeds: Sequence[Deed]) -> Iterator[dict[str, Any]]:
    """Yield deeds as they are written in a scenario, with what must come back."""
    for deed in deeds:
        what = list(deed.what) if isinstance(deed.what, tuple) else deed.what
        written: dict[str, Any] = {"at": deed.at, "by": deed.by, deed.verb: what}
        more = {"on": deed.on, "new": deed.new, "of": deed.of, "reason": deed.reason}
        written |= {name: value for name, value in more.items() if value}
        given: dict[str, Any] = dict(deed.values)
        if deed.documents:
            given["documents"] = list(deed.documents)
        if given:
            written["with"] = given
        if deed.then is not None:
            written["then"] = dict(_expected(deed.then))
        yield written


def _expected(then: Expected) -> Iterator[tuple[str, Any]]:
    for name in _EXPECTED:
        value = getattr(then, name)
        if value:
            yield name, list(value) if isinstance(value, tuple) else value
