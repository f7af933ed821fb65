"""A database that is none, or not ours, an organisation that nobody knows: said so, and never an empty list."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.sqlite import SqliteConnection
from tests.cli.conftest import Lab

LISTS = ["cases", "deadlines", "procedures", "deliveries list", "reminders", "people list", "findings", "audit verify"]


@pytest.mark.parametrize("words", [*LISTS, "show x", "next x", "key list", "impact open"])
def test_a_file_without_our_tables_is_said_to_be_no_database_of_this_program(drafted: Lab, words: str) -> None:
    empty = drafted.folder / "empty.db"
    empty.touch()
    result = drafted("06-01 09:00", "--db", str(empty), *words.split())
    assert result.exit_code == 5, result.output
    assert "not a database of this program" in result.stderr
    assert "mend: " in result.stderr


@pytest.mark.parametrize("words", LISTS)
def test_an_organisation_that_is_not_here_is_no_empty_list(drafted: Lab, words: str) -> None:
    result = drafted("06-01 09:00", "--organisation", "lob", *words.split())
    assert result.exit_code == 1, result.output
    assert "lob" in result.stderr
    assert "did you mean lab?" in result.stderr


def test_what_mends_a_missing_release_can_be_typed(drafted: Lab) -> None:
    result = drafted("06-01 09:00", "open", "pcp", "--as", "ada")
    assert result.exit_code == 1
    assert "inprocap-flow procedures" in " ".join(result.stderr.split())


def test_a_database_that_may_only_be_read_says_what_to_do(tmp_path: Path) -> None:
    connection = SqliteConnection(str(tmp_path / "a.db"), None)
    connection.execute("CREATE TABLE a (b)")
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="may only be read") as refused:
        connection.execute("INSERT INTO a VALUES (1)")
    assert refused.value.mend
    connection.close()


def test_a_list_of_a_database_that_is_damaged_is_an_error_of_ours(drafted: Lab) -> None:
    raw = sqlite3.connect(drafted.folder / "lab.db")
    raw.execute("ALTER TABLE cases RENAME TO elsewhere")
    raw.close()
    result = drafted("06-01 09:00", "cases")
    assert result.exit_code == 5, result.output


def test_a_step_that_begins_a_track_on_another_says_how_to_begin_it_there(called: Lab) -> None:
    called.done("01-20 09:00", "do", called.case, "register", "--new", "bidder/al", "--as", "al", "firm=al Ltd")
    result = called("01-20 10:00", "do", called.case, "ask", "--on", "bidder/al", "--as", "al", "text=How cold?")
    assert result.exit_code == 2
    assert "ask begins a new track: name it with --new question/NAME --of bidder/al." in " ".join(result.output.split())


def test_what_begins_a_track_is_offered_with_the_name_that_it_needs(called: Lab) -> None:
    called.done("01-20 09:00", "do", called.case, "register", "--new", "bidder/al", "--as", "al", "firm=al Ltd")
    said = " ".join(called("01-20 10:00", "next", called.case).output.split())
    assert "bring --new bidder/NAME, firm=..." in said
    assert "bring --new question/NAME --of bidder/NAME, asked=..." in said
    why = " ".join(called("01-20 10:00", "why", called.case, "ask").output.split())
    assert "bring --new question/NAME --of bidder/NAME, asked=..." in why
    called.done("02-21 09:00", "next", called.case)
    closed = " ".join(called("02-21 09:00", "why", called.case, "ask").output.split())
    assert "It must come with --new question/NAME --of bidder/NAME, asked=..." in closed
