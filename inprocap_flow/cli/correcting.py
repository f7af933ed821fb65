"""``annul``: what was recorded is taken back by recording that it is (ruling 7). Nothing is ever deleted."""

from __future__ import annotations

import click

from inprocap_flow.cli import acting, completing
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session


@click.command()
@click.argument("case", shell_complete=completing.cases)
@click.argument("number", type=click.IntRange(min=1))
@click.option("--with", "others", type=click.IntRange(min=1), multiple=True, metavar="N", help="Annul this one, too.")
@acting.acting
@pass_session
def annul(session: Session, case: str, number: int, others: tuple[int, ...], how: How) -> None:
    """Annul decision NUMBER of CASE (see `history` for the numbers), with the reason.

    It is accepted if everything decided later comes out the same without it, or is annulled with it; else what rests
    on it is listed. Try it first with --dry-run. Example: inprocap-flow annul 3f2a91 7 --reason "Wrong file" --dry-run
    """
    about = acting.about_case(session, case)
    asked = acting.request(session, about, "annul", how, name=str(number))
    acting.carry(session, about, acting.with_extra(asked, **({"with": list(others)} if others else {})), how)
