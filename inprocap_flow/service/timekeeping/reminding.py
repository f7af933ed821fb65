"""Reminders that are due: each rung is claimed, its messages written and the next rung planned in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from inprocap_flow import logs
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.ladders import ladder_named
from inprocap_flow.engine.reminding.notes import Note, notes
from inprocap_flow.engine.reminding.rungs import Rung
from inprocap_flow.errors import FlowError
from inprocap_flow.ids import derived_id
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ladders import planned
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.deliveries import Posted
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.planned import Planned
from inprocap_flow.store.port import Writing

BATCH = 100  # rungs looked at together


def remind(desk: Desk, now: datetime, goes_on: Callable[[], bool]) -> tuple[int, int, int]:
    """Claim every rung that is due at *now*; return how many messages were written, rungs overtaken, cases that failed.

    A case that cannot be decided on (its organisation is not released any more) is logged and holds up no other; its
    rungs stay where they are and are tried again with the next tick.
    """
    written = overtaken = failed = 0
    for case_id, due in _by_case(desk, now):
        if not goes_on():
            break
        try:
            said = _remind(desk, case_id, due, now)
        except StoreUnavailable:
            raise
        except FlowError as wrong:
            logs.happened(logs.REMINDER_FAILED, level="error", case=case_id, code=wrong.code)
            failed += 1
            continue
        written += sum(said)
        overtaken += said.count(0)
    return written, overtaken, failed


def _by_case(desk: Desk, now: datetime) -> Iterator[tuple[str, list[Planned]]]:
    """Yield what is due, case by case in each batch, also while we and others change it."""
    last: Planned | None = None
    while True:
        found = desk.store.due_reminders(now, after=last, most=BATCH)
        if not found:
            return
        cases: dict[str, list[Planned]] = {}
        for row in found:
            cases.setdefault(row.case_id, []).append(row)
        yield from cases.items()
        last = found[-1]


def _remind(desk: Desk, case_id: str, due: Iterable[Planned], now: datetime) -> list[int]:
    """Claim the rungs of one case; return for each that was ours how many messages it came to."""
    with desk.store.writing() as work:
        case = work.load(case_id).case  # locked: nobody signs or extends between the look and the message
        binding = desk.binding(work, case)
        return [said for row in due if (said := _claim(work, binding, case, row, now)) is not None]


def _claim(work: Writing, binding: Binding, case: Case, row: Planned, now: datetime) -> int | None:
    """Claim one rung; return how many messages were written, None if somebody else was faster."""
    ladder = ladder_named(binding, case, row.ladder)
    following = ladder.next_after(now) if ladder else None
    if not work.reminders.claim(row, planned(case.id, row.ladder, following) if following else None):
        return None
    due = notes(binding, case, ladder, datetime.fromisoformat(row.due_at), now) if ladder else ()
    with logs.bound(case=case.id, reminder=row.ladder.replace(" ", ":")):
        written = sum(work.deliveries.post(message(case, ladder, note, now)) for note in due) if ladder else 0
        logs.happened(logs.REMINDER_WRITTEN if written else logs.REMINDER_OVERTAKEN, count=written)
    return written


def message(case: Case, ladder: Ladder, note: Note, now: datetime) -> Posted:
    """Return the outbox row of a note; the same rung to the same recipient always has the same id.

    Also where the organisation has moved its hour or its quiet days since, and the rung with them: so it rests on what
    the rung is counted from, never on when it falls.
    """
    rung = note.rung
    return Posted(
        id=derived_id("message", _counted_from(rung), "reminder", case.id, ladder.name, rung.key, note.to),
        case_id=case.id,
        seq=case.next_seq - 1,
        kind="reminder",
        recipient=note.to,
        subject=ladder.about,
        about=(ladder.about,),
        line=ladder.line,
        created_at=sortable(now),
        state="pending",
        detail={
            "ladder": ladder.name,
            "of": ladder.kind,
            "rung": rung.says,
            "due_at": sortable(rung.at),
            "late": note.late,
            "merged": note.merged,
            "end": sortable(ladder.end) if ladder.end else None,
            "since": sortable(ladder.begins) if ladder.begins else None,
            "escalation": rung.escalation,
            "definition": case.definition_hash,  # whose words it is put into, also after a migration
        },
    )


def _counted_from(rung: Rung) -> datetime:
    anchor = datetime.fromisoformat(rung.anchor)
    return anchor if anchor.tzinfo else anchor.replace(tzinfo=UTC)
