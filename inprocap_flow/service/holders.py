"""Whatever brings limits: rulebooks, overlays and procedures; all of them, or those that apply in an organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.choices import overlays_on, uses
from inprocap_flow.language.documents import read_document
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode, NodePath, ScalarNode
from inprocap_flow.language.model import Limit, Organisation, Text
from inprocap_flow.language.overlays.document import read_overlay
from inprocap_flow.language.overlays.longer import own_limits
from inprocap_flow.language.procedures import read_rulebook
from inprocap_flow.language.resolve.limits import build_limit
from inprocap_flow.language.schema.dated import LimitDoc
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import locate

RULEBOOK, OVERLAY, PROCEDURE = "rulebook", "overlay", "procedure"
NONE = "none"  # a procedure says so that rests on no rulebook


@dataclass(frozen=True, slots=True)
class Holder:
    """A file with limits. ``kind`` is rulebook, overlay or procedure; ``read_by`` are procedures that rest on it.

    ``whose``: the organisation of an overlay, or the country of a national one. ``taken`` are limits that an overlay
    reads from rulebooks, by rulebook. ``added`` are limits by which it makes a deadline longer, with that deadline.
    """

    kind: str
    name: str
    path: Path
    root: MapNode
    limits: Mapping[str, Limit]
    title: Text = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    whose: str = ""
    read_by: tuple[str, ...] = ()
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)


def all_holders(folders: Sequence[Path], name: str | None = None) -> tuple[Holder, ...]:
    """Return every file in *folders* with limits of its own, or those called *name*; rulebooks first.

    Of one kind and name, that of the first folder counts. Raises InvalidInput for one that is not sound.
    """
    library = Library(tuple(folders))
    named = ((kind, one) for kind in (RULEBOOK, OVERLAY, PROCEDURE) for one in library.known(kind))
    found = (_read(library, kind, one) for kind, one in named if name in (None, one))
    return tuple(one for one in found if one is not None and (one.limits or one.taken))


def names_of_holders(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return what may be asked for by name."""
    return tuple(dict.fromkeys(one.name for one in all_holders(folders)))


def holders_for(organisation: Organisation, day: date, folders: Sequence[Path]) -> tuple[Holder, ...]:
    """Return what brings limits to cases that *organisation* opens on *day* (local).

    These are the rulebooks that its procedures rest on there, its overlays in force for one of them with the rulebooks
    that they read, and procedures with limits of their own. Raises InvalidInput for a file that is not sound.
    """
    library = Library(tuple(folders))
    used = [name for name in library.known(PROCEDURE) if uses(organisation, name, day)]
    wanted: dict[tuple[str, str], list[str]] = {}
    overlays = [_needed(library, OVERLAY, name) for name in overlays_on(organisation, day)]
    for procedure in used:
        book = _rulebook_of(library, procedure)
        wanted.setdefault((RULEBOOK, organisation.rulebooks.get(book, book)), []).append(procedure)
        for overlay in overlays:
            if procedure in overlay.read_by:
                wanted.setdefault((OVERLAY, overlay.name), []).append(procedure)
                for taken in overlay.taken:
                    wanted.setdefault((RULEBOOK, taken), []).append(procedure)
        wanted.setdefault((PROCEDURE, procedure), []).append(procedure)
    found = (
        replace(one, read_by=tuple(dict.fromkeys(readers)))
        for (kind, name), readers in wanted.items()
        if (one := _read(library, kind, name)) is not None and (one.limits or one.taken)
    )
    return tuple(sorted(found, key=lambda one: (RULEBOOK, OVERLAY, PROCEDURE).index(one.kind)))


def _rulebook_of(library: Library, procedure: str) -> str:
    """Return the rulebook that a procedure names; "none" if it names none or cannot be read."""
    path = library.find(PROCEDURE, procedure)
    try:
        said = library.read(path).get(RULEBOOK) if path else None
    except InvalidInput:
        return NONE
    return said.value if isinstance(said, ScalarNode) else NONE


def _needed(library: Library, kind: str, name: str) -> Holder:
    found = _read(library, kind, name)
    if found is None:
        fact, mend = f"There is no {kind} `{name}`.", f"Add {kind}s/{name}.yaml, or take it out of the organisation."
        raise InvalidInput([Problem(Place(f"{kind}s/{name}.yaml"), f"unknown-{kind}", fact, mend)])
    return found


def _read(library: Library, kind: str, name: str) -> Holder | None:
    """Return a file with its limits; None if there is no such file. Raises InvalidInput."""
    path = library.find(kind, name)
    if path is None:
        return None
    if kind == RULEBOOK:
        book = read_rulebook(library, path)
        return Holder(kind, name, path, library.read(path), book.limits, book.title, book.evidence)
    if kind == OVERLAY:
        return _overlay(library, name, path)
    root = library.read(path)
    if "limits" not in root:
        return None
    doc, root = read_document(library, path, ProcedureDoc)
    limits = _limits(root, doc.limits, doc.language)
    return Holder(kind, name, path, root, limits, _in(doc.title, doc.language), read_by=(name,))


def _overlay(library: Library, name: str, path: Path) -> Holder:
    doc, root = read_overlay(library, path)
    limits = _limits(root, doc.limits, doc.language)
    added = {one.name: deadline for deadline, one in own_limits(doc).items()}
    limits |= {one.name: one for one in own_limits(doc).values()}
    taken = {book: tuple(names) for book, names in doc.limits_from.items()}
    title, read_by = _in(doc.title, doc.language), tuple(doc.for_)
    return Holder(
        OVERLAY, name, path, root, limits, title, whose=_whose(doc), read_by=read_by, taken=taken, added=added
    )


def _whose(doc: OverlayDoc) -> str:
    return f"law of {doc.national}" if doc.national else f"house rules of {doc.organisation}"


def _in(text: Mapping[str, str], language: str) -> Text:
    return {code or language: words for code, words in text.items()}


def _limits(root: MapNode, docs: Mapping[str, LimitDoc], language: str) -> dict[str, Limit]:
    """Return the limits of a file that is no rulebook. Raises InvalidInput."""
    problems: list[Problem] = []

    def say(path: NodePath, code: str, fact: str, mend: str) -> None:
        place, width = locate(root, path)
        problems.append(Problem(place, code, fact, mend, width=width))

    made = {name: build_limit(name, one, ("limits", name), language, say) for name, one in docs.items()}
    if problems:
        raise InvalidInput(problems)
    return made
