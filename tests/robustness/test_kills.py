"""Processes that are really killed, in the middle of anything: what was answered is there, and nothing is there twice.

The crashes of `test_crashes` are errors that unwind the stack; here nothing unwinds. The full size runs with
`tools/dev.py soak suites` (INPROCAP_SOAK).
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.service.acting import act
from inprocap_flow.store.connection import StoreUnavailable
from tests.postgres import NoServer
from tests.simulator.clockhouse import ClockHouse
from tests.simulator.clockwork import World
from tests.simulator.houses import HOUSES, START, purchase
from tests.simulator.killed import Killer
from tests.simulator.killed_schedulers import KilledSchedulers
from tests.simulator.run import Simulator
from tests.simulator.server import kill_server, kills_server, mortal_database, mortal_server

SOAK = bool(os.environ.get("INPROCAP_SOAK"))

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
    pytest.mark.timeout(7200 if SOAK else 120),
]


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("INPROCAP_SEED", random.SystemRandom().randrange(10**9)))


@pytest.fixture
def server(mortal: str) -> Iterator[str]:
    """An empty database on a server that may be killed; it has committed what it says it has."""
    with mortal_database(mortal) as url:
        yield url


@pytest.fixture(scope="module")
def mortal() -> Iterator[str]:
    try:
        with mortal_server() as url:
            yield url
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must test with PostgreSQL: {reason}", pytrace=False)
        pytest.skip(str(reason))


def killed(killer: Killer, rounds: int, capsys: pytest.CaptureFixture[str], what: str, seed: int) -> None:
    """Kill one child, then one at a chosen statement, then two at once that act on the same cases; and again."""
    try:
        for number in range(rounds):
            killer.round(2 if number % 3 == 2 else 1, chosen=number % 3 == 1)
    finally:
        with capsys.disabled():
            print(f"\n  killed, {what}: INPROCAP_SEED={seed}, {killer.deaths}")  # noqa: T201
    assert killer.deaths.heard > 0


@pytest.mark.parametrize("procedure", sorted(HOUSES) if SOAK else ["purchase"])
def test_a_killed_process_loses_nothing_that_was_answered_and_leaves_nothing_half_done(
    procedure: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator = Simulator(HOUSES[procedure](tmp_path, chance := random.Random(seed)), chance, cases=2)
    simulator.begin()
    killed(Killer(simulator), 300 if SOAK else 6, capsys, procedure, seed)


def test_killed_schedulers_end_every_deadline_once_and_say_every_reminder_once(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two at once on one file; what they must have done at each moment is known beforehand."""
    world = World(ClockHouse.in_file(tmp_path, random.Random(seed)), trouble=0.0)
    with world.connected():
        for _ in range(100):
            world.step()
        world.settle()
        schedulers = KilledSchedulers(world, tmp_path)
        try:
            for _ in range(200 if SOAK else 4):
                schedulers.round()
            schedulers.end()
        finally:
            with capsys.disabled():
                print(f"\n  killed schedulers: INPROCAP_SEED={seed}, {schedulers}")  # noqa: T201
    assert schedulers.killed > 1


@pytest.mark.postgres
def test_a_killed_process_does_no_harm_on_postgresql(
    seed: int, tmp_path: Path, fresh_postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house = purchase(tmp_path, chance := random.Random(seed), url=fresh_postgres_url)
    simulator = Simulator(house, chance, cases=2)
    simulator.begin()
    killed(Killer(simulator), 300 if SOAK else 3, capsys, "purchase on postgresql", seed)


@pytest.mark.postgres
def test_a_killed_server_has_everything_that_it_had_answered_when_it_is_back(
    seed: int, tmp_path: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    simulator = Simulator(
        purchase(tmp_path, chance, url=server), chance, cases=2, crash_rate=0.5, fault=kills_server(server)
    )
    try:
        simulator.run(400 if SOAK else 8)
    finally:
        with capsys.disabled():
            print(f"\n  killed servers: INPROCAP_SEED={seed}, {simulator.tally}")  # noqa: T201
    assert simulator.tally.outcomes["recorded"] > 0


@pytest.mark.postgres
def test_a_program_that_runs_on_works_again_when_its_server_is_back(tmp_path: Path, server: str) -> None:
    """Else a scheduler would have to be started again by hand."""
    house = purchase(tmp_path / "other", random.Random(1), url=server)
    simulator = Simulator(house, house.chance, cases=1)
    simulator.begin()
    case_id, desk = simulator.played[0].twin.case_id, house.desk()
    interest = Request("interest", "ada", reason="none", extra={"conflict": False})
    assert isinstance(act(desk, case_id, interest, now=START), Decision)
    kill_server(server)
    with pytest.raises(StoreUnavailable):
        act(desk, case_id, interest, now=START)
    assert isinstance(act(desk, case_id, interest, now=START), Decision)
    desk.store.close()
