"""What an organisation has chosen for a day: its overlays, and whether it uses a procedure. Light: opening asks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from inprocap_flow.language.model import Chosen, Organisation


def overlays_on(organisation: Organisation, day: date) -> tuple[str, ...]:
    """Return the names of the overlays in force on *day* (the local day on which a case is opened), as written.

    At most one national and one own are for the same procedure; which procedures each is for, the overlay says.
    """
    return tuple(dict.fromkeys(one.name for one in _in_force(organisation.overlays, day)))


def uses(organisation: Organisation, procedure: str, day: date) -> bool:
    """Return whether cases of *procedure* may be opened on *day*. Whoever names no procedure uses every one."""
    chosen = organisation.procedures
    return not chosen or any(one.name == procedure for one in _in_force(chosen, day))


def changes_from(organisation: Organisation, day: date) -> tuple[date, ...]:
    """Return *day*, and every later day on which the overlays or the procedures in use are others than before."""
    chosen = (*organisation.overlays, *organisation.procedures)
    firsts = {date.fromisoformat(one.valid_from) for one in chosen if one.valid_from}
    firsts |= {date.fromisoformat(one.valid_until) + timedelta(1) for one in chosen if one.valid_until}
    return (day, *sorted(first for first in firsts if first > day))


def first_day(organisation: Organisation, overlay: str, day: date) -> date:
    """Return the first day from *day* on for which the organisation has *overlay*; *day* if it never has it."""
    return next((one for one in changes_from(organisation, day) if overlay in overlays_on(organisation, one)), day)


def _in_force(chosen: Iterable[Chosen], day: date) -> Iterator[Chosen]:
    """Yield what holds on *day*; both days of a choice are included."""
    text = day.isoformat()
    for one in chosen:
        if (one.valid_from or "") <= text <= (one.valid_until or "9999-12-31"):
            yield one
