"""What every part of the resolution needs at hand: the document with its places, and the problems found so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inprocap_flow.errors import Problem
from inprocap_flow.language.marks import ListNode, MapNode, Node, NodePath, ScalarNode
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import locate

if TYPE_CHECKING:
    from inprocap_flow.language.resolve.scope import LineScope


@dataclass(frozen=True, slots=True)
class HookInfo:
    """What a definition must know of a hook: what it takes, what it gives, which file it stands in.

    ``parameters`` are types of fields, one per argument; ``result`` is one too. ``reads`` are fields it declares.
    ``file_hash`` is the SHA-256 of its file, which becomes part of the released version (ruling 16).
    """

    name: str
    result: str
    parameters: tuple[str, ...] | None = None  # None: not declared, any arguments
    reads: tuple[str, ...] = ()
    file_hash: str = ""


HookLookup = Callable[[str], HookInfo | None]


def no_hooks(name: str) -> HookInfo | None:  # noqa: ARG001 - the shape of every look-up
    """Know no hook at all; the default until somebody says where hooks are."""
    return None


@dataclass(slots=True)
class Desk:
    """The document under work. Problems are collected, never raised, so that all are found."""

    doc: ProcedureDoc
    root: MapNode
    problems: list[Problem] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    hook_lookup: HookLookup = no_hooks
    files: Mapping[str, MapNode] = field(default_factory=dict)  # what the document was made of, each as it is written
    scopes: Mapping[str, LineScope] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    limits: dict[str, None] = field(default_factory=dict)  # every limit named, in order of writing

    def say(
        self, path: NodePath, code: str, fact: str, mend: str = "", *, on_key: bool = False, severity: str = "error"
    ) -> None:
        place, width = locate(self.root, path, on_key=on_key)
        self.problems.append(Problem(place, code, fact, mend, severity, width=width))

    def node(self, path: NodePath) -> Node | None:
        """Return the node at *path*; a list of one may stand without its list."""
        node: Node | None = self.root
        for step in path:
            if isinstance(node, ListNode) and isinstance(step, int):
                node = node.items[step] if step < len(node.items) else None
            elif isinstance(node, MapNode) and isinstance(step, str):
                node = node.get(step)
            elif not (isinstance(node, ScalarNode | MapNode) and step == 0):
                return None
        return node

    def remember(self, name: str, path: NodePath) -> None:
        """Note under *name* where the element at *path* is written."""
        place, _ = locate(self.root, path, on_key=True)
        self.origins[name] = f"{place.file}:{place.line}"
