"""A message with what is needed to speak of it, and what may be said of it to whom."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from inprocap_flow.engine.acts.migration_told import MIGRATE
from inprocap_flow.engine.case.kinds import kind_in, kinds_after
from inprocap_flow.engine.case.records import MAIN, Event
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Definition, said
from inprocap_flow.records import record
from inprocap_flow.service.delivering.phrases import Phrases
from inprocap_flow.store.deliveries import Posted


@record
class Said:
    """What is told of a message, before it is laid out."""

    what: str
    facts: tuple[tuple[str, str], ...] = ()
    to_do: str = ""
    command: str = ""


class Telling:
    """A message with what is needed to speak of it, for one group of recipients."""

    def __init__(
        self, message: Posted, definition: Definition, title: str, events: tuple[Event, ...], phrases: Phrases
    ) -> None:
        self.message, self.definition, self.title = message, definition, title
        self.phrases = phrases
        self._events = events
        self.approval = ""  # what the approval that is to be signed is called by now, if its case went over since

    # ------------------------------------------------------------------------------------------ who may know what

    @property
    def outside(self) -> bool:
        """Whether it goes to a firm: nothing of the inside and nothing of other tracks is said then."""
        return self.message.recipient.startswith("track:")

    @property
    def line(self) -> str:
        """The line spoken of, "" if the recipient must not learn of it or it is the case itself."""
        line = self.message.line
        if line == MAIN or (self.outside and self.message.recipient != f"track:{line}"):
            return ""
        return line

    # ------------------------------------------------------------------------------------------ what is defined

    @cached_property
    def kind(self) -> str:
        """The kind of the line that the message is about, in the version that the case is on."""
        return self.kind_of(self.message.line)

    def kind_of(self, line: str) -> str:
        """Return the kind of *line* in the version that the case is on; the case for what it does not know."""
        kind = kind_in(self.definition, line, self._kinds)
        return kind if kind in self.definition.tracks else CASE

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        return kinds_after(self._events)

    def titled(self, what: str, name: str, line: str | None = None) -> str:
        """Return the title of a document, field, approval or deadline; its name if it has none."""
        kind = self.kind if line is None else self.kind_of(line)
        found = getattr(self.definition, f"find_{what}")(kind, name)
        return said(found.title, self.phrases.language) or name if found else name

    @cached_property
    def acted_on(self) -> str:
        """The deadline that the message is about, if something was done to one: its subject is ``extend tenders``."""
        kind, _, name = self.message.subject.partition(" ")
        known = kind in (*CLOCK_ACTS, "recount") and self.definition.find_deadline(self.kind, name) is not None
        return name if known else ""

    @cached_property
    def step(self) -> str:
        """The title of the step that the message is about, or what was done to a deadline."""
        if self.acted_on:
            act = self.message.subject.partition(" ")[0]
            return self.phrases.say(f"act_{act}", deadline=self.titled("deadline", self.acted_on))
        if self.message.subject == MIGRATE:
            return self.phrases.say("migration")
        line, name = self.definition.line(self.kind), self.message.subject
        step = line.begins if line.begins.name == name else line.steps.get(name)
        found = step or self.definition.derogations.get(name)
        title = said(found.title, self.phrases.language) if found else ""
        return title or name.replace("_", " ").capitalize()

    @property
    def names(self) -> str:
        """The titles of the documents and fields that the message is about."""
        found = []
        for name in self.message.about:
            document = self.titled("document", name)
            found.append(document if document != name else self.titled("field", name))
        return ", ".join(found)

    def cite(self, what: str, name: str, line: str | None = None) -> str:
        kind = self.kind if line is None else self.kind_of(line)
        found = getattr(self.definition, f"find_{what}")(kind, name)
        return (found.cite or "") if found else ""

    # ------------------------------------------------------------------------------------------ what was recorded

    @cached_property
    def decision(self) -> tuple[Event, ...]:
        """The events recorded with the one that the message is about."""
        own = next((event for event in self._events if event.seq == self.message.seq), None)
        return tuple(event for event in self._events if own and event.decision == own.decision)

    @property
    def earlier(self) -> tuple[Event, ...]:
        """The events of the case before those of `decision`."""
        first = min((event.seq for event in self.decision), default=0)
        return tuple(event for event in self._events if event.seq < first)

    @property
    def actor(self) -> str:
        """Who did what the message is about, by id; "" where nothing was recorded with it."""
        return next((event.actor for event in self._events if event.seq == self.message.seq), "")

    def command(self, words: str) -> str:
        """Return a command about the case; a firm has no access to it."""
        return "" if self.outside else f"inprocap-flow {words}"

    @property
    def case_id(self) -> str:
        return self.message.case_id

    def detail(self, name: str) -> str:
        return str(self.message.detail.get(name) or "")

    def why(self, what: str, name: str, line: str | None = None) -> tuple[tuple[str, str], ...]:
        """Return the source of a deadline or approval as a fact; the text is empty where there is none."""
        return ((self.phrases.say("why"), self.cite(what, name, line)),)


def anything(telling: Telling) -> Said:
    """Say what a kind that came later is about; nothing is dropped because nobody knows how to say it."""
    what = telling.phrases.say("reminder", subject=telling.step)
    return Said(what, (), "look", telling.command(f"show {telling.case_id}"))
