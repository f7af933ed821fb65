"""What people read of the ledger, typed as they type it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.case.records import Request
from inprocap_flow.service.acting import act
from tests.ledger.conftest import FILE, ROUND

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.ledger.conftest import House


def _read(case_id: str, folder: Path, patch: pytest.MonkeyPatch) -> str:
    patch.setenv("INPROCAP_FLOW_DATABASE", str(folder / "cases.db"))
    patch.setenv("INPROCAP_FLOW_KEY_FILE", str(folder / "key"))
    result = CliRunner().invoke(inprocap_flow, ["ledger", case_id], prog_name="inprocap-flow")
    assert result.exit_code == 0, result.output
    return result.output


def test_earlier_advice_is_told_with_its_answer(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house.does("alpha", "come", "firm/alpha", new=True, name="Alpha")
    house.does("olga", "invite", "firm/alpha", advised_before=True)
    assert "- firm/alpha (Alpha): Advised before: yes\n" in _read(ROUND, tmp_path, monkeypatch)


def test_a_question_of_the_firm_s_own_file_is_read_as_asked_from_there(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.opens(FILE, "firm-file", "adam", round=ROUND)
    act(house.desk, FILE, Request("do", "adam", "ask", new="question/1", fields={"wording": "How cold?"}))
    assert "question/1, asked from this file\n" in _read(FILE, tmp_path, monkeypatch)
