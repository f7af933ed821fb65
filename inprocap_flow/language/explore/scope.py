"""What an exploration looks at: kinds of tracks, deadlines, milestones, fields. Everything else may come out anyhow.

What an exploration leaves aside can only add ways, never take one away: so a fault that a small scope does not reach
is reached in no larger one.
"""

from __future__ import annotations

from dataclasses import dataclass

from inprocap_flow.language.model import CASE, Deadline, Definition, Step

Part = tuple[str, str, str]  # ("track", kind, ""), ("deadline", kind, name), ("milestone", kind, name), ("field", ...)


@dataclass(frozen=True, slots=True)
class Scope:
    """The parts that are kept apart, and how far tracks are counted.

    ``most`` tracks in one place are counted; with ``exact`` there are never more of a kind, else that many stand for
    that many or more, so that nothing is left out.

    ``alone``: of each kind one track is followed, whichever it is, and how many others stand where is left open. There
    are far fewer such cases; what shows on one track by itself shows in them, too.
    """

    parts: frozenset[Part] = frozenset()
    most: int = 1
    exact: bool = False
    alone: bool = False

    def kinds(self, definition: Definition) -> tuple[str, ...]:
        """Return the kinds of tracks that are kept apart, in order of writing."""
        return tuple(kind for kind in definition.tracks if ("track", kind, "") in self.parts)

    def counts(self, kind: str) -> bool:
        """Return whether all tracks of *kind* are counted: not left aside, nor one followed and the others not."""
        return ("track", kind, "") in self.parts and not self.alone

    def clocks(self, definition: Definition, kind: str) -> tuple[Deadline, ...]:
        """Return the deadlines of a line that are kept apart, in order of writing."""
        found = definition.line(kind).deadlines
        return tuple(one for name, one in found.items() if ("deadline", kind, name) in self.parts)

    def facts(self, kind: str) -> frozenset[str]:
        """Return the milestones and fields of a line that are kept apart."""
        return frozenset(f"{what} {name}" for what, of, name in self.parts if of == kind and what in _FACTS)


_FACTS = ("milestone", "field", "value", "watch")


def closed(definition: Definition, parts: frozenset[Part]) -> frozenset[Part]:
    """Return *parts* with what they cannot do without: the track of a deadline, what one is counted back from."""
    found = set(parts)
    waiting = list(parts)
    while waiting:
        what, kind, name = waiting.pop()
        for more in _needs(definition, what, kind, name):
            if more not in found:
                found.add(more)
                waiting.append(more)
    return frozenset(found)


def _needs(definition: Definition, what: str, kind: str, name: str) -> list[Part]:
    needed: list[Part] = []
    if kind != CASE and what != "track":
        needed.append(("track", kind, ""))
    if what == "deadline":
        anchor = definition.line(kind).deadlines[name].backwards_from or ""
        if definition.find_deadline(kind, anchor) is not None:
            needed.append(("deadline", *place(definition, kind, anchor)))
    if what == "length":
        needed.append(("deadline", kind, name))
    if what in ("field", "value"):
        declared = definition.line(kind).fields[name]
        if declared.fixed_from:
            needed.append(("milestone", definition.milestones.get(declared.fixed_from, CASE), declared.fixed_from))
    return needed


def place(definition: Definition, kind: str, name: str) -> tuple[str, str]:
    """Return line and bare name of the deadline that the line of *kind* calls *name*."""
    owner, dot, bare = name.partition(".")
    if dot:
        return owner, bare
    return (kind if name in definition.line(kind).deadlines else CASE), name


def field_of(definition: Definition, kind: str, name: str) -> tuple[str, str]:
    """Return line and name of the field that the line of *kind* calls *name*."""
    return (kind if name in definition.line(kind).fields else CASE), name


def touches(definition: Definition, step: Step) -> frozenset[Part]:
    """Return the parts that *step* changes on other lines than its own, or on its own besides its stage."""
    found: set[Part] = set()
    names = [*step.starts, *step.meets, *step.stops, *step.restarts]
    for branch in step.targets:
        names += [*branch.starts, *branch.meets, *branch.stops]
    if step.extends is not None:
        names.append(step.extends.deadline)
    found |= {("deadline", *place(definition, step.line, name)) for name in names}
    found |= {("track", move.track, "") for move in step.moves} | {("track", made.track, "") for made in step.creates}
    return frozenset(found)
