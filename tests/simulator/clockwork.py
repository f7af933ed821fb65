"""The simulator with a clock: people act on clocks, time jumps, two schedulers tick, crash and are down (issue 3, 5).

What must be true is known without the code that does it: `tests.simulator.ladders` says from the case alone what is
planned and said; a ledger kept from the events says which clocks run; the receiver remembers what it got.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from inprocap_flow.delivery.parcels import Parcel
from inprocap_flow.engine.binding import Binding
from inprocap_flow.engine.history import fold
from inprocap_flow.engine.records import Decision, Refusal, Request
from inprocap_flow.errors import CaseChanged, FlowError
from inprocap_flow.service.acting import Outcome, act, open_case
from inprocap_flow.service.delivering import handing, sending
from inprocap_flow.service.delivering.routes import NOWHERE
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.timekeeping.rebuilding import rebuild_where_needed
from inprocap_flow.service.timekeeping.ticking import tick
from inprocap_flow.store import snapshot
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.port import sortable
from tests.simulator.books import Book, Look, Row, Written
from tests.simulator.clockhouse import NAME, PEOPLE, ClockHouse, Switch, content_hash
from tests.simulator.faults import Crash, Fault
from tests.simulator.receiver import Receiver
from tests.simulator.wishes import Drawn

CASES = 5  # that are worked on at once
REQUESTS = 90  # about one case, then another begins in its place
MOST_CRASHES = 3  # of one request, in a row


@dataclass
class Score:
    """What a run did, for its last line and its report."""

    steps: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    expiries: int = 0
    claims: int = 0
    reminders: int = 0
    late: int = 0
    overtaken: int = 0
    bundles: int = 0
    doubled: int = 0
    deliveries: Counter[str] = field(default_factory=Counter)
    nested: int = 0
    worlds: int = 0
    cases: int = 0

    @property
    def all_steps(self) -> int:
        return self.steps.total()

    @property
    def all_crashes(self) -> int:
        return self.crashes.total()

    def add(self, other: Score) -> None:
        """Add what another run did."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def __str__(self) -> str:
        return (
            f"{self.all_steps} steps ({_listed(self.steps)}), {self.all_crashes} crashes ({_listed(self.crashes)}), "
            f"{self.nested} times one in the middle of another; {self.expiries} deadlines ended by themselves, "
            f"{self.reminders} reminders written ({self.late} late), {self.overtaken} overtaken, "
            f"{self.bundles} parcels received, {self.doubled} of them twice; {_listed(self.outcomes)}"
        )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


