"""Lengths that no rulebook gives, with what they rest on, as files of definitions have them: for lists and readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from inprocap_flow.calendar.periods import parse_offset
from inprocap_flow.errors import Place
from inprocap_flow.language.files import Library, shown_path
from inprocap_flow.language.model import CHOICE, ESTIMATE, Definition, Footing, OwnLength, Text, own_lengths
from inprocap_flow.language.nodes import ScalarNode, nearest
from inprocap_flow.language.overlays import load_overlay, resolve_applied
from inprocap_flow.language.overlays.editing import at
from inprocap_flow.language.procedures import resolve_procedure
from inprocap_flow.service.holders import OVERLAY, PROCEDURE, all_holders
from inprocap_flow.service.law import is_old

USES = {
    "typical": "takes",
    "period": "its length",
    "proposes": "what is proposed for its end",
    "at_least": "its least length",
    "at_most": "its greatest length",
    "valid_for": "a signature lasts",
    "takes": "an act on it begins so long before its end",
    "default": "without an answer",
    "minimum": "at least",
    "above": "more than",
    "maximum": "at most",
    "by": "added to its length",
}


@dataclass(frozen=True, slots=True)
class Owned:
    """A length with its place in a file, and what it rests on (None: nothing says so).

    ``of`` names the thing that has it, ``title`` is what people call it; ``procedures`` are those that have it.
    """

    length: OwnLength
    of: str
    title: Text
    place: Place
    footing: Footing | None
    rests_at: Place | None = None
    procedures: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        """The period, with its range where it has one: ``2 weeks (1 week to 5 weeks)``."""
        likely, *ends = map(value_in_words, self.length.periods)
        return f"{likely} ({' to '.join(ends)})" if ends else likely

    @property
    def use(self) -> str:
        return USES[str(self.length.path[-1])]

    @property
    def evidence(self) -> str:
        """Whether somebody of the house stands by it."""
        if self.footing is None:
            return "without a source"
        by = f" by {self.footing.confirmed_by}" if self.footing.confirmed_by else ""
        return f"[confirmed on {self.footing.confirmed_on}{by}]" if self.footing.confirmed else "[not confirmed]"

    def is_stale(self, day: date, months: int) -> bool:
        """Return whether somebody agreed too long ago: more than *months* before *day*."""
        return self.footing is not None and self.footing.confirmed and is_old(self.footing.confirmed_on, day, months)

    def wants_somebody(self, day: date, months: int) -> bool:
        """Return whether nobody agreed, or too long ago."""
        return self.footing is None or not self.footing.confirmed or self.is_stale(day, months)


def value_in_words(code: str) -> str:
    """Return a period as people write it: ``10 working days``."""
    return str(parse_offset(code))


def lengths_of(folders: Sequence[Path], name: str | None) -> tuple[Owned, ...] | None:
    """Return the lengths of the procedure, overlay or block *name*, or of all; None if there is none of that name.

    Of a block it is what stands in its own file. Raises InvalidInput for a file that cannot be read.
    """
    library = Library(tuple(folders))
    if name is None or name in (*library.known(PROCEDURE), *library.known(OVERLAY)):
        return lengths_in(folders, name)
    block = library.find("block", name)
    if block is None:
        return None
    return tuple(one for one in lengths_in(folders) if one.place.file == shown_path(block))


def owned_by(definition: Definition) -> Iterator[Owned]:
    """Yield every length of *definition* that no rulebook gives, in order of writing."""
    resting = {key: (number, one) for number, one in enumerate(definition.footings) for key in one.lengths}
    for one in own_lengths(definition):
        place = _place(definition, one.key)
        number, footing = resting.get(one.key, (0, None))
        at = _place(definition, f"footings.{number}") if footing is not None else None
        yield Owned(one, ".".join(_thing(one)), _title(definition, one), place, footing, at)


def lengths_in(folders: Sequence[Path], name: str | None = None) -> tuple[Owned, ...]:
    """Return the lengths of the procedure or overlay *name*, or of all in *folders*; each place once, by file and line.

    Those of blocks are among them, where a procedure includes the block. Raises InvalidInput for a file that cannot
    be read; NotFound is for the caller: an unknown name gives nothing.
    """
    library = Library(tuple(folders))
    found: dict[tuple[str, int, str], list[Owned]] = {}
    for definition in _definitions(library, folders, name):
        for one in owned_by(definition):
            found.setdefault((one.place.file, one.place.line, one.length.kind), []).append(
                _of_procedure(one, definition.name)
            )
    for one in _added(folders, name):
        found.setdefault((one.place.file, one.place.line, one.length.kind), []).append(one)
    return tuple(_once(those) for _, those in sorted(found.items()))


def effective_lengths(folders: Sequence[Path], procedure: Path, overlays: Sequence[Path]) -> tuple[Owned, ...]:
    """Return the lengths of a procedure with *overlays* (files), with what these add. Raises InvalidInput."""
    definition = resolve_applied(procedure, overlays, folders)[0]
    added = (one for path in overlays for one in _added(folders, path.stem))
    return tuple(_of_procedure(one, definition.name) for one in (*owned_by(definition), *added))


def _added(folders: Sequence[Path], name: str | None) -> Iterator[Owned]:
    """Yield by how much overlays make deadlines longer, each with the overlay's own words and source for it."""
    for holder in all_holders(folders, name):
        for limit, deadline in holder.added.items():
            one = holder.limits[limit]
            value, path = one.values[0], ("lengthen", deadline, "by")
            length = OwnLength(CHOICE, f"limits.{limit}", path, (str(value.value),))
            on, by = value.confirmed_on, value.confirmed_by
            footing = Footing(CHOICE, value.source, (length.key,), one.basis, value.mark, on, by)
            place, said = nearest(holder.root, path)[0], at(holder.root, ("lengthen", deadline, "rests_on"))
            rests_at = said.place if said is not None else place
            yield Owned(length, f"deadlines.{deadline}", one.says, place, footing, rests_at, holder.read_by)


