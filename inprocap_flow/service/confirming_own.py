"""Confirming lengths that no rulebook gives: somebody of the house has looked at them and stands by them.

What stands at the head of a file covers all of its lengths that have no source of their own, and is confirmed as one:
`estimates` or `own_lengths`. A length with a source of its own is confirmed by its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.language.files import FOLDERS, Library, shown_path
from inprocap_flow.language.nodes import ListNode, MapNode, Node, ScalarNode
from inprocap_flow.service.confirming import Confirmation, edited
from inprocap_flow.service.holders import OVERLAY, PROCEDURE
from inprocap_flow.service.own_lengths import Owned, lengths_in

HEADS = ("estimates", "own_lengths")
BLOCK = "block"
_KINDS = (PROCEDURE, OVERLAY, BLOCK)


def is_own(what: str) -> bool:
    """Return whether *what* names lengths that no rulebook gives: a head of a file, or the key of a length."""
    return what in HEADS or "." in what


def confirm_own(
    folders: Sequence[Path],
    own: Path | None,
    name: str,
    what: str,
    *,
    by: str,
    on: date,
    today: date,
    kind: str | None = None,
    source: str | None = None,
) -> tuple[Confirmation, str]:
    """Return what was confirmed, and the new text of the file, which the caller writes to ``path``.

    *name* is that of a procedure, an overlay or a block; *what* is ``estimates``, ``own_lengths`` or a key. Raises
    NotFound for an unknown name or key, NotAllowed without an own folder, for a day to come, and for a length that has
    no source of its own.
    """
    if on > today:
        raise NotAllowed(f"{on} is still to come; a confirmation says what was done", mend="write the day of it")
    if own is None:
        mend = "set your own folder of definitions (INPROCAP_FLOW_DEFINITIONS); it is copied there"
        raise NotAllowed("a shipped file is never changed", mend=mend)
    found, path = _file(folders, name, kind)
    root = Library(()).read(path)
    covered = [one for one in _lengths(folders, found, name) if one.rests_at and one.rests_at.file == shown_path(path)]
    node = _head(root, name, what) if what in HEADS else _beside(root, name, what, covered)
    those = [one for one in covered if one.rests_at and one.rests_at.line == node.place.line]
    said = node.get("source")
    text, version = edited(path, root, node, by=by, on=on, source=source)
    target = own / FOLDERS[found][0] / f"{name}.yaml"
    copied = path if path.resolve() != target.resolve() else None
    value = those[0].in_words if len(those) == 1 else f"{len(those)} lengths"
    standing = said.value if isinstance(said, ScalarNode) else ""
    return Confirmation(found, name, what, value, by, on, source or standing, target, version, copied), text


def _file(folders: Sequence[Path], name: str, kind: str | None) -> tuple[str, Path]:
    library = Library(tuple(folders))
    for one in _KINDS:
        path = library.find(one, name) if kind in (None, one) else None
        if path is not None:
            return one, path
    raise NotFound(
        f"there is no procedure, overlay or block {name}", mend="law --own says in which file a length stands"
    )


def _lengths(folders: Sequence[Path], kind: str, name: str) -> tuple[Owned, ...]:
    return lengths_in(folders, None if kind == BLOCK else name)


def _head(root: MapNode, name: str, what: str) -> MapNode:
    node = root.get(what)
    if not isinstance(node, MapNode):
        raise NotFound(f"{name} says nothing under {what}", mend=f"see what it has: inprocap-flow law {name} --own")
    return node


def _beside(root: MapNode, name: str, what: str, covered: Sequence[Owned]) -> MapNode:
    """Return the map beside a length that says where it comes from. Raises where it has none of its own here."""
    one = next((one for one in covered if one.length.key == what), None)
    if one is None or one.rests_at is None:
        fact = f"{name} has no length {what} whose source stands in its own file"
        raise NotFound(fact, mend=f"inprocap-flow law {name} --own says where each stands")
    for head in HEADS:
        node = root.get(head)
        if isinstance(node, MapNode) and node.place.line == one.rests_at.line:
            others = sum(other.rests_at == one.rests_at for other in covered) - 1
            fact = f"{what} has no source of its own: it rests on {head} of {name}, as {others} others do"
            mend = f"confirm them together: law confirm {name} {head}; or write its own source beside it"
            raise NotAllowed(fact, mend=mend)
    found = next((node for node in _maps(root) if node.place.line == one.rests_at.line and "source" in node), None)
    if found is None:
        mend = "write its source under `rests_on` beside it (source, basis, confirmed_on), and confirm that"
        raise NotAllowed(f"{what} has no source of its own", mend=mend)
    return found


def _maps(node: Node) -> Iterator[MapNode]:
    if isinstance(node, MapNode):
        yield node
        for _, value in node.entries:
            yield from _maps(value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _maps(item)
