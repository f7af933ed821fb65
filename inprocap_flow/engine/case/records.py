"""What the engine works on: moments, events, the case they fold into, requests, and the outcomes it gives back.

Everything here is frozen. A case is the fold of its events (`engine.history`); nothing in it was ever typed
directly. Field values stand in their encoded JSON form (`language.values.encode`), so that events, snapshots and
hashes never depend on a Python type; the engine decodes them where it reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from inprocap_flow.records import field, record

MAIN = "case"  # the id of the main line; tracks are "kind/name"
SYSTEM_ACTOR = "system"
EVENT_SCHEMA = 1  # raised when the meaning of an event's data changes (ruling 9)


@record
class When:
    """A moment with its precision, as an interval ``[first, last]`` of aware moments; exact when both are equal.

    ``precision`` is minute, day, month or half-year. Law counts from ``last``, the end that is safe (language, 6.5).
    """

    first: datetime
    last: datetime
    precision: str = "minute"

    @classmethod
    def exactly(cls, moment: datetime) -> When:
        """Return the exact moment *moment*, kept in UTC."""
        moment = moment.astimezone(UTC)
        return cls(moment, moment)

    @property
    def is_exact(self) -> bool:
        return self.precision == "minute"

    def to_plain(self) -> Any:
        if self.is_exact:
            return stamp(self.first)
        return {"first": stamp(self.first), "last": stamp(self.last), "precision": self.precision}

    @classmethod
    def from_plain(cls, plain: Any) -> When:
        if isinstance(plain, str):
            moment = unstamp(plain)
            return cls(moment, moment)
        return cls(unstamp(plain["first"]), unstamp(plain["last"]), plain["precision"])


def stamp(moment: datetime) -> str:
    """Return an aware moment as canonical UTC text, ``2026-07-07T14:00:00Z``, with a fraction only if there is one."""
    return _stamp(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


# A decision writes the same few moments many times. Kept for UTC only: in a zone whose clocks go back, two moments
# an hour apart are equal to Python.
@lru_cache(maxsize=1024)
def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def unstamp(text: str) -> datetime:
    """Return the moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


def first_of(plain: Any) -> datetime:
    """Return the first moment that a recorded `When` may mean, without making one of it."""
    return unstamp(plain if isinstance(plain, str) else plain["first"])


def last_of(plain: Any) -> datetime:
    """Return the last moment that a recorded `When` may mean, in the same way."""
    return unstamp(plain if isinstance(plain, str) else plain["last"])


