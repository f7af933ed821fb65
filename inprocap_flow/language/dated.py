"""Loading dated data: rulebooks, organisations with their calendars and committees, single calendar files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from inprocap_flow.calendar.bad_values import BadCalendar, BadValue
from inprocap_flow.calendar.days import WEEKDAYS, Calendar, Closure, join
from inprocap_flow.calendar.holidays import public_holidays
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.errors import FlowError, Problem
from inprocap_flow.language.choosing import check_choices
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.model import (
    Absence,
    Chosen,
    CountryList,
    ExchangeRate,
    MeetingDate,
    Organisation,
    Person,
    Reminding,
)
from inprocap_flow.language.persons import mistakes
from inprocap_flow.language.schema.calendars import CalendarDoc, CalendarPart, MeetingDoc
from inprocap_flow.language.schema.messages import did_you_mean, sentence
from inprocap_flow.language.schema.organisation import OrganisationDoc
from inprocap_flow.language.schema.report import locate, validate
from inprocap_flow.language.values import Money, parse_value

_YEAR = re.compile(r"-\d{4}$")  # lab-2026 and lab-2027 are files of one series


class Clerk:
    """Reads what an organisation rests on; collects problems with their places."""

    def __init__(self, library: Library, doc: OrganisationDoc, root: MapNode) -> None:
        self.library = library
        self.doc = doc
        self.root = root
        self.problems: list[Problem] = []
        self.faulty = False  # whether a calendar file has mistakes: what it would bring is then not known to be missing

    def say(self, path: NodePath, code: str, fact: str, mend: str = "") -> None:
        """Note a problem at *path* of the organisation's file."""
        place, width = locate(self.root, path)
        self.problems.append(Problem(place, code, fact, mend, width=width))

    def organisation(self) -> Organisation:
        """Return the organisation; with problems on the clerk it is not for use."""
        doc = self.doc
        self._check_zone()
        self._check_keepers()
        self.problems += check_choices(self.library, doc, self.root)
        return Organisation(
            name=doc.organisation,
            version=doc.version,
            title={code or doc.language: words for code, words in doc.title.items()},
            zone=doc.zone,
            currency=doc.currency,
            languages=doc.languages,
            rulebooks=doc.rulebooks,
            calendars={name: self._calendar(name, parts) for name, parts in doc.calendars.items()},
            committees={name: self._committee(name, files) for name, files in doc.committees.items()},
            exchange=tuple(self._rate(number) for number in range(len(doc.exchange))),
            lists={
                name: tuple(
                    CountryList(one.countries, one.source, one.from_, one.until, one.confirmed_on) for one in lists
                )
                for name, lists in doc.lists.items()
            },
            people={name: self._person(name) for name in doc.people},
            reminders=self._reminding(),
            overlays=tuple(Chosen(one.overlay, one.from_, one.until) for one in doc.overlays),
            procedures=tuple(Chosen(one.procedure, one.from_, one.until) for one in doc.procedures),
            keeps_record=doc.keeps_record,
        )

    def _reminding(self) -> Reminding:
        doc = self.doc.reminders
        quiet = tuple(dict.fromkeys(doc.quiet_days))
        if "none" in quiet and len(quiet) > 1:
            fact = "`none` stands beside days that are quiet."
            self.say(("reminders", "quiet_days"), "wrong-key", fact, "Remove `none`, or the others.")
        # Without a calendar only weekends are known; a name that was written must be one.
        if doc.calendar not in self.doc.calendars and "calendar" in doc.model_fields_set:
            known = ", ".join(self.doc.calendars) or "none"
            path: NodePath = ("reminders", "calendar")
            self.say(path, "unknown-calendar", f"There is no calendar `{doc.calendar}`.", f"Known: {known}.")
        silent = None if doc.remind_after == "never" else parse_period(doc.remind_after).code
        return Reminding(
            doc.hour, tuple(day for day in quiet if day != "none"), doc.calendar, doc.digest, doc.digest_at, silent
        )

    def contacts(self) -> dict[str, dict[str, str]]:
        """Return name, contact and language of every person; these never enter the chain of events (ruling 2)."""
        said = {
            name: {"name": person.name, "contact": person.contact, "language": person.language}
            for name, person in self.doc.people.items()
        }
        return {name: {key: text for key, text in parts.items() if text} for name, parts in said.items()}

    def _check_zone(self) -> None:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(self.doc.zone)
        except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            self.say(
                ("zone",), "unknown-zone", f"`{self.doc.zone}` is not a time zone.", "Write one such as Europe/Zurich."
            )

    def _check_keepers(self) -> None:
        """A role that nobody here has would keep nothing: a slip of the pen, noticed only when it is needed."""
        held = {role for person in self.doc.people.values() for role in person.roles}
        for role in self.doc.keeps_record:
            if role not in held:
                mend = f"{did_you_mean(role, sorted(held))} Give somebody the role under `people`.".strip()
                self.say(("keeps_record",), "unknown-role", f"Nobody here has the role `{role}`.", mend)

    def _calendar(self, name: str, parts: Sequence[CalendarPart]) -> object:
        """Return one calendar for all *parts*, in plain form."""
        try:
            found = self._parts(name, parts)
            return union(found).to_plain() if found else {}
        except BadCalendar as bad:
            self.say(("calendars", name), "bad-calendar", _fact(bad), sentence(bad.mend))
            return {}

    def _parts(self, name: str, parts: Sequence[CalendarPart]) -> list[Calendar]:
        """Return what *parts* name, in their order; public holidays without years cover those of the files."""
        files = {
            number: [days_of(doc) for doc in self._files(part.file, ("calendars", name, number))]
            for number, part in enumerate(parts)
            if part.file is not None
        }
        covered = sorted(
            day.year
            for found in files.values()
            for one in found
            for day in (one.covers_from, one.covers_until)
            if day is not None
        )
        return [
            calendar
            for number, part in enumerate(parts)
            for calendar in files.get(number) or self._public(("calendars", name, number), part, covered)
        ]

    def _public(self, path: NodePath, part: CalendarPart, covered: Sequence[int]) -> Iterator[Calendar]:
        years = sorted(part.years) or covered
        if part.public is None or (self.faulty and not years):
            return
        if not years:
            fact = f"Nothing says for which years the holidays of `{part.public}` are needed."
            self.say(path, "missing-key", fact, f"Write {{public: {part.public}, years: [2026, 2029]}}.")
            return
        try:
            yield public_holidays(part.public, years[0], years[-1])
        except (FlowError, BadCalendar) as bad:
            self.say(path, "bad-calendar", _fact(bad), sentence(getattr(bad, "mend", "")))

    def _files(self, name: str, path: NodePath) -> list[CalendarDoc]:
        found = []
        paths = self.library.series(name)
        if not paths:
            known = self.library.known("calendar")
            self.say(
                path, "unknown-calendar", f"There is no calendar `{name}`.", f"Known: {', '.join(known) or 'none'}."
            )
        for one in paths:
            doc, problems = validate(CalendarDoc, self.library.read(one))
            self.problems += problems
            found += [doc] if doc is not None else []
            self.faulty |= doc is None
        return found

    def _committee(self, name: str, files: Sequence[str]) -> tuple[MeetingDate, ...]:
        meetings: list[MeetingDate] = []
        for number, file in enumerate(files):
            for doc in self._files(file, ("committees", name, number)):
                meetings += [_meeting(one) for one in doc.meetings.get(name, ())]
        if not meetings and not self.faulty:
            self.say(
                ("committees", name),
                "no-meetings",
                f"No calendar named here lists a meeting of `{name}`.",
                "Add its meetings to the calendar file.",
            )
        return tuple(sorted(meetings, key=lambda meeting: (meeting.meets, meeting.id)))

    def _rate(self, number: int) -> ExchangeRate:
        one = self.doc.exchange[number]
        try:
            worth = parse_value("money", one.worth)
            assert isinstance(worth, Money)
            if worth.amount <= 0 or worth.currency == one.unit:
                self.say(
                    ("exchange", number, "worth"),
                    "bad-value",
                    f"`{one.worth}` is no rate for {one.unit}.",
                    "Write an amount above 0 in another currency.",
                )
        except BadValue as bad:
            self.say(("exchange", number, "worth"), "bad-value", _fact(bad), sentence(bad.mend))
        return ExchangeRate(one.unit, one.worth, one.source, one.from_, one.until, one.confirmed_on)

    def _person(self, name: str) -> Person:
        for wrong in mistakes(name, self.doc.people):
            self.say(*wrong)
        doc = self.doc.people[name]
        return Person(name, doc.roles, tuple(Absence(one.from_, one.until) for one in doc.absent), doc.substitute)


