"""What channels carry and what they answer: parcels, letters, and the port that every channel implements.

A parcel is complete: whoever sends it looks nothing up. Sent again it is the same, byte by byte where the channel
allows, and carries the same key, so that a receiver can tell a repetition from something new (ruling 19).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from inprocap_flow.records import field, record


@record
class Item:
    """One thing that is told: a sentence, facts as label and text, and the command that does what is to be done."""

    what: str
    facts: tuple[tuple[str, str], ...] = ()
    to_do: str = ""  # label of the command
    command: str = ""
    late: str = ""  # a sentence; empty unless it comes late


@record
class Letter:
    """What a person reads, already in their language. ``closing`` says why they got it, and that nobody reads answers.

    ``digest`` introduces several items; it is empty for one.
    """

    subject: str
    items: tuple[Item, ...]
    language: str = "en"
    digest: str = ""
    closing: tuple[str, ...] = ()


@record
class Parcel:
    """One bundle on its way: its key, the moment it was made (never the moment of a try), and to whom.

    ``address`` is what the channel needs (a mail address, the name of an endpoint); ``recipient`` is the id, which may
    be shown and logged. ``thread`` groups what belongs together (the id of a case); empty for a digest of several.
    ``data`` is for machines: ids and moments, never a value of a case.
    """

    key: str
    made_at: datetime
    organisation: str
    recipient: str
    address: str
    letter: Letter
    thread: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@record
class Accepted:
    """The receiver has taken the parcel."""


@record
class Failed:
    """The receiver has not taken it. ``reason`` holds no address and nothing of the content.

    ``for_good``: this address will never take it. ``unreachable``: not this address but the whole channel is down, so
    that there is no use in trying the next parcel now. ``wait_seconds``: the receiver asked for at least this pause.
    """

    reason: str
    for_good: bool = False
    unreachable: bool = False
    wait_seconds: int = 0


class Channel(Protocol):
    """A way to send. What goes wrong on the way is a `Failed`; an exception is a bug or a bad setting."""

    def send(self, parcel: Parcel) -> Accepted | Failed:
        """Hand one parcel to its receiver. Safe to repeat: the receiver sees the same key."""
        ...

    def close(self) -> None:
        """Let go of connections; the channel opens them again when it sends."""
        ...
