"""The only place that asks what time it is. Everyone else is given ``now``, once per use case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from inprocap_flow.records import record


class Clock(Protocol):
    """Something that can be asked for the time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


@record
class SystemClock:
    """The clock of the machine. It can jump when somebody sets it; nothing here corrects that."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@record
class FixedClock:
    """A clock that stands still; tests and replays move it by making a new one (``later``).

    *moment* may be in any zone and is kept in UTC. A moment without a zone is refused with ValueError:
    it could mean several moments, and guessing one would put a wrong date into a trail.
    """

    moment: datetime

    def __post_init__(self) -> None:
        if self.moment.utcoffset() is None:
            written = self.moment.isoformat()
            raise ValueError(f"{written} has no time zone: give one, such as {written}Z")
        object.__setattr__(self, "moment", self.moment.astimezone(UTC))

    def now(self) -> datetime:
        return self.moment

    def later(self, by: timedelta) -> FixedClock:
        """Return a clock that stands *by* further on (or back, if negative): absolute time, not wall-clock time."""
        return FixedClock(self.moment + by)


def steady_seconds() -> float:
    """Return seconds that only ever go by, whoever sets the clock; a machine that slept has gone by, where it can tell.

    No moment in time: only the distance between two of them means anything.
    """
    import time

    try:
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):  # not Linux
        return time.monotonic()
