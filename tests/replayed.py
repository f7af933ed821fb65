"""Replay is truth, in scenarios too: what an act left is what its events, read back from their rows, add up to.

Comparing after every act of every shipped scenario takes minutes, so each run of the tests compares every twentieth act
of every file, from a first one that a printed seed chooses; ``INPROCAP_SEED`` repeats it. The soak compares all.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Event, Refusal, Request
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.store import chain, rows, snapshot

SEED = int(os.environ.get("INPROCAP_SEED", "0")) or random.SystemRandom().randrange(10**9)
EVERY = 20  # fewer than the acts of the smallest file, so that each is looked at


class Replay:
    """Counts the acts of scenarios and compares some: the state that was decided with the fold of what was recorded."""

    def __init__(self, every: int = EVERY) -> None:
        self.every, self.first = every, SEED % every
        self.acts = self.compared = 0
        self.differs: list[str] = []
        self._read: dict[int, tuple[Event, Event]] = {}  # the one that was decided keeps its number from being reused

    def look(self, play: Rehearsal, request: Request) -> None:
        """Take note of one act of *play*, carried out or refused, and compare if it is its turn."""
        if play.case is None:  # the opening was refused
            return
        self.acts += 1
        if self.acts % self.every != self.first:
            return
        self.compared += 1
        replayed = fold([self._read_back(event, play.case.id) for event in play.events])
        if snapshot.write(replayed) != snapshot.write(play.case):
            self.differs.append(f"after {request.kind} {request.name} on {request.line} of {play.case.procedure}")

    def _read_back(self, event: Event, case_id: str) -> Event:
        if id(event) not in self._read:
            row = rows.of_event(case_id, chain.Link(event, "", ""))
            self._read[id(event)] = (event, rows.event(tuple(row.values()))[0])
        return self._read[id(event)][1]

    def __str__(self) -> str:
        return f"INPROCAP_SEED={SEED}, {self.acts} acts, {self.compared} replayed, {len(self.differs)} differ"


@contextmanager
def replaying(every: int = EVERY) -> Iterator[Replay]:
    """Let every rehearsal be looked at, while scenarios are played."""
    replay, play_as_it_is = Replay(every), Rehearsal.play

    def play(self: Rehearsal, request: Request, now: datetime) -> Decision | Refusal:
        outcome = play_as_it_is(self, request, now)
        replay.look(self, request)
        return outcome

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rehearsal, "play", play)
        yield replay