def _fact(wrong: Exception) -> str:
    return sentence(str(getattr(wrong, "fact", "") or wrong).split("\n", maxsplit=1)[0])


def days_of(doc: CalendarDoc) -> Calendar:
    """Return the working days of one calendar file. Raises BadCalendar if it contradicts itself."""
    title = {number: day.lower() for number, day in enumerate(WEEKDAYS)}
    closures = tuple(
        Closure(
            date.fromisoformat(one.from_),
            date.fromisoformat(one.until),
            next(iter((one.title or {"": "Closed"}).values())),
            one.counts_as_holiday,
        )
        for one in doc.closures
    )
    return Calendar(
        name=_YEAR.sub("", doc.calendar),
        version=doc.version,
        weekend=frozenset(number for number, day in title.items() if day in doc.weekend),
        holidays={date.fromisoformat(one.day): next(iter(one.title.values())) for one in doc.holidays},
        covers_from=date.fromisoformat(doc.covers.from_),
        covers_until=date.fromisoformat(doc.covers.until),
        confirmed="never" if doc.confirmed_on == "never" else date.fromisoformat(doc.confirmed_on),
        source=doc.source,
        closures=closures,
    )


def _meeting(doc: MeetingDoc) -> MeetingDate:
    return MeetingDate(doc.id, doc.meets, dict(doc.model_extra or {}))


