"""Confirming a value of law: somebody compared it with its source (ruling 10), and the file that brings it says so.

The confirmation is written beside the value that was compared, into the rulebook, overlay or procedure: one file says
everything, version control keeps who changed it when, and the value is shown as confirmed wherever it is cited, as soon
as the file is released again. What is shipped is never changed: it is copied into the own folder first. What is
released stays as it is, too: the file gets a version of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inprocap_flow.engine.case.binding import in_force
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, Problem
from inprocap_flow.language.files import FOLDERS, Library, shown_path
from inprocap_flow.language.model import LimitValue
from inprocap_flow.language.nodes import ListNode, MapNode, Node, ScalarNode
from inprocap_flow.language.overlays.document import load_overlay
from inprocap_flow.service.holders import OVERLAY, PROCEDURE, Holder, all_holders, names_of_holders
from inprocap_flow.service.law import value_in_words


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody compared a value with its source on a day. ``kind`` and ``name`` are those of the file that brings it.

    ``path`` is the file that is written, ``copied_from`` the one that stays as it is. ``overlays`` are written for the
    procedure at a version before this one: they do not apply until they name the new version.
    """

    kind: str
    name: str
    limit: str
    value: str
    by: str
    on: date
    source: str
    path: Path
    version: str
    copied_from: Path | None = None
    overlays: tuple[str, ...] = ()


def confirm(
    folders: Sequence[Path],
    own: Path | None,
    name: str,
    limit: str,
    *,
    by: str,
    on: date,
    today: date,
    kind: str | None = None,
    source: str | None = None,
    value_on: date | None = None,
) -> tuple[Confirmation, str]:
    """Return what was confirmed, and the new text of the file that brings it, which the caller writes to ``path``.

    *name* is that of a rulebook, an overlay or a procedure; *kind* says which, where several of that name bring the
    limit. *own* is the folder of one's own definitions; *value_on* picks the value in force on that day (default:
    *on*). *source* replaces the source that stands there. The file gets a version of its own, so that it can be
    released. Raises NotFound for an unknown name, limit or value, NotAllowed without an own folder, for a day to come
    or where it is not clear which file is meant, InvalidInput for a file that is not sound.
    """
    if on > today:
        mend = "write the day on which it was compared"
        raise NotAllowed(f"{on} is still to come; a confirmation says what was done", mend=mend)
    holder = _holder(folders, name, limit, kind)
    if own is None:
        mend = "set your own folder of definitions (INPROCAP_FLOW_DEFINITIONS); it is copied there"
        raise NotAllowed(f"a shipped {holder.kind} is never changed", mend=mend)
    found, index = _value_on(holder, limit, value_on or on)
    text, version = _confirmed_text(holder.path, limit, index, by=by, on=on, source=source)
    target = own / FOLDERS[holder.kind][0] / f"{name}.yaml"
    copied = holder.path if holder.path.resolve() != target.resolve() else None
    shown = value_in_words(holder.limits[limit], found.value)
    overlays = tuple(_written_for(folders, name, version)) if holder.kind == PROCEDURE else ()
    done = Confirmation(
        holder.kind, name, limit, shown, by, on, source or found.source, target, version, copied, overlays
    )
    return done, text


# ---------------------------------------------------------------------------------------------------- which value


def _holder(folders: Sequence[Path], name: str, limit: str, kind: str | None) -> Holder:
    """Return the file that brings the limit. Raises NotFound, NotAllowed where more than one does."""
    named = [one for one in all_holders(folders, name) if kind in (None, one.kind)]
    if not named:
        what = "rulebook {0}, and no overlay or procedure of that name with values" if kind is None else f"{kind} {{0}}"
        known = ", ".join(names_of_holders(folders))
        raise NotFound(f"there is no {what.format(name)}", mend=f"choose of: {known}")
    bringing = [one for one in named if limit in one.limits and limit not in one.added]
    if not bringing:
        raise _no_limit(named, name, limit)
    if len(bringing) > 1:
        kinds = " and ".join(f"the {one.kind}" for one in bringing)
        mend = f"say which was compared, for example --kind {bringing[0].kind}"
        raise NotAllowed(f"{kinds} {name} both have a limit {limit}", mend=mend)
    return bringing[0]


def _no_limit(named: Sequence[Holder], name: str, limit: str) -> NotFound:
    for one in named:
        book = next((book for book, names in one.taken.items() if limit in names), None)
        if book is not None:
            mend = f"confirm it there: inprocap-flow law confirm {book} {limit}"
            return NotFound(f"the {one.kind} {one.name} reads {limit} from the rulebook {book}", mend=mend)
        if limit in one.added:
            fact = f"{limit} is written out in the overlay {one.name}, under lengthen, at {one.added[limit]}"
            return NotFound(fact, mend=f"confirm it as an own length: inprocap-flow law confirm {name} limits.{limit}")
    from difflib import get_close_matches

    known = list(dict.fromkeys(limit for one in named for limit in one.limits))
    near = get_close_matches(limit, known, n=1)
    mend = f"did you mean {near[0]}?" if near else f"choose of: {', '.join(known)}"
    return NotFound(f"the {named[0].kind} {named[0].name} has no limit {limit}", mend=mend)


