"""The firms of a case: when they came, whether they attended, why they left, and who declared what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inprocap_flow.engine.case.records import MAIN, Event
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.model import Line
from inprocap_flow.service.ledger.book import Book
from inprocap_flow.service.ledger.rows import Finding, Firm, Interest, Leaving

# Yes or no facts of a firm's track that begin so are read as attendance, or as advice given before (a convention).
ATTENDED = ("attended",)
ADVISED = ("advised", "involved")


def firms(book: Book) -> tuple[Firm, ...]:
    """Return every firm in the order in which they came."""
    return tuple(_firm(book, line) for line in book.places if book.kind(line) in book.firm_kinds)


def _firm(book: Book, line: str) -> Firm:
    places = book.places[line]
    state = book.case.lines.get(line)
    left = book.ends.get(line)
    return Firm(
        line,
        book.events[places[0][0]].happened.to_plain(),
        {name: state.fields[name] for name in _named(book.declared(line), ATTENDED) if state and name in state.fields},
        places[-1][1] or (state.state if state else ""),
        book.events[left].happened.to_plain() if left is not None else None,
    )


def _named(declared: Line, beginnings: tuple[str, ...]) -> list[str]:
    return [name for name, field in declared.fields.items() if field.type == "yes_no" and name.startswith(beginnings)]


def leavings(book: Book) -> tuple[Leaving, ...]:
    """Return the firms that somebody on the buyer's side took out while the case went on."""
    found = []
    for line, position in book.ends.items():
        event = book.events[position]
        if book.kind(line) in book.firm_kinds and book.by_the_buyer(event) and not _with_the_case(book, event):
            found.append(_leaving(book, line, event))
    return tuple(found)


def _with_the_case(book: Book, event: Event) -> bool:
    """Return whether the firm left because the case, or all firms of its kind, came to an end with that decision."""
    moved = [e for e in book.events if e.decision == event.decision and e.kind == "moved"]
    return any(e.line == MAIN for e in moved)


def _leaving(book: Book, line: str, event: Event) -> Leaving:
    name = str(event.data["step"])
    step = book.step(line, name)
    rules = [guard.rule for guard in step.already_there.that if guard.rule] if step else []
    rests_on = set(book.with_decision(event.decision, line))
    if step is not None:
        rests_on |= {*step.already_there.fields, *step.already_there.documents}
    return Leaving(
        event.decision,
        line,
        event.happened.to_plain(),
        name,
        event.actor,
        str(event.data.get("reason", "")),
        str(event.data.get("cite", "")),
        tuple(sorted(rests_on)),
        tuple(rules),
    )


def interests(book: Book) -> tuple[Interest, ...]:
    """Return what people declared, and the firms that say they advised the buyer before."""
    said = [Interest(one.person, one.conflict, one.at, one.note) for one in book.case.interests]
    for line in book.places:
        state = book.case.lines.get(line)
        if state is None or book.kind(line) not in book.firm_kinds:
            continue
        for name in _named(book.declared(line), ADVISED):
            value = state.fields.get(name)
            if value is True and not is_sealed(value):
                said.append(Interest(line, True, "", name, line))
    return tuple(said)


def findings(book: Book, made: Sequence[Leaving]) -> Iterator[Finding]:
    """Yield firms that were taken out on no ground that the record shows."""
    for one in made:
        if not (one.reason or one.cite or one.rests_on or one.rules):
            step = book.named(one.line, one.step)
            says = f"{one.line} left by {step}, and the record gives neither reason nor criterion."
            yield Finding("no-ground", says, (one.decision,))
