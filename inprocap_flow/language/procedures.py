"""A procedure from its file to its definition: expanded (its blocks put in), then resolved (names to things)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.documents import check_name, read_document, refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.includes.expand import expand
from inprocap_flow.language.includes.given import Handed
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import Definition, Rulebook
from inprocap_flow.language.remembered import Remembered
from inprocap_flow.language.resolve.definition import resolve
from inprocap_flow.language.resolve.desk import Desk, HookInfo, HookLookup, no_hooks
from inprocap_flow.language.resolve.limits import build_rulebook
from inprocap_flow.language.schema.dated import CodelistDoc, RulebookDoc
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import locate, validate

Search = Sequence[Path | str]
NOTICES = ("eforms", "ocds")
"""The code lists that give notices their titles."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An expanded procedure: one document whose parts know where they are written, and what its blocks were given.

    ``files`` are the procedure, its blocks and its overlays, each as it is written.
    """

    doc: ProcedureDoc
    root: MapNode
    handed: tuple[Handed, ...]
    problems: tuple[Problem, ...] = ()
    files: tuple[MapNode, ...] = ()


_WHOLE: Remembered[Whole] = Remembered(64)
_RESOLVED: Remembered[tuple[Definition, list[Problem]]] = Remembered(64)
_RULEBOOKS: Remembered[tuple[Rulebook, list[Problem]]] = Remembered(32)


def read_whole(library: Library, path: Path) -> Whole:
    """Return the procedure of *path*, expanded. Raises InvalidInput for syntax, schema and includes."""
    written, root = read_document(library, path, ProcedureDoc)
    blocks = _read_blocks(library, written)
    if blocks is None:
        return _expanded(library, path, written, root)
    return _WHOLE.of((root, *blocks), lambda: _expanded(library, path, written, root), path.name)


def _read_blocks(library: Library, written: ProcedureDoc) -> list[MapNode] | None:
    """Return the blocks that a procedure puts in, as nodes; None if one of them cannot be read."""
    paths = [library.find("block", include.block) for include in written.include]
    try:
        return [library.read(path) for path in paths if path is not None] if all(paths) else None
    except InvalidInput:
        return None


def _expanded(library: Library, path: Path, written: ProcedureDoc, root: MapNode) -> Whole:
    nodes, handed, problems = expand(library, written, root)
    refuse(library, problems)
    doc, problems = validate(ProcedureDoc, nodes)
    refuse(library, problems)
    assert doc is not None
    files = (root, *(_read_blocks(library, written) or ()))
    return Whole(doc, nodes, tuple(handed), tuple(check_name(root, path)), files)


def resolve_whole(
    library: Library, whole: Whole, hook_lookup: HookLookup = no_hooks
) -> tuple[Definition, list[Problem]]:
    """Return the definition of *whole*, and every problem found while its names and expressions were resolved."""
    rulebook = _rulebook_of(library, whole)
    if rulebook is None and whole.doc.rulebook != "none":
        return _resolved(library, whole, hook_lookup)
    titles = (library.find("codelist", name) for name in NOTICES)
    beside = [library.read(path) for path in (rulebook, *titles) if path is not None]
    asked: list[str] = []

    def look_up(name: str) -> HookInfo | None:
        asked.append(name)
        return hook_lookup(name)

    definition, problems = _RESOLVED.of((whole, *beside), lambda: _resolved(library, whole, look_up))
    if asked:  # what a hook is may be another thing the next time
        _RESOLVED.forget((whole, *beside))
    return definition, list(problems)


def _resolved(library: Library, whole: Whole, hook_lookup: HookLookup) -> tuple[Definition, list[Problem]]:
    files = {one.place.file: one for one in whole.files}
    desk = Desk(whole.doc, whole.root, list(whole.problems), hook_lookup=hook_lookup, files=files)
    rulebook = default_rulebook(library, desk)
    limits = {name: one.unit for name, one in rulebook.limits.items()} if rulebook else None
    definition = resolve(
        desk,
        notice_titles=notice_titles(library),
        counting=rulebook.counting if rulebook else None,
        limits={} if whole.doc.rulebook == "none" else limits,
        handed=whole.handed,
    )
    return definition, desk.problems


def _rulebook_of(library: Library, whole: Whole) -> Path | None:
    name = whole.doc.rulebook
    return None if name == "none" else library.find("rulebook", name)


def resolve_procedure(
    path: Path, search: Search, hook_lookup: HookLookup = no_hooks
) -> tuple[Definition, Library, list[Problem]]:
    """Return the definition with the problems found while names and expressions were resolved.

    Raises InvalidInput for what must be right before that: syntax, schema, includes.
    """
    library = Library(folders_for(path, search))
    whole = read_whole(library, path)
    definition, problems = resolve_whole(library, whole, hook_lookup)
    return definition, library, problems


def default_rulebook(library: Library, desk: Desk) -> Rulebook | None:
    """Return the rulebook that the procedure names, if it can be found; the organisation may bring another one."""
    name = desk.doc.rulebook
    path = None if name == "none" else library.find("rulebook", name)
    if path is None:
        if name != "none":
            mend = did_you_mean(name, library.known("rulebook")) or "Its limits cannot be checked until it is there."
            desk.say(("rulebook",), "unknown-rulebook", f"There is no rulebook `{name}`.", mend, severity="advice")
        return None
    rulebook = read_rulebook(library, path)
    for limit in desk.doc.limits:
        if limit in rulebook.limits:
            desk.say(
                ("limits", limit),
                "limit-twice",
                f"The rulebook `{name}` has a limit `{limit}`, too.",
                "Give it another name; no name may hide another.",
                on_key=True,
            )
    return rulebook


def read_rulebook(library: Library, path: Path) -> Rulebook:
    """Return the rulebook of *path*. Raises InvalidInput."""
    doc, root = read_document(library, path, RulebookDoc)
    rulebook, problems = _RULEBOOKS.of((root,), lambda: _rulebook(doc, root, path), path.name)
    refuse(library, problems)
    return rulebook


def _rulebook(doc: RulebookDoc, root: MapNode, path: Path) -> tuple[Rulebook, list[Problem]]:
    problems = check_name(root, path)

    def say(where: NodePath, code: str, fact: str, mend: str) -> None:
        place, width = locate(root, where)
        problems.append(Problem(place, code, fact, mend, width=width))

    return build_rulebook(doc, say), problems


def notice_titles(library: Library) -> Mapping[tuple[str, str], str]:
    """Return the titles of notice codes from the code lists ``eforms`` and ``ocds``, as far as they are there."""
    titles: dict[tuple[str, str], str] = {}
    for name in NOTICES:
        path = library.find("codelist", name)
        if path is not None:
            doc, _ = read_document(library, path, CodelistDoc)
            titles |= {(name, code): next(iter(text.values())) for code, text in doc.codes.items()}
    return titles