def _value_on(holder: Holder, limit: str, day: date) -> tuple[LimitValue, int]:
    values = holder.limits[limit].values
    found: LimitValue | None = in_force(values, day)
    if found is None:
        raise NotFound(f"{limit} has no value in force on {day}", mend="name a day on which it has one with --value-on")
    return found, values.index(found)


def _written_for(folders: Sequence[Path], procedure: str, version: str) -> Iterator[str]:
    """Yield the overlays that were written for *procedure*, but not for this version of it."""
    library = Library(tuple(folders))
    for name in library.known(OVERLAY):
        path = library.find(OVERLAY, name)
        versions = load_overlay(path, folders).written_for.get(procedure) if path else None
        if versions is not None and version not in versions:
            yield name


# ---------------------------------------------------------------------------------------------------- writing it


def _confirmed_text(path: Path, limit: str, index: int, *, by: str, on: date, source: str | None) -> tuple[str, str]:
    """Return the text of a file with one value confirmed and a new version, and that version.

    Only the lines of that value and of the version change; comments and layout stay. Raises InvalidInput for a value
    that is written in a way that cannot be edited line by line.
    """
    root = Library(()).read(path)
    values = _node_at(root, ("limits", limit, "values"))
    node = values.items[index] if isinstance(values, ListNode) else values
    assert isinstance(node, MapNode)
    return edited(path, root, node, by=by, on=on, source=source)


def edited(path: Path, root: MapNode, node: MapNode, *, by: str, on: date, source: str | None) -> tuple[str, str]:
    """Return the text of the file of *path* with the map *node* confirmed and a new version, and that version.

    Raises InvalidInput for a map that is written in a way that cannot be edited line by line.
    """
    library = Library(())
    library.read(path)
    said = root.get("version")
    assert isinstance(said, ScalarNode)
    lines = library.sources[shown_path(path)].text.split("\n")
    if "{" in lines[node.place.line - 1][: node.place.column + 1]:
        fact = "The value stands in braces on one line."
        mend = "Put it on lines of its own first: inprocap-flow format."
        raise InvalidInput([Problem(node.place, "in-braces", fact, mend)])
    version = _next_version(said.value, on)
    edits = {"confirmed_on": on.isoformat(), "confirmed_by": by} | ({"source": source} if source else {})
    for key in sorted(edits, key=lambda name: -_line_of(node, name)):
        _put(lines, node, key, edits[key])
    _put(lines, root, "version", version)
    return "\n".join(lines), version


def _node_at(root: MapNode, path: tuple[str, ...]) -> Node | None:
    node: Node | None = root
    for step in path:
        node = node.get(step) if isinstance(node, MapNode) else None
    return node


def _line_of(node: MapNode, key: str) -> int:
    at = node.key(key) or node.key("confirmed_on") or node.entries[-1][0]
    return at.place.line


def _put(lines: list[str], node: MapNode, key: str, text: str) -> None:
    """Write ``key: text`` into *lines*: in place of what stands there, else below ``confirmed_on``."""
    there, value = node.key(key), node.get(key)
    after = there or node.key("confirmed_on") or node.entries[-1][0]
    number = after.place.line - 1
    if there is None:
        indent = " " * (after.place.column - 1)
        lines.insert(number + 1, f"{indent}{key}: {quoted(text)}")
        return
    assert isinstance(value, ScalarNode)
    start = value.place.column - 1
    if value.place.line != there.place.line or value.inset is None:
        fact = f"The text of {key} stands on several lines."
        raise InvalidInput([Problem(value.place, "several-lines", fact, "Put it on one line first.")])
    line = lines[number]
    lines[number] = line[:start] + quoted(text) + line[start + len(_as_written(line[start:], value)) :]


def _as_written(rest: str, value: ScalarNode) -> str:
    """Return the part of a line that is the value, quotes included."""
    if value.quoted:
        found = re.match(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'", rest)
        return found[0] if found else rest
    return value.value


def quoted(text: str) -> str:
    """Return *text* as YAML can read it again: quoted where a plain word would not do."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.+/()-]*", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _next_version(version: str, on: date) -> str:
    """Return a version that tells of a confirmation; a second one on the same day counts up."""
    base, _, tail = version.partition("-confirmed-")
    day, _, number = tail.partition("-n")
    if day != on.isoformat():
        return f"{base}-confirmed-{on.isoformat()}"
    return f"{base}-confirmed-{day}-n{int(number or '1') + 1}"
