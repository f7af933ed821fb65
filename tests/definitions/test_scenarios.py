"""Every scenario of every shipped procedure comes out as written, and together they reach every step and branch."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import Report, run_file
from inprocap_flow.store.port import Store
from tests.replayed import Replay, replaying

DEFINITIONS = Path(__file__).parents[2] / "definitions"
FILES = sorted(DEFINITIONS.glob("*.test.yaml"))
# So that nobody loses scenarios unseen.
FEWEST = {
    "advisory": 31,
    "call-off": 38,
    "cern-invitation-to-tender": 28,
    "cern-price-enquiry": 12,
    "competitive-dialogue": 55,
    "competitive-dialogue-lots": 60,
    "competitive-negotiation": 70,
    "competitive-negotiation-lots": 60,
    "design-contest": 35,
    "dissemination": 6,
    "dynamic-purchasing": 20,
    "eiscat-open-competitive": 8,
    "eiscat-open-then-restricted": 12,
    "eiscat-quotation": 12,
    "ess-in-kind": 13,
    "f4e-low-value": 40,
    "framework": 18,
    "innovation-partnership": 60,
    "innovation-partnership-utilities": 30,
    "iter-expertise": 14,
    "iter-nomination": 12,
    "iter-review": 12,
    "market-consultation": 20,
    "matchmaking-day": 10,
    "negotiated-without-notice": 45,
    "open": 50,
    "open-lots": 30,
    "pcp": 40,
    "ppi": 20,
    "qualification-system": 20,
    "qualified-call": 45,
    "restricted": 60,
    "restricted-lots": 50,
    "supplier-path": 10,
    "training": 9,
}
# What cannot come up: no law and no custom gives a least time; the waiting belongs to the case of the purchase.
NEVER_REFUSED_WITH = {
    "dissemination": {"below-floor", "deadline-running"},
    "matchmaking-day": {"approval-missing"},
    "supplier-path": {"below-floor", "deadline-running"},
    "training": {"approval-missing"},
    "advisory": {"below-floor"},
    "competitive-dialogue-lots": {"deadline-running"},  # the standstill is that of a lot, and a guard asks for it
    "cern-invitation-to-tender": {"below-floor", "deadline-running"},
    "cern-price-enquiry": {"below-floor", "deadline-running"},
    "design-contest": {"below-floor"},
    "dynamic-purchasing": {"deadline-running", "not-offered"},
    "eiscat-open-competitive": {"below-floor", "deadline-running"},
    "eiscat-open-then-restricted": {"below-floor", "deadline-running"},
    "eiscat-quotation": {"below-floor", "deadline-running"},
    "ess-in-kind": {"deadline-running"},
    "f4e-low-value": {"below-floor"},
    "framework": {"below-floor", "deadline-running", "not-offered"},
    "iter-expertise": {"below-floor", "deadline-running"},
    "iter-nomination": {"below-floor", "deadline-running"},
    "negotiated-without-notice": {"below-floor"},
    "ppi": {"below-floor", "deadline-running"},
    "qualification-system": {"below-floor"},
}


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.name)
def played(request: pytest.FixtureRequest) -> tuple[Report, Replay]:
    with replaying() as replay:
        return run_file(request.param, Desk(cast("Store", None))), replay  # scenarios are played in memory


@pytest.fixture(scope="module")
def report(played: tuple[Report, Replay]) -> Report:
    return played[0]


def test_every_shipped_procedure_has_scenarios() -> None:
    procedures = {path.stem for path in DEFINITIONS.glob("*.yaml") if "." not in path.stem}
    assert {path.name.removesuffix(".test.yaml") for path in FILES} == procedures == set(FEWEST)


def test_every_scenario_comes_out_as_written(report: Report) -> None:
    assert [f"{fault.place} {fault.fact}: {fault.says}" for fault in report.faults] == []
    assert len(report.played) >= FEWEST[report.procedure]


def test_every_step_and_branch_is_reached(report: Report) -> None:
    assert report.coverage.unreached_steps == []
    assert report.coverage.unreached_branches == []


def test_scenarios_meet_refusals_of_many_kinds(report: Report) -> None:
    of_a_purchase = {"approval-missing", "guard", "deadline-running", "not-offered", "below-floor"}
    of_a_review = {"guard", "deadline-over", "case-elsewhere", "not-entitled", "not-yours"}
    wanted = of_a_review if report.procedure == "iter-review" else of_a_purchase
    assert wanted - NEVER_REFUSED_WITH.get(report.procedure, set()) <= set(report.coverage.refusals)


def test_what_was_recorded_replays_to_the_same_state_byte_for_byte(
    played: tuple[Report, Replay], capsys: pytest.CaptureFixture[str]
) -> None:
    report, replay = played
    with capsys.disabled():
        print(f"\n  replay of {report.path.name}: {replay}")  # noqa: T201
    assert replay.compared
    assert replay.differs == []
