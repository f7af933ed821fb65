"""Deciding recorded requests again: does what was decided later still come out the same on another past?

Annulment and late entries rest on this (ruling 7; language, 6.6). "The same" is word for word. Dated data may have
moved since (a new release of a calendar): then what counts is whether the change of the past makes a difference today.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from inprocap_flow.engine.carrying.beginning import begin_work
from inprocap_flow.engine.carrying.describe import request_of
from inprocap_flow.engine.carrying.settle import expire, next_expiry
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import apply, effective
from inprocap_flow.engine.case.records import MAIN, Case, Event, Request
from inprocap_flow.engine.turn import attempt
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.records import record

UNDECIDED = frozenset({"annulled", "marked", "protected_data_destroyed"})  # they rest on nothing


@record
class Recorded:
    """One recorded decision: its number, what was asked, and its events."""

    number: int
    request: Mapping[str, Any]
    events: tuple[Event, ...]

    @property
    def title(self) -> str:
        """What it was, for a list of dependents."""
        first = self.events[0]
        what = " ".join(str(self.request.get(part, "")) for part in ("kind", "name", "new") if self.request.get(part))
        line = f" on {first.line}" if first.line != MAIN else ""
        return f"{self.number}: {what or first.kind}{line} ({first.happened.first:%Y-%m-%d})"


def decisions(events: Sequence[Event]) -> list[Recorded]:
    """Return the decisions that count, in the order in which they count."""
    found: list[Recorded] = []
    for number, group in groupby(effective(events), key=lambda event: event.decision):
        members = tuple(group)
        found.append(Recorded(number, members[0].request or {}, members))
    return found


def put_on(case: Case, events: Iterable[Event]) -> Case:
    """Return *case* after *events*."""
    for event in events:
        case = apply(case, event)
    return case


def differing(binding: Binding, was: Case, would_be: Case, later: Iterable[Recorded]) -> Iterator[Recorded]:
    """Yield every decision of *later* that would come out otherwise on *would_be* than it does on *was*."""
    for one in later:
        if _same(binding, was, would_be, one):
            would_be = put_on(would_be, one.events)
        else:
            yield one
        was = put_on(was, one.events)


def differing_without(
    binding: Binding, was: Case, would_be: Case, later: Iterable[Recorded], numbers: Container[int]
) -> Iterator[Recorded]:
    """Yield every decision of *later* but those in *numbers* that would come out otherwise if those had not been."""
    for one in later:
        if one.number not in numbers:
            different = list(differing(binding, was, would_be, [one]))
            yield from different
            would_be = would_be if different else put_on(would_be, one.events)
        was = put_on(was, one.events)


def _same(binding: Binding, was: Case, would_be: Case, one: Recorded) -> bool:
    again = _again(binding, would_be, one)
    if again is None:
        return False
    return again == _words(one.events) or again == _again(binding, was, one)


def _words(events: Iterable[Event]) -> str:
    """Return what *events* say, without the numbers of their recording."""
    return canonical_json([
        [e.kind, e.line, e.data, e.happened.to_plain(), e.actor, e.role, e.on_behalf_of] for e in events
    ])  # fmt: skip


def _again(binding: Binding, case: Case, one: Recorded) -> str | None:
    """Return the words of *one* decided again on *case*; None if it would be refused or something would come before."""
    first = one.events[0]
    if one.request.get("kind") == "import" or first.kind in UNDECIDED:
        return _words(one.events)
    # On another past the case may run on another version by now. What other cases take today was not asked then.
    binding = binding.of(case)
    binding = binding.revealing(binding.reveal)
    if one.request.get("kind") == "expiry":
        due = next_expiry(case, first.happened.last)
        if due is None or (due.line, due.name) != (one.request["line"], one.request["name"]):
            return None
        return _words(expire(binding, case, Request("expiry", "system"), first.recorded_at, due).events)
    if next_expiry(case, first.happened.first) is not None:
        return None  # a deadline would now have ended before this
    request = request_of(one.request, first)
    work = begin_work(binding, case, request, first.recorded_at, first.happened)
    work.assumed = any(event.data.get("assumed") for event in one.events)
    return None if attempt(work, request) else _words(work.events)
