"""One message in words: what, until when, why, what to do. Never a value of a field, never somebody's name.

Everything is taken from what cannot change any more (the message, the events of its decision, the released version),
so that a message that is sent again says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from inprocap_flow.delivery.parcels import Item
from inprocap_flow.engine.records import MAIN, Event, unstamp
from inprocap_flow.language.model import CASE, Definition, said
from inprocap_flow.records import record
from inprocap_flow.service.delivering.phrases import Phrases
from inprocap_flow.service.phrases import notice
from inprocap_flow.store.deliveries import Posted

FEW = 2  # titles in a heading; more stand below it
Facts = list[tuple[str, str]]


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
        kind = CASE if self.message.line == MAIN else self.message.line.partition("/")[0]
        return kind if kind in self.definition.tracks else CASE

    def titled(self, what: str, name: str, line: str | None = None) -> str:
        """Return the title of a document, field, approval or deadline; its name if it has none."""
        kind = self.kind if line is None else CASE if line == MAIN else line.partition("/")[0]
        found = getattr(self.definition, f"find_{what}")(kind if kind in self.definition.tracks else CASE, name)
        return said(found.title, self.phrases.language) or name if found else name

    @cached_property
    def step(self) -> str:
        """The title of the step that the message is about."""
        line, name = self.definition.line(self.kind), self.message.subject
        found = line.begins if line.begins.name == name else line.steps.get(name)
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
        kind = self.kind if line is None else CASE if line == MAIN else line.partition("/")[0]
        found = getattr(self.definition, f"find_{what}")(kind if kind in self.definition.tracks else CASE, name)
        return (found.cite or "") if found else ""

    # ------------------------------------------------------------------------------------------ what was recorded

    @cached_property
    def decision(self) -> tuple[Event, ...]:
        """The events recorded with the one that the message is about."""
        own = next((event for event in self._events if event.seq == self.message.seq), None)
        return tuple(event for event in self._events if own and event.decision == own.decision)

    def command(self, words: str) -> str:
        """Return a command about the case; a firm has no access to it."""
        return "" if self.outside else f"inprocap-flow {words}"

    @property
    def case_id(self) -> str:
        return self.message.case_id

    def detail(self, name: str) -> str:
        return str(self.message.detail.get(name) or "")


def item(telling: Telling) -> Item:
    """Return *telling* as an item of a letter."""
    message, phrases = telling.message, telling.phrases
    said_ = _SAYINGS.get(message.kind, _other)(telling)
    facts: Facts = [(phrases.say("case"), telling.title or telling.case_id)]
    if telling.title and not telling.outside:
        facts.append(("", telling.case_id))
    if telling.line:
        facts.append((phrases.say("on"), telling.line))
    facts += [fact for fact in said_.facts if fact[1]]
    late = phrases.say("late", due=phrases.moment(unstamp(telling.detail("due_at")))) if _is_late(message) else ""
    what = phrases.say("escalation", what=said_.what) if message.detail.get("escalation") else said_.what
    return Item(what, tuple(facts), phrases.say(said_.to_do) if said_.to_do else "", said_.command, late)


def _is_late(message: Posted) -> bool:
    return bool(message.detail.get("late")) and bool(message.detail.get("due_at"))


# ---------------------------------------------------------------------------------------------- kinds of messages


def _told(telling: Telling) -> Said:
    message, phrases = telling.message, telling.phrases
    if message.subject == "approval_declined":
        name = message.about[0] if message.about else ""
        what = phrases.say("approval_declined", approval=telling.titled("approval", name))
        return Said(what, _why(telling, "approval", name), "look", telling.command(f"history {telling.case_id}"))
    if message.subject == "expiry_refused":
        step = message.about[0] if message.about else ""
        what = phrases.say("expiry_refused", step=_step_title(telling, step))
        return Said(what, (), "see_why", telling.command(f"why {telling.case_id} {step}"))
    facts = [(phrases.say("documents"), telling.names), *_happened(telling), *_deadlines(telling), *_cited(telling)]
    what = phrases.say("told", step=telling.step)
    return Said(what, tuple(facts), "look", telling.command(f"show {telling.case_id}"))


def _step_title(telling: Telling, name: str) -> str:
    found = telling.definition.line(telling.kind).steps.get(name)
    return (said(found.title, telling.phrases.language) if found else "") or name.replace("_", " ").capitalize()


def _happened(telling: Telling) -> Iterator[tuple[str, str]]:
    """Yield when it happened, where that is known to the minute: it may have been entered days later."""
    if telling.decision and telling.decision[0].happened.is_exact:
        yield telling.phrases.say("when"), telling.phrases.moment(telling.decision[0].happened.last)


def _deadlines(telling: Telling) -> Iterator[tuple[str, str]]:
    """Yield the deadlines that the same decision set; to a firm only those of its own track and of everybody."""
    for event in telling.decision:
        if event.kind not in ("deadline_started", "deadline_extended", "deadline_recomputed"):
            continue
        if not event.data.get("end") or (telling.outside and event.line not in (telling.line, MAIN)):
            continue
        name = str(event.data["deadline"])
        kind = CASE if event.line == MAIN else event.line.partition("/")[0]
        declared = telling.definition.find_deadline(kind, name)
        if telling.outside and event.line == MAIN and (declared is None or declared.kind != "open_until"):
            continue
        title = telling.titled("deadline", name, event.line)
        yield telling.phrases.say("until"), f"{telling.phrases.end(unstamp(event.data['end']))}: {title}"


def _cited(telling: Telling) -> Iterator[tuple[str, str]]:
    cites = dict.fromkeys(str(event.data["cite"]) for event in telling.decision if event.data.get("cite"))
    if cites:
        yield telling.phrases.say("why"), "; ".join(cites)


def _why(telling: Telling, what: str, name: str, line: str | None = None) -> tuple[tuple[str, str], ...]:
    return ((telling.phrases.say("why"), telling.cite(what, name, line)),)


def _published(telling: Telling) -> Said:
    names, phrases = telling.names, telling.phrases
    if len(telling.message.about) <= FEW:
        what, about = phrases.say("published", names=names or telling.step), ""
    else:
        what, about = phrases.say("published_many", count=len(telling.message.about)), names
    facts = [(phrases.say("documents"), about), *_happened(telling), *_cited(telling)]
    return Said(what, tuple(facts), "look", telling.command(f"show {telling.case_id}"))


def _notice(telling: Telling) -> Said:
    found = [event.data["notice"] for event in telling.decision if event.kind == "noticed"]
    what = telling.phrases.say("notice", notice=notice(found[0]) if found else telling.step)
    facts = (*_happened(telling), *_cited(telling))
    return Said(what, facts, "look", telling.command(f"show {telling.case_id}"))


def _asked(telling: Telling) -> Said:
    message, phrases = telling.message, telling.phrases
    name = message.about[0] if message.about else message.subject
    title = telling.titled("approval", name)
    watch = message.subject != name
    what = phrases.say("watch" if watch else "asked", approval=title, watch=message.subject)
    on = f" --on {telling.line}" if telling.line else ""
    return Said(what, _why(telling, "approval", name), "sign", telling.command(f"sign {telling.case_id} {name}{on}"))


def _correction(telling: Telling) -> Said:
    phrases = telling.phrases
    reasons = [str(event.data.get("reason", "")) for event in telling.decision if event.kind == "annulled"]
    # The reason is the inside's own words; a firm is told that, not why.
    facts = [] if telling.outside else [(phrases.say("reason"), reason) for reason in reasons]
    what = phrases.say("correction", subject=telling.step)
    return Said(what, tuple(facts), "look", telling.command(f"history {telling.case_id}"))


def _undelivered(telling: Telling) -> Said:
    phrases = telling.phrases
    because = telling.detail("because")
    facts = [(phrases.say("message"), telling.step), (phrases.say("reason"), phrases.say(because) if because else "")]
    what = phrases.say("undelivered", whom=_whom(telling))
    return Said(what, tuple(facts), "look", telling.command(f"deliveries list --case {telling.case_id}"))


def _whom(telling: Telling) -> str:
    kind, _, name = telling.detail("to").partition(":")
    if kind == "role" and name in telling.definition.roles:
        role = said(telling.definition.roles[name].title, telling.phrases.language) or name
        return telling.phrases.say("the_role", role=role)
    return name or kind


def _reminder(telling: Telling) -> Said:
    kind, *rest = telling.detail("ladder").split(" ")
    say = _LADDERS.get(telling.detail("of") or kind)
    return say(telling, rest) if say else _other(telling)


def _of_deadline(telling: Telling, rest: list[str]) -> Said:
    phrases = telling.phrases
    line, name = rest
    title = telling.titled("deadline", name, line)
    look = telling.command(f"next {telling.case_id}")
    if not telling.detail("end"):
        return Said(phrases.say("reminder", subject=title), _why(telling, "deadline", name, line), "next", look)
    end, due = unstamp(telling.detail("end")), _due_at(telling)
    over = due >= end
    kind = CASE if line == MAIN else line.partition("/")[0]
    declared = telling.definition.find_deadline(kind, name) if kind in (CASE, *telling.definition.tracks) else None
    said_as = _ENDS["due" if declared and declared.kind == "due" else "ends"]
    what = phrases.say(said_as[over], deadline=title, when=phrases.distance(end, due))
    facts = ((phrases.say("since" if over else "until"), phrases.end(end)), *_why(telling, "deadline", name, line))
    return Said(what, facts, "next", look)


def _of_safety(telling: Telling, rest: list[str]) -> Said:
    """Say until when a deadline can still be extended without haste."""
    phrases = telling.phrases
    line, name = rest
    end = telling.detail("end")
    what = phrases.say("safely", deadline=telling.titled("deadline", name, line))
    facts = ((phrases.say("until"), phrases.end(unstamp(end)) if end else ""),)
    return Said(what, facts, "look", telling.command(f"deadlines {telling.case_id}"))


def _due_at(telling: Telling) -> datetime:
    """Return the moment that "in five days" counts from: late reminders count from when they were written."""
    written = unstamp(telling.message.created_at)
    due = telling.detail("due_at")
    return max(unstamp(due), written) if due else written


def _of_approval(telling: Telling, rest: list[str]) -> Said:
    line, name = rest[0], rest[1]
    phrases, since = telling.phrases, telling.detail("since")
    asked = (phrases.say("asked_on"), phrases.moment(unstamp(since)) if since else "")
    on = f" --on {line}" if line != MAIN else ""
    sign = telling.command(f"sign {telling.case_id} {name}{on}")
    what = phrases.say("waits", approval=telling.titled("approval", name, line))
    return Said(what, (asked, *_why(telling, "approval", name, line)), "sign", sign)


def _of_silence(telling: Telling, rest: list[str]) -> Said:
    stage = telling.message.subject or (rest[0] if rest else "")
    since = telling.detail("since")
    what = telling.phrases.say("silent", stage=_stage(telling, stage))
    last = (telling.phrases.say("last"), telling.phrases.moment(unstamp(since)) if since else "")
    return Said(what, (last,), "next", telling.command(f"next {telling.case_id}"))


def _stage(telling: Telling, name: str) -> str:
    found = telling.definition.line(telling.kind).stages.get(name)
    return (said(found.title, telling.phrases.language) if found else "") or name


def _of_validity(telling: Telling, rest: list[str]) -> Said:
    phrases = telling.phrases
    line, name = rest[0], rest[1]
    what = phrases.say("lapses", approval=telling.titled("approval", name, line))
    end = telling.detail("end")
    facts = ((phrases.say("until"), phrases.end(unstamp(end)) if end else ""), *_why(telling, "approval", name, line))
    return Said(what, facts, "next", telling.command(f"next {telling.case_id}"))


def _of_papers(telling: Telling, rest: list[str]) -> Said:
    """Say by when an approval must be there, so that the meeting it goes to can deal with it."""
    phrases = telling.phrases
    line, name = rest[0], rest[1]
    end, title = telling.detail("end"), telling.titled("approval", name, line)
    when = phrases.distance(unstamp(end), _due_at(telling)) if end else ""
    facts = ((phrases.say("until"), phrases.end(unstamp(end)) if end else ""), *_why(telling, "approval", name, line))
    what = phrases.say("papers", approval=title, when=when)
    return Said(what, facts, "next", telling.command(f"next {telling.case_id}"))


def _other(telling: Telling) -> Said:
    """Say what a kind that came later is about; nothing is dropped because nobody knows how to say it."""
    what = telling.phrases.say("reminder", subject=telling.step)
    return Said(what, (), "look", telling.command(f"show {telling.case_id}"))


_ENDS = {"due": ("due", "was_due"), "ends": ("ends", "ended")}  # before and after it
_LADDERS: Mapping[str, Callable[[Telling, list[str]], Said]] = {
    "deadline": _of_deadline,
    "approval": _of_approval,
    "safety": _of_safety,
    "papers": _of_papers,
    "silence": _of_silence,
    "validity": _of_validity,
}
_SAYINGS: Mapping[str, Callable[[Telling], Said]] = {
    "told": _told,
    "published": _published,
    "notice": _notice,
    "asked": _asked,
    "correction": _correction,
    "undelivered": _undelivered,
    "reminder": _reminder,
}
