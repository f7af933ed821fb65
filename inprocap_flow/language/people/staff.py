"""Who of an organisation could act in a role on a day: holders who are there, and substitutes of those who are not.

As the engine decides it (`engine.case.people`), for one day and a case in which nobody has acted yet: interests can be
declared, and whoever could also refuse is taken not to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from inprocap_flow.language.model import CASE, Absence, Definition, Organisation, Person
from inprocap_flow.records import changed

ALWAYS = Absence("0001-01-01", "9999-12-31")
"""The absence of somebody who left."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way in which something could be signed or carried out: by whom, in which role of their own, for whom.

    ``identities`` are those whose act it is: what somebody else must do, none of them may have done. An act that is
    only recorded for a role (``records_for``) is one of that role, whoever records it, and not of somebody who is away.
    """

    person: str
    role: str
    on_behalf_of: str | None = None
    signer: str | None = None  # whose signature on paper the person only records
    recorded_for: str | None = None  # the role whose act the person only records, and of which track

    @property
    def identities(self) -> frozenset[str]:
        if self.signer is not None:
            return frozenset({self.signer})
        return frozenset(filter(None, (self.person, self.recorded_for or self.on_behalf_of)))

    def __str__(self) -> str:
        if self.signer is not None:
            return f"{self.signer} (recorded by {self.person})"
        if self.recorded_for is not None:
            return f"{self.person} (recording for {self.recorded_for})"
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
    def _found(self) -> dict[tuple[tuple[str, ...], str, str], tuple[Option, ...]]:
        return {}

    @cached_property
    def _capacities(self) -> dict[str, tuple[tuple[str, str | None], ...]]:
        return {person.id: tuple(self._capacities_of(person)) for person in self.present}

    def options(self, roles: Iterable[str], act: str, line: str = CASE) -> tuple[Option, ...]:
        """Return how somebody could act in one of *roles* on a *line*; *act* is ``move`` or ``approve``, which a role
        may be barred from. People of firms are not among them.
        """
        key = tuple(roles), act, line
        if key not in self._found:
            found = (option for one in self.present for named in self.names(one, *key[0])
                     for option in self.acting(one, key[0], act, line, named))  # fmt: skip
            self._found[key] = tuple(dict.fromkeys(found))
        return self._found[key]

    def names(self, person: Person, *roles: str) -> tuple[str | None, ...]:
        """Return what *person* can name who would act in one of *roles*: no role, one of the own ones, one of these."""
        return tuple(dict.fromkeys((None, *(own for own, _ in self._capacities[person.id]), *roles)))

    def acting(
        self, person: Person, roles: tuple[str, ...], act: str, line: str, named: str | None
    ) -> tuple[Option, ...]:
        """Return as what *person* acts who would act in one of *roles* and names the role *named*; empty: as nothing.

        Several options differ in the absent person alone: what speaks against one of them is known in the case only.
        """
        held = self._capacities[person.id]
        for own, _ in sorted(held, key=lambda one: one[0] != named) if named else held:
            for role in self._covered(own, roles, act):
                if named in (None, role, own):
                    said = None if role == own else role if line == CASE else f"{role} of {line}"
                    return tuple(Option(person.id, own, whom, recorded_for=said) for name, whom in held if name == own)
        return ()

    def _covered(self, own: str, roles: tuple[str, ...], act: str) -> Iterator[str]:
        """Yield those of *roles* that *own* gives, in their order: the role itself, or those that it records for."""
        held = self.definition.roles.get(own)
        records = held.records_for if held else ()
        for name in roles:
            role = self.definition.roles.get(name)
            if role is None or act in role.never:
                continue
            if name in records or (name == own and role.speaks_for is None):
                yield name

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
