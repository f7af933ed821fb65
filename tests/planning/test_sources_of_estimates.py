"""A plan says where its estimates come from, each source once, and that nobody confirmed them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow


def plan(*words: str) -> str:
    given = [
        "--now",
        "2026-11-23T09:00:00+01:00",
        "--organisation",
        "example-lab",
        "plan",
        "market-consultation",
        *words,
    ]
    done = CliRunner().invoke(inprocap_flow, given, prog_name="inprocap-flow")
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def test_each_source_of_estimates_stands_once_with_its_mark() -> None:
    text = plan()
    said = " ".join(text[text.index("Where the estimates come from") :].split())
    assert said.count("Our own estimate, no experience and no rule") == 1
    assert "(plan --history) [not confirmed]" in said
    assert all(len(line) <= 80 for line in text.splitlines())


def test_json_names_the_source_of_each_estimate_and_of_nothing_else() -> None:
    lengths = json.loads(plan("--json"))["lengths"]
    assert {one["confirmed_on"] for one in lengths if one["basis"] == "typical"} == {"never"}
    assert all(one["source"] is None for one in lengths if one["basis"] != "typical")
