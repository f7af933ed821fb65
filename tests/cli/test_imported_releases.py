"""Of a version that was imported, `procedures` says who released it first, and who imported it here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INPROCAP_FLOW_ORGANISATION", raising=False)


def typed(day: str, who: str, *words: str) -> str:
    command = ["--now", f"{day}T09:00:00+01:00", "--as", who, *words]
    result = CliRunner().invoke(inprocap_flow, command, prog_name="inprocap-flow")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_importer_is_not_shown_as_who_released_it() -> None:
    typed("2026-01-05", "ben", "release", "example-lab", "--db", "here.db")
    typed("2026-01-06", "ben", "definitions", "export", "set.json", "--db", "here.db")
    typed("2026-02-02", "kim", "definitions", "import", "set.json", "--db", "there.db")
    said = " ".join(typed("2026-02-03", "kim", "procedures", "--db", "there.db").split())
    assert "released 2026-01-05 by ben, imported 2026-02-02 by kim" in said
    (one,) = _released("there.db")
    assert (one["released_by"], one["imported_by"], one["imported_at"][:10]) == ("ben", "kim", "2026-02-02")
    (here,) = _released("here.db")
    assert (here["released_by"], here["imported_by"], here["imported_at"]) == ("ben", None, None)


def _released(database: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(typed("2026-02-03", "kim", "procedures", "--db", database, "--json"))[
        "released"
    ]
    return found


def test_a_day_that_is_another_here_than_in_the_set_is_said_and_stays() -> None:
    purchase = (
        "release",
        str(Path(__file__).parents[1] / "engine" / "purchase.yaml"),
        "--seconds",
        "1",
        "--despite",
        "Only to try it",
    )
    typed("2026-01-05", "ben", *purchase, "--valid-from", "2026-03-01", "--db", "here.db")
    typed("2026-01-06", "ben", "definitions", "export", "set.json", "--db", "here.db")
    typed("2026-01-05", "kim", *purchase, "--db", "there.db")
    said = " ".join(typed("2026-02-02", "kim", "definitions", "import", "set.json", "--db", "there.db").split())
    assert "procedure purchase 2026.1 is valid here at once, by the set from 2026-03-01 on; the day here stays." in said