def _definitions(library: Library, folders: Sequence[Path], name: str | None) -> Iterator[Definition]:
    for one in library.known(PROCEDURE):
        path = library.find(PROCEDURE, one)
        if path is not None and name in (None, one):
            yield resolve_procedure(path, folders)[0]
    for one in library.known(OVERLAY):
        path = library.find(OVERLAY, one)
        if path is not None and name in (None, one):
            yield from _with_overlay(library, folders, path)


def _with_overlay(library: Library, folders: Sequence[Path], path: Path) -> Iterator[Definition]:
    for procedure, versions in load_overlay(path, folders).written_for.items():
        base = library.find(PROCEDURE, procedure)
        if base is not None and _other_version(library, base, path, versions) is None:
            yield resolve_applied(base, [path], folders)[0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An overlay of another folder that was not written for the *version* of a procedure that is used here."""

    overlay: str
    procedure: str
    version: str


def left_out(folders: Sequence[Path], name: str | None = None) -> tuple[LeftOut, ...]:
    """Return which overlays say nothing of the copy of a procedure that lies in another of *folders* than they do.

    Whoever changed a copy has no part in the overlays of others; with *name* only those of that procedure or overlay.
    One's own overlay, beside the copy, is no such: there it is an error. Raises InvalidInput.
    """
    library = Library(tuple(folders))
    found = []
    for one in library.known(OVERLAY):
        path = library.find(OVERLAY, one)
        for procedure, versions in load_overlay(path, folders).written_for.items() if path else ():
            base = library.find(PROCEDURE, procedure)
            if path and base and name in (None, one, procedure):
                version = _other_version(library, base, path, versions)
                found += [LeftOut(one, procedure, version)] if version else []
    return tuple(found)


def _other_version(library: Library, base: Path, overlay: Path, versions: Sequence[str]) -> str | None:
    """Return the version of a procedure that an overlay of another folder was not written for; else None."""
    if base.parent == overlay.parent.parent:
        return None
    said = library.read(base).get("version")
    return said.value if isinstance(said, ScalarNode) and said.value not in versions else None


def _of_procedure(one: Owned, procedure: str) -> Owned:
    return Owned(one.length, one.of, one.title, one.place, one.footing, one.rests_at, (procedure,))


def _once(those: list[Owned]) -> Owned:
    """Return one length for the same place in several procedures."""
    one, names = those[0], dict.fromkeys(name for each in those for name in each.procedures)
    return Owned(one.length, one.of, one.title, one.place, one.footing, one.rests_at, tuple(names))


def by_source(lengths: Iterable[Owned]) -> tuple[tuple[Owned, ...], ...]:
    """Return *lengths* in groups that rest on the same, in the same words, wherever it is written; estimates first."""
    found: dict[tuple[str, ...], list[Owned]] = {}
    for one in lengths:
        said = (one.footing.basis, one.footing.source, one.evidence) if one.footing else ()
        found.setdefault((one.length.kind, *said), []).append(one)
    return tuple(tuple(those) for _, those in sorted(found.items(), key=lambda one: one[0][0] != ESTIMATE))


def kind_in_words(kind: str, basis: str) -> str:
    """Return what sort of length it is: ``estimate, no rule``, ``convention, no law``, ``house rule``."""
    if kind == ESTIMATE:
        return "estimate, no rule"
    return "convention, no law" if basis == "convention" else basis.replace("_", " ")


def _thing(one: OwnLength) -> tuple[str, ...]:
    """Return the name of the thing that has the length: ``deadlines.tenders``, ``stages.award.proposed``."""
    parts = tuple(one.key.split(".")[:-1])
    for end in ("signatures", "acts"):
        if end in parts:
            return parts[: parts.index(end)]
    return parts


def _title(definition: Definition, one: OwnLength) -> Text:
    """Return the title of the stage, approval, deadline or field that has the length."""
    parts = list(_thing(one))
    line = definition.line(parts[1]) if parts[0] == "tracks" else definition.main
    section, *rest = parts[2:] if parts[0] == "tracks" else parts
    name = ".".join(rest)
    if section == "stages":
        return line.stages[name].title
    if section == "approvals":
        return line.approvals[name].title
    return line.deadlines[name].title if section == "deadlines" else line.fields[name].title


def _place(definition: Definition, key: str) -> Place:
    file, _, line = definition.origins.get(key, definition.name).rpartition(":")
    return Place(file, int(line), 1) if line.isdigit() else Place(definition.name)
