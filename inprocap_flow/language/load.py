"""The one door from files to what the rest works on. Raises InvalidInput with every problem found, never else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.includes.expand import expand
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.model import Definition
from inprocap_flow.language.resolve.definition import resolve
from inprocap_flow.language.resolve.desk import Desk, HookLookup, no_hooks
from inprocap_flow.language.schema.dated import CodelistDoc
from inprocap_flow.language.schema.kinds import KINDS
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import validate
from inprocap_flow.language.schema.words import Doc, did_you_mean

Search = Sequence[Path | str]
D = TypeVar("D", bound=Doc)


def load_procedure(path: Path | str, search: Search = (), *, hook_lookup: HookLookup = no_hooks) -> Definition:
    """Return the procedure of *path*, its blocks included. *search* are folders of definitions, first come first.

    Raises InvalidInput with every problem of every file it is made of.
    """
    library = Library(folders_for(Path(path), search))
    written, root = read_document(library, Path(path), ProcedureDoc)
    whole, problems = expand(library, written, root)
    refuse(library, problems)
    doc, problems = validate(ProcedureDoc, whole)
    refuse(library, problems)
    assert doc is not None
    desk = Desk(doc, whole, hook_lookup=hook_lookup)
    definition = resolve(desk, notice_titles=notice_titles(library))
    refuse(library, desk.problems)
    return definition


def read_document(library: Library, path: Path, model: type[D]) -> tuple[D, MapNode]:
    """Return document and nodes of *path*. Raises InvalidInput if it is not a valid document of that kind."""
    root = library.read(path)
    doc, problems = validate(model, root)
    refuse(library, problems)
    assert doc is not None
    return doc, root


def refuse(library: Library, problems: Sequence[Problem]) -> None:
    """Raise InvalidInput if one of *problems* is an error."""
    shown = library.show(problems)
    if any(problem.severity == "error" for problem in shown):
        raise InvalidInput(shown)


def kind_of(root: MapNode) -> str | None:
    """Return the kind of a document: its first key."""
    first = root.keys()[0] if len(root) else ""
    return first if first in KINDS else None


def unknown_kind(root: MapNode) -> Problem:
    """Return the problem of a document whose first key is not one of the kinds."""
    first = root.keys()[0] if len(root) else ""
    place = root.entries[0][0].place if len(root) else Place(root.place.file, 1, 1)
    return Problem(place, "unknown-kind", f"The first key `{first}` does not say what the file is.",
                   did_you_mean(first, tuple(KINDS)) or f"Begin with one of: {', '.join(KINDS)}.")  # fmt: skip


def notice_titles(library: Library) -> Mapping[tuple[str, str], str]:
    """Return the titles of notice codes from the code lists ``eforms`` and ``ocds``, as far as they are there."""
    titles: dict[tuple[str, str], str] = {}
    for name in ("eforms", "ocds"):
        path = library.find("codelist", name)
        if path is not None:
            doc, _ = read_document(library, path, CodelistDoc)
            titles |= {(name, code): next(iter(text.values())) for code, text in doc.codes.items()}
    return titles

