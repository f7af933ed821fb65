"""What to write where a story that was taken over comes too early, because less was asked for where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.zones import clock
from inprocap_flow.engine.case.records import Refusal
from inprocap_flow.language.scenarios import Deed


def wait_for(deeds: Sequence[Deed], deed: Deed, refusals: Sequence[Refusal], zone: ZoneInfo) -> str:
    """Return the mend that lets *deed* and all after it happen late enough; empty if waiting alone does not help.

    It is later from the last step before *deed* on, and by whole calendar days.
    """
    possible = refusals[-1].possible_from if refusals else None
    step = _last_step(deeds, deed)
    if possible is None or step is None:
        return ""
    wanted, told = possible.astimezone(zone), parse_moment(deed.at, zone).last
    days = (wanted.date() - told.date()).days
    if told.replace(tzinfo=None) + timedelta(days=days) < wanted.replace(tzinfo=None):
        days += 1
    later = f"{days} day" if days == 1 else f"{days} days"
    return f"It is possible from {clock(wanted)}; write `but: [{{{step}, later: {later}}}]`."


def _last_step(deeds: Sequence[Deed], deed: Deed) -> str | None:
    """Return the last step before *deed* that a change can name: `after` means the first time that it is done."""
    before = [one for one in deeds[: deeds.index(deed)] if one.verb == "do"]
    for number, one in reversed(list(enumerate(before))):
        line = one.new or one.on
        same = [other for other in before[:number] if other.what == one.what]
        if not same:
            return f"after: {one.what}"
        if line and line not in [named for other in same for named in (other.on, other.new)]:
            return f"after: {one.what}, on: {line}"
    return None
