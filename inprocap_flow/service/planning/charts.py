"""What a picture of a plan shows, and where on it each thing lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from textwrap import wrap

from inprocap_flow.records import field, record

WIDTH, LEFT, TEXT_WIDTH, RIGHT = 1200, 428, 46, 24  # of the picture, of the texts; characters of a label; margin
TOP, LINE, HEAD = 104, 14, 30  # where rows begin, height of a line of text, room for a heading


@record
class Bar:
    """One line of the picture: what, from when to when (both days included), and what is marked on it.

    ``before`` is the same bar in the plan it is compared with; ``odds`` are the days by which it will have come with
    50, 80 and 95 percent.
    """

    label: str
    first: date
    last: date
    kind: str = "step"
    section: str = ""
    critical: bool = False
    latest: date | None = None
    before: tuple[date, date] | None = None
    odds: tuple[date, date, date] | None = None
    done: bool = False
    provisional: bool = False
    says: str = ""


@record
class Chart:
    """What is drawn: bars in order, today, and the days on which nobody works. ``about`` is read aloud."""

    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    today: date
    off: frozenset[date] = frozenset()
    about: str = ""
    compared: str = ""  # what `before` is: "as first planned"
    notes: tuple[str, ...] = field(default=())


class Scale:
    """From days to places; a day is as wide as the whole allows."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.step = (WIDTH - LEFT - RIGHT) / ((last - first).days + 1)

    def x(self, day: date) -> float:
        """Return where *day* begins."""
        return round(LEFT + (day - self.first).days * self.step, 1)

    def after(self, day: date) -> float:
        """Return where *day* ends."""
        return self.x(day + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Every day drawn."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def span(bars: Sequence[Bar]) -> tuple[date, date]:
    """Return the first and the last day drawn: those of all bars, and a little more."""
    days = [one for bar in bars for one in (bar.first, bar.last, bar.latest, *(bar.before or ()), *(bar.odds or ()))]
    known = [one for one in days if one is not None]
    margin = timedelta(days=max(2, (max(known) - min(known)).days // 60))
    return min(known) - margin, max(known) + margin


@record
class Placed:
    """A line of the picture: a bar with its label in lines, or a heading; how far down, and how high."""

    bar: Bar | None
    heading: str
    lines: tuple[str, ...]
    top: int
    height: int


def placed_bars(bars: Iterable[Bar]) -> Iterator[Placed]:
    """Yield the bars one below another, each section with its heading."""
    top, section = TOP, ""
    for bar in bars:
        if bar.section and bar.section != section:
            section = bar.section
            yield Placed(None, section, (), top, HEAD - 4)
            top += HEAD - 4
        lines = tuple(wrap(bar.label, TEXT_WIDTH)) or ("",)
        height = max(20, len(lines) * LINE + 6) + (5 if bar.before else 0)
        yield Placed(bar, "", lines, top, height)
        top += height
