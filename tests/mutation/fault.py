"""A class of faults: what somebody may get wrong, and who claims to find it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.model import Definition, Organisation

SCENARIO = "a shipped scenario"


@dataclass(frozen=True)
class Subject:
    """What a fault is made in: the expanded procedure, its rulebook, and what they mean."""

    name: str
    root: MapNode
    book: MapNode | None
    definition: Definition
    organisation: Organisation


@dataclass(frozen=True)
class Mutant:
    """One fault. What is None is as shipped; *overlay* is the text of a file that is applied to the procedure.

    *hidden*: why no scenario of the example organisation could show it; empty where one could.
    """

    what: str
    nodes: Callable[[], MapNode] | None = None
    book: Callable[[], MapNode] | None = None
    organisation: Callable[[], Organisation] | None = None
    overlay: str = ""
    hidden: str = ""


Sites = Callable[[Subject], Iterator[Mutant]]


@dataclass(frozen=True)
class FaultClass:
    """*claimed*: the codes that claim it, or SCENARIO alone. *weakens*: it is looked at as what an overlay came to."""

    name: str
    says: str
    claimed: tuple[str, ...]
    sites: Sites
    weakens: bool = False

    @property
    def by_checks(self) -> bool:
        return self.claimed != (SCENARIO,)


CLASSES: dict[str, FaultClass] = {}


def fault(name: str, says: str, *claimed: str) -> Callable[[Sites], Sites]:
    """Enter a class of faults, claimed by checks with these codes; by none: by a shipped scenario."""

    def enter(sites: Sites) -> Sites:
        assert name not in CLASSES
        CLASSES[name] = FaultClass(name, says, claimed or (SCENARIO,), sites)
        return sites

    return enter
