"""Values of law: what is in force on a day, what it rests on, and who compared it with its source (ruling 10).

A confirmation is written into the rulebook itself, beside the value that was compared: one file says everything,
version control keeps who changed it when, and the value is shown as confirmed wherever it is cited, as soon as the
rulebook is released again. Rulebooks that are shipped are never changed: they are copied into the own folder first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.engine.case.binding import in_force
from inprocap_flow.errors import InvalidInput, NotAllowed, NotFound, Place, Problem
from inprocap_flow.language.files import Library, shown_path
from inprocap_flow.language.load import load_rulebook
from inprocap_flow.language.model import Limit, LimitValue, Rulebook, said
from inprocap_flow.language.nodes import ListNode, MapNode, Node, ScalarNode, nearest
from inprocap_flow.language.values import in_words, parse_value
from inprocap_flow.service.holders import RULEBOOK, Holder

NEVER = "never"


@dataclass(frozen=True, slots=True)
class InForce:
    """A limit on a day. ``value`` None: no value is in force then. ``stale``: confirmed too long ago.

    ``kind`` and ``name`` are those of the file that brings it: a rulebook, an overlay or a procedure.
    """

    kind: str
    name: str
    limit: Limit
    value: LimitValue | None
    day: date
    stale: bool
    place: Place
    mark_means: str = ""

    @property
    def confirmed(self) -> bool:
        return self.value is not None and self.value.confirmed_on != NEVER

    @property
    def coming(self) -> LimitValue | None:
        """The next value, where none is in force on the day."""
        later = (one for one in self.limit.values if one.valid_from > self.day.isoformat())
        return next(later, None) if self.value is None else None

    @property
    def in_words(self) -> str:
        """The value with its unit, or that there is none."""
        if self.value is None:
            return "no value"
        return value_in_words(self.limit, self.value.value)


def value_in_words(limit: Limit, value: str | None) -> str:
    """Return a limit's value with its unit: ``60 days``, ``50 percent``, ``221 000 EUR``."""
    if value is None:
        return "unset"
    try:
        if limit.unit == "period":
            return str(parse_period(value))
        if limit.unit == "percent":
            return f"{value} percent"
        return value if limit.unit == "number" else in_words(parse_value("money", f"{value} {limit.unit}"))
    except BadValue:
        return value


