"""Fields and documents read aloud: of which kind, who fills or files them, from when fixed, sealed, public, secret."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.errors import Place
from inprocap_flow.language.expressions.tree import Expr, Member, Name, Word, walk
from inprocap_flow.language.model import CASE, Document, Field, Step
from inprocap_flow.language.values import decode, in_words
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.bringing import brought, by_whom
from inprocap_flow.service.reading.phrasing import all_of, any_of, sentence
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech

BROUGHT = ("Handed in with", "May come with")
TYPES = {
    "text": "a text",
    "yes_no": "yes or no",
    "whole_number": "a whole number",
    "number": "a number",
    "percent": "a percentage",
    "money": "an amount of money",
    "date": "a day",
    "moment": "a moment, day and hour",
    "period": "a length of time, such as 3 months",
    "country": "a country, by its code",
    "person": "a person, by id",
    "case": "another case",
}


def field_sentence(speech: Speech, name: str, here: str | None = None, *, listed: bool = False) -> Sentence:
    """Return a field in one sentence, with who fills it, and from when it is fixed, sealed or public.

    *here* names the step on whose page that is said. In a list of all that are *listed*, steps are not named.
    """
    declared = speech.book.definition.find_field(speech.kind, name)
    if declared is None:
        return Sentence(f"{name}.")
    facts = [_type(declared), *_facts(speech, declared, here, listed=listed)]
    place, called = _places(speech, "fields", name)
    return Sentence(f"{speech.field(name)}.", called or place, (Sentence(sentence("; ".join(facts)), place),))


def document_sentence(speech: Speech, name: str, here: str | None = None, *, listed: bool = False) -> Sentence:
    """Return a document in one sentence, with who files it, and from when it is sealed or public, as of a field."""
    declared = speech.book.definition.find_document(speech.kind, name)
    if declared is None:
        return Sentence(f"{name}.")
    place, called = _places(speech, "documents", name)
    facts = sentence("; ".join(_facts(speech, declared, here, listed=listed)))
    return Sentence(f"{speech.document(name)}.", called or place, (Sentence(facts, place),))


def paper_section(speech: Speech, kind: str, name: str) -> Section:
    """Return a field or document read whole: what it is, and every step that reads or wants it."""
    what = field_sentence(speech, name) if kind == "field" else document_sentence(speech, name)
    find = speech.book.definition.find_field if kind == "field" else speech.book.definition.find_document
    declared = find(speech.kind, name)
    title = speech.book.text(declared.title) if declared else name
    shown = f"{speech.kind}.{name}" if speech.kind != CASE else name
    made = groups(Group("What it is", (what,)), Group("Where it is used", tuple(_uses(speech, kind, name))))
    place, called = _places(speech, f"{kind}s", name)
    return Section(kind, title, shown, place, made, title_place=called)


def _places(speech: Speech, section: str, name: str) -> tuple[Place, Place | None]:
    """Return where a field or document is declared, and where an overlay gives it another title."""
    own = speech.book.definition.line(speech.kind)
    here = name in (own.fields if section == "fields" else own.documents)
    path = (*speech.book.line_path(speech.kind if here else CASE), section, name)
    return speech.book.place(*path), speech.book.renamed_at(*path)


def _type(declared: Field) -> str:
    shown = TYPES.get(declared.type, declared.type)
    if declared.type == "choice":
        shown = f"one of {any_of(declared.choices)}"
    if declared.type == "meeting":
        shown = f"a meeting of {declared.committee}"
    bounds = [
        f"{word} {_value(declared, bound)}"
        for word, bound in (("at least", declared.minimum), ("above", declared.above), ("at most", declared.maximum))
        if bound is not None
    ]
    shown += f", {all_of(bounds)}" if bounds else ""
    shown += f" in {declared.currency}" if declared.currency else ""
    return shown + (f", at first {_value(declared, declared.default)}" if declared.default is not None else "")


def _value(declared: Field, plain: object) -> str:
    try:
        return in_words(decode(declared.type, plain))
    except (BadValue, KeyError, TypeError, ValueError):
        return str(plain)


def _facts(speech: Speech, declared: Field | Document, here: str | None, *, listed: bool) -> Iterator[str]:
    is_field = isinstance(declared, Field)
    if listed:
        verb = "filled" if is_field else "filed"
        yield f"{verb} by the {speech.roles(declared.by)}" if declared.by else f"{verb} only with a step that takes it"
    else:
        yield from brought(speech, declared, here)
    fixed = getattr(declared, "fixed_from", None)
    if fixed:
        yield f"cannot be changed from {speech.milestone(fixed)} on"
    if declared.sealed_until:
        yield f"sealed: nobody can read it before {speech.milestone(declared.sealed_until)}"
    if declared.published_at:
        extra = "" if is_field else ", and from then on a new version comes only with a change notice"
        yield f"public from {speech.milestone(declared.published_at)} on{extra}"
    if declared.secret_from:
        yield f"never shown to the {any_of(speech.role(one) for one in declared.secret_from)}"


def _uses(speech: Speech, kind: str, name: str) -> Iterator[Sentence]:
    """Yield every step that wants, judges or publishes it, and every block, deadline and approval that rests on it."""
    book = speech.book
    for step in book.steps:
        if speech.kind in (CASE, step.line):
            yield from _used_by(Speech(book, step.line), step, kind, name)
    yield from _handed_on(book, name)
    for line in book.definition.lines:
        own = Speech(book, line.kind)
        yield from _clocks(own, name)
        for approval in line.approvals.values():
            covered = approval.void_if_changed_fields if kind == "field" else approval.void_if_changed_documents
            if name in covered:
                place = book.place(*book.line_path(line.kind), "approvals", approval.name, "void_if_changed")
                yield Sentence(f"A change makes the signatures of {own.approval(approval.name)} void.", place)


def _handed_on(book: Book, name: str) -> Iterator[Sentence]:
    for included in book.included:
        for handed in included.handed.values():
            if name in handed.value.split(", "):
                instance = f" as {included.prefix}" if included.prefix else ""
                text = f"Handed to the block {included.block}{instance}: {handed.name}. {handed.says}"
                yield Sentence(sentence(text), handed.place)


def _clocks(speech: Speech, name: str) -> Iterator[Sentence]:
    for deadline in speech.book.definition.line(speech.kind).deadlines.values():
        for key in ("period", "ends_at", "proposes", "at_least", "at_most", "backwards_from"):
            source = getattr(deadline, key)
            if source == name or _mentions(source, name):
                place = speech.book.place(*speech.book.line_path(speech.kind), "deadlines", deadline.name, key)
                yield Sentence(f"The deadline {speech.deadline(deadline.name)} rests on it.", place)


def _used_by(speech: Speech, step: Step, kind: str, name: str) -> Iterator[Sentence]:
    path = speech.book.step_path(step)
    many = "fields" if kind == "field" else "documents"
    may = "may_fill" if kind == "field" else "may_bring"
    for says, names, where in (
        ("Handed in with", getattr(step.handed_in, many), ("handed_in", many)),
        ("Must be there for", getattr(step.already_there, many), ("already_there", many)),
        ("May come with", getattr(step, may), (may,)),
        ("Published by", step.publishes, ("publishes",)),
        ("Set by", tuple(step.sets), ("sets", name)),
    ):
        if name in names:
            by = by_whom(speech, step) if says in BROUGHT else ""
            yield Sentence(f"{says} {speech.step(step)}{by}.", speech.book.item_place((*path, *where), name))
    for number, guard in enumerate(step.already_there.that):
        if guard.holds is not None and _mentions(guard.holds, name):
            text = f"Judged by {speech.step(step)}: {speech.expression(guard.holds)}."
            yield Sentence(text, speech.book.place(*path, "already_there", "that", number))


def _mentions(expr: object, name: str) -> bool:
    if not isinstance(expr, Expr):
        return False
    return any(
        (isinstance(one, Name | Member) and one.name == name) or (isinstance(one, Word) and one.word == name)
        for one in walk(expr)
    )
