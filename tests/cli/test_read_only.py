"""A database in a folder that may not be written to: it is read as it lies there, or refused with what would help."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Lab
from tests.unprivileged import minding_permissions


@pytest.fixture
def closed(bid_in: Lab) -> Iterator[Lab]:
    """The laboratory in a folder in which nothing may be written, as on a disc that an auditor is given."""
    _close(bid_in.folder)
    with minding_permissions():
        yield bid_in
    bid_in.folder.chmod(0o755)


def _close(folder: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o555 if path.is_dir() else 0o400 if path.suffix == ".key" else 0o444)
    folder.chmod(0o555)


def typed(lab: Lab, *words: str) -> Result:
    return lab("02-01 10:00", *words)


LOOKS = [
    ("show", "CASE"),
    ("history", "CASE"),
    ("history", "CASE", "--refusals"),
    ("at", "CASE", "2026-01-06"),
    ("next", "CASE"),
    ("why", "CASE", "send_call"),
    ("cases",),
    ("deadlines",),
    ("audit", "verify"),
]


def test_whoever_may_only_read_is_answered_like_anybody_else(bid_in: Lab) -> None:
    asked = [tuple(bid_in.case if word == "CASE" else word for word in words) for words in LOOKS]
    usual = {words: typed(bid_in, *words).stdout for words in asked}
    _close(bid_in.folder)
    with minding_permissions():
        for words in asked:
            there = typed(bid_in, *words)
            assert (there.exit_code, there.stderr) == (0, ""), words
            assert there.stdout == usual[words], words
        assert not list(bid_in.folder.glob("lab.db-*"))
    bid_in.folder.chmod(0o755)


def test_whoever_may_only_read_cannot_write_and_is_told_why(closed: Lab) -> None:
    before = (closed.folder / "lab.db").read_bytes()
    for words in (
        ("set", closed.case, "forecast=1 EUR", "--as", "gus"),
        ("people", "erase", "emil", "--yes", "--as", "ben"),
    ):
        told = typed(closed, *words)
        assert told.exit_code == 5, told
        assert "the database may only be read, and this is to be written" in " ".join(told.stderr.split())
        assert "work on a copy" in " ".join(told.stderr.split())
    assert (closed.folder / "lab.db").read_bytes() == before


def test_changes_that_lie_beside_the_database_are_never_passed_over(closed: Lab) -> None:
    closed.folder.chmod(0o755)
    (closed.folder / "lab.db-wal").write_bytes(b"what somebody recorded last")
    closed.folder.chmod(0o555)
    told = typed(closed, "show", closed.case, "--json")
    said = json.loads(told.stdout)["error"]
    assert told.exit_code == 5
    assert "lab.db-wal" in said["message"]
    assert "copy the database with what lies beside it" in said["mend"]


def test_an_empty_log_beside_the_database_holds_no_changes(closed: Lab) -> None:
    closed.folder.chmod(0o755)
    (closed.folder / "lab.db-wal").touch()
    (closed.folder / "lab.db-wal").chmod(0o444)
    closed.folder.chmod(0o555)
    assert typed(closed, "show", closed.case).exit_code == 0
