"""Events folded into a case. The fold needs no definition: every event says in full what it changed.

`apply` puts one event on a case; `fold` does so for a whole history, leaving out what was annulled and putting
late entries where they belong. Deciding uses `apply` too, so that what is replayed is what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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

EMPTY = Case(id="", organisation="", procedure="", procedure_version="", definition_hash="")


def fold(events: Iterable[Event]) -> Case:
    """Return the case that *events* (in order of recording) add up to.

    Annulled decisions are left out; a late entry takes effect right after the decision it names. Numbers that count
    recordings (version, next_seq, next_decision) follow the recording.
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
    )


def apply(case: Case, event: Event) -> Case:
    """Return *case* after *event*. Raises StoreDamaged for a kind of event that no release ever wrote."""
    applier = APPLIERS.get(event.kind)
    if applier is None:
        raise StoreDamaged(f"event {event.seq} is of unknown kind {event.kind!r}")
    changes = applier(case, event)
    _hear_of(changes.get("lines", case.lines), event, changes)
    changes["next_seq"] = max(event.seq + 1, case.next_seq)
    changes["next_decision"] = max(event.decision + 1, case.next_decision)
    changes["version"] = event.outcome
    changes["acted"] = _acted(case, event)
    changes["last_change_at"] = stamp(event.recorded_at)
    changes["last_change_by"] = event.actor
    return changed(case, **changes)


def _hear_of(lines: Mapping[str, LineState], event: Event, changes: Changes) -> None:
    """Add the moment of *event* as the last thing known of its line; what comes before it is late."""
    line = lines.get(event.line)
    if line is None or (line.last is not None and event.happened.first < first_of(line.last)):
        return
    changes["lines"] = {**lines, line.id: changed(line, last=event.happened.to_plain())}


def _acted(case: Case, event: Event) -> Mapping[str, tuple[str, ...]]:
    if event.role is None or event.actor == SYSTEM_ACTOR or event.role in case.acted.get(event.actor, ()):
        return case.acted
    return {**case.acted, event.actor: (*case.acted.get(event.actor, ()), event.role)}


EVENT_KINDS = tuple(APPLIERS)
