"""Opening a desk from settings: its store, its keys, and the queue that sends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inprocap_flow.clock import Clock, SystemClock
from inprocap_flow.errors import NotAllowed
from inprocap_flow.service.desk import Desk
from inprocap_flow.settings import Settings
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from inprocap_flow.store.vault import KeyRing


def open_desk(settings: Settings, *, clock: Clock | None = None, create: bool = True, update: bool = True) -> Desk:
    """Open the installation that *settings* name; a new database is made on first use, but for those who only look.

    A database of an older version of the program is brought up to date, unless *update* is False.

    Raises NotAllowed, StoreUnavailable.
    """
    store = open_store(database_url(settings), keys=lambda: open_keys(settings), documents=settings.documents)
    if create:
        store.create()
    elif update:
        store.update()
    if settings.queue != "none":
        _with_queue(store)
    return Desk(store, clock or SystemClock(), settings=settings)


def _with_queue(store: DatabaseStore) -> None:
    """Let every transaction that writes messages make the job that hands them over. Raises NotAllowed."""
    from inprocap_flow.delivery import queue

    if not store.url.startswith("postgresql"):
        raise NotAllowed(
            "a queue for several machines needs a database for several machines",
            mend="set database to a PostgreSQL, or queue to none",
        )
    store.posted = lambda connection, message_ids: queue.announce(connection.raw, message_ids)


def database_url(settings: Settings) -> str:
    """Return the database of *settings* as a URL."""
    if settings.database == ":memory:":
        return "sqlite://"
    return settings.database if "://" in settings.database else f"sqlite:///{settings.database}"


def open_keys(settings: Settings) -> KeyRing:
    """Return the master keys as the key file has them now, so that a key changed elsewhere counts at once.

    Raises NotAllowed.
    """
    from inprocap_flow.store.vault import KeyRing

    path = key_path(settings)
    if settings.key_file is None:
        # Our own place may be made; a folder that somebody named must be there, or the name is wrong.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return KeyRing.open(path)


def key_path(settings: Settings) -> Path:
    """Return the key file: as set, else one in the user's own configuration folder, never beside the database."""
    if settings.key_file is not None:
        return settings.key_file
    from pathlib import Path

    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "inprocap-flow" / "sealing.key"
