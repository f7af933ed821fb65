"""``at``: a case as it stood on a past day, in either axis of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import click

from inprocap_flow.cli import completing, layout, showing
from inprocap_flow.cli.audit_moments import span
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject, subject
from inprocap_flow.engine.case.records import Case
from inprocap_flow.errors import InvalidInput, NotFound, Place, Problem
from inprocap_flow.language.model import Definition
from inprocap_flow.service.history import PastCase, as_happened, as_recorded


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("date")
@click.option(
    "--as-recorded", "recorded", is_flag=True, help="What the record said then, not what had happened by then."
)
@pass_session
def at(session: Session, case: str, date: str, recorded: bool) -> None:
    """Show CASE as it stood at the end of DATE (2026-07-07, or a moment: "2026-07-07 16:00").

    Without more, by what had happened: late entries and corrections made since count at their true moment. With
    --as-recorded, what anybody could have read here on that day, mistakes of that day and all.
    """
    about = subject(session, case)
    moment = _moment(date, about)
    desk = session.reading_desk
    with desk.store.reading() as reading:
        events = reading.events(about.case.id)
        past = as_recorded(events, moment) if recorded else as_happened(events, moment)
        # Before a migration it stood on another version, and is shown in the words of that one.
        binding = desk.binding(reading, past.case) if past else about.binding
    if past is None:
        begins = events[0].recorded_at if recorded else events[0].happened.last
        fact = "the case was not recorded then" if recorded else "the case had not begun then"
        raise NotFound(fact, mend=f"it begins {about.words.moment(begins)}")
    then = replace(about, case=_still_sealed(past.case, about, binding.definition), binding=binding, now=moment)
    actor, axis = showing.seen_by(session), "recorded" if recorded else "happened"
    document = {"axis": axis, "decision": past.number, "undecided": list(past.undecided)}
    session.answer(
        {**showing.to_plain(then, actor), **document},
        layout.parts(list(_above(then, past, axis)), *showing.parts(then, actor)),
    )


def _moment(date: str, about: Subject) -> datetime:
    meant = span(date, about.words.zone, "DATE")
    if meant.first > about.now:
        fact = f"{date} lies in the future"
        mend = "ask for a day up to now; what will be possible when: inprocap-flow next"
        raise InvalidInput([Problem(Place("DATE"), "future", fact, mend)])
    return min(meant.last, about.now)


def _above(then: Subject, past: PastCase, axis: str) -> Iterator[str]:
    moment = then.words.moment(then.now)
    said = f"As the record showed it on {moment}" if axis == "recorded" else f"By what had happened until {moment}"
    yield from layout.wrapped(f"{said}, after decision {past.number}.")
    if past.undecided:
        numbers = ", ".join(str(number) for number in past.undecided)
        text = f"Whether decision {numbers} had happened by then is not known exactly; it is left out."
        yield from layout.wrapped(text)


def _still_sealed(case: Case, about: Subject, definition: Definition) -> Case:
    """Return the past *case* without openings that were annulled since: what is sealed today stays sealed.

    What was destroyed since cannot be shown as it was either.
    """
    lines_known = (*about.definition.lines, *definition.lines)
    seals = {declared.sealed_until for line in lines_known for declared in line.fields.values()}
    seals |= {declared.sealed_until for line in lines_known for declared in line.documents.values()}
    lines = {}
    for line in case.lines.values():
        today = about.case.lines.get(line.id)
        gone = seals - set(today.milestones if today else ())
        kept = {name: reached for name, reached in line.milestones.items() if name not in gone}
        lines[line.id] = replace(line, milestones=kept)
    return replace(case, lines=lines, destroyed_at=about.case.destroyed_at)
