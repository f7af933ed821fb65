"""The runner of scenarios: what it says when something comes out otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import ApprovalState, GivenSignature
from inprocap_flow.errors import InvalidInput
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.expecting import who_signed
from inprocap_flow.service.scenarios import Report, run_file
from tests.service.conftest import DEFINITIONS

TESTS = """\
tests: purchase
organisation: example-lab
stories:
  opened:
    - {at: 2026-01-05 09:00, by: ada, do: open_case, with: {need: Cold}, then: {stage: STAGE}}
  readied:
    - {story: opened}
    - {at: 2026-01-06 09:00, by: ben, do: finish_draft, then: {refused: [field-missing, document-missing]}}
scenarios:
  - fact: A draft without its papers is not finished
    given: readied
    steps:
      - {at: 2026-01-06 10:00, by: ben, do: redraft, then: {refused: [reason-missing]}}
  - fact: Nobody else finishes it
    given: readied
    steps:
      - at: 2026-01-06 10:00
        by: ada
        do: finish_draft
        then: {refused: [not-entitled, field-missing, document-missing]}
"""


def played(desk: Desk, folder: Path, stage: str) -> Report:
    roles = {"officer": "procurement_officer", "unit": "requesting_unit"}
    text = (Path(__file__).parents[1] / "engine" / "purchase.yaml").read_text(encoding="utf-8")
    for here, there in roles.items():
        text = text.replace(f"{here}: {{title", f"{there}: {{title").replace(f"[{here}", f"[{there}")
        for wrapped in (f": {here}\n", f": {here},", f", {here}]", f": {here}}}", f"[{here}]"):
            text = text.replace(wrapped, wrapped.replace(here, there))
    (folder / "purchase.yaml").write_text(text, encoding="utf-8")
    (folder / "organisations").mkdir()
    for kind in ("organisations", "calendars"):
        (folder / kind).mkdir(exist_ok=True)
        source = DEFINITIONS / kind / "example-lab.yaml"
        (folder / kind / "example-lab.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "purchase.test.yaml").write_text(TESTS.replace("STAGE", stage), encoding="utf-8")
    return run_file(folder / "purchase.test.yaml", desk)


def test_a_story_that_fails_is_told_once_and_what_builds_on_it_says_so(desk: Desk, tmp_path: Path) -> None:
    report = played(desk, tmp_path, "preparation.ready")
    says = [fault.says for fault in report.faults]
    assert says[0] == "case stands in preparation.drafted, expected preparation.ready"
    assert says[1].startswith("not tried: the story opened it builds on fails at ")
    assert len(says) == 2


def test_what_comes_out_otherwise_names_every_blocker(desk: Desk, tmp_path: Path) -> None:
    report = played(desk, tmp_path, "preparation.drafted")
    assert [fault.place.line for fault in report.faults] == [13]
    assert "not-offered" in report.faults[0].says


@pytest.mark.parametrize("stage", ["preparation.drafted", "preparation.ready"])
def test_the_coverage_counts_what_was_reached(desk: Desk, tmp_path: Path, stage: str) -> None:
    coverage = played(desk, tmp_path, stage).coverage
    assert coverage.steps["case.open_case"] == 1
    assert "case.send_call" in coverage.unreached_steps


def test_a_track_that_is_written_where_a_kind_belongs_is_told_as_a_fault(desk: Desk, tmp_path: Path) -> None:
    wrong = "preparation.drafted, tracks: {supplier/1: left}"
    says = [fault.says for fault in played(desk, tmp_path, wrong).faults]
    assert says[0] == "`supplier/1: left` says neither how many nor where each stands; write {NAME: stage}"


SIGNED = """\
tests: invoice
organisation: example-lab
scenarios:
  - fact: One signs in person, and a clerk records what another signed on paper
    steps:
      - {at: 2026-05-12 09:00, by: ada, do: begin, then: {signed_by: {payment: []}}}
      - {at: 2026-05-12 10:00, by: fay, sign: payment, then: {signed_by: {payment: [FIRST]}}}
      - {at: 2026-05-12 11:00, by: ben, sign: payment, signed_by: dora, then: {signed_by: {payment: [dora, fay]}}}
      - {at: 2026-05-12 12:00, by: ada, do: pay, then: {signed_by: {payment: [fay, dora]}, approval: {payment: used}}}
"""
INVOICE = """\
procedure: invoice
version: 1
language: en
title: Invoice
rulebook: none
roles:
  requesting_unit: {title: Unit}
  procurement_officer: {title: Clerk}
  budget_holder: {title: Budget holder}
  legal: {title: Legal}
begins: {step: begin, by: requesting_unit, to: open}
stages:
  open: {owner: requesting_unit}
  paid: {final: completed}
steps:
  pay: {from: open, to: paid, by: requesting_unit, already_there: {approvals: payment}}
approvals:
  payment:
    signatures:
      - {role: budget_holder}
      - {role: legal, recorded_by: procurement_officer}
