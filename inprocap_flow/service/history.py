"""What happened in a case, decision by decision, as an auditor reads it: who, when, what, and what it changed.

Nothing is left out: late entries are marked, annulled decisions stay with the decision that annulled them, and refusals
can be put between them. Order and numbers are those of recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from inprocap_flow.engine.acts.links import REPORT
from inprocap_flow.engine.case.history import EMPTY, apply, decided_with, definition_at, each_release, effective, fold
from inprocap_flow.engine.case.records import MAIN, Case, Event, When
from inprocap_flow.language.model import CLOCK_ACTS, Receipt
from inprocap_flow.service.effect import Effect
from inprocap_flow.service.effects import effects
from inprocap_flow.service.sight import Sight, Words

if TYPE_CHECKING:
    from inprocap_flow.service.desk import Desk
    from inprocap_flow.store.entries import RefusalEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded decision. ``annulled_by`` and ``as_of`` are numbers of decisions; ``title`` says what was done.

    ``late``: it was entered after it happened. ``as_of`` is set where it also takes effect before what was recorded
    in between.
    """

    number: int
    outcome: int
    title: str
    kind: str
    line: str
    happened: When
    recorded_at: datetime
    actor: str
    role: str | None
    on_behalf_of: str | None
    account: str | None
    late: bool
    as_of: int | None
    evidence: str
    effects: tuple[Effect, ...]
    annulled_by: int | None = None
    decided_with: tuple[tuple[str, str, str], ...] = ()  # kind, name and hash of releases, where they are new

    @property
    def lines(self) -> frozenset[str]:
        """The lines that it touched."""
        return frozenset({self.line, *(effect.line for effect in self.effects)})


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was asked for and refused, with every reason; ``times`` within the same minute."""

    at: datetime
    title: str
    line: str
    actor: str
    role: str | None
    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    times: int


def read_history(
    desk: Desk, case_id: str, words: Words, actor: str | None = None, *, refusals: bool = True
) -> tuple[tuple[Entry, ...], tuple[Refused, ...]]:
    """Return every decision about a case and, if asked, every refusal, as *actor* may see them now. Raises NotFound."""
    with desk.store.reading() as reading:
        case = reading.load(case_id).case
        sight = Sight(desk.binding(reading, case), case, desk.clock.now(), words, actor)
        made = entries(reading.events(case_id), sight)
    return made, refused(desk.store.refusals(case_id), sight) if refusals else ()


def entries(events: Sequence[Event], sight: Sight) -> tuple[Entry, ...]:
    """Return every decision of *events* (all of a case, in order of recording)."""
    annulled = {
        number: event.decision for event in events if event.kind == "annulled" for number in event.data["decisions"]
    }
    return tuple(replace(entry, annulled_by=annulled.get(entry.number)) for entry in _entries(events, sight))


def _entries(events: Sequence[Event], sight: Sight) -> Iterator[Entry]:
    values: dict[tuple[str, str], Any] = {}
    for number, group in groupby(events, key=lambda event: event.decision):
        members = tuple(group)
        earlier = events[: members[0].seq - 1]
        as_of = members[0].as_of
        # A late entry is compared with what was known at its own moment, not with what was known when it was typed.
        before = values if as_of is None else _values(_up_to(effective(earlier), as_of))
        yield _entry(number, members, sight_at(events, members[0], sight), dict(before))
        if as_of is not None or any(event.kind == "annulled" for event in members):
            values = _values(effective(events[: members[-1].seq]))
        else:
            values = _values(members, values)


def sight_at(events: Sequence[Event], first: Event, sight: Sight) -> Sight:
    """Return the sight of the version that a decision was made by: its names mean nothing in another one."""
    if not any(event.kind == "migrated" for event in events):
        return sight
    content_hash = definition_at(events, first.seq)
    if content_hash in ("", sight.binding.machine.content_hash):
        return sight
    return replace(sight, binding=sight.binding.version(content_hash))


def _up_to(found: Sequence[Event], number: int) -> Sequence[Event]:
    last = max((place for place, event in enumerate(found) if event.decision == number), default=-1)
    return found[: last + 1]


def _values(events: Sequence[Event], known: dict[tuple[str, str], Any] | None = None) -> dict[tuple[str, str], Any]:
    found = known if known is not None else {}
    for event in events:
        if event.kind == "filled":
            found.update({(event.line, name): plain for name, plain in event.data["fields"].items()})
        elif event.kind == "migrated":
            renamed = ((id_, line.get("fields", {})) for id_, line in event.data.get("lines", {}).items())
            new = {(id_, now): found.pop((id_, was), None) for id_, names in renamed for was, now in names.items()}
            found.update({place: plain for place, plain in new.items() if plain is not None})
    return found


def _entry(number: int, members: tuple[Event, ...], sight: Sight, values: dict[tuple[str, str], Any]) -> Entry:
    first = members[0]
    request = first.request or {}
    made: list[Effect] = []
    for event in members:
        made += effects(event, sight, values)
        _values((event,), values)
    return Entry(
        number=number,
        outcome=first.outcome,
        title=_title(first, sight),
        kind=str(request.get("kind", first.kind)),
        line=str(request.get("new") or request.get("line") or first.line),
        happened=first.happened,
        recorded_at=first.recorded_at,
        actor=first.actor,
        role=first.role,
        on_behalf_of=first.on_behalf_of,
        account=first.account,
        late=bool(request.get("late")) or first.as_of is not None,
        as_of=first.as_of,
        evidence=str(request.get("evidence", "")),
        effects=tuple(_with_reason(made, request, first)),
        decided_with=tuple(each_release(decided_with(first) or {})),
    )


def _with_reason(made: list[Effect], request: Any, first: Event) -> Iterator[Effect]:
    """Yield the effects, and the reason that was given where no event holds it; each reason once.

    What follows from an act, such as an approval that a migration asks for again, holds the reason of the act too.
    """
    reasons: set[str] = set()
    for effect in made:
        if effect.label != "Reason" or effect.new not in reasons:
            yield effect
        if effect.label == "Reason":
            reasons.add(effect.new)
    if request.get("kind") == REPORT:
        yield Effect(first.seq, first.kind, first.line, "Reported by", str(request.get("from", "")))
    if request.get("reason") and not any(effect.label == "Reason" for effect in made):
        yield Effect(first.seq, first.kind, first.line, "Reason", str(request["reason"]))


def _title(first: Event, sight: Sight) -> str:
    request = first.request or {}
    if request.get("kind") == "import":
        return str(request.get("text", "Imported"))
    line = str(request.get("new") or request.get("line") or first.line)
    return act_title(str(request.get("kind", first.kind)), str(request.get("name", "")), line, sight)


def act_title(kind: str, name: str, line: str, sight: Sight) -> str:
    """Return what was asked for, in words: the title of the step, or the act with what it was about."""
    if kind in ("open", "do"):
        begins = sight.definition.line(sight.kind(line)).begins.name
        return sight.step(line, name or begins)
    if kind == "expiry":
        return f"The time is up: {sight.title('deadline', line, name)}"
    if kind == "annul":
        return f"Annul decision {name}"
    if kind in _ABOUT_APPROVALS:
        return f"{_ABOUT_APPROVALS[kind]}: {sight.title('approval', line, name)}"
    if kind == "derogate":
        found = sight.definition.derogations.get(name)
        return f"Derogation: {sight.words.text(found.title) if found else name}"
    if kind == "migrate":
        return f"Go over to version {name}"
    if kind in CLOCK_ACTS:
        return f"{kind.capitalize()}: {sight.title('deadline', line, name)}"
    if kind == REPORT:
        receipt = sight.definition.receives.get(name)
        what = name.replace("_", " ") if receipt is None else _received(sight, receipt)
        return f"A linked case reports: {what}"
    return _ACTS.get(kind, kind.replace("_", " ").capitalize())


def _received(sight: Sight, receipt: Receipt) -> str:
    line = sight.definition.line(receipt.line)
    step = line.begins if line.begins.name == receipt.step else line.steps[receipt.step]
    return sight.words.text(step.title) or receipt.step.replace("_", " ")


_ABOUT_APPROVALS = {"ask": "Ask for approval", "sign": "Sign", "decline": "Decline", "withdraw": "Withdraw a signature"}
_ACTS = {
    "fill": "Fill fields",
    "bring": "File documents",
    "interest": "Declare interests",
    "mark": "Mark what is not evidenced",
    "recount": "Recount deadlines",
    "destroy": "Destroy what was sealed",
    "migrated": "Move to another version",
}


def refused(found: Sequence[RefusalEntry], sight: Sight) -> tuple[Refused, ...]:
    """Return what was refused, in time. Reasons are those of the record: they never held a value."""
    return tuple(_refused(entry, sight) for entry in found)


def _refused(entry: RefusalEntry, sight: Sight) -> Refused:
    line = str(entry.request.get("new") or entry.line or MAIN)
    known = sight.kind(line) == "" or sight.kind(line) in sight.definition.tracks
    return Refused(
        at=datetime.fromisoformat(entry.first_at),
        title=act_title(entry.kind, entry.name, line, sight) if known else f"{entry.kind} {entry.name}",
        line=line,
        actor=entry.actor,
        role=entry.role,
        codes=entry.codes,
        reasons=tuple(str(blocker.get("reason") or blocker.get("code", "")) for blocker in entry.blockers),
        times=entry.times,
    )


def interleaved(made: Sequence[Entry], found: Sequence[Refused]) -> Iterator[Entry | Refused]:
    """Yield decisions and refusals in order of recording."""
    waiting = list(found)
    for entry in made:
        while waiting and waiting[0].at < entry.recorded_at:
            yield waiting.pop(0)
        yield entry
    yield from waiting


# ---------------------------------------------------------------------------------------------- states of the past


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case as it stood. ``number`` is the last decision counted.

    ``undecided`` are decisions that may or may not have happened by then, because a day is not known exactly.
    """

    case: Case
    number: int
    undecided: tuple[int, ...] = ()


def as_happened(events: Sequence[Event], moment: datetime) -> PastCase | None:
    """Return what had happened by *moment* (included), as it is known today; None before the case was opened.

    Corrections made since are in it. What may or may not have happened by then, because its day is not known exactly,
    is left out and named, together with what comes after it.
    """
    case, number = EMPTY, 0
    undecided: list[int] = []
    for decision, group in groupby(effective(events), key=lambda event: event.decision):
        members = tuple(group)
        happened = members[0].happened
        if happened.first <= moment and (undecided or happened.last > moment):
            undecided.append(decision)
        if undecided or happened.last > moment:
            continue
        for event in members:
            case = apply(case, event)
        number = decision
    return PastCase(case, number, tuple(undecided)) if number else None


def as_recorded(events: Sequence[Event], moment: datetime) -> PastCase | None:
    """Return the case as the record showed it at *moment* (included), mistakes of that day and all."""
    known = tuple(event for event in events if event.recorded_at <= moment)
    return PastCase(fold(known), known[-1].decision) if known else None
