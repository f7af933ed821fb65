"""A running pre-commercial procurement and the procurement of innovative solutions that waits for what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Request
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
PCP, PPI = "case-pcp", "case-ppi"  # the second is named so in the scenario
STOPPED = "A contract is terminated for default while the others go on; when nobody is left the procurement is stopped"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    desk = desk_over(tmp_path)
    for name in ("pcp", "ppi"):
        release_procedure(desk, DEFINITIONS / f"{name}.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    yield House(desk, organisation="example-lab")
    desk.store.close()


def _story(tests: Tests, name: str) -> Iterator[Deed]:
    for deed in tests.stories[name]:
        if deed.verb == "story":
            yield from _story(tests, str(deed.what))
        else:
            yield deed


def _stopped(tests: Tests) -> Iterator[Deed]:
    scenario = next(one for one in tests.scenarios if one.fact == STOPPED)
    yield from _story(tests, str(scenario.given))
    for deed in scenario.deeds:
        if deed.what == "close_file":
            return
        if deed.then is None or not deed.then.refused:
            yield deed


def _binding() -> Binding:
    definition = load_procedure(DEFINITIONS / "pcp.yaml")
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / "example-lab.yaml", (DEFINITIONS,))
    rulebook = load_rulebook(DEFINITIONS / "rulebooks" / f"{definition.rulebook}.yaml")
    return Binding(compile_definition(definition), organisation, rulebook)


def _does(office: House, play: Rehearsal, deed: Deed, firms: frozenset[str]) -> None:
    """Carry out a deed of a scenario in the house; the procurement officer records what firms do."""
    when, now = moments_of(deed, play.binding)
    office.desk.clock = FixedClock(now)
    request = request_of(play, deed, play.binding, when)
    play.number += 1
    filed = {name: changed(one, sha256=sha256(name.encode()).hexdigest()) for name, one in request.documents.items()}
    request = changed(request, actor="ben" if deed.by in firms else deed.by, documents=filed)
    if request.kind == "open":
        named = changed(request, extra={"case": PCP, "title": "Helium-free cooling"})
        decided(open_case(office.desk, "pcp", office.organisation, named))
    else:
        decided(act(office.desk, PCP, request))
    with office.desk.store.reading() as reading:
        play.case = reading.load(PCP).case


def _waiting(office: House, now: datetime) -> None:
    office.desk.clock = FixedClock(now)
    fields = office.typed("ppi", "case", {"need": "Cool detectors without liquid helium"})
    request = Request("open", "ada", fields=fields, extra={"case": PPI, "title": "Buying it"})
    decided(open_case(office.desk, "ppi", office.organisation, request))


def test_the_end_of_a_pre_commercial_procurement_is_known_to_the_case_that_waits_for_it(office: House) -> None:
    tests = load_tests(DEFINITIONS / "pcp.test.yaml", (DEFINITIONS,))
    _waiting(office, datetime(2025, 11, 24, 9, tzinfo=UTC))
    play = Rehearsal(_binding())
    told = []
    for deed in _stopped(tests):
        _does(office, play, deed, frozenset(tests.firms))
        told.append(office.field(PPI, "solutions_ready"))
    assert office.stage(PCP) == "closing.stopped_early"
    assert set(told[:-1]) == {None}
    assert told[-1] == "0"
    assert office.field(PPI, "earlier_case") == PCP
    assert office.outbox("report_refused") == []
