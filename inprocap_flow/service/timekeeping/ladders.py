"""The next rung of each ladder, put down in the transaction of the outcome that changed the ladder (decision 0007)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from inprocap_flow.engine.reminding.ladders import changes
from inprocap_flow.store.moments import sortable

if TYPE_CHECKING:
    from inprocap_flow.engine.case.binding import Binding
    from inprocap_flow.engine.case.records import Case
    from inprocap_flow.engine.reminding.ladder import Ladder
    from inprocap_flow.engine.reminding.rungs import Rung
    from inprocap_flow.store.planned import Planned
    from inprocap_flow.store.port import Writing


def plan_ladders(work: Writing, binding: Binding, old: Case | None, new: Case | None, now: datetime) -> None:
    """Plan what changed between *old* and *new*, in at most two statements; nothing is written where nothing did.

    A ladder that is new or otherwise is planned from the moment at which it came to be so: what fell due since, while
    nobody recorded it, is not lost.
    """
    if new is None or new is old:
        return
    put, gone = changes(binding, old, new)
    migrated = old is not None and old.definition_hash != new.definition_hash
    rows = []
    for ladder in put:
        # Rules that count from now on remind of nothing that lies before.
        rung = ladder.first_from(now) if migrated else first_rung(ladder, now)
        if rung is not None:
            rows.append(planned(new.id, ladder.name, rung))
        elif old is not None:
            gone.append(ladder.name)  # what it said before is overtaken, and it says nothing new
    if rows:
        work.reminders.put(rows)
    if gone:
        work.reminders.drop(new.id, gone)


def first_rung(ladder: Ladder, now: datetime) -> Rung | None:
    """Return the first rung of a ladder of which nothing was said yet."""
    return ladder.first_from(ladder.begins or now)


def planned(case_id: str, ladder: str, rung: Rung) -> Planned:
    """Return the row of a rung."""
    from inprocap_flow.store.planned import Planned

    return Planned(sortable(rung.at), case_id, ladder, rung.says)
