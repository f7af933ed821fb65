"""One detour, with the step of the procedure that it goes before."""

from __future__ import annotations

from dataclasses import dataclass

from inprocap_flow.errors import Place
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import Step
from inprocap_flow.language.schema.overlay import InsertDoc


@dataclass(frozen=True, slots=True)
class Detour:
    """One insert with what it is put before: the step ``through`` at ``path`` of ``line``."""

    name: str
    doc: InsertDoc
    node: MapNode
    line: str
    path: NodePath
    through: Step

    @property
    def stays_open(self) -> bool:
        """Whether the old way is still there, under a condition."""
        return self.doc.when is not None or self.doc.rule is not None

    @property
    def place(self) -> Place:
        """Where the detour is written."""
        return self.node.entries[0][0].place if self.node.entries else self.node.place

    def own_stage(self, address: str) -> bool:
        """Tell whether *address* is a stage of the detour."""
        return address.split(".", maxsplit=1)[0] in self.doc.stages