"""


@pytest.mark.parametrize(
    ("first", "says"),
    [("fay", []), ("emil", ["payment is signed by fay, expected emil"])],
    ids=["as it was", "otherwise"],
)
def test_a_scenario_says_whose_signatures_an_approval_has(
    desk: Desk, tmp_path: Path, first: str, says: list[str]
) -> None:
    for kind in ("organisations", "calendars"):
        (tmp_path / kind).mkdir()
        source = DEFINITIONS / kind / "example-lab.yaml"
        (tmp_path / kind / "example-lab.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "invoice.yaml").write_text(INVOICE, encoding="utf-8")
    (tmp_path / "invoice.test.yaml").write_text(SIGNED.replace("FIRST", first), encoding="utf-8")
    report = run_file(tmp_path / "invoice.test.yaml", desk)
    assert [fault.says for fault in report.faults] == says


ENDED = """\
tests: errand
organisation: example-lab
scenarios:
  - fact: The case ends in one of two ways
    steps:
      - {at: 2026-05-12 09:00, by: ada, do: begin}
      - {at: 2026-05-12 10:00, by: ada, do: STEP, then: {ended: KIND}}
"""
ERRAND = """\
procedure: errand
version: 1
language: en
title: Errand
rulebook: none
roles:
  requesting_unit: {title: Unit}
begins: {step: begin, by: requesting_unit, to: open}
stages:
  open: {owner: requesting_unit}
  gone: {final: cancelled}
steps:
  wait: {from: open, to: same, by: requesting_unit}
  drop: {from: open, to: gone, by: requesting_unit}
"""


def errand(desk: Desk, folder: Path, step: str, kind: str) -> Report:
    for part in ("organisations", "calendars"):
        (folder / part).mkdir()
        source = DEFINITIONS / part / "example-lab.yaml"
        (folder / part / "example-lab.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "errand.yaml").write_text(ERRAND, encoding="utf-8")
    (folder / "errand.test.yaml").write_text(ENDED.replace("STEP", step).replace("KIND", kind), encoding="utf-8")
    return run_file(folder / "errand.test.yaml", desk)


@pytest.mark.parametrize(
    ("step", "kind", "says"),
    [
        ("drop", "cancelled", []),
        ("drop", "completed", ["the case has ended cancelled, expected completed"]),
        ("wait", "cancelled", ["the case has not ended (it stands in open), expected that it has ended cancelled"]),
    ],
    ids=["as it is", "another end", "no end"],
)
def test_a_scenario_says_how_the_case_has_ended(
    desk: Desk, tmp_path: Path, step: str, kind: str, says: list[str]
) -> None:
    assert [fault.says for fault in errand(desk, tmp_path, step, kind).faults] == says


def test_a_way_to_end_that_does_not_exist_is_refused_at_its_place(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        errand(desk, tmp_path, "drop", "canceled")
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.line, problem.place.column) == ("unknown-word", 7, 65)
    assert problem.fact == "`canceled` is not a way for a case to end."
    assert problem.mend == "Write completed, cancelled or abandoned."


def test_a_substitute_is_named_with_whom_they_stand_in_for_and_a_vote_against_is_no_signature() -> None:
    at = "2026-05-12T09:00:00Z"
    state = ApprovalState(
        line="case",
        name="launch",
        signatures=(
            GivenSignature(0, "holder", "gus", at, status="void"),
            GivenSignature(0, "holder", "fay", at, on_behalf_of="emil"),
            GivenSignature(1, "board", "hana", at, against=True),
        ),
    )
    assert who_signed(state) == ["fay for emil"]


def test_a_time_that_the_clocks_skip_is_a_fault_at_its_deed(desk: Desk, tmp_path: Path) -> None:
    played(desk, tmp_path, "preparation.drafted")
    skipped = TESTS.replace("STAGE", "preparation.drafted").replace("2026-01-06 10:00", "2026-03-29 02:30")
    (tmp_path / "purchase.test.yaml").write_text(skipped, encoding="utf-8")
    faults = run_file(tmp_path / "purchase.test.yaml", desk).faults
    assert "02:30" in faults[-1].says
    assert faults[-1].place.line == 17


def test_a_value_that_is_expected_and_cannot_be_read_is_a_fault(desk: Desk, tmp_path: Path) -> None:
    says = [fault.says for fault in played(desk, tmp_path, "preparation.drafted, field: {value: 500 euro}").faults]
    assert says[0].startswith("`500 euro` is not an amount")


def test_a_first_deed_at_a_time_that_the_clocks_skip_is_refused_with_its_place(desk: Desk, tmp_path: Path) -> None:
    played(desk, tmp_path, "preparation.drafted")
    skipped = TESTS.replace("STAGE", "preparation.drafted").replace("2026-01-05 09:00", "2026-03-29 02:30")
    (tmp_path / "purchase.test.yaml").write_text(skipped, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        run_file(tmp_path / "purchase.test.yaml", desk)
    assert refused.value.problems[0].place.line == 5


def test_an_amount_of_a_deed_with_a_point_between_thousands_is_a_fault_with_its_mend(
    desk: Desk, tmp_path: Path
) -> None:
    played(desk, tmp_path, "preparation.drafted")
    text = TESTS.replace("STAGE", "preparation.drafted").replace("{need: Cold}", "{forecast: 500.000 EUR}")
    (tmp_path / "purchase.test.yaml").write_text(text, encoding="utf-8")
    says = run_file(tmp_path / "purchase.test.yaml", desk).faults[0].says
    assert "500 000 EUR, or 500.00 EUR" in says
