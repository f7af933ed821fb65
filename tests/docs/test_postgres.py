"""What the page on PostgreSQL promises: the same commands, the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.console import agrees
from tests.docs.playing import play

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-case.md"


@pytest.mark.postgres
def test_the_first_case_runs_on_postgresql_word_for_word(
    tmp_path: Path, fresh_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", fresh_postgres_url)
    monkeypatch.setenv("INPROCAP_FLOW_DOCUMENTS", str(tmp_path / "documents"))
    for played in play(TUTORIAL, tmp_path):
        assert played.exit_status == played.command.exit_status, played.printed
        assert agrees(played.command.expected, played.printed), played.printed
