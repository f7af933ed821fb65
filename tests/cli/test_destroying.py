"""After retention, what a case has sealed is destroyed with its key; before, the refusal says from when."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Lab

SECRETS = """\
procedure: secrets
version: 2026.1
language: en
title: A case with a secret
rulebook: none
counting: plain
may_backdate: [officer]
roles:
  officer: {title: Procurement officer}
begins: {step: open_case, by: officer, to: first}
stages:
  first: {owner: officer}
  done: {final: completed}
steps:
  finish: {from: first, to: done, by: officer, milestone: finished, starts: keeping}
fields:
  price: {type: money, title: Price, by: officer, sealed_until: finished}
documents:
  bid: {title: Bid, by: officer, sealed_until: finished}
  open_note: {title: Open note, by: officer}
deadlines:
  keeping: {title: Keep the file, kind: not_before, period: 3 years, outlives_case: yes, cite: 2014/24/EU Art. 84(2)}
"""
DESTROY = ("--as", "ben", "--reason", "three years are over")


@pytest.fixture
def ended(lab: Lab) -> Lab:
    """An ended case with a sealed price and bid that were opened long ago, and a note that never was sealed."""
    lab.plain("release", lab.file("secrets.yaml", SECRETS), "--as", "ben")
    lab.case = lab.json("01-05 09:00", "open", "secrets", "--as", "ben")["case"]
    lab.done("01-05 10:00", "set", lab.case, "price=51234 EUR", "--as", "ben")
    for name, text in (("bid", "the secret bid"), ("open_note", "for all")):
        lab.done("01-05 11:00", "attach", lab.case, f"{name}={lab.file(f'{name}.txt', text)}", "--as", "ben")
    lab.done("01-06 09:00", "do", lab.case, "finish", "--as", "ben")
    return lab


def later(lab: Lab, *words: str, stdin: str | None = None) -> tuple[int, str]:
    """Type a command on a day after retention; return its status and all that it said."""
    result = lab.plain("--now", "2030-01-08T09:00+01:00", *words, stdin=stdin)
    return result.exit_code, result.output


def test_what_was_sealed_is_kept_as_long_as_the_law_says(ended: Lab) -> None:
    said = ended.refused("02-01 09:00", "destroy", ended.case, *DESTROY, "--yes")
    assert "Keep the file is not over" in said
    assert "2029" in said
    assert "51 234 EUR" in ended.done("02-01 09:00", "show", ended.case)


def test_a_dry_run_says_what_would_go_and_nothing_goes(ended: Lab) -> None:
    status, said = later(ended, "destroy", ended.case, *DESTROY, "--dry-run")
    assert status == 0
    assert "1 sealed value and 1 sealed document" in said
    assert "51 234 EUR" in later(ended, "show", ended.case)[1]


def test_whoever_does_not_say_yes_destroys_nothing(ended: Lab) -> None:
    status, said = later(ended, "destroy", ended.case, *DESTROY, stdin="n\n")
    assert status == 1
    assert "for good?" in said
    assert "51 234 EUR" in later(ended, "show", ended.case)[1]


def test_destroyed_values_and_documents_are_shown_as_destroyed_and_the_rest_stays(ended: Lab) -> None:
    assert later(ended, "destroy", ended.case, *DESTROY, stdin="y\n")[0] == 0
    status, shown = later(ended, "show", ended.case)
    assert status == 0
    assert "destroyed  (price)" in shown
    assert "51 234" not in shown
    for look in (("history", ended.case), ("at", ended.case, "2026-02-01"), ("next", ended.case)):
        status, said = later(ended, *look)
        assert status == 0, said
        assert "51 234" not in said
    assert "Destroyed" in later(ended, "history", ended.case)[1]
    status, said = later(ended, "fetch", ended.case, "bid", "--to", "-")
    assert status == 1
    assert "was destroyed on 2030-01-08" in said
    fetched = ended.plain("--now", "2030-01-08T09:00+01:00", "fetch", ended.case, "open_note", "--to", "-")
    assert fetched.stdout == "for all"


def test_the_chain_still_verifies_and_the_file_for_the_auditor_is_written(ended: Lab) -> None:
    later(ended, "destroy", ended.case, *DESTROY, "--yes")
    status, said = later(ended, "audit", "verify", ended.case)
    assert status == 0, said
    status, said = later(ended, "file", ended.case, "--output", "file")
    assert status == 0, said
    everything = b"".join(path.read_bytes() for path in Path("file").rglob("*") if path.is_file())
    assert b"51234" not in everything
    assert b"the secret bid" not in everything


def test_no_key_is_left_in_the_database(ended: Lab) -> None:
    with sqlite3.connect(ended.folder / "lab.db") as before:
        ((wrapped,),) = before.execute("SELECT wrapped FROM case_keys").fetchall()
    before.close()
    later(ended, "destroy", ended.case, *DESTROY, "--yes")
    raw = b"".join(path.read_bytes() for path in ended.folder.glob("lab.db*") if path.is_file())
    assert wrapped not in raw


def test_it_is_done_once_and_the_same_key_gives_the_same_answer(ended: Lab) -> None:
    words = ("destroy", ended.case, *DESTROY, "--yes", "--json")
    first = json.loads(later(ended, *words, "--key", "k1")[1])
    assert first["events"][-1]["kind"] == "protected_data_destroyed"
    assert json.loads(later(ended, *words, "--key", "k1")[1])["outcome"] == "repeated"
    status, again = later(ended, *words)
    assert status == 3
    assert [blocker["code"] for blocker in json.loads(again)["blockers"]] == ["already-destroyed"]
