"""The simulator with a clock: people act on clocks, time jumps, two schedulers tick, crash and are down (issue 3, 5).

What must be true is known without the code that does it: `tests.simulator.ladders` says from the case alone what is
planned and said; a ledger kept from the events says which clocks run; the receiver remembers what it got.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from inprocap_flow.engine.case.records import Decision, Refusal, Request
from inprocap_flow.errors import CaseChanged, FlowError
from inprocap_flow.service.acting import Outcome, act, open_case
from inprocap_flow.service.delivering import handing, sending
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.rebuilding import rebuild_where_needed
from inprocap_flow.service.timekeeping.ticking import tick
from inprocap_flow.store.connection import StoreUnavailable
from tests.simulator.books import Book, Row
from tests.simulator.clockhouse import NAME, ClockHouse, Switch
from tests.simulator.compared import Compared
from tests.simulator.faults import Crash, Fault
from tests.simulator.score import Score
from tests.simulator.wishes import Drawn

CASES = 5  # that are worked on at once
REQUESTS = 90  # about one case, then another begins in its place
MOST_CRASHES = 3  # of one request, in a row


class World(Compared):
    """One installation from its first day on; ``end`` lets everything be delivered and compares the whole."""

    def __init__(self, house: ClockHouse, *, trouble: float = 0.05) -> None:
        house.build()
        super().__init__(house)
        self.chance, self.trouble = house.chance, trouble
        self.receiver.trouble = trouble
        self.live: list[str] = []
        self.switches = [Switch(), Switch()]
        self.desks = [house.desk(switch) for switch in self.switches]
        self.people = Switch()
        self.front = house.desk(self.people)  # where people act
        self.down = [0, 0]  # steps for which a scheduler stays down
        self.released = True  # whether the rows must be made anew

    @contextmanager
    def connected(self) -> Iterator[World]:
        """Let everything that is sent go to our receiver."""
        with (
            patch.object(handing, "open_routes", lambda _settings: self.receiver.routes),
            patch.object(sending, "open_routes", lambda _settings: self.receiver.routes),
        ):
            yield self

    # ------------------------------------------------------------------------------------------ steps

    def step(self) -> None:
        """Do one thing and compare."""
        while len(self.live) < CASES:
            self._open()
        name = self.chance.choices(("request", "tick", "time", "house"), (28, 49, 21, 2))[0]
        self.score.steps[name] += 1
        self.hands.moment += timedelta(seconds=self.chance.randint(0, 20))
        if name == "request":
            self._request(crashes=True)
        elif name == "tick":
            self._tick(self.chance.randrange(2))
        elif name == "time":
            self._jump()
        else:
            self._change_house()

    def _jump(self) -> None:
        dice = self.chance.random()
        if dice < 0.45 and (due := self.look.next_due()):
            moment = datetime.fromisoformat(due) + timedelta(seconds=self.chance.choice((-1, 0, 0, 1, 40)))
            self.hands.moment = max(self.hands.moment, min(moment, self.hands.moment + timedelta(days=60)))
        elif dice < 0.88:
            self.hands.moment += timedelta(minutes=self.chance.randint(10, 900))
        elif dice < 0.97:
            self.hands.moment += timedelta(days=self.chance.randint(1, 5))
        elif dice < 0.985:
            self.hands.moment += timedelta(days=self.chance.randint(6, 30))
        elif dice < 0.99:
            self.hands.moment += timedelta(days=self.chance.randint(31, 120))
        else:
            self.hands.moment -= timedelta(hours=1)  # somebody set the clock
        if self.chance.random() < 0.03:
            self.down[self.chance.randrange(2)] = self.chance.randint(5, 60)

    def _change_house(self) -> None:
        self.binding_changed()
        if self.chance.random() < 0.7:
            self.house.say_absence()
            return
        self.tell("another organisation")
        self.house.release_organisation()
        self.released = True

    # ------------------------------------------------------------------------------------------ people

    def _open(self) -> None:
        case_id = f"case-{len(self.books) + 1:04}"
        extra = {"case": case_id, "title": "Invented", "seed": self.chance.randbytes(32).hex()}
        request = Request("open", "ada", "begin", extra=extra)
        outcome = open_case(self.front, "timed", NAME, request)
        assert isinstance(outcome, Decision)
        self.books[case_id] = Book(case_id)
        self.live.append(case_id)
        self.score.cases += 1
        self.settle()

    def _request(self, *, crashes: bool) -> None:
        case_id = self.chance.choice(self.live)
        book = self.books[case_id]
        book.requests += 1
        assert book.case is not None
        request = Drawn(self.chance, self.binding, book.case, self.hands.moment).request()
        key = f"key-{self.chance.getrandbits(64):016x}"
        extra = {**request.extra, "seed": self.chance.randbytes(32).hex()}
        request = replace(request, idempotency_key=key, extra=extra)
        for attempt in range(MOST_CRASHES + 1):
            often = self.trouble if crashes and attempt < MOST_CRASHES else 0.0
            if self._send(case_id, request, Fault.drawn(self.chance, often)):
                break
        if book.requests > REQUESTS or (book.case.main.ended and self.chance.random() < 0.2):
            self._retire(case_id)

    def _retire(self, case_id: str) -> None:
        """Let a case rest; most are ended before, or they would remind somebody for ever."""
        if case_id in self.live:
            self.live.remove(case_id)
        case = self.books[case_id].case
        if case is None or case.main.ended or self.chance.random() < 0.1:
            return
        for name, actor in (("stop", "ben"), ("finish", "ada")):
            request = Request("do", actor, name, reason="enough", idempotency_key=f"{case_id} {name}")
            self._send(case_id, request, Fault())

    def _send(self, case_id: str, request: Request, fault: Fault) -> bool:
        """Send a request once; return whether it was answered."""
        self.people.fault = fault
        self.tell(f"{case_id}: {request}")
        try:
            outcome = act(self.front, case_id, request)
        except Crash:
            self.tell("crash")
            self.score.crashes["request"] += 1
            self.front = self._started_again(self.front, self.people)
            self.settle()
            return False
        except (StoreUnavailable, CaseChanged):
            raise
        except FlowError as wrong:
            self.score.outcomes[wrong.code] += 1
        else:
            self._count(request, outcome)
        self.people.fault = Fault()
        self.settle()
        return True

    def _count(self, request: Request, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            self.score.outcomes["refused"] += 1
            self.score.codes.update(outcome.codes)
        elif isinstance(outcome, Decision):
            self.score.outcomes[f"{request.kind}"] += 1
        else:
            self.score.outcomes["answered as before"] += 1

    def _started_again(self, desk: Desk, switch: Switch) -> Desk:
        desk.store.close()
        switch.fault, switch.at_begin = Fault(), 0
        return self.house.desk(switch)

    # ------------------------------------------------------------------------------------------ schedulers

    def _tick(self, which: int) -> None:
        if self.down[which]:
            self.down[which] -= 1
            return
        switch = self.switches[which]
        if self.released and not self._made_anew(which):
            return
        if self.chance.random() < self.trouble:
            switch.fault = Fault(
                at=self.chance.randint(1, max(6, switch.statements)), after_it=self.chance.random() < 0.5
            )
        switch.statements = 0
        self.receiver.trouble = self.trouble
        if self.chance.random() < 0.3:
            switch.at_begin = self.chance.randint(1, 12)
            switch.meanwhile = lambda: self._meanwhile(which)
            self.receiver.meanwhile = lambda: self._meanwhile(which)
        self.disturbed = False
        done = self._ticked(which)
        switch.fault, switch.at_begin = Fault(), 0
        self.receiver.meanwhile = lambda: None
        self.settle(complete=done and not self.disturbed)

    def _somewhere(self, statements: int) -> Fault:
        return Fault(at=self.chance.randint(1, max(6, statements)), after_it=self.chance.random() < 0.5)

    def _made_anew(self, which: int) -> bool:
        """Let a scheduler make the rows anew, as it does from time to time; return whether it came to its end."""
        switch = self.switches[which]
        if self.chance.random() < self.trouble * 4:
            switch.fault = self._somewhere(60)
        self.tell(f"scheduler {which} makes the rows anew")
        try:
            rebuild_where_needed(self.desks[which], self.hands.moment)
            self.released = False
        except Crash:
            self.desks[which] = self._started_again(self.desks[which], switch)
            self.score.crashes["rows made anew"] += 1
        switch.fault = Fault()
        self.turned()  # what was provisional has been reckoned again
        there: dict[str, dict[str, Row]] = {}
        for (case_id, name), row in self.look.reminders().items():
            there.setdefault(case_id, {})[name] = row
        for book in self.books.values():
            if not self.released or there.get(book.case_id, {}) != book.rows:
                book.made_anew(self.binding, self.hands.moment)
        self.settle()
        return not self.released

    def _ticked(self, which: int) -> bool:
        """Let a scheduler tick; return whether it came to its end."""
        desk, before = self.desks[which], self.receiver.sender
        self.receiver.sender = which
        self.receiver.last.pop(which, None)
        self.tell(f"scheduler {which} ticks")
        try:
            ticked = tick(desk)
        except Crash:
            self.tell("crash")
            self._died(which)
            return False
        finally:
            self.receiver.sender = before
        soonest = self.look.next_due()
        if soonest and not self.disturbed:
            assert ticked.soonest.moment == datetime.fromisoformat(soonest), "it knows when it must look again"
        return True

    def _died(self, which: int) -> None:
        """Start a scheduler again. If it died between the acceptance of a parcel and its mark, that may come again."""
        self.desks[which] = self._started_again(self.desks[which], self.switches[which])
        last = self.receiver.last.get(which)
        asked = "select count(*) from deliveries where bundle = ? and state = 'sending'"
        unmarked = last is not None and self.look.raw.execute(asked, (last,)).fetchone()[0]
        if last is not None and unmarked:
            self.receiver.died_after[last] += 1
        self.score.crashes["between acceptance and mark" if unmarked else "tick"] += 1

    def _meanwhile(self, which: int) -> None:
        """Do something else in the middle of a tick, where no transaction is open."""
        self.score.nested += 1
        self.receiver.meanwhile = lambda: None
        self.disturbed = True
        self.tell("meanwhile")
        self.settle()
        if self.chance.random() < 0.6:
            self._ticked(1 - which)
            self.settle()
        else:
            self._request(crashes=False)

    # ------------------------------------------------------------------------------------------ the end

    def end(self) -> Score:
        """Let everything be delivered without trouble, compare the whole, and return what was done."""
        self.receiver.trouble = self.trouble = 0.0
        self.down = [0, 0]
        open_ = 1
        for _ in range(60):
            self.hands.moment += timedelta(hours=7)
            self._tick(0)
            open_ = self.look.raw.execute(
                "select (select count(*) from outbox where state = 'pending')"
                " + (select count(*) from deliveries where state in ('pending', 'sending'))"
            ).fetchone()[0]
            if not open_:
                break
        assert not open_, f"{open_} are still under way"
        self.whole()
        for desk in (*self.desks, self.front):
            desk.store.close()
        self.close()
        return self.score


def simulate_world(seed: str | int, steps: int, folder: Path, *, trouble: float = 0.05, in_file: float = 0.1) -> Score:
    """Run one installation for *steps* steps, in memory or now and then on a file, and return what was done."""
    chance = random.Random(seed)
    house = (ClockHouse.in_file if chance.random() < in_file else ClockHouse.in_memory)(folder, chance)
    return simulate_house(house, steps, trouble=trouble, seed=seed)


def simulate_house(house: ClockHouse, steps: int, *, trouble: float, seed: str | int = "") -> Score:
    """Run one installation for *steps* steps and return what was done."""
    world = World(house, trouble=trouble)
    with world.connected():
        try:
            for _ in range(steps):
                world.step()
            return world.end()
        except BaseException as wrong:
            wrong.add_note(f"world with seed {seed!r} after {world.score.all_steps} steps:\n" + "\n".join(world.story))
            raise


def simulate(seed: int, steps: int, folder: Path, *, world_steps: int = 1500) -> Score:
    """Run *steps* steps in one installation after another and return what was done."""
    score = Score()
    while score.all_steps < steps:
        most = min(world_steps, steps - score.all_steps)
        score.add(simulate_world(f"{seed}-{score.worlds}", most, folder))
    return score
