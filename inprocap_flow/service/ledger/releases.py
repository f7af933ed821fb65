"""What was told and published, decision by decision, and where that was not the same for all at the same moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inprocap_flow.engine.case.records import Event, When, unstamp
from inprocap_flow.service.ledger.book import Book, came
from inprocap_flow.service.ledger.rows import Finding, Reached, Release
from inprocap_flow.store.entries import DeliveryEntry

# "The same hour" for all liaison officers is what the liaison offices ask for; custom, no law. It is held against
# when messages left: what is told in one step is one moment in the record, whenever the mail goes out.
SAME_HOUR = timedelta(hours=1)


def releases(book: Book) -> tuple[Release, ...]:
    """Return every release in order; ``told`` and ``published`` of one step are one."""
    made: dict[tuple[int, str, str], Release] = {}
    for position, event in enumerate(book.events):
        if event.kind not in ("told", "published"):
            continue
        step = str(event.data["step"])
        place = (event.decision, event.line, step)
        known = made.get(place)
        if known is None:
            known = _release(book, position, event, step)
        to = event.data["to"] if event.kind == "told" else ("public",)
        names = dict.fromkeys((*known.names, *event.data.get("names", ())))
        made[place] = replace(known, to=tuple(dict.fromkeys((*known.to, *to))), names=tuple(names))
    positions = {event.decision: position for position, event in reversed(list(enumerate(book.events)))}
    return tuple(_judged(book, one, positions[one.decision]) for one in made.values())


def _release(book: Book, position: int, event: Event, step: str) -> Release:
    return Release(
        event.decision, event.happened.to_plain(), event.line, step, (), (), event.actor, book.firms_at(position)
    )


def _judged(book: Book, one: Release, position: int) -> Release:
    """Return *one* with the firms that were meant and not told; of other kinds than those told nobody was meant."""
    told = {who.removeprefix("track:") for who in one.to if who.startswith("track:")}
    kinds = {book.kind(line) for line in told} & set(book.firm_kinds)
    if not kinds:
        return one  # for roles or the public alone: those that were there are kept, and none was meant
    of = tuple(line for line in one.of if book.kind(line) in kinds)
    own = set(book.ancestors(one.line))
    if told and told <= own:
        return replace(one, of=of, alone=True)
    missing = (line for line in of if line not in told and _was_meant(book, one, line, position))
    return replace(one, of=of, missing=tuple(missing))


def _was_meant(book: Book, one: Release, line: str, position: int) -> bool:
    """Return whether the step means this firm: one that it leaves out by its stage is out of the race, or not in it."""
    step = book.step(one.line, one.step)
    tells = [tell for tell in step.tells if tell.every == book.kind(line)] if step else []
    if not tells or any(not tell.stages for tell in tells):
        return True
    state = book.state_at(line, position)
    return any(state == stage or state.startswith(f"{stage}.") for tell in tells for stage in tell.stages)


def with_deliveries(made: Sequence[Release], events: Sequence[Event], sent: Iterable[DeliveryEntry],
                    messages: Mapping[str, int]) -> tuple[Release, ...]:  # fmt: skip
    """Return the releases with the people whom their messages were sent to; *messages* gives the event of each."""
    decisions = {event.seq: (event.decision, event.line, str(event.data.get("step", ""))) for event in events}
    reached: dict[tuple[int, str, str], list[Reached]] = {}
    for one in sent:
        place = decisions.get(messages.get(one.message_id, -1))
        if place is not None and one.kind in ("told", "published"):
            why = (one.last_error or "nobody knows where to send it") if one.state == "dead" else ""
            reached.setdefault(place, []).append(Reached(one.recipient, one.channel, one.sent_at, why))
    return tuple(replace(one, reached=tuple(reached.get((one.decision, one.line, one.step), ()))) for one in made)


def findings(book: Book, made: Sequence[Release]) -> Iterator[Finding]:
    """Yield what was not told to all of those meant, or not at one moment."""
    for one in made:
        if one.missing:
            yield _missed(book, one, made)
        yield from _late_mail(book, one)
    yield from _one_by_one(book, made)
    yield from _released_twice(book, made)


def _missed(book: Book, one: Release, made: Sequence[Release]) -> Finding:
    told = len(one.of) - len(one.missing)
    later = {line: other for line in one.missing if (other := _next_to(one, line, made)) is not None}
    never = [line for line in one.missing if line not in later]
    says = f"{book.named(one.line, one.step)} went to {told} of {len(one.of)} firms."
    says += f" Never told: {', '.join(never)}." if never else ""
    for line, other in later.items():
        says += f" {line} was told {apart(one.when, other.when)} later than the others."
    return Finding("not-told" if never else "told-later", says, (one.decision, *(o.decision for o in later.values())))


def _next_to(one: Release, line: str, made: Sequence[Release]) -> Release | None:
    after = made[made.index(one) + 1 :]
    return next((other for other in after if other.step == one.step and f"track:{line}" in other.to), None)


def _one_by_one(book: Book, made: Sequence[Release]) -> Iterator[Finding]:
    """Yield steps by which the buyer told firms one after another, at different moments."""
    by_step: dict[tuple[str, str], dict[str, Release]] = {}
    actors = {event.decision: event for event in reversed(book.events) if event.role}
    for one in made:
        asked = actors.get(one.decision)
        if one.alone and asked is not None and book.by_the_buyer(asked) and book.kind(one.line) in book.firm_kinds:
            by_step.setdefault((book.kind(one.line), one.step), {}).setdefault(one.line, one)
    for (_, step), told in by_step.items():
        first, *_, last = [*told.values(), *told.values()]
        if _moment(first.when) != _moment(last.when):
            after = apart(first.when, last.when)
            says = f"{book.named(first.line, step)} told firms one by one: {last.line} {after} later than {first.line}."
            yield Finding("told-one-by-one", says, tuple(one.decision for one in told.values()), sure=False)


def _released_twice(book: Book, made: Sequence[Release]) -> Iterator[Finding]:
    """Yield what somebody got later than others although it was the same version."""
    first: dict[tuple[str, str], Release] = {}
    by_decision = {one.decision: one for one in made}
    for decision, events in _by_decision(book):
        for event in events:
            for name in came(event):
                first.pop((event.line, name), None)
        one = by_decision.get(decision)
        for name in one.names if one else ():
            assert one is not None
            known = first.setdefault((one.line, name), one)
            new = [who for who in one.to if who not in known.to and _was_there(who, known)]
            if known is not one and new:
                who = ", ".join(one.removeprefix("track:").replace("role:", "the role ") for one in new)
                says = f"`{name}` reached {who} {apart(known.when, one.when)} later than the others."
                yield Finding("told-later", says, (known.decision, one.decision))


def _by_decision(book: Book) -> Iterator[tuple[int, list[Event]]]:
    found: dict[int, list[Event]] = {}
    for event in book.events:
        found.setdefault(event.decision, []).append(event)
    yield from found.items()


def _was_there(who: str, known: Release) -> bool:
    """Return whether somebody could have been told with *known*: a firm that came later could not."""
    return who.startswith("role:") or who.removeprefix("track:") in known.of


def _late_mail(book: Book, one: Release) -> Iterator[Finding]:
    """Yield whom a message of *one* never reached, and whom more than an hour later than the first: each once."""
    step = book.named(one.line, one.step)
    why: dict[str, list[str]] = {}
    for person in sorted({reached.person for reached in one.reached}):
        mine = [reached for reached in one.reached if reached.person == person]
        if all(reached.why for reached in mine):
            why.setdefault(mine[0].why, []).append(book.whom(person))
    if why:
        says = "; ".join(f"{', '.join(people)} ({reason})" for reason, people in why.items())
        yield Finding("not-reached", f"{step} did not reach: {says}.", (one.decision,))
    late = [f"{book.whom(person)} {_long(after)}" for person, after in _left_after(one).items() if after > SAME_HOUR]
    if late:
        says = f"The message of {step} left later than for the others: for {', for '.join(late)}."
        yield Finding("sent-later", says, (one.decision,))


def _left_after(one: Release) -> dict[str, timedelta]:
    """Return how long after the first message of *one* the message for each person left; without those that did not."""
    sent = {reached.person: unstamp(reached.at) for reached in reversed(one.reached) if reached.at}
    return {person: moment - min(sent.values()) for person, moment in sent.items()}


def apart(first: object, second: object) -> str:
    """Return how long the second moment is after the first, in words: ``3 hours``, ``2 days``."""
    return _long(_moment(second) - _moment(first))


def _moment(plain: object) -> datetime:
    return When.from_plain(plain).last


def _long(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= size * (2 if unit == "day" else 1):
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
