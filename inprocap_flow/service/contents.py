"""Whether what a set of definitions holds can be what it says, before any of it is released here: nothing is believed.

A hash only says that the content is the one that was written down. Somebody may have written down a procedure whose
moves are not those of its definition, which no check has ever seen; or nothing that this program can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inprocap_flow.errors import FlowError
from inprocap_flow.language.canonical import from_plain
from inprocap_flow.language.model import Definition, Organisation, Rulebook
from inprocap_flow.language.overlays.comparing import LIFTABLE
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.released import from_released
from inprocap_flow.service.choosing import APPLIED, OVERLAY, as_released

Named = tuple[str, str]


def fault_of(one: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the content of a release (its kind, name, version, content) as a clause, or None."""
    try:
        named, fault = _read(str(one["kind"]), one["content"])
    except FlowError as wrong:
        return f"is not sound: {wrong}"
    except Exception:  # noqa: BLE001 - the content is anything at all, and records say what they lack in many ways
        return "cannot be read by this program"
    if named != (one["name"], one["version"]):
        return f"is {' '.join(named)[:80]!r} inside"
    return fault


def _read(kind: str, content: Any) -> tuple[Named, str | None]:
    """Return name and version that *content* itself gives, and what is wrong with it otherwise."""
    if kind in ("procedure", APPLIED):
        return _machine(kind, content)
    if kind == OVERLAY:
        overlay = as_released(content)
        return (overlay.name, overlay.version), None
    if kind == "rulebook":
        book = from_plain(Rulebook, content)
        return (book.name, book.version), None
    house = from_plain(Organisation, content)
    return (house.name, house.version), None


def _machine(kind: str, content: Any) -> tuple[Named, str | None]:
    machine = from_released(content)
    definition = machine.definition
    named = definition.name, definition.full_version
    if bool(definition.overlays) != (kind == APPLIED):
        return named, "has overlays, or has none, against its kind"
    if compile_definition(definition).tables != machine.tables:
        return named, "has other moves than its definition says"
    return named, _lifting(definition)


def _lifting(definition: Definition) -> str | None:
    for one in definition.derogations.values():
        for name in one.lifts:
            rule = definition.rules.get(name)
            if rule is None or rule.basis not in LIFTABLE:
                return f"would let {one.name} lift {name}, which is no rule of custom or of the house"
    return None
