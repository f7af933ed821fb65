"""Deeds as plain data, the way test files write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inprocap_flow.language.scenarios import Deed, Expected

_EXPECTED = ("refused", "may_be_given_by", "left_by", "stage_of_case", "tracks", "deadline")


def shown(deeds: Sequence[Deed]) -> Iterator[dict[str, Any]]:
    """Yield deeds as they are written in a scenario, with what must come back."""
    for deed in deeds:
        what = list(deed.what) if isinstance(deed.what, tuple) else deed.what
        written: dict[str, Any] = {"at": deed.at, "by": deed.by, deed.verb: what}
        more = {"on": deed.on, "new": deed.new, "of": deed.of, "signed_by": deed.signed_by, "reason": deed.reason}
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
            yield name, _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return list(value) if isinstance(value, tuple) else value
