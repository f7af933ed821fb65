"""The records that the store gives: a case as it was read, first answers, releases, people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from inprocap_flow.engine.case.records import Case
from inprocap_flow.records import field, record


class Loaded(NamedTuple):
    """A case as it stood when it was read: what a decision is made on, and what its conflict check compares."""

    case: Case
    version: int
    event_count: int
    head: str
    definition_hash: str


@record
class Answer:
    """The first answer to a request with this idempotency key. ``refused`` gives the codes of a refusal, else ().

    ``response`` is JSON data: ``events`` (numbers of the events of that outcome), ``decisions`` (their decisions),
    ``head``, ``blockers`` (as JSON, for a refusal) and ``warnings``.
    """

    key: str
    case_id: str
    version: int
    answered_at: str
    refused: tuple[str, ...]
    response: Mapping[str, Any]
    fingerprint: str = ""


@record
class Recorded:
    """What one outcome has put into the store. It counts only once the transaction has ended without an error."""

    case_id: str
    version: int
    head: str
    seqs: tuple[int, ...] = ()
    message_ids: tuple[str, ...] = ()


class Released(NamedTuple):
    """One released version with its content as JSON data."""

    version: str
    content_hash: str
    content: Any


class ReleaseEntry(NamedTuple):
    """One line of a list of releases."""

    name: str
    version: str
    content_hash: str
    released_at: str
    released_by: str
    valid_from: str = ""  # the local day from which new cases may use it; "": at once
    judged: Mapping[str, Any] = MappingProxyType({})  # what was found out before; see `tables.Release`


@record
class Person:
    """A person of an organisation. ``contact`` and ``absences`` are JSON data that the store does not read."""

    id: str
    name: str = ""
    contact: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    absences: tuple[Mapping[str, Any], ...] = ()
    substitute: str | None = None
    erased_at: str | None = None
