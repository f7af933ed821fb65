"""Every example that a page shows runs, and prints what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from tests.docs.console import Command, File, agrees, examples

ROOT = Path(__file__).parents[2]
PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if list(examples(page))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_shows_what_really_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    runner = CliRunner()
    last_case = ""
    for example in examples(page):
        if isinstance(example, File):
            (tmp_path / example.name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / example.name).write_text(example.text, encoding="utf-8")
            continue
        words = [last_case if word in ("CASE", "case-...") else word for word in example.words]
        result = runner.invoke(inprocap_flow, ["--now", example.now.isoformat(), *words])
        assert result.exit_code == example.exit_status, _told(example, result.output)
        assert agrees(example.expected, result.output), _told(example, result.output)
        if found := re.search(r"case-[0-9a-f]{32}", result.output):
            last_case = last_case or found.group()


def _told(example: Command, printed: str) -> str:
    return f"{example.place}: inprocap-flow {' '.join(example.words)}\n--- printed ---\n{printed}\n--- page ---\n{example.expected}"
