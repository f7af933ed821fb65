"""Watches: one that crashes where it is told, one that counts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


class Crash(BaseException):
    """The process dies here. Not an Exception, so that nothing on the way can mistake it for one of ours."""


@dataclass
class Fault:
    """Raises at one statement of a request (BEGIN and COMMIT are statements), before it runs or after it.

    *at* counts statements from 1, *text* names one; with neither it never raises.
    """

    at: int | None = None
    text: str | None = None
    after_it: bool = False
    seen: int = 0
    struck: bool = False  # and the process lives on

    def before(self, sql: str) -> None:
        self.seen += 1
        if not self.after_it and self._is_here(sql):
            self.strike()

    def after(self, sql: str) -> None:
        if self.after_it and self._is_here(sql):
            self.strike()

    def strike(self) -> None:
        """Crash. Where the process is really killed, this is what kills it."""
        raise Crash

    def _is_here(self, sql: str) -> bool:
        return self.seen == self.at or sql == self.text

    @classmethod
    def drawn(cls, chance: random.Random, rate: float) -> Fault:
        """Return a fault with probability *rate*, else a watch that never raises.

        One in four at the commit: the worst moment, for nobody hears whether it was done. One beyond the last
        statement of a request does nothing either.
        """
        if chance.random() >= rate:
            return cls()
        after_it = chance.random() < 0.5
        if chance.random() < 0.25:
            return cls(text="COMMIT", after_it=after_it)
        return cls(at=chance.randint(1, 16), after_it=after_it)


@dataclass
class Counter:
    """Keeps the first words of every statement; ``executemany`` is one."""

    seen: list[str] = field(default_factory=list)

    def before(self, sql: str) -> None:
        self.seen.append(sql)

    def after(self, sql: str) -> None:
        """Count nothing twice."""

    def taken(self) -> list[str]:
        """Return what was seen since the last time."""
        seen, self.seen = self.seen, []
        return seen
