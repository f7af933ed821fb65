"""Calendars that people subscribe to: the clocks and committee meetings of one case, or of one person.

A person sees what concerns a role that they act in, their own or that of somebody they stand in for, and nothing of a
case in which they declared a conflict. Who speaks for a firm sees the clocks of its own tracks, and those of the case
within which it acts. An entry holds a title, a moment and its reason: no value, no document, and nobody's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.people import capacities
from inprocap_flow.engine.case.records import MAIN, Case, DeadlineState, Event, unstamp
from inprocap_flow.engine.reminding.of_deadlines import of_deadline
from inprocap_flow.errors import NotFound
from inprocap_flow.exchange.ical.writing import CANCELLED, CONFIRMED, TENTATIVE, Entry, Ring, calendar_text
from inprocap_flow.language.model import CASE, Deadline, MeetingDate, Step, Text, said
from inprocap_flow.records import record
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading

REFRESH = timedelta(hours=1)
_ENDS_LATE = timedelta(microseconds=1)


@record
class Reader:
    """Who reads a feed, in one case: the roles acted in, and the tracks spoken for; None for everybody of the house."""

    roles: frozenset[str]
    tracks: frozenset[str] = frozenset()


@record
class Seen:
    """A case as one reader sees it; None: everybody of the house."""

    binding: Binding
    case: Case
    reader: Reader | None
    language: str

    def text(self, text: Text) -> str:
        return said(text, self.language)

    @property
    def title(self) -> str:
        return self.case.title or self.text(self.binding.definition.title)


@record
class Told:
    """How often the entry of a clock was said otherwise, and when last: its sequence and its stamp."""

    times: int
    last: datetime


def case_feed(desk: Desk, case_id: str, *, language: str = "en") -> bytes:
    """Return the feed of one case, with every clock that it has or had. Raises NotFound."""
    with desk.store.reading() as reading:
        case = reading.load(case_id).case
        binding = desk.binding(reading, case)
        seen = Seen(binding, case, None, language)
        entries = list(_entries(reading, seen))
    return calendar_text(seen.title, entries, about=_about(binding), refresh=REFRESH)


def person_feed(desk: Desk, organisation: str, person: str, *, language: str = "en") -> bytes:
    """Return the feed of one person: what concerns them in every case of the organisation.

    Raises NotFound for somebody whom nobody knows, or who was erased.
    """
    now = desk.clock.now()
    entries: list[Entry] = []
    about = ""
    with desk.store.reading() as reading:
        house = desk.organisation(reading, organisation)
        known = house.people.get(person)
        erased = any(one.id == person and one.erased_at for one in reading.people(organisation))
        found = known is not None and not erased
        for entry in desk.store.cases(organisation):
            case = reading.load(entry.id).case
            binding = desk.binding(reading, case)
            about = about or _about(binding)
            reader = reader_of(binding, case, person, now)
            found = found or (bool(reader.tracks) and not erased)
            if reader.roles and not _has_conflict(case, person):
                entries += _entries(reading, Seen(binding, case, reader, language))
    if not found:
        raise NotFound(f"{organisation} knows nobody called {person}", mend="inprocap-flow people lists everybody")
    return calendar_text(f"{organisation}: {person}", entries, about=about, refresh=REFRESH)


def _about(binding: Binding) -> str:
    return f"Clocks and meetings. Whole days and hours as they are in {binding.organisation.zone}."


def reader_of(binding: Binding, case: Case, person: str, now: datetime) -> Reader:
    """Return in which roles, and for which tracks, *person* reads about *case*."""
    roles = frozenset(capacity.role for capacity in capacities(binding, case, person, now))
    known = binding.person(person)
    named = known.speaks_for if known else ()
    tracks = {line.id for line in case.lines.values() if person in line.speakers or line.id in named}
    return Reader(roles & binding.definition.roles.keys(), frozenset(tracks))


def _has_conflict(case: Case, person: str) -> bool:
    declared = [interest for interest in case.interests if interest.person == person]
    return bool(declared) and declared[-1].conflict


# ---------------------------------------------------------------------------------------------- one case


def _entries(reading: Reading, seen: Seen) -> Iterator[Entry]:
    binding, case, reader = seen.binding, seen.case, seen.reader
    found = list(_clocks(binding, case, reader))
    told = _told(reading.events(case.id)) if found else {}
    for clock, declared in found:
        yield _of_clock(seen, clock, declared, told[clock.line, clock.name])
    if reader is None or any(binding.definition.roles[role].sees == "all" for role in reader.roles):
        yield from _meetings(reading, seen)


def _clocks(binding: Binding, case: Case, reader: Reader | None) -> Iterator[tuple[DeadlineState, Deadline]]:
    """Yield the clocks that are the reader's business and have, or had, an end."""
    for clock in case.deadlines.values():
        declared = binding.definition.line(case.lines[clock.line].kind).deadlines.get(clock.name)
        if declared is not None and clock.end and (reader is None or concerns(binding, case, clock, declared, reader)):
            yield clock, declared


