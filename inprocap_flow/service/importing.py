"""Past cases from dated event lists into the store (ruling 4), with what they leave open and what they contradict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from inprocap_flow import logs
from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.moments import Span, parse_moment
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.evidence import Fact, Placement
from inprocap_flow.engine.case.records import Case, Decision, Event, When
from inprocap_flow.engine.historic import funnel, import_fact, open_history
from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.documents import refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.histories import DatedFact, History, Stood
from inprocap_flow.language.load import load_history
from inprocap_flow.language.model import CASE
from inprocap_flow.service.choosing import release_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.history_names import unknown_names
from inprocap_flow.service.typing_in import typed_fields
from inprocap_flow.store.port import Reading


@dataclass(frozen=True, slots=True)
class Imported:
    """A past case as imported: the trail's end, and everything an auditor asks about it.

    ``funnel`` counts, per stage of the suppliers' track, how many ever stood there. ``plans`` are facts that were only
    planned; they are no events.
    """

    case: Case
    history: History
    events: tuple[Event, ...]
    funnel: dict[str, int]
    not_evidenced: tuple[dict[str, Any], ...]
    findings: tuple[dict[str, Any], ...]
    plans: tuple[DatedFact, ...]


def import_history(desk: Desk, path: Path | str) -> Imported:
    """Import the history file *path* as one historic case, all of it or nothing.

    Its procedure and organisation must be released here. Raises InvalidInput, NotFound.
    """
    now = desk.clock.now()
    with desk.store.writing() as work:
        history, binding = _read(desk, work, path)
        facts = _called_as_before([fact for fact in history.facts if not fact.planned])
        read = _in_order(history, [_fact(binding, fact) for fact in facts])
        case_id = desk.ids.new("case")
        source = {"history": history.name, "version": history.version}
        events: list[Event] = []
        decision = open_history(binding, case_id, history.title, read[0], now, source)
        for fact in read:
            if events:
                decision = import_fact(binding, decision.case, fact, now)
            elif fact.reaches or fact.placements:
                work.record(decision, now=now)
                events += decision.events
                decision = import_fact(binding, decision.case, fact, now)
            work.record(decision, now=now)
            events += decision.events
    logs.happened(logs.HISTORY_IMPORTED, case=case_id, procedure=history.procedure, count=len(events))
    return _report(history, decision, tuple(events))


def read_history(desk: Desk, path: Path | str) -> History:
    """Return the history of *path* if it can be read against its procedure; nothing is recorded.

    Raises InvalidInput with every name that the procedure does not know, NotFound.
    """
    with desk.store.reading() as reading:
        return _read(desk, reading, path)[0]


def _read(desk: Desk, reading: Reading, path: Path | str) -> tuple[History, Binding]:
    history = load_history(path, desk.definitions)
    binding = _binding(desk, reading, history)
    library = Library(folders_for(Path(path), desk.definitions))
    refuse(library, list(unknown_names(binding.definition, history, library.read(Path(path)))))
    return history, binding


def _binding(desk: Desk, reading: Reading, history: History) -> Binding:
    """Return what the history is read against: the newest version, with the overlays in force at the first fact."""
    zone = ZoneInfo(desk.organisation(reading, history.organisation).zone)
    first = next((fact for fact in history.facts if not fact.planned), None)
    day = (_span(first, zone).last if first else desk.clock.now()).astimezone(zone).date()
    newest = reading.released("procedure", history.procedure).version
    released = release_for(desk, reading, history.procedure, history.organisation, day, newest)
    return desk.bind(reading, released.content_hash, history.organisation)


def _report(history: History, decision: Decision, events: tuple[Event, ...]) -> Imported:
    case = decision.case
    return Imported(
        case,
        history,
        events,
        funnel(events, "supplier"),
        tuple(dict(entry) for entry in case.not_evidenced),
        tuple(dict(entry) for entry in case.findings),
        tuple(fact for fact in history.facts if fact.planned),
    )


def _fact(binding: Binding, fact: DatedFact) -> Fact:
    return Fact(
        _when(binding, fact),
        fact.text,
        ", ".join(fact.source),
        fact.certainty,
        fact.reaches,
        _values(binding, CASE, fact.values, fact),
        tuple(_placement(binding, stood, fact) for stood in fact.stood),
        fact.derogations,
    )


def _span(fact: DatedFact, zone: ZoneInfo) -> Span:
    try:
        return parse_moment(fact.at, zone)
    except BadValue as bad:
        raise InvalidInput([Problem(fact.place, "bad-moment", bad.fact, bad.mend)]) from bad


def _when(binding: Binding, fact: DatedFact) -> When:
    span = _span(fact, binding.zone)
    return When.exactly(span.first) if span.is_exact else When(span.first, span.last, span.precision)


def _values(binding: Binding, kind: str, texts: Any, fact: DatedFact) -> dict[str, Any]:
    try:
        return typed_fields(binding.definition, kind, texts, binding.organisation.zone)
    except InvalidInput as wrong:
        raise InvalidInput([Problem(fact.place, p.code, p.fact, p.mend) for p in wrong.problems]) from wrong


def _placement(binding: Binding, stood: Stood, fact: DatedFact) -> Placement:
    named = {name: _values(binding, stood.tracks, texts, fact) for name, texts in stood.named.items()}
    return Placement(stood.tracks, stood.stage, stood.number, named, stood.others_left)


def _called_as_before(facts: list[DatedFact]) -> list[DatedFact]:
    """Let a later fact that names a track without saying more mean the one that an earlier fact gave a name."""
    names: dict[str, str] = {}
    told: list[DatedFact] = []
    for fact in facts:
        stood = []
        for one in fact.stood:
            named = {
                key: ({"name": names[key]} if key in names else {}) | dict(texts) for key, texts in one.named.items()
            }
            names |= {key: texts["name"] for key, texts in named.items() if "name" in texts}
            stood.append(replace(one, named=named))
        told.append(replace(fact, stood=tuple(stood)))
    return told


def _in_order(history: History, facts: list[Fact]) -> list[Fact]:
    """Return the facts if each may lie after the one before; imprecise ones may overlap."""
    if not facts:
        raise InvalidInput(
            [Problem(history.place, "no-facts", "Nothing happened: every fact is planned.", "Add what did.")]
        )
    latest: datetime | None = None
    places = [fact.place for fact in history.facts if not fact.planned]
    for fact, place in zip(facts, places, strict=True):
        if latest is not None and fact.when.last < latest:
            raise InvalidInput(
                [Problem(place, "not-in-order", "This fact lies before an earlier one.", "Sort the facts.")]
            )
        latest = max(latest or fact.when.first, fact.when.first)
    return facts