class World:
    """One installation from its first day on; ``end`` lets everything be delivered and compares the whole."""

    def __init__(self, house: ClockHouse, *, trouble: float = 0.05) -> None:
        house.build()
        self.house, self.chance, self.hands, self.trouble = house, house.chance, house.hands, trouble
        self.score = Score(worlds=1)
        self.books: dict[str, Book] = {}
        self.live: list[str] = []
        self.receiver = Receiver(self.chance, looks=self._look_at, trouble=trouble)
        self.switches = [Switch(), Switch()]
        self.desks = [house.desk(switch) for switch in self.switches]
        self.people = Switch()
        self.front = house.desk(self.people)  # where people act
        self.back = house.desk()  # where we look
        self.look = Look(house.raw())
        self.down = [0, 0]  # steps for which a scheduler stays down
        self.released = True  # whether the rows must be made anew
        self._binding: Binding | None = None
        self._disturbed = False  # something else happened in the middle of a tick
        self.story: deque[str] = deque(maxlen=30)  # what happened last, for whoever looks for a fault

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
        name = self.chance.choices(("request", "tick", "time", "house"), (28, 50, 21, 1))[0]
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
        self._binding = None
        if self.chance.random() < 0.7:
            self.house.say_absence()
            return
        self._tell("another organisation")
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
        self._tell(f"{case_id}: {request}")
        try:
            outcome = act(self.front, case_id, request)
        except Crash:
            self._tell("crash")
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

    def _tell(self, what: str) -> None:
        self.story.append(f"{self.hands.moment:%Y-%m-%d %H:%M:%S} {what}")

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
        self._disturbed = False
        done = self._ticked(which)
        switch.fault, switch.at_begin = Fault(), 0
        self.receiver.meanwhile = lambda: None
        self.settle(complete=done and not self._disturbed)

    def _somewhere(self, statements: int) -> Fault:
        return Fault(at=self.chance.randint(1, max(6, statements)), after_it=self.chance.random() < 0.5)

    def _made_anew(self, which: int) -> bool:
        """Let a scheduler make the rows anew, as it does from time to time; return whether it came to its end."""
        switch = self.switches[which]
        if self.chance.random() < self.trouble * 4:
            switch.fault = self._somewhere(60)
        self._tell(f"scheduler {which} makes the rows anew")
        try:
            rebuild_where_needed(self.desks[which], self.hands.moment)
            self.released = False
        except Crash:
            self.desks[which] = self._started_again(self.desks[which], switch)
            self.score.crashes["rows made anew"] += 1
        switch.fault = Fault()
        self._turned()  # what was provisional has been reckoned again
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
        self._tell(f"scheduler {which} ticks")
        try:
            ticked = tick(desk)
        except Crash:
            self._tell("crash")
            self._died(which)
            return False
        finally:
            self.receiver.sender = before
        soonest = self.look.next_due()
        if soonest and not self._disturbed:
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
        self._disturbed = True
        self._tell("meanwhile")
        self.settle()
        if self.chance.random() < 0.6:
            self._ticked(1 - which)
            self.settle()
        else:
            self._request(crashes=False)

    # ------------------------------------------------------------------------------------------ compared

    @property
    def binding(self) -> Binding:
        """What is decided with today."""
        if self._binding is None:
            with self.back.store.reading() as view:
                self._binding = self.back.bind(view, content_hash(), NAME)
        return self._binding

    def settle(self, *, complete: bool = False) -> None:
        """Compare what there is with what must be there; if *complete*, nothing that is due may be left."""
        now = self.hands.moment
        self._turned()
        self._claimed(now)
        if complete:
            self._nothing_due(now)

    def _turned(self) -> None:
        for case_id, version in self.look.versions().items():
            book = self.books.setdefault(case_id, Book(case_id))
            if version != book.version:
                self._turn(book, version, self.hands.moment)

    def _turn(self, book: Book, version: int, now: datetime) -> None:
        assert version == book.version + 1, "one outcome at a time"
        events = self.look.events(book.case_id, len(book.events))
        self.score.events.update(event.kind for event in events)
        self._tell(f"{book.case_id}: {[event.kind for event in events]}")
        case = self.look.case(book.case_id)
        before = book.ledger.ended
        book.turn(self.binding, case, events, now)
        self.score.expiries += max(0, book.ledger.ended - before)
        book.clocks_agree(self.look.clocks(book.case_id))

    def _claimed(self, now: datetime) -> None:
        """Find the rows that were claimed, and see that they and what was written are as they must be."""
        there = self.look.reminders()
        ours = {(book.case_id, name): row for book in self.books.values() for name, row in book.rows.items()}
        expected: list[Written] = []
        if there != ours:
            for case_id, name in sorted(there.keys() | ours.keys()):
                if there.get((case_id, name)) != ours.get((case_id, name)):
                    expected += self._claim(case_id, name, now)
            ours = {(book.case_id, name): row for book in self.books.values() for name, row in book.rows.items()}
            wrong = {place: (there.get(place), ours.get(place)) for place in there.keys() | ours.keys()}
            assert there == ours, [f"{place}: {a}, not {b}" for place, (a, b) in wrong.items() if a != b]
        written = self.look.written()
        self.score.reminders += len(written)
        self.score.late += sum(one.late for one in written)
        assert Counter(written) == Counter(expected), "what is due is said, once, and nothing else"

    def _claim(self, case_id: str, name: str, now: datetime) -> list[Written]:
        book = self.books[case_id]
        assert name in book.rows, (
            f"{case_id} has a row for {name}, and nothing is planned there: {book.ladders.get(name)}"
        )
        said = book.claim(self.binding, name, now)
        self.score.claims += 1
        self.score.overtaken += not said
        return [
            Written(case_id, one.ladder, one.to, one.says, sortable(one.due_at), one.late, one.merged) for one in said
        ]

    def _nothing_due(self, now: datetime) -> None:
        due = [(book.case_id, name) for book in self.books.values() for name, row in book.rows.items()
               if row.due_at <= sortable(now)]  # fmt: skip
        assert not due, f"not claimed: {due}"
        over = [(book.case_id, place) for book in self.books.values() for place in book.ledger.over_at(now)]
        assert not over, f"not ended: {over}"

    def _look_at(self, parcel: Parcel) -> None:
        """See that nothing overtaken is sent: looked at when it is tried for the first time, and nobody was faster."""
        asked = "select max(attempts) from deliveries where bundle = ?"
        if self._disturbed or self.look.raw.execute(asked, (parcel.key,)).fetchone()[0] != 1:
            return
        for message in parcel.data["messages"]:
            if message["kind"] == "reminder":
                self._still_true(message["case"], message["reminder"])

    def _still_true(self, case_id: str, said: dict[str, object]) -> None:
        book = self.books[case_id]
        case = self.look.case(case_id)
        if case.version != book.version:  # the tick has just let time pass; what it made of it is compared afterwards
            return
        ladder = book.ladders_with(self.binding).get(str(said["ladder"]))
        assert ladder is not None, f"{said['ladder']} is gone, and somebody is reminded of it"
        end = sortable(ladder.end) if ladder.end else None
        assert end == said["end"], f"{said['ladder']} was moved, and somebody is reminded of its old end"
        over = end is not None and end <= sortable(self.hands.moment)
        assert not (over and str(said["rung"]).startswith("before")), "it is over, and somebody is told that it will be"

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
        self._delivered()
        for book in self.books.values():
            events = self.look.events(book.case_id, 0)
            assert book.case is not None
            assert snapshot.write(fold(events)) == snapshot.write(book.case), "the state is what the events say"
        assert self.back.store.audit(NAME).findings == ()
        for desk in (*self.desks, self.front, self.back):
            desk.store.close()
        self.look.raw.close()
        self.house.close()
        return self.score

    def _delivered(self) -> None:
        rows = self.look.raw.execute("select message_id, recipient, channel, state, bundle from deliveries").fetchall()
        self.score.deliveries.update(state for *_, state, _ in rows)
        sent = {bundle for *_, state, bundle in rows if state == "sent"}
        assert sent <= self.receiver.copies.keys(), "what counts as sent was received"
        named = {bundle for *_, bundle in rows if bundle}
        assert self.receiver.copies.keys() <= named, "what was received is known"
        whole = Counter((message, recipient, channel) for message, recipient, channel, *_ in rows)
        assert max(whole.values(), default=1) == 1, "one delivery for each recipient and channel"
        handed = {row[0] for row in self.look.raw.execute("select id from outbox where state = 'handed'")}
        assert handed == {row[0] for row in rows} & handed, "what is handed over has deliveries"
        for bundle, parcel in self.receiver.taken.items():
            messages = {row[0] for row in rows if row[4] == bundle}
            assert messages == {one["message"] for one in parcel.data["messages"]}, "a bundle is what was received"
        reached = {recipient for _, recipient, channel, *_ in rows if channel != NOWHERE}
        assert reached <= PEOPLE.keys(), "only people are reached"
        self.score.bundles, self.score.doubled = len(self.receiver.copies), self.receiver.doubled


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
