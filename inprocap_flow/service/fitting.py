"""What organisations lack for a released procedure: people, calendars, or the word that they use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from inprocap_flow.errors import NotFound
from inprocap_flow.language.choices import uses
from inprocap_flow.service.choosing import release_for
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.port import Reading


@dataclass(frozen=True, slots=True)
class Unfit:
    """Something that a released procedure needs and a released organisation does not have, people for instance."""

    procedure: str
    organisation: str
    code: str
    fact: str
    mend: str


def unused(desk: Desk, procedures: Iterable[str], organisations: Iterable[str]) -> tuple[Unfit, ...]:
    """Return which released procedures the organisations do not list, today or later: nobody there can open a case."""
    owners = tuple(organisations)
    with desk.store.reading() as reading:
        lists = {name: desk.organisation(reading, name).procedures for name in owners}
    return tuple(
        Unfit(
            procedure,
            name,
            "not-used-here",
            f"{name} does not use {procedure}",
            f"add it under `procedures:` in the file of {name} and release that again:  - {{procedure: {procedure}}}",
        )
        for procedure in procedures
        for name, chosen in lists.items()
        if chosen and all(one.name != procedure for one in chosen)
    )


def unfit(desk: Desk, procedures: Iterable[str], organisations: Iterable[str]) -> tuple[Unfit, ...]:
    """Return what `check` with the organisation would refuse of procedures as they are in effect there today.

    Nothing is said of one that cannot be opened there: `lacking` (`service.applying`) says why.
    It is no reason not to release: people come and go, while a release stays. But who opens a case should know.
    """
    owners = tuple(organisations)
    with desk.store.reading() as reading:
        return tuple(
            found
            for procedure in procedures
            for organisation in owners
            for found in _unfit(desk, reading, procedure, organisation)
        )


def _unfit(desk: Desk, reading: Reading, procedure: str, organisation: str) -> Iterator[Unfit]:
    from inprocap_flow.language.checks import approval_impossible, organisation_lacks, too_few_people
    from inprocap_flow.language.checks.finding import Around

    whose = desk.organisation(reading, organisation)
    around = Around(None, whose)
    day = desk.clock.now().astimezone(ZoneInfo(whose.zone)).date()
    if not uses(whose, procedure, day):
        return
    try:
        definition = desk.machine(
            reading, release_for(desk, reading, procedure, organisation, day).content_hash
        ).definition
    except NotFound:  # no case can be opened, which is said apart; what it would need shows in nothing else
        return
    for one in (too_few_people, approval_impossible, organisation_lacks):
        for found in one.check(definition, around):
            yield Unfit(procedure, organisation, one.CODE, found.fact, found.mend)
