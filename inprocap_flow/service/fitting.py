"""What organisations lack for a released procedure: people, calendars, or the word that they use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from inprocap_flow.errors import NotFound
from inprocap_flow.language.choices import uses
from inprocap_flow.language.model import Definition, Organisation
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


def unkept(desk: Desk, procedures: Iterable[str], organisations: Iterable[str]) -> tuple[Unfit, ...]:
    """Return where nobody could annul, move to another version or destroy, for no version and no house names a role.

    That is: `may_backdate` of the procedure is empty, and so is `keeps_record` of the organisation. That nobody holds a
    role that is named, other checks say. Procedures that an organisation does not use, or that are not released, are
    passed over.
    """
    owners = tuple(organisations)
    with desk.store.reading() as reading:
        return tuple(
            found
            for procedure in procedures
            for organisation in owners
            for found in _unkept(desk, reading, procedure, organisation)
        )


def _unkept(desk: Desk, reading: Reading, procedure: str, organisation: str) -> Iterator[Unfit]:
    whose = desk.organisation(reading, organisation)
    if (definition := _in_effect(desk, reading, procedure, whose)) is None:
        return
    if definition.may_backdate or whose.keeps_record:
        return
    fact = f"{procedure} names no role under `may_backdate`, nor {organisation} one under `keeps_record`"
    mend = f"write a role that somebody holds under `keeps_record:` into the file of {organisation}"
    yield Unfit(procedure, organisation, "nobody-keeps-record", fact, f"{mend}, and release that again")


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
    if (definition := _in_effect(desk, reading, procedure, whose)) is None:
        return
    for one in (too_few_people, approval_impossible, organisation_lacks):
        for found in one.check(definition, around):
            yield Unfit(procedure, organisation, one.CODE, found.fact, found.mend)


def _in_effect(desk: Desk, reading: Reading, procedure: str, whose: Organisation) -> Definition | None:
    """Return *procedure* as it is in effect at the organisation today; None where no case can be opened there.

    That is said apart; what it would need shows in nothing else.
    """
    day = desk.clock.now().astimezone(ZoneInfo(whose.zone)).date()
    if not uses(whose, procedure, day):
        return None
    try:
        released = release_for(desk, reading, procedure, whose.name, day)
    except NotFound:
        return None
    return desk.machine(reading, released.content_hash).definition
