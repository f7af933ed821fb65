"""A running pre-commercial procurement and the procurement of innovative solutions that waits for what it brings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.records import Request
from inprocap_flow.language.scenarios import Deed, Tests
from inprocap_flow.service.acting import open_case
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_procedure
from tests.links.conftest import House, decided, desk_over
from tests.links.played import DEFINITIONS, Played, scenarios_of, story

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


def _stopped(tests: Tests) -> Iterator[Deed]:
    scenario = next(one for one in tests.scenarios if one.fact == STOPPED)
    yield from story(tests, str(scenario.given))
    for deed in scenario.deeds:
        if deed.what == "close_file":
            return
        if deed.then is None or not deed.then.refused:
            yield deed


def _waiting(office: House, now: datetime) -> None:
    office.desk.clock = FixedClock(now)
    fields = office.typed("ppi", "case", {"need": "Cool detectors without liquid helium"})
    request = Request("open", "ada", fields=fields, extra={"case": PPI, "title": "Buying it"})
    decided(open_case(office.desk, "ppi", office.organisation, request))


def test_the_end_of_a_pre_commercial_procurement_is_known_to_the_case_that_waits_for_it(office: House) -> None:
    _waiting(office, datetime(2025, 11, 24, 9, tzinfo=UTC))
    played = Played(office, "pcp", PCP, "Helium-free cooling")
    told = []
    for deed in _stopped(scenarios_of("pcp")):
        played.does(deed)
        told.append(office.field(PPI, "solutions_ready"))
    assert office.stage(PCP) == "closing.stopped_early"
    assert set(told[:-1]) == {None}
    assert told[-1] == "0"
    assert office.field(PPI, "earlier_case") == PCP
    assert office.outbox("report_refused") == []
