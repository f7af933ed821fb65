from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.bundled import root
from inprocap_flow.errors import NotFound


def test_what_lies_inside_the_package_comes_first(tmp_path: Path) -> None:
    inside = tmp_path / "package" / "_bundled" / "definitions"
    for folder in (inside, tmp_path / "definitions"):
        folder.mkdir(parents=True)
    assert root("definitions", tmp_path / "package") == inside


def test_in_a_source_tree_it_lies_beside_the_package(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    assert root("workflows", tmp_path / "package") == tmp_path / "workflows"


def test_an_installation_without_data_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="install inprocap-flow again"):
        root("definitions", tmp_path / "package")
