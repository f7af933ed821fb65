"""Answers that took long to find, kept in a folder so that nobody waits for them twice.

One file for each answer, named by what was asked. It is a convenience and nothing rests on it: what cannot be read,
is damaged or cannot be written is found anew. Several processes may use one folder; a file is written beside its place
and then moved into it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

MOST = 2_000  # answers; then those not used for longest go
_ENDING, _JOURNAL, _TEXT = ".json", ".jsonl", ".notes"
_PLAYS = ("guessing", "holding", "invented", "rehearsal", "starting/people")


class Kept:
    """A folder of answers; None keeps nothing. No method raises for what the folder is like."""

    def __init__(self, folder: Path | None, most: int = MOST) -> None:
        self.folder, self.most = folder, most

    def find(self, key: str) -> Any:
        """Return the answer kept under *key*, as plain data; None if there is none that is whole."""
        if self.folder is None:
            return None
        file = self.folder / f"{key}{_ENDING}"
        try:
            held = json.loads(file.read_bytes())
            answer = held["answer"]
            if held["sum"] != _sum(key, answer):
                return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        with contextlib.suppress(OSError):  # how long it was not used; a folder to read from only does not mind
            os.utime(file)
        return answer

    def keep(self, key: str, answer: Any) -> None:
        """Keep *answer* (plain data) under *key*, if the folder can be written to."""
        if self.folder is None:
            return
        text = json.dumps({"answer": answer, "sum": _sum(key, answer)}, ensure_ascii=False)
        self._put(f"{key}{_ENDING}", text.encode())

    def read(self, key: str) -> bytes | None:
        """Return the text that was written under *key*; None if there is none that is whole."""
        if self.folder is None:
            return None
        file = self.folder / f"{key}{_TEXT}"
        try:
            mark, _, data = file.read_bytes().partition(b"\n")
        except OSError:
            return None
        if mark != _mark(key, data):
            return None
        with contextlib.suppress(OSError):
            os.utime(file)
        return data

    def write(self, key: str, data: bytes) -> None:
        """Write a text under *key*, in the place of what was there, if the folder can be written to."""
        self._put(f"{key}{_TEXT}", _mark(key, data) + b"\n" + data)

    def entries(self, key: str) -> Mapping[str, Any]:
        """Return what was entered in the journal *key*, by name, the last of each; a line that is not whole is none."""
        if self.folder is None:
            return {}
        file = self.folder / f"{key}{_JOURNAL}"
        try:
            lines = file.read_bytes().split(b"\n")
        except OSError:
            return {}
        with contextlib.suppress(OSError):
            os.utime(file)
        return dict(entry for entry in (_entry(key, line) for line in lines) if entry is not None)

    def enter(self, key: str, name: str, answer: Any) -> None:
        """Enter *answer* (plain data) under *name* in the journal *key*, if the folder can be written to.

        Each entry is written at once and at the end, so several processes may do it; one that was torn by a fall of the
        machine spoils no other.
        """
        if self.folder is None:
            return
        held = {"name": name, "answer": answer, "sum": _sum(f"{key} {name}", answer)}
        line = f"\n{json.dumps(held, ensure_ascii=False)}\n".encode()
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            file = self.folder / f"{key}{_JOURNAL}"
            begun = not file.exists()
            with file.open("ab", buffering=0) as journal:
                journal.write(line)
            if begun:
                self._drop_what_is_too_much()

    def _put(self, name: str, data: bytes) -> None:
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                file.write(data)
            Path(file.name).replace(self.folder / name)
            self._drop_what_is_too_much()

    def _drop_what_is_too_much(self) -> None:
        assert self.folder is not None
        files = [file for ending in (_ENDING, _JOURNAL, _TEXT) for file in self.folder.glob(f"*{ending}")]
        if len(files) <= self.most:
            return
        used = []
        for file in files:
            with contextlib.suppress(OSError):  # another process may drop it first
                used.append((file.stat().st_mtime_ns, file))
        for _, file in sorted(used)[: len(files) - self.most * 9 // 10]:
            with contextlib.suppress(OSError):
                file.unlink()


def usual_folder() -> Path | None:
    """Return where programs of this user keep what can be found anew; None where there is no home."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    try:
        if named:
            return Path(named) / "inprocap-flow"
        inside = ("Library", "Caches") if sys.platform == "darwin" else (".cache",)
        return Path.home().joinpath(*inside, "inprocap-flow")
    except RuntimeError:
        return None


@cache
def program() -> str:
    """Return a hash of all that reads and judges definitions: an answer of another program is none of this one."""
    here = Path(__file__).resolve().parents[1]
    return hash_of([*here.joinpath("language").rglob("*.py"), here / "records.py"])


@cache
def player() -> str:
    """Return a hash of all that plays what was found: another one may play what this one could not."""
    here = Path(__file__).resolve().parents[1]
    folders = [here / "calendar", here / "machine", here / "engine", here / "service" / "counterexamples"]
    files = [here / "service" / f"{name}.py" for name in _PLAYS]
    return hash_of([*(file for folder in folders for file in folder.rglob("*.py")), *files])


def hash_of(files: Iterable[Path]) -> str:
    """Return a hash of what *files* of this program say, and of the Python that runs them."""
    here = Path(__file__).resolve().parents[1]
    whole = sha256(sys.version.encode())
    for file in sorted(files):
        whole.update(file.relative_to(here).as_posix().encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()


def _entry(key: str, line: bytes) -> tuple[str, Any] | None:
    try:
        held = json.loads(line)
        name, answer = held["name"], held["answer"]
        return (name, answer) if held["sum"] == _sum(f"{key} {name}", answer) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _mark(key: str, data: bytes) -> bytes:
    return sha256(key.encode() + b" " + data).hexdigest().encode()


def _sum(key: str, answer: Any) -> str:
    return sha256(f"{key} {json.dumps(answer, sort_keys=True, ensure_ascii=False)}".encode()).hexdigest()
