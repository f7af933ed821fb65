"""A receiver with a memory of its own: what arrived, under which key, how often, and why more than once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.service.delivering.routes import Routes
from tests.simulator.faults import Crash

NAME = "file"  # the channel whose place it takes


@dataclass
class Receiver:
    """A channel that takes parcels, refuses some, and sometimes is where the sender dies, before or after it took one.

    *meanwhile* is called now and then while a parcel is under way: what another scheduler does at that moment.
    """

    chance: random.Random
    meanwhile: Callable[[], None] = lambda: None
    looks: Callable[[Parcel], None] = lambda _parcel: None  # at every parcel, before anything goes wrong
    trouble: float = 0.0  # how often something goes wrong; 0: nothing does
    taken: dict[str, Parcel] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    died_after: Counter[str] = field(default_factory=Counter)
    died_before: int = 0
    refused: int = 0
    under_way: set[str] = field(default_factory=set)
    sender: int = 0  # which scheduler is at work
    last: dict[int, str] = field(default_factory=dict)  # what each sender gave last

    @property
    def routes(self) -> Routes:
        return Routes(NAME, {NAME: self})

    def send(self, parcel: Parcel) -> Accepted | Failed:
        assert parcel.key not in self.under_way, "two send one bundle at once"
        self.under_way.add(parcel.key)
        try:
            return self._send(parcel)
        finally:
            self.under_way.discard(parcel.key)

    def _send(self, parcel: Parcel) -> Accepted | Failed:
        self.looks(parcel)
        dice = self.chance.random()
        if dice < self.trouble:
            self.meanwhile()
        dice = self.chance.random()
        if dice < self.trouble / 4:
            self.died_before += 1
            raise Crash
        if dice < self.trouble:
            self.refused += 1
            down = self.chance.random() < 0.2
            return Failed("it is busy", for_good=not down and self.chance.random() < 0.1, unreachable=down)
        self._take(parcel)
        if self.chance.random() < self.trouble / 4:
            raise Crash
        return Accepted()

    def _take(self, parcel: Parcel) -> None:
        self.copies[parcel.key] += 1
        self.last[self.sender] = parcel.key
        known = self.taken.setdefault(parcel.key, parcel)
        assert known == parcel, "what comes again under a key is what came before"
        assert self.copies[parcel.key] <= 1 + self.died_after[parcel.key], "it came twice, and nobody had died"

    def close(self) -> None:
        """It is always there."""

    @property
    def doubled(self) -> int:
        """How many parcels came more often than once."""
        return sum(self.copies.values()) - len(self.copies)
