"""``do`` and ``set``: steps carried out, fields filled."""

from __future__ import annotations

import click

from inprocap_flow.cli import acting, completing
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.cli.subject import Subject
from inprocap_flow.engine.case.records import MAIN

_ON = click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track, such as supplier/alpha.")


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("step", shell_complete=completing.steps)
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...", shell_complete=completing.fields)
@_ON
@click.option("--new", metavar="KIND/NAME", help="Begin a track: supplier/alpha.")
@click.option("--of", metavar="TRACK", shell_complete=completing.lines, help="The track that a new one belongs to.")
@acting.bringing
@acting.acting
@pass_session
def do(
    session: Session,
    *,
    case: str,
    step: str,
    fields: tuple[str, ...],
    on: str | None,
    new: str | None,
    of: str | None,
    documents: tuple[str, ...],
    how: How,
) -> None:
    """Carry out STEP of CASE. What refuses it is listed whole, exactly as `why` says it.

    Examples: inprocap-flow do 3f2a91 send_call --doc notice=notice.pdf,
    inprocap-flow do 3f2a91 register --new bidder/alpha firm="Alpha GmbH"
    """
    from inprocap_flow.cli.case_names import typed_fields
    from inprocap_flow.service.typing_in import line_kind

    about = acting.about_case(session, case)
    texts, paths = acting.assigned(fields, "field"), acting.assigned(documents, "document")
    _refuse_both(on, new, of)
    if not new:
        _point_to_the_track(about, step, on)
    line = acting.known_line(about, on)
    acting.known_line(about, of)
    kind = line_kind(about.definition, new or line, about.case)
    asked = acting.request(
        session,
        about,
        "do",
        how,
        name=step,
        line=MAIN if new else line,
        new=new,
        parent=of,
        fields=typed_fields(session, about, kind, texts),
        documents=acting.taken_in(session, about, new or line, paths, how),
    )
    acting.carry(session, about, asked, how)


def _refuse_both(on: str | None, new: str | None, of: str | None) -> None:
    if on and new:
        raise click.UsageError("--on names a track that is there, --new one that begins: give one of them.")
    if of and not new:
        raise click.UsageError("--of says to what a new track belongs: give --new, too.")


def _point_to_the_track(about: Subject, step: str, on: str | None) -> None:
    """Say which track is missing, if *step* is none of the case (or of the track *on*) but one of its tracks."""
    from inprocap_flow.service.typing_in import line_kind

    definition = about.definition
    own = line_kind(definition, on or MAIN, about.case)
    if step in definition.line(own).steps:
        return
    for kind, line in definition.tracks.items():
        if step == line.begins.name:
            parent = on if on and own == line.parent else f"{line.parent}/NAME"
            belongs = f" --of {parent}" if line.parent else ""
            raise click.UsageError(f"{step} begins a new track: name it with --new {kind}/NAME{belongs}.")
        if step in line.steps and not on:
            there_are = ", ".join(track.id for track in about.case.tracks(kind)) or "none yet"
            raise click.UsageError(f"{step} is a step of a track: name it with --on. There are: {there_are}.")


@click.command("set")
@click.argument("case", shell_complete=completing.cases)
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...", shell_complete=completing.fields)
@_ON
@acting.acting
@pass_session
def set_(session: Session, case: str, fields: tuple[str, ...], on: str | None, how: How) -> None:
    """Set fields of CASE. An empty value clears a field.

    Example: inprocap-flow set 3f2a91 value="90000 EUR" closing_day=2026-02-20
    """
    from inprocap_flow.cli.case_names import typed_fields
    from inprocap_flow.service.typing_in import line_kind

    about = acting.about_case(session, case)
    texts = acting.assigned(fields, "field")
    line = acting.known_line(about, on)
    typed = typed_fields(session, about, line_kind(about.definition, line, about.case), texts)
    acting.carry(session, about, acting.request(session, about, "fill", how, line=line, fields=typed), how)
