"""Parcels on the terminal: for looking at what would be sent."""

from __future__ import annotations

import sys
from typing import TextIO

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.errors import visible


class Channel:
    """Writes each parcel to *stream*, else to standard error, so that answers for programs stay clean."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, parcel: Parcel) -> Accepted | Failed:
        letter = parcel.letter
        head = visible(f"To {parcel.recipient}: {letter.subject}".replace("\n", " "))
        stream = self._stream or sys.stderr
        try:
            stream.write(f"{head}\n{'=' * min(len(head), 72)}\n{plain_text(letter)}\n")
            stream.flush()
        except (OSError, ValueError):  # ValueError: the stream is closed
            return Failed("the terminal is gone", unreachable=True)
        return Accepted()

    def close(self) -> None:
        """The terminal is not ours to close."""
