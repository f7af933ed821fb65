"""What lists need of a case, kept as rows: approvals, deadlines, documents. Only what changed is written.

A projection says nothing that the state does not say; `all_rows` gives what must be there, for the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from inprocap_flow.engine.case.records import Case
from inprocap_flow.store import rows
from inprocap_flow.store.rows import Named
from inprocap_flow.store.statement import Statement, Statements

_NOTHING = Case(id="", organisation="", procedure="", procedure_version="", definition_hash="")


class Change(NamedTuple):
    """A statement and the rows it is for; often none."""

    statement: Statement
    rows: list[Named]


def changes(sql: Statements, before: Case | None, after: Case) -> Iterator[Change]:
    """Return what brings the rows of *before* to those of *after*: at most two statements for each table."""
    old = before or _NOTHING
    for rows_of, put, drop in (
        (_approvals, sql.put_approval, sql.drop_approval),
        (_deadlines, sql.put_deadline, sql.drop_deadline),
        (_documents, sql.put_document, sql.drop_document),
    ):
        new_rows, old_rows = rows_of(after.id, old, after), rows_of(after.id, after, old)
        if new_rows == old_rows:
            continue
        yield Change(put, [row for key, row in new_rows.items() if old_rows.get(key) != row])
        gone = [row for key, row in old_rows.items() if key not in new_rows]
        yield Change(drop, [{f"of_{name}": value for name, value in row.items()} for row in gone])


def all_rows(case: Case) -> Mapping[str, list[Named]]:
    """Return every row that there must be, by table."""
    found: dict[str, Callable[[str, Case, Case], dict[str, Named]]] = {
        "approvals": _approvals,
        "deadlines": _deadlines,
        "documents": _documents,
    }
    return {table: list(rows_of(case.id, _NOTHING, case).values()) for table, rows_of in found.items()}


def _approvals(case_id: str, old: Case, new: Case) -> dict[str, Named]:
    return {key: rows.of_approval(case_id, state) for key, state in _changed(old.approvals, new.approvals)}


def _deadlines(case_id: str, old: Case, new: Case) -> dict[str, Named]:
    return {key: rows.of_deadline(case_id, state) for key, state in _changed(old.deadlines, new.deadlines)}


def _documents(case_id: str, old: Case, new: Case) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for key, line in _changed(old.lines, new.lines):
        was = old.lines[key].documents if key in old.lines else {}
        for name, versions in _changed(was, line.documents):
            found |= {f"{key} {name} {row['number']}": row for row in rows.of_documents(case_id, key, name, versions)}
    return found


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Return what *new* has otherwise than *old*; what was carried over untouched is the same object."""
    if old is new:
        return ()
    return [(key, item) for key, item in new.items() if old.get(key) is not item and old.get(key) != item]
