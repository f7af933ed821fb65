"""Invented values, papers and people for a case that is only played to show something: the likely ones come first."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case
from inprocap_flow.language.model import Field, Step

FIRMS = ("alpha", "beta", "gamma", "delta", "epsilon")
ANOTHER_CASE = "another-case"
_TEXTS = {
    "yes_no": ("yes", "no"),
    "whole_number": ("1", "2", "3", "5", "10"),
    "number": ("1", "2.5", "10"),
    "percent": ("60 percent", "90 percent", "20 percent"),
    "period": ("10 days", "3 months"),
    "country": ("DE", "FR"),
    "case": (ANOTHER_CASE,),
}


class Guess:
    """Draws values; the first of a field is always the same, later ones differ until something fits."""

    def __init__(self, binding: Binding, seed: int = 0, skip: int = 0) -> None:
        """*skip*: so many of the likely values are left out at first; they come last."""
        self.binding = binding
        self.skip = skip
        self.chance = random.Random(seed)  # noqa: S311  # nothing secret
        self.tried: dict[str, int] = {}

    def value(self, field: Field, now: datetime) -> str:
        """Return the text of a value that fits the type of *field*; another one each time, the likely ones first."""
        texts = tuple(self._texts(field, now))
        turn = self.tried.get(field.name, 0)
        self.tried[field.name] = turn + 1
        return texts[(turn + self.skip) % len(texts)] if turn < len(texts) else self.chance.choice(texts)

    def _texts(self, field: Field, now: datetime) -> Iterator[str]:
        local = now.astimezone(self.binding.zone)
        currency = field.currency or self.binding.organisation.currency
        if field.type == "money":
            yield from (f"{amount} {currency}" for amount in (100000, 20000, 1000, 900000))
        elif field.type == "date":
            yield from ((local + timedelta(days=days)).date().isoformat() for days in (60, 90, 30, 200, 10, -1, -20))
        elif field.type == "moment":
            yield from (f"{local + timedelta(days=days):%Y-%m-%d} 12:00" for days in (30, 60, 120, 10, 3, -1, -20))
        elif field.type == "choice":
            yield from field.choices
        elif field.type == "person":
            yield from self.binding.organisation.people
        elif field.type == "meeting":
            known = self.binding.organisation.committees.get(field.committee or "", ())
            yield from (one.id for one in known if one.meets >= local.date().isoformat())
        else:
            yield from _TEXTS.get(field.type, ("as invented",))

    # ------------------------------------------------------------------------------------------ people

    def somebody(self, step_by: tuple[str, ...], case: Case | None, line_id: str) -> str:
        """Return a person who may act in one of the roles on a line: whoever speaks for it, before others.

        Those who have declared a conflict of interest come last: they are refused everything.
        """
        gone = {one.person for one in case.interests if one.conflict} if case is not None else set[str]()
        people = [person for role in step_by for person in self.binding.holders(role)]
        people.sort(key=lambda one: one.id in gone)
        above = self._above(case, line_id)
        for person in people:
            if any(line in above for line in person.speaks_for):
                return person.id
        plain = [person.id for person in people if not person.speaks_for]
        return plain[0] if plain else people[0].id if people else "nobody"

    def _above(self, case: Case | None, line_id: str) -> set[str]:
        found = {line_id}
        while case is not None and line_id in case.lines and line_id != MAIN:
            line_id = case.lines[line_id].parent or MAIN
            found.add(line_id)
        return found

    def filler(self, roles: tuple[str, ...], case: Case | None, line_id: str) -> str:
        """Return who may fill in or file something."""
        return self.somebody(roles, case, line_id)


def wants(step: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields and documents that must come with *step*."""
    return step.handed_in.fields, step.handed_in.documents
