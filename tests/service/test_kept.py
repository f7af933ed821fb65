"""Answers that are kept: found again, never wrong, whatever has become of the folder."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from inprocap_flow.service.kept import Kept, program, usual_folder


def test_what_is_kept_is_found_under_the_same_key_only(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "new" / "folder")
    kept.keep("one", {"answer": ["proven", 3, None]})
    assert kept.find("one") == {"answer": ["proven", 3, None]}
    assert kept.find("two") is None


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"answer": 1}', b'{"answer": 1, "sum": "x"}'])
def test_a_damaged_answer_is_none(tmp_path: Path, damage: bytes) -> None:
    kept = Kept(tmp_path)
    kept.keep("one", 1)
    (tmp_path / "one.json").write_bytes(damage)
    assert kept.find("one") is None
    kept.keep("one", 2)
    assert kept.find("one") == 2


def test_an_answer_that_was_moved_to_another_key_is_none(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep("one", 1)
    (tmp_path / "one.json").rename(tmp_path / "two.json")
    assert kept.find("two") is None


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Kept(tmp_path / "file" / "folder")
    kept.keep("one", 1)
    assert kept.find("one") is None
    assert Kept(None).find("one") is None


def test_no_more_is_kept_than_the_bound_and_what_was_used_last_stays(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=20)
    for number in range(20):
        kept.keep(f"key{number}", number)
        os.utime(tmp_path / f"key{number}.json", (number, number))
    assert kept.find("key0") == 0  # used just now
    kept.keep("more", 1)
    assert len(list(tmp_path.iterdir())) == 18
    assert (kept.find("key0"), kept.find("more"), kept.find("key1")) == (0, 1, None)


def test_many_may_write_the_same_answer_at_once(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda _number: kept.keep("one", ["x" * 10_000]), range(60)))
    assert kept.find("one") == ["x" * 10_000]
    assert [file.name for file in tmp_path.iterdir()] == ["one.json"]


def test_the_folder_is_that_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert usual_folder() == tmp_path / "inprocap-flow"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert usual_folder() == tmp_path / ".cache" / "inprocap-flow"


def test_the_program_is_named_by_its_content() -> None:
    assert len(program()) == 64


def test_the_tests_themselves_share_one_folder_and_keep_nothing_in_a_home() -> None:
    folder = usual_folder()
    assert folder is not None
    assert folder.is_relative_to(os.environ["INPROCAP_TESTS_KEEP"])
