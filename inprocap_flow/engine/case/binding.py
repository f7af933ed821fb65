"""A machine bound to dated data: whose people, which calendars, which rulebook, on which day.

The procedure version of a case never changes; people, calendars, rates and rulebooks move with the law (language,
section 8). Whatever a decision read from here is recorded in its events, so replay needs none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.records import Case
from inprocap_flow.errors import DefinitionDefect, NotAllowed, NotFound
from inprocap_flow.language.model import (
    Deadline,
    Definition,
    ExchangeRate,
    Limit,
    LimitValue,
    LimitVariant,
    MeetingDate,
    Organisation,
    Person,
    Rulebook,
    confirmation_of,
)
from inprocap_flow.machine.table import Machine
from inprocap_flow.records import draft, field, record


class HookRunner(Protocol):
    """Calls a hook by name. Implemented by `plugins.HookSet`."""

    def call(self, name: str, arguments: tuple[Any, ...], view: Any) -> Any: ...


def _nothing_revealed(_commitment: str) -> Any:
    raise NotAllowed(
        "a sealed value was asked for where no key is at hand", mend="run this on the machine with the key"
    )


@record
class Linked:
    """What may be known of another case: whose it is, and which reports it takes, of which procedures.

    The first never changes; the reports are those of the version that it is on now, so no replay asks for them.
    """

    procedure: str
    organisation: str
    receives: Mapping[str, tuple[str, ...]]


def _no_other_version(content_hash: str) -> Binding:
    raise NotFound(f"the version {content_hash[:12]} is not at hand here", mend="look at the case in its own database")


@record
class Binding:
    """All that a decision reads besides the case and the request. ``reveal`` gives the value behind a commitment.

    ``decided_with`` names the releases of organisation, rulebook and overlays by their hashes, for the record; nothing
    where none of them is released, as in rehearsals.

    What is worked out once is kept beside the fields, so a copy with changes is made by `dataclasses.replace`.
    """

    machine: Machine
    organisation: Organisation
    rulebook: Rulebook | None = None
    hooks: HookRunner | None = None
    decided_with: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # kind -> name -> hash of the release
    version: Callable[[str], Binding] = _no_other_version  # another released version of the procedure, by its hash
    reveal: Callable[[str], Any] = _nothing_revealed
    linked: Callable[[str], Linked | None] | None = None  # None: nobody can say here which cases there are

    @property
    def definition(self) -> Definition:
        return self.machine.definition

    def of(self, case: Case) -> Binding:
        """Return the binding of the version that *case* runs on: before a migration that is another one."""
        own = case.definition_hash in ("", self.machine.content_hash)
        return self if own else self.version(case.definition_hash)

    def revealing(
        self,
        reveal: Callable[[str], Any],
        linked: Callable[[str], Linked | None] | None = None,
        version: Callable[[str], Binding] | None = None,
    ) -> Binding:
        """Return this binding with other ways to what is sealed, to cases and (None: as it was) to other versions.

        What was worked out once is shared.
        """
        # made now, to be shared
        _ = self._calendars, self.counted_back, self.anchors, self._holders, self.deputies, self.zone, self.paces
        other = object.__new__(Binding)
        other.__dict__.update(self.__dict__, reveal=reveal, linked=linked, version=version or self.version)
        return other

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.zone)

    @cached_property
    def paces(self) -> dict[str, Any]:
        """How reminders are counted, by calendar: kept here for `engine.reminding.rungs`, which fills it."""
        return {}

    def day(self, moment: datetime) -> date:
        """Return the local day of *moment* in the organisation's zone."""
        return moment.astimezone(self.zone).date()

    def calendar(self, name: str) -> Calendar:
        """Return the calendar that the organisation maps *name* to. Raises DefinitionDefect when it maps none."""
        return self._calendars(name)

    @cached_property
    def _calendars(self) -> Callable[[str], Calendar]:
        @cache
        def named(name: str) -> Calendar:
            plain = self.organisation.calendars.get(name)
            if plain is None:
                raise DefinitionDefect(
                    f"{self.organisation.name} has no calendar {name!r}",
                    mend=f"map {name} under calendars in the organisation's file",
                )
            return Calendar.from_plain(cast("Mapping[str, Any]", plain))

        return named

    def limit(self, name: str) -> Limit:
        """Return the limit *name*: the procedure's own, else the rulebook's. Raises DefinitionDefect."""
        limit = self.definition.limits.get(name) or (self.rulebook.limits.get(name) if self.rulebook else None)
        if limit is None:
            book = self.rulebook.name if self.rulebook else "no rulebook"
            raise DefinitionDefect(f"the limit {name!r} is not in {book}", mend="map a rulebook that has it")
        return limit

    @cached_property
    def counted_back(self) -> Mapping[str, tuple[Deadline, ...]]:
        """The deadlines of each kind of line that are counted back from something, so that they move with it."""
        found: dict[str, tuple[Deadline, ...]] = {}
        for line in self.definition.lines:
            if counted := tuple(d for d in line.deadlines.values() if d.backwards_from):
                found[line.kind] = counted
        return found

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Every name that may be what a deadline is counted back from: with its kind of track, its gate, and bare."""
        named = [d.backwards_from or "" for deadlines in self.counted_back.values() for d in deadlines]
        return frozenset(part for name in named for part in (name, *name.partition(".")))

    def person(self, person_id: str) -> Person | None:
        return self.organisation.people.get(person_id)

    def holders(self, role: str) -> tuple[Person, ...]:
        """Return everybody who holds *role*, in order of writing."""
        return self._holders.get(role, ())

    @cached_property
    def _holders(self) -> Mapping[str, tuple[Person, ...]]:
        found: dict[str, tuple[Person, ...]] = {}
        for person in self.organisation.people.values():
            for role in dict.fromkeys(person.roles):
                found[role] = (*found.get(role, ()), person)
        return found

    @cached_property
    def deputies(self) -> Mapping[str, tuple[Person, ...]]:
        """Whom each person is named as the substitute of, in order of writing."""
        found: dict[str, tuple[Person, ...]] = {}
        for person in self.organisation.people.values():
            if person.substitute:
                found[person.substitute] = (*found.get(person.substitute, ()), person)
        return found

    def meeting(self, committee: str, meeting_id: str) -> MeetingDate | None:
        """Return a committee's meeting by its id."""
        for meeting in self.organisation.committees.get(committee, ()):
            if meeting.id == meeting_id:
                return meeting
        return None


