"""When a deadline ends, read aloud: to the hour, from what it is counted, between which bounds."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.expressions.tree import Arithmetic, Expr
from inprocap_flow.language.model import CASE, Deadline, Limit
from inprocap_flow.service.reading.lost import no_longer_followed
from inprocap_flow.service.reading.own_lengths import resting
from inprocap_flow.service.reading.phrasing import all_of
from inprocap_flow.service.reading.sentences import Sentence
from inprocap_flow.service.reading.speech import Speech, gate_day, limits_in

ON = {
    "house_rule": "a house rule",
    "grant": "a grant condition",
    "contract": "a contract",
    "convention": "a convention",
}


def path_of(speech: Speech, deadline: Deadline) -> tuple[str, ...]:
    """Return where a deadline is written."""
    return (*[str(one) for one in speech.book.line_path(deadline.line)], "deadlines", deadline.name)


def end_sentences(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    """Yield when the deadline ends, to the hour, and between which bounds."""
    path = path_of(speech, deadline)
    if deadline.backwards_from:
        yield from _counted_back(speech, deadline)
    elif deadline.ends_at is not None:
        yield from _typed(speech, deadline)
    elif deadline.period is not None:
        place = speech.book.place(*path, "period")
        text = f"It ends {speech.period(deadline.period)} after it starts: {_hour(speech, deadline)}."
        text += _kept_more(speech, deadline.period)
        yield Sentence(text, place, _about(speech, deadline, "period"))
    for key, word in (("at_least", "least"), ("at_most", "most")):
        bound = deadline.at_least if key == "at_least" else deadline.at_most
        if bound is not None:
            yield Sentence(
                _bound(speech, bound, word, deadline),
                speech.book.place(*path, key),
                _about(speech, deadline, key),
            )
    yield from no_longer_followed(speech, deadline)


def footing(speech: Speech, deadline: Deadline, cite: str) -> str:
    """Return a citation as law, or as what the length of *deadline* is only modelled on where no law gives it."""
    cited = speech.book.cited(cite)
    lengths = (deadline.period, deadline.at_least, deadline.at_most)
    limits = [speech.book.limit(name) for one in lengths for name in limits_in(one)]
    bases = {basis for one in limits if one is not None for basis in _bases(speech, one)}
    if not bases or "law" in bases:
        ours = [ON.get(one, one) for one in sorted(bases - {"law"})]
        return f"Law: {cited}." if not ours else f"Law: {cited}; not every length is law: one is {all_of(ours)}."
    return f"After {cited}; here the length rests on {all_of(ON.get(one, one) for one in sorted(bases))}."


def _bases(speech: Speech, limit: Limit) -> frozenset[str]:
    """Return what the value in force of a limit and its reductions rest on; without a value the limit as such."""
    value = speech.limit_value(limit)
    return limit.bases_of(value) if value is not None else frozenset({limit.basis})


def _about(speech: Speech, deadline: Deadline, key: str) -> tuple[Sentence, ...]:
    source = {"period": deadline.period, "at_least": deadline.at_least, "at_most": deadline.at_most}.get(key)
    said = speech.about(source, speech.book.place(*path_of(speech, deadline), key), deadline.name)
    return (*said, *resting(speech.book, deadline, key))


def _counted_back(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    path = path_of(speech, deadline)
    anchor = deadline.backwards_from or ""
    named = _anchor(speech, anchor)
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


def _anchor(speech: Speech, anchor: str) -> str:
    """Return what a deadline is counted back from: another deadline, a day, or a meeting that a field names."""
    meeting, dot, gate = anchor.partition(".")
    if dot:
        which = "the meeting in" if gate == "meets" else f"the {gate_day(gate)} of the meeting in"
        return f"{which} {speech.field(meeting)}"
    is_deadline = speech.book.definition.find_deadline(speech.kind, anchor) is not None
    return speech.deadline(anchor) if is_deadline else speech.field(anchor)


def _typed(speech: Speech, deadline: Deadline) -> Iterator[Sentence]:
    path = path_of(speech, deadline)
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
    if deadline.proposes is not None and not _proposes_the_floor(speech, deadline):
        yield Sentence(
            f"{speech.period(deadline.proposes)} is a proposal only, and binds nobody.",
            speech.book.place(*path, "proposes"),
            resting(speech.book, deadline, "proposes"),
        )


def _proposes_the_floor(speech: Speech, deadline: Deadline) -> bool:
    """Return whether what is proposed is the floor itself, which does bind; the floor is said by itself."""
    proposed, floor = deadline.proposes, deadline.at_least
    if proposed is None or floor is None:
        return False
    return proposed == floor or speech.period(proposed) == speech.period(floor).partition(" (limit ")[0]


def _line_of(speech: Speech, field: str) -> str:
    own = speech.book.definition.line(speech.kind).fields
    return speech.kind if field in own else CASE


def _bound(speech: Speech, bound: Expr | str, word: str, deadline: Deadline) -> str:
    text = f"At {word} {speech.period(bound)} must lie between its start and its end; another day is refused."
    text += _kept_more(speech, bound)
    if hours_of(speech, bound) is not None:
        text = f"At {word} {speech.period(bound)}, counted from the next full hour, must lie between its start and its "
        return f"{text}end; another end is refused."
    cuts = word == "least" and deadline.closes_at not in (None, "24:00")
    whole = f" The last day counts whole, so an end at {deadline.closes_at} falls on a later day."
    return text + (whole if cuts else "")


def _kept_more(speech: Speech, length: Expr | str) -> str:
    """Return that what is added to a length stays where the first part of it is reduced; nothing where nothing is."""
    limits = [speech.book.limit(name) for name in limits_in(length)] if isinstance(length, Arithmetic) else []
    values = [speech.limit_value(one) for one in limits if one is not None]
    reduced = any(value.variants for value in values if value is not None)
    return " What reduces one part leaves the other as it is." if reduced else ""


def _hour(speech: Speech, deadline: Deadline) -> str:
    """Return at which hour the deadline ends, as the engine closes it."""
    hours = hours_of(speech, deadline.period)
    if hours is not None and not deadline.closes_at:
        return _to_the_hour(hours)
    if deadline.closes_at:
        whole = isinstance(deadline.period, Expr) and limits_in(deadline.period)
        last = "the day on which the last hour lies" if hours is not None else "its last day"
        last = "the first day on which all of it is over by then" if whole else last
        return f"at {deadline.closes_at} of {last}; {deadline.closes_at}:00 itself is too late"
    return "at 24:00 of its last day, local time; the day on which it starts is not counted"


def _to_the_hour(hours: int) -> str:
    """Return when so many hours end, with an example: they run from the next full hour, over nights and holidays."""
    days, hour = divmod(15 + hours, 24)
    day = {0: "on the same day", 1: "on the next day"}.get(days, f"{days} days later")
    text = "to the hour, on any day of the week; the hour in which it starts is not counted"
    return f"{text}. What starts at 14:10 ends {day} at {hour:02}:00"


def hours_of(speech: Speech, length: Expr | str | None) -> int | None:
    """Return how many hours a length is on the day of this reading; None if it is counted in days, or by a field."""
    found = speech.length(length) if length is not None else None
    return found.count if found is not None and found.unit == "hours" else None
