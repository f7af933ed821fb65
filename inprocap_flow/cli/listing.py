"""``cases``: what there is, and where it stands."""

from __future__ import annotations

from typing import Any

import click

from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.store.entries import CaseEntry


@click.command()
@click.option("--ended", is_flag=True, help="Cases that have ended, instead of those that run.")
@click.option("--all", "both", is_flag=True, help="Cases that run and cases that have ended.")
@pass_session
def cases(session: Session, ended: bool, both: bool) -> None:
    """List cases, the one changed last first."""
    wanted = session.options.get("organisation") or session.settings.organisation
    found = session.reading_desk.store.cases(wanted, ended=None if both else ended)
    session.answer({"cases": [_plain(entry) for entry in found]}, _lines(found))


def _plain(entry: CaseEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "procedure": entry.procedure,
        "version": entry.procedure_version,
        "organisation": entry.organisation,
        "stage": entry.stage,
        "ended": entry.ended,
        "historic": entry.historic,
        "opened_at": entry.opened_at,
        "opened_by": entry.opened_by,
        "last_change_at": entry.last_change_at,
        "last_change_by": entry.last_change_by,
    }


def _lines(found: tuple[CaseEntry, ...]) -> list[str]:
    if not found:
        return ["No cases."]
    return [f"{entry.id}  {entry.stage}  {entry.title}" for entry in found]
