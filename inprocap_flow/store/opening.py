"""Open the store that a URL names. No ORM is imported here (ruling 24)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inprocap_flow.ids import Ids, TimedIds
from inprocap_flow.store.addresses import sqlite_file
from inprocap_flow.store.connection import StoreUnavailable, Watch
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.sqlite import SqliteConnection

if TYPE_CHECKING:
    from pathlib import Path

    from inprocap_flow.store.vault import Keys


def open_store(
    url: str,
    *,
    keys: Keys = None,
    ids: Ids | None = None,
    documents: Path | None = None,
    watch: Watch | None = None,
) -> DatabaseStore:
    """Return the store at *url*: ``sqlite:///FILE``, a file name, ``sqlite://`` (memory), ``postgresql+psycopg://...``.

    Nothing is created or checked yet; call `create` once. *documents* is the folder of the documents; a SQLite file
    has one beside it (``FILE.documents``). *keys* may be a function that opens the key ring; it is called when
    something is sealed or revealed. *watch* sees every statement, for tests. Raises NotAllowed, StoreUnavailable.
    """
    ids = ids or TimedIds()
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        from inprocap_flow.store.postgres import PostgresConnection  # who keeps a file does without

        return DatabaseStore(url, lambda: PostgresConnection(url, watch), keys=keys, ids=ids, documents=documents)
    file = sqlite_file(url)
    if file is None:
        # SQLite's own memory database belongs to one connection; this one is shared, with the locks of a file.
        shared = f"file:/inprocap-flow-{os.urandom(16).hex()}?vfs=memdb"
        return DatabaseStore(shared, lambda: SqliteConnection(shared, watch), keys=keys, ids=ids, documents=documents)
    beside = documents or f"{file}.documents"
    return DatabaseStore(f"sqlite:///{file}", lambda: connected(file, watch), keys=keys, ids=ids, documents=beside)


# What SQLite says where it can make no log beside a database; the second one if there is a log and no index.
FOLDER_CLOSED = ("SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN")


def connected(file: str, watch: Watch | None) -> SqliteConnection:
    """Return a connection to a database; where its folder may not be written to, one that reads what lies there."""
    try:
        return SqliteConnection(file, watch)
    except StoreUnavailable as wrong:
        if getattr(wrong.__cause__, "sqlite_errorname", "") not in FOLDER_CLOSED or not os.path.isfile(file):  # noqa: PTH113
            raise
        from inprocap_flow.store.unwritable import StillConnection  # seldom, and everybody starts with this module

        return StillConnection(file, watch)