def union(calendars: Sequence[Calendar]) -> Calendar:
    """Return one calendar on which a day is free if it is free on any of *calendars*; it names and versions them all.

    Files of one series follow each other. The result covers only what all series cover, and is confirmed only if all
    are, on the earliest of their days. Raises BadCalendar if two series share no day, or if one has a gap.
    """
    series: dict[str, list[Calendar]] = {}
    for calendar in calendars:
        series.setdefault(calendar.name, []).append(calendar)
    joined = [join(files) for files in series.values()]
    if len(joined) == 1:
        return joined[0]
    name = "+".join(series)
    begin = max((one.covers_from for one in joined if one.covers_from), default=None)
    end = min((one.covers_until for one in joined if one.covers_until), default=None)
    if begin is not None and end is not None and end < begin:
        raise BadCalendar(f'the calendars behind "{name}" have no day in common', "let them cover the same years")
    confirmed = [one.confirmed for one in joined if not isinstance(one.confirmed, str)]
    return Calendar(
        name=name,
        version="+".join(one.version for one in joined),
        weekend=frozenset(day for one in joined for day in one.weekend),
        holidays={day: title for one in joined for day, title in one.holidays.items()},
        covers_from=begin,
        covers_until=end,
        confirmed=min(confirmed) if len(confirmed) == len(joined) else "never",
        source="; ".join(dict.fromkeys(one.source for one in joined if one.source)),
        closures=tuple(closure for one in joined for closure in one.closures),
    )
