"""``derogate``: a rule of the house is lifted in one case, by whom the overlay names and with what it asks for."""

from __future__ import annotations

import click

from inprocap_flow.cli import acting, completing
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.engine.case.records import MAIN
from inprocap_flow.language.model import CASE


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("derogation", shell_complete=completing.derogations)
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...", shell_complete=completing.fields)
@acting.bringing
@acting.acting
@pass_session
def derogate(
    session: Session,
    *,
    case: str,
    derogation: str,
    fields: tuple[str, ...],
    documents: tuple[str, ...],
    how: How,
) -> None:
    """Grant DEROGATION in CASE: the rules that it lifts bind this case no more.

    Only rules of custom or of the house can be lifted, never law. `next` says what can be granted, `why` what it needs.

    Example: inprocap-flow derogate 3f2a91 urgent --doc decision=decision.pdf --reason "The roof leaks"
    """
    from inprocap_flow.cli.case_names import typed_fields

    about = acting.about_case(session, case)
    texts, paths = acting.assigned(fields, "field"), acting.assigned(documents, "document")
    asked = acting.request(
        session,
        about,
        "derogate",
        how,
        name=derogation,
        fields=typed_fields(session, about, CASE, texts),
        documents=acting.taken_in(session, about, MAIN, paths, how),
    )
    acting.carry(session, about, asked, how)
