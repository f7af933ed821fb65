"""What an expression may name at the place where it stands: its own line first, then the case, then what all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from inprocap_flow.language.expressions.types import ANY, DATE, Type
from inprocap_flow.language.model import CASE
from inprocap_flow.language.resolve.name_table import NameTable
from inprocap_flow.language.schema.procedure import ProcedureDoc


@dataclass(frozen=True, slots=True)
class World:
    """What does not depend on the line: all names, types of fields by line, types of limits.

    ``limits`` is None when the rulebook was not found: then any name may be a limit. Lists and gates of meetings
    belong to the organisation, which a procedure does not know.
    """

    names: NameTable
    fields: Mapping[str, Mapping[str, Type]]
    limits: Mapping[str, Type] | None
    rules: tuple[str, ...] = ()


def world_of(doc: ProcedureDoc, names: NameTable, limits: Mapping[str, str] | None) -> World:
    """Return the world of *doc*; *limits* are the units of the rulebook's limits, None if there is no rulebook."""
    lines = {CASE: doc, **doc.tracks}
    fields = {
        kind: {name: Type(one.type, one.choices or None, one.of) for name, one in line.fields.items()}
        for kind, line in lines.items()
    }
    own = {name: one.unit for name, one in doc.limits.items()}
    known = None if limits is None else {name: Type(_type(unit)) for name, unit in {**limits, **own}.items()}
    return World(names, fields, known, tuple(doc.rules))


def _type(unit: str) -> str:
    return "money" if unit.isupper() else unit


@dataclass(frozen=True, slots=True)
class LineScope:
    """The `Scope` of expressions in one line."""

    world: World
    line: str
    allows_today: bool = False
    parent: str | None = field(default=None)

    def with_today(self) -> LineScope:
        """Return the same scope where the word ``today`` may stand."""
        return replace(self, allows_today=True)

    def field(self, name: str) -> Type | None:
        return self.world.fields.get(self.line, {}).get(name) or self.world.fields[CASE].get(name)

    def each_field(self, track: str, name: str) -> Type | None:
        return self.world.fields.get(track, {}).get(name) or self.world.fields[CASE].get(name)

    def member(self, owner: str, name: str) -> Type | None:
        if owner == self.parent:
            return self.world.fields.get(owner, {}).get(name)
        found = self.field(owner)
        return DATE if found is not None and found.name == "meeting" else None

    def limit(self, name: str) -> Type | None:
        return ANY if self.world.limits is None else self.world.limits.get(name)

    def knows(self, kind: str, word: str, track: str | None = None) -> bool:
        if kind == "list":
            return True  # lists are the organisation's
        return word in self.words(kind, track)

    def words(self, kind: str, track: str | None = None) -> Sequence[str]:
        names = self.world.names
        if kind == "limit":
            return tuple(self.world.limits or ())
        if kind == "list":
            return ()
        if kind == "parent":
            return [self.parent] if self.parent else []
        if kind == "of":
            owner = self.line if track == "this" else self.parent
            return [kind for kind, line in names.lines.items() if owner and line.parent == owner]
        if kind == "owner":
            meetings = [name for name in self.words("field") if (self.field(name) or ANY).name == "meeting"]
            return [*([self.parent] if self.parent else []), *meetings]
        if kind == "member":
            return tuple(self.world.fields.get(track or "", ()))
        if kind == "each_field":
            return (*self.world.fields.get(track or "", ()), *self.world.fields[CASE])
        if kind == "stage":
            return names.known("stage", track) if track else ()
        return names.known(kind, self.line)


def scopes_of(world: World) -> dict[str, LineScope]:
    """Return the scope of every line."""
    return {kind: LineScope(world, kind, parent=line.parent) for kind, line in world.names.lines.items()}
