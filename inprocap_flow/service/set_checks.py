"""The checks of what a set of definitions holds, before any of it is released here: as for a release from files.

Where it was released it was checked by another program, or by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.errors import NotFound, Problem
from inprocap_flow.language.canonical import from_plain
from inprocap_flow.language.checks import Around, check
from inprocap_flow.language.model import Definition, Rulebook
from inprocap_flow.machine.released import from_released
from inprocap_flow.service.choosing import APPLIED, OVERLAY, full_version
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.holding import Scene
from inprocap_flow.service.judging import Judged, Terms, judge
from inprocap_flow.store.port import Reading

Key = tuple[str, str, str]  # kind, name, version


def checked(desk: Desk, plain: Mapping[str, Any], new: frozenset[Key], terms: Terms) -> dict[Key, Judged]:
    """Return what was found out about every procedure among *new*, effective ones included.

    Raises InvalidInput with every error that *terms* do not overrule, as a release from files does.
    """
    with desk.store.reading() as reading:
        reader = _Set(desk, reading, plain)
        found = [(key, reader.definition(key)) for key in sorted(new) if key[0] in ("procedure", APPLIED)]
        asked = [(one, [p for p in check(one, reader.around(one)) if _is_error(p)]) for _, one in found]
        books = {one.rulebook: reader.rulebook(one.rulebook) for _, one in found}
    # Without hooks: those that come with the set are never run here.
    said = judge(desk.settings, asked, terms, Scene(lambda one: books.get(one.rulebook)))
    return {key: judged for (key, _), judged in zip(found, said, strict=True)}


def _is_error(problem: Problem) -> bool:
    return problem.severity == "error"


class _Set:
    """What is in the set and, where it is not, what is released here."""

    def __init__(self, desk: Desk, reading: Reading, plain: Mapping[str, Any]) -> None:
        self.desk, self.reading = desk, reading
        self.content = {(str(o["kind"]), str(o["name"]), str(o["version"])): o["content"] for o in plain["releases"]}

    def definition(self, key: Key) -> Definition:
        return from_released(self.content[key]).definition

    def around(self, definition: Definition) -> Around:
        """Return what it works with: the rulebook that it names, and the procedure that overlays must not weaken."""
        if not definition.overlays:
            return Around(self.rulebook(definition.rulebook))
        last = definition.overlays[-1]
        overlay = self._found((OVERLAY, last.name, last.version)) or {}
        replaced = {str(was): str(now) for was, now in (overlay.get("replace_role") or {}).items()}
        return Around(self.rulebook(definition.rulebook), base=self._base(definition), replaced=replaced)

    def _base(self, definition: Definition) -> Definition | None:
        """Return the procedure with all overlays but the last; the procedure itself where that is not at hand."""
        version = full_version(definition.version, ())
        before = " + ".join([version, *(f"{one.name} {one.version}" for one in definition.overlays[:-1])])
        found = self._found((APPLIED, definition.name, before)) or self._found(("procedure", definition.name, version))
        return None if found is None else from_released(found).definition

    def rulebook(self, name: str | None) -> Rulebook | None:
        if name in (None, "none"):
            return None
        of_set = [content for (kind, book, _), content in self.content.items() if (kind, book) == ("rulebook", name)]
        if of_set:
            return from_plain(Rulebook, of_set[-1])
        try:
            return self.desk.rulebook(self.reading, str(name))
        except NotFound:
            return None

    def _found(self, key: Key) -> Any:
        for content in self._contents(key):
            return content
        return None

    def _contents(self, key: Key) -> Iterator[Any]:
        if key in self.content:
            yield self.content[key]
        try:
            yield self.reading.released(*key).content
        except NotFound:
            return
