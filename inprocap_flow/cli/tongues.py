"""In which languages the titles of a procedure are there, and the refusal of one in which nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from inprocap_flow.settings.readers import usual_letters

if TYPE_CHECKING:
    from inprocap_flow.cli.session import Session
    from inprocap_flow.language.model import Definition
    from inprocap_flow.service.reading.book import Book


def language_meant(session: Session, asked: str | None) -> str:
    """Return the language of titles: the one asked for, in whatever letters, else that of the settings."""
    return usual_letters(asked) if asked else session.settings.language


def refuse_language(book: Book, language: str) -> None:
    """Refuse a language in which no title of the procedure is, with those that there are. Raises a usage error."""
    known = languages(book.definition)
    if usual_letters(language) not in known:
        fact = f"Nothing in {book.definition.name} is called anything in {language!r}."
        raise click.UsageError(f"--language: {fact} There are: {', '.join(known)}.")


def languages(definition: Definition) -> tuple[str, ...]:
    """Return the languages of its titles: its own first, then the others by name."""
    found = {language for text in _titles(definition) for language in text}
    return (definition.language, *sorted(found - {definition.language}))


def _titles(definition: Definition) -> Iterator[Mapping[str, str]]:
    yield definition.title
    yield from (one.title for one in definition.overlays)
    yield from (one.title for one in definition.roles.values())
    yield from (one.title for one in definition.rules.values())
    for line in definition.lines:
        yield line.title
        yield from (one.title for one in line.stages.values())
        yield from (one.title for one in line.steps.values())
        yield from (one.title for one in line.fields.values())
        yield from (one.title for one in line.documents.values())
        yield from (one.title for one in line.approvals.values())
        yield from (one.title for one in line.deadlines.values())
