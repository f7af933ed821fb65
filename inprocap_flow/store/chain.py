"""The hash chain of a case's events, and of an organisation's checkpoints (ruling 8).

Every hash is SHA-256 over a domain, a schema number and the fields in a fixed order, each written as one byte that
says whether it is there, eight bytes of length, and its UTF-8 bytes. So two different records can never give
the same bytes, however their texts are chosen. What is hashed is what the record *means*, not how a table keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from inprocap_flow.engine.case.records import Event, stamp
from inprocap_flow.errors import FlowError
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.records import record

CHAIN_SCHEMA = "1"  # raised when this encoding changes; chains of every release must still verify (ruling 9)
_NOTHING = "\0"
_HEAD = r"head-(?P<organisation>.+)-(?P<number>[0-9]+)-(?P<hash>[0-9a-f]{64})"


class BadHead(FlowError):
    """The text given as a head is none."""

    code = "bad-head"


def encoded(domain: str, fields: Iterable[str | None]) -> bytes:
    """Return the bytes that are hashed: unambiguous, whatever the texts contain."""
    # Put together as text with one character for each byte (Latin-1), so that most need no encoding of their own.
    parts: list[str] = []
    for text in (domain, CHAIN_SCHEMA, *fields):
        if text is None:
            parts.append(_NOTHING)
            continue
        # "surrogatepass": a text that is not valid Unicode must still have one and only one encoding.
        raw = text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")
        size = len(raw)
        parts += (_STARTS[size] if size < SHORT else _start(size), raw)
    return "".join(parts).encode("latin-1")


def _start(size: int) -> str:
    return "\1" + size.to_bytes(8, "big").decode("latin-1")


SHORT = 256  # bytes; nearly all texts are shorter
_STARTS = tuple(map(_start, range(SHORT)))


def hashed(domain: str, fields: Iterable[str | None]) -> str:
    """Return the SHA-256 of the encoded *fields*, in hexadecimal."""
    return str(_sha256()(encoded(domain, fields)).hexdigest())


@cache
def _sha256() -> Any:
    from hashlib import sha256  # not at the start: whoever only reads hashes nothing

    return sha256


# ---------------------------------------------------------------------------------------------- events


def genesis(case_id: str, organisation: str, definition_hash: str) -> str:
    """Return what the first event of a case is chained to: whose case it is and what it follows."""
    return hashed("inprocap-flow/case", (case_id, organisation, definition_hash))


class Texts(NamedTuple):
    """The parts of an event that are JSON, as text: they are hashed and kept, so they are written once for both."""

    data: str
    happened: str
    request: str | None


def texts_of(event: Event) -> Texts:
    """Return the canonical texts of *event*."""
    return Texts(
        canonical_json(event.data),
        canonical_json(event.happened.to_plain()),
        None if event.request is None else canonical_json(event.request),
    )


def hash_event(prev: str, event: Event) -> str:
    """Return the hash of *event* as it follows *prev*."""
    return _hash_event(prev, event, texts_of(event))


def _hash_event(prev: str, event: Event, texts: Texts) -> str:
    return hashed("inprocap-flow/event", (prev, *_fields(event, texts)))


def _fields(event: Event, texts: Texts) -> tuple[str | None, ...]:
    return (
        str(event.schema),
        str(event.seq),
        str(event.outcome),
        str(event.decision),
        event.kind,
        event.line,
        texts.data,
        texts.happened,
        stamp(event.recorded_at),
        event.actor,
        event.role,
        event.on_behalf_of,
        texts.request,
        None if event.as_of is None else str(event.as_of),
        event.account,
    )


class Link(NamedTuple):
    """An event with the hash before it and its own, and the texts that were hashed if it was just made."""

    event: Event
    prev: str
    hash: str
    texts: Texts | None = None


def links(prev: str, events: Iterable[Event]) -> list[Link]:
    """Return *events* chained to *prev*, each to the one before it."""
    made = []
    for event in events:
        texts = texts_of(event)
        own = _hash_event(prev, event, texts)
        made.append(Link(event, prev, own, texts))
        prev = own
    return made


def verify(first: str, found: Sequence[Link]) -> list[str]:
    """Return what is wrong with a chain that begins at *first*; nothing if it holds.

    It finds any change that was not carried through to the end. Someone who rewrites every hash after the change
    passes here; that is what heads are for.
    """
    wrong: list[str] = []
    prev = first
    for place, link in enumerate(found, start=1):
        if link.event.seq != place:
            wrong.append(f"event {place} is missing: number {link.event.seq} stands in its place")
            return wrong
        if link.prev != prev:
            wrong.append(f"event {place} does not follow the one before it")
        if hash_event(link.prev, link.event) != link.hash:
            wrong.append(f"event {place} is not what was recorded: its hash differs")
        prev = link.hash
    return wrong


# ---------------------------------------------------------------------------------------------- checkpoints


@record
class Covered:
    """The head of one case at a checkpoint: after how many events, which hash."""

    case_id: str
    event_count: int
    head: str


def first_checkpoint(organisation: str) -> str:
    """Return what the first checkpoint of an organisation is chained to."""
    return hashed("inprocap-flow/organisation", (organisation,))


def hash_checkpoint(prev: str, organisation: str, number: int, taken_at: str, covers: Sequence[Covered]) -> str:
    """Return the hash of a checkpoint; *covers* is sorted by case here."""
    cases = sorted(covers, key=lambda case: case.case_id)
    fields: list[Any] = [prev, organisation, str(number), taken_at, str(len(cases))]
    for case in cases:
        fields += [case.case_id, str(case.event_count), case.head]
    return hashed("inprocap-flow/checkpoint", fields)


@record
class Head:
    """The end of an organisation's chain of checkpoints, short enough to print on every export (ruling 8)."""

    organisation: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"head-{self.organisation}-{self.number}-{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Return the head that *text* is. Raises BadHead."""
        found = re.fullmatch(_HEAD, text.strip(), re.DOTALL)
        if found is None:
            mend = "write it as printed: head-ORGANISATION-NUMBER-, then 64 hexadecimal digits"
            raise BadHead(f"{text.strip()[:120]!r} is no head of a chain", mend=mend)
        return cls(found["organisation"], int(found["number"]), found["hash"])
