"""Which moment starts a clock when several people are told, some later, some twice (time-limits R12, R16).

The period starts with the last of the dispatches by which each addressee was first sent the present content; a copy
sent again for courtesy starts nothing, changed content starts anew for everybody. All of it is convention.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inprocap_flow.calendar.bad_values import BadMoment
from inprocap_flow.calendar.rules import Step
from inprocap_flow.calendar.trace import shown_at
from inprocap_flow.calendar.zones import instant
from inprocap_flow.records import record


@record
class Dispatch:
    """Something that was sent. ``content`` is the same text (a hash, a version) exactly when the content is."""

    addressee: str
    sent_at: datetime
    content: str


@record
class Start:
    """When the clock starts; None while somebody has not been sent the present content (``missing``)."""

    at: datetime | None
    missing: tuple[str, ...]
    trace: tuple[Step, ...]


def start_of_clock(dispatches: Iterable[Dispatch], addressees: Iterable[str] = ()) -> Start:
    """Return when a period that starts with the sending to all *addressees* starts.

    Whoever was sent anything is an addressee, too. Raises :class:`BadMoment` if nothing was sent at all.
    """
    sent = sorted(dispatches, key=lambda one: instant(one.sent_at))
    if not sent:
        raise BadMoment("nothing was sent, so no period has started", "record what was sent to whom, and when")
    present = sent[-1].content
    first: dict[str, Dispatch] = {}
    for one in sent:
        if one.content == present:
            first.setdefault(one.addressee, one)
    everybody = dict.fromkeys((*addressees, *(one.addressee for one in sent)))
    missing = tuple(name for name in everybody if name not in first)
    last = max(first.values(), key=lambda one: instant(one.sent_at))
    return Start(None if missing else last.sent_at, missing, tuple(_steps(sent, first, last, missing)))


def _steps(
    sent: list[Dispatch], first: dict[str, Dispatch], last: Dispatch, missing: tuple[str, ...]
) -> Iterable[Step]:
    if sent[0].content != last.content:
        begun = shown_at(min(first.values(), key=lambda one: instant(one.sent_at)).sent_at)
        yield _step("R16", f"The content was changed: only what was sent since {begun} starts the period.")
    copies = sum(one.content == last.content for one in sent) - len(first)
    if copies:
        yield _step("R16", f"{copies} further cop{'y' if copies == 1 else 'ies'} of the same content started nothing.")
    if missing:
        yield _step("R12", f"The period has not started: {', '.join(missing)} was not sent the present content.")
    elif len(first) > 1:
        yield _step(
            "R12", f"The last of {len(first)} dispatches starts it: {last.addressee}, {shown_at(last.sent_at)}."
        )
    else:
        yield _step("R12", f"The dispatch to {last.addressee} starts it: {shown_at(last.sent_at)}.")


def _step(rule: str, text: str) -> Step:
    return Step(rule, text, "", "convention")
