"""What must be true of an installation after every step and in the end, known without the code that is tested."""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime

from inprocap_flow.delivery.parcels import Parcel
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.service.delivering.routes import NOWHERE
from inprocap_flow.store import snapshot
from inprocap_flow.store.moments import sortable
from tests.simulator.books import Book, Look, Written
from tests.simulator.clockhouse import NAME, PEOPLE, ClockHouse, content_hash
from tests.simulator.receiver import Receiver
from tests.simulator.score import Score


class Compared:
    """One installation beside what must be true of it: the books of its cases, and what the receiver got."""

    def __init__(self, house: ClockHouse) -> None:
        self.house, self.hands = house, house.hands
        self.score = Score(worlds=1)
        self.books: dict[str, Book] = {}
        self.receiver = Receiver(house.chance, looks=self._look_at)
        self.back = house.desk()  # where we look through the program
        self.look = Look(house.raw())  # where we look past it
        self.disturbed = False  # something else happened in the middle of a tick
        self.story: deque[str] = deque(maxlen=30)  # what happened last, for whoever looks for a fault
        self._binding: Binding | None = None

    def tell(self, what: str) -> None:
        """Remember what happens, for whoever looks for a fault."""
        self.story.append(f"{self.hands.moment:%Y-%m-%d %H:%M:%S} {what}")

    def binding_changed(self) -> None:
        """Forget what was decided with: the organisation or its people are other ones."""
        self._binding = None

    def close(self) -> None:
        """Let go of it."""
        self.back.store.close()
        self.look.raw.close()
        self.house.close()

    # ------------------------------------------------------------------------------------------ after each step

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
        self.turned()
        self._claimed(now)
        if complete:
            self._nothing_due(now)

    def turned(self) -> None:
        """Take in every outcome that there is since the last look."""
        for case_id, version in self.look.versions().items():
            book = self.books.setdefault(case_id, Book(case_id))
            if version != book.version:
                self._turn(book, version, self.hands.moment)

    def _turn(self, book: Book, version: int, now: datetime) -> None:
        assert version == book.version + 1, "one outcome at a time"
        events = self.look.events(book.case_id, len(book.events))
        self.score.events.update(event.kind for event in events)
        self.tell(f"{book.case_id}: {[event.kind for event in events]}")
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
        if self.disturbed or self.look.raw.execute(asked, (parcel.key,)).fetchone()[0] != 1:
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

    # ------------------------------------------------------------------------------------------ in the end

    def whole(self) -> None:
        """Compare everything, once nothing is under way any more."""
        self._delivered()
        for book in self.books.values():
            events = self.look.events(book.case_id, 0)
            assert book.case is not None
            assert snapshot.write(fold(events)) == snapshot.write(book.case), "the state is what the events say"
        assert self.back.store.audit(NAME).findings == ()

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
