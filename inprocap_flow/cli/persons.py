"""``interest``, ``absence``, ``people``: conflicts of interest, who is away, and what is known of whom (ruling 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from inprocap_flow.cli import acting, completing, layout
from inprocap_flow.cli.acting import NOT_AUTHENTICATED, How
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.words import Words, day
from inprocap_flow.engine.case.records import Case
from inprocap_flow.store.records import Person


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.option("--none", is_flag=True, help="There is no conflict.")
@click.option("--conflict", is_flag=True, help="There is one; say which with --reason.")
@click.option(
    "--on", metavar="TRACK", shell_complete=completing.lines, help="With which track, such as supplier/alpha."
)
@acting.acting
@pass_session
def interest(session: Session, case: str, none: bool, conflict: bool, on: str | None, how: How) -> None:
    """Declare your interests in CASE: none, or a conflict. A conflict takes you out of it, your signatures too.

    Example: inprocap-flow interest 3f2a91 --none --as gus
    """
    if none == conflict:
        raise click.UsageError("Say either --none or --conflict.")
    about = acting.about_case(session, case)
    line = acting.known_line(about, on)
    asked = acting.request(session, about, "interest", how, line=line)
    acting.carry(session, about, acting.with_extra(asked, conflict=conflict), how)


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("person")
@click.option("--from", "first", type=_DAY, required=True, metavar="DAY", help="The first day away.")
@click.option("--until", "last", type=_DAY, required=True, metavar="DAY", help="The last day away.")
@click.option("--substitute", metavar="PERSON", help="Who stands in.")
@click.option("--cancel", is_flag=True, help="Take an absence of exactly these days back.")
@pass_session
def absence(
    session: Session, person: str, first: datetime, last: datetime, substitute: str | None, cancel: bool
) -> None:
    """Say that PERSON is away, and who stands in. It counts for every case of the organisation at once.

    Absences are personal: they lie outside the audit trail and can be erased.

    Example: inprocap-flow absence emil --from 2026-07-01 --until 2026-07-14 --substitute fay
    """
    from inprocap_flow.service.people import not_absent, say_absent

    actor, desk, organisation = session.actor, session.desk, session.organisation
    if cancel:
        known = not_absent(desk, organisation, person, first.date(), last.date())
    else:
        days = (first.date(), last.date())
        known = say_absent(desk, organisation, person, *days, by=actor, substitute=substitute)
    session.answer(
        {"organisation": organisation, "person": to_plain(known), **_said_by(session)}, _lines(known, session)
    )
    session.note(f"(acting as {actor}, {NOT_AUTHENTICATED.format(account=session.account)})")


def _said_by(session: Session) -> Mapping[str, Any]:
    return {"actor": session.actor, "account": session.account, "authenticated": False}


@click.group()
def people() -> None:
    """What is known of the people of an organisation: list, show, export, erase; and who reads for a firm."""


@people.command("list")
@pass_session
def list_(session: Session) -> None:
    """List everybody, with roles and absences."""
    organisation = session.organisation
    with session.reading_desk.store.reading() as reading:
        found = reading.people(organisation)
    lines = layout.table([[person.id, person.name or _nameless(person), _role_of(person)] for person in found])
    session.answer(
        {"organisation": organisation, "people": [to_plain(person) for person in found]}, lines or ["Nobody."]
    )


def _role_of(person: Person) -> str:
    """Return the roles of somebody, or for which firms they read."""
    from inprocap_flow.service.roster import tracks_read

    read = dict.fromkeys(line for _, line in tracks_read(person))
    return ", ".join(person.roles) or (f"(reads for {', '.join(read)})" if read else "")


def _nameless(person: Person) -> str:
    return "(erased)" if person.erased_at else ""


@people.command("show")
@click.argument("person")
@pass_session
def show(session: Session, person: str) -> None:
    """Show one person: name, roles, contact, absences, substitute."""
    from inprocap_flow.service.people import person_of

    organisation = session.organisation
    with session.reading_desk.store.reading() as reading:
        known = person_of(reading, organisation, person)
    session.answer({"organisation": organisation, "person": to_plain(known)}, _lines(known, session))


@people.command("reach")
@click.argument("case", shell_complete=completing.cases)
@click.argument("track", shell_complete=completing.lines)
@click.option("--email", required=True, metavar="ADDRESS", help="Where what the track is told is sent.")
@click.option("--name", default="", help="Whose address it is.")
@click.option("--person", metavar="ID", help="An id for them, in the place of one that is made; or somebody known.")
@pass_session
def reach(session: Session, case: str, track: str, email: str, name: str, person: str | None) -> None:
    """Say where a firm is reached that somebody else registered: TRACK of CASE, such as supplier/alpha.

    Whoever reads there gets what the firm is told, and may do nothing. It is personal data: outside the audit trail,
    and erased with the person. What found nobody before goes out with: inprocap-flow deliveries retry.

    Example: inprocap-flow people reach 3f2a91 supplier/alpha --email office@alpha.example --name "Zoe Invented"
    """
    from inprocap_flow.service.speaking import reach as reach_them

    about = acting.about_case(session, case)
    known = reach_them(session.desk, about.case.id, track, email, by=session.actor, name=name, person=person or None)
    session.answer(
        {**_of_a_track(session, about.case, track), "person": to_plain(known)},
        [f"{track} is reached.", "", *_lines(known, session)],
    )
    session.note(f"(acting as {session.actor}, {NOT_AUTHENTICATED.format(account=session.account)})")


@people.command("unreach")
@click.argument("case", shell_complete=completing.cases)
@click.argument("track", shell_complete=completing.lines)
@pass_session
def unreach(session: Session, case: str, track: str) -> None:
    """Have nobody told any more who was named with `people reach` for TRACK of CASE.

    Example: inprocap-flow people unreach 3f2a91 supplier/alpha
    """
    from inprocap_flow.service.speaking import reach_no_more

    about = acting.about_case(session, case)
    gone = reach_no_more(session.desk, about.case.id, track, by=session.actor)
    names = ", ".join(one.id for one in gone)
    session.answer(
        {**_of_a_track(session, about.case, track), "removed": [one.id for one in gone]},
        [f"{names}: not told for {track} any more."],
    )
    session.note(f"(acting as {session.actor}, {NOT_AUTHENTICATED.format(account=session.account)})")


def _of_a_track(session: Session, case: Case, track: str) -> dict[str, Any]:
    return {"organisation": case.organisation, "case": case.id, "track": track, **_said_by(session)}


@people.command("export")
@click.argument("person")
@pass_session
def export(session: Session, person: str) -> None:
    """Print everything that is known of a person, and what they did, as JSON: for whoever asks what is kept of them."""
    from inprocap_flow.cli.session import print_json
    from inprocap_flow.service.people import export_person

    print_json(export_person(session.reading_desk, session.organisation, person))


@people.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@pass_session
def erase(session: Session, person: str, yes: bool) -> None:
    """Forget a person's name, contact, roles and absences for good. The id stays, so every chain still verifies."""
    from inprocap_flow.service.people import erase_person, person_of

    actor, organisation = session.actor, session.organisation
    with session.reading_desk.store.reading() as reading:
        person_of(reading, organisation, person)
    if not yes:
        click.confirm(f"Forget {person} of {organisation} for good? This cannot be undone.", abort=True, err=True)
    erase_person(session.desk, organisation, person, by=actor)
    plain = {"organisation": organisation, "person": person, "erased": True, **_said_by(session)}
    session.answer(plain, [f"{person} is forgotten; the id stays in what was recorded."])
    session.note(f"(acting as {actor}, {NOT_AUTHENTICATED.format(account=session.account)})")


