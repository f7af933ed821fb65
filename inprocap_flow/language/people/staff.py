"""Who of an organisation could act in a role on a day: holders who are there, and substitutes of those who are not.

As the engine decides it (`engine.people`), for one day and a case in which nobody has acted yet: interests can be
declared, and whoever could also refuse is taken not to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from inprocap_flow.language.model import Absence, Definition, Organisation, Person
from inprocap_flow.records import changed

ALWAYS = Absence("0001-01-01", "9999-12-31")
"""The absence of somebody who left."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way in which something could be signed or carried out: by whom, in which role of their own, for whom.

    ``identities`` are the people whose act it is: what somebody else must do, none of them may have done.
    """

    person: str
    role: str
    on_behalf_of: str | None = None
    signer: str | None = None  # whose signature on paper the person only records

    @property
    def identities(self) -> frozenset[str]:
        if self.signer is not None:
            return frozenset({self.signer})
        return frozenset(filter(None, (self.person, self.on_behalf_of)))

    def __str__(self) -> str:
        if self.signer is not None:
            return f"{self.signer} (recorded by {self.person})"
        return self.person + (f" (for {self.on_behalf_of})" if self.on_behalf_of else "")


@dataclass(frozen=True)
class Staff:
    """The people of *organisation* while those in *away* are away."""

    definition: Definition
    organisation: Organisation
    away: frozenset[str] = frozenset()

    @cached_property
    def present(self) -> tuple[Person, ...]:
        return tuple(one for one in self.organisation.people.values() if one.id not in self.away)

    def holders(self, role: str) -> tuple[Person, ...]:
        """Return everybody who holds *role*, away or not."""
        return tuple(one for one in self.organisation.people.values() if role in one.roles)

    @cached_property
    def _found(self) -> dict[tuple[tuple[str, ...], str], tuple[Option, ...]]:
        return {}

    @cached_property
    def _capacities(self) -> tuple[tuple[Person, str, str | None], ...]:
        return tuple((person, *one) for person in self.present for one in self._capacities_of(person))

    def options(self, roles: Iterable[str], act: str) -> tuple[Option, ...]:
        """Return how somebody could act in one of *roles*; *act* is ``move`` or ``approve``, which a role may be barred
        from. People of firms are not among them.
        """
        key = tuple(roles), act
        if key not in self._found:
            self._found[key] = self._options(*key)
        return self._found[key]

    def _options(self, roles: tuple[str, ...], act: str) -> tuple[Option, ...]:
        declared = [self.definition.roles[name] for name in roles if name in self.definition.roles]
        allowed = {one.name: one for one in declared if act not in one.never}
        found: dict[Option, None] = {}
        for person, own, for_whom in self._capacities:
            held = self.definition.roles.get(own)
            records = held.records_for if held else ()
            if any(name in records or (name == own and one.speaks_for is None) for name, one in allowed.items()):
                found[Option(person.id, own, for_whom)] = None
        return tuple(found)

    def _capacities_of(self, person: Person) -> Iterator[tuple[str, str | None]]:
        yield from ((role, None) for role in person.roles)
        for other in self.organisation.people.values():
            if other.substitute == person.id and other.id in self.away:
                yield from ((role, other.id) for role in other.roles if role not in person.roles)

    def are_apart(self, one: str, two: str) -> bool:
        """Return whether nobody may act in both roles in one case."""
        first, second = self.definition.roles.get(one), self.definition.roles.get(two)
        return bool((first and two in first.apart_from) or (second and one in second.apart_from))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, both included, on which the same people are away; ``last`` None: for ever."""

    first: date
    last: date | None
    away: frozenset[str]

    def __str__(self) -> str:
        if self.last is None:
            return f"from {self.first} on"
        return f"on {self.first}" if self.first == self.last else f"from {self.first} until {self.last}"


def stretches(organisation: Organisation, since: date | None = None) -> list[Stretch]:
    """Return the stretches of days on which somebody is away, in order; those that end before *since* are left out."""
    absences = [(one.id, *_days(absence)) for one in organisation.people.values() for absence in one.absent]
    turns = sorted({first for _, first, _ in absences} | {after for *_, after in absences if after is not None})
    found = []
    for number, first in enumerate(turns):
        after = turns[number + 1] if number + 1 < len(turns) else None
        away = frozenset(who for who, begin, end in absences if begin <= first and (end is None or first < end))
        last = None if after is None else after - timedelta(days=1)
        if away and (since is None or last is None or last >= since):
            found.append(Stretch(max(first, since) if since else first, last, away))
    return found


def _days(absence: Absence) -> tuple[date, date | None]:
    """Return the first day of an absence and the first one after it; None if it has no end."""
    last = date.fromisoformat(absence.last)
    return date.fromisoformat(absence.first), None if last == date.max else last + timedelta(days=1)


def with_absences(organisation: Organisation, away: Iterable[tuple[str, Absence]]) -> Organisation:
    """Return *organisation* as if these people were away too. Raises ``KeyError`` for somebody it does not know."""
    people = dict(organisation.people)
    for who, absence in away:
        people[who] = changed(people[who], absent=(*people[who].absent, absence))
    return changed(organisation, people=people)
