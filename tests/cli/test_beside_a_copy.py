"""``diff`` and ``law`` in a folder that holds a changed copy of a shipped procedure, and with an organisation set."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow import bundled
from inprocap_flow.cli.app import inprocap_flow

NOW = "2026-11-23T09:00:00+01:00"


def typed(*words: str) -> str:
    done = CliRunner().invoke(inprocap_flow, ["--now", NOW, *words], prog_name="inprocap-flow")
    assert "Traceback" not in done.output, done.output
    assert done.exit_code == 0, done.output
    return done.stdout


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{old} is not in {file}"
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of `pcp` under another version, of which the preparation is changed as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(tmp_path / "definitions"))
    (tmp_path / "definitions").mkdir()
    typed("adopt", "pcp", "--to", "definitions")
    folder = tmp_path / "definitions"
    replaced(folder / "pcp.yaml", "\nversion: 2026.1\n", "\nversion: 2026.1-mine\n")
    replaced(folder / "blocks" / "preparation.yaml", "title: Procurement officer", "title: Buyer in the copy")
    return folder


def test_a_shipped_file_is_compared_with_the_blocks_beside_it_not_with_ones_own(own: Path) -> None:
    shipped = bundled.root("definitions") / "pcp.yaml"
    beside = json.loads(typed("diff", str(shipped), "definitions/pcp.yaml", "--json"))
    assert "procurement_officer" in {one["name"] for one in beside["differences"]}


def test_a_file_that_is_named_second_is_read_with_the_blocks_beside_it_too(own: Path) -> None:
    shipped = bundled.root("definitions") / "pcp.yaml"
    one = json.loads(typed("diff", "definitions/pcp.yaml", str(shipped), "--json"))
    assert "procurement_officer" in {difference["name"] for difference in one["differences"]}


def test_lengths_leave_out_overlays_that_were_not_written_for_the_copy_and_say_so(own: Path) -> None:
    answered = json.loads(typed("law", "--own", "--json"))
    assert any(one["file"].endswith("definitions/pcp.yaml") for one in answered["own"])
    assert {"overlay": "cern", "procedure": "pcp", "version": "2026.1-mine"} in answered["left_out"]
    text = " ".join(typed("law", "pcp", "--own").split())
    assert "Left out: with your pcp 2026.1-mine the overlays cern, " in text
    assert "which were written for other versions of it" in text


def test_an_overlay_of_ones_own_that_was_not_written_for_the_copy_is_an_error_there(own: Path) -> None:
    (own / "overlays").mkdir()
    shutil.copy(bundled.root("definitions") / "overlays" / "cern.yaml", own / "overlays" / "cern.yaml")
    given = ["--now", NOW, "law", "cern", "--own"]
    done = CliRunner().invoke(inprocap_flow, given, prog_name="inprocap-flow")
    assert done.exit_code == 1
    assert "overlay-version" in done.output
    assert "definitions/overlays/cern.yaml" in done.output


def test_values_are_those_of_the_organisation_of_the_settings_unless_all_are_asked_for(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_ORGANISATION", "ess")
    mine = typed("law")
    assert mine.startswith(typed("law", "--organisation", "ess"))
    assert "cern" not in mine
    assert "(law --all lists those of all)" in " ".join(mine.split())
    assert "cern (overlay" in typed("law", "--all")
    assert "cern (overlay" in typed("law", "cern")  # by its name whatever there is
