"""A file is named as shortly as nobody can take it for another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.cli.short_places import ShortPlaces
from inprocap_flow.errors import Place


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("own/overlays/house.yaml", "shipped/overlays/house.yaml", "shipped/rulebooks/house.yaml",
                 "shipped/open.yaml", "own/open.yaml", "own/blocks/papers.yaml"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path / "own", tmp_path / "shipped"


def said(folders: tuple[Path, Path], *files: Path) -> list[str]:
    short = ShortPlaces([str(one) for one in files], folders)
    return [short(Place(str(one), 7, 1)) for one in files]


def test_a_file_whose_name_no_other_has_is_named_by_it(folders: tuple[Path, Path]) -> None:
    assert said(folders, folders[0] / "blocks" / "papers.yaml") == ["papers.yaml:7"]


def test_a_file_whose_name_others_have_is_named_from_the_folder_of_definitions_on(folders: tuple[Path, Path]) -> None:
    """Whether the others are shown or not: a reader may think of them."""
    assert said(folders, folders[0] / "overlays" / "house.yaml") == ["overlays/house.yaml:7"]


def test_a_file_in_the_place_of_a_shipped_one_is_no_other_file(folders: tuple[Path, Path]) -> None:
    assert said(folders, folders[0] / "open.yaml") == ["open.yaml:7"]


def test_two_files_of_one_path_are_named_whole(folders: tuple[Path, Path]) -> None:
    both = (folders[0] / "open.yaml", folders[1] / "open.yaml")
    assert said(folders, *both) == [f"{one}:7" for one in both]


def test_no_place_is_nothing(folders: tuple[Path, Path]) -> None:
    assert ShortPlaces([], folders)(None) == ""
