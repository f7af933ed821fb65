"""``ask``, ``sign``, ``decline``, ``withdraw``: the life of an approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from inprocap_flow.cli import acting, completing
from inprocap_flow.cli.acting import How
from inprocap_flow.cli.session import Session, pass_session


def _command(kind: str, says: str, example: str) -> click.Command:
    """Return the command for one act on an approval; they differ in nothing but the act."""

    def run(session: Session, case: str, approval: str, on: str | None, how: How, signed_by: str | None = None) -> None:
        about = acting.about_case(session, case)
        line = acting.known_line(about, on)
        asked = acting.request(session, about, kind, how, name=approval, line=line)
        acting.carry(session, about, acting.with_extra(asked, signed_by=signed_by) if signed_by else asked, how)

    run.__doc__ = f"{says}\n\nExample: inprocap-flow {example}"
    decorated: Callable[..., Any] = pass_session(acting.acting(run))
    for option in (
        click.option("--on", metavar="TRACK", shell_complete=completing.lines, help="The track it belongs to."),
        click.argument("approval", shell_complete=completing.approvals),
        click.argument("case", shell_complete=completing.cases),
    ):
        decorated = option(decorated)
    return click.command(kind)(decorated)


ask = _command(
    "ask",
    "Ask for APPROVAL in CASE: those who can sign are told. After one was declined, this begins a new round.",
    "ask 3f2a91 launch --as ben",
)
sign = click.option(
    "--signed-by",
    metavar="PERSON",
    help="Whose signature on paper you record, where the procedure lets somebody record it.",
)(
    _command(
        "sign",
        "Sign APPROVAL in CASE, in your own role or for somebody absent whom you stand in for.",
        "sign 3f2a91 launch --as dora",
    )
)
decline = _command(
    "decline",
    "Decline APPROVAL in CASE, with the reason. Where a majority decides, this is a vote against.",
    'decline 3f2a91 launch --as dora --reason "The value is out of date"',
)
withdraw = _command(
    "withdraw",
    "Withdraw your own signature from APPROVAL in CASE, with the reason, while it is not used yet.",
    'withdraw 3f2a91 launch --as dora --reason "Signed the wrong one"',
)
