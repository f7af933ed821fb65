"""An amount converted at a rate that the organisation does not have on some day of its overlay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.language.checks.finding import ERROR, Around, Finding
from inprocap_flow.language.checks.mixed_currencies import currencies
from inprocap_flow.language.checks.reading import Reading, readings
from inprocap_flow.language.expressions.syntax import Call, Word, walk
from inprocap_flow.language.model import Chosen, Definition, ExchangeRate, Organisation

CODE = "rate-missing"
SEVERITY = ERROR
NOTHING_TO_PLAY = (
    "what is lacking is a rate in the file of the organisation, and without it nothing that rests on it is "
    "judged at all"
)
_DAY = timedelta(days=1)


def check(definition: Definition, around: Around) -> Iterator[Finding]:
    """Yield a finding for each `in_currency` without a dated rate on some day on which the overlay applies.

    The days are those that the organisation's calendar covers: beyond them nothing is planned yet.
    """
    organisation = around.organisation
    if organisation is None or not definition.overlays:
        return
    spans = list(_spans(definition, organisation))
    for reading in readings(definition):
        for source, target in _conversions(definition, reading, organisation.currency):
            missing = _first_without(organisation.exchange, source, target, spans)
            if missing is not None:
                yield Finding(
                    reading.origin,
                    f"`in_currency` needs to know what one {source} is worth in {target}, and {organisation.name} has "
                    f"no rate on {missing}.",
                    "Add a dated rate with its source under `exchange:` of the organisation.",
                )


def _conversions(definition: Definition, reading: Reading, home: str) -> Iterator[tuple[str, str]]:
    """Yield from which currency into which *reading* converts; amounts of which nothing says theirs are in *home*."""
    for part in walk(reading.expr):
        if isinstance(part, Call) and part.function == "in_currency" and isinstance(part.arguments[1], Word):
            target = part.arguments[1].word
            for source in dict.fromkeys(currencies(definition, reading, part.arguments[0], {}, home)):
                if source != target:
                    yield source, target


def _spans(definition: Definition, organisation: Organisation) -> Iterator[tuple[date, date]]:
    """Yield first and last day of each time in which one of the overlays applies, within what the calendar covers."""
    plain = organisation.calendars.get("holidays")
    calendar = Calendar.from_plain(plain) if isinstance(plain, dict) and plain else None
    if calendar is None or calendar.covers_from is None or calendar.covers_until is None:
        return
    names = {one.name for one in definition.overlays}
    chosen = [one for one in organisation.overlays if one.name in names] or [Chosen("")]
    for one in chosen:
        first = date.fromisoformat(one.valid_from) if one.valid_from else calendar.covers_from
        last = date.fromisoformat(one.valid_until) if one.valid_until else calendar.covers_until
        yield max(first, calendar.covers_from), min(last, calendar.covers_until)


def _first_without(
    rates: tuple[ExchangeRate, ...], source: str, target: str, spans: list[tuple[date, date]]
) -> date | None:
    """Return the first day of *spans* on which no rate says what one *source* is worth in *target*."""
    fitting = [rate for rate in rates if rate.unit == source and rate.worth.split()[-1] == target]
    for first, last in spans:
        day = first
        while day <= last:
            text = day.isoformat()
            if not any(one.valid_from <= text <= (one.valid_until or text) for one in fitting):
                return day
            day += _DAY
    return None
