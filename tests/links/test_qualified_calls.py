"""A qualification system in use and a call among the qualified: two shipped procedures that report to each other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Handed, Request
from inprocap_flow.language.load import load_organisation, load_procedure, load_rulebook, load_tests
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.records import changed
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.service.scenarios import moments_of, request_of
from tests.links.conftest import House, decided, desk_over

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SYSTEM, CALL = "case-system", "case-call"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    """A house in which two firms are qualified in category 1, and one in category 2."""
    desk = desk_over(tmp_path)
    for name in ("qualification-system", "qualified-call"):
        release_procedure(desk, DEFINITIONS / f"{name}.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    office = House(desk, organisation="example-lab")
    tests = load_tests(DEFINITIONS / "qualification-system.test.yaml", (DEFINITIONS,))
    play = Rehearsal(_binding())
    for deed in _story(tests, "qualified"):
        _does(office, play, deed, frozenset(tests.firms))
    yield office
    desk.store.close()


def _story(tests: Tests, name: str) -> Iterator[Deed]:
    for deed in tests.stories[name]:
        if deed.verb == "story":
            yield from _story(tests, str(deed.what))
        else:
            yield deed


def _binding() -> Binding:
    definition = load_procedure(DEFINITIONS / "qualification-system.yaml")
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / "example-lab.yaml", (DEFINITIONS,))
    rulebook = load_rulebook(DEFINITIONS / "rulebooks" / f"{definition.rulebook}.yaml")
    return Binding(compile_definition(definition), organisation, rulebook)


def _does(office: House, play: Rehearsal, deed: Deed, firms: frozenset[str]) -> None:
    """Carry out a deed of the story in the house; the procurement officer records what firms do."""
    when, now = moments_of(deed, play.binding)
    office.desk.clock = FixedClock(now)
    request = request_of(play, deed, play.binding, when)
    play.number += 1
    filed = {name: changed(one, sha256=sha256(name.encode()).hexdigest()) for name, one in request.documents.items()}
    request = changed(request, actor="ben" if deed.by in firms else deed.by, documents=filed)
    if request.kind == "open":
        named = changed(request, extra={"case": SYSTEM, "title": "Pumps and valves"})
        decided(open_case(office.desk, "qualification-system", office.organisation, named))
    else:
        decided(act(office.desk, SYSTEM, request))
    with office.desk.store.reading() as reading:
        play.case = reading.load(SYSTEM).case


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
