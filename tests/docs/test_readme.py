"""The README shows what really is: the tour's own words, a step as it stands, the picture as it is drawn today."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _block_after(marker: str) -> str:
    found = re.search(re.escape(marker) + r"\n```\w*\n(.*?)\n```", README, re.DOTALL)
    assert found, marker
    return found[1]


def test_the_tour_says_what_the_readme_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(inprocap_flow, ["demo", "--folder", "tour"])
    assert result.exit_code == 0, result.output
    assert _block_after("<!-- demo -->") in result.output


@pytest.mark.parametrize("file", re.findall(r"<!-- from: (\S+) -->", README))
def test_an_excerpt_is_what_stands_in_its_file(file: str) -> None:
    definition = (ROOT / file).read_text(encoding="utf-8")
    assert _block_after(f"<!-- from: {file} -->") in definition


def test_the_program_is_put_on_the_path_where_the_two_commands_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INPROCAP_VENV", raising=False)
    folder = runpy.run_path(str(ROOT / "tools" / "dev.py"))["VENV"].name
    assert f"source {folder}/bin/activate " in README
    assert f"{folder}\\Scripts\\activate\n" in README


def test_the_picture_is_drawn_from_the_definition_of_today(tmp_path: Path) -> None:
    drawn = tmp_path / "open.svg"
    result = CliRunner().invoke(inprocap_flow, ["diagram", "open", "--output", str(drawn)])
    assert result.exit_code == 0, result.output
    shown = ROOT / "docs" / "pictures" / "open.svg"
    assert drawn.read_text(encoding="utf-8") == shown.read_text(encoding="utf-8"), "draw it again"
