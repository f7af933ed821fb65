"""The ledger of a case, read once: its record, its deliveries, and the cases that it is linked with."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.history import effective
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case
from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import Definition
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.ledger import firms, questions, releases
from inprocap_flow.service.ledger.book import Book
from inprocap_flow.service.ledger.hats import Hat, are_linked, linked_cases, two_hats, warning
from inprocap_flow.service.ledger.rows import Finding, Interest, Ledger
from inprocap_flow.store.port import Reading

Linked = tuple[Case, Definition]


def ledger(desk: Desk, case_id: str) -> Ledger:
    """Return the equal-treatment ledger of a case as it stands. Raises NotFound."""
    sent = desk.store.deliveries(case_id=case_id)
    outbox = desk.store.outbox(case_id=case_id, state=None)
    messages = {one.id: one.seq for one in outbox}
    with desk.store.reading() as reading:
        case = reading.load(case_id).case
        definition = desk.binding(reading, case).definition
        book = Book(case, definition, effective(reading.events(case_id)))
        linked = tuple(_linked(desk, reading, case, definition))
        hats = tuple(_hats(desk, reading, case))
    told = [one for one in outbox if one.kind in ("told", "published") and one.state != "withdrawn"]
    on_its_way = {one.message_id for one in sent if one.state in ("pending", "sending")}
    made = releases.with_deliveries(releases.releases(book), book.events, sent, messages)
    asked = questions.questions(book, made)
    left = firms.leavings(book)
    found = (
        *releases.findings(book, made),
        *questions.findings(asked, made),
        *firms.findings(book, left),
        *(Finding("two-hats", warning(worn).reason) for worn in hats),
        *_was_there_before(book, linked),
    )
    return Ledger(
        case_id,
        made,
        asked,
        firms.firms(book),
        left,
        (*firms.interests(book), *_involved(book, linked)),
        hats,
        tuple((other.id, definition.name) for other, definition in linked),
        found,
        len(told),
        sum(one.state == "pending" or one.id in on_its_way for one in told),
    )


def _linked(desk: Desk, reading: Reading, case: Case, definition: Definition) -> Iterator[Linked]:
    """Yield the cases of the organisation that are linked with *case*, each with its procedure."""
    names = linked_cases(case, definition)
    for case_id in reading.case_ids():
        if case_id == case.id:
            continue
        try:
            other = reading.glance(case_id)
        except NotFound:
            continue
        theirs = desk.machine(reading, other.definition_hash).definition
        of_ours = other.case.organisation == case.organisation
        if of_ours and are_linked(case, names, other.case, linked_cases(other.case, theirs)):
            yield other.case, theirs


def _hats(desk: Desk, reading: Reading, case: Case) -> Iterator[tuple[Hat, ...]]:
    speakers = [person for line in case.in_order for person in line.speakers]
    for person in dict.fromkeys((*case.acted, *speakers)):
        if person != SYSTEM_ACTOR and (hats := two_hats(desk, reading, case, person)):
            yield hats


def _involved(book: Book, linked: tuple[Linked, ...]) -> Iterator[Interest]:
    """Yield firms of this case that also stand in a linked case of the buyer: they may know more than others."""
    here = _names(book.case, book.firm_kinds)
    for other, definition in linked:
        theirs = _names(other, Book(other, definition, ()).firm_kinds)
        for name, line in here.items():
            if name in theirs:
                yield Interest(line, True, "", f"took part in {other.id} ({definition.name}) as {theirs[name]}", line)


def _was_there_before(book: Book, linked: tuple[Linked, ...]) -> Iterator[Finding]:
    for one in _involved(book, linked):
        says = f"{one.who} {one.note}: what it learnt there, the others must be able to know."
        yield Finding("involved-before", says, sure=False)


def _names(case: Case, kinds: tuple[str, ...]) -> dict[str, str]:
    """Return the firms of a case by name, folded; a firm whose name is sealed or not known is left out."""
    tracks = (line for line in case.in_order if line.kind in kinds)
    return {name.casefold(): line.id for line in tracks if isinstance(name := line.fields.get("name"), str)}
