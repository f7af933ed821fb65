"""Lengths that no rulebook gives, read aloud: what each rests on, and that nobody confirmed it if so (ruling 10)."""

from __future__ import annotations

from inprocap_flow.language.model import Deadline
from inprocap_flow.service.own_lengths import Owned, by_source, kind_in_words, owned_by
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups


def own_lengths_section(book: Book) -> Section | None:
    """Return every length that stands in the definition itself, by what it rests on; None if there is none."""
    made = tuple(
        Group(_kind(those[0]), (Sentence(_ground(those[0]), those[0].rests_at), *(_one(book, one) for one in those)))
        for those in by_source(owned_by(book.definition))
    )
    return Section("own_lengths", "Lengths that no rulebook gives", "", None, groups(*made)) if made else None


def resting(book: Book, deadline: Deadline, key: str) -> tuple[Sentence, ...]:
    """Return what the length *key* of a deadline rests on, if it stands in the definition itself."""
    top = f"tracks.{deadline.line}." if deadline.line else ""
    footing = book.definition.footing(f"{top}deadlines.{deadline.name}.{key}")
    if footing is None:
        return ()
    found = next(one for one in owned_by(book.definition) if one.footing is footing)
    return (Sentence(f"No rulebook gives it ({_kind(found).lower()}). {_ground(found)}", found.rests_at),)


def _kind(one: Owned) -> str:
    kind = kind_in_words(one.length.kind, one.footing.basis if one.footing else "convention")
    return f"{kind[:1].upper()}{kind[1:]}"


def _ground(one: Owned) -> str:
    if one.footing is None:
        return "Nothing says where these come from."
    return f"{one.footing.source.rstrip('.')} {one.evidence}."


def _one(book: Book, one: Owned) -> Sentence:
    title = book.text(one.title)
    name = one.of.removeprefix("stages.").removeprefix("deadlines.").removeprefix("fields.")
    named = f'"{title}" ({name})' if title else name
    return Sentence(f"{named}, {one.use}: {one.in_words}.", one.place)
