"""What the points of a plan's network are, and the draft that holds both."""

from __future__ import annotations

from dataclasses import dataclass, field

from inprocap_flow.language.model import CASE, Deadline
from inprocap_flow.records import record
from inprocap_flow.service.planning.ends import Ends
from inprocap_flow.service.planning.meeting import Committee
from inprocap_flow.service.planning.network import Network

BEGIN, TODAY = "begin", "today"


@record
class Item:
    """What a point of the network is.

    ``kind``: begin, today, step, side (a step beside the way), deadline, papers, meeting, or work (of a track).
    ``since`` is the point at which its bar begins. ``actual``: it has happened.
    """

    name: str
    kind: str
    title: str
    line: str = CASE
    stage: str = ""
    milestone: str | None = None
    step: str | None = None
    ends: Ends | None = None
    deadline: Deadline | None = None
    committee: Committee | None = None
    meeting: str = ""
    actual: bool = False
    since: str = ""


@record
class Caution:
    """A condition of a planned step that only warns: the step is carried out all the same, and a warning recorded.

    ``says`` is what whoever carries it out will be told; ``holds`` is False where what is known says so already, None
    where only time will tell. Of rules, ``rule`` is the title and ``basis`` as in a definition.
    """

    point: str
    step: str
    title: str
    says: str
    holds: bool | None
    rule: str = ""
    basis: str = ""
    cite: str = ""

    def to_plain(self) -> dict[str, object]:
        """Return it as JSON data."""
        return {name: getattr(self, name) for name in ("step", "title", "says", "holds", "rule", "basis", "cite")}


@dataclass(slots=True)
class Draft:
    """A network with what its points are, which milestones they reach, and what is worth saying about it."""

    network: Network
    items: dict[str, Item] = field(default_factory=dict)
    reached: dict[str, str] = field(default_factory=dict)  # milestone -> point
    notes: list[str] = field(default_factory=list)
    cautions: list[Caution] = field(default_factory=list)
    finish: str = ""