def _told(events: Sequence[Event]) -> dict[tuple[str, str], Told]:
    """Return how often each clock was changed. It only rises: what is annulled counts as one change more."""
    annulled = [event.recorded_at for event in events if event.kind == "annulled"]
    found: dict[tuple[str, str], Told] = {}
    for event in events:
        if event.kind.startswith("deadline_") and "deadline" in event.data:
            place = (event.line, str(event.data["deadline"]))
            before = found.get(place)
            found[place] = Told(before.times + 1 if before else len(annulled), event.recorded_at)
    if annulled:
        found = {place: Told(one.times, max(one.last, annulled[-1])) for place, one in found.items()}
    return found


def concerns(binding: Binding, case: Case, clock: DeadlineState, declared: Deadline, reader: Reader) -> bool:
    """Tell whether a clock is the business of *reader*: they are reminded of it, or it bounds what they do."""
    for role in reader.roles:
        sees = binding.definition.roles[role].sees
        reminded = any(one.role == role for one in declared.remind)
        bound = any(role in step.by for step in _steps_about(binding, case, clock, declared))
        if sees == "all" and (reminded or bound):
            return True
        if sees == "published" and reminded:
            return True
        if sees == "own" and (reminded or bound) and _is_own(case, clock, reader):
            return True
    return False


def _is_own(case: Case, clock: DeadlineState, reader: Reader) -> bool:
    if clock.line == MAIN:
        return bool(reader.tracks)
    line = case.lines.get(clock.line)
    while line is not None:
        if line.id in reader.tracks:
            return True
        line = case.lines.get(line.parent) if line.parent else None
    return False


def _steps_about(binding: Binding, case: Case, clock: DeadlineState, declared: Deadline) -> Iterator[Step]:
    """Yield the steps that a clock holds up, shuts or is met by."""
    kind = case.lines[clock.line].kind
    for line in binding.definition.lines:
        if kind not in (line.kind, CASE):
            continue
        for step in line.steps.values():
            named = (*step.already_there.within, *step.already_there.after, *step.meets, *step.stops, *step.restarts,
                     *(step.extends.deadline for _ in (1,) if step.extends))  # fmt: skip
            if clock.name in named and binding.definition.find_deadline(line.kind, clock.name) is declared:
                yield step


def _of_clock(seen: Seen, clock: DeadlineState, declared: Deadline, told: Told) -> Entry:
    binding = seen.binding
    end = unstamp(clock.end or "")
    hour = end.astimezone(binding.zone)
    # What ends with the day fills it; the day is the one that ends, not the one that begins then.
    whole = (hour.hour, hour.minute) == (0, 0)
    return Entry(
        key=f"clock {seen.case.id} {clock.line} {clock.name}",
        at=binding.day(end - _ENDS_LATE) if whole else end,
        title=f"{seen.text(declared.title)}: {_title(seen, clock.line)}",
        stamp=told.last,
        says=_says(seen, clock, declared),
        status=_status(clock),
        sequence=told.times,
        kind="Deadline",
        rings=tuple(_rings(seen, clock, declared)),
    )


