"""Which database a URL names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from inprocap_flow.errors import NotAllowed
from inprocap_flow.store.connection import StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path


def sqlite_path(url: str) -> Path | None:
    """Return the file that *url* names, None for a database in memory. Raises NotAllowed, StoreUnavailable."""
    from pathlib import Path

    file = sqlite_file(url)
    return None if file is None else Path(file)


def sqlite_file(url: str) -> str | None:
    """Return what `sqlite_path` does, as text: a path costs more than a connection when a program starts anew."""
    if url in ("sqlite://", "sqlite:///:memory:", ":memory:"):
        return None
    name = url.removeprefix("sqlite:///")
    if "://" in name or not name:
        raise NotAllowed(f"{url!r} names no database known", mend="write sqlite:///FILE or postgresql+psycopg://...")
    if "\0" in name:
        raise StoreUnavailable("the name of the database holds a character that no file name may")
    if os.path.normpath(name) == name:  # as nearly all are; then a path would say the same
        return os.path.join(os.getcwd(), name)  # noqa: PTH109, PTH118
    from pathlib import Path

    return str(Path(name).absolute())
