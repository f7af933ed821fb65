"""What a reading is made of: sections of labelled sentences, each with the place that it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from inprocap_flow.errors import Place


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that is said. ``place`` is where to change it; ``below`` says more about it."""

    text: str
    place: Place | None = None
    below: tuple[Sentence, ...] = ()

    def walk(self) -> Iterator[Sentence]:
        """Yield the sentence and everything below it."""
        yield self
        for one in self.below:
            yield from one.walk()

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        plain: dict[str, Any] = {"text": self.text} | place_to_plain(self.place)
        if self.below:
            plain["below"] = [one.to_plain() for one in self.below]
        return plain


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences under one label, such as "Who may do it". ``numbered``: their order means something."""

    label: str
    sentences: tuple[Sentence, ...]
    numbered: bool = False

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"label": self.label, "sentences": [one.to_plain() for one in self.sentences]}


@dataclass(frozen=True, slots=True)
class Section:
    """One thing read whole: a step, a stage, an approval. ``name`` is what it is called in files and commands.

    ``title_place`` is where an overlay gives it that title, if one does.
    """

    kind: str
    title: str
    name: str
    place: Place | None
    groups: tuple[Group, ...] = ()
    sections: tuple[Section, ...] = ()
    title_place: Place | None = None

    def walk(self) -> Iterator[Section]:
        """Yield the section and everything below it."""
        yield self
        for one in self.sections:
            yield from one.walk()

    def sentences(self) -> Iterator[Sentence]:
        """Yield every sentence of this section, not of those below it."""
        for group in self.groups:
            for one in group.sentences:
                yield from one.walk()

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        plain: dict[str, Any] = {"kind": self.kind, "title": self.title, "name": self.name} | place_to_plain(self.place)
        if self.title_place is not None:
            plain["title_place"] = place_to_plain(self.title_place)
        plain["groups"] = [one.to_plain() for one in self.groups]
        if self.sections:
            plain["sections"] = [one.to_plain() for one in self.sections]
        return plain


def groups(*made: Group) -> tuple[Group, ...]:
    """Return the groups that say something."""
    return tuple(one for one in made if one.sentences)


def place_to_plain(place: Place | None) -> dict[str, Any]:
    """Return a place as JSON data; nothing if there is none."""
    return {"file": place.file, "line": place.line} if place is not None else {}
