"""What messages said is forgotten after a time; who was told what kind of thing, when and over what, stays.

The words of a message about a decision are made from the events of its case, which stay. What goes: what a message
carried beyond them (which rung of which ladder, whom it could not reach), what servers answered, and the files that the
channel ``file`` wrote. What is still to be sent, or was given up, is kept until somebody has looked after it.

No index serves this, on purpose: it would be written with every message, to save a look once an hour that goes through
the whole outbox (measured on SQLite: 0.2 s for 300,000 messages).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from inprocap_flow.records import record
from inprocap_flow.service.delivering.routes import outgoing
from inprocap_flow.service.desk import Desk

BATCH = 500


@record
class Forgotten:
    """How many messages were forgotten, and how many files of theirs removed."""

    messages: int = 0
    files: int = 0


def forget_where_asked(desk: Desk, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> Forgotten:
    """Forget what is older than the setting ``forget_messages_after`` says; nothing where it is 0."""
    days = desk.settings.forget_messages_after
    return forget(desk, now, days=days, goes_on=goes_on) if days else Forgotten()


def forget(desk: Desk, now: datetime, *, days: int, goes_on: Callable[[], bool] = lambda: True) -> Forgotten:
    """Forget what messages said all of whose deliveries were sent or dropped more than *days* days ago.

    Each batch is a transaction of its own. Raises StoreUnavailable.
    """
    until = now - timedelta(days=days)
    today = now.date().isoformat()
    messages = files = 0
    after = ""
    while goes_on():
        with desk.store.writing() as work:
            batch = work.deliveries.forgettable(until, after=after, most=BATCH)
            bundles = {key for one in batch for key in work.deliveries.keys_of(one)}
            for message_id in batch:
                work.deliveries.forget(message_id, today)
        messages += len(batch)
        files += sum(1 for file in _files(desk, bundles) if _removed(file))
        if len(batch) < BATCH:
            break
        after = batch[-1]
    return Forgotten(messages, files)


def _files(desk: Desk, bundles: set[str]) -> Iterator[Path]:
    """Yield the files that the channel ``file`` wrote under these keys."""
    folder = outgoing(desk.settings)
    if bundles and folder.is_dir():
        yield from (file for file in folder.glob("*/*.txt") if file.stem in bundles)


def _removed(file: Path) -> bool:
    try:
        file.unlink()
    except OSError:
        return False  # somebody else's, or gone already: what the database holds is forgotten all the same
    return True
