"""An invented house with rules of its own on the shipped open procedure, and its command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow
from tests.cli.conftest import at_home

HERE = Path(__file__).parent
OWN = HERE / "definitions"
SHIPPED = HERE.parents[1] / "definitions"


@dataclass
class House:
    """Types commands in a folder; moments are local to Berlin, in summer."""

    folder: Path

    def __call__(self, at: str, *words: str) -> Result:
        result = CliRunner().invoke(inprocap_flow, ["--now", f"{at.replace(' ', 'T')}+02:00", *words])
        assert "Traceback" not in result.output, result.output
        return result

    def done(self, at: str, *words: str) -> str:
        result = self(at, *words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, at: str, *words: str) -> Any:
        """Type what must be refused; return its blockers."""
        result = self(at, *words, "--json")
        assert result.exit_code == 3, result.output
        return json.loads(result.stdout)["blockers"]

    def json(self, at: str, *words: str) -> Any:
        return json.loads(self.done(at, *words, "--json"))

    def file(self, name: str) -> str:
        path = self.folder / name
        path.write_text("content", encoding="utf-8")
        return str(path)


@contextmanager
def _in(folder: Path) -> Iterator[House]:
    with at_home(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DEFINITIONS", str(OWN))
        patch.setenv("INPROCAP_FLOW_ORGANISATION", "house")
        patch.setenv("COLUMNS", "80")
        yield House(folder)


@pytest.fixture(scope="session")
def released_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with _in(tmp_path_factory.mktemp("released")) as house:
        words = ("open", "house-rules", "--organisation", "house", "--as", "ben")
        house.done("2026-05-04 09:00", "release", *words, "--seconds", "1")  # what it comes to is tested elsewhere
        return house.folder


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A database with nothing in it, and the definitions of the house."""
    with _in(tmp_path) as house:
        yield house


@pytest.fixture
def released(tmp_path: Path, released_: Path) -> Iterator[House]:
    """A database in which the open procedure, the house and its rules are released."""
    shutil.copytree(released_, tmp_path, dirs_exist_ok=True)
    with _in(tmp_path) as house:
        yield house
