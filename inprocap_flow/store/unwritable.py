"""A SQLite database in a folder that may not be written to, read as it lies there: by whoever may only look at it.

In its usual mode SQLite writes a log and an index beside the database even for those who only read. Without them it
can read a file that nobody changes, and takes no locks on it: so whether anybody does is looked at here, before and
after each transaction. Whoever writes meanwhile has a log beside the database, or has changed it on closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inprocap_flow.store.connection import StoreUnavailable, Watch, may_only_be_read
from inprocap_flow.store.sqlite import SqliteConnection

_BESIDE = ("-wal", "-journal")  # where changes lie that are not in the database yet
_Look = tuple[int, int, int]


class StillConnection(SqliteConnection):
    """Reads a database that must lie still, and refuses whoever would write."""

    def __init__(self, path: str, watch: Watch | None) -> None:
        """Open the database *path*. Raises StoreUnavailable if some of its changes lie beside it."""
        self._path = path
        beside = _changes_beside(path)
        if beside:
            raise StoreUnavailable(
                f"the folder of the database {path} may not be written to, and its last changes still lie beside it, "
                f"in {Path(beside).name}",
                mend="copy the database with what lies beside it into a folder that you may write to, and name that",
            )
        self._lay = self._look()
        super().__init__(f"{Path(path).as_uri()}?mode=ro&immutable=1", watch)

    def must_lie_still(self) -> None:
        if self._look() != self._lay or _changes_beside(self._path):
            raise StoreUnavailable(f"the database {self._path} was changed while it was read", mend="ask again")

    def begin(self, *, writing: bool) -> None:
        self.must_lie_still()
        if writing:
            raise may_only_be_read("its folder may not be written to")
        super().begin(writing=writing)

    def commit(self) -> None:
        super().commit()
        self.must_lie_still()

    def _run(self, sql: str, values: Sequence[Any], *, many: bool = False) -> Any:
        try:
            return super()._run(sql, values, many=many)
        except StoreUnavailable:
            self.must_lie_still()  # half of a change looks like damage
            raise

    def _look(self) -> _Look:
        try:
            found = Path(self._path).stat()
        except OSError as wrong:
            raise StoreUnavailable(f"the database {self._path} cannot be opened: {wrong.strerror}") from wrong
        return found.st_ino, found.st_size, found.st_mtime_ns


def _changes_beside(path: str) -> str:
    """Return the file in which changes of the database *path* lie; "" for none."""
    for end in _BESIDE:
        try:
            if Path(path + end).stat().st_size:
                return path + end
        except OSError:
            continue  # there is none
    return ""
