"""Whatever crashes, nothing is lost and nothing is done twice: the service over a real file, and over PostgreSQL.

The full size runs with `tools/dev.py soak crashes`, which writes a report.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.simulator.houses import HOUSES, purchase
from tests.simulator.run import Simulator

SOAK = bool(os.environ.get("INPROCAP_SOAK"))
MANY = 5_000 if SOAK else 0


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("INPROCAP_SEED", random.SystemRandom().randrange(10**9)))


@pytest.mark.parametrize("procedure", sorted(HOUSES))
def test_a_crash_at_any_statement_loses_nothing_and_doubles_nothing(
    procedure: str, seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = 80 if procedure == "purchase" else 25
    simulator = Simulator(HOUSES[procedure](tmp_path, chance := random.Random(seed)), chance, cases=1)
    try:
        tally = simulator.run(steps)
    finally:
        with capsys.disabled():
            print(f"\n  service simulator, {procedure}: INPROCAP_SEED={seed}, {simulator.tally}")  # noqa: T201
    assert tally.crashes > steps // 16  # a walk may be dull
    assert tally.outcomes["recorded"] > steps // 16


@pytest.mark.timeout(7200 if SOAK else 120)
@pytest.mark.postgres
def test_a_crash_at_any_statement_does_no_harm_on_postgresql(
    seed: int, tmp_path: Path, fresh_postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    simulator = Simulator(purchase(tmp_path, chance, url=fresh_postgres_url), chance)
    try:
        tally = simulator.run(MANY or 40)
    finally:
        with capsys.disabled():
            print(f"\n  service simulator on postgresql: INPROCAP_SEED={seed}, {simulator.tally}")  # noqa: T201
    assert tally.crashes > 0


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    """Else a seed that found something could not be looked at again."""
    tallies = []
    for folder in ("a", "b"):
        chance = random.Random(20261122)
        simulator = Simulator(purchase(tmp_path / folder, chance), chance)
        tallies.append((str(simulator.run(25)), simulator.tally.codes))
    assert tallies[0] == tallies[1]
