"""``destroy``: what a case kept sealed is made unreadable for ever, once its file need not be kept (ruling 2)."""

from __future__ import annotations

from datetime import datetime

import click

from inprocap_flow.cli import acting, completing
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.engine.case.records import Decision


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.option(
    "--kept-until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Until when the file had to be kept, where the case does not say, or longer than it says.",
)
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@acting.acting
@pass_session
def destroy(session: Session, case: str, kept_until: datetime | None, yes: bool, how: How) -> None:
    """Destroy the key of CASE: every value and document that was ever sealed in it is unreadable for ever.

    The case must have ended, and the time for keeping its file must be over. Everything else stays: what happened,
    who did it, what was never sealed; the chain still verifies. Needs a reason, and a role that may enter late. Copies
    in backups go only with the backups. Try it first with --dry-run.

    Example: inprocap-flow destroy 3f2a91 --reason "Retention over" --dry-run
    """
    about = acting.about_case(session, case)
    asked = acting.request(session, about, "destroy", how)
    if kept_until is not None:
        asked = acting.with_extra(asked, kept_until=kept_until.date().isoformat())
    if not (how.dry_run or yes):
        from inprocap_flow.service.acting import preview

        # A request that is refused anyway is not worth a question.
        if isinstance(preview(session.desk, about.case.id, asked), Decision):
            click.confirm(f"Destroy what case {case} has sealed, for good?", abort=True, err=True)
    acting.carry(session, about, asked, how)
