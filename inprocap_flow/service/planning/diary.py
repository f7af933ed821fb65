"""A plan as a calendar: each of its days as an entry, tentative, with why it lies there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inprocap_flow.exchange.ical.writing import CONFIRMED, TENTATIVE, Entry, calendar_text
from inprocap_flow.service.planning.plans import Row, Timetable
from inprocap_flow.service.planning.words import day


def diary(made: Timetable, now: datetime, about: str = "") -> bytes:
    """Return the plan *made* as iCalendar text, as of *now*.

    The entries of another plan of the same procedure by the same organisation (or of the same case, if *about* names
    it) have the same ids, so that importing it moves them. A later plan has a higher sequence.
    """
    definition, organisation = made.binding.definition, made.binding.organisation
    whose = about or f"{organisation.name} {definition.name}"
    text = f"A plan, not law, as of {now:%Y-%m-%d %H:%M}. Zone: {organisation.zone}."
    return calendar_text(f"Plan: {made.title}", _entries(made, whose, now), about=text)


def _entries(made: Timetable, whose: str, now: datetime) -> Iterator[Entry]:
    # Seconds since 2020 rise with every later plan and fit the 31 bits that programs keep a sequence in.
    sequence = max(0, int(now.timestamp()) - 1_577_836_800)
    for row in made.rows:
        status = CONFIRMED if row.actual else TENTATIVE
        at = row.end if row.end is not None and _has_hour(row) else row.day
        yield Entry(
            f"plan {whose} {row.name}", at, row.title, now, says=_says(row), status=status, sequence=sequence,
            kind="Clock" if row.kind == "deadline" else "Milestone",
        )  # fmt: skip


def _has_hour(row: Row) -> bool:
    return row.end is not None and (row.end.hour, row.end.minute) != (0, 0)


def _says(row: Row) -> str:
    lines = [row.why, *row.rules]
    lines += [f"Latest safe day: {day(row.latest)}"] if row.latest and not row.actual else []
    lines += ["On the critical path."] if row.critical else []
    lines += ["Provisional: the calendar does not cover that time yet."] if row.provisional else []
    return "\n".join(line for line in lines if line)
