"""`law --own --organisation X` lists the numbers of the house's own file too: rates, and when silence is mentioned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

HOUSE = """\
organisation: fair
version: 2026.1
title: FAIR (invented)
zone: Europe/Berlin
currency: EUR
calendars: {holidays: {public: DE-HE, years: [2026, 2028]}}
exchange:
  - {from: 2020-01-01, until: 2025-12-31, unit: CHF, worth: 0.90 EUR, source: Bulletin 2020}
  - {from: 2026-01-01, until: 2026-12-31, unit: CHF, worth: 1.05 EUR, source: Bulletin 2026, confirmed_on: 2026-10-01}
  - {from: 2024-01-01, unit: USD, worth: 0.92 EUR, source: Invented, confirmed_on: never}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "own"))
    (tmp_path / "own" / "organisations").mkdir(parents=True)
    return tmp_path / "own"


def typed(own: Path, *words: str, text: str = HOUSE) -> str:
    (own / "organisations" / "fair.yaml").write_text(text, encoding="utf-8")
    given = ["--now", "2026-11-23T09:00:00+01:00", "law", *words, "--own", "--organisation", "fair"]
    done = CliRunner().invoke(inprocap_flow, given, prog_name="inprocap-flow")
    assert done.exit_code == 0, done.output
    return done.stdout


def document(own: Path, *words: str, text: str = HOUSE) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed(own, *words, "--json", text=text))
    return found


def test_rates_of_the_house_are_listed_with_their_source_and_whether_somebody_compared_them(own: Path) -> None:
    rates = document(own)["rates"]
    assert [(one["unit"], one["worth"], one["confirmed"]) for one in rates] == [
        ("CHF", "1.05 EUR", True),
        ("USD", "0.92 EUR", False),
    ]
    assert (rates[0]["from"], rates[0]["until"], rates[0]["source"]) == ("2026-01-01", "2026-12-31", "Bulletin 2026")
    assert (rates[0]["file"].rpartition("/")[2], rates[0]["line"]) == ("fair.yaml", 9)
    text = typed(own)
    assert "Written by the organisation fair" in text
    assert "1 CHF is worth 1.05 EUR" in text
    assert "[confirmed on 2026-10-01]" in text
    assert "Bulletin 2020" not in text
    assert text.splitlines()[-1] == "3 numbers: 0 without a source."
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_silence_after_which_it_reminds_is_listed_and_whether_its_file_says_so(own: Path) -> None:
    assert document(own)["remind_after"] == {
        "value": "15 working days", "written": False, "whose": "the organisation fair", "file": None, "line": None,
    }  # fmt: skip
    says = HOUSE + "reminders:\n  remind_after: 4 weeks\n"
    found = document(own, text=says)["remind_after"]
    assert (found["value"], found["written"], found["line"]) == ("4 weeks", True, 12)
    shown = " ".join(typed(own, text=says).split())
    assert "A case in which nothing happens is mentioned after 4 weeks" in shown
    assert document(own, text=HOUSE + "reminders: {remind_after: never}\n")["remind_after"]["value"] == "never"


def test_the_numbers_of_a_procedure_there_have_them_too(own: Path) -> None:
    assert [one["unit"] for one in document(own, "open")["rates"]] == ["CHF", "USD"]
    assert "Written by the organisation fair" in typed(own, "open")


def test_only_what_wants_somebody_is_listed_if_asked(own: Path) -> None:
    found = document(own, "--stale")
    assert [one["unit"] for one in found["rates"]] == ["USD"]
    assert found["remind_after"] is None
    old = HOUSE.replace("2026-10-01", "2025-06-01")
    assert [one["stale"] for one in document(own, "--stale", text=old)["rates"]] == [True, False]
