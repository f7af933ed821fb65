"""A laboratory with a small procedure in a database of its own, and the command line as people use it."""

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
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.settings import Settings

HERE = Path(__file__).parent
PURCHASE = HERE.parent / "engine" / "purchase.yaml"


@dataclass
class Lab:
    """Types commands. Moments are local to Berlin and written before the command: ``lab("01-05 09:00", ...)``."""

    folder: Path
    case: str = ""

    def __call__(self, at: str, *words: str, stdin: str | None = None) -> Result:
        day, _, hour = at.partition(" ")
        summer = "+02:00" if "03-29" <= day < "10-25" else "+01:00"
        return self.plain("--now", f"2026-{day}T{hour}{summer}", *words, stdin=stdin)

    def plain(self, *words: str, stdin: str | None = None) -> Result:
        """Type a command as it is."""
        result = CliRunner().invoke(inprocap_flow, list(words), input=stdin, prog_name="inprocap-flow")
        assert "Traceback" not in result.output, result.output
        return result

    def done(self, at: str, *words: str) -> str:
        """Type a command that must succeed; return what it answers."""
        result = self(at, *words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, at: str, *words: str) -> str:
        """Type a command that must be refused."""
        result = self(at, *words)
        assert result.exit_code == 3, result.output
        return result.stdout

    def json(self, at: str, *words: str) -> Any:
        """Type a command with ``--json`` and return its one document."""
        return json.loads(self(at, *words, "--json").stdout)

    def file(self, name: str, text: str = "content") -> str:
        """Return the path of a new file."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@dataclass(frozen=True)
class Snapshot:
    """A folder with a database, its documents and its key, and the case in it that tests go on with."""

    folder: Path
    case: str = ""


@contextmanager
def at_home(folder: Path) -> Iterator[None]:
    """Let the command line work in *folder*, with the database there, whatever the surroundings say."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("INPROCAP_FLOW_DATABASE", str(folder / "lab.db"))
        patch.setenv("INPROCAP_FLOW_KEY_FILE", str(folder / "sealing.key"))
        for name in ("ACTOR", "ROLE", "ORGANISATION", "SETTINGS"):
            patch.delenv(f"INPROCAP_FLOW_{name}", raising=False)
        yield


def copied(before: Snapshot, folder: Path) -> Lab:
    shutil.copytree(before.folder, folder, dirs_exist_ok=True)
    return Lab(folder, before.case)


@pytest.fixture(scope="session")
def released_(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("released")
    desk = open_desk(Settings(database=str(folder / "lab.db"), key_file=folder / "sealing.key"))
    release_organisation(desk, HERE / "lab.yaml", by="ben")
    release_procedure(desk, PURCHASE, by="ben", terms=UNEXPLORED)
    desk.store.close()
    return Snapshot(folder)


@pytest.fixture(scope="session")
def drafted_(released_: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    lab = copied(released_, tmp_path_factory.mktemp("drafted"))
    with at_home(lab.folder):
        words = ("open", "purchase", "--as", "ada", "--title", "Cooling", "need=A pump")
        return Snapshot(lab.folder, lab.json("01-05 09:00", *words)["case"])


@pytest.fixture(scope="session")
def ready_(drafted_: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    lab = copied(drafted_, tmp_path_factory.mktemp("ready"))
    with at_home(lab.folder):
        lab.done("01-05 10:00", "set", lab.case, "--as", "ben", "value=90000 EUR")
        lab.done("01-05 11:00", "attach", lab.case, "--as", "ada", f"specification={lab.file('spec.pdf')}")
        lab.done("01-06 09:00", "do", lab.case, "finish_draft", "--as", "ben")
    return Snapshot(lab.folder, lab.case)


@pytest.fixture(scope="session")
def called_(ready_: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    lab = copied(ready_, tmp_path_factory.mktemp("called"))
    with at_home(lab.folder):
        for hour, person in (("09", "dora"), ("10", "emil"), ("11", "june")):
            lab.done(f"01-07 {hour}:00", "sign", lab.case, "launch", "--as", person)
        lab.done("01-08 08:00", "set", lab.case, "--as", "ben", "closing_day=2026-02-20")
        notice = lab.file("notice.pdf")
        lab.done("01-08 09:00", "do", lab.case, "send_call", "--as", "ben", "--doc", f"notice={notice}")
    return Snapshot(lab.folder, lab.case)


@pytest.fixture(scope="session")
def bid_in_(called_: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    lab = copied(called_, tmp_path_factory.mktemp("bid_in"))
    with at_home(lab.folder):
        for name in ("al", "bo"):
            begins = ("register", "--new", f"bidder/{name}", "--as", name, f"firm={name} Ltd")
            lab.done("01-20 09:00", "do", lab.case, *begins)
        bid = lab.file("bid.pdf", "the secret bid")
        words = ("submit", "--on", "bidder/al", "--as", "al", "price=51234 EUR", "--doc", f"bid={bid}")
        lab.done("02-10 09:00", "do", lab.case, *words)
    return Snapshot(lab.folder, lab.case)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The folder that commands are typed in."""
    with at_home(tmp_path):
        yield tmp_path


@pytest.fixture
def lab(released_: Snapshot, home: Path) -> Lab:
    """A database in which organisation and procedure are released and nothing has been opened yet."""
    return copied(released_, home)


@pytest.fixture
def drafted(drafted_: Snapshot, home: Path) -> Lab:
    """A case that has just been opened."""
    return copied(drafted_, home)


@pytest.fixture
def ready(ready_: Snapshot, home: Path) -> Lab:
    """A case whose draft is finished."""
    return copied(ready_, home)


@pytest.fixture
def called(called_: Snapshot, home: Path) -> Lab:
    """A case whose call is out, with bids due on 20 February at 16:00."""
    return copied(called_, home)


@pytest.fixture
def bid_in(bid_in_: Snapshot, home: Path) -> Lab:
    """A case with one sealed bid, and one bidder who has not bid."""
    return copied(bid_in_, home)
