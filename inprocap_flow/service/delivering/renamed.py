"""What a message is about, under the name that it has by now: its case may have gone over to another version since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inprocap_flow.engine.case.history import effective
from inprocap_flow.engine.case.records import Case, key
from inprocap_flow.store.deliveries import Posted
from inprocap_flow.store.port import Reading

_OF_CLOCKS = ("deadline", "safety")
_OF_APPROVALS = ("approval", "validity", "papers")


def ladder_now(reading: Reading, case: Case, message: Posted) -> str:
    """Return the ladder that the reminder *message* hangs on, as it is called in the version that *case* is on now."""
    name = str(message.detail.get("ladder", ""))
    written_for = str(message.detail.get("definition") or case.definition_hash)
    kind, *parts = name.split(" ")
    what = "deadlines" if kind in _OF_CLOCKS else "approvals" if kind in _OF_APPROVALS else ""
    if written_for == case.definition_hash or not what or len(parts) < 2:
        return name
    line, own, *more = parts
    return " ".join((kind, line, _now(reading, message, what, line, own), *more))


def approval_now(reading: Reading, case: Case, message: Posted) -> str:
    """Return the approval that *message* asks to sign, as it is called in the version that *case* is on now.

    "" for a reminder of something else.
    """
    if message.kind == "reminder":
        kind, *parts = ladder_now(reading, case, message).split(" ")
        return parts[1] if kind in _OF_APPROVALS and len(parts) > 1 else ""
    name = message.about[0] if message.about else message.subject  # a watch asks for an approval of another name
    if key(message.line, name) in case.approvals:
        return name
    return _now(reading, message, "approvals", message.line, name)


def _now(reading: Reading, message: Posted, what: str, line: str, name: str) -> str:
    place = key(line, name)
    for names in _renamed_since(reading, message, what):
        place = names.get(place, place)
    return place.partition(" ")[2]


def _renamed_since(reading: Reading, message: Posted, what: str) -> Iterator[Mapping[str, str]]:
    """Yield what every version that the case went over to since calls otherwise, in time; none that was annulled."""
    for event in effective(reading.events(message.case_id)):
        if event.kind == "migrated" and event.seq > message.seq:
            yield event.data.get(what, {})
