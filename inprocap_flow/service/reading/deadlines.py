"""A deadline read aloud: what it does, the exact hour of its end, what follows, who is reminded."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import CASE, Deadline, Reminder, Step
from inprocap_flow.service.reading.amounts import period_in_words
from inprocap_flow.service.reading.deadline_acts import acts
from inprocap_flow.service.reading.ends import end_sentences, footing, path_of
from inprocap_flow.service.reading.phrasing import sentence
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech

KINDS = {
    "open_until": "What depends on it is possible only while it runs",
    "not_before": "What depends on it is possible only once it is over",
    "due": "A duty with an end: it blocks nothing, and is met or missed",
}


def deadline_section(speech: Speech, deadline: Deadline) -> Section:
    """Return a deadline read whole."""
    path = path_of(speech, deadline)
    book = speech.book
    made = groups(
        Group("What it does", (Sentence(sentence(_kind(deadline)), book.place(*path, "kind")),)),
        Group("When it ends", tuple(end_sentences(speech, deadline))),
        Group("What starts it", tuple(_started(speech, deadline))),
        Group("What ends it sooner", tuple(_ended(speech, deadline))),
        Group("What depends on it", tuple(_depending(speech, deadline))),
        Group("What people may do to it", tuple(acts(speech, deadline))),
        Group("When it is over", tuple(over_sentences(speech, deadline))),
        Group("Who is reminded", tuple(reminders(speech, deadline))),
        Group("What it rests on", _cited(speech, deadline)),
    )
    title = book.text(deadline.title)
    return Section("deadline", title, _name(deadline), book.key_place(*path), made, title_place=book.renamed_at(*path))


def deadline_summary(speech: Speech, name: str) -> tuple[Sentence, ...]:
    """Return what is said below the start of a deadline: its kind, exact end, what follows, who is reminded."""
    deadline = speech.book.definition.find_deadline(speech.kind, name)
    if deadline is None:
        return ()
    own = Speech(speech.book, deadline.line)
    kind = Sentence(f"{_kind(deadline)}.", own.book.key_place(*path_of(own, deadline)))
    parts = (*end_sentences(own, deadline), *over_sentences(own, deadline), *reminders(own, deadline))
    return (kind, *parts, *_cited(own, deadline))


def _cited(speech: Speech, deadline: Deadline) -> tuple[Sentence, ...]:
    if not deadline.cite:
        return ()
    return (Sentence(footing(speech, deadline, deadline.cite), speech.book.place(*path_of(speech, deadline), "cite")),)


def _kind(deadline: Deadline) -> str:
    return KINDS[deadline.kind]


def _name(deadline: Deadline) -> str:
    return f"{deadline.line}.{deadline.name}" if deadline.line != CASE else deadline.name


# -------------------------------------------------------------------------------------------- what hangs on it


def over_sentences(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield what happens when the deadline ends."""
    path = path_of(speech, deadline)
    if deadline.met_when is not None:
        met = speech.expression(deadline.met_when)
        yield Sentence(f"It counts as met if, at its end, {met}.", speech.book.place(*path, "met_when"))
    if deadline.when_over:
        steps = speech.book.definition.line(speech.kind).steps
        named = speech.step(steps[deadline.when_over]) if deadline.when_over in steps else deadline.when_over
        yield Sentence(f"When it is over, the system carries out {named}.", speech.book.place(*path, "when_over"))
    elif deadline.kind == "due":
        yield Sentence(
            "When it is over and not met, it is recorded as missed; nothing else happens by itself.",
            speech.book.key_place(*path),
        )
    if deadline.outlives_case:
        yield Sentence("It runs on when the case has ended.", speech.book.place(*path, "outlives_case"))


def reminders(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield who is reminded, and when."""
    path = path_of(speech, deadline)
    for number, one in enumerate(deadline.remind):
        yield Sentence(sentence(_reminder(speech, one)), speech.book.place(*path, "remind", number))


def _reminder(speech: Speech, one: Reminder) -> str:
    length = period_in_words(one.before or one.after or "P0D")
    when = f"{length} before its end" if one.before else f"{length} after its end"
    when = "at its end" if length.startswith("0 ") else when
    only = ", if it is not done" if one.if_not_done else ""
    only += f", if {speech.expression(one.when)}" if one.when is not None else ""
    verb = "is told, as an escalation," if one.escalation else "is reminded"
    return f"the {speech.role(one.role)} {verb} {when}{only}"


def _started(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    for step in speech.book.steps:
        if speech.book.definition.find_deadline(step.line, deadline.name) is not deadline:
            continue
        if deadline.name in _all(step, "starts"):
            yield _by(speech, step, "starts", "starts it")
        if deadline.name in step.restarts:
            yield _by(speech, step, "restarts", "starts it again from the beginning")


def _ended(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    for step in speech.book.steps:
        if speech.book.definition.find_deadline(step.line, deadline.name) is not deadline:
            continue
        if deadline.name in _all(step, "meets"):
            yield _by(speech, step, "meets", "meets it")
        if deadline.name in _all(step, "stops"):
            yield _by(speech, step, "stops", "stops it; it then holds nothing up any more, even if it never started")
        if step.extends is not None and step.extends.deadline == deadline.name:
            until = speech.value(step.extends.until)
            yield _by(speech, step, "extends", f"moves its end to {until}, never to an earlier one")


def _depending(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    for step in speech.book.steps:
        if speech.book.definition.find_deadline(step.line, deadline.name) is not deadline:
            continue
        if deadline.name in step.already_there.within:
            yield _by(speech, step, "already_there.within", "is possible only while it runs")
        if deadline.name in step.already_there.after:
            yield _by(speech, step, "already_there.after", "is possible only when it is over or stopped")


def _by(speech: Speech, step: Step, key: str, does: str) -> Sentence:
    place = speech.book.place(*speech.book.step_path(step), *key.split("."))
    return Sentence(f"{Speech(speech.book, step.line).step(step)} {does}.", place)


def _all(step: Step, what: str) -> tuple[str, ...]:
    return (*getattr(step, what), *(name for branch in step.targets for name in getattr(branch, what)))
