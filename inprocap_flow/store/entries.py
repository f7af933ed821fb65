"""The lines of lists. Apart from `port`, because making a dozen record types takes longer than loading a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """A case in a list. Moments are UTC text of fixed width."""

    id: str
    organisation: str
    procedure: str
    procedure_version: str
    definition_hash: str
    title: str
    stage: str
    ended: bool
    historic: bool
    version: int
    event_count: int
    head: str
    opened_at: str
    opened_by: str
    last_change_at: str
    last_change_by: str


@dataclass(frozen=True, slots=True)
class DeadlineEntry:
    """A deadline in a list, with its case's title and organisation. ``end_at`` is UTC text of fixed width."""

    case_id: str
    line: str
    name: str
    status: str
    end_at: str | None
    last_day: str | None
    provisional: bool
    assumed: bool
    title: str
    organisation: str


@dataclass(frozen=True, slots=True)
class ApprovalEntry:
    """An approval that waits, with its case's title. ``signed`` counts the signatures that stand."""

    case_id: str
    line: str
    name: str
    round: int
    asked_by: str | None
    asked_at: str | None
    signed: int
    title: str
    organisation: str


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """A message in the outbox. ``id`` is also the key under which a receiver may drop a second copy."""

    id: str
    case_id: str
    seq: int
    kind: str
    recipient: str
    subject: str
    about: tuple[str, ...]
    line: str
    created_at: str
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """A delivery in a list, with the message it carries. ``bundle`` is the key that the receiver sees."""

    id: str
    message_id: str
    case_id: str
    organisation: str
    recipient: str
    channel: str
    state: str
    bundle: str | None
    attempts: int
    next_at: str
    last_error: str | None
    created_at: str
    sent_at: str | None
    kind: str
    to: str
    subject: str
    line: str


@dataclass(frozen=True, slots=True)
class RefusalEntry:
    """A refusal. ``request`` says what was asked without any value; ``times`` how often within that minute."""

    case_id: str
    actor: str
    role: str | None
    kind: str
    name: str
    line: str
    request: Mapping[str, Any]
    codes: tuple[str, ...]
    blockers: tuple[Mapping[str, Any], ...]
    first_at: str
    last_at: str
    times: int


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A filed version of a document. ``mark`` is its SHA-256 or, for a sealed one, its commitment."""

    case_id: str
    line: str
    name: str
    number: int
    mark: str
    filename: str
    media_type: str
    size: int
    filed_by: str
    filed_at: str
    sealed_until: str | None
