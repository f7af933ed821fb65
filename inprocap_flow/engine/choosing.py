"""Whether an organisation uses a procedure on the day on which a case is opened, and when it will."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from inprocap_flow.calendar.zones import start_of_day
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Blocker
from inprocap_flow.language.choices import uses
from inprocap_flow.language.model import Organisation


def not_used(binding: Binding, moment: datetime) -> Iterator[Blocker]:
    """Yield why no case of this procedure is opened at *moment*: the organisation does not use it on that local day."""
    organisation, procedure, day = binding.organisation, binding.definition.name, binding.day(moment)
    if uses(organisation, procedure, day):
        return
    coming = _from(organisation, procedure, day)
    yield Blocker(
        "not-used-here",
        f"{organisation.name} does not use {procedure} on {day}{_when(organisation, procedure, day)}.",
        about=procedure,
        possible_from=start_of_day(coming, binding.zone) if coming else None,
        mend=_instead(organisation, day),
    )


def _from(organisation: Organisation, procedure: str, day: date) -> date | None:
    """Return the first day after *day* on which the organisation uses the procedure; None if there is none."""
    days = (date.fromisoformat(o.valid_from) for o in organisation.procedures if o.name == procedure and o.valid_from)
    return min((first for first in days if first > day), default=None)


def _when(organisation: Organisation, procedure: str, day: date) -> str:
    """Return when it does or did use the procedure, as the last part of a sentence; "" if never."""
    if coming := _from(organisation, procedure, day):
        return f", only from {coming} on"
    ended = [one.valid_until for one in organisation.procedures if one.name == procedure and one.valid_until]
    return f"; it did until {max(ended)}" if ended else ""


def _instead(organisation: Organisation, day: date) -> str:
    names = [one.name for one in organisation.procedures if uses(organisation, one.name, day)]
    used = f"open one of: {', '.join(dict.fromkeys(names))}" if names else "it uses none on that day"
    return f"{used}; what it uses stands under procedures in its file"
