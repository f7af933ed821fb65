"""A qualification system in use and a call among the qualified: two shipped procedures that report to each other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Handed, Request
from inprocap_flow.service.acting import act
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from tests.links.conftest import House, decided, desk_over
from tests.links.played import DEFINITIONS, Played, scenarios_of, story

SYSTEM, CALL = "case-system", "case-call"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    """A house in which two firms are qualified in category 1, and one in category 2."""
    desk = desk_over(tmp_path)
    for name in ("qualification-system", "qualified-call"):
        release_procedure(desk, DEFINITIONS / f"{name}.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    office = House(desk, organisation="example-lab")
    played = Played(office, "qualification-system", SYSTEM, "Pumps and valves")
    for deed in story(scenarios_of("qualification-system"), "qualified"):
        played.does(deed)
    yield office
    desk.store.close()


def _papers(*names: str) -> dict[str, Handed]:
    return {name: Handed(sha256(name.encode()).hexdigest(), f"{name}.pdf") for name in names}


def _asks(office: House, category: str) -> None:
    """Open a call in *category*, and ask the system."""
    given = {"category": category, "need": "Pumps", "estimated_value": "500000 EUR"}
    decided(office.opens(CALL, "qualified-call", "ada", qualification_system=SYSTEM, **given))
    office.later()
    decided(
        act(
            office.desk,
            CALL,
            Request("fill", "ben", fields=office.typed("qualified-call", "case", {"way": "restricted"})),
        )
    )
    for actor, paper in (("ada", "order_request"), ("emil", "budget_certificate")):
        office.later()
        decided(act(office.desk, CALL, Request("bring", actor, documents=_papers(paper))))
    _signs(office, CALL, "order", "ada", "emil")
    decided(office.does(CALL, "ben", "ask_system"))


def _signs(office: House, case_id: str, approval: str, *people: str) -> None:
    for person in people:
        office.later()
        decided(act(office.desk, case_id, Request("sign", person, approval)))


def test_a_call_hears_how_many_firms_are_qualified_in_its_category(office: House) -> None:
    _asks(office, "1")
    assert office.stage(CALL) == "need.known"
    assert office.field(CALL, "firms") == "2"
    assert office.stage(SYSTEM, "call/1") == "open"


def test_a_call_in_a_category_that_does_not_exist_waits_and_both_are_told(office: House) -> None:
    _asks(office, "3")
    assert office.stage(CALL) == "need.waiting"
    assert office.stage(SYSTEM, "call/1") == ""
    assert {entry.case_id for entry in office.outbox("report_refused")} == {SYSTEM, CALL}


def test_a_call_hears_of_the_early_end_of_the_system_and_the_system_that_it_was_given_up(office: House) -> None:
    _asks(office, "2")
    assert office.field(CALL, "firms") == "1"
    _signs(office, SYSTEM, "termination", "dora")
    office.later()
    ended = Request(
        "do",
        "june",
        "terminate",
        fields=office.typed("qualification-system", "case", {"ending_ground": "need_changed"}),
        documents=_papers("end_notice", "end_letters"),
        reason="The works are sold",
    )
    decided(act(office.desk, SYSTEM, ended))
    assert office.stage(SYSTEM, "call/1") == "running_on"
    with office.desk.store.reading() as reading:
        assert "system_ended" in reading.load(CALL).case.main.milestones
    _signs(office, CALL, "giving_up", "emil")
    office.later()
    decided(act(office.desk, CALL, Request("do", "ada", "give_up", reason="The system has ended")))
    assert office.stage(CALL) == "given_up"
    assert office.stage(SYSTEM, "call/1") == "dropped"
    assert office.outbox("report_refused") == []
