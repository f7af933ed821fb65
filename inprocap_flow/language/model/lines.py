"""Where a case or a track stands: the line with its stages, and all that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.model.approvals import Approval
from inprocap_flow.language.model.deadlines import Deadline
from inprocap_flow.language.model.facts import Document, Field
from inprocap_flow.language.model.reminding import Reminder
from inprocap_flow.language.model.steps import Step
from inprocap_flow.language.model.words import Text
from inprocap_flow.records import field, record

CASE_ENDS = ("completed", "cancelled", "abandoned")
"""How a case can end. Tracks end in words of their own."""


@record
class Stage:
    """A place where a line stands. Groups have ``children`` and are entered at the first of them."""

    address: str
    title: Text
    owner: str | None = None  # inherited already; None only in final stages
    typical: str | None = None  # period code, for plans only
    typical_range: tuple[str, ...] = ()  # period codes, least and most; empty: no range
    remind_after: str | None = None  # period code, or never; None: as the organisation says
    guidance: Text = field(default_factory=dict)
    final: str | None = None  # how the line has ended here; of a case one of CASE_ENDS
    children: tuple[str, ...] = ()
    remind: tuple[Reminder, ...] = ()  # after or every; inherited like the owner

    @property
    def is_leaf(self) -> bool:
        return not self.children


@record
class Line:
    """The main line of a case, or one kind of track."""

    kind: str
    title: Text
    begins: Step
    stages: Mapping[str, Stage]  # every stage and group, by address, in order of writing
    steps: Mapping[str, Step]
    fields: Mapping[str, Field] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    parent: str | None = None
    if_case_ends: str | None = None

    def leaf(self, address: str) -> str:
        """Return the leaf that is entered when *address* is."""
        stage = self.stages[address]
        while stage.children:
            stage = self.stages[stage.children[0]]
        return stage.address

    @property
    def leaves(self) -> tuple[str, ...]:
        return tuple(address for address, stage in self.stages.items() if stage.is_leaf)

    def leaves_under(self, address: str) -> tuple[str, ...]:
        """Return the leaves that *address* stands for: itself, or every leaf below it."""
        return tuple(leaf for leaf in self.leaves if leaf == address or leaf.startswith(address + "."))
