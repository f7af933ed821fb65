"""What is called otherwise throughout, or is done by another role: said once, and not at each of its places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inprocap_flow.errors import Place
from inprocap_flow.language.model import CASE, Definition
from inprocap_flow.service.reading.book import Book

Said = tuple[str, tuple[Any, ...]]
"""A sentence and those below it, as plain text."""

TITLED = {"field": "fields", "document": "documents", "approval": "approvals", "deadline": "deadlines",
          "stage": "stages", "step": "steps"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Swap:
    """Two titles of one thing of a ``kind``. A role stands in sentences as a word, anything else between quotes."""

    kind: str
    name: str
    was: str
    now: str
    place: Place

    def made_in(self, text: str) -> tuple[str, int]:
        """Return *text* with the new title, and how often the old one stood there."""
        was = re.escape(self.was)
        pattern = rf"()(?<!\w){was}(?!\w)" if self.kind == "role" else rf'("|> ){was}(?="| >)'
        return re.subn(pattern, lambda found: found[1] + self.now, text)


def swaps_between(before: Book, after: Book) -> tuple[Swap, ...]:
    """Return everything that both have, and that *after* calls otherwise; roles in whose place another acts, too."""
    return (*_roles(before, after), *_titles(before, after))


def as_now(said: Said, swaps: Sequence[Swap]) -> tuple[Said, set[Swap]]:
    """Return a sentence with every swap made, and which were."""
    words, met = said[0], set()
    for swap in swaps:
        words, count = swap.made_in(words)
        met |= {swap} if count else set()
    below = [as_now(one, swaps) for one in said[1]]
    return (words, tuple(one for one, _ in below)), met.union(*(more for _, more in below))


def _roles(before: Book, after: Book) -> Iterator[Swap]:
    old, new = before.definition, after.definition
    for name, role in old.roles.items():
        was = before.text(role.title)
        heir = name if name in new.roles else _heir(name, old, new)
        if heir and (now := after.text(new.roles[heir].title)) != was:
            yield Swap("role", heir, was, now, after.text_place("roles", heir, "title"))


def _heir(name: str, old: Definition, new: Definition) -> str:
    """Return the role that stands in *new* wherever *name* stood, as the steps that both have say; "" if none does."""
    for line in old.lines:
        steps = new.line(line.kind).steps if line.kind == CASE or line.kind in new.tracks else {}
        for step in line.steps.values():
            after = steps[step.name].by if step.name in steps else ()
            if name in step.by and len(after) == len(step.by):
                return after[step.by.index(name)]
    return ""


def _titles(before: Book, after: Book) -> Iterator[Swap]:
    for line in before.definition.lines:
        if line.kind != CASE and line.kind not in after.definition.tracks:
            continue
        new = after.definition.line(line.kind)
        for kind, section in TITLED.items():
            for name, thing in getattr(line, section).items():
                there = getattr(new, section).get(name)
                was, now = before.text(thing.title), after.text(there.title) if there is not None else ""
                if was and now and was != now:
                    path = (*after.line_path(line.kind), *_below(section, name), "title")
                    yield Swap(kind, f"{line.kind}.{name}".lstrip("."), was, now, after.text_place(*path))


def _below(section: str, name: str) -> tuple[str, ...]:
    """Return where a thing stands in its line: a stage inside others below each of them."""
    if section != "stages":
        return (section, name)
    return tuple(part for one in name.split(".") for part in ("stages", one))
