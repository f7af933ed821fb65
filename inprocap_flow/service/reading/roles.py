"""A role read whole: what it carries out, signs, and may do to deadlines."""

from __future__ import annotations

from inprocap_flow.language.model import CASE
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.deadline_acts import acts_of
from inprocap_flow.service.reading.phrasing import a_
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech


def role_section(book: Book, name: str) -> Section:
    """Return a role with every step, signature and act on a deadline that is its own."""
    steps, signs = [], []
    for step in book.steps:
        if name in step.by:
            said = Speech(book, step.line).step(step)
            what = said if step.line == CASE else f"{said} of {a_(Speech(book).track(step.line))}"
            steps.append(Sentence(f"{what}.", book.place(*book.step_path(step), "by")))
    for line in book.definition.lines:
        for approval in line.approvals.values():
            for number, one in enumerate(approval.signatures):
                if one.role == name:
                    path = (*book.line_path(line.kind), "approvals", approval.name, "signatures", number, "role")
                    signs.append(Sentence(f"{Speech(book, line.kind).approval(approval.name)}.", book.place(*path)))
    changes = tuple(acts_of(book, name))
    made = groups(
        Group("Carries out", tuple(steps)), Group("Signs", tuple(signs)), Group("May do to deadlines", changes)
    )
    path = ("roles", name)
    return Section(
        "role", Speech(book).role(name), name, book.key_place(*path), made, title_place=book.renamed_at(*path)
    )