def in_force(values: tuple[Any, ...], day: date) -> Any:
    """Return the dated entry whose days (both ends included) hold *day*; of several, the one that begins last."""
    text = day.isoformat()
    holding = [v for v in values if v.valid_from <= text and (v.valid_until is None or text <= v.valid_until)]
    return max(holding, key=lambda value: value.valid_from, default=None)


@record
class LimitInForce:
    """A limit's value on a day: text in its unit (None: unset), where it comes from, and who confirmed it when."""

    name: str
    value: str | None
    unit: str
    basis: str
    source: str
    confirmed_on: str
    day: date
    variant: str | None = None

    def to_plain(self) -> dict[str, Any]:
        plain = {
            "limit": self.name,
            "value": self.value,
            "unit": self.unit,
            "basis": self.basis,
            "source": self.source,
            "confirmed_on": self.confirmed_on,
            "day": self.day.isoformat(),
            "variant": self.variant,
        }
        return {key: value for key, value in plain.items() if value is not None}

    def cite(self) -> str:
        """Return the source as outputs show it; an unconfirmed one says so (ruling 10)."""
        return self.source if self.confirmed_on != "never" else f"{self.source} [not confirmed]"


def limit_in_force(limit: Limit, day: date, is_fact: Callable[[str], bool]) -> LimitInForce | None:
    """Return *limit* as it stands on *day*: the first variant whose facts are all yes, else the unreduced value.

    None if no value is in force on that day. An unanswered fact gives the unreduced value: the safe side is known.
    """
    value: LimitValue | None = in_force(limit.values, day)
    if value is None:
        return None
    variant = next((variant for variant in value.variants if all(map(is_fact, variant.facts))), None)
    chosen: LimitValue | LimitVariant = variant or value
    return LimitInForce(
        limit.name,
        None if chosen.value is None else str(chosen.value),
        limit.unit,
        limit.basis_of(chosen),
        chosen.source,
        confirmation_of(value, variant),
        day,
        variant.when if variant else None,
    )


@draft
class Journal:
    """What an evaluation read from dated data, and which rules were lifted; a decision writes it into its event."""

    limits: dict[str, dict[str, Any]] = field(default_factory=dict)
    rates: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    hooks: dict[str, Any] = field(default_factory=dict)
    lifted: dict[str, str] = field(default_factory=dict)  # rule -> derogation

    def to_plain(self) -> dict[str, Any]:
        """Return what was used, without the empty parts."""
        if not (self.limits or self.rates or self.lists or self.hooks or self.lifted):
            return {}
        parts: Mapping[str, Mapping[str, Any]] = {
            "limits": self.limits,
            "rates": self.rates,
            "lists": self.lists,
            "hooks": self.hooks,
            "lifted": self.lifted,
        }
        return {name: dict(sorted(part.items())) for name, part in parts.items() if part}


def rate_in_force(rates: tuple[ExchangeRate, ...], unit: str, target: str, day: date) -> ExchangeRate | None:
    """Return the dated rate that says what one *unit* is worth in *target*; None if there is none on *day*."""
    fitting = tuple(rate for rate in rates if rate.unit == unit and rate.worth.split()[-1] == target)
    found: ExchangeRate | None = in_force(fitting, day)
    return found
