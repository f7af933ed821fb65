"""Where an overlay is being applied: the procedure as it was, the nodes under work, and everything found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.files import Library
from inprocap_flow.language.includes.given import Handed
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import Definition
from inprocap_flow.language.schema.overlay import OverlayDoc
from inprocap_flow.language.schema.procedure import ProcedureDoc
from inprocap_flow.language.schema.report import locate

WEAKENS = "overlay-weakens"
"""The code of everything that is refused because the procedure would ask for less than before."""


@dataclass(slots=True)
class Site:
    """One overlay (``doc``, ``root``) on its way into a procedure, which was ``base`` before; ``nodes`` grow.

    ``done`` says what earlier overlays did, and where: ("insert", milestone), ("lengthen", deadline) and so on.
    """

    library: Library
    doc: OverlayDoc
    root: MapNode
    base_doc: ProcedureDoc
    base: Definition
    nodes: MapNode
    handed: tuple[Handed, ...]
    done: dict[tuple[str, str], Place]
    problems: list[Problem] = field(default_factory=list)
    passed_over: list[Problem] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)

    def say(self, path: NodePath, code: str, fact: str, mend: str, *, on_key: bool = False) -> None:
        """Note a problem at *path* of the overlay's file."""
        place, width = locate(self.root, path, on_key=on_key)
        self.problems.append(Problem(place, code, fact, mend, width=width))

    def pass_over(self, path: NodePath, fact: str, mend: str) -> None:
        """Note that this procedure has nothing of a name; an error unless the overlay is for others, too.

        Whoever checks the overlay says it of what none of its procedures has.
        """
        place, width = locate(self.root, path, on_key=True)
        of = f"`{self.base.name}`" if len(self.doc.for_) == 1 else "any procedure that it was written for"
        fact = f"{fact} of {of}."
        mend = mend or "Write a name of the procedure."
        found = Problem(place, "overlay-unknown", fact, mend, width=width)
        (self.passed_over if len(self.doc.for_) > 1 else self.problems).append(found)

    def place(self, *path: str | int) -> Place:
        """Return where *path* stands in the overlay's file."""
        return locate(self.root, path, on_key=True)[0]

    def once(self, kind: str, name: str, path: NodePath, fact: str) -> bool:
        """Note that this overlay does *kind* to *name*; False, after saying so, if it was done before."""
        first = self.done.get((kind, name))
        if first is not None:
            self.say(
                path,
                f"{kind.replace('_', '-')}-twice",
                f"{fact}; the first is {first}.",
                "Keep one of them.",
                on_key=True,
            )
            return False
        self.done[kind, name] = self.place(*path)
        return True
