"""For whom a case is run: people, calendars, committees, rates, lists, what is used from when."""

from __future__ import annotations

from collections.abc import Mapping

from inprocap_flow.language.model.words import Text
from inprocap_flow.records import field, record


@record
class Absence:
    """Days (inclusive) on which somebody is away."""

    first: str
    last: str


@record
class Person:
    """Somebody of an organisation. Only the id ever enters an event (ruling 2)."""

    id: str
    roles: tuple[str, ...]
    absent: tuple[Absence, ...] = ()
    substitute: str | None = None
    speaks_for: tuple[str, ...] = ()  # ids of tracks, for people of firms


@record
class ExchangeRate:
    """One unit of a currency is worth so much of another, between two days (inclusive)."""

    unit: str
    worth: str
    source: str
    valid_from: str
    valid_until: str | None = None
    confirmed_on: str = "never"


@record
class CountryList:
    """A dated list of countries (member states, poorly balanced states)."""

    countries: tuple[str, ...]
    source: str
    valid_from: str
    valid_until: str | None = None
    confirmed_on: str = "never"


@record
class MeetingDate:
    """A meeting of a committee, and the days of the gates that its papers must pass before."""

    id: str
    meets: str
    gates: Mapping[str, str] = field(default_factory=dict)


@record
class Reminding:
    """How an organisation wants to be reminded.

    ``hour`` is local clock time. On a day of ``quiet_days`` (weekends, holidays, closures of ``calendar``) nobody is
    reminded. ``digest``: ``together`` (what is due to one person at one time comes as one message) or ``apart``.
    ``digest_at``: the local clock time at which what asks for nothing is sent, ``off`` for at once, None for what the
    installation is set to. ``remind_after``: a period code, when a case in which nothing happens is mentioned to the
    owner of a stage that says nothing of it; None: never.
    """

    hour: str = "08:00"
    quiet_days: tuple[str, ...] = ("weekends", "holidays", "closures")
    calendar: str = "holidays"
    digest: str = "together"
    digest_at: str | None = None
    remind_after: str | None = None


@record
class Chosen:
    """An overlay or a procedure that an organisation uses, between two days (inclusive ISO days; None: open).

    What counts is the day on which a case is opened, in the organisation's zone.
    """

    name: str
    valid_from: str | None = None
    valid_until: str | None = None


@record
class Organisation:
    """For whom a case is run: zone, currency, calendars, people. Dated data that moves with the law, not with the case.

    ``calendars`` maps a name that procedures use (``holidays``) to a calendar in plain form
    (`calendar.days.Calendar.to_plain`). Names and contacts of people are kept apart from this record.
    """

    name: str
    version: str
    title: Text
    zone: str
    currency: str
    languages: tuple[str, ...] = ("en",)
    rulebooks: Mapping[str, str] = field(default_factory=dict)  # rulebook a procedure names -> the one used here
    calendars: Mapping[str, object] = field(default_factory=dict)
    committees: Mapping[str, tuple[MeetingDate, ...]] = field(default_factory=dict)
    exchange: tuple[ExchangeRate, ...] = ()
    lists: Mapping[str, tuple[CountryList, ...]] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    reminders: Reminding = Reminding()
    overlays: tuple[Chosen, ...] = ()
    procedures: tuple[Chosen, ...] = ()  # empty: every procedure
    keeps_record: tuple[str, ...] = ()  # roles that annul, migrate and destroy where a version names nobody for it
