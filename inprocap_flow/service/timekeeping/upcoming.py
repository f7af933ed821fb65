"""What will be said next, to whom and why: what is planned, read beside the cases as they stand now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.ladders import ladder_named
from inprocap_flow.engine.reminding.notes import condition, notes, recipients
from inprocap_flow.engine.reminding.rungs import Rung
from inprocap_flow.engine.reminding.silence import OF_CASE, waits_for
from inprocap_flow.records import field, record
from inprocap_flow.service.delivering.recipients import House, Meant
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.planned import Planned
from inprocap_flow.store.port import Reading

BATCH = 200
_ALWAYS = datetime(9998, 12, 31, tzinfo=UTC)


@record
class Upcoming:
    """One rung that is planned. ``to`` is who would be told if it were due now; ``following`` when the next one is.

    ``rung`` is what is said then; None where the case has changed its organisation's habits since it was planned.
    ``only_if`` is its condition as the definition writes it, empty for none; ``holds`` whether it holds as things
    stand. It is asked again when the rung is due. ``then_`` says the same of the one that follows. ``waits_for`` are
    the deadlines that a silent case waits for and that still run then; ``people`` who is meant today by each of
    ``to`` and ``then_to``, with who stands in.
    """

    case: Case
    binding: Binding
    ladder: Ladder
    due_at: datetime
    rung: Rung | None
    to: tuple[str, ...]
    following: datetime | None
    only_if: str = ""
    holds: bool = True
    then_to: tuple[str, ...] = ()
    then_only_if: str = ""
    then_holds: bool = True
    waits_for: tuple[str, ...] = ()
    people: Mapping[str, tuple[Meant, ...]] = field(default_factory=dict)


def upcoming(
    desk: Desk, *, case_id: str | None = None, organisation: str | None = None, until: datetime | None = None
) -> Iterator[Upcoming]:
    """Yield what is planned, the earliest first: of one case, of one organisation, up to a moment, or all of it.

    Take no more than you need: each case is read when its turn comes. Raises NotFound.
    """
    last: Planned | None = None
    while True:
        rows = _rows(desk, case_id, until or _ALWAYS, last)
        if not rows:
            return
        with desk.store.reading() as reading:
            found = [one for row in rows if (one := _upcoming(desk, reading, row, organisation)) is not None]
        yield from sorted((one for one in found if until is None or one.due_at <= until), key=lambda one: one.due_at)
        if case_id is not None:
            return
        last = rows[-1]


def _rows(desk: Desk, case_id: str | None, until: datetime, last: Planned | None) -> tuple[Planned, ...]:
    if case_id is None:
        return desk.store.due_reminders(until, after=last, most=BATCH)
    with desk.store.reading() as reading:
        rows = reading.reminders.of_case(case_id)
    return tuple(row for row in rows if datetime.fromisoformat(row.due_at) <= until)


def _upcoming(desk: Desk, reading: Reading, row: Planned, organisation: str | None) -> Upcoming | None:
    case = reading.load(row.case_id).case
    if organisation not in (None, case.organisation):
        return None
    binding = desk.binding(reading, case)
    ladder = ladder_named(binding, case, row.ladder)
    if ladder is None:
        return None  # it is overtaken, and will be dropped when its turn comes
    now = desk.clock.now()
    due_at = _falls_due(binding, case, ladder, datetime.fromisoformat(row.due_at), now)
    if due_at is None:
        return None
    rung = ladder.first_from(due_at)
    following = ladder.next_after(rung.at) if rung else None
    to, only_if, holds = _said(binding, case, ladder, rung, now)
    then = _said(binding, case, ladder, following, now)
    at = following.at if following else None
    waits = waits_for(binding, case, max(now, due_at)) if only_if == OF_CASE else ()
    house = House(binding.organisation, {}, now, needs_mail=False)
    people = {one: tuple(house.today(one, case)) for one in (*to, *then[0])}
    return Upcoming(case, binding, ladder, due_at, rung, to, at, only_if, holds, *then, waits, people)


def _falls_due(binding: Binding, case: Case, ladder: Ladder, due_at: datetime, now: datetime) -> datetime | None:
    """Return when *ladder* says something next: what is overdue and would say nothing any more gives way to the next.

    None if nothing comes after it. The scheduler does the same when its turn comes.
    """
    if due_at > now:
        return due_at
    if still := notes(binding, case, ladder, due_at, now):
        return min(note.rung.at for note in still)
    following = ladder.next_after(now)
    return following.at if following else None


def _said(
    binding: Binding, case: Case, ladder: Ladder, rung: Rung | None, now: datetime
) -> tuple[tuple[str, ...], str, bool]:
    """Return to whom a rung speaks, under which condition, and whether that holds at *now*."""
    if rung is None:
        return (), "", True
    return recipients(binding, case, ladder, rung, now), *condition(binding, case, ladder, rung, now)
