"""``cases``: what there is, where it stands, and what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import names
from inprocap_flow.cli.words import Words, line_name
from inprocap_flow.engine.case.kinds import kind_in, kinds_of
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.service.finding import short_name
from inprocap_flow.store.entries import ApprovalEntry, CaseEntry
from inprocap_flow.store.port import Reading


@click.command()
@click.option("--waiting", is_flag=True, help="Only those in which an approval waits for signatures, and which.")
@click.option("--procedure", metavar="NAME", help="Only of this procedure.")
@click.option("--ended", is_flag=True, help="Cases that have ended, instead of those that run.")
@click.option("--all", "both", is_flag=True, help="Cases that run and cases that have ended.")
@pass_session
def cases(session: Session, waiting: bool, procedure: str | None, ended: bool, both: bool) -> None:
    """List cases, the one changed last first. The short name before each is enough to name it.

    Where a case stands is as of its last change; `next` also sees what has ended by itself since.
    """
    wanted = session.wanted
    store = session.reading_desk.store
    waits = _waiting(store.approvals_waiting(wanted))
    found = [
        entry
        for entry in store.cases(wanted, ended=None if both else ended)
        if procedure in (None, entry.procedure) and (not waiting or entry.id in waits)
    ]
    with store.reading() as reading:
        book = _Book(session, reading)
        lines = [line for entry in found for line in _lines(book, entry, waits.get(entry.id, []), waiting=waiting)]
        plain = [_plain(book, entry, waits.get(entry.id, [])) for entry in found]
    session.answer({"cases": plain}, lines or ["No cases."])


def _waiting(entries: tuple[ApprovalEntry, ...]) -> dict[str, list[ApprovalEntry]]:
    found: dict[str, list[ApprovalEntry]] = {}
    for entry in entries:
        found.setdefault(entry.case_id, []).append(entry)
    return found


@dataclass
class _Book:
    """The words for many cases: each organisation and each definition is read once."""

    session: Session
    reading: Reading
    words: dict[str, Words] = field(default_factory=dict)
    known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.known = self.reading.case_ids()

    def words_of(self, organisation: str) -> Words:
        if organisation not in self.words:
            zone = ZoneInfo(self.session.reading_desk.organisation(self.reading, organisation).zone)
            self.words[organisation] = Words(zone, self.session.settings.language, names(self.reading, organisation))
        return self.words[organisation]

    def definition(self, entry: CaseEntry) -> Definition:
        return self.session.reading_desk.machine(self.reading, entry.definition_hash).definition


def _lines(book: _Book, entry: CaseEntry, waits: list[ApprovalEntry], *, waiting: bool) -> list[str]:
    words = book.words_of(entry.organisation)
    short = short_name(entry.id, book.known)
    start = f"{short}  "
    historic = ", from history" if entry.historic else ""
    rest = " " * len(start)
    lines = [
        *(layout.heading(line) for line in layout.wrapped(entry.title or _untitled(book, entry), start)),
        *layout.wrapped(words.address(book.definition(entry), CASE, entry.stage), rest),
        *layout.wrapped(
            f"{entry.procedure} {entry.procedure_version}, {entry.organisation}{historic}; "
            f"changed {words.moment(entry.last_change_at)} by {entry.last_change_by}",
            rest,
        ),
    ]
    for one in waits if waiting else ():
        lines += layout.wrapped(f"waits: {_approval(book, entry, one)}", rest, rest + "       ")
    return lines


def _untitled(book: _Book, entry: CaseEntry) -> str:
    """Return what a case is called that nobody gave a title: what its procedure is called."""
    title = book.words_of(entry.organisation).text(book.definition(entry).title)
    return f"{title} (no title)".strip()


def _approval(book: _Book, entry: CaseEntry, one: ApprovalEntry) -> str:
    words, definition = book.words_of(entry.organisation), book.definition(entry)
    found = definition.find_approval(_kind(book, definition, one), one.name)
    title = words.text(found.title) if found else ""
    on = f" on {line_name(one.line)}" if line_name(one.line) else ""
    asked = f", asked for {words.moment(one.asked_at)}" if one.asked_at else ""
    return f"{title or one.name} ({one.name}{on}){asked}, {one.signed} signed"


def _kind(book: _Book, definition: Definition, one: ApprovalEntry) -> str:
    """Return the kind of the line that waits; the case itself is read only for a track whose kind was renamed."""
    kind = kind_in(definition, one.line)
    if kind == CASE or kind in definition.tracks:
        return kind
    kind = kind_in(definition, one.line, kinds_of(book.reading.load(one.case_id).case))
    return kind if kind in definition.tracks else CASE


def _plain(book: _Book, entry: CaseEntry, waits: list[ApprovalEntry]) -> dict[str, Any]:
    return {
        "case": entry.id,
        "short": short_name(entry.id, book.known),
        "title": entry.title,
        "procedure": entry.procedure,
        "procedure_version": entry.procedure_version,
        "organisation": entry.organisation,
        "state": entry.stage,
        "stage": book.words_of(entry.organisation).address(book.definition(entry), CASE, entry.stage),
        "ended": entry.ended,
        "historic": entry.historic,
        "version": entry.version,
        "opened_at": entry.opened_at,
        "opened_by": entry.opened_by,
        "last_change_at": entry.last_change_at,
        "last_change_by": entry.last_change_by,
        "waiting": [
            {"approval": one.name, "line": one.line, "asked_at": one.asked_at, "signed": one.signed} for one in waits
        ],
    }
