"""Copying an installation to another database."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow import logs
from inprocap_flow.errors import NotAllowed
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.opening import database_url, open_keys
from inprocap_flow.settings import Settings
from inprocap_flow.store.copying import Copied, Tell, copy_all
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.opening import open_store


def copy_installation(desk: Desk, to: str, documents: Path | None, *, tell: Tell) -> Copied:
    """Copy everything to the empty database *to*, its documents to the folder *documents*, and verify it there.

    Raises NotAllowed (the target is not empty, or is this one, or has no folder), StoreDamaged, StoreUnavailable.
    """
    source = desk.store
    assert isinstance(source, DatabaseStore)  # the only one there is; a port cannot be copied
    target = open_store(database_url(Settings(database=to)), keys=lambda: open_keys(desk.settings), documents=documents)
    try:
        if target.url == source.url:
            raise NotAllowed("a database is not copied to itself", mend="name another with --to")
        copied = copy_all(source, target, tell=tell)
    finally:
        target.close()
    logs.happened(logs.DATABASE_COPIED, count=copied.cases)
    return copied
