"""``open``: a case begins."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from inprocap_flow.cli import acting, outcomes
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject, names
from inprocap_flow.cli.words import Words
from inprocap_flow.engine.case.history import EMPTY
from inprocap_flow.engine.case.records import Request
from inprocap_flow.language.model import CASE


@click.command("open")
@click.argument("procedure")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--title", default="", metavar="TEXT", help="What people call the case.")
@click.option("--version", "version", metavar="VERSION", help="A version; without it, the one in force today.")
@click.option("--doc", "documents", multiple=True, metavar="NAME=PATH", help="A document that comes with it.")
@acting.acting
@pass_session
def open_(
    session: Session,
    *,
    procedure: str,
    fields: tuple[str, ...],
    title: str,
    version: str | None,
    documents: tuple[str, ...],
    how: How,
) -> None:
    """Open a case of PROCEDURE, with the fields that its first step asks for.

    Example: inprocap-flow open purchase --as ada --title "Cooling" need="A pump"
    """
    from inprocap_flow.cli.case_names import typed_fields
    from inprocap_flow.service.documents import Destination, take_in

    assert session.actor
    texts, paths = acting.assigned(fields, "field"), acting.assigned(documents, "document")
    about = _new(session, procedure, version, how)
    case_id = session.desk.ids.new("case")
    typed = typed_fields(session, about, CASE, texts)
    handed = take_in(session.desk, Destination(about.binding, case_id), paths, now=about.now, keep=not how.dry_run)
    asked = acting.request(session, about, "open", how, fields=typed, documents=handed)
    asked = acting.with_extra(asked, title=title.strip(), case=case_id)
    outcome = _decide(session, procedure, version, asked, record=not how.dry_run)
    acting.tell(session, outcome, asked, about, dry_run=how.dry_run)


def _decide(session: Session, procedure: str, version: str | None, asked: Request, *, record: bool) -> outcomes.Outcome:
    if record:
        from inprocap_flow.service.acting import open_case

        return open_case(session.desk, procedure, session.organisation, asked, version=version)
    from inprocap_flow.service.trying import preview_opening

    return preview_opening(session.desk, procedure, session.organisation, asked, version=version)


def _new(session: Session, procedure: str, version: str | None, how: How) -> Subject:
    """Return a case that is not there yet, on the release that it gets: in force on the day, with its overlays."""
    from inprocap_flow.service.choosing import release_for

    desk, organisation = session.desk, session.organisation
    now = desk.clock.now()
    with desk.store.reading() as reading:
        zone = ZoneInfo(desk.organisation(reading, organisation).zone)
        happened = acting.happened(how, zone)
        day = (happened.last if happened else now).astimezone(zone).date()
        released = release_for(desk, reading, procedure, organisation, day, version)
        binding = desk.bind(reading, released.content_hash, organisation)
        words = Words(zone, session.settings.language, names(reading, organisation))
    return Subject(EMPTY, binding, words, now, procedure)
