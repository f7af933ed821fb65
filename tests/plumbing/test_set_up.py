"""The locks, the wheel, and what tools/dev.py decides without installing anything."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import dev

LOCKS = sorted(dev.LOCKS.glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_versions_and_hashes_and_no_place_they_come_from(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(PINNED.match(entry) and "--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))
    assert not re.search(r"://|--index|--find-links|--trusted|@ ", text)


def test_the_development_lock_holds_the_core_lock() -> None:
    core, all_of_it = (
        set(PINNED.findall((dev.LOCKS / name).read_text(encoding="utf-8"))) for name in ("core.txt", "dev.txt")
    )
    assert core
    assert core <= all_of_it


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((dev.HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    locked = {name for name, _ in PINNED.findall((dev.LOCKS / "dev.txt").read_text(encoding="utf-8"))}
    assert {re.split(r"[^a-z0-9-]", one)[0] for one in wanted} <= locked


def test_the_wheel_carries_definitions_and_hooks(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=dev.HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if "/_bundled/" in name}
    for kind in ("definitions", "workflows"):
        shipped = [file for file in (dev.HERE / kind).rglob("*.*") if file.suffix in {".yaml", ".py"}]
        inside = {f"inprocap_flow/_bundled/{file.relative_to(dev.HERE).as_posix()}" for file in shipped}
        assert shipped
        assert inside <= packed


@pytest.mark.parametrize(
    ("output", "mend"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("Max retries exceeded: Temporary failure in name resolution", "look at the network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "do not install it"),
        ("ERROR: No matching distribution found for x", "or no index within reach"),
        ("something else", "if in doubt remove"),
    ],
)
def test_what_pip_says_becomes_a_mend(output: str, mend: str) -> None:
    assert mend in dev.mend_for(output)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-n0"], ["-m", "not slow"]),
        (["-n0", "-m", "slow"], []),
        (["--pdb", "tests/engine"], ["-m", "not slow"]),
    ],
)
def test_what_is_said_to_pytest_wins_over_our_defaults(
    arguments: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INPROCAP_SEED", raising=False)
    assert dev.pytest_defaults(arguments) == expected


def test_one_seed_repeats_all_that_tests_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPROCAP_SEED", "42")
    assert dev.pytest_defaults(["-n0"]) == ["-m", "not slow", "--randomly-seed=42", "--hypothesis-seed=42"]
    assert dev.pytest_defaults(["-n0", "--hypothesis-seed=7"]) == ["-m", "not slow"]


def test_an_environment_that_is_not_whole_or_was_moved_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp")
    assert not dev.usable()
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    assert dev.usable() is (sys.prefix != sys.base_prefix)
    dev.STAMP.write_text('{"place": "/somewhere/else"}', encoding="utf-8")
    assert not dev.usable()


def test_a_stamp_that_is_broken_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp")
    assert dev.read_stamp() == {}
    for text in ("{", "[]", ""):
        dev.STAMP.write_text(text, encoding="utf-8")
        assert dev.read_stamp() == {}


def test_what_the_development_lock_needs_stamps_the_core_too() -> None:
    assert dev.stamp_for("core").items() <= dev.stamp_for("dev").items()


def test_a_python_that_is_too_old_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "OLDEST", (99, 0))
    with pytest.raises(dev.Stop, match=r"3\.11 or newer is needed\n  mend: "):
        dev.main(["test"])