def to_plain(person: Person) -> dict[str, Any]:
    """Return a person as JSON data."""
    return {
        "id": person.id,
        "name": person.name,
        "contact": dict(person.contact),
        "roles": list(person.roles),
        "absences": [dict(absence) for absence in person.absences],
        "substitute": person.substitute,
        "erased_at": person.erased_at,
    }


def _lines(person: Person, session: Session) -> list[str]:
    from inprocap_flow.service.roster import ENTERED, READS_FOR, tracks_read

    shown = {name: value for name, value in person.contact.items() if name not in (READS_FOR, ENTERED)}
    read = "; ".join(f"{line} of {case}" for case, line in tracks_read(person))
    absences = "; ".join(f"{_day(a['from'])} to {_day(a['until'])}" for a in person.absences)
    rows = [
        ("roles", ", ".join(person.roles)),
        *((str(name), str(value)) for name, value in shown.items()),
        ("reads for", read),
        ("away", absences),
        ("stands in", person.substitute or ""),
        ("erased", _moment(person.erased_at, session) if person.erased_at else ""),
    ]
    title = f"{person.name} ({person.id})" if person.name else person.id
    return [layout.heading(title), *layout.pairs(rows)]


def _moment(stored: str, session: Session) -> str:
    desk = session.reading_desk
    with desk.store.reading() as reading:
        return Words(ZoneInfo(desk.organisation(reading, session.organisation).zone)).moment(stored)


def _day(text: str) -> str:
    from datetime import date

    return day(date.fromisoformat(str(text)))
