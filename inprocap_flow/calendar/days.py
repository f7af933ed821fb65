"""Which days count: weekends, holidays and closures, from when to when that is known, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final, Literal

from inprocap_flow.calendar.bad_values import BadCalendar
from inprocap_flow.records import field, record

SATURDAY_AND_SUNDAY: Final = frozenset({5, 6})
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DAY: Final = timedelta(days=1)


@record
class Closure:
    """Days from *first* to *last* (both included) on which an organisation is closed.

    Only a closure that ``counts_as_holiday`` moves a deadline. By Art. 2(1) of Regulation No 1182/71 that needs a
    designation by the Member State or the institution; whoever writes the calendar answers for it.
    """

    first: date
    last: date
    title: str
    counts_as_holiday: bool = False

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadCalendar(f'the closure "{self.title}" ends before it begins', "exchange from and until")


@record
class Calendar:
    """A named and versioned set of working days.

    ``weekend`` holds weekdays as numbers, Monday is 0. ``holidays`` gives each holiday its title and includes the
    days of every closure that counts as one. ``covers_from`` and ``covers_until`` (both included, None: no limit)
    say for which days the holidays are known. ``confirmed`` is the day on which somebody compared them with
    ``source``, or ``"never"``.
    """

    name: str
    version: str
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    covers_from: date | None = None
    covers_until: date | None = None
    confirmed: date | Literal["never"] = "never"
    source: str = ""
    closures: tuple[Closure, ...] = ()

    def __post_init__(self) -> None:
        if not all(number in range(7) for number in self.weekend):
            raise BadCalendar(f'calendar "{self.name}" has a weekend of unknown days', "use 0 (Monday) to 6 (Sunday)")
        if len(self.weekend) > 6:
            raise BadCalendar(f'calendar "{self.name}" has no working day', "leave at least one weekday out of weekend")
        if self.covers_from and self.covers_until and self.covers_until < self.covers_from:
            raise BadCalendar(f'calendar "{self.name}" covers no day', "exchange from and until of covers")
        days = {day: closure.title for closure in self.closures if closure.counts_as_holiday for day in _days(closure)}
        # A holiday's own title says more than that of the closure around it.
        object.__setattr__(self, "holidays", dict(sorted({**days, **self.holidays}.items())))

    def is_working_day(self, day: date) -> bool:
        """Return whether *day* is neither in the weekend nor a known holiday. Says nothing about :meth:`covers`."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """Return the first working day after *day*."""
        day += _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """Return the last working day before *day*."""
        day -= _DAY
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def covers(self, day: date) -> bool:
        """Return whether the holidays of that day's time are known."""
        after_start = self.covers_from is None or self.covers_from <= day
        return after_start and (self.covers_until is None or day <= self.covers_until)

    def surely_works(self, day: date) -> bool:
        """Return whether *day* is a working day and stays one whatever file is added later."""
        return self.covers(day) and self.is_working_day(day)

    def why_not_working(self, day: date) -> str:
        """Return the reason in words, such as ``Easter Monday`` or ``Saturday``; empty for a working day."""
        return self.holidays.get(day) or (WEEKDAYS[day.weekday()] if day.weekday() in self.weekend else "")

    def named(self) -> dict[str, str]:
        """Return what an event keeps of the calendar that it rests on: name, version, and who compared it when."""
        return {"name": self.name, "version": self.version, "confirmed_on": str(self.confirmed)}

    def to_plain(self) -> dict[str, Any]:
        """Return the calendar as text, numbers, lists and maps, days as ``2026-12-31``, in a fixed order."""
        return {
            "name": self.name,
            "version": self.version,
            "weekend": sorted(self.weekend),
            "holidays": {day.isoformat(): title for day, title in self.holidays.items()},
            "covers_from": self.covers_from and self.covers_from.isoformat(),
            "covers_until": self.covers_until and self.covers_until.isoformat(),
            "confirmed": self.confirmed if isinstance(self.confirmed, str) else self.confirmed.isoformat(),
            "source": self.source,
            "closures": [
                {
                    "first": closure.first.isoformat(),
                    "last": closure.last.isoformat(),
                    "title": closure.title,
                    "counts_as_holiday": closure.counts_as_holiday,
                }
                for closure in self.closures
            ],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Calendar:
        """Return the calendar that :meth:`to_plain` wrote. Raises :class:`BadCalendar` if something is missing."""
        try:
            return cls(
                name=plain["name"],
                version=plain["version"],
                weekend=frozenset(plain["weekend"]),
                holidays={date.fromisoformat(day): title for day, title in plain["holidays"].items()},
                covers_from=_day_or_none(plain["covers_from"]),
                covers_until=_day_or_none(plain["covers_until"]),
                confirmed="never" if plain["confirmed"] == "never" else date.fromisoformat(plain["confirmed"]),
                source=plain["source"],
                closures=tuple(_closure(entry) for entry in plain["closures"]),
            )
        except BadCalendar:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            fact = f"a stored calendar cannot be read: {type(wrong).__name__} {wrong}"
            raise BadCalendar(fact, "write it again with Calendar.to_plain") from wrong


def join(calendars: Sequence[Calendar]) -> Calendar:
    """Return one calendar for the files of one series, such as ``cern-2026`` and ``cern-2027``.

    The files must follow each other without gap or overlap and share name and weekend. The joined calendar is
    confirmed only if all files are, on the earliest of their days.
    """
    if not calendars:
        raise BadCalendar("a series of calendars has no file", "give at least one calendar")
    files = sorted(calendars, key=lambda calendar: calendar.covers_from or date.min)
    if len(files) == 1:
        return files[0]
    for earlier, later in pairwise(files):
        _check_neighbours(earlier, later)
    confirmed = [file.confirmed for file in files if not isinstance(file.confirmed, str)]
    from dataclasses import replace  # a copy that is checked as a new one is; few calendars come in files of one series

    return replace(
        files[0],
        version="+".join(_distinct(file.version for file in files)),
        holidays={day: title for file in files for day, title in file.holidays.items()},
        covers_until=files[-1].covers_until,
        confirmed=min(confirmed) if len(confirmed) == len(files) else "never",
        source="; ".join(_distinct(file.source for file in files)),
        closures=tuple(closure for file in files for closure in file.closures),
    )


def _check_neighbours(earlier: Calendar, later: Calendar) -> None:
    versions = f'"{earlier.version}" and "{later.version}" of calendar "{earlier.name}"'
    if (earlier.name, earlier.weekend) != (later.name, later.weekend):
        raise BadCalendar(
            f'calendars "{earlier.name}" and "{later.name}" are no series: name or weekend differ',
            "give the files of one series the same name and weekend",
        )
    if earlier.covers_until is None or later.covers_from is None or later.covers_from <= earlier.covers_until:
        raise BadCalendar(f"the files {versions} cover the same days", "let each file cover days of its own")
    if later.covers_from != earlier.covers_until + _DAY:
        first, last = earlier.covers_until + _DAY, later.covers_from - _DAY
        raise BadCalendar(f"between the files {versions} nothing covers {first} to {last}", "add the file in between")


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _days(closure: Closure) -> list[date]:
    return [closure.first + index * _DAY for index in range((closure.last - closure.first).days + 1)]


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _closure(entry: Mapping[str, Any]) -> Closure:
    first, last = date.fromisoformat(entry["first"]), date.fromisoformat(entry["last"])
    return Closure(first, last, entry["title"], bool(entry["counts_as_holiday"]))
