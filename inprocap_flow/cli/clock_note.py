"""``deadlines --explain``: one deadline as a note for the file, with what it rests on and what was done to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.calendar.rules import COUNTINGS
from inprocap_flow.cli import layout
from inprocap_flow.cli.clocks import cannot_tell, deadline_title, declared_deadline, far, limits, says
from inprocap_flow.cli.file_note import in_pieces, mind_lines, step_lines, unconfirmed_lines
from inprocap_flow.cli.subject import Subject
from inprocap_flow.cli.words import confirmed_mark
from inprocap_flow.engine.case.records import DeadlineState
from inprocap_flow.language.expressions.tree import Name
from inprocap_flow.language.model import Deadline, Footing
from inprocap_flow.service.phrases import least_length

_COLUMN = 9
# What was done to a deadline, as its history calls it, in the words of people.
_DONE = {
    "started": "started, to end",
    "restarted": "started anew, to end",
    "extended": "extended to",
    "corrected": "corrected to",
    "recomputed": "counted again, to end",
    "suspended": "stands still",
    "resumed": "runs again, to end",
    "met": "met",
    "missed": "missed",
    "over": "over",
    "stopped": "stopped",
}


def note(about: Subject, state: DeadlineState) -> list[str]:
    """Return the note for the file: what the deadline is, what it rests on, and every rule that was applied."""
    lines = [layout.heading(deadline_title(about, state)), *layout.pairs(_facts(about, state), 2, _COLUMN)]
    used: list[Mapping[str, Any]] = []
    for title, trace in _traces(state):
        lines += ["", f"  {title}", *step_lines(trace, 4)]
        used += trace
    warnings = [*state.computed.get("warnings", ()), *state.computed.get("floor", {}).get("warnings", ())]
    history = list(_history(about, state))
    if history:
        lines += ["", "  What was done to it:", *(line for text in history for line in in_pieces(text, "    - "))]
    reserved = [*mind_lines(warnings), *unconfirmed_lines(used)]
    return [*lines, *([""] if reserved else []), *reserved, ""]


def _facts(about: Subject, state: DeadlineState) -> Iterator[tuple[str, str]]:
    declared, computed = declared_deadline(about, state), state.computed
    counted = computed if computed.get("calendar") else computed.get("floor", {})
    yield "says", says(about, state) + far(about, state) + cannot_tell(about, state)
    yield "started", about.words.when(state.started)
    if state.earliest and state.earliest != state.end:
        yield "or ends", f"{about.words.end(state.earliest)}, if it began as early as it may have"
    yield "law", (declared.cite or "") if declared else ""
    yield "typed", "The end was typed by a person." if computed.get("typed") else ""
    yield "stated", _stated(about, declared, str(computed.get("period") or "")) if declared else ""
    yield "back from", state.backwards_from or ""
    for used in limits(state).values():
        yield "rests on", limit_words(used)
    for footing in _chosen(about, declared) if declared and not state.computed.get("typed") else ():
        mark = confirmed_mark(footing.confirmed_on) or f" (confirmed {footing.confirmed_on})"
        yield "chosen", f"{footing.source} ({footing.basis.replace('_', ' ')}){mark}"
    if counted.get("calendar"):
        way = COUNTINGS.get(str(counted.get("counting")))
        yield "counting", way.title if way else str(counted.get("counting", ""))
        yield "zone", f"{counted.get('zone')}, time-zone data {counted.get('zone_data')}"
        calendar = counted["calendar"]
        confirmed = confirmed_mark(calendar.get("confirmed_on"))
        yield "calendar", f"{calendar.get('name')}, version {calendar.get('version')}{confirmed}"


def _stated(about: Subject, declared: Deadline, code: str) -> str:
    """Return the length that somebody filled in, and in which field; "" where the length comes from elsewhere."""
    if not code or not isinstance(declared.period, Name):
        return ""
    name = declared.period.name
    field = about.definition.line(declared.line).fields.get(name) or about.definition.main.fields.get(name)
    title = about.words.text(field.title) if field is not None else ""
    return f"{parse_period(code)}: {title} ({name})" if title else f"{parse_period(code)}: {name}"


def _chosen(about: Subject, declared: Deadline) -> Iterator[Footing]:
    """Yield what the length of a deadline rests on where no rulebook gives it."""
    line = f"tracks.{declared.line}." if declared.line else ""
    found = about.definition.footing(f"{line}deadlines.{declared.name}.period")
    yield from [found] if found is not None else []


def _traces(state: DeadlineState) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield each reckoning under its heading: the period or the minimum, then each time that was given back.

    Where the day of the event is not known, the heading says that the moment in the trace is the latest possible one.
    """
    computed = state.computed
    if computed.get("trace"):
        latest = ", from the latest moment at which it may have begun" if state.assumed else ""
        yield f"How it was counted{latest}:", list(computed["trace"])
    elif computed.get("floor", {}).get("trace"):
        least = least_length(computed["floor"])
        yield f"How the {least} was counted:", list(computed["floor"]["trace"])
    for back in computed.get("given_back", ()):
        if isinstance(back, Mapping):
            yield "What was given back:", list(back.get("trace", ()))


def _history(about: Subject, state: DeadlineState) -> Iterator[str]:
    for entry in state.history[1:]:
        what = str(entry.get("what", "changed"))
        end = f" {about.words.end(str(entry['end']))}" if entry.get("end") else ""
        said = _DONE.get(what, what)
        law = f" (by law, {parse_period(str(entry['by_law']))} more)" if entry.get("by_law") else ""
        ground = f": {entry['ground']}" if entry.get("ground") else ""
        who = about.words.person(str(entry.get("by")))
        yield f"{about.words.when(entry.get('at'))}  {said}{end}{law}, {who}{ground}"


def limit_words(used: Mapping[str, Any]) -> str:
    """Return a value of law: what it is, from where, on which basis, and that nobody confirmed it if so."""
    variant = f", reduced because of {used['variant']}" if used.get("variant") else ""
    mark = confirmed_mark(used.get("confirmed_on"))
    confirmed = mark or (f" (confirmed {used['confirmed_on']})" if used.get("confirmed_on") else "")
    value = str(used.get("value"))
    if used.get("unit") == "period":
        value = str(parse_period(value))
    elif used.get("unit") not in (None, "number"):
        value = f"{value} {used['unit']}"
    return f"{used.get('limit')} = {value}{variant}; {used.get('source')} ({used.get('basis')}){confirmed}"
