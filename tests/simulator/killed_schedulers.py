"""Two schedulers as processes of their own on one database, killed in the middle of anything while time goes on.

The moment stands in a file that both read. It moves on only when nothing is due any more, so what they did at each
moment can be foretold, and is compared, however often one of them was killed meanwhile.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.service.delivering import handing, sending
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.service.timekeeping.ticking import tick
from inprocap_flow.store.moments import sortable
from tests.simulator.clockhouse import ClockHouse
from tests.simulator.clockwork import World
from tests.simulator.killed import Journal, noted
from tests.simulator.receiver import NAME

LONGEST_ROUND = 60  # seconds; then something hangs


@dataclass
class MomentFile:
    """A clock that stands where a file says."""

    path: Path

    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text(encoding="utf-8"))

    def move(self, moment: datetime) -> None:
        """Set the clock; whoever reads sees the old moment or the new one."""
        beside = self.path.with_suffix(".new")
        beside.write_text(moment.isoformat(), encoding="utf-8")
        beside.replace(self.path)


@dataclass
class PostBox:
    """A channel that notes what it took in a file, which outlives whoever brought it."""

    journal: Journal
    chance: random.Random

    def send(self, parcel: Parcel) -> Accepted | Failed:
        time.sleep(self.chance.uniform(0, 0.004))
        self.journal.note(parcel)
        time.sleep(self.chance.uniform(0, 0.004))  # where a death makes it come again
        return Accepted()

    def close(self) -> None:
        """It is always there."""


def keep_ticking(house: ClockHouse, moment: MomentFile, box: Path, errors: Path, seed: int) -> None:
    """Tick until killed. Whatever else ends the process is noted."""
    try:
        chance = random.Random(seed)
        routes = Routes(NAME, {NAME: PostBox(Journal(box), chance)})
        desk = replace(house, chance=chance, hands=moment).desk()  # type: ignore[arg-type]
        with (
            patch.object(handing, "open_routes", lambda _settings: routes),
            patch.object(sending, "open_routes", lambda _settings: routes),
        ):
            while True:
                tick(desk)
                time.sleep(0.002)
    except BaseException:
        Journal(errors).note(traceback.format_exc())
        raise


@dataclass
class KilledSchedulers:
    """Lets two schedulers work through time, and kills them."""

    world: World
    folder: Path
    killed: int = 0
    started: int = 0
    rounds: int = 0
    seen: int = 0
    running: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.moment = MomentFile(self.folder / "moment")
        self.moment.move(self.world.hands.moment)
        self.box, self.errors = self.folder / "box", self.folder / "errors"

    def round(self) -> None:
        """Move on to where something is due, and let the schedulers do it; kill one now and then."""
        world, chance = self.world, self.world.chance
        due = world.look.next_due()
        assert due is not None
        later = timedelta(hours=chance.choice((0, 0, 3, 30, 200)))
        world.hands.moment = max(world.hands.moment, datetime.fromisoformat(due)) + later
        self.moment.move(world.hands.moment)
        self.rounds += 1
        until = time.monotonic() + LONGEST_ROUND
        while self._is_due():
            assert time.monotonic() < until, f"still due at {world.hands.moment}: {list(noted(self.errors))}"
            while len(self.running) < 2:
                self._start()
            time.sleep(chance.uniform(0, 0.02))
            if self._has_written() and chance.random() < 0.5:  # else no round would ever come to its end
                self._kill(chance.randrange(2))
        world.settle(complete=True)

    def end(self) -> None:
        """Kill what still runs, and compare what was received."""
        while self.running:
            self._kill(0)
        parcels: list[Parcel] = list(noted(self.box))
        receiver = self.world.receiver
        receiver.copies.update(Counter(parcel.key for parcel in parcels))
        for parcel in parcels:
            assert receiver.taken.setdefault(parcel.key, parcel) == parcel, "what comes again is what came before"
        assert receiver.doubled <= self.killed, "twice only where somebody died"
        self.world.end()

    def _has_written(self) -> bool:
        """Return whether anybody else has written since we last asked."""
        before, self.seen = self.seen, self.world.look.raw.execute("pragma data_version").fetchone()[0]
        return before != self.seen

    def _is_due(self) -> bool:
        now = sortable(self.world.hands.moment)
        waiting = self.world.look.raw.execute("select count(*) from outbox where state = 'pending'").fetchone()[0]
        due = self.world.look.next_due()
        return bool(waiting) or (due is not None and due <= now)

    def _start(self) -> None:
        self.started += 1
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        house = replace(self.world.house, chance=random.Random(0), _held_open=None)
        told = (house, self.moment, self.box, self.errors, self.world.chance.randrange(10**9))
        process = context.Process(target=keep_ticking, args=told, daemon=True)
        process.start()
        self.running.append(process)

    def _kill(self, which: int) -> None:
        process = self.running.pop(which)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.join(LONGEST_ROUND)
        assert process.exitcode == -signal.SIGKILL, f"it ended with {process.exitcode}: {list(noted(self.errors))}"
        self.killed += 1
        process.close()

    def __str__(self) -> str:
        receiver = self.world.receiver
        return (
            f"{self.killed} of {self.started} schedulers killed in {self.rounds} rounds, "
            f"{self.world.score.reminders} reminders, {len(receiver.copies)} parcels, {receiver.doubled} of them twice"
        )
