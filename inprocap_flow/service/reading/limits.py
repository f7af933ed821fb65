"""A limit read whole: its value in force, what it rests on, and everything that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Place
from inprocap_flow.language.checks.reading import Reading, readings
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech

LENGTHS = {
    "period": "its length",
    "proposes": "what is proposed for its end",
    "at_least": "the least time from its start to its end",
    "at_most": "the most time from its start to its end",
}


def limit_section(book: Book, name: str) -> Section:
    """Return a limit that the procedure or its rulebook has, read whole."""
    said = Speech(book).limit(name)
    made = groups(Group("What it says", (said,)), Group("Where it is used", tuple(_limit_uses(book, name))))
    return Section("limit", name.replace("_", " ").capitalize(), name, said.place, made)


def _limit_uses(book: Book, name: str) -> Iterator[Sentence]:
    """Yield every step, approval, deadline and watch that asks for a limit, each once for each place."""
    said: dict[tuple[str, str, int], Sentence] = {}
    for reading in readings(book.definition):
        if any(use.kind == "limit" and use.word == name for use in reading.uses()):
            place = _origin(book, reading.origin)
            one = Sentence(f"{_asks(book, reading)} {_limit_said(book, reading)}.", place)
            said.setdefault((one.text, place.file if place else "", place.line if place else 0), one)
    yield from said.values()


def _limit_said(book: Book, reading: Reading) -> str:
    """Return what an expression asks of a limit: a condition as it is read, a length by what it is for."""
    speech, parts = Speech(book, reading.line), reading.origin.split(".")
    deadline = book.definition.find_deadline(reading.line, parts[-1]) if "deadlines" in parts[-2:] else None
    if deadline is not None:
        for key, means in LENGTHS.items():
            if getattr(deadline, key) is reading.expr:
                return f"{means} is {speech.value(reading.expr)}"
    return speech.expression(reading.expr)


def _asks(book: Book, reading: Reading) -> str:
    """Return who looks at an expression, as the beginning of a sentence."""
    speech, parts = Speech(book, reading.line), reading.origin.split(".")
    if reading.step is not None:
        return f"{speech.step(reading.step)}:"
    if "approvals" in parts:
        return f"The approval {speech.approval(parts[parts.index('approvals') + 1])}:"
    if "deadlines" in parts:
        return f"The deadline {speech.deadline(parts[parts.index('deadlines') + 1])}:"
    return f"{parts[-1]}:"


def _origin(book: Book, origin: str) -> Place | None:
    """Return where something stands that `Definition.origins` knows, or the thing that it is part of."""
    origins = book.definition.origins
    while origin and origin not in origins:
        origin = origin.rpartition(".")[0]
    file, _, line = origins.get(origin, "").rpartition(":")
    return Place(file, int(line), 1) if line.isdigit() else None
