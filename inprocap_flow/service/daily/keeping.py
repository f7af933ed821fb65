"""The look kept: once a day and after every change, a few procedures at a time, so that nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from inprocap_flow import logs
from inprocap_flow.errors import FlowError
from inprocap_flow.language.canonical import digest
from inprocap_flow.language.model import Organisation
from inprocap_flow.records import changed
from inprocap_flow.service.daily.looking import HOUSE, Found, definition_of, look, procedures_of
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.ticking import always
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.findings import Standing
from inprocap_flow.store.port import Reading

MOST = 4  # procedures looked at in one go
_DONE = "*"


def look_where_due(desk: Desk, now: datetime, goes_on: Callable[[], bool] = always, *, most: int = MOST) -> int:
    """Look at what was not looked at today, at most *most* procedures; return how many were looked at.

    Each is a transaction of its own, and a mark says how far the day's look has come: whoever is stopped goes on there,
    and two that look at once find the same. A definition that cannot be read is logged and passed over. Raises
    StoreUnavailable.
    """
    done = 0
    for organisation in _organisations(desk):
        while done < most and goes_on():
            following = _following(desk, organisation, now)
            if following is None:
                break
            _look_at(desk, organisation, following, now)
            done += 1
    return done


def standing(desk: Desk, organisation: str, *, gone: bool = False) -> tuple[Standing, ...]:
    """Return what was found at *organisation* and still stands; with *gone* also what does not any more."""
    with desk.store.reading() as reading:
        return tuple(one for one in reading.findings.of(organisation) if gone or not one.gone_on)


def _organisations(desk: Desk) -> tuple[str, ...]:
    with desk.store.reading() as reading:
        return tuple(sorted({entry.name for entry in reading.releases("organisation")}))


def _following(desk: Desk, name: str, now: datetime) -> str | None:
    """Return what is to be looked at next: a procedure, `HOUSE` after the last one, None when the day is done with."""
    with desk.store.reading() as reading:
        organisation = desk.organisation(reading, name)
        state, _, last = reading.reminders.mark(_mark_of(name)).rpartition(" ")
        if state != _state(reading, organisation, now):
            last = ""
        if last == _DONE:
            return None
        procedures = procedures_of(desk, reading, organisation, _day(organisation, now))
    return next((one for one in procedures if one > last), HOUSE)


def _look_at(desk: Desk, name: str, procedure: str, now: datetime) -> None:
    with desk.store.reading() as reading:
        organisation = desk.organisation(reading, name)
        day, state = _day(organisation, now), _state(reading, organisation, now)
        try:
            found = look(desk, reading, organisation, procedure, day)
            whom = _responsible(desk, reading, organisation, procedure, day)
        except StoreUnavailable:
            raise
        except FlowError as wrong:
            logs.happened(logs.LOOK_FAILED, level="error", organisation=name, procedure=procedure, code=wrong.code)
            found, whom = None, ()
    with desk.store.writing() as work:
        if found is not None:
            known = {one.id: one for one in work.findings.of(name) if one.procedure == procedure}
            work.findings.put(_kept(name, known, found, whom, day.isoformat()))
        work.reminders.set_mark(_mark_of(name), f"{state} {procedure or _DONE}")


def _kept(
    organisation: str, known: dict[str, Standing], found: Iterable[Found], whom: Iterable[str], day: str
) -> list[Standing]:
    """Return the rows to write: what is new, what is found again, and what was found until now and is gone.

    The words of a finding stay those with which it was told.
    """
    now = {one.id: one for one in found}
    rows = []
    for place, one in now.items():
        before = known.get(place)
        if before is not None and not before.gone_on:
            rows.append(changed(before, last_on=day))
        else:
            told = {person: {"since": day} for person in whom}
            rows.append(Standing(organisation, place, one.procedure, one.code, one.fact, one.mend, day, day, "", told))
    return rows + [changed(one, gone_on=day) for place, one in known.items() if place not in now and not one.gone_on]


def _responsible(
    desk: Desk, reading: Reading, organisation: Organisation, procedure: str, day: date
) -> tuple[str, ...]:
    """Return who answers for a procedure: who may enter late, and so migrate; where nobody may, who begins cases."""
    names = procedures_of(desk, reading, organisation, day) if procedure == HOUSE else (procedure,)
    roles: set[str] = set()
    for name in names:
        definition = definition_of(desk, reading, organisation, name, day)
        if definition is not None:
            roles |= set(definition.may_backdate or definition.main.begins.by)
    return tuple(person.id for person in organisation.people.values() if roles & set(person.roles))


def _state(reading: Reading, organisation: Organisation, now: datetime) -> str:
    """Return what a look rests on: the local day, the organisation as released, who is there, and what is released."""
    people = [(one.id, one.roles, one.absences, one.erased_at) for one in reading.people(organisation.name)]
    kinds = ("procedure", "overlay", "applied", "rulebook")
    released = [entry.content_hash for kind in kinds for entry in reading.releases(kind)]
    rests = digest([reading.newest("organisation", organisation.name), repr(people), released])
    return f"{_day(organisation, now)} {rests[:16]}"


def _day(organisation: Organisation, now: datetime) -> date:
    return now.astimezone(ZoneInfo(organisation.zone)).date()


def _mark_of(organisation: str) -> str:
    return f"findings {organisation}"
