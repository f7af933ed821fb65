"""Mails that came back: delivery status notifications (RFC 3464), as mail servers send them to whoever sent a mail.

What arrives in a mailbox is written by strangers: nothing of it is trusted but the key of a mail that we did send, and
what a server says is cut to one printable line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from inprocap_flow.records import record

LONGEST_REASON = 300
LARGEST = 2_000_000  # bytes of a mail that is read; a notification with a whole mail in it is far smaller
_ID = re.compile(r"<([^<>@\s]{1,200})@[^<>\s]{1,255}>")

_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")  # an address belongs to a person, and must go when they do


@record
class Returned:
    """What became of a mail of ours: the key in its ``Message-ID``, and what its server says.

    ``is_final``: it will not arrive. Else it is late, or has arrived.
    """

    key: str
    reason: str
    is_final: bool


def read_notification(raw: bytes) -> Returned | None:
    """Return what a mail says of one of ours; None if it is no delivery status notification, or names no mail.

    A notification about several recipients is final if it is for any: each of our mails has one.
    """
    try:
        whole = message_from_bytes(raw[:LARGEST], policy=compat32)
        parts = list(whole.walk())
        blocks = [block for part in parts for block in _status_blocks(part)]
        key = _key(parts)
        if not blocks or not key:
            return None
        failed = [block for block in blocks if _plain(block, "Action").lower() == "failed"]
        return Returned(key, _reason((failed or blocks)[0]), bool(failed))
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None  # the parser takes nearly everything; what it stumbles over is no notification


def _status_blocks(part: Message) -> Iterator[Message]:
    """Yield what is said of each recipient; the first block speaks of the whole mail."""
    if part.get_content_type() != "message/delivery-status":
        return
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else ():
        if isinstance(block, Message) and block.get("Action"):
            yield block


def _key(parts: list[Message]) -> str:
    """Return the key of the mail that is enclosed, whole or only its headers."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            headers = payload if isinstance(payload, bytes) else b""
            found = _ID.search(_plain(message_from_bytes(headers, policy=compat32), "Message-ID"))
        elif kind == "message/rfc822":
            inner = part.get_payload()
            enclosed = inner[0] if isinstance(inner, list) and inner else None
            found = _ID.search(_plain(enclosed, "Message-ID")) if isinstance(enclosed, Message) else None
        else:
            continue
        if found:
            return found[1]
    return ""


def _plain(block: Message, name: str) -> str:
    return str(block.get(name) or "").strip()


def _reason(block: Message) -> str:
    said = _plain(block, "Diagnostic-Code").partition(";")[2] or _plain(block, "Status") or "no reason given"
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return _ADDRESS.sub("(the address)", line)[:LONGEST_REASON]
