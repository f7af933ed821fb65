"""What differs between two procedures, or a procedure without and with overlays: section by section, in sentences.

Both are read aloud whole, and what one says and the other does not is the difference. So a difference has the words,
the ground, the evidence and the place that reading has. What a step says of an approval or a deadline is left to those.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inprocap_flow.errors import Place
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, place_to_plain
from inprocap_flow.service.reading.whole import whole

LEFT_OUT = {"Which one", "How to read it", "Files", "Also possible"}  # groups that say nothing about what people do
SILENT = ("Nothing has to be signed for it.", "Nobody is told by itself.")  # no difference to what is not there
ORDER = ("procedure", "role", "stage", "step", "approval", "deadline", "derogation", "watches", "track")


@dataclass(frozen=True, slots=True)
class Change:
    """What one group of a section says otherwise: sentences that are gone, and those that have come."""

    label: str
    was: tuple[Sentence, ...]
    now: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A section that is ``new``, ``gone`` or ``changed``, with what is said in it; ``overlay`` names who wrote it."""

    what: str
    kind: str
    title: str
    name: str
    place: Place | None
    changes: tuple[Change, ...]
    overlay: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "what": self.what,
            "kind": self.kind,
            "title": self.title,
            "name": self.name,
            "overlay": self.overlay or None,
            **place_to_plain(self.place),
            "changes": [
                {
                    "label": one.label,
                    "was": [sentence.to_plain() for sentence in one.was],
                    "now": [sentence.to_plain() for sentence in one.now],
                }
                for one in self.changes
            ],
        }


@dataclass(frozen=True, slots=True)
class Swap:
    """A role that is called or filled otherwise throughout: said once, and not at each of its places."""

    was: str
    now: str
    place: Place
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, was: str, now: str, place: Place) -> Swap:
        return cls(was, now, place, re.compile(rf"(?<!\w){re.escape(was)}(?!\w)"))


def differences(before: Book, after: Book) -> tuple[Difference, ...]:
    """Return what differs, the procedure itself first, then by kind in the order in which it is read.

    A role that has another title, or that another one acts for, is one difference, with the number of its places.
    """
    swaps = tuple(_swaps(before, after))
    old, new = _sections(before), _sections(after)
    places_of = Counter[str]()
    found = [_new(after, new[key]) for key in new if key not in old]
    found += [_gone(old[key]) for key in old if key not in new]
    for key in new:
        if key in old and (changes := tuple(_changes(old[key], new[key], swaps, places_of))):
            one = new[key]
            found.append(Difference("changed", one.kind, one.title, one.name, one.place, changes, _by(after, changes)))
    found += [_swapped(one, places_of[one.was]) for one in swaps if places_of[one.was]]
    places = {key: number for number, key in enumerate(new)}
    return tuple(sorted(found, key=lambda one: (_rank(one.kind), places.get((one.kind, one.name), len(places)))))


def _rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _sections(book: Book) -> dict[tuple[str, str], Section]:
    """Return every section by kind and name; those that only gather others by their title, the procedure as such."""
    found = (one for one in whole(book).walk() if one.kind != "blocks")
    return {(one.kind, "" if one.kind == "procedure" else one.name or one.title): one for one in found}


def _new(book: Book, section: Section) -> Difference:
    changes = tuple(Change(group.label, (), said) for group in _told(section) if (said := _worth(section, group)))
    by = book.overlay_files.get(section.place.file, "") if section.place else ""
    return Difference("new", section.kind, section.title, section.name, section.place, changes, by)


def _worth(section: Section, group: Group) -> tuple[Sentence, ...]:
    """Return the sentences of a new section that say something; of a step without the signatures, which stand apart."""
    said = (one for one in group.sentences if one.text not in SILENT)
    short = section.kind == "step" and group.label == "Signed"
    return tuple(Sentence(one.text, one.place) if short else one for one in said)


def _gone(section: Section) -> Difference:
    return Difference("gone", section.kind, section.title, section.name, section.place, ())


def _told(section: Section) -> Iterator[Group]:
    yield from (group for group in section.groups if group.label not in LEFT_OUT)


def _swaps(before: Book, after: Book) -> Iterator[Swap]:
    old, new = before.definition, after.definition
    for name, role in old.roles.items():
        was = before.text(role.title)
        heir = name if name in new.roles else _heir(name, old, new)
        if heir and (now := after.text(new.roles[heir].title)) != was:
            yield Swap.of(was, now, after.place("roles", heir, "title"))


def _heir(name: str, old: Definition, new: Definition) -> str:
    """Return the role that stands in *new* wherever *name* stood, as the steps that both have say; "" if none does."""
    for line in old.lines:
        steps = new.line(line.kind).steps if line.kind == CASE or line.kind in new.tracks else {}
        for step in line.steps.values():
            after = steps[step.name].by if step.name in steps else ()
            if name in step.by and len(after) == len(step.by):
                return after[step.by.index(name)]
    return ""


def _swapped(swap: Swap, places: int) -> Difference:
    now = f'It stands in {places} place{"" if places == 1 else "s"} where "{swap.was}" stood.'
    return Difference("changed", "role", swap.now, "", swap.place, (Change("", (), (Sentence(now, swap.place),)),))


def _changes(old: Section, new: Section, swaps: Sequence[Swap], places: Counter[str]) -> Iterator[Change]:
    if old.title != new.title:
        yield Change("Title", (Sentence(old.title, old.place),), (Sentence(new.title, new.place),))
    said = {group.label: group.sentences for group in _told(old)}
    says = {group.label: group.sentences for group in _told(new)}
    for label in dict.fromkeys((*said, *says)):
        was, now = said.get(label, ()), says.get(label, ())
        deep = new.kind != "step"  # what stands below a sentence of a step is said where it belongs
        here = {_text(one, deep=deep) for one in now}
        there: set[tuple[Any, ...]] = set()
        gone_ones: list[Sentence] = []
        for one in was:
            plain = _text(one, deep=deep)
            same, met = _as_now(plain, swaps)
            there |= {plain, same}
            if plain not in here and same in here:
                places.update(met)
            elif plain not in here:
                gone_ones.append(one)
        gone = tuple(gone_ones)
        come = tuple(
            Sentence(one.text, one.place) if not deep and label == "Signed" else one
            for one in now
            if _text(one, deep=deep) not in there
        )
        if gone or come:
            yield Change(label, gone, come)


def _as_now(text: tuple[Any, ...], swaps: Sequence[Swap]) -> tuple[tuple[Any, ...], set[str]]:
    """Return a text with every swap made, and which were."""
    words, met = text[0], set()
    for swap in swaps:
        words, count = swap.pattern.subn(swap.now, words)
        met |= {swap.was} if count else set()
    below = [_as_now(one, swaps) for one in text[1]]
    return (words, tuple(one for one, _ in below)), met.union(*(more for _, more in below))


def _text(sentence: Sentence, *, deep: bool) -> tuple[Any, ...]:
    return (sentence.text, tuple(_text(below, deep=True) for below in sentence.below) if deep else ())


def _by(book: Book, changes: tuple[Change, ...]) -> str:
    """Return the overlay that wrote something of a change."""
    files = (s.place.file for change in changes for one in change.now for s in one.walk() if s.place is not None)
    return next((book.overlay_files[file] for file in files if file in book.overlay_files), "")
