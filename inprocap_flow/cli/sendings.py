"""``date --sent``: a period that starts with the sending to several people, some later, some twice (R12, R16)."""

from __future__ import annotations

from collections.abc import Sequence

import click

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.dispatches import Dispatch, start_of_clock
from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.rules import Step

FIRST, ANEW = "as first sent", "with changed content"


def started_by(sent: Sequence[str], anew: Sequence[str], zone: str) -> tuple[str, tuple[Step, ...]]:
    """Return the moment that starts the clock, as it is typed, and why.

    *sent* and *anew* (the same with changed content, which starts anew for everybody) are ``WHOM=MOMENT``.
    Raises a usage error for what is neither, BadMoment while somebody has not been sent the present content.
    """
    dispatches = [_dispatch(text, content, zone) for texts, content in ((sent, FIRST), (anew, ANEW)) for text in texts]
    start = start_of_clock(dispatches)
    if start.at is None:
        raise BadMoment(
            f"the period has not started: {', '.join(start.missing)} was not sent the changed content",
            "say when with --sent-anew, once for each",
        )
    return start.at.isoformat(timespec="minutes"), start.trace


def _dispatch(text: str, content: str, zone: str) -> Dispatch:
    whom, separator, moment = (part.strip() for part in text.partition("="))
    if not (whom and separator and moment):
        option = "--sent" if content == FIRST else "--sent-anew"
        raise click.UsageError(f'{text!r} says nobody or no moment. Write {option} alpha="2027-03-17 10:00".')
    return Dispatch(whom, parse_moment(moment, zone).last, content)
