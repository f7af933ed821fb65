"""The ends that deadlines got by the decision that a message is about, and the ends that they had before."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.records import MAIN, Event, key, unstamp
from inprocap_flow.service.delivering.telling import Telling

# Events that give a deadline an end.
MOVES = (
    "deadline_started", "deadline_extended", "deadline_recomputed", "deadline_resumed", "deadline_corrected",
)  # fmt: skip


def deadlines(telling: Telling) -> Iterator[tuple[str, str]]:
    """Yield the deadlines that the same decision set; to a firm only those of its own track and of everybody."""
    for event in telling.decision:
        if event.kind not in MOVES:
            continue
        if not event.data.get("end") or (telling.outside and event.line not in (telling.line, MAIN)):
            continue
        name = str(event.data["deadline"])
        declared = telling.definition.find_deadline(telling.kind_of(event.line), name)
        inside = declared is None or (declared.kind != "open_until" and name != telling.acted_on)
        if telling.outside and event.line == MAIN and inside:
            continue
        title = telling.titled("deadline", name, event.line)
        yield telling.phrases.say("until"), f"{telling.phrases.end(unstamp(event.data['end']))}: {title}"
        yield from _before(telling, event)


def _before(telling: Telling, event: Event) -> Iterator[tuple[str, str]]:
    """Yield the end that a deadline had before *event* gave it another; a window that had closed opens again."""
    same = list(_told_of(telling, event))
    ends = [one for one in same if one.kind in MOVES and one.data.get("end")]
    if not ends or ends[0].data["end"] == event.data["end"]:
        return
    was = telling.phrases.end(unstamp(ends[0].data["end"]))
    again = same[0].kind == "deadline_over"
    yield telling.phrases.say("opens_again" if again else "instead_of"), was


def _told_of(telling: Telling, event: Event) -> Iterator[Event]:
    """Yield what was recorded of the same deadline before, the latest first, under whatever name it had then."""
    name = str(event.data["deadline"])
    ours = (one for one in telling.decision if one.seq < event.seq and one.kind == "migrated")
    for one in (*reversed((*telling.earlier, *ours)),):
        if one.kind == "migrated":
            was = {now: before for before, now in one.data.get("deadlines", {}).items()}
            name = was.get(key(event.line, name), key(event.line, name)).partition(" ")[2]
        elif one.line == event.line and str(one.data.get("deadline", "")) == name:
            yield one
