"""What a program keeps between requests notices at once what another program did: a release, somebody gone, nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Decision, Refusal
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.model import Organisation, Person
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.people import erase_person, say_absent
from inprocap_flow.store.records import Person as Known
from tests.engine.conftest import ORGANISATION
from tests.robustness.conftest import CASE, Office
from tests.simulator.houses import START, House, purchase

LATER = START + timedelta(hours=1)
WITHOUT_BEN = replace(ORGANISATION, version="2", people=dict(ORGANISATION.people) | {"ben": Person("ben", ("board",))})


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    url = request.getfixturevalue("fresh_postgres_url") if request.param == "postgres" else ""
    return purchase(tmp_path, random.Random(0), url=url)


@pytest.fixture
def here(house: House) -> Iterator[Office]:
    """A program that has just moved a case, so that it keeps all that it can."""
    desk = house.desk()
    office = Office(house, desk, house.binding())
    office.does("2026-01-05 09:00", "ada", "open", "open_case", fields={"need": "Something that cools"})
    office.does("2026-01-05 10:00", "ben", "fill", fields={"value": {"amount": "90000", "currency": "EUR"}})
    office.does("2026-01-05 10:01", "ben", "fill", fields={"value": {"amount": "90001", "currency": "EUR"}})
    yield office
    desk.store.close()


@pytest.fixture
def there(house: House) -> Iterator[Desk]:
    """Another program on the same database."""
    desk = house.desk()
    yield desk
    desk.store.close()


def tries(here: Office) -> Decision | Refusal:
    outcome = here.asks("2026-01-05 12:00", "ben", "fill", fields={"value": {"amount": "9", "currency": "EUR"}})
    assert isinstance(outcome, Decision | Refusal)
    return outcome


def released(desk: Desk, organisation: Organisation) -> str:
    with desk.store.writing() as work:
        return work.release(
            "organisation", organisation.name, organisation.version, to_plain(organisation), by="eve", now=LATER
        )


def codes(outcome: Decision | Refusal) -> list[str]:
    assert isinstance(outcome, Refusal), outcome
    return [blocker.code for blocker in outcome.blockers]


def test_somebody_erased_elsewhere_holds_no_role_at_the_next_request(here: Office, there: Desk) -> None:
    with there.store.writing() as work:
        work.put_people("lab", [Known("ben", "Ben")])
    assert isinstance(tries(here), Decision)
    erase_person(there, "lab", "ben", by="ada")
    assert codes(tries(here)) == ["not-entitled"]


def test_an_organisation_released_elsewhere_counts_at_the_next_request(here: Office, there: Desk) -> None:
    released(there, WITHOUT_BEN)
    assert codes(tries(here)) == ["not-entitled"]


def test_the_next_decision_names_what_was_released_elsewhere(here: Office, there: Desk) -> None:
    made = released(there, replace(ORGANISATION, version="2"))
    outcome = tries(here)
    assert isinstance(outcome, Decision)
    assert outcome.case is not None
    assert outcome.case.decided_with["organisation"] == {"lab": made}


def test_an_absence_said_elsewhere_and_taken_back_is_seen_each_time(here: Office, there: Desk) -> None:
    def away() -> list[tuple[str, str]]:
        with here.desk.store.reading() as view:
            ben = here.desk.binding(view, view.load(CASE).case).organisation.people["ben"]
        return [(one.first, one.last) for one in ben.absent]

    assert away() == []
    with there.store.writing() as work:
        work.put_people("lab", [Known("ben", "Ben")])
    say_absent(there, "lab", "ben", date(2026, 1, 5), date(2026, 1, 9), by="ada")
    assert away() == [("2026-01-05", "2026-01-09")]
    with there.store.writing() as work:
        work.put_people("lab", [Known("ben", "Ben")])
    assert away() == []


def test_what_another_program_left_half_done_does_not_count(here: Office, there: Desk) -> None:
    with suppress(ZeroDivisionError), there.store.writing() as work:
        work.put_people("lab", [Known("ben", "Ben")])
        work.erase_person("lab", "ben", now=START)
        raise ZeroDivisionError
    assert isinstance(tries(here), Decision)


def test_what_was_bound_inside_a_change_that_failed_is_not_kept(here: Office) -> None:
    with suppress(ZeroDivisionError), here.desk.store.writing() as work:
        plain = to_plain(WITHOUT_BEN)
        work.release("organisation", "lab", "2", plain, by="eve", now=LATER)
        inside = here.desk.binding(work, work.load(CASE).case)
        assert inside.organisation.people["ben"].roles == ("board",)
        raise ZeroDivisionError
    assert isinstance(tries(here), Decision)


_ELSEWHERE = """
import sys
from datetime import UTC, datetime
from inprocap_flow.store.opening import open_store
from inprocap_flow.store.port import Person
store = open_store(sys.argv[1])
with store.writing() as work:
    work.put_people("lab", [Person("ben", "Ben")])
    work.erase_person("lab", "ben", now=datetime(2026, 1, 5, tzinfo=UTC))
store.close()
"""


def test_what_a_real_other_process_wrote_counts_at_the_next_request(here: Office) -> None:
    subprocess.run([sys.executable, "-c", _ELSEWHERE, here.house.url], check=True, timeout=60)
    assert codes(tries(here)) == ["not-entitled"]


def test_many_connections_of_one_program_notice_it_as_well(here: Office, there: Desk) -> None:
    store = here.desk.store
    with store.reading() as one, store.reading() as two:  # two connections, each with what it remembers
        for view in (one, two):
            here.desk.binding(view, view.load(CASE).case)
    released(there, WITHOUT_BEN)
    with store.reading() as one, store.reading() as two:
        for view in (one, two):
            assert here.desk.binding(view, view.load(CASE).case).organisation.people["ben"].roles == ("board",)
