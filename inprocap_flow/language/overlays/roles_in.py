"""A record with other roles in it: everywhere where a role stands, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from inprocap_flow.language.model import Watch
from inprocap_flow.records import changed, fields_of

Record = TypeVar("Record")
_OF_ROLES = frozenset({"by", "role", "not_same_as", "recorded_by", "secret_from", "owner", "records_for", "apart_from"})


def with_roles(record: Record, replaced: Mapping[str, str]) -> Record:
    """Return *record* with every role that *replaced* names replaced, in the records inside it, too."""
    if not replaced:
        return record
    return changed(record, **{name: _value(record, name, replaced) for name in fields_of(record)})


def _value(record: Any, name: str, replaced: Mapping[str, str]) -> Any:
    value = getattr(record, name)
    if name in _OF_ROLES or (name == "tells" and isinstance(record, Watch)):
        if isinstance(value, str):
            return replaced.get(value, value)
        return tuple(replaced.get(one, one) for one in value) if isinstance(value, tuple) else value
    return _inside(value, replaced)


def _inside(value: Any, replaced: Mapping[str, str]) -> Any:
    if type(value).__module__.startswith("inprocap_flow.language.model"):
        return with_roles(value, replaced)
    if isinstance(value, tuple):
        return tuple(_inside(one, replaced) for one in value)
    if isinstance(value, Mapping):
        return {key: _inside(one, replaced) for key, one in value.items()}
    return value
