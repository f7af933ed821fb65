"""Where do I change it? Every place of a procedure that says a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inprocap_flow.errors import NotFound, Place
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.sentences import Section, Sentence
from inprocap_flow.service.reading.whole import whole


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that says a word: where, in which section, and the sentence read there."""

    place: Place
    section: str
    text: str


def mentions(book: Book, word: str) -> tuple[Mention, ...]:
    """Return every place of the procedure that says *word* (any case, in a title, a name or a sentence), by place.

    A line of a file is given once, with what is said first about the thing itself. Raises NotFound if nothing says it.
    """
    wanted = word.strip().casefold()
    best: dict[tuple[str, int], tuple[int, Mention]] = {}
    for section in whole(book).walk():
        for weight, one in _said_in(section):
            hit = wanted in one.text.casefold() or wanted.replace(" ", "_") in one.text.casefold()
            if wanted and hit and one.place is not None:
                line = (one.place.file, one.place.line)
                if line not in best or weight < best[line][0]:
                    best[line] = (weight, Mention(one.place, section.title, one.text))
    for use in _given_uses(book, word.strip()):
        best.setdefault((use.place.file, use.place.line), (3, use))
    if not best:
        mend = "try a shorter word, or the English word that titles use"
        raise NotFound(f"nothing in {book.definition.name} says {word!r}", mend=mend)
    return tuple(best[line][1] for line in sorted(best))


def _given_uses(book: Book, word: str) -> Iterator[Mention]:
    """Yield every line of a block that reads the given *word*: what is handed over there is used here."""
    for included in {one.file: one for one in book.included}.values():
        source = book.library.sources.get(included.file)
        if source is None or not any(word in one.handed for one in book.included if one.file == included.file):
            continue
        for number, line in enumerate(source.text.splitlines(), start=1):
            if re.search(rf"\bgiven\.{re.escape(word)}\b", line) and not line.lstrip().startswith("#"):
                yield Mention(Place(included.file, number, 1), f"Block {included.block}", line.strip())


def _said_in(section: Section) -> Iterator[tuple[int, Sentence]]:
    """Yield every sentence with its weight: the name of a thing, what its own section says, what steps say of it."""
    yield 0, Sentence(f"{section.kind.capitalize()} {section.title} ({section.name}).", section.place)
    weight = 2 if section.kind == "step" else 1
    for one in section.sentences():
        yield weight, one
