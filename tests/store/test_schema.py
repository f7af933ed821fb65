"""One schema, however it came about: tables, generated statements, fresh databases and migrations say the same."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, pool
from sqlmodel import SQLModel

from inprocap_flow.engine.case.records import Case
from inprocap_flow.language.canonical import canonical_json, from_plain, to_plain
from inprocap_flow.store import generate, migrate, snapshot
from inprocap_flow.store.connection import Connection, StoreUnavailable
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.migrations import HERE
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.statements import REVISION
from tests.postgres import database
from tests.store import drafts


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """A database without any tables."""
    if request.param == "memory":
        return "sqlite://"
    found: str = request.getfixturevalue("fresh_postgres_url")
    return found


def test_the_statements_are_what_the_tables_give() -> None:
    """If this fails: python -m inprocap_flow.store.generate."""
    assert generate.TARGET.read_text(encoding="utf-8") == generate.generate()


def test_every_statement_of_the_hot_path_is_prepared_by_the_database(store: DatabaseStore) -> None:
    """EXPLAIN plans without running, so a column or table that is not there shows."""
    with store.writing() as work:
        statements = work.connection.statements._asdict()
        ddl = statements.pop("ddl")
        for statement in statements.values():
            work.connection.raw.execute(f"EXPLAIN {statement.sql}", (None,) * len(statement.params))
    assert len(statements) > 40
    assert len(ddl) > 15


def test_a_case_is_found_and_changed_by_its_key_alone(file_store: DatabaseStore) -> None:
    with file_store.reading() as view:
        for statement in (view.connection.statements.load_case, view.connection.statements.move_case):
            plan = view.connection.raw.execute(f"EXPLAIN QUERY PLAN {statement.sql}", (None,) * len(statement.params))
            assert all("SEARCH cases USING INDEX sqlite_autoindex_cases_1 (id=?)" in row[3] for row in plan)


def test_tables_are_strict_and_refuse_a_wrong_type(file_store: DatabaseStore) -> None:
    with file_store.reading() as view:
        tables = view.connection.raw.execute("PRAGMA table_list").fetchall()
    ours = {name: strict for _, name, kind, _, _, strict in tables if kind == "table" and not name.startswith("sqlite")}
    assert ours.pop("alembic_version") == 0  # Alembic's own
    assert set(ours) == set(SQLModel.metadata.tables)
    assert set(ours.values()) == {1}


# ---------------------------------------------------------------------------------------------- migrations


def _migrated(url: str, to: str = "head") -> DatabaseStore:
    store = open_store(url)
    with store._transaction(writing=True) as connection:
        migrate.upgrade(connection, to)
    return store


def _described(store: DatabaseStore) -> dict[str, object]:
    """Return all that a database says of itself: tables, columns, keys, indexes."""
    with store._connections.lent() as connection:
        if connection.dialect == "sqlite":
            rows = connection.raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
            # Alembic and SQLAlchemy lay the same text out differently, and Alembic names its own key.
            return {name: "".join(sql.split()) for name, sql in rows if name != "alembic_version"}
        return _inspected(connection)


def _inspected(connection: Connection) -> dict[str, object]:
    engine = create_engine("postgresql+psycopg://", creator=lambda: connection.raw, poolclass=pool.StaticPool)
    seen = inspect(engine)
    return {
        name: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(name)],
            seen.get_pk_constraint(name)["constrained_columns"],
            sorted((key["constrained_columns"], key["referred_table"]) for key in seen.get_foreign_keys(name)),
            sorted((str(index["name"]), index["column_names"], index["unique"]) for index in seen.get_indexes(name)),
        )
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


@pytest.fixture
def other_url(request: pytest.FixtureRequest, url: str) -> Iterator[str]:
    """A second empty database of the same kind."""
    if not url.startswith("postgres"):
        yield "sqlite://"
        return
    with database(request.getfixturevalue("postgres_server")) as empty:
        yield empty


def test_all_migrations_together_give_a_fresh_schema(store: DatabaseStore, other_url: str) -> None:
    migrated = _migrated(other_url)
    assert _described(migrated) == _described(store)
    with migrated._connections.lent() as connection:
        assert migrate.revision(connection) == REVISION
    migrated.close()


def test_the_tables_say_nothing_that_a_migration_does_not(store: DatabaseStore) -> None:
    with store._connections.lent() as connection:
        dialect = "sqlite://" if connection.dialect == "sqlite" else "postgresql+psycopg://"
        engine = create_engine(dialect, creator=lambda: connection.raw, poolclass=pool.StaticPool)
        with engine.connect() as lent:
            options = {"compare_type": True, "include_name": lambda name, kind, _: name != "alembic_version"}
            assert compare_metadata(MigrationContext.configure(lent, opts=options), SQLModel.metadata) == []


def test_there_is_one_line_of_migrations() -> None:
    assert ScriptDirectory(str(HERE)).get_heads() == [REVISION]


def test_creating_again_changes_nothing(store: DatabaseStore) -> None:
    case = drafts.opened(store)
    store.create()
    with store.reading() as view:
        assert view.load("case-1").case == case


def test_a_database_in_which_no_migration_has_run_is_brought_up_to_date(store: DatabaseStore) -> None:
    """Stamped as before the first migration, without tables: what a first run leaves that was killed in between."""
    with store._transaction(writing=True) as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(f"DROP TABLE {table.name}")
        connection.execute("DELETE FROM alembic_version")
    store.create()
    drafts.opened(store)


@pytest.mark.parametrize("before", [one.revision for one in ScriptDirectory(str(HERE)).walk_revisions()][1:])
def test_what_an_older_database_holds_is_all_there_after_it_was_brought_up_to_date(
    before: str, store: DatabaseStore, other_url: str, request: pytest.FixtureRequest
) -> None:
    """Rows of today, as far as the older schema has room for them: whatever it held must stand unchanged."""
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.moves("tendering"), drafts.fills(title="Müller"), key="first")
    older = _migrated(other_url, before)
    request.addfinalizer(older.close)
    held = _copied(store, older)
    assert {"cases", "events", "releases", "answers"} <= {name for name, rows in held.items() if rows}
    older.create()
    assert {name: _rows(older, name, [*rows[0]] if rows else None) for name, rows in held.items()} == held
    with older._connections.lent() as connection:
        assert migrate.revision(connection) == REVISION
    with store.reading() as view:
        case = view.load("case-1").case
    with older.reading() as view:
        assert view.load("case-1").case == case
        assert [entry.valid_from for entry in view.releases("procedure")] == [""]
        assert [dict(entry.judged) for entry in view.releases("procedure")] == [{}]
    drafts.does(older, "case-1", drafts.moves("awarded"), key="second")


def test_the_newest_release_of_an_older_database_stays_the_newest(other_url: str) -> None:
    """Before releases were numbered, the moment said which came last, and in one moment the lowest hash."""
    older = _migrated(other_url, "0004")
    with older._transaction(writing=True) as connection:
        for content_hash, hour in (("c", 9), ("a", 10), ("d", 8), ("b", 10)):
            row = (content_hash, "rulebook", "eu", content_hash, "{}", f"2026-03-02T{hour:02}:00:00.000000Z", "anna")
            texts = ", ".join(f"'{text}'" for text in row)
            columns = "content_hash, kind, name, version, content, released_at, released_by"
            connection.execute(f"INSERT INTO releases ({columns}) VALUES ({texts})")
    older.create()
    with older.writing() as work:
        later = work.release("rulebook", "eu", "e", {"v": 1}, by="anna", now=drafts.NOW - timedelta(days=9))
        assert [entry.content_hash for entry in work.releases("rulebook")] == ["d", "c", "b", "a", later]
        assert work.newest("rulebook", "eu") == later
    older.close()


def _columns(store: DatabaseStore) -> dict[str, list[str]]:
    """Return the columns of every table that a database has now."""
    with store._connections.lent() as connection:
        names = [table.name for table in SQLModel.metadata.sorted_tables if connection.has_table(table.name)]
        found = {name: connection.raw.execute(f"SELECT * FROM {name} LIMIT 0").description for name in names}
        return {name: [column[0] for column in columns] for name, columns in found.items()}


def _rows(store: DatabaseStore, table: str, columns: list[str] | None) -> list[dict[str, object]]:
    with store._connections.lent() as connection:
        read = connection.raw.execute(f"SELECT {', '.join(columns or ['*'])} FROM {table}").fetchall()
        return sorted((dict(zip(columns or [], row, strict=False)) for row in read), key=repr)


def _copied(source: DatabaseStore, target: DatabaseStore) -> dict[str, list[dict[str, object]]]:
    """Write into *target* what *source* holds, as far as its tables have columns for it; return what was written."""
    held = {}
    for table, columns in _columns(target).items():
        held[table] = _rows(source, table, columns)
        with target._transaction(writing=True) as connection:
            mark = "?" if connection.dialect == "sqlite" else "%s"
            marks = ", ".join(mark for _ in columns)
            for row in held[table]:
                sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
                connection.raw.execute(sql, tuple(row.values()))
    return held


def test_a_database_of_a_newer_version_is_refused(store: DatabaseStore) -> None:
    with store._transaction(writing=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match=f"its schema is 9999, and .* knows none after {REVISION}"):
        store.create()


def test_a_database_file_is_copied_as_it_was_before_it_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "cases.db"
    older = _migrated(str(file), "0004")
    with older._transaction(writing=True) as connection:
        connection.execute("INSERT INTO settings (name, value) VALUES ('mine', 'x')")
    older.create()
    older.close()
    copy = tmp_path / "cases.db.schema-0004"
    with closing(sqlite3.connect(copy)) as kept, closing(sqlite3.connect(file)) as now:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0004",)]
        assert now.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
        for one in (kept, now):
            assert one.execute("SELECT value FROM settings WHERE name = 'mine'").fetchall() == [("x",)]
    copy.replace(file)  # the way back, and up again: no copy takes the place of another
    (tmp_path / "cases.db.schema-0004").write_text("something else", encoding="utf-8")
    again = open_store(str(file))
    again.create()
    again.close()
    assert (tmp_path / "cases.db.schema-0004-1").exists()
    assert (tmp_path / "cases.db.schema-0004").read_text(encoding="utf-8") == "something else"


def test_a_database_that_cannot_be_copied_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "cases.db"
    older = _migrated(str(file), "0004")
    connect: Any = sqlite3.connect

    def full(name: Any, *words: Any, **named: Any) -> Any:
        if ".schema-" in str(name):
            raise sqlite3.OperationalError("disk is full")
        return connect(name, *words, **named)

    monkeypatch.setattr("sqlite3.connect", full)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        older.create()
    with older._connections.lent() as connection:
        assert migrate.revision(connection) == "0004"
    older.close()


def test_a_store_that_was_never_created_says_so(url: str) -> None:
    empty = open_store(url)
    with pytest.raises(StoreUnavailable, match="not a database of this program"), empty.reading() as view:
        view.load("case-1")
    empty.close()


# ---------------------------------------------------------------------------------------------- the hot path


def test_the_hot_path_imports_no_orm_no_migrations_and_no_cryptography() -> None:
    code = """
