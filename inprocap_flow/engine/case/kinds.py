"""The kind of a line by its id, in a version: a track keeps its id when its kind is called otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inprocap_flow.engine.case.records import MAIN, Case, Event
from inprocap_flow.language.model import CASE, Definition

AS_WRITTEN: Mapping[str, str] = {}


def written_kind(line_id: str) -> str:
    """Return the kind that a line was begun under, as its id says it: ``supplier`` of ``supplier/alpha``."""
    return CASE if line_id == MAIN else line_id.partition("/")[0]


def kinds_of(case: Case) -> Mapping[str, str]:
    """Return the kind that each line of *case* has now."""
    return {line.id: line.kind for line in case.lines.values()}


def kinds_after(events: Iterable[Event]) -> Mapping[str, str]:
    """Return the kind of each line that a migration gave another one, by what *events* say last."""
    found: dict[str, str] = {}
    for event in events:
        for line_id, told in event.data.get("lines", {}).items() if event.kind == "migrated" else ():
            if "kind" in told:
                found[line_id] = str(told["kind"])
    return found


def kind_in(definition: Definition, line_id: str, kinds: Mapping[str, str] = AS_WRITTEN) -> str:
    """Return the kind of *line_id* in *definition*, one of the versions that its case has run on.

    *kinds* are those of now. A version from before a kind was renamed knows the line by the kind that its id says. A
    kind that the version does not have at all is given as the id says it.
    """
    written = written_kind(line_id)
    now = kinds.get(line_id, written)
    return now if now == CASE or now in definition.tracks else written
