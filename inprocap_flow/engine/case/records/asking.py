"""What is asked of the engine, and what it gives back: a decision, or a refusal with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inprocap_flow.engine.case.records.event import Event
from inprocap_flow.engine.case.records.moments import When
from inprocap_flow.engine.case.records.state import MAIN, Case
from inprocap_flow.records import field, record

SYSTEM_ACTOR = "system"


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
