"""What may come after an end that it should come before: the award after the tenders have ceased to bind, for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inprocap_flow.records import record

if TYPE_CHECKING:
    from inprocap_flow.service.planning.plans import Row, Timetable
    from inprocap_flow.service.planning.spread import Spread


@record
class Risk:
    """What should come before which end, and how often it does not.

    ``as_planned``: it comes too late already if all takes as long as planned. ``share`` of the runs (0 to 1) in which
    it does; None where no length varies. ``assumed``: nobody has said how long it is until that end.
    """

    late: Row
    end: Row
    as_planned: bool
    share: float | None
    assumed: bool

    @property
    def happens(self) -> bool:
        """Whether it comes too late in any run or, where chance is not played, as planned."""
        return self.as_planned if self.share is None else self.share > 0

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data: names of rows, and the rest as it is."""
        named = {"late": self.late.name, "end": self.end.name}
        return named | {"as_planned": self.as_planned, "share": self.share, "assumed": self.assumed}


def risks(made: Timetable, chances: Spread | None) -> tuple[Risk, ...]:
    """Return every end of *made* that something should come before, the likeliest to be missed first.

    What has happened is left out, on either side.
    """
    network, found = made.draft.network, list[Risk]()
    for point in network.points.values():
        for end in (*point.no_later, *point.hoped):
            late, row = made.row(point.name), made.row(end)
            if late is None or row is None or late.actual:
                continue
            share = chances.late.get((point.name, end)) if chances else None
            found.append(Risk(late, row, network.is_late(point.name, end), share, end in point.hoped))
    return tuple(sorted(found, key=lambda one: -(one.as_planned if one.share is None else one.share)))


def often(one: Risk) -> str:
    """Return how often it is too late, in words: ``in 40% of the runs``."""
    if one.share is None:
        return "as planned" if one.as_planned else "not as planned"
    if one.share == 0:
        return "in none of the runs"
    return f"in {one.share:.0%} of the runs" if one.share >= _LEAST else "in less than 1% of the runs"


_LEAST = 0.01
