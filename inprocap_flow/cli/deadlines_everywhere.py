"""``deadlines`` without a case: those of all cases, the earliest first, each by its title."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from inprocap_flow.cli import layout
from inprocap_flow.cli.clocks import distance
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.words import Words, line_name
from inprocap_flow.engine.case.kinds import kind_in
from inprocap_flow.engine.case.records import Case, unstamp
from inprocap_flow.language.model import CASE, Definition

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.store.entries import DeadlineEntry
    from inprocap_flow.store.port import Reading

OPEN = ("running", "suspended")  # deadlines that have not ended
_SAYS = {"open_until": ", open until then", "not_before": ", nothing before it"}


def owed(case: Case, line: str, status: str) -> bool:
    """Return whether a duty was missed and nobody has met it since, on a line that goes on."""
    return status == "missed" and not (case.main.ended or case.lines[line].ended)


def _owed_anywhere(desk: Desk, wanted: str | None) -> list[DeadlineEntry]:
    missed = desk.store.deadlines(wanted, status="missed")
    with desk.store.reading() as reading:
        cases = {case_id: reading.load(case_id).case for case_id in {entry.case_id for entry in missed}}
    return [entry for entry in missed if owed(cases[entry.case_id], entry.line, entry.status)]


def answer(session: Session, *, ended: bool, name: str | None) -> None:
    """Answer with the deadlines of all cases: those that run and duties missed, or with *ended* every one."""
    wanted, desk = session.wanted, session.reading_desk
    every = [e for status in ((None,) if ended else OPEN) for e in desk.store.deadlines(wanted, status=status)]
    every += [] if ended else _owed_anywhere(desk, wanted)
    found = [e for e in sorted(every, key=lambda e: (e.end_at is None, e.end_at or "")) if name in (None, e.name)]
    now = desk.clock.now()
    with desk.store.reading() as reading:
        book = _Book(session, desk, reading)
        lines = [line for entry in found for line in book.lines(entry, now)]
    session.answer({"deadlines": [_entry(entry, now) for entry in found]}, lines or ["No deadline runs."])


class _Book:
    """The words for many cases: each organisation and each definition is read once."""

    def __init__(self, session: Session, desk: Desk, reading: Reading) -> None:
        self.session, self.desk, self.reading = session, desk, reading
        self.words: dict[str, Words] = {}
        self.hashes = {case.id: case.definition_hash for case in desk.store.cases(session.wanted, ended=None)}
        self.known = reading.case_ids()

    def words_of(self, organisation: str) -> Words:
        if organisation not in self.words:
            zone = self.desk.organisation(self.reading, organisation).zone
            self.words[organisation] = Words(ZoneInfo(zone), self.session.settings.language)
        return self.words[organisation]

    def definition(self, entry: DeadlineEntry) -> Definition:
        return self.desk.machine(self.reading, self.hashes[entry.case_id]).definition

    def lines(self, entry: DeadlineEntry, now: datetime) -> list[str]:
        """Return what one deadline says: when it ends, what it is and how far away, and of which case."""
        from inprocap_flow.service.finding import short_name

        words, definition = self.words_of(entry.organisation), self.definition(entry)
        end = f"{words.end(entry.end_at)} ({words.zone.key})" if entry.end_at else "without a date"
        on = f" on {line_name(entry.line)}" if line_name(entry.line) else ""
        kind = kind_in(definition, entry.line)
        declared = definition.find_deadline(kind, entry.name) if kind == CASE or kind in definition.tracks else None
        title = f"{words.text(declared.title)} ({entry.name})" if declared else entry.name
        says = _SAYS.get(declared.kind, "") if declared and entry.status in OPEN and not _past(entry, now) else ""
        case = entry.title or f"{words.text(definition.title)} (no title)"
        return [
            *layout.wrapped(f"{end}  {title}{on}{says}{_far(entry, now)}{_standing(entry, now)}", "", "    "),
            *layout.wrapped(f"{case}, {short_name(entry.case_id, self.known)}", "    "),
        ]


def _far(entry: DeadlineEntry, now: datetime) -> str:
    if entry.status != "running" or entry.end_at is None or _past(entry, now):
        return ""
    return f", {distance(now, unstamp(entry.end_at))}"


def _standing(entry: DeadlineEntry, now: datetime) -> str:
    """Return what else a line says of a deadline; one that is over and that nobody has looked at since is not running.

    Whoever asks records nothing (ruling 5), so its row still says that it runs.
    """
    status = "" if entry.status == "running" else f", {entry.status}"
    status = ", OVER by now, to be recorded" if _past(entry, now) else status
    sure = ", provisional" if entry.provisional else ""
    return f"{status}{sure}{', counted from the end of an imprecise date' if entry.assumed else ''}"


def _past(entry: DeadlineEntry, now: datetime) -> bool:
    return entry.status == "running" and entry.end_at is not None and unstamp(entry.end_at) <= now


def _entry(entry: DeadlineEntry, now: datetime) -> dict[str, Any]:
    names = (
        "case_id",
        "title",
        "organisation",
        "line",
        "name",
        "status",
        "end_at",
        "last_day",
        "provisional",
        "assumed",
    )
    plain = {("case" if name == "case_id" else name): getattr(entry, name) for name in names}
    return plain | {"past": _past(entry, now)}
