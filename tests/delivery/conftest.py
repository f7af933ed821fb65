"""Parcels as a service makes them, and real receivers on this machine."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any

from inprocap_flow.delivery.parcels import Item, Letter, Parcel
from inprocap_flow.records import changed

KEY = "bundle-019b1c5e8a4071d2b3c4d5e6f7a8b9c0"
MADE_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CASE = "case-019b1b3bca807aa1b2c3d4e5f6a7b8c9"
ITEM = Item(
    what="Receipt of tenders ends in 5 days.",
    facts=(
        ("Case", "Robot arms for sorting"),
        ("", CASE),
        ("Until", "Tuesday, 7 July 2026, 16:00 (Europe/Berlin, UTC+2)"),
        ("Why", "2014/24/EU Art. 27(1)"),
    ),
    to_do="To do",
    command=f"inprocap-flow next {CASE}",
)
LATE = changed(ITEM, late="Late: this was due on Friday, 20 November 2026, 08:00 (Europe/Berlin, UTC+1).")
CLOSING = (
    "You get this as Procurement officer, or standing in for one, at Example Laboratory.",
    "Sent by inprocap-flow. Nobody reads answers to this address.",
)
LETTER = Letter("Receipt of tenders ends in 5 days - Robot arms", (ITEM,), closing=CLOSING)
DATA = {"messages": [{"message": "message-0001", "kind": "reminder", "case": CASE, "to": "role:procurement_officer"}]}


def parcel(**more: Any) -> Parcel:
    """Return a parcel to ben; *more* are other parts."""
    made = Parcel(KEY, MADE_AT, "example-lab", "ben", "ben@example.org", LETTER, CASE, DATA)
    return changed(made, **more)


def free_port() -> int:
    """Return a port of the loopback that nobody uses: aiosmtpd cannot be asked for any."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
