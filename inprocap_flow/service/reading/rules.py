"""A rule read whole: what it rests on, what asks for it, and which derogations may lift it in one case."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import CASE, AlreadyThere, Rule
from inprocap_flow.language.nodes import NodePath
from inprocap_flow.service.reading.amounts import BASES
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.needs import guard_sentence
from inprocap_flow.service.reading.phrasing import sentence
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech


def rule_section(book: Book, rule: Rule) -> Section:
    """Return a rule with the conditions that stand for it."""
    path = ("rules", rule.name)
    cite = f"; {book.cited(rule.cite)}" if rule.cite else ""
    rests = Sentence(sentence(f"{BASES.get(rule.basis, rule.basis)}{cite}"), book.place(*path, "basis"))
    made = groups(
        Group("What it rests on", (rests,)),
        Group("Where it is asked for", tuple(_asked(book, rule))),
        Group("What may lift it in one case", tuple(_lifted(book, rule))),
    )
    return Section("rule", book.text(rule.title), rule.name, book.key_place(*path), made)


def _asked(book: Book, rule: Rule) -> Iterator[Sentence]:
    for step in book.steps:
        speech = Speech(book, step.line)
        path = (*book.step_path(step), "already_there")
        yield from _conditions(speech, step.already_there, path, f"the step {speech.step(step)}", rule)
    for name, one in book.definition.derogations.items():
        called = f'the derogation "{book.text(one.title)}" ({name})'
        path = ("derogations", name, "already_there")
        yield from _conditions(Speech(book, CASE), one.already_there, path, called, rule)


def _conditions(speech: Speech, there: AlreadyThere, path: NodePath, called: str, rule: Rule) -> Iterator[Sentence]:
    """Yield what of *there* stands for *rule*; *called* is what asks for it."""
    for number, guard in enumerate(there.that):
        if guard.rule == rule.name:
            asked = guard_sentence(speech, guard, (*path, "that", number), called)
            yield Sentence(sentence(f"{called}: {asked.text}"), asked.place)


def _lifted(book: Book, rule: Rule) -> Iterator[Sentence]:
    for name, one in book.definition.derogations.items():
        if rule.name in one.lifts:
            place = book.item_place(("derogations", name, "lifts"), rule.name)
            yield Sentence(f'The derogation "{book.text(one.title)}" ({name}).', place)
