"""Who can carry out what a case offers, and who may record what these did elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine.case.people import able, entitled
from inprocap_flow.engine.case.records import Blocker
from inprocap_flow.engine.offers import Offer


def people_for(about: Subject, offer: Offer) -> dict[str, bool]:
    """Return who could carry out an offer, each with whether interests must be declared first.

    Holders of a role who do not speak for this track, or have acted in a role that excludes this one, are left out.
    """
    return _entitled(about, offer, offer.who)


def recorders(about: Subject, offer: Offer) -> dict[str, dict[str, bool]]:
    """Return who may record for the roles of an offer what these did elsewhere, by the role in which they record.

    Each with whether interests must be declared first. Roles in which the step can be carried out itself are left out.
    """
    by = offer.step.by
    found: dict[str, dict[str, bool]] = {}
    for role in about.definition.roles.values():
        if role.name not in by and not set(role.records_for).isdisjoint(by):
            people = _entitled(about, offer, able(about.binding, about.case, role.name, about.now))
            found |= {role.name: people} if people else {}
    return found


def _entitled(about: Subject, offer: Offer, people: Iterable[str]) -> dict[str, bool]:
    line = about.case.lines[offer.line]
    found: dict[str, bool] = {}
    for person in people:
        may = entitled(about.binding, about.case, person, offer.step.by, line, about.now, begins=offer.begins)
        if not isinstance(may, Blocker) or may.code == "interest-undeclared":
            found[person] = isinstance(may, Blocker)
    return found
