"""Whether a new length keeps every floor and ceiling: ends compared on every day on which a clock can start.

That is a walk over thousands of days, so it is done once for all who ask the same, and noted for the next time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from importlib.metadata import version
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.zones import zone_data_version
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.dated import Clerk
from inprocap_flow.language.documents import read_document
from inprocap_flow.language.expressions.tree import Arithmetic
from inprocap_flow.language.model import Deadline, Limit, Organisation
from inprocap_flow.language.noted import noted
from inprocap_flow.language.overlays.grounds import (
    Clock,
    Ends,
    Ground,
    Moments,
    Wrong,
    grounds_of,
    grounds_of_country,
)
from inprocap_flow.language.overlays.lengths import Length, Lengths, Written
from inprocap_flow.language.overlays.site import Site
from inprocap_flow.language.procedures import read_rulebook
from inprocap_flow.language.remembered import Remembered
from inprocap_flow.language.resolve.limits import build_limit
from inprocap_flow.language.schema.organisation import OrganisationDoc

Counted = tuple[Length, Ends]


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
    return _judged(_Asked(site, deadline, organisation, new, bounds))


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
    return _judged(_Asked(site, deadline, organisation, new, ceilings)) if ceilings else None


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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A new length of a deadline, what it is compared with, and the organisation in whose calendar; None: unknown."""

    site: Site
    deadline: Deadline
    organisation: Organisation | None
    new: Lengths
    bounds: list[Bound]

    @property
    def counting(self) -> str:
        return self.deadline.counting or self.site.base.counting

    def hangs_on(self) -> list[object]:
        """Return, as JSON data, all that the answer hangs on."""
        one, doc, who = self.deadline, self.site.doc, self.organisation
        where: list[object] = [doc.national, version("holidays")]
        if doc.national is None:
            where = [doc.organisation, None if who is None else [who.name, who.zone, who.calendars.get(one.calendar)]]
        counted = [self.counting, one.closes_at, one.backwards_from is not None, zone_data_version()]
        bounds = [[bound.what, bound.ceiling, bound.lengths.to_plain()] for bound in self.bounds]
        return [one.name, one.calendar, counted, where, self.new.to_plain(), bounds]


_JUDGED: Remembered[Wrong | None] = Remembered(256)


def _judged(asked: _Asked) -> Wrong | None:
    """Return the first day on which it comes out wrong, in words; perhaps from what was worked out before."""
    hangs_on = asked.hangs_on()
    looked_up = partial(
        noted,
        "length",
        lambda: hangs_on,
        lambda: _worked_out(asked),
        lambda wrong: [] if wrong is None else [wrong.fact, wrong.mend],
        lambda plain: Wrong(*plain) if plain else None,
    )
    return _JUDGED.of((), looked_up, canonical_json(hangs_on))


def _worked_out(asked: _Asked) -> Wrong | None:
    doc = asked.site.doc
    if doc.national is not None:
        grounds = grounds_of_country(doc.national)
    else:
        grounds = grounds_of(asked.deadline, doc.organisation or "", asked.organisation)
    if isinstance(grounds, Wrong):
        return grounds
    moments: Moments = {}
    return next((wrong for ground in grounds for wrong in _wrongs(asked, ground, moments)), None)


def _wrongs(asked: _Asked, ground: Ground, moments: Moments) -> Iterator[Wrong]:
    new, bounds = asked.new, asked.bounds
    by_the_hour = any(one.by_the_hour for one in (new, *(bound.lengths for bound in bounds)))
    clock = Clock(asked.deadline, ground, asked.counting, moments, by_the_hour=by_the_hour)
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
