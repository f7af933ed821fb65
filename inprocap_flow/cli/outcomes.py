"""What came of a request, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inprocap_flow.cli import happenings, layout, reasons
from inprocap_flow.cli.words import Words
from inprocap_flow.engine.case.kinds import kinds_of
from inprocap_flow.engine.case.records import Decision, Event, Refusal, stamp
from inprocap_flow.language.model import Definition
from inprocap_flow.store.records import Answer

Outcome = Decision | Refusal | Answer
# Time goes on whoever asks, so what it does is shown in a preview too; but a preview records none of it.
_WOULD_BE = "Nothing is recorded; by itself, because its time has come, this would be:"


def to_plain(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON data: done, refused or repeated, with what belongs to it."""
    if isinstance(outcome, Refusal):
        possible = outcome.possible_from
        return {
            "outcome": "refused",
            "blockers": [reasons.to_plain(blocker) for blocker in outcome.blockers],
            "possible_from": stamp(possible) if possible else None,
            "version": outcome.case.version if outcome.case else None,
        }
    if isinstance(outcome, Answer):
        return {
            "outcome": "refused" if outcome.refused else "repeated",
            "answered_at": outcome.answered_at,
            "version": outcome.version,
            "blockers": list(outcome.response.get("blockers", ())),
        }
    return {
        "outcome": "done",
        "version": outcome.case.version,
        "events": [event.to_plain() for event in outcome.events],
        "warnings": [reasons.to_plain(warning) for warning in outcome.warnings],
    }


def refused_lines(outcome: Refusal, words: Words, definition: Definition, case: str, *, dry_run: bool) -> list[str]:
    """Return what keeps a request, from when it is possible, and what was recorded all the same."""
    count = len(reasons.once(outcome.blockers))
    first = "Refused, for one reason:" if count == 1 else f"Refused, for {count} reasons:"
    lines = [layout.heading(first), *reasons.lines(outcome.blockers, words, definition, case=case)]
    when = reasons.possible_from(outcome.blockers, words)
    if outcome.events:
        lines += ["", _WOULD_BE if dry_run else "Recorded all the same, because its time had come:"]
        lines += _happened_lines(outcome, outcome.events, words, definition)
    return [*lines, *(["", when] if when else [])]


def repeated_lines(outcome: Answer, words: Words) -> list[str]:
    """Return what a request was answered that is sent a second time under its key."""
    what = f"refused ({', '.join(outcome.refused)})" if outcome.refused else "done"
    at = words.moment(outcome.answered_at)
    return layout.wrapped(f"This key was answered before, on {at}: {what}. Nothing was changed now.")


def done_lines(outcome: Decision, words: Words, definition: Definition, *, dry_run: bool) -> list[str]:
    """Return what happened by itself before, what was recorded, and what to mind."""
    own = outcome.events[-1].decision
    before = [event for event in outcome.events if event.decision != own]
    lines: list[str] = []
    if before:
        lines += [layout.heading(_WOULD_BE if dry_run else "By itself, because its time had come:")]
        lines += [*_happened_lines(outcome, before, words, definition), ""]
    lines += [layout.heading("This would happen; nothing is recorded:" if dry_run else "Recorded:")]
    now = [event for event in outcome.events if event.decision == own]
    lines += _happened_lines(outcome, now, words, definition)
    if outcome.warnings:
        lines += ["", layout.heading("Mind:"), *reasons.lines(outcome.warnings, words, definition)]
    return lines


def _happened_lines(
    outcome: Decision | Refusal, events: Sequence[Event], words: Words, definition: Definition
) -> list[str]:
    kinds = kinds_of(outcome.case) if outcome.case is not None else {}
    return [
        line
        for event in happenings.told_apart(events, outcome.case)
        for line in layout.bullet(happenings.sentence(event, words, definition, kinds))
    ]