def rulebook_files(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the rulebooks of *folders* by name; of one name, that of the first folder."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((folder / "rulebooks").glob("*.yaml")):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def in_force_on(path: Path, day: date, *, stale_after_months: int = 12) -> Iterator[InForce]:
    """Yield every limit of the rulebook at *path* as it stands on *day*. Raises InvalidInput."""
    book = load_rulebook(path)
    holder = Holder(RULEBOOK, book.name, path, Library(()).read(path), book.limits, evidence=book.evidence)
    yield from limits_on(holder, day, stale_after_months=stale_after_months)


def limits_on(holder: Holder, day: date, *, stale_after_months: int = 12) -> Iterator[InForce]:
    """Yield every limit of a rulebook, an overlay or a procedure as it stands on *day*."""
    for limit in holder.limits.values():
        value: LimitValue | None = in_force(limit.values, day)
        place = _value_place(holder.root, limit, value)
        stale = is_stale(value, day, stale_after_months)
        means = holder.evidence.get(value.mark, "") if value is not None and value.mark else ""
        yield InForce(holder.kind, holder.name, limit, value, day, stale, place, means)


def _value_place(root: MapNode, limit: Limit, value: LimitValue | None) -> Place:
    if value is None:
        return nearest(root, ("limits", limit.name), key=True)[0]
    return nearest(root, ("limits", limit.name, "values", limit.values.index(value)))[0]


def is_stale(value: LimitValue | None, day: date, months: int) -> bool:
    """Return whether a confirmation is older than *months* on *day*; what was never confirmed is not stale."""
    if value is None or value.confirmed_on == NEVER:
        return False
    confirmed = date.fromisoformat(value.confirmed_on)
    year, month = divmod(confirmed.year * 12 + confirmed.month - 1 + months, 12)
    return (day.year, day.month, day.day) > (year, month + 1, confirmed.day)


# ---------------------------------------------------------------------------------------------------- confirming


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody compared a value with its source on a day."""

    rulebook: str
    limit: str
    value: str
    by: str
    on: date
    source: str
    path: Path
    version: str
    copied_from: Path | None = None


def confirm(
    folders: Sequence[Path],
    own: Path | None,
    rulebook: str,
    limit: str,
    *,
    by: str,
    on: date,
    today: date,
    source: str | None = None,
    value_on: date | None = None,
) -> tuple[Confirmation, str]:
    """Return what was confirmed, and the new text of the rulebook, which the caller writes to ``path``.

    *own* is the folder of one's own definitions; *value_on* picks the value in force on that day (default: *on*).
    *source* replaces the source that stands there. The rulebook gets a version of its own, so that it can be released.
    Raises NotFound for an unknown rulebook, limit or value, NotAllowed without an own folder or for a day to come,
    InvalidInput for a rulebook that is not sound.
    """
    if on > today:
        mend = "write the day on which it was compared"
        raise NotAllowed(f"{on} is still to come; a confirmation says what was done", mend=mend)
    path = rulebook_files(folders).get(rulebook)
    if path is None:
        known = ", ".join(rulebook_files(folders))
        raise NotFound(f"there is no rulebook {rulebook}", mend=f"choose of: {known}")
    if own is None:
        mend = "set your own folder of definitions (INPROCAP_FLOW_DEFINITIONS); the rulebook is copied into it"
        raise NotAllowed("a shipped rulebook is never changed", mend=mend)
    book = load_rulebook(path)
    found, index = _value_on(book, limit, value_on or on)
    text, version = _confirmed_text(path, book, limit, index, by=by, on=on, source=source)
    target = own / "rulebooks" / f"{rulebook}.yaml"
    copied = path if path.resolve() != target.resolve() else None
    shown = value_in_words(book.limits[limit], found.value)
    return Confirmation(rulebook, limit, shown, by, on, source or found.source, target, version, copied), text


def _value_on(book: Rulebook, limit: str, day: date) -> tuple[LimitValue, int]:
    if limit not in book.limits:
        from difflib import get_close_matches

        near = get_close_matches(limit, book.limits, n=1)
        mend = f"did you mean {near[0]}?" if near else f"choose of: {', '.join(book.limits)}"
        raise NotFound(f"the rulebook {book.name} has no limit {limit}", mend=mend)
    values = book.limits[limit].values
    found: LimitValue | None = in_force(values, day)
    if found is None:
        raise NotFound(f"{limit} has no value in force on {day}", mend="name a day on which it has one with --value-on")
    return found, values.index(found)


def _confirmed_text(
    path: Path, book: Rulebook, limit: str, index: int, *, by: str, on: date, source: str | None
) -> tuple[str, str]:
    """Return the text of the rulebook with one value confirmed and a new version, and that version.

    Only the lines of that value and of the version change; comments and layout stay. The result is read again, so
    that what is written is what was meant.
    """
    library = Library(())
    root = library.read(path)
    values = nearest_node(root, ("limits", limit, "values"))
    node = values.items[index] if isinstance(values, ListNode) else values
    assert isinstance(node, MapNode)
    lines = library.sources[shown_path(path)].text.split("\n")
    if "{" in lines[node.place.line - 1][: node.place.column + 1]:
        fact = "The value stands in braces on one line."
        mend = "Put it on lines of its own first: inprocap-flow format."
        raise InvalidInput([Problem(node.place, "in-braces", fact, mend)])
    version = _next_version(book.version, on)
    edits = {"confirmed_on": on.isoformat(), "confirmed_by": by} | ({"source": source} if source else {})
    for key in sorted(edits, key=lambda name: -_line_of(node, name)):
        _put(lines, node, key, edits[key])
    _put(lines, root, "version", version)
    return "\n".join(lines), version


def nearest_node(root: MapNode, path: tuple[str, ...]) -> Node | None:
    """Return the node at *path*, or None."""
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


def titles(limit: Limit, language: str) -> str:
    """Return what a limit says, in one line."""
    return " ".join(said(limit.says, language).split())
