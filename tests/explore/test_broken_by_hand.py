"""Shipped procedures and organisations, broken as an officer might: the fault is found, written down and played."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow

DEFINITIONS = Path(__file__).parents[2] / "definitions"
DECIDE = """\
      decide:
        title: The board decides
        from: called
        branches:
          - {when: board_outcome == 'signature_released', to: released}
          - {otherwise: upheld}
        by: review_board
        handed_in: {fields: [board_outcome], documents: [board_decision]}
        tells: [{this: tenderer}, procurement_officer, director]
        cite: "Outcome of the board: not in the extract of the page [K]"
"""


class Slip(NamedTuple):
    """A mistake in the file of a procedure or of an organisation, and what playing its counterexample says."""

    procedure: str
    code: str
    was: str
    now: str
    shows: str
    house: str = ""


SLIPS = {
    "a line is forgotten": Slip(
        "matchmaking-day", "due-never-met", "    meets: [second_follow_up]\n", "", "second_follow_up is missed"
    ),
    "the report meets nothing": Slip(
        "market-consultation", "due-never-met", "    meets: [report_due]\n", "", "report_due is missed"
    ),
    "one of two deadlines is met": Slip(
        "qualification-system", "due-left-running", "meets: [result, reasons]", "meets: [result]", "which is over, is"
    ),
    "the dismissal meets nothing": Slip(
        "iter-review",
        "due-left-running",
        "handed_in: {documents: [admissibility_note], reason: yes}\n        meets: [admissibility]\n",
        "handed_in: {documents: [admissibility_note], reason: yes}\n",
        "admissibility of review/alpha, which is over, is missed",
    ),
    "an officer closes the call": Slip(
        "open",
        "when-over-elsewhere",
        "to: tendering.closed\n    by: system",
        "to: tendering.closed\n    by: procurement_officer",
        "close_tendering follows by itself, though the file has it carried out by procurement_officer",
    ),
    "the call is closed from elsewhere": Slip(
        "open",
        "when-over-elsewhere",
        "from: tendering.open\n    to: tendering.closed",
        "from: preparation.documents_ready\n    to: tendering.closed",
        "close_tendering should follow and is refused",
    ),
    "too many are moved": Slip(
        "open",
        "moved-step-elsewhere",
        "in: registered\n        step: lapse",
        "in: [registered, tendered]\n        step: lapse",
        "lapse cannot be carried out, it stands in tendered",
    ),
    "who signs may not": Slip(
        "cern-invitation-to-tender",
        "never-means-never",
        "{title: Head of procurement}",
        "{title: Head of procurement, never: [approve]}",
        "asks in vain to sign shortlist: The role Head of procurement may not approve",
    ),
    "the end takes nothing along": Slip(
        "matchmaking-day", "ends-left-open", "    ends: everything\n", "", "The case would end with tracks open"
    ),
    "the board cannot decide": Slip(
        "iter-review", "case-stuck", DECIDE, "", "nothing leads to an end: sign_contract is refused"
    ),
    "nobody commits money": Slip(
        "open",
        "too-few-people",
        "roles: [budget_holder]",
        "roles: []",
        "This is for Budget holder; ada is not",
        "example-lab",
    ),
    "nobody opens tenders": Slip(
        "open",
        "too-few-people",
        "roles: [evaluation_committee]",
        "roles: [legal]",
        "open_tenders is refused: This is for Evaluation committee",
        "example-lab",
    ),
}


def run(*words: str) -> Result:
    return CliRunner().invoke(inprocap_flow, [*words])


@pytest.mark.parametrize("slip", SLIPS.values(), ids=list(SLIPS))
def test_a_slip_in_a_shipped_file_is_shown_by_a_scenario_that_plays(
    slip: Slip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, name in (("", slip.procedure), ("organisations", slip.house)):
        text = (DEFINITIONS / folder / f"{name}.yaml").read_text(encoding="utf-8") if name else ""
        if name == (slip.house or slip.procedure):
            assert slip.was in text
            text = text.replace(slip.was, slip.now, -1 if slip.house else 1)
        if name:
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    house = ["--organisation", f"organisations/{slip.house}.yaml"] if slip.house else []
    said = run(*house, "check", "--explain", slip.code, f"{slip.procedure}.yaml")
    assert said.exit_code == 0, said.output
    assert slip.shows in " ".join(said.output.split())
    written = tmp_path / f"{slip.procedure}.{slip.code}.test.yaml"
    assert slip.code in said.output
    assert written.is_file(), said.output
    played = run("test", written.name)
    assert played.exit_code == 0, played.output
    assert "0 failed" in played.output
