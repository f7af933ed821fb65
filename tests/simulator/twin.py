"""What must be true of a case, known without the database: every request decided once more, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Decision, Event, Message, Refusal, Request
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.store import snapshot
from inprocap_flow.store.port import Store
from inprocap_flow.store.records import Answer

Row = tuple[int, str, str, str, str]  # seq, kind, recipient, subject, state


@dataclass
class Twin:
    """One case as it must be: its events, its messages, how often it refused, and every answer that was given."""

    case_id: str
    binding: Binding
    rehearsal: Rehearsal = field(init=False)
    posted: list[Row] = field(default_factory=list)
    refused: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rehearsal = Rehearsal(self.binding)

    def does(self, request: Request, now: datetime) -> Decision | Refusal:
        """Decide *request* as the database must have decided it. Raises what deciding it raises."""
        outcome = self.rehearsal.play(request, now)
        self.refused += isinstance(outcome, Refusal)
        self._post(outcome.events, outcome.messages)
        return outcome

    def _post(self, events: tuple[Event, ...], messages: tuple[Message, ...]) -> None:
        """Keep what must stand in the outbox; nothing is ever sent here, so what is annulled is withdrawn."""
        annulled = {number for event in events if event.kind == "annulled" for number in event.data["decisions"]}
        decision = {event.seq: event.decision for event in self.rehearsal.events}
        back = {(row[0], row[2]) for row in self.posted if row[4] == "pending" and decision[row[0]] in annulled}
        self.posted = [(*row[:4], "withdrawn") if (row[0], row[2]) in back else row for row in self.posted]
        self.posted += [
            (message.seq, message.kind, recipient, message.subject, "pending")
            for message in messages
            for recipient in message.to
            if message.kind != "correction" or (int(message.about[0]), recipient) not in back
        ]

    # ------------------------------------------------------------------------------------------ compared

    def stands(self, store: Store) -> None:
        """Compare only the state and how long the chain is: cheap enough for every request."""
        if (case := self.rehearsal.case) is not None:
            with store.reading() as view:
                loaded = view.load(self.case_id)
            assert snapshot.write(loaded.case) == snapshot.write(case), "the state is what was decided, byte for byte"
            assert loaded.event_count == len(self.rehearsal.events)

    def holds(self, store: Store) -> None:
        """Compare the database with what must be there: state, events, messages, refusals, answers, chain and lists."""
        case = self.rehearsal.case
        if case is None:
            return
        with store.reading() as view:
            loaded, events = view.load(self.case_id), view.events(self.case_id)
            answers = {key: view.answer(key) for key in self.answers}
        assert snapshot.write(loaded.case) == snapshot.write(case), "the state is what was decided, byte for byte"
        assert [e.to_plain() for e in events] == [e.to_plain() for e in self.rehearsal.events], "no event more or less"
        assert loaded.version == case.version == len({event.outcome for event in events})
        assert answers == self.answers, "an answer never changes"
        found = store.outbox(case_id=self.case_id, state=None)
        rows = Counter((row.seq, row.kind, row.recipient, row.subject, row.state) for row in found)
        assert rows == Counter(self.posted), "every message once"
        assert len({row.id for row in found}) == len(found)
        assert sum(entry.times for entry in store.refusals(self.case_id)) == self.refused
        assert store.audit(case_id=self.case_id).findings == ()
