"""A derogation read whole: what it lifts and on which ground, who may ask for it, with what, and who signs."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.engine.case.lifting import as_step
from inprocap_flow.language.model import CASE, Derogation
from inprocap_flow.service.reading import follows, needs
from inprocap_flow.service.reading.amounts import BASES
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.phrasing import any_of
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech


def derogation_section(book: Book, derogation: Derogation) -> Section:
    """Return a derogation read whole."""
    speech, step = Speech(book, CASE), as_step(derogation)
    path = book.step_path(step)
    cite = (Sentence(f"{book.cited(derogation.cite)}.", book.place(*path, "cite")),) if derogation.cite else ()
    made = groups(
        Group("What it lifts", tuple(_lifts(book, derogation))),
        Group("Who", tuple(needs.who(speech, step))),
        Group("Where", tuple(_where(speech, derogation))),
        Group("Handed in with it", tuple(needs.handed_in(speech, step))),
        Group("Already there", tuple(needs.already_there(speech, step))),
        Group("Signed", tuple(needs.signatures(speech, step))),
        Group("Who is told", tuple(follows.told(speech, step))),
        Group("Law", cite),
    )
    return Section("derogation", book.text(derogation.title), derogation.name, book.key_place(*path), made)


def _lifts(book: Book, derogation: Derogation) -> Iterator[Sentence]:
    for name in derogation.lifts:
        rule = book.definition.rules[name]
        source = f"; {book.cited(rule.cite)}" if rule.cite else ""
        text = f'"{book.text(rule.title)}" ({name}), which rests on {BASES.get(rule.basis, rule.basis)}{source}.'
        yield Sentence(text, book.item_place(("derogations", derogation.name, "lifts"), name))


def _where(speech: Speech, derogation: Derogation) -> Iterator[Sentence]:
    place = speech.book.place("derogations", derogation.name, "while")
    if not derogation.while_case:
        yield Sentence("As long as the case has not ended.", place)
        return
    stages = any_of(f'"{speech.stage(one)}"' for one in derogation.while_case)
    yield Sentence(f"While the case stands in {stages}.", place)
