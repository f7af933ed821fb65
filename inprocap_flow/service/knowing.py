"""What an editor can offer: the names in the files of definitions, and the limits of rulebooks with their articles.

Files are read, not resolved: an editor is most needed while something is not right yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.files import FOLDERS, Library
from inprocap_flow.language.model import LimitVariant, said
from inprocap_flow.language.nodes import ListNode, MapNode, Node, ScalarNode
from inprocap_flow.language.schema.suggest import Known
from inprocap_flow.service.law import InForce, in_force_on, rulebook_files, value_in_words

_SECTIONS = {"roles": "role", "deadlines": "deadline", "rules": "rule"}
_OF_FILES = ("procedure", "block", "rulebook", "organisation", "overlay")
MOST_FILES = 3  # named where something is declared in many


def known_names(folders: Sequence[Path], day: date) -> Known:
    """Return what the files of *folders* name, the first folder first; limits with their value on *day*.

    What cannot be read is left out.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for path in _files(folders):
        try:
            named = list(_names(Library(()).read(path), path.stem, folders))
        except InvalidInput:
            continue
        for kind, name, says in named:
            found.setdefault(kind, {}).setdefault(name, []).append(says)
    names = {kind: {name: _joined(says) for name, says in sorted(those.items())} for kind, those in found.items()}
    return Known(names | {"limit": limits(folders, day)})


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of definitions, of one kind and name only the first."""
    seen: set[tuple[str, str]] = set()
    for folder in folders:
        for inside in ("", *(FOLDERS[kind][0] for kind in _OF_FILES if kind != "procedure")):
            for path in sorted((folder / inside).glob("*.yaml")):
                if "." not in path.stem and (inside, path.stem) not in seen:
                    seen.add((inside, path.stem))
                    yield path


def _names(root: MapNode, file: str, folders: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name, and what it is, for every name in a file."""
    kind = root.keys()[0] if root.keys() else ""
    if kind in _OF_FILES:
        yield kind, file, _text(root.get("title")) or file
    if kind in ("procedure", "block", "overlay"):
        yield from _declared(root, file, ())
        yield from _under_another_name(root, folders)


def _declared(node: Node | None, file: str, path: tuple[str, ...], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the roles, deadlines, rules and milestones that are declared at or below *node*."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _declared(item, file, path, prefix)
    if not isinstance(node, MapNode):
        return
    milestone = node.get("milestone")
    if isinstance(milestone, ScalarNode):
        yield "milestone", f"{prefix}{milestone.value}", f"{_text(node.get('title')) or path[-1]} ({file})"
    for key, value in node.items():
        if key in _SECTIONS and isinstance(value, MapNode) and (not path or path[0] == "tracks"):
            own = "" if key == "roles" else prefix
            for name, said in value.items():
                yield _SECTIONS[key], f"{own}{name}", f"{_title(said) or name} ({file})"
        yield from _declared(value, file, (*path, key), prefix)


def _under_another_name(root: MapNode, folders: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    """Yield what blocks declare that a procedure includes `as` something: with that name in front."""
    include = root.get("include")
    library = Library(tuple(folders))
    for one in include.items if isinstance(include, ListNode) else ():
        prefix = one.get("as") if isinstance(one, MapNode) else None
        block = one.get("block") if isinstance(one, MapNode) else None
        path = library.find("block", block.value) if isinstance(block, ScalarNode) else None
        if isinstance(prefix, ScalarNode) and path is not None:
            yield from _declared(library.read(path), path.stem, (), f"{prefix.value}_")


def _title(node: Node) -> str:
    return _text(node.get("title")) if isinstance(node, MapNode) else ""


def _text(node: Node | None) -> str:
    """Return a text: in English, else in its first language."""
    if isinstance(node, ScalarNode):
        return " ".join(node.value.split())
    if isinstance(node, MapNode):
        return _text(node.get("en") or next(iter(dict(node.items()).values()), None))
    return ""


def _joined(says: Sequence[str]) -> str:
    different = list(dict.fromkeys(says))
    more = f" and {len(different) - MOST_FILES} more" if len(different) > MOST_FILES else ""
    return "; ".join(different[:MOST_FILES]) + more


# ---------------------------------------------------------------------------------------------------------- limits


def limits(folders: Sequence[Path], day: date) -> Mapping[str, str]:
    """Return every limit of the rulebooks of *folders*, with what it says, its value on *day*, article and evidence."""
    found: dict[str, list[str]] = {}
    for path in rulebook_files(folders).values():
        try:
            for one in in_force_on(path, day):
                found.setdefault(one.limit.name, []).append(described(one))
        except InvalidInput:
            continue
    return {name: "\n\n".join(says) for name, says in sorted(found.items())}


def _apart(one: InForce, variant: LimitVariant) -> str:
    """Return what a reduction rests on, where that is something else than its limit."""
    return f"; {variant.basis.replace('_', ' ')}" if variant.basis not in (None, one.limit.basis) else ""


def described(one: InForce) -> str:
    """Return a limit on a day in a few words: its value, what it says, basis, article, evidence, reductions."""
    says = " ".join(said(one.limit.says).split()).rstrip(".")
    basis = one.limit.basis_of(one.value).replace("_", " ")
    head = f"{one.in_words} on {one.day} ({one.name}). {says}. Basis: {basis}"
    if one.value is None:
        return f"{head}."
    mark = f"confirmed on {one.value.confirmed_on}" if one.confirmed else "not confirmed"
    shorter = "".join(
        f" {value_in_words(one.limit, str(variant.value))} if {variant.when.replace('_', ' ')}"
        f" ({variant.source}{_apart(one, variant)})."
        for variant in one.value.variants
    )
    return f"{head}; {one.value.source} [{mark}].{shorter}"
