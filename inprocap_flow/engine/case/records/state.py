"""The case, and what is known on each of its lines: the fold of the events (`engine.case.history`), nothing else.

Field values stand in their encoded JSON form (`language.values.encode`), so that events, snapshots and hashes never
depend on a Python type; the engine decodes them where it reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inprocap_flow.records import field, record

MAIN = "case"  # the id of the main line; tracks are "kind/name"


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
