"""``demo``: the tour tells what it promises, and what it says to type next can be typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.service import demonstrating
from tests.cli.conftest import at_home

NEXT = "7  What to type next"


class Tour(NamedTuple):
    folder: Path
    said: str


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """The tour, taken once into a folder that holds something; pictures are tested where they are laid out."""
    folder = tmp_path_factory.mktemp("tour")
    with at_home(folder), pytest.MonkeyPatch.context() as patch:
        patch.delenv("INPROCAP_FLOW_DATABASE")
        patch.delenv("INPROCAP_FLOW_KEY_FILE")
        (folder / "demo-output").mkdir()
        (folder / "demo-output" / "mine.txt").write_text("mine")
        patch.setattr("inprocap_flow.machine.layout.svg", lambda _dot: "<svg/>")
        result = CliRunner().invoke(inprocap_flow, ["demo"])
        assert result.exit_code == 0, result.output
        yield Tour(folder / "demo-output" / "run-2", result.stdout)


def test_the_tour_shows_a_refused_move_with_the_law_and_who_can_sign(tour: Tour) -> None:
    assert "REFUSED" in tour.said
    assert "2014/24/EU Art. 31(1)" in tour.said
    assert "who can   joris, june, nils" in tour.said


def test_the_tour_shows_both_cases_and_the_proof(tour: Tour) -> None:
    assert "PRACE-3IP" in tour.said
    assert "4 in phase 1 > 3 in phase 2 > 3 in phase 3" in tour.said
    assert "Requests to take part > Open" in tour.said
    assert "Nothing is wrong: 2 cases" in tour.said


def test_the_tour_fits_80_columns_but_for_the_head(tour: Tour) -> None:
    story = tour.said.partition(NEXT)[0]  # below stand commands with paths, which nobody may break
    assert [line for line in story.splitlines() if len(line) > 80 and not line.startswith("head-")] == []


def test_every_command_printed_at_the_end_can_be_typed(tour: Tour, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line.strip() for line in tour.said.partition(NEXT)[2].splitlines()]
    assert "cd demo-output/run-2" in lines
    commands = [line for line in lines if "inprocap" in line]
    assert len(commands) == 5
    monkeypatch.chdir(tour.folder)
    for command in commands:
        words = shlex.split(command)
        after = words[words.index("inprocap_flow") + 1 :] if "inprocap_flow" in words else words[1:]
        result = CliRunner().invoke(inprocap_flow, after)
        assert result.exit_code == 0, (command, result.output)


def test_a_tour_takes_a_fresh_folder_and_leaves_alone_what_is_there(tour: Tour) -> None:
    assert (tour.folder.name, tour.folder.parent.name) == ("run-2", "demo-output")
    assert {path.name for path in tour.folder.parent.iterdir()} == {"mine.txt", "run-2"}
    assert (tour.folder.parent / "mine.txt").read_text() == "mine"
    assert demonstrating.fresh_folder(tour.folder.parent).name == "run-3"


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "demo-output"
    file.write_text("mine")
    result = CliRunner().invoke(inprocap_flow, ["demo", "--folder", str(file)])
    assert result.exit_code == 1
    assert "is a file" in " ".join(result.output.split())
    assert file.read_text() == "mine"
