"""Events folded into a case. The fold needs no definition: every event says in full what it changed.

`apply` puts one event on a case; `fold` does so for a whole history, leaving out what was annulled and putting
late entries where they belong. Deciding uses `apply` too, so that what is replayed is what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from inprocap_flow.engine.case.changes import APPLIERS, Changes
from inprocap_flow.engine.case.records import (
    SYSTEM_ACTOR,
    Case,
    Event,
    LineState,
    first_of,
    stamp,
)
from inprocap_flow.errors import StoreDamaged
from inprocap_flow.records import changed

Named = Mapping[str, Mapping[str, str]]  # releases: kind -> name -> hash

DECIDED_WITH = "decided_with"  # where the request of a decision names what it was decided with, if that is new
EMPTY = Case(id="", organisation="", procedure="", procedure_version="", definition_hash="")


def fold(events: Iterable[Event]) -> Case:
    """Return the case that *events* (in order of recording) add up to.

    Annulled decisions are left out; a late entry takes effect right after the decision it names. Numbers that count
    recordings (version, next_seq, next_decision), and what was decided with last, follow the recording.
    """
    recorded = tuple(events)
    case = EMPTY
    for event in effective(recorded):
        case = apply(case, event)
    return _numbered(case, recorded)


def effective(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events that count, in the order in which they count."""
    order: list[int] = []
    by_decision: dict[int, list[Event]] = {}
    annulled: set[int] = set()
    for event in events:
        if event.decision not in by_decision:
            by_decision[event.decision] = []
            _insert(order, event)
        by_decision[event.decision].append(event)
        if event.kind == "annulled":
            annulled.update(event.data["decisions"])
    return tuple(event for number in order if number not in annulled for event in by_decision[number])


def definition_at(events: Sequence[Event], seq: int) -> str:
    """Return the hash of the version that a case ran on right after event *seq*, by what was recorded until then.

    A late entry was decided by the version of its own moment, which is that of the decision it follows.
    """
    known = [event for event in events if event.seq <= seq]
    counting = effective(known)
    if known and (as_of := known[-1].as_of) is not None:
        places = [place for place, event in enumerate(counting) if event.decision == as_of]
        counting = counting[: max(places, default=-1) + 1]
    bound = [event.data["definition"] for event in counting if event.kind in ("opened", "migrated")]
    return str(bound[-1]) if bound else ""


def named_releases(events: Iterable[Event]) -> Iterator[tuple[Event, Named]]:
    """Yield each event from which on other releases were decided with, and these: kind -> name -> hash.

    They hold for everything recorded after it, until the next one, also if the decision itself was annulled: later
    ones were decided with them all the same. Chains of 0.1.0 name none before the first decision of a later program.
    """
    for event in events:
        if found := decided_with(event):
            yield event, found


def decided_with(event: Event) -> Named | None:
    """Return the releases that *event* names as what is decided with from it on; None if it names none."""
    named: Any = event.request.get(DECIDED_WITH) if isinstance(event.request, Mapping) else None
    return named if isinstance(named, Mapping) and named else None


def each_release(named: Named) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and hash of every release of *named*, sorted; nothing of what is none (a damaged record)."""
    for kind, found in sorted(named.items()):
        if isinstance(found, Mapping):
            yield from ((kind, name, str(content_hash)) for name, content_hash in sorted(found.items()))


def _insert(order: list[int], event: Event) -> None:
    if event.as_of is None:
        order.append(event.decision)
    elif event.as_of in order:
        order.insert(order.index(event.as_of) + 1, event.decision)
    else:
        raise StoreDamaged(f"decision {event.decision} takes effect after decision {event.as_of}, which does not exist")


def _numbered(case: Case, recorded: Sequence[Event]) -> Case:
    if not recorded:
        return case
    last = recorded[-1]
    return changed(
        case,
        version=last.outcome,
        next_seq=last.seq + 1,
        next_decision=max(event.decision for event in recorded) + 1,
        last_change_at=stamp(last.recorded_at),
        last_change_by=last.actor,
        decided_with=next((found for event in reversed(recorded) if (found := decided_with(event))), case.decided_with),
    )


def apply(case: Case, event: Event) -> Case:
    """Return *case* after *event*. Raises StoreDamaged for a kind of event that no release ever wrote."""
    applier = APPLIERS.get(event.kind)
    if applier is None:
        raise StoreDamaged(f"event {event.seq} is of unknown kind {event.kind!r}")
    changes = applier(case, event)
    _hear_of(changes.get("lines", case.lines), event, changes)
    if event.request is not None and DECIDED_WITH in event.request:
        changes["decided_with"] = event.request[DECIDED_WITH]
    return changed(
        case,
        next_seq=max(event.seq + 1, case.next_seq),
        next_decision=max(event.decision + 1, case.next_decision),
        version=event.outcome,
        acted=_acted(changes.pop("acted", case.acted), event),
        last_change_at=stamp(event.recorded_at),
        last_change_by=event.actor,
        **changes,
    )


def _hear_of(lines: Mapping[str, LineState], event: Event, changes: Changes) -> None:
    """Add the moment of *event* as the last thing known of its line; what comes before it is late."""
    line = lines.get(event.line)
    if line is None or (line.last is not None and event.happened.first < first_of(line.last)):
        return
    last = event.happened.to_plain()
    if line.last != last:  # mostly the events of one decision happen at one moment
        changes["lines"] = {**lines, line.id: changed(line, last=last)}


def _acted(acted: Mapping[str, tuple[str, ...]], event: Event) -> Mapping[str, tuple[str, ...]]:
    if event.role is None or event.actor == SYSTEM_ACTOR or event.role in acted.get(event.actor, ()):
        return acted
    return {**acted, event.actor: (*acted.get(event.actor, ()), event.role)}


EVENT_KINDS = tuple(APPLIERS)
