"""Whether a new length keeps every floor and ceiling: ends compared on every day on which a clock can start.

The days are those that the organisation's calendar covers; for the law of a country, six years of its public holidays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.areas import AREAS, areas_in_words
from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.compute import closing, compute, earliest_lawful
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.holidays import area_called, public_holidays, years_known
from inprocap_flow.calendar.zones import instant
from inprocap_flow.errors import Unsupported
from inprocap_flow.language.dated import Clerk
from inprocap_flow.language.documents import read_document
from inprocap_flow.language.expressions.tree import Arithmetic
from inprocap_flow.language.model import Deadline, Limit, Organisation
from inprocap_flow.language.overlays.lengths import Length, Lengths, Written
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.procedures import read_rulebook
from inprocap_flow.language.resolve.limits import build_limit
from inprocap_flow.language.schema.organisation import OrganisationDoc

NATIONAL_YEARS = (2025, 2030)  # every weekday of fixed holidays, early and late Easters
Ends = tuple[datetime | None, ...]  # moments in UTC for a start at some hours of one day; None: cannot be counted
Counted = tuple[Length, Ends]
_HOURS = (time(0, 30), time(12), time(23, 30))


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a new length is refused, and what to write instead."""

    fact: str
    mend: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Where days are counted: the zone, the days that count, and the first and last day to look at."""

    zone: ZoneInfo
    calendar: Calendar
    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Yield every day on which a clock may start."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(number)


@dataclass(frozen=True, slots=True)
class Bound:
    """What the new length is compared with: it must not end before it, or with ``ceiling`` not after it."""

    what: str
    lengths: Lengths
    ceiling: bool = False


def judge_length(site: Site, deadline: Deadline, key: str, written: Written) -> Wrong | None:
    """Return what is wrong with *written* as the *key* (period, at_least, proposes) of *deadline*; None: nothing."""
    organisation = None if site.doc.national else organisation_of(site)
    limits = limits_of(site, organisation)
    new = Lengths(written, limits)
    if not new.readable:
        fact = "How long that is depends on the case, so it cannot be compared with what the procedure says."
        return Wrong(fact, "Write a period, or `limit('name')` of a limit that is a period.")
    bounds = list(_bounds(deadline, key, limits))
    for bound in bounds:
        if not bound.lengths.readable:
            fact = f"{bound.what} of `{deadline.name}` depends on facts of the case; nothing can be compared with it."
            return Wrong(fact, "Ask for more with a condition under `at:` instead.")
    if not bounds:
        return None
    grounds = _grounds(site, deadline, organisation)
    if isinstance(grounds, Wrong):
        return grounds
    return next((wrong for ground in grounds for wrong in _wrongs(site, deadline, new, bounds, ground)), None)


def judge_more(site: Site, deadline: Deadline, key: str, written: Arithmetic, own: Limit | None) -> Wrong | None:
    """Return what is wrong with *written* as the *key* of *deadline*: what that was, and more; None: nothing.

    *own* is the limit that is added, where the overlay does not declare it. More of the same is below no floor, so
    only the units and what may not come later are looked at.
    """
    organisation = None if site.doc.national else organisation_of(site)
    limits = limits_of(site, organisation) | ({own.name: own} if own is not None else {})
    new = Lengths(written, limits)
    base, added = new.parts
    if not base.readable:
        fact = f"How long `{deadline.name}` is depends on facts of the case, so nothing can be added to it."
        return Wrong(fact, "Ask for more with a condition under `at:` instead.")
    if not added.readable:
        return Wrong(f"`{written.right}` is no limit that is a period.", "Write a period, or the name of such a limit.")
    pair = new.unfit()
    if pair is not None:
        fact = f"{pair[0]} and {pair[1]} are two periods: the rules do not say how long they are together."
        return Wrong(fact, f"Say how much longer in {pair[0].period.unit}; only days and weeks add up.")
    ceilings = [bound for bound in _bounds(deadline, key, limits) if bound.ceiling and bound.lengths.readable]
    grounds = _grounds(site, deadline, organisation) if ceilings else []
    if isinstance(grounds, Wrong):
        return grounds
    return next((wrong for ground in grounds for wrong in _wrongs(site, deadline, new, ceilings, ground)), None)


def _bounds(deadline: Deadline, key: str, limits: Mapping[str, Limit]) -> Iterator[Bound]:
    """Yield what *key* is compared with: what it was, and the floor and ceiling that bind its end."""
    old = Lengths(getattr(deadline, key), limits)
    if getattr(deadline, key) is not None:
        yield Bound(f"The {'period' if key == 'period' else f'`{key}`'}", old, ceiling=_never_later(deadline, key, old))
    if key != "at_least" and deadline.at_least is not None:
        yield Bound("The shortest length", Lengths(deadline.at_least, limits))
    if deadline.at_most is not None:
        yield Bound("The longest length", Lengths(deadline.at_most, limits), ceiling=True)


def _never_later(deadline: Deadline, key: str, old: Lengths) -> bool:
    """Tell whether the end may only come sooner: a duty with a longest length, or one that is counted back."""
    if deadline.kind != "due" or key != "period":
        return False
    at_most = old.limit is not None and old.limit.direction == "at_most"
    return deadline.at_most is not None or at_most or deadline.backwards_from is not None


def _wrongs(site: Site, deadline: Deadline, new: Lengths, bounds: list[Bound], ground: Ground) -> Iterator[Wrong]:
    clock = _Clock(deadline, ground, deadline.counting or site.base.counting)
    clock.by_the_hour = any(one.by_the_hour for one in (new, *(bound.lengths for bound in bounds)))
    for day in ground.days():
        mine = [(length, clock.ends(day, length, lawful=new.rests_on_law)) for length in new.on(day)]
        for bound in bounds:
            for length in bound.lengths.on(day):
                theirs = clock.ends(day, length, lawful=bound.lengths.rests_on_law)
                if not mine:
                    yield Wrong(f"On {day} no value is in force, and the procedure asks for {length}.",
                                "Give the limit a value from the first day on.")  # fmt: skip
                for own, ends in mine:
                    if any(_breaks(one, other, bound) for one, other in zip(ends, theirs, strict=True)):
                        yield _said(ground.zone, day, (own, ends), bound, (length, theirs))


def _breaks(mine: datetime | None, theirs: datetime | None, bound: Bound) -> bool:
    if theirs is None:
        return False
    if mine is None:
        return True
    return mine > theirs if bound.ceiling else mine < theirs


def _said(zone: ZoneInfo, day: date, new: Counted, bound: Bound, old: Counted) -> Wrong:
    """Return what to tell: on which day, both ends, what the other length rests on, and what would be lawful."""
    (own, mine), (length, theirs) = new, old
    number = next(number for number, one in enumerate(mine) if _breaks(one, theirs[number], bound))
    end, other = (moment and moment.astimezone(zone) for moment in (mine[number], theirs[number]))
    assert other is not None
    shown = f"end on {end:%Y-%m-%d} at {end:%H:%M}" if end else "cannot be counted"
    what = f"{bound.what[:1].lower()}{bound.what[1:]}"
    lawful = f"the {'latest' if bound.ceiling else 'earliest'} lawful end is {other:%Y-%m-%d} at {other:%H:%M}"
    fact = f"Counted from {day}, {own} {shown}; {lawful}, {what} being {length}."
    if own.period.unit == length.period.unit and own.period.count == length.period.count:
        return Wrong(fact, "Name the same limit: at its hour it closes only when the last day is whole.")
    longer = own.period.unit == length.period.unit and (own.period.count > length.period.count) is not bound.ceiling
    far = "more" if longer else f"at {'most' if bound.ceiling else 'least'} {length.period}"
    return Wrong(fact, f"Write {far}; free days and the hour of closing count, too." if longer else f"Write {far}.")


class _Clock:
    """Counts ends of one deadline."""

    def __init__(self, deadline: Deadline, ground: Ground, counting: str) -> None:
        self.deadline = deadline
        self.ground = ground
        self.counting = counting
        self.back = deadline.backwards_from is not None
        self.by_the_hour = False

    def ends(self, day: date, length: Length, *, lawful: bool) -> Ends:
        """Return the ends for a start at some hours of *day*; where only days are counted, the hour does not matter."""
        if not self.by_the_hour:
            return (self._end(day, length, lawful=lawful),)
        starts = [datetime.combine(day, hour, self.ground.zone) for hour in _HOURS]
        return tuple(self._end(start, length, lawful=lawful) for start in starts)

    def _end(self, start: date | datetime, length: Length, *, lawful: bool) -> datetime | None:
        try:
            return instant(self._local_end(start, length, lawful=lawful))
        except (BadValue, Unsupported):
            return None

    def _local_end(self, start: date | datetime, length: Length, *, lawful: bool) -> datetime:
        found = compute(
            start,
            self.ground.zone,
            length.period,
            direction="backward" if self.back else "forward",
            calendar=self.ground.calendar,
            counting=self.counting,
        )
        closes_at = self.deadline.closes_at
        if found.far_edge is not None:
            return closing(found.far_edge, closes_at, self.ground.zone) if closes_at else found.end
        if closes_at is None or found.last_day is None:
            return found.end
        return earliest_lawful(found, closes_at) if lawful else closing(found.last_day, closes_at, self.ground.zone)


def limits_of(site: Site, organisation: Organisation | None) -> dict[str, Limit]:
    """Return every limit that can be named: of the rulebook that applies, of the procedure, of the overlay itself."""
    name = site.base.rulebook
    if name is not None and organisation is not None:
        name = organisation.rulebooks.get(name, name)
    path = site.library.find("rulebook", name) if name is not None else None
    found = dict(read_rulebook(site.library, path).limits) if path is not None else {}
    own = {
        name: build_limit(name, doc, ("limits", name), site.doc.language, lambda *_: None)
        for name, doc in site.doc.limits.items()
    }
    return found | dict(site.base.limits) | own


def organisation_of(site: Site) -> Organisation | None:
    """Return the organisation whose overlay it is, if its file is there and right."""
    path = site.library.find("organisation", site.doc.organisation or "")
    if path is None:
        return None
    doc, root = read_document(site.library, path, OrganisationDoc)
    clerk = Clerk(site.library, doc, root)
    found = clerk.organisation()
    return None if clerk.problems else found


def _grounds(site: Site, deadline: Deadline, organisation: Organisation | None) -> list[Ground] | Wrong:
    """Return where days are counted: in the organisation's calendar, or in every part of the country that is known."""
    if site.doc.national is not None:
        return _of_a_country(site.doc.national)
    if organisation is None:
        fact = f"The file of the organisation `{site.doc.organisation}` is not there or not right, so no day is known."
        return Wrong(fact, "Put it into the folder organisations/; ends are compared in its calendar.")
    plain = organisation.calendars.get(deadline.calendar)
    if not isinstance(plain, dict) or not plain:
        fact = f"`{organisation.name}` has no calendar `{deadline.calendar}`, so ends cannot be compared."
        return Wrong(fact, "Add it to the organisation's file.")
    calendar = Calendar.from_plain(plain)
    if calendar.covers_from is None or calendar.covers_until is None:
        return Wrong("The calendar does not say which days it covers.", "Write `covers:` in the calendar file.")
    return [Ground(ZoneInfo(organisation.zone), calendar, calendar.covers_from, calendar.covers_until)]


def _of_a_country(country: str) -> list[Ground] | Wrong:
    codes = [code for code, area in AREAS.items() if area.country == country]
    if not codes:
        fact = f"The public holidays of {country} are not known, so ends cannot be compared."
        return Wrong(fact, f"Leave the length to the organisation. Known: {areas_in_words()}.")
    return [_of_an_area(code) for code in codes]


def _of_an_area(code: str) -> Ground:
    known = years_known(code)
    first, last = max(known[0], NATIONAL_YEARS[0]), min(known[1], NATIONAL_YEARS[1])
    zone = ZoneInfo(area_called(code).zone)
    return Ground(zone, public_holidays(code, first, last), date(first, 1, 1), date(last, 12, 31))
