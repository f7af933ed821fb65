"""What differs between two procedures, or a procedure without and with overlays: section by section, in sentences.

Both are read aloud whole, and what one says and the other does not is the difference. So a difference has the words,
the ground, the evidence and the place that reading has. What a step says of an approval or a deadline is left to those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inprocap_flow.errors import Place
from inprocap_flow.service.reading.approvals import TAKES
from inprocap_flow.service.reading.book import Book
from inprocap_flow.service.reading.phrasing import sentence
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, place_to_plain
from inprocap_flow.service.reading.swaps import Said, Swap, as_now, swaps_between
from inprocap_flow.service.reading.whole import whole

LEFT_OUT = {"Which one", "How to read it", "Files", "Also possible"}  # groups that say nothing about what people do
SILENT = ("Nothing has to be signed for it.", "Nobody is told by itself.")  # no difference to what is not there
Sentences = tuple[Sentence, ...]
ORDER = ("procedure", "role", "stage", "step", "approval", "deadline", "derogation", "watches", "track")


@dataclass(frozen=True, slots=True)
class Change:
    """What one group of a section says otherwise: sentences that are gone, and those that have come.

    A sentence that stays, because only something below it differs, is in both, each with only that below it.
    """

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


def differences(before: Book, after: Book) -> tuple[Difference, ...]:
    """Return what differs, the procedure itself first, then by kind in the order in which it is read.

    What has another title, and a role that another one acts for, is one difference, with the number of its places.
    """
    swaps = swaps_between(before, after)
    old, new = _sections(before), _sections(after)
    places_of = Counter[Swap]()
    found = [_new(after, new[key]) for key in new if key not in old]
    found += [_gone(old[key]) for key in old if key not in new]
    for key in new:
        if key in old and (changes := tuple(_changes(old[key], new[key], swaps, places_of))):
            one = new[key]
            found.append(Difference("changed", one.kind, one.title, one.name, one.place, changes, _by(after, changes)))
    found += [_swapped(after, one, places_of[one]) for one in swaps if places_of[one]]
    places = {key: number for number, key in enumerate(new)}
    found = [_placed(one) for one in found]
    return tuple(sorted(found, key=lambda one: (_rank(one.kind), places.get((one.kind, one.name), len(places)))))


def _placed(one: Difference) -> Difference:
    """Return a difference without places that have no line: what was released has none."""
    changes = (replace(change, was=_lined(change.was), now=_lined(change.now)) for change in one.changes)
    return replace(one, place=_line_of(one.place), changes=tuple(changes))


def _lined(said: Sentences) -> Sentences:
    return tuple(replace(one, place=_line_of(one.place), below=_lined(one.below)) for one in said)


def _line_of(place: Place | None) -> Place | None:
    return place if place is not None and place.line else None


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
    """Return the sentences of a new section that say something; signatures stand in the sections of approvals."""
    said = (one for one in group.sentences if one.text not in SILENT)
    short = section.kind in ("step", "derogation") and group.label == "Signed"
    return tuple(_bare(one) if short else one for one in said)


def _bare(signed: Sentence) -> Sentence:
    """Return the sentence of an approval by itself: who signs stands in the section of the approval."""
    return Sentence(sentence(signed.text.removesuffix(f"; {TAKES}")), signed.place)


def _gone(section: Section) -> Difference:
    return Difference("gone", section.kind, section.title, section.name, section.place, ())


def _told(section: Section) -> Iterator[Group]:
    yield from (group for group in section.groups if group.label not in LEFT_OUT)


def _swapped(book: Book, swap: Swap, places: int) -> Difference:
    now = f'It stands in {places} place{"" if places == 1 else "s"} where "{swap.was}" stood.'
    changes = (Change("", (), (Sentence(now, swap.place),)),)
    return Difference("changed", swap.kind, swap.now, swap.name, swap.place, changes, _by(book, changes))


def _changes(old: Section, new: Section, swaps: Sequence[Swap], places: Counter[Swap]) -> Iterator[Change]:
    yield from _title(old, new, swaps, places)
    said, says = _by_label(old), _by_label(new)
    for label in dict.fromkeys((*said, *says)):
        was, now = said.get(label, ()), says.get(label, ())
        deep = new.kind != "step"  # what stands below a sentence of a step is said where it belongs
        here = {_text(one, deep=deep) for one in now}
        there: set[Said] = set()
        gone_ones: list[Sentence] = []
        for one in was:
            plain = _text(one, deep=deep)
            same, met = as_now(plain, swaps)
            there |= {plain, same}
            if plain not in here and same in here:
                places.update(met)
            elif plain not in here:
                gone_ones.append(one)
        gone = tuple(gone_ones)
        come = tuple(
            _bare(one) if not deep and label == "Signed" else one for one in now if _text(one, deep=deep) not in there
        )
        if gone or come:
            yield Change(label, *_narrowed(gone, come, swaps))


def _narrowed(gone: Sentences, come: Sentences, swaps: Sequence[Swap]) -> tuple[Sentences, Sentences]:
    """Return the same sentences, but one that stays only with what is otherwise below it: in both, at its place."""
    was, now, free = list(gone), list(come), list(range(len(come)))
    for number, one in enumerate(was):
        said = as_now((one.text, ()), swaps)[0][0]
        at = next((at for at in free if now[at].text == said), None)
        if at is None:
            continue
        free.remove(at)
        below = _apart(one.below, now[at].below, swaps)
        if any(below):  # else only their order is another
            was[number], now[at] = (replace(each, below=rest) for each, rest in zip((one, now[at]), below, strict=True))
    return tuple(was), tuple(now)


def _apart(was: Sentences, now: Sentences, swaps: Sequence[Swap]) -> tuple[Sentences, Sentences]:
    """Return what only the first say, and what only the others do, deep down."""
    here = {_text(one, deep=True) for one in now}
    there = {said for one in was for said in (_text(one, deep=True), as_now(_text(one, deep=True), swaps)[0])}
    gone = (one for one in was if not here & {_text(one, deep=True), as_now(_text(one, deep=True), swaps)[0]})
    come = (one for one in now if _text(one, deep=True) not in there)
    return _narrowed(tuple(gone), tuple(come), swaps)


def _by_label(section: Section) -> dict[str, tuple[Sentence, ...]]:
    """Return what each label says; several groups may have the same, such as two conventions with other sources."""
    found: dict[str, tuple[Sentence, ...]] = {}
    for group in _told(section):
        found[group.label] = (*found.get(group.label, ()), *group.sentences)
    return found


def _title(old: Section, new: Section, swaps: Sequence[Swap], places: Counter[Swap]) -> Iterator[Change]:
    """Yield another title, unless a swap says it already."""
    if old.title == new.title:
        return
    (said, _), met = as_now((f'"{old.title}"', ()), swaps)
    if said == f'"{new.title}"':
        places.update(met)
    else:
        now = Sentence(new.title, new.title_place or new.place)
        yield Change("Title", (Sentence(old.title, old.place),), (now,))


def _text(sentence: Sentence, *, deep: bool) -> Said:
    return (sentence.text, tuple(_text(below, deep=True) for below in sentence.below) if deep else ())


def _by(book: Book, changes: tuple[Change, ...]) -> str:
    """Return the overlay that wrote something of a change."""
    files = (s.place.file for change in changes for one in change.now for s in one.walk() if s.place is not None)
    return next((book.overlay_files[file] for file in files if file in book.overlay_files), "")
