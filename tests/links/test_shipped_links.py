"""The shipped procedures that report to each other: what one reports others take, and a framework with orders runs."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Handed, Request
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, Report, Step
from inprocap_flow.service.acting import act
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from tests.links.conftest import House, decided, desk_over

DEFINITIONS = Path(__file__).parents[2] / "definitions"
PURCHASES = (
    "open",
    "open-lots",
    "restricted",
    "restricted-lots",
    "competitive-negotiation",
    "competitive-negotiation-lots",
    "competitive-dialogue",
    "competitive-dialogue-lots",
)
ORDERING = ("framework", "call-off", "dynamic-purchasing", "qualification-system", "qualified-call")
REPORTING = (*ORDERING, *PURCHASES, "pcp")
TAKING = (*ORDERING, "ppi")
AGREEMENT, ORDER = "case-agreement", "case-order"


@pytest.fixture(scope="module")
def shipped() -> dict[str, Definition]:
    return {name: load_procedure(DEFINITIONS / f"{name}.yaml") for name in {*REPORTING, *TAKING}}


def _reports(definition: Definition) -> Iterator[tuple[Step, Report]]:
    for line in definition.lines:
        for step in line.steps.values():
            yield from ((step, report) for report in step.reports)
        yield from ((line.begins, report) for report in line.begins.reports)


@pytest.mark.parametrize("name", REPORTING)
def test_what_a_shipped_procedure_reports_others_take_with_just_those_values(
    shipped: dict[str, Definition], name: str
) -> None:
    reports = list(_reports(shipped[name]))
    assert reports
    for _, report in reports:
        takers = [
            other.receives[report.name]
            for other in shipped.values()
            if report.name in other.receives and name in other.receives[report.name].of
        ]
        assert takers, report.name
        assert all(taker.values.keys() == report.values.keys() for taker in takers), report.name


@pytest.mark.parametrize("name", TAKING)
def test_what_a_shipped_procedure_takes_somebody_reports(shipped: dict[str, Definition], name: str) -> None:
    for receipt in shipped[name].receives.values():
        for sender in receipt.of:
            assert receipt.name in {report.name for _, report in _reports(shipped[sender])}, (receipt.name, sender)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    desk = desk_over(tmp_path)
    for name in ("framework", "call-off"):
        release_procedure(desk, DEFINITIONS / f"{name}.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    yield House(desk, organisation="example-lab")
    desk.store.close()


def _brings(office: House, case_id: str, actor: str, *names: str) -> None:
    office.later()
    decided(act(office.desk, case_id, Request("bring", actor, documents=_papers(*names))))


def _papers(*names: str) -> dict[str, Handed]:
    return {name: Handed(sha256(name.encode()).hexdigest(), f"{name}.pdf") for name in names}


def _signs(office: House, case_id: str, approval: str, *people: str) -> None:
    for person in people:
        office.later()
        decided(act(office.desk, case_id, Request("sign", person, approval)))


def _fills(office: House, case_id: str, actor: str, procedure: str, **values: str) -> None:
    office.later()
    decided(act(office.desk, case_id, Request("fill", actor, fields=office.typed(procedure, "case", values))))


def _framework(office: House) -> None:
    decided(office.opens(AGREEMENT, "framework", "ben", subject="Valves", ceiling="1000 EUR"))
    office.later()
    party = office.typed("framework", "supplier/alpha", {"name": "Alpha", "country": "DE", "order_rank": "1"})
    decided(act(office.desk, AGREEMENT, Request("do", "ben", "record_party", new="supplier/alpha", fields=party)))
    _brings(office, AGREEMENT, "ben", "award_record", "order_rules")
    facts = dict.fromkeys(("longer_term_justified", "notices_by_quarter", "works", "central_authority"), "no")
    facts |= {"social_services": "no", "kind_of_agreement": "one_supplier", "ends_on": "2028-11-23"}
    _fills(office, AGREEMENT, "ben", "framework", **facts)
    _signs(office, AGREEMENT, "conclusion", "dora", "emil")
    office.later()
    concluded = Request("do", "june", "conclude", documents=_papers("framework_agreement"))
    decided(act(office.desk, AGREEMENT, concluded))


def _order(office: House, case_id: str, value: str) -> None:
    decided(office.opens(case_id, "call-off", "ada", agreement=AGREEMENT, need="Valves", estimated_value=value))
    _fills(office, case_id, "ben", "call-off", way="direct", under_dynamic_system="no")
    _brings(office, case_id, "ada", "order_request")
    _brings(office, case_id, "emil", "budget_certificate")
    _signs(office, case_id, "order", "ada", "emil")
    decided(office.does(case_id, "ben", "ask_for_value"))


def test_an_order_under_the_ceiling_is_released_at_once_and_one_above_it_is_told_to_both(office: House) -> None:
    _framework(office)
    _order(office, ORDER, "600 EUR")
    assert office.stage(ORDER) == "need.released"
    assert office.field(ORDER, "parties") == "1"
    assert office.stage(AGREEMENT, "call_off/1") == "released"
    _order(office, "case-second", "500 EUR")
    assert office.stage("case-second") == "need.waiting"
    assert {entry.case_id for entry in office.outbox("report_refused")} == {AGREEMENT, "case-second"}


def test_an_agreement_that_ends_early_tells_the_orders_that_are_not_placed(office: House) -> None:
    _framework(office)
    _order(office, ORDER, "600 EUR")
    _signs(office, AGREEMENT, "termination", "dora")
    office.later()
    ended = Request(
        "do",
        "june",
        "terminate",
        fields=office.typed("framework", "case", {"termination_ground": "default"}),
        documents=_papers("termination_letter"),
        reason="Nothing was delivered",
    )
    decided(act(office.desk, AGREEMENT, ended))
    assert office.stage(AGREEMENT, "call_off/1") == "lost"
    with office.desk.store.reading() as reading:
        assert "agreement_ended" in reading.load(ORDER).case.main.milestones
