"""One delivery, for people and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.session import Session
from inprocap_flow.cli.words import Words

if TYPE_CHECKING:
    from inprocap_flow.service.delivering.looking import Seen
    from inprocap_flow.store.entries import DeliveryEntry


SAYS = {
    "pending": "waits",
    "sending": "is being sent",
    "sent": "sent",
    "dead": "given up",
    "withdrawn": "not sent",
}


def short(entry: DeliveryEntry) -> str:
    """Return the end of a delivery's id, which commands take for all of it."""
    return entry.id[-6:]


def lines_of(session: Session, seen: Seen) -> list[str]:
    """Return a delivery in three lines: what it says, to whom, and how it stands."""
    entry = seen.entry
    start = f"{short(entry)}  "
    rest = " " * len(start)
    late = "Late. " if seen.late else ""
    return [
        *(layout.heading(line) for line in layout.wrapped(f"{late}{seen.what}", start, rest)),
        *layout.wrapped(f"to {_to(entry)}; {seen.title or entry.case_id}", rest),
        *layout.wrapped(_state(session, seen), rest),
    ]


def _to(entry: DeliveryEntry) -> str:
    if entry.channel == "none":
        return f"{entry.to} (nobody there)"
    over = f", {entry.channel}"
    group = f" ({entry.to})" if entry.to not in (f"person:{entry.recipient}", entry.recipient) else ""
    return f"{entry.recipient}{group}{over}"


def _state(session: Session, seen: Seen) -> str:
    entry, words = seen.entry, Words(seen.zone, session.settings.language)
    tries = f"{entry.attempts} {'try' if entry.attempts == 1 else 'tries'}"
    why = f": {entry.last_error}" if entry.last_error else ""
    at = words.moment(datetime.fromisoformat(entry.next_at))
    if entry.state == "sent":
        return f"{SAYS['sent']} {words.moment(datetime.fromisoformat(entry.sent_at or entry.next_at))}, {tries}"
    if entry.state == "pending":
        return f"{SAYS['pending']}, due {at}" + (f", after {tries}{why}" if entry.attempts else "")
    if entry.state == "sending":
        return f"{SAYS['sending']}, {tries}; if its sender is gone, again from {at}"
    if entry.state == "dead":
        return f"{SAYS['dead']} after {tries}{why}" if entry.attempts else f"{SAYS['dead']}{why}"
    return f"{SAYS['withdrawn']}{why or ': what it told was annulled'}"


def _mend(entry: DeliveryEntry) -> str:
    if entry.state != "dead":
        return ""
    if entry.channel == "none":
        return f"give the role to somebody, or somebody an address; then: deliveries retry {short(entry)}"
    return f"correct the address of {entry.recipient}; then: deliveries retry {short(entry)}"


def to_plain(seen: Seen) -> dict[str, Any]:
    """Return a delivery as JSON data."""
    entry = seen.entry
    return {
        "delivery": entry.id,
        "short": short(entry),
        "message": entry.message_id,
        "case": entry.case_id,
        "title": seen.title,
        "organisation": entry.organisation,
        "what": seen.what,
        "kind": entry.kind,
        "to": entry.to,
        "recipient": entry.recipient,
        "channel": entry.channel,
        "state": entry.state,
        "key": entry.bundle,
        "tries": entry.attempts,
        "next_at": entry.next_at,
        "sent_at": entry.sent_at,
        "error": entry.last_error,
        "late": seen.late,
    }
