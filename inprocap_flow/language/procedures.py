"""A procedure from its file to its definition: expanded (its blocks put in), then resolved (names to things)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inprocap_flow.errors import Problem
from inprocap_flow.language.documents import check_name, read_document, refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.includes.expand import expand
from inprocap_flow.language.includes.given import Handed
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import Definition, Rulebook
from inprocap_flow.language.resolve.definition import resolve
from inprocap_flow.language.resolve.desk import Desk, HookLookup, no_hooks
from inprocap_flow.language.resolve.limits import build_rulebook
from inprocap_flow.language.schema.dated import CodelistDoc, RulebookDoc
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import locate, validate

Search = Sequence[Path | str]


@dataclass(frozen=True, slots=True)
class Whole:
    """An expanded procedure: one document whose parts know where they are written, and what its blocks were given."""

    doc: ProcedureDoc
    root: MapNode
    handed: tuple[Handed, ...]
    problems: tuple[Problem, ...] = ()


def read_whole(library: Library, path: Path) -> Whole:
    """Return the procedure of *path*, expanded. Raises InvalidInput for syntax, schema and includes."""
    written, root = read_document(library, path, ProcedureDoc)
    nodes, handed, problems = expand(library, written, root)
    refuse(library, problems)
    doc, problems = validate(ProcedureDoc, nodes)
    refuse(library, problems)
    assert doc is not None
    return Whole(doc, nodes, tuple(handed), tuple(check_name(root, path)))


def resolve_whole(
    library: Library, whole: Whole, hook_lookup: HookLookup = no_hooks
) -> tuple[Definition, list[Problem]]:
    """Return the definition of *whole*, and every problem found while its names and expressions were resolved."""
    desk = Desk(whole.doc, whole.root, list(whole.problems), hook_lookup=hook_lookup)
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
    problems = check_name(root, path)

    def say(where: NodePath, code: str, fact: str, mend: str) -> None:
        place, width = locate(root, where)
        problems.append(Problem(place, code, fact, mend, width=width))

    rulebook = build_rulebook(doc, say)
    refuse(library, problems)
    return rulebook


def notice_titles(library: Library) -> Mapping[tuple[str, str], str]:
    """Return the titles of notice codes from the code lists ``eforms`` and ``ocds``, as far as they are there."""
    titles: dict[tuple[str, str], str] = {}
    for name in ("eforms", "ocds"):
        path = library.find("codelist", name)
        if path is not None:
            doc, _ = read_document(library, path, CodelistDoc)
            titles |= {(name, code): next(iter(text.values())) for code, text in doc.codes.items()}
    return titles
