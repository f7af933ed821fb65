"""What can be wrong with somebody in the file of an organisation, each with its place in that file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from inprocap_flow.addresses import is_mail_address
from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import SYSTEM
from inprocap_flow.language.schema.organisation import PersonDoc


class Mistake(NamedTuple):
    """Something wrong at *path*, as it is told."""

    path: NodePath
    code: str
    fact: str
    mend: str


def mistakes(name: str, people: Mapping[str, PersonDoc]) -> Iterator[Mistake]:
    """Yield what is wrong with the person *name* among *people*."""
    doc, at = people[name], ("people", name)
    if name == SYSTEM:  # what it does, nobody did: a person of that name would leave no trace
        yield Mistake(at, "reserved-name", f"`{name}` is nobody's id.", "Choose another id.")
    if doc.contact is not None and not is_mail_address(doc.contact):
        fact = f"`{doc.contact}` is no mail address: no message would reach `{name}`."
        mend = "Write one such as ada@example.org, or leave `contact` out."
        yield Mistake((*at, "contact"), "no-mail-address", fact, mend)
    yield from _standing_in(name, doc, people)
    for number, absence in enumerate(doc.absent):
        if absence.until < absence.from_:
            fact = f"{absence.until} is before {absence.from_}."
            yield Mistake((*at, "absent", number, "until"), "bad-value", fact, "Exchange the days.")


def _standing_in(name: str, doc: PersonDoc, people: Mapping[str, PersonDoc]) -> Iterator[Mistake]:
    at = ("people", name, "substitute")
    if doc.substitute == name:
        fact = f"`{name}` stands in for `{name}`, so nobody does while `{name}` is away."
        yield Mistake(at, "own-substitute", fact, "Name somebody else, or leave `substitute` out.")
    elif doc.substitute is not None and doc.substitute not in people:
        yield Mistake(at, "unknown-person", f"`{doc.substitute}` is nobody here.", "Name somebody under `people:`.")
