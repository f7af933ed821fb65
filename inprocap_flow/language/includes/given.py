"""What a procedure hands over to a block: checked against what the block asks for, put in as trees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.errors import Problem
from inprocap_flow.language.expressions.syntax import BadExpression, Constant, Expr, Listing, Name, Word, parse
from inprocap_flow.language.marks import ListNode, MapNode, Node, ScalarNode
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.procedure import GivenDoc
from inprocap_flow.language.written import parse_written

_GIVEN = re.compile(r"\bgiven\.([a-z][a-z0-9_]*)")
WORDS = (
    "stage",
    "stages",
    "track_stage",
    "track_stages",
    "deadline",
    "document",
    "documents",
    "milestone",
    "role",
    "roles",
)
LISTS = ("stages", "track_stages", "documents", "fields", "roles")


@dataclass(frozen=True, slots=True)
class Handed:
    """One word that a procedure hands over to a block, and what it is meant to name."""

    node: ScalarNode
    kind: str
    track: str | None


def scalars(node: Node) -> Iterator[ScalarNode]:
    """Yield every single value of *node* (not the keys), in order of writing."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from scalars(item)
    else:
        for _, value in node.entries:
            yield from scalars(value)


def uses(node: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Yield every ``given.x`` in the values of *node*, whole or inside an expression."""
    for scalar in scalars(node):
        for match in _GIVEN.finditer(scalar.value):
            yield match[1], scalar


def check_block(root: MapNode, asked: Mapping[str, GivenDoc]) -> list[Problem]:
    """Return what is wrong in a block by itself: something used that is not asked for, or asked for and not used."""
    used = list(uses(root))
    problems = [
        Problem(
            node.place,
            "given-undeclared",
            f"`given.{name}` is not asked for by this block.",
            did_you_mean(name, list(asked)) or f"Declare `{name}` under `given:`.",
            width=node.width,
        )
        for name, node in used
        if name not in asked
    ]
    given = root.get("given")
    for name in asked.keys() - {name for name, _ in used}:
        key = given.key(name) if isinstance(given, MapNode) else None
        assert key is not None
        problems.append(
            Problem(
                key.place,
                "given-unused",
                f"The block asks for `{name}` and never uses it.",
                f"Remove it, or write `given.{name}` where it is meant.",
                width=key.width,
            )
        )
    return problems


def check_handed(
    include: MapNode, block: str, asked: Mapping[str, GivenDoc], handed: Mapping[str, Node]
) -> list[Problem]:
    """Return what is wrong in an include: something missing, something that nobody asked for, a list for one thing."""
    problems = []
    given = include.get("given")
    block_node = include.get("block")
    assert isinstance(block_node, ScalarNode)
    for name in asked.keys() - handed.keys():
        says = next(iter(asked[name].says.values()))
        problems.append(
            Problem(
                block_node.place,
                "given-missing",
                f"The block `{block}` needs `{name}`: {says}.",
                f"Write `{name}:` under `given:`.",
                width=block_node.width,
            )
        )
    for name, node in handed.items():
        key = given.key(name) if isinstance(given, MapNode) else None
        assert key is not None
        if name not in asked:
            mend = did_you_mean(name, list(asked)) or "Remove it."
            problems.append(
                Problem(
                    key.place, "given-unknown", f"The block `{block}` does not ask for `{name}`.", mend, width=key.width
                )
            )
        elif isinstance(node, MapNode) or (isinstance(node, ListNode) and asked[name].type not in LISTS):
            problems.append(
                Problem(
                    key.place,
                    "given-wrong",
                    f"`{name}` is one {asked[name].type}, not several.",
                    "Write one value.",
                    width=key.width,
                )
            )
    return problems


def as_expression(kind: str, node: Node) -> Expr:
    """Return what is handed over as a tree. Raises BadExpression if it cannot be read."""
    if isinstance(node, ListNode):
        return Listing(tuple(as_expression(kind, item) for item in node.items))
    text = node.value if isinstance(node, ScalarNode) else ""
    if kind in WORDS or kind == "text":
        return Word(text)
    if kind == "field" and re.fullmatch("[a-z][a-z0-9_]*", text):
        return Name(text)
    for type_name in ("money", "period"):
        if kind in (type_name, "expression"):
            try:
                return Constant(type_name, str(parse_written(type_name, text)))
            except BadValue:
                continue
    return parse(text)


def check_readable(asked: Mapping[str, GivenDoc], handed: Mapping[str, Node]) -> Iterator[Problem]:
    """Yield a problem for each value handed over that is no expression although one is needed."""
    for name, node in handed.items():
        if name not in asked:
            continue
        try:
            as_expression(asked[name].type, node)
        except BadExpression as bad:
            place, width = node.place, node.width
            if isinstance(node, ScalarNode):
                place, width = node.within(bad.start, bad.width)
            yield Problem(place, bad.code, bad.fact, bad.mend, width=width)


def put_in(node: Node, handed: Mapping[str, Node]) -> Node:
    """Return *node* with every value that is just ``given.x`` replaced; a list inside a list is spliced in."""
    if isinstance(node, ScalarNode):
        match = _GIVEN.fullmatch(node.value)
        return handed.get(match[1], node) if match else node
    if isinstance(node, ListNode):
        items: list[Node] = []
        for item in node.items:
            new = put_in(item, handed)
            items += new.items if isinstance(new, ListNode) and isinstance(item, ScalarNode) else [new]
        return ListNode(items, node.place, node.width)
    filled = MapNode([], node.place, node.width, node.source)
    for key, value in node.entries:
        filled.add(key, put_in(value, handed))
    return filled
