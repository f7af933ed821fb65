"""A network of days: what comes after what, and the critical path through it. Pure arithmetic on day numbers.

A point is a day on which something happens. A link says: not before a day that follows from the day of its source.
Points are added after everything that they wait for, so one pass forwards gives the earliest days and one backwards
the latest. What a link gives never falls when its source moves to a later day, but for limits of law that are
shorter from some day on; the latest day found is then the nearest safe one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.records import changed, record

Day = int  # proleptic ordinal, as `date.toordinal`
Shift = Callable[[Day], Day]
FAR_BACK = 40_000  # days; a search for a latest day ends there


def same_day(day: Day) -> Day:
    """The day itself."""
    return day


@record
class Link:
    """*target* not before ``shift(day of source)``. ``why`` says the rule, for people.

    ``varies`` gives the same shift at its least, likely and most, where the length is not certain.
    """

    source: str
    target: str
    shift: Shift = field(default=same_day, compare=False)
    why: str = ""
    varies: tuple[Shift, Shift, Shift] | None = field(default=None, compare=False)

    def then(self, shift: Shift, **changes: Any) -> Link:
        """Return this link with *shift* after its own."""
        varies = tuple(_both(one, shift) for one in self.varies) if self.varies else None
        return changed(self, shift=_both(self.shift, shift), varies=varies, **changes)


def _both(first: Shift, second: Shift) -> Shift:
    def both(day: Day) -> Day:
        return second(first(day))

    return both


@dataclass(slots=True)
class Point:
    """Something that happens on one day. ``settle`` moves a day to one on which it can happen, never back.

    ``settle_back`` is the other way: the last day, not after a given one, on which it can happen. ``no_later``:
    points that it must not miss; ``hoped``: those that it should come before, but whose day rests on a length that
    nobody has said, so that they hold nothing up. ``fixed``: the day is known, whatever it waits for. ``over``: on its
    day this point is over already, so that the last day to keep it is the day before.
    """

    name: str
    settle: Shift = same_day
    settle_back: Shift = same_day
    links: list[Link] = field(default_factory=list)
    no_later: list[str] = field(default_factory=list)
    hoped: list[str] = field(default_factory=list)
    fixed: Day | None = None
    over: bool = False


@dataclass(slots=True)
class Network:
    """Points in order; ``days`` are their earliest days."""

    points: dict[str, Point] = field(default_factory=dict)
    days: dict[str, Day] = field(default_factory=dict)

    def add(self, point: Point) -> Day:
        """Add *point* after all that it waits for, and return its earliest day."""
        self.points[point.name] = point
        self.days[point.name] = self.day_of(point, self.days)
        return self.days[point.name]

    def day_of(self, point: Point, days: Mapping[str, Day]) -> Day:
        """Return the earliest day of *point* where those before it have *days*."""
        if point.fixed is not None:
            return point.fixed
        return point.settle(max(link.shift(days[link.source]) for link in point.links))

    def last_day(self, name: str) -> Day:
        """Return the last day on which the point *name* is kept by whoever must not miss it."""
        return self.days[name] - self.points[name].over

    def misses(self, point: Point) -> tuple[str, ...]:
        """Return the points that *point* must not miss, and does."""
        return tuple(name for name in point.no_later if self.is_late(point.name, name))

    def is_late(self, name: str, end: str) -> bool:
        """Return whether the point *name* comes after the last day of *end*."""
        return self.days[name] > self.last_day(end)

    def driving(self, finish: str) -> tuple[Link, ...]:
        """Return the links that put *finish* on its day, first to last: the critical path, all of its branches."""
        found: dict[Link, None] = {}
        waiting, seen = [finish], {finish}
        while waiting:
            point = self.points[waiting.pop()]
            for link in self.binding(point):
                found[link] = None
                if link.source not in seen:
                    seen.add(link.source)
                    waiting.append(link.source)
        return tuple(reversed(found))

    def binding(self, point: Point) -> list[Link]:
        """Return the links without which *point* could come earlier."""
        if point.fixed is not None:
            return []
        day = self.days[point.name]
        return [link for link in point.links if point.settle(link.shift(self.days[link.source])) == day]

    def latest(self, finish: str, last: Day | None = None) -> dict[str, Day]:
        """Return the latest safe day of every point that something depends on.

        Safe: *finish* still comes on *last* (default: its earliest day), and nothing named in ``no_later`` is missed.
        A point that could not keep its own bound has a latest day before its earliest: that is how much is lacking.
        """
        found: dict[str, Day] = {finish: self.days[finish] if last is None else last}
        for point in reversed(self.points.values()):
            bounds = [self.last_day(name) for name in point.no_later]
            bounds += [found[point.name]] if point.name in found else []
            if not bounds:
                continue
            latest = point.settle_back(min(bounds))
            found[point.name] = latest
            for link in point.links if point.fixed is None else ():
                back = _latest_source(point, link, self.days[link.source], latest)
                found[link.source] = min(found.get(link.source, back), back)
        return found


def _latest_source(point: Point, link: Link, about: Day, latest: Day) -> Day:
    """Return the last day of the link's source from which *point* comes by *latest*, looked for from *about* on."""

    def in_time(day: Day) -> bool:
        return point.settle(link.shift(day)) <= latest

    step, day = 1, about
    if in_time(day):
        while in_time(day + step) and step < FAR_BACK:
            day, step = day + step, step * 2
        good, bad = day, day + step
    else:
        while not in_time(day) and step < FAR_BACK:
            day, step = day - step, step * 2
        good, bad = day, about
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if in_time(middle) else (good, middle)
    return good


def ordered(network: Network, names: Sequence[str]) -> list[str]:
    """Return *names* by day, those of one day in the order in which they were added."""
    order = {name: number for number, name in enumerate(network.points)}
    return sorted(names, key=lambda name: (network.days[name], order[name]))
