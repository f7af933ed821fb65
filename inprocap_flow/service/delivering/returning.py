"""Mails that came back: what was sent is dead after all, and whoever answers for its cases is told.

That it was sent, and when, stays known: for the law sending may be what counts, and what came of it is another fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from inprocap_flow import logs
from inprocap_flow.delivery.bounces import LARGEST, read_notification
from inprocap_flow.records import record
from inprocap_flow.service.delivering.handing import UNDELIVERED, report_of
from inprocap_flow.service.delivering.recipients import owners_of
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.deliveries import Bundled, Posted
from inprocap_flow.store.port import Reading

CAME_BACK = "came back"

Outcome = Literal["recorded", "known", "not_ours", "not_final", "no_notification", "unreadable"]


@record
class Read:
    """What became of one file: recorded; known already; not of a mail of ours; only late; no notification at all."""

    file: Path
    outcome: Outcome
    key: str = ""
    reason: str = ""


def came_back(desk: Desk, key: str, reason: str, now: datetime) -> int:
    """Record that what was sent under *key* came back, and tell the owners of its cases; return how many deliveries.

    0 where nothing of it counts as sent: no such bundle, not sent yet, or recorded before. Raises StoreUnavailable.
    """
    with desk.store.reading() as reading:
        sent = [one for one in reading.deliveries.in_bundle(key) if one.state == "sent"]
        reports = tuple(_reports(desk, reading, sent, now))
    if not sent:
        return 0
    with desk.store.writing() as work:
        count = work.deliveries.returned(key, f"{CAME_BACK}: {reason}", now=now)
        for report in reports if count else ():
            work.deliveries.post(report)
    logs.happened(logs.MESSAGE_FAILED, message=key, channel=sent[0].channel, count=count)
    return count


def _reports(desk: Desk, reading: Reading, sent: Iterable[Bundled], now: datetime) -> Iterator[Posted]:
    """Yield what tells the owners: once a day for each case and address, and never about such a report itself."""
    first: dict[str, tuple[Posted, Bundled]] = {}
    for one in sent:
        message = reading.deliveries.message(one.message_id)
        if message is not None and message.kind != UNDELIVERED:
            first.setdefault(message.case_id, (message, one))
    for message, one in first.values():
        for group in owners_of(desk, reading, reading.load(message.case_id).case)[:1]:
            yield report_of(message, one.recipient, one.channel, group, now, because="came_back")


def read_returned(desk: Desk, paths: Iterable[Path], now: datetime) -> tuple[Read, ...]:
    """Read mails from files, and from folders with all that is in them, and record what came back.

    A file may be read again at any time: what is known changes nothing. Raises StoreUnavailable.
    """
    return tuple(_read(desk, file, now) for path in paths for file in _files(path))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))


def _read(desk: Desk, file: Path, now: datetime) -> Read:
    try:
        with file.open("rb") as stream:
            found = read_notification(stream.read(LARGEST))
    except OSError as wrong:
        return Read(file, "unreadable", reason=wrong.strerror or "")
    if found is None:
        return Read(file, "no_notification")
    if not found.is_final:
        return Read(file, "not_final", found.key, found.reason)
    if came_back(desk, found.key, found.reason, now):
        return Read(file, "recorded", found.key, found.reason)
    with desk.store.reading() as reading:
        known = bool(reading.deliveries.in_bundle(found.key))
    return Read(file, "known" if known else "not_ours", found.key, found.reason)
