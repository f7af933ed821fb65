"""A procedure with its blocks put in: one document that knows of each part in which file it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.expressions.syntax import BadExpression
from inprocap_flow.language.files import Library
from inprocap_flow.language.includes.given import (
    Handed,
    as_expression,
    check_block,
    check_handed,
    check_readable,
    put_in,
    scalars,
)
from inprocap_flow.language.includes.merge import SECTIONS, add_all, copy_of, merge_document, put
from inprocap_flow.language.includes.rename import Renaming, declared_by, renamed
from inprocap_flow.language.includes.without import left_out
from inprocap_flow.language.marks import ListNode, MapNode, Node, ScalarNode
from inprocap_flow.language.remembered import Remembered
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.procedure import BlockDoc, IncludeDoc, ProcedureDoc
from inprocap_flow.language.schema.report import validate_file


@dataclass(slots=True)
class _Site:
    """Where the procedure is being put together."""

    library: Library
    doc: ProcedureDoc
    problems: list[Problem] = field(default_factory=list)
    blocks: dict[str, tuple[BlockDoc, MapNode] | None] = field(default_factory=dict)
    included: set[tuple[str, str | None]] = field(default_factory=set)
    handed: list[Handed] = field(default_factory=list)


def expand(library: Library, doc: ProcedureDoc, root: MapNode) -> tuple[MapNode, list[Handed], list[Problem]]:
    """Return the nodes of the whole procedure, what it hands over to blocks, and every problem of its includes."""
    site = _Site(library, doc)
    whole = MapNode([], root.place, root.width, root.source)
    for key, value in root.entries:
        if key.value not in SECTIONS:
            whole.add(key, value)
    for include, node in zip(doc.include, _nodes(root.get("include")), strict=True):
        assert isinstance(node, MapNode)
        part = _instance(site, include, node)
        if part is not None:
            merge_document(whole, part, site.problems)
    merge_document(whole, root, site.problems)
    _check_uses(site, whole, root)
    return whole, site.handed, site.problems


def _nodes(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, ListNode) else [node] if node is not None else []


def _block(site: _Site, name: str, node: ScalarNode) -> tuple[BlockDoc, MapNode] | None:
    """Return the block *name*, read once; None after saying what is wrong with it."""
    if name not in site.blocks:
        site.blocks[name] = _read_block(site, name, node)
    return site.blocks[name]


def _read_block(site: _Site, name: str, node: ScalarNode) -> tuple[BlockDoc, MapNode] | None:
    path = site.library.find("block", name)
    if path is None:
        known = site.library.known("block")
        mend = did_you_mean(name, known) or f"Put {name}.yaml into the folder blocks/ beside the procedure."
        site.problems.append(
            Problem(node.place, "unknown-block", f"There is no block `{name}`.", mend, width=node.width)
        )
        return None
    try:
        root = site.library.read(path)
    except InvalidInput as invalid:
        site.problems += invalid.problems
        return None
    doc, problems = validate_file(BlockDoc, root)
    site.problems += problems
    if doc is None:
        return None
    site.problems += check_block(root, doc.given)
    return doc, root


def _instance(site: _Site, include: IncludeDoc, node: MapNode) -> MapNode | None:
    """Return the block of *include* as it reads inside the procedure."""
    name = node.get("block")
    assert isinstance(name, ScalarNode)
    block = _block(site, include.block, name)
    if block is None:
        return None
    if (include.block, include.as_) in site.included:
        fact = f"The block `{include.block}` is included a second time under the same names."
        site.problems.append(
            Problem(name.place, "included-twice", fact, "Give each a name of its own with `as:`.", width=name.width)
        )
        return None
    site.included.add((include.block, include.as_))
    doc, root = block
    given = node.get("given")
    handed = dict(given.items()) if isinstance(given, MapNode) else {}
    site.problems += check_handed(node, include.block, doc.given, handed)
    site.problems += check_readable(doc.given, handed)
    site.handed += [
        Handed(one, doc.given[key].type, doc.given[key].of)
        for key, value in handed.items()
        if key in doc.given
        for one in scalars(value)
    ]
    language = doc.language if doc.language != site.doc.language else None
    # An include that reads the same, in the same place, gives the same, whatever else has changed in the procedure.
    filled, problems = _INSTANCES.of((doc, root), lambda: _filled(doc, root, include, node, handed, language),
                                     repr(node), language)  # fmt: skip
    site.problems += problems
    additions = node.get("at")
    return _with_additions(site, filled, additions, include) if isinstance(additions, MapNode) else filled


_INSTANCES: Remembered[tuple[MapNode, list[Problem]]] = Remembered(256)


def _filled(
    doc: BlockDoc, root: MapNode, include: IncludeDoc, node: MapNode, handed: Mapping[str, Node], language: str | None
) -> tuple[MapNode, list[Problem]]:
    """Return a block as it reads with what it is given, and what is wrong with what is left out of it."""
    problems: list[Problem] = []
    kept = left_out(root, node.get("without"), problems)
    trees = {}
    for word, value in handed.items():
        if word in doc.given:
            try:
                trees[f"given.{word}"] = as_expression(doc.given[word].type, value)
            except BadExpression:
                continue  # said by check_readable
    instance = renamed(kept, Renaming(declared_by(doc), include.as_, trees, language))
    filled = put_in(instance, handed)
    assert isinstance(filled, MapNode)
    return filled, problems


def _with_additions(site: _Site, block: MapNode, additions: MapNode, include: IncludeDoc) -> MapNode:
    """Return *block* with what the procedure adds at its milestones."""
    result = block
    for key, addition in additions.entries:
        assert isinstance(addition, MapNode)
        # As written in the block, or with the new name in front: both are unambiguous, and readers expect either.
        spellings = {key.value, f"{include.as_}_{key.value}"}
        result, found = _added(result, spellings, addition, site.problems)
        if not found:
            known = sorted(_milestones(block))
            site.problems.append(
                Problem(
                    key.place,
                    "at-unknown",
                    f"No step of the block `{include.block}` reaches `{key.value}`.",
                    did_you_mean(key.value, known),
                    width=key.width,
                )
            )
    return result


def _added(line: MapNode, milestones: set[str], addition: MapNode, problems: list[Problem]) -> tuple[MapNode, bool]:
    result, found = copy_of(line), False
    for key, value in line.entries:
        if key.value in ("steps", "tracks") and isinstance(value, MapNode):
            section = copy_of(value)
            for name, inside in value.entries:
                if not isinstance(inside, MapNode):
                    continue
                if key.value == "tracks":
                    new, there = _added(inside, milestones, addition, problems)
                else:
                    there = _milestone(inside) in milestones
                    new = add_all(inside, addition, problems) if there else inside
                put(section, name, new)
                found = found or there
            put(result, key, section)
        elif key.value == "begins" and isinstance(value, MapNode) and _milestone(value) in milestones:
            put(result, key, add_all(value, addition, problems))
            found = True
    return result, found


def _milestone(step: MapNode) -> str:
    node = step.get("milestone")
    return node.value if isinstance(node, ScalarNode) else ""


def _milestones(line: MapNode) -> Iterator[str]:
    for key, value in line.entries:
        for _, inside in value.entries if isinstance(value, MapNode) and key.value in ("steps", "tracks") else ():
            if isinstance(inside, MapNode):
                if key.value == "tracks":
                    yield from _milestones(inside)
                elif _milestone(inside):
                    yield _milestone(inside)


def _check_uses(site: _Site, whole: MapNode, root: MapNode) -> None:
    """Say what a block needs and the procedure does not have."""
    for include, node in zip(site.doc.include, _nodes(root.get("include")), strict=True):
        block = site.blocks.get(include.block)
        name = node.get("block") if isinstance(node, MapNode) else None
        if block is None or name is None:
            continue
        for section, words in (
            ("roles", block[0].uses.roles),
            ("tracks", block[0].uses.tracks),
            ("fields", block[0].uses.fields),
        ):
            there = whole.get(section)
            for word in words:
                if not isinstance(there, MapNode) or word not in there:
                    fact = f"The block `{include.block}` needs the {section[:-1]} `{word}`."
                    site.problems.append(
                        Problem(name.place, "uses-missing", fact, f"Declare it under `{section}:`.", width=name.width)
                    )
