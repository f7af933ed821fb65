"""What our store wrote, run again bare: the statements alone, or with the encoding and hashing any writer needs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from inprocap_flow.store import connection

Statements = list[tuple[str, Any, bool]]


@contextmanager
def recorded() -> Iterator[list[Statements]]:
    """Record the writing statements of every transaction with their values, to be run again bare."""
    transactions: list[Statements] = []
    run = connection.Connection._run  # noqa: SLF001 - the benchmark looks at what is sent

    def watched(self: Any, sql: str, values: Any, *, many: bool = False) -> Any:
        word = sql.lstrip()[:6].upper()
        if word.startswith("BEGIN"):
            transactions.append([])
        elif word in ("INSERT", "UPDATE", "DELETE"):
            transactions[-1].append((sql, values, many))
        return run(self, sql, values, many=many)

    connection.Connection._run = watched  # type: ignore[method-assign]  # noqa: SLF001
    try:
        yield transactions
    finally:
        connection.Connection._run = run  # type: ignore[method-assign]  # noqa: SLF001


def replay(raw: sqlite3.Connection, statements: Statements) -> None:
    """Write *statements* in one transaction, with nothing around them."""
    raw.execute("BEGIN IMMEDIATE")
    for sql, values, many in statements:
        if many:
            raw.executemany(sql, values)
        else:
            raw.execute(sql, values[0] if isinstance(values, list) else values)
    raw.execute("COMMIT")


def commit_one_row(raw: sqlite3.Connection) -> None:
    """Commit the least that can be: what the promise alone costs."""
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('benchmark', ?)", (str(time.perf_counter_ns()),))
    raw.execute("COMMIT")


def decoded(statements: Statements) -> Statements:
    """Return *statements* with JSON decoded, to be encoded again while the time is taken."""
    return [(sql, [tuple(map(_plain, row)) for row in _rows(values)], many) for sql, values, many in statements]


def _rows(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


def encode_and_replay(raw: sqlite3.Connection, statements: Statements) -> None:
    """Write what `replay` does, but make the texts of JSON, and one hash for each event, as a writer must."""
    made = []
    for sql, rows, many in statements:
        texts = [tuple([_text(value) for value in row]) for row in rows]
        if sql.startswith("INSERT INTO events"):
            for row in texts:
                sha256("\0".join(map(str, row)).encode()).hexdigest()
        made.append((sql, texts, many))
    replay(raw, made)


def _text(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return value
