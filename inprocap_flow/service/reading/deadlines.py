"""A deadline read aloud: what it does, the exact hour of its end, what follows, who is reminded."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.model import CASE, Deadline, Reminder, Step
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech, period_in_words, sentence

KINDS = {
    "open_until": "What depends on it is possible only while it runs",
    "not_before": "What depends on it is possible only once it is over",
    "due": "A duty with an end: it blocks nothing, and is met or missed",
}


def deadline_section(speech: Speech, deadline: Deadline) -> Section:
    """Return a deadline read whole."""
    path = _path(speech, deadline)
    book = speech.book
    made = groups(
        Group("What it does", (Sentence(sentence(_kind(deadline)), book.place(*path, "kind")),)),
        Group("When it ends", tuple(end_sentences(speech, deadline))),
        Group("What starts it", tuple(_started(speech, deadline))),
        Group("What ends it sooner", tuple(_ended(speech, deadline))),
        Group("What depends on it", tuple(_depending(speech, deadline))),
        Group("When it is over", tuple(over_sentences(speech, deadline))),
        Group("Who is reminded", tuple(reminders(speech, deadline))),
        Group("Law", (Sentence(f"{book.cited(deadline.cite)}.", book.place(*path, "cite")),) if deadline.cite else ()),
    )
    title = book.text(deadline.title)
    return Section("deadline", title, _name(deadline), book.key_place(*path), made)


def deadline_summary(speech: Speech, name: str) -> tuple[Sentence, ...]:
    """Return what is said below the start of a deadline: its kind, exact end, what follows, who is reminded."""
    deadline = speech.book.definition.find_deadline(speech.kind, name)
    if deadline is None:
        return ()
    own = Speech(speech.book, deadline.line)
    kind = Sentence(f"{_kind(deadline)}.", own.book.key_place(*_path(own, deadline)))
    below = (kind, *end_sentences(own, deadline), *over_sentences(own, deadline), *reminders(own, deadline))
    if deadline.cite:
        below += (Sentence(f"Law: {own.book.cited(deadline.cite)}.", own.book.place(*_path(own, deadline), "cite")),)
    return below


def _kind(deadline: Deadline) -> str:
    return KINDS[deadline.kind]


def _name(deadline: Deadline) -> str:
    return f"{deadline.line}.{deadline.name}" if deadline.line != CASE else deadline.name


def _path(speech: Speech, deadline: Deadline) -> tuple[str, ...]:
    return (*[str(one) for one in speech.book.line_path(deadline.line)], "deadlines", deadline.name)


# ------------------------------------------------------------------------------------------------------- the end


def end_sentences(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield when the deadline ends, to the hour, and between which bounds."""
    path = _path(speech, deadline)
    if deadline.backwards_from:
        yield from _counted_back(speech, deadline)
    elif deadline.ends_at is not None:
        yield from _typed(speech, deadline)
    elif deadline.period is not None:
        place = speech.book.place(*path, "period")
        text = f"It ends {speech.period(deadline.period)} after it starts: {_hour(deadline)}."
        yield Sentence(text, place, _about(speech, deadline, "period"))
    for key, word in (("at_least", "least"), ("at_most", "most")):
        bound = deadline.at_least if key == "at_least" else deadline.at_most
        if bound is not None:
            yield Sentence(
                _bound(speech.period(bound), word, deadline),
                speech.book.place(*path, key),
                _about(speech, deadline, key),
            )


def _about(speech: Speech, deadline: Deadline, key: str) -> tuple[Sentence, ...]:
    source = {"period": deadline.period, "at_least": deadline.at_least, "at_most": deadline.at_most}.get(key)
    return speech.about(source, speech.book.place(*_path(speech, deadline), key), deadline.name)


def _counted_back(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    path = _path(speech, deadline)
    anchor = deadline.backwards_from or ""
    is_deadline = speech.book.definition.find_deadline(speech.kind, anchor) is not None
    named = speech.deadline(anchor) if is_deadline else speech.field(anchor)
    hour = deadline.closes_at or "00:00"
    late = "on that day itself it is too late" if hour == "00:00" else f"from {hour} on it is too late"
    length = speech.period(deadline.period) if deadline.period is not None else ""
    yield Sentence(
        f"It ends at {hour} of the day that lies {length} before the day of {named}: {late}, whatever the hour there.",
        speech.book.place(*path, "period"),
        _about(speech, deadline, "period"),
    )
    yield Sentence(
        f"It needs no start: it starts, moves and stops with {named}.", speech.book.place(*path, "backwards_from")
    )


def _typed(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    path = _path(speech, deadline)
    assert deadline.ends_at is not None
    source = speech.value(deadline.ends_at)
    declared = speech.book.definition.find_field(speech.kind, getattr(deadline.ends_at, "name", ""))
    if declared is not None and declared.type == "moment":
        yield Sentence(
            f"It ends at the moment written in {source}; that moment itself is too late.",
            speech.book.place(*path, "ends_at"),
        )
    else:
        hour = deadline.closes_at or "24:00"
        late = f"{hour}:00 itself is too late" if deadline.closes_at else "the day counts whole"
        yield Sentence(
            f"It ends at {hour} local time of the day written in {source}; {late}.",
            speech.book.place(*path, "closes_at" if deadline.closes_at else "ends_at"),
        )
    if declared is not None and declared.by:
        line = speech.book.line_path(_line_of(speech, declared.name))
        place = speech.book.place(*line, "fields", declared.name, "by")
        yield Sentence(f"The {speech.roles(declared.by)} sets that day.", place)
    if deadline.proposes is not None:
        yield Sentence(
            f"{speech.period(deadline.proposes)} is a proposal only, and binds nobody.",
            speech.book.place(*path, "proposes"),
        )


def _line_of(speech: Speech, field: str) -> str:
    own = speech.book.definition.line(speech.kind).fields
    return speech.kind if field in own else CASE


def _bound(length: str, word: str, deadline: Deadline) -> str:
    text = f"At {word} {length} must lie between its start and its end; another day is refused."
    cuts = word == "least" and deadline.closes_at not in (None, "24:00")
    whole = f" The last day counts whole, so an end at {deadline.closes_at} falls on a later day."
    return text + (whole if cuts else "")


def _hour(deadline: Deadline) -> str:
    if isinstance(deadline.period, str) and deadline.period.endswith("H"):
        return "at the end of the last full hour; the hour in which it starts is not counted"
    if deadline.closes_at:
        return f"at {deadline.closes_at} of its last day; {deadline.closes_at}:00 itself is too late"
    return "at 24:00 of its last day, local time; the day on which it starts is not counted"


# -------------------------------------------------------------------------------------------- what hangs on it


def over_sentences(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield what happens when the deadline ends."""
    path = _path(speech, deadline)
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
    path = _path(speech, deadline)
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
