"""The PostgreSQL that other tests run on is a real one, and each database is its own."""

from __future__ import annotations

import psycopg
import pytest

pytestmark = pytest.mark.postgres


def _for_psycopg(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


def test_a_table_can_be_made_and_read(postgres_url: str) -> None:
    with psycopg.connect(_for_psycopg(postgres_url)) as connection:
        connection.execute("create table moved (at timestamptz primary key)")
        connection.execute("insert into moved values ('2026-03-02T10:00+01:00')")
        found = connection.execute("select at = '2026-03-02T09:00Z' from moved").fetchall()
    assert found == [(True,)]


def test_a_fresh_database_is_empty_whatever_stands_in_the_shared_one(
    postgres_url: str, fresh_postgres_url: str
) -> None:
    with psycopg.connect(_for_psycopg(postgres_url), autocommit=True) as shared:
        shared.execute("create table if not exists left_over (id int)")
    with psycopg.connect(_for_psycopg(fresh_postgres_url)) as fresh:
        found = fresh.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert found == (0,)


def test_the_server_speaks_on_a_socket_only_when_it_is_ours(postgres_server: str) -> None:
    if "host=/" not in postgres_server:
        pytest.skip("the server was named by whoever runs the tests")
    with psycopg.connect(postgres_server) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