def _title(seen: Seen, line: str) -> str:
    """Return the case by title, with the track unless somebody reads it to whom only its own are known."""
    reader = seen.reader
    named = line != MAIN and (reader is None or line in reader.tracks or not reader.tracks)
    return f"{seen.title} ({line})" if named else seen.title


def _status(clock: DeadlineState) -> str:
    if clock.status in ("met", "stopped"):
        return CANCELLED
    return TENTATIVE if clock.provisional or clock.assumed or clock.status == "suspended" else CONFIRMED


_IN_WORDS: Mapping[str, str] = {
    "running": "",
    "suspended": "It stands still; the end is not known until it goes on.",
    "over": "It is over.",
    "met": "It was met.",
    "missed": "It was missed.",
    "stopped": "It was stopped; nothing waits for it any more.",
}


def _says(seen: Seen, clock: DeadlineState, declared: Deadline) -> str:
    binding = seen.binding
    end = unstamp(clock.end or "").astimezone(binding.zone)
    midnight = (end.hour, end.minute) == (0, 0)
    until = f"{binding.day(end - _ENDS_LATE)} 24:00" if midnight else f"{end:%Y-%m-%d %H:%M}"
    lines = [
        f"{_VERB[declared.kind]} {until} ({binding.organisation.zone}).",
        _IN_WORDS.get(clock.status, clock.status),
        f"Rule: {declared.cite}." if declared.cite else "",
        "Provisional: the calendar does not cover that time yet." if clock.provisional else "",
        "Assumed: the day of the event is not known exactly." if clock.assumed else "",
        f"{seen.text(binding.definition.title)}, {seen.case.id}",
    ]
    return "\n".join(line for line in lines if line)


_VERB: Mapping[str, str] = {"open_until": "Open until", "not_before": "Not before", "due": "Due by"}


def _rings(seen: Seen, clock: DeadlineState, declared: Deadline) -> Iterator[Ring]:
    """Yield an alarm for each rung before the end that is meant for the reader; what has ended rings no more."""
    if clock.status != "running":
        return
    for ladder in of_deadline(seen.binding, seen.case, clock):
        for rung in ladder.rungs:
            role = declared.remind[rung.number].role
            if rung.side == "before" and (seen.reader is None or role in seen.reader.roles):
                yield Ring(rung.at, seen.text(declared.title))


# ---------------------------------------------------------------------------------------------- meetings


def _meetings(reading: Reading, seen: Seen) -> Iterator[Entry]:
    """Yield the meetings that the case has chosen, and the days of their gates."""
    binding, case = seen.binding, seen.case
    releases = [one for one in reading.releases("organisation") if one.name == binding.organisation.name]
    stamp = unstamp(releases[-1].released_at) if releases else unstamp(case.last_change_at)
    for name, declared in binding.definition.main.fields.items():
        chosen = case.main.fields.get(name)
        if declared.committee is None or not isinstance(chosen, str):
            continue
        meeting = binding.meeting(declared.committee, chosen)
        if meeting is not None:
            title = seen.text(declared.title)
            yield from _of_meeting(binding, declared.committee, meeting, title, Told(len(releases) - 1, stamp))


def _of_meeting(binding: Binding, committee: str, meeting: MeetingDate, title: str, told: Told) -> Iterator[Entry]:
    # One meeting is one entry, whichever cases go to it; its gates likewise.
    key = f"meeting {binding.organisation.name} {committee} {meeting.id}"
    for gate, on in (("", meeting.meets), *meeting.gates.items()):
        says = f"{committee}, {meeting.id}"
        yield Entry(
            key=f"{key} {gate}".rstrip(),
            at=date.fromisoformat(on),
            title=f"{title}: {gate.replace('_', ' ')} due" if gate else title,
            stamp=told.last,
            says=says,
            sequence=max(0, told.times),
            kind="Meeting",
        )
