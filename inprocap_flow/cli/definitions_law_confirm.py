"""``law confirm``: somebody compared a value with its source, and the file that brings it says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import file_desk, shown, today, written
from inprocap_flow.cli.options import Day
from inprocap_flow.cli.session import Session, pass_session

if TYPE_CHECKING:
    from inprocap_flow.service.confirming import Confirmation


@click.command()
@click.argument("name")
@click.argument("limit")
@click.option("--by", "who", required=True, metavar="PERSON", help="Who compared the value with its source.")
@click.option("--on", "day", type=Day(), metavar="DAY", help="When; without it, today.")
@click.option("--source", metavar="TEXT", help="The source as it was read: act, article, edition.")
@click.option("--value-on", type=Day(), metavar="DAY", help="The value in force on this day; without it, on --on.")
@click.option(
    "--kind",
    type=click.Choice(["rulebook", "overlay", "procedure", "block"]),
    metavar="KIND",
    help="rulebook, overlay, procedure or block: which is meant, where two called NAME have LIMIT.",
)
@pass_session
def confirm(
    session: Session,
    name: str,
    limit: str,
    *,
    who: str,
    day: date | None,
    source: str | None,
    value_on: date | None,
    kind: str | None,
) -> None:
    """Record that somebody compared a value with its source.

    LIMIT may also be lengths that no rulebook gives, as law NAME --own lists them: estimates, own_lengths, or the key
    of a length with a source of its own. Then somebody of the house has looked at them and stands by them.

    NAME is the rulebook, overlay or procedure that brings the value; of lengths the procedure, overlay or block. It is
    written beside the value, into the file in your own folder of definitions; a shipped one is copied there first. The
    file gets a version of its own, since what is released never changes. Release it, and the value is shown as
    confirmed wherever it is cited; running cases keep the version of their procedure and overlays.
    """
    now = today(session)
    how: dict[str, Any] = {"by": who, "on": day or now, "today": now, "kind": kind, "source": source}
    made, text = _made(session, name, limit, value_on, how)
    made.path.parent.mkdir(parents=True, exist_ok=True)
    written(made.path, text)
    session.answer(_plain(made), _confirmed(made))


def _made(
    session: Session, name: str, limit: str, value_on: date | None, how: dict[str, Any]
) -> tuple[Confirmation, str]:
    """Return what was confirmed, a limit or a length that no rulebook gives, and the new text of its file."""
    from inprocap_flow.service import confirming, confirming_own

    folders, own = file_desk(session).definitions, session.settings.definitions
    if confirming_own.is_own(limit):
        return confirming_own.confirm_own(folders, own, name, limit, **how)
    return confirming.confirm(folders, own, name, limit, value_on=value_on, **how)


def _plain(made: Confirmation) -> dict[str, Any]:
    return {
        "kind": made.kind,
        made.kind: made.name,
        "limit": made.limit,
        "value": made.value,
        "confirmed_by": made.by,
        "confirmed_on": made.on,
        "source": made.source,
        "file": shown(made.path),
        "version": made.version,
        "copied_from": shown(made.copied_from) if made.copied_from else None,
        "overlays": list(made.overlays),
    }


def _confirmed(made: Confirmation) -> Iterator[str]:
    """Yield what was written where, and what is to be done next."""
    whose = made.name if made.kind == "rulebook" else f"the {made.kind} {made.name}"
    yield from layout.wrapped(f"{made.limit} of {whose}: {made.value}, confirmed on {made.on} by {made.by}.")
    yield from layout.wrapped(f"Source: {made.source}.")
    if made.copied_from:
        yield from layout.wrapped(f"Copied from {shown(made.copied_from)}, which stays as it is.")
    yield from layout.wrapped(f"Written: {shown(made.path)}, now version {made.version}.")
    if made.kind == "block":
        yield from layout.wrapped("Next: give the procedures that include it a version of their own, and release them.")
        return
    if made.overlays:
        named = ", ".join(made.overlays)
        yield from layout.wrapped(f"Mind: add this version under `for: {made.name}:` in what was written for another: "
                                  f"{named}.")  # fmt: skip
    yield from layout.wrapped(f"Next: inprocap-flow release {shown(made.path)}")
