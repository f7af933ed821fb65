"""A plan of a shipped procedure has no length that nobody said, but for those that only the buyer can say."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from inprocap_flow.service.desk import Desk
from inprocap_flow.service.planning.finding import binding_of_file
from inprocap_flow.service.planning.plans import Question
from inprocap_flow.service.planning.timetable import plan_procedure
from inprocap_flow.store.port import Store
from tests.planning.conftest import DEFINITIONS, SHIPPED, bound_to_house

HOUSES = sorted(path.stem for path in (DEFINITIONS / "organisations").glob("*.yaml"))

# How long tenders bind is what the call states.
CALLS = {
    name: {"tenders_bind_for"}
    for name in (
        "call-off",
        "competitive-dialogue",
        "competitive-dialogue-lots",
        "competitive-negotiation",
        "competitive-negotiation-lots",
        "design-contest",
        "f4e-low-value",
        "innovation-partnership",
        "innovation-partnership-utilities",
        "negotiated-without-notice",
        "open",
        "open-lots",
        "pcp",
        "qualified-call",
        "restricted",
        "restricted-lots",
    )
}
# Periods that are announced, agreed or promised for each case: a usual value would be a guess about a contract.
ONLY_THE_BUYER_KNOWS = {
    "innovation-partnership": {"length_1", "length_2", "length_3"},
    "innovation-partnership-utilities": {"length_1", "length_2", "length_3"},
    "pcp": {"length_1", "length_2", "length_3", "ipr_period"},
    "ppi": {"effect_reported_after"},
    "supplier-path": {"registration_takes"},
}
START = date(2026, 11, 23)


@pytest.mark.parametrize("procedure", SHIPPED)
def test_a_shipped_procedure_is_planned_without_a_length_that_nobody_said(procedure: str) -> None:
    made = plan_procedure(bound_to_house(procedure), Question(start=START))
    assert made.rows
    missing = {use.thing.name for use in made.assumptions}
    assert missing <= ONLY_THE_BUYER_KNOWS.get(procedure, set()) | CALLS.get(procedure, set())


@pytest.mark.parametrize("house", HOUSES)
def test_every_shipped_organisation_can_plan_with_its_own_calendar_and_overlays(house: str) -> None:
    desk = Desk(cast("Store", None))  # nothing of a plan of a procedure stands in a store
    file = DEFINITIONS / "supplier-path.yaml"
    made = plan_procedure(binding_of_file(desk, file, house, START), Question(start=START))
    assert made.finish > START
