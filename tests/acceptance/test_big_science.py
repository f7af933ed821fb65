# ruff: noqa: E501 - a deed is one line, as in the shipped scenarios
"""Ideas by which big-science organisations would try the program: 1 to 5, 9 and 10. Six to eight lie beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.overlays import load_applied
from tests.acceptance.telling import DEFINITIONS, told

ITT = "cern-invitation-to-tender"


def test_a_value_that_rises_over_the_committees_limit_brings_other_signatures_before_and_after_the_award(
    tmp_path: Path,
) -> None:
    """Idea 1: 740 000 to 760 000 francs, before the award and after it."""
    before = """
    - {at: 2026-07-06 09:00, by: ben, ask: award, then: {may_be_given_by: {award: [pia]}}}
    - {at: 2026-07-06 10:00, by: pia, sign: award, then: {approval: {award: given}}}
    - {at: 2026-07-07 09:00, by: ben, do: change_proposal, with: {award_value: 760000 CHF, reason: Options are taken}, then: {approval: {award: void}}}
    - {at: 2026-07-07 10:00, by: june, do: approve_award, with: {documents: [committee_decision]}, then: {refused: [approval-void]}}
    - {at: 2026-07-08 09:00, by: pia, sign: award, then: {refused: [approval-order]}}
    - {at: 2026-07-08 10:00, by: nora, sign: award}
    - {at: 2026-07-30 10:00, by: quin, sign: award}
    - {at: 2026-08-17 10:00, by: pia, sign: award}
    - {at: 2026-08-18 10:00, by: june, do: approve_award, with: {documents: [committee_decision]}, then: {refused: [approval-missing]}}
    - {at: 2026-09-16 10:00, by: rhea, sign: award}
    - {at: 2026-09-16 10:01, by: tove, sign: award}
    - {at: 2026-09-16 10:02, by: ulla, sign: award, then: {approval: {award: given}}}
    - {at: 2026-09-17 10:00, by: june, do: approve_award, with: {documents: [committee_decision]}, then: {stage: award.approved}}
    """
    after = """
    - {at: 2026-10-05 09:00, by: ada, fill: {forecast_value: 750000 CHF}, then: {told: []}}
    - {at: 2026-10-05 10:00, by: ada, fill: {forecast_value: 760000 CHF}, then: {approval: {overrun: missing}, told: [procurement_officer, head_of_department]}}
    - {at: 2026-10-06 09:00, by: ada, bring: [acceptance_certificate]}
    - {at: 2026-10-06 10:00, by: emil, sign: acceptance}
    - {at: 2026-10-06 11:00, by: ada, do: accept, then: {refused: [watch]}}
    - {at: 2026-10-07 09:00, by: ben, fill: {target_meeting: fc-2026-4}}
    - {at: 2026-10-08 09:00, by: nora, sign: overrun}
    - {at: 2026-12-16 10:00, by: rhea, sign: overrun}
    - {at: 2026-12-16 10:01, by: tove, sign: overrun}
    - {at: 2026-12-16 10:02, by: ulla, sign: overrun, then: {field: {approved_value: 760000 CHF}}}
    - {at: 2026-12-17 10:00, by: ada, do: accept, then: {stage: closed}}
    """
    told(tmp_path, ITT, before, after="proposed")
    told(tmp_path, ITT, after, after="placed")


def test_the_balance_list_in_force_on_the_day_of_the_check_decides_and_a_later_one_changes_nothing(
    tmp_path: Path,
) -> None:
    """Idea 2: move the first day of a balance list; only cases looked at after it come out otherwise."""
    looked_at = "- {{at: {}, by: ben, do: check_alignment, then: {{field: {{alignment_order: {}}}}}}}"
    told(tmp_path, "cern-price-enquiry", looked_at.format("2026-02-28 23:59", "nobody"), after="checked")
    told(tmp_path, "cern-price-enquiry", looked_at.format("2026-03-01 00:00", "supplier/beta"), after="checked")
    kept = "- {at: 2026-03-03 09:00, by: ben, fill: {why_fewer: No more}, then: {field: {alignment_order: nobody}}}"
    told(tmp_path, "cern-price-enquiry", kept, after="nobody_aligns")

    moved = tmp_path / "moved"
    (moved / "organisations").mkdir(parents=True)
    cern = (DEFINITIONS / "organisations" / "cern.yaml").read_text(encoding="utf-8")
    cern = cern.replace("until: 2026-02-28", "until: 2026-02-27").replace("from: 2026-03-01", "from: 2026-02-28")
    (moved / "organisations" / "cern.yaml").write_text(cern, encoding="utf-8")
    told(moved, "cern-price-enquiry", looked_at.format("2026-02-28 00:00", "supplier/beta"), after="checked")
    told(moved, "cern-price-enquiry", kept, after="nobody_aligns")


def test_a_request_for_review_is_in_time_until_the_last_minute_of_the_tenth_day_and_stops_the_signature(
    tmp_path: Path,
) -> None:
    """Idea 3: ITER, calendar day 10 at 23:59 local; the next minute is late."""
    asked = (
        "- {{at: {}, by: al, do: ask_for_review, new: review/one, of: tenderer/alpha,"
        " with: {{grounds: The weights, in_english: yes, documents: [request]}}, then: {{{}}}}}"
    )
    sign = "- {at: 2026-03-16 10:00, by: dana, do: sign_contract, with: {documents: [signed_contract]}, then: {%s}}"
    iter_itself = {"organisation: example-fusion": "organisation: iter"}
    in_time = f"""
    {asked.format("2026-03-13 23:59", "stage: received")}
    - {{at: 2026-03-16 09:00, by: leo, do: acknowledge, on: review/one, with: {{documents: [acknowledgement]}}}}
    {sign % "refused: [guard], names: [suspended_by_request]"}
    """
    told(tmp_path, "iter-review", in_time, after="notified", instead=iter_itself)
    late = f"""
    {asked.format("2026-03-14 00:00", "refused: [deadline-over], names: [tenderer.request_window]")}
    {sign % "stage: signed"}
    """
    told(tmp_path, "iter-review", late, after="notified", instead=iter_itself)


def test_a_deadline_moved_after_publication_keeps_its_old_end_tells_every_bidder_and_needs_a_reason(
    tmp_path: Path,
) -> None:
    """Idea 4: the old end stays visible, all bidders get notice, a reason is required."""
    moved = """
    - {at: 2026-05-26 09:00, by: ben, fill: {new_closing: 2026-06-26 16:00}}
    - {at: 2026-05-26 09:10, by: ben, bring: [change_notice]}
    - {at: 2026-05-26 10:00, by: june, sign: more_time}
    - {at: 2026-05-26 11:00, by: ben, extend: tenders, then: {refused: [reason-missing]}}
    - {at: 2026-05-26 11:05, by: ben, extend: tenders, reason: A drawing was missing, then: {deadline: {tenders: 2026-06-26 16:00, questions_until: 2026-06-19}, told: [publisher, supplier/alpha, supplier/beta]}}
    """
    play = told(tmp_path, ITT, moved, after="conferred")
    assert play.case is not None
    state = play.case.deadlines["case tenders"]
    assert state.end == "2026-06-26T14:00:00Z"
    assert [(entry["what"], entry["end"]) for entry in state.history] == [
        ("started", "2026-06-12T14:00:00Z"),
        ("extended", "2026-06-26T14:00:00Z"),
    ]
    assert state.history[-1]["ground"] == "A drawing was missing"
    (notice,) = [event for event in play.events if event.data.get("step") == "extend tenders" and event.kind == "told"]
    assert notice.data["to"] == ["track:supplier/alpha", "track:supplier/beta"]


def test_a_firm_that_missed_a_compulsory_conference_cannot_submit(tmp_path: Path) -> None:
    """Idea 5: absent from the conference, out by itself; the firms that came bid."""
    bids = """
    - {at: 2026-05-18 16:30, by: cy, do: submit, on: supplier/gamma, with: {price: 1 CHF, origin: FR, documents: [bid]}, then: {refused: [not-offered], left_by: bar, stage: barred}}
    - {at: 2026-05-18 16:31, by: al, do: submit, on: supplier/alpha, with: {price: 1 CHF, origin: CH, documents: [bid]}, then: {stage: tendered}}
    """
    told(tmp_path, ITT, bids, after="conferred")


@pytest.mark.parametrize(("binds_until", "warned"), [("2026-12-15", True), ("2026-12-31", False)])
def test_a_plan_warns_when_tenders_bind_nobody_any_more_on_the_day_of_the_committee(
    binds_until: str, *, warned: bool
) -> None:
    """Idea 9: bids valid until before the meeting of 16 December 2026 are told at planning time."""
    known = ["target_meeting=fc-2026-4", "award_value=800000 CHF", f"bids_valid_until={binds_until}"]
    words = ["plan", ITT, "--organisation", "cern", "--start", "2026-01-12", "--until", "contract_signed"]
    result = CliRunner().invoke(inprocap_flow, [*words, *(part for one in known for part in ("--assume", one))])
    assert result.exit_code == 0, result.output
    assert "Award: meeting of finance_committee" in result.stdout
    assert ("Comes too late" in result.stdout) is warned
    assert ("Place the contract: Wed 2026-12-16" in result.stdout) is warned


def test_two_overlays_that_insert_at_one_milestone_are_refused_with_both_places(tmp_path: Path) -> None:
    """Idea 10: a national overlay and the organisation's own, both before `evaluated`."""
    for name, whose in (("land", {"national": "DE"}), ("house", {"organisation": "example-lab"})):
        (tmp_path / f"{name}.yaml").write_text(_detour(name, whose), encoding="utf-8")
    with pytest.raises(InvalidInput) as wrong:
        load_applied(DEFINITIONS / "open.yaml", [tmp_path / "land.yaml", tmp_path / "house.yaml"], (DEFINITIONS,))
    (problem,) = wrong.value.problems
    said = f"{problem.place} {problem.fact} {problem.mend}"
    assert "evaluated" in said
    assert "house.yaml:" in said
    assert "land.yaml:" in said
    load_applied(DEFINITIONS / "open.yaml", [tmp_path / "land.yaml"], (DEFINITIONS,))  # one alone is fine


def _detour(name: str, whose: dict[str, str]) -> str:
    steps = {
        f"begin_{name}": {"from": "arriving", "to": f"{name}_look.begun", "by": "procurement_officer"},
        f"end_{name}": {"from": f"{name}_look.begun", "to": f"{name}_look.ended", "by": "procurement_officer"},
    }
    stages = {f"{name}_look": {"title": "A look", "owner": "procurement_officer", "stages": {"begun": {}, "ended": {}}}}
    insert = {"before": "evaluated", "stages": stages, "steps": steps, "leaves_from": f"{name}_look.ended"}
    head = {"overlay": name, "version": "1", "language": "en", "title": name, **whose, "for": {"open": "2026.1"}}
    return yaml.safe_dump({**head, "insert": {f"{name}_look": insert}}, sort_keys=False)
