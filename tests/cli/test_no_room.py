"""A folder for documents that takes none: said so, with what mends it, and nothing is recorded."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from inprocap_flow.store.connection import no_use
from tests.cli.conftest import Lab


def _folder(lab: Lab) -> Path:
    return lab.folder / "lab.db.documents"


def test_a_folder_that_cannot_be_made_is_no_fault_of_the_program(drafted: Lab) -> None:
    _folder(drafted).write_text("a file in its place")
    result = drafted("01-05 11:00", "attach", drafted.case, "--as", "ada", f"specification={drafted.file('spec.pdf')}")
    assert result.exit_code == 5, result.output
    assert "no document can be kept in" in " ".join(result.output.split())
    assert "spec.pdf" not in drafted.done("01-05 11:10", "history", drafted.case)


def test_a_full_disk_records_nothing_and_leaves_nothing_behind(drafted: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("inprocap_flow.store.documents.os.fsync", full)
        words = ("attach", drafted.case, "--as", "ada", f"specification={drafted.file('spec.pdf')}")
        result = drafted("01-05 11:00", *words)
    assert result.exit_code == 5, result.output
    assert "No space left on device" in " ".join(result.output.split())
    assert list(_folder(drafted).glob("incoming/*")) == []
    drafted.done("01-05 11:10", *words)


def test_a_database_on_a_full_disk_says_to_make_room() -> None:
    assert no_use(Exception("database or disk is full")).mend.startswith("make room")