import sys
from datetime import UTC, datetime
from inprocap_flow.store.opening import open_store
from tests.store import drafts
store = open_store("sqlite://")
store.create()
drafts.opened(store)
drafts.does(store, "case-1", drafts.moves("tendering"), key="key")
slow = ("sqlalchemy", "sqlmodel", "alembic", "pydantic", "cryptography", "tempfile", "psycopg", "uuid")
heavy = ("inprocap_flow.store.vault", "inprocap_flow.store.entries", "inprocap_flow.store.audit")
print(sorted(name for name in sys.modules if name.split(".")[0] in slow or name in heavy))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_snapshot_is_written_and_read_as_the_canonical_form_says() -> None:
    case = drafts.decision(
        None,
        drafts.opens("case-1", "d" * 64),
        drafts.moves("preparation"),
        drafts.fills(title="Müller", money=["1.00", "EUR"]),
        drafts.begins("alpha"),
        drafts.brings("notice", "ab" * 32, sealed_until="opened"),
        drafts.asks("launch"),
        drafts.signs("launch", "bert"),
        drafts.starts("tenders"),
        ("moved", "case", {"from": "preparation", "to": "tendering", "step": "call", "milestone": "call_sent"}),
        ("interest_declared", "case", {"person": "bert", "conflict": True}),
        ("watch_tripped", "case", {"watch": "value"}),
        ("marked", "case", {"not_evidenced": [{"what": "budget"}]}),
        ("lifted", "case", {"derogation": "urgent", "rules": ["standstill"]}),
        ("published", "case", {"names": ["notice"]}),
    ).case
    text = snapshot.write(case)
    assert text == canonical_json(to_plain(case))
    assert snapshot.read(text) == from_plain(Case, to_plain(case)) == case
    assert snapshot.write(snapshot.read(text)) == text
