"""Roles that people of an organisation hold and that no procedure in reach knows: mostly a slip of the pen.

No error: people may be given a role before the procedure is there that needs it. But nobody should find out from a
signature that is not possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.checks.finding import ADVICE
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.marks import ListNode, MapNode, Node, ScalarNode
from inprocap_flow.language.schema.messages import did_you_mean

CODE = "unknown-role"
SEVERITY = ADVICE
NOTHING_TO_PLAY = "no procedure knows the role, so nobody is asked for it in any case"
DECLARING = ("", "blocks", "overlays")
"""Where roles are declared, inside a folder of definitions."""
_ROLES = re.compile(r"^roles:.*(?:\n(?:[ #].*)?)*", re.MULTILINE)
_OTHERWISE = "Let a procedure or overlay declare it under `roles:`, or take it away."


def problems(root: MapNode, library: Library) -> Iterator[Problem]:
    """Yield advice for each role in the file *root* of an organisation that nothing in the folders declares."""
    keepers = {one.value for one in _words(root.get("keeps_record"))}  # of the house: no procedure need know them
    held = [(person, one) for person, one in _held(root) if one.value not in keepers]
    names = {one.value for _, one in held}
    if not names or names <= _declared_it_seems(names, library):
        return
    known = declared(library)
    for person, one in held:
        if known and one.value not in known:
            fact = f"No procedure here knows the role `{one.value}`: {person} can do nothing with it."
            mend = f"{did_you_mean(one.value, sorted(known))} {_OTHERWISE}".lstrip()
            yield Problem(one.place, CODE, fact, mend, SEVERITY, width=one.width)


def problems_in(path: Path, search: Sequence[Path | str]) -> list[Problem]:
    """Return the same for the file of *path*; nothing for one that is no organisation's. Raises InvalidInput."""
    library = Library(folders_for(path, search))
    root = library.read(path)
    return library.show(problems(root, library)) if root.keys()[:1] == ["organisation"] else []


def declared(library: Library) -> frozenset[str]:
    """Return every role that a procedure, block or overlay in the folders of *library* declares."""
    return frozenset(name for path in _files(library) for name in _roles_of(path))


def _held(root: MapNode) -> Iterator[tuple[str, ScalarNode]]:
    """Yield each role as it is written, with the person who holds it."""
    people = root.get("people")
    for person, about in people.items() if isinstance(people, MapNode) else ():
        for one in _words(about.get("roles") if isinstance(about, MapNode) else None):
            yield person, one


def _words(node: Node | None) -> Iterator[ScalarNode]:
    """Yield the words of one or a list."""
    for one in node.items if isinstance(node, ListNode) else (node,):
        if isinstance(one, ScalarNode):
            yield one


def _declared_it_seems(names: Iterable[str], library: Library) -> set[str]:
    """Return which of *names* the files seem to declare: read as plain text, for parsing them all takes seconds."""
    waiting, found = set(names), set()
    for path in _files(library):
        for section in _ROLES.findall(_text(path)):
            now = {name for name in waiting if re.search(rf"(?<![\w-]){re.escape(name)}\s*:", section)}
            waiting -= now
            found |= now
        if not waiting:
            break
    return found


def _roles_of(path: Path) -> list[str]:
    try:
        roles = Library(()).read(path).get("roles")
    except InvalidInput:  # what is wrong there, is told there
        return []
    return roles.keys() if isinstance(roles, MapNode) else []


def _files(library: Library) -> Iterator[Path]:
    for folder in library.search:
        for inside in DECLARING:
            yield from sorted(one for one in (folder / inside).glob("*.yaml") if not one.name.endswith(".test.yaml"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
