"""By when each milestone has probably come: a plan played many times, with lengths drawn from their ranges.

Algorithm, so that the same seed gives the same answer everywhere: Python's Mersenne Twister (`random.Random(seed)`),
one draw of ``random()`` for each length that varies, in the order in which the plan names them, run after run. A
length is drawn from the triangular distribution over the three days to which its least, likely and most lead from the
day on which it begins; so holidays and closures count as they do in the plan. Lengths are drawn apart from each
other: what makes everything late at once (a strike, an election) is not in it, and the true spread is wider.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil, sqrt
from random import Random

from inprocap_flow.records import record
from inprocap_flow.service.planning.network import Day, Link, Network, Shift

RUNS, SEED = 10_000, 1
ODDS = (50, 80, 95)
BATCH = 250  # runs between two reports of progress


@record
class Spread:
    """The days by which each point of a plan has come in 50, 80 and 95 of a hundred runs."""

    runs: int
    seed: int
    days: Mapping[str, tuple[date, date, date]]
    varying: int  # lengths that were drawn
    # (point, end): the share of runs in which it comes after that end, which it must or should not.
    late: Mapping[tuple[str, str], float] = field(default_factory=dict)


def varies(network: Network) -> bool:
    """Tell whether any length of the plan has a range."""
    return any(link.varies for point in network.points.values() for link in point.links)


def spread(
    network: Network, *, runs: int = RUNS, seed: int = SEED, progress: Callable[[int], None] | None = None
) -> Spread:
    """Play the plan *runs* times and return the days of its points. *progress* is told how many runs were made."""
    points = _compiled(network)
    random, days = Random(seed), [0] * len(points)  # noqa: S311 - chance, no secret
    found: list[list[Day]] = [[] for _ in points]
    bounds, late = _bounds(network), Counter[tuple[str, str]]()
    for run in range(1, runs + 1):
        _play(points, days, random)
        for number, day in enumerate(days):
            found[number].append(day)
        late.update(pair for pair, one, end, over in bounds if days[one] > days[end] - over)
        if progress is not None and (run % BATCH == 0 or run == runs):
            progress(run)
    names = list(network.points)
    moved = {names[number]: _odds(network, names[number], seen) for number, seen in enumerate(found)
             if points[number].fixed is None}  # fmt: skip
    drawn = sum(link.varies is not None for point in points for link in point.links)
    return Spread(runs, seed, moved, drawn, {pair: late[pair] / runs for pair, *_ in bounds})


def _bounds(network: Network) -> list[tuple[tuple[str, str], int, int, Day]]:
    """Return what must or should not miss which end, by name and number, with the days an end lies behind its last."""
    numbers = {name: number for number, name in enumerate(network.points)}
    return [
        ((point.name, end), numbers[point.name], numbers[end], network.points[end].over)
        for point in network.points.values()
        for end in (*point.no_later, *point.hoped)
    ]


def _odds(network: Network, name: str, seen: list[Day]) -> tuple[date, date, date]:
    """Return the days by nearest rank; the end of a clock is shown by its last day, as in the plan."""
    seen.sort()
    over = network.points[name].over
    half, most, nearly = (seen[ceil(len(seen) * odds / 100) - 1] - over for odds in ODDS)
    return date.fromordinal(half), date.fromordinal(most), date.fromordinal(nearly)


# ---------------------------------------------------------------------------------------------- made for speed


@dataclass(slots=True)
class _Way:
    """A link with its answers remembered: in ten thousand runs the same days come again and again."""

    source: int
    shift: Shift
    varies: tuple[Shift, Shift, Shift] | None
    known: dict[Day, Day] = field(default_factory=dict)
    spans: dict[Day, tuple[Day, Day, Day]] = field(default_factory=dict)


@dataclass(slots=True)
class _Place:
    fixed: Day | None
    settle: Shift
    links: list[_Way]
    settled: dict[Day, Day] = field(default_factory=dict)


def _compiled(network: Network) -> list[_Place]:
    numbers = {name: number for number, name in enumerate(network.points)}

    def way(link: Link) -> _Way:
        return _Way(numbers[link.source], link.shift, link.varies)

    return [_Place(point.fixed, point.settle, [way(link) for link in point.links]) for point in network.points.values()]


def _play(points: list[_Place], days: list[Day], random: Random) -> None:
    for number, point in enumerate(points):
        if point.fixed is not None:
            days[number] = point.fixed
            continue
        latest = 0
        for way in point.links:
            source = days[way.source]
            if way.varies is not None:
                day = _drawn(way, source, random.random())
            elif (known := way.known.get(source)) is not None:
                day = known
            else:
                day = way.known[source] = way.shift(source)
            latest = max(latest, day)
        settled = point.settled.get(latest)
        if settled is None:
            settled = point.settled[latest] = point.settle(latest)
        days[number] = settled


def _drawn(way: _Way, source: Day, chance: float) -> Day:
    """Return the day that *chance* (0 to 1) gives between the least and the most from *source* on."""
    span = way.spans.get(source)
    if span is None:
        assert way.varies is not None
        least, likely, most = (shift(source) for shift in way.varies)
        span = way.spans[source] = (least, min(max(likely, least), most), most)
    least, likely, most = span
    if most == least:
        return least
    if chance * (most - least) < likely - least:
        return round(least + sqrt(chance * (most - least) * (likely - least)))
    return round(most - sqrt((1 - chance) * (most - least) * (most - likely)))
