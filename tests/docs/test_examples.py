"""Every example that a page shows runs, and prints what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.console import Command, agrees, examples
from tests.docs.playing import Played, play

ROOT = Path(__file__).parents[2]
WRITTEN = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()]
PAGES = [page for page in WRITTEN if any(isinstance(example, Command) for example in examples(page))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_shows_what_really_happens(page: Path, tmp_path: Path) -> None:
    for played in play(page, tmp_path):
        assert played.exit_status == played.command.exit_status, _told(played)
        assert agrees(played.command.expected, played.printed), _told(played)


def _told(played: Played) -> str:
    command = played.command
    typed = f"{command.place}: {command.program} {' '.join(command.words)}"
    ends = f"ends with {played.exit_status}, the page says {command.exit_status}"
    return f"{typed}\n{ends}\n--- printed ---\n{played.printed}\n--- page ---\n{command.expected}"