LONGEST_AGO = datetime(1, 1, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@record
class Event:
    """Something that happened. Never changed; chained by hash in the store.

    ``decision`` numbers the decision it belongs to (one request, or one expiry); ``outcome`` the commit.
    ``request`` stands on the first event of a decision only: what was asked, so that it can be decided again.
    ``as_of`` is set on a late entry: its decision takes effect right after that decision number.
    ``actor`` is a person id or ``system``; ``on_behalf_of`` the absent person or the track spoken for.
    """

    seq: int
    outcome: int
    decision: int
    kind: str
    line: str
    data: Mapping[str, Any]
    happened: When
    recorded_at: datetime
    actor: str
    role: str | None = None
    on_behalf_of: str | None = None
    request: Mapping[str, Any] | None = None
    as_of: int | None = None
    account: str | None = None  # operating-system account, not authenticated (ruling 25)
    schema: int = EVENT_SCHEMA

    def to_plain(self) -> dict[str, Any]:
        """Return the event as JSON data; what is empty is left out."""
        plain: dict[str, Any] = {
            "seq": self.seq,
            "outcome": self.outcome,
            "decision": self.decision,
            "kind": self.kind,
            "line": self.line,
            "data": self.data,
            "happened": self.happened.to_plain(),
            "recorded_at": stamp(self.recorded_at),
            "actor": self.actor,
            "schema": self.schema,
        }
        optional = {
            "role": self.role,
            "on_behalf_of": self.on_behalf_of,
            "request": self.request,
            "as_of": self.as_of,
            "account": self.account,
        }
        return plain | {key: value for key, value in optional.items() if value is not None}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Event:
        return cls(
            **{
                **plain,
                "happened": When.from_plain(plain["happened"]),
                "recorded_at": unstamp(plain["recorded_at"]),
            }
        )


@record
class DocumentVersion:
    """One filed version of a document: its SHA-256 (or, while sealed, a salted commitment), who and when.

    ``for_whom`` is the absent person for whom a substitute filed it, said only where a role is closed to its authors.
    """

    sha256: str
    filename: str
    media_type: str
    size: int
    by: str
    at: str
    sealed_until: str | None = None
    for_whom: str | None = None


@record
class LineState:
    """Where one line stands and what is known on it.

    ``left`` remembers for every state the step by which the line last left it, ``left_as`` the how manieth leaving that
    was. A field's value is encoded JSON, or ``{"sealed": commitment}`` for one that lies encrypted beside the chain.
    """

    id: str
    kind: str
    state: str
    opened: int  # order of opening, 0 for the main line
    parent: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: Mapping[str, tuple[DocumentVersion, ...]] = field(default_factory=dict)
    milestones: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    left_as: Mapping[str, int] = field(default_factory=dict)
    speakers: tuple[str, ...] = ()
    since: Any = None  # When.to_plain() of the entry into the present state
    last: Any = None  # When.to_plain() of the last event of this line
    ended: bool = False


@record
class GivenSignature:
    """One signature as given. ``status``: standing, withdrawn, void or used; it lapses by itself at ``valid_until``."""

    index: int  # which signature line of the approval
    role: str
    person: str
    at: str
    on_behalf_of: str | None = None
    valid_until: str | None = None
    status: str = "standing"
    recorded_by: str | None = None
    against: bool = False  # a vote against, where a majority decides


@record
class ApprovalState:
    """The life of one approval on one line. ``declined`` blocks until it is asked for again."""

    line: str
    name: str
    signatures: tuple[GivenSignature, ...] = ()
    asked_by: str | None = None
    asked_at: str | None = None
    declined_by: str | None = None
    declined_reason: str | None = None
    round: int = 0
    open: bool = False  # asked and neither given nor ended


@record
class DeadlineState:
    """A clock as it stands. ``status``: running, suspended, over (open_until, not_before), met, missed, stopped.

    ``suspended`` is since when it stands still. ``earliest`` is the end if an imprecise start lay as early as it may;
    ``doubt`` says what cannot be told because a moment is not known exactly.
    """

    line: str
    name: str
    status: str
    end: str | None = None
    started: Any = None  # When.to_plain() of the starting event
    last_day: str | None = None
    provisional: bool = False
    assumed: bool = False
    history: tuple[Mapping[str, Any], ...] = ()
    backwards_from: str | None = None
    outlives_case: bool = False
    computed: Mapping[str, Any] = field(default_factory=dict)  # period, calendar and its version, trace, limit
    suspended: Any = None  # When.to_plain() of the suspension, while it stands still
    earliest: str | None = None
    doubt: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it runs or stands still, so that it can still end."""
        return self.status in ("running", "suspended")


@record
class WatchState:
    """A watch: ``true`` remembers the last value of its condition, ``blocked`` holds until its approval is given."""

    name: str
    true: bool = False
    blocked: bool = False


@record
class Interest:
    """A declaration of interests by a person: none, or a conflict with a supplier or the case."""

    person: str
    conflict: bool
    line: str
    at: str
    note: str = ""


@record
class Case:
    """One run of one released version for one organisation, as its events say.

    ``version`` counts outcomes, ``next_seq`` and ``next_decision`` number what comes; ``acted`` maps a person to the
    roles acted in; ``historic`` marks an import (ruling 4), ``not_evidenced`` what its sources did not answer.
    """

    id: str
    organisation: str
    procedure: str
    procedure_version: str
    definition_hash: str
    title: str = ""
    version: int = 0
    next_seq: int = 1
    next_decision: int = 1
    lines: Mapping[str, LineState] = field(default_factory=dict)
    approvals: Mapping[str, ApprovalState] = field(default_factory=dict)  # "line approval"
    deadlines: Mapping[str, DeadlineState] = field(default_factory=dict)  # "line deadline"
    watches: Mapping[str, WatchState] = field(default_factory=dict)
    interests: tuple[Interest, ...] = ()
    lifted: Mapping[str, str] = field(default_factory=dict)  # rule -> the derogation that lifted it first
    published: Mapping[str, str] = field(default_factory=dict)  # "line name" -> when
    acted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    opened_by: str = ""
    opened_at: str = ""
    last_change_at: str = ""
    last_change_by: str = ""
    historic: bool = False
    not_evidenced: tuple[Mapping[str, Any], ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()  # what a historic source contradicts
    destroyed_at: str = ""  # when the key of what was sealed was destroyed; nothing brings it back
    decided_with: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # as recorded last; see `history`

    @property
    def main(self) -> LineState:
        return self.lines[MAIN]

    def has_lifted(self, rules: Iterable[str]) -> bool:
        """Return whether derogations have lifted every one of *rules*."""
        return all(rule in self.lifted for rule in rules)

    def tracks(self, kind: str) -> tuple[LineState, ...]:
        """Return the tracks of *kind* in order of opening."""
        # A case read back from its text has its lines in order of name, so the order is made here.
        return tuple(sorted((line for line in self.lines.values() if line.kind == kind), key=_opened))

    @property
    def in_order(self) -> tuple[LineState, ...]:
        """The main line, then every track in order of opening."""
        return tuple(sorted(self.lines.values(), key=_opened))


def _opened(line: LineState) -> int:
    return line.opened


def key(line: str, name: str) -> str:
    """Return the key of an approval or deadline *name* that belongs to *line*."""
    return f"{line} {name}"


@record
class Handed:
    """A document that comes with a request, already stored by its hash."""

    sha256: str
    filename: str
    media_type: str = "application/octet-stream"
    size: int = 0


@record
class Request:
    """Something that a person asks for.

    ``kind``: open, do, fill, bring, ask, sign, decline, withdraw, derogate, interest, annul, destroy (what was sealed),
    mark (not evidenced, import only), the acts on deadlines (`language.model.CLOCK_ACTS`), recount (provisional
    deadlines). ``name`` is the step, approval, derogation, or decision number; ``line`` the id of the line. ``new``
    names a track to begin, ``parent`` its parent track. Values in ``fields`` are encoded JSON already typed by the
    shell.
    ``happened`` is None for "now". ``evidence`` and ``reason`` support a late entry.
    """

    kind: str
    actor: str
    name: str = ""
    line: str = MAIN
    role: str | None = None
    new: str | None = None
    parent: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)  # may hold what is sealed
    documents: Mapping[str, Handed] = field(default_factory=dict)
    reason: str | None = None
    evidence: str | None = None
    happened: When | None = None
    expected_version: int | None = None
    idempotency_key: str | None = None
    account: str | None = None
    historic: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)  # holds the seed of salts


@record
class Ground:
    """One part of a length of several, with what it rests on: ``30 days``, law, its source, and who confirmed it."""

    length: str
    basis: str
    cite: str
    evidence: str | None = None


@record
class Blocker:
    """One reason why not: stable code, the sentence, what it is about, where the rule comes from, what would mend it.

    ``possible_from`` is set when waiting alone lifts it. ``who`` lists persons who could mend it, by id.
    ``about`` names the field, document, approval, rule, deadline or track concerned; ``detail`` the failed clause.
    ``grounds`` are the parts of a length of several parts, each with its own basis; the others speak of the first then.
    """

    code: str
    reason: str
    about: str = ""
    line: str = MAIN
    cite: str | None = None
    basis: str | None = None
    evidence: str | None = None
    mend: str = ""
    who: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    possible_from: datetime | None = None
    provisional: bool = False
    detail: str = ""
    origin: str = ""  # file:line of the requirement
    grounds: tuple[Ground, ...] = ()

    @property
    def by_waiting(self) -> bool:
        return self.possible_from is not None


@record
class Message:
    """An outbox row: what is to be told or published, to whom, about which event."""

    seq: int
    kind: str  # told | published | notice | asked | reminder
    to: tuple[str, ...]  # roles as "role:legal", tracks as "track:supplier/alpha", "public"
    subject: str
    about: tuple[str, ...] = ()
    line: str = MAIN


@record
class Refusal:
    """Not yet, and every reason why. The case is unchanged but for ``events``: the expiries that stand anyway."""

    request: Request
    blockers: tuple[Blocker, ...]
    events: tuple[Event, ...] = ()
    case: Case | None = None
    messages: tuple[Message, ...] = ()  # of the expiries that stand

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(blocker.code for blocker in self.blockers)

    @property
    def possible_from(self) -> datetime | None:
        """When waiting alone makes it possible; None if a person must do something first."""
        if not self.blockers or not all(blocker.by_waiting for blocker in self.blockers):
            return None
        return max(blocker.possible_from for blocker in self.blockers if blocker.possible_from)

    @property
    def provisional(self) -> bool:
        return any(blocker.provisional for blocker in self.blockers)


@record
class Decision:
    """All events of one outcome, in order, with the case they lead to and what must be delivered afterwards.

    ``sealed`` maps a salted commitment to the plain encoded value that the store must encrypt beside the chain.
    """

    request: Request
    events: tuple[Event, ...]
    case: Case
    messages: tuple[Message, ...] = ()
    warnings: tuple[Blocker, ...] = ()
    sealed: Mapping[str, Any] = field(default_factory=dict, repr=False)
