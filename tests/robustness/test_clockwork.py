"""Time in motion: clocks that people move, jumps of months, two schedulers that crash in the middle of each other.

The full size runs with `tools/dev.py soak clockwork`, which writes a report.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import ApprovalState, Case, GivenSignature, LineState
from inprocap_flow.engine.reminding.ladder import Ladder
from inprocap_flow.engine.reminding.ladders import ladders
from inprocap_flow.engine.reminding.notes import Note
from inprocap_flow.engine.reminding.rungs import Rung
from inprocap_flow.service.timekeeping.reminding import message
from tests.simulator.clockhouse import NAME, ClockHouse, content_hash
from tests.simulator.clockwork import simulate, simulate_house

STEPS = 1_200


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("INPROCAP_SEED", random.SystemRandom().randrange(10**9)))


def test_whatever_crashes_every_deadline_ends_once_and_every_reminder_is_said_once(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = simulate(seed, STEPS, tmp_path, world_steps=600)
    with capsys.disabled():
        print(f"\n  clockwork: INPROCAP_SEED={seed}, {score}")  # noqa: T201
    assert score.expiries > STEPS // 300  # a run may be dull
    assert score.reminders > STEPS // 30
    assert score.all_crashes > STEPS // 200


@pytest.mark.postgres
def test_time_moves_on_postgresql_as_it_does_on_sqlite(
    seed: int, tmp_path: Path, fresh_postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    score = simulate_house(ClockHouse(tmp_path, fresh_postgres_url, random.Random(seed)), 250, trouble=0.05, seed=seed)
    with capsys.disabled():
        print(f"\n  clockwork on postgresql: INPROCAP_SEED={seed}, {score}")  # noqa: T201
    assert score.reminders > 0


def test_the_same_seed_moves_the_same_clocks(tmp_path: Path) -> None:
    """Else a seed that found something could not be looked at again."""
    assert str(simulate(7, 120, tmp_path)) == str(simulate(7, 120, tmp_path))


def test_who_signs_again_after_a_lapse_is_reminded_of_the_last_signature_only(tmp_path: Path) -> None:
    """Found by the simulator: two ladders had one name, and the first one, long over, answered for both."""
    state = _signed(("2026-01-05T08:00:00Z", "2026-02-04T23:00:00Z"), ("2026-03-02T08:00:00Z", "2026-04-01T22:00:00Z"))
    found = [ladder for ladder in ladders(_binding(tmp_path), _case(state)) if ladder.kind == "validity"]
    assert [ladder.end for ladder in found] == [datetime(2026, 4, 1, 22, tzinfo=UTC)]


def test_nobody_is_reminded_that_a_signature_lapses_where_the_case_has_ended(tmp_path: Path) -> None:
    """Found by the simulator."""
    case = _case(_signed(("2026-03-02T08:00:00Z", "2026-04-01T22:00:00Z")))
    over = replace(case, lines={"case": replace(case.main, state="stopped", ended=True)})
    binding = _binding(tmp_path)
    assert [ladder.kind for ladder in ladders(binding, case)] == ["validity"]
    assert list(ladders(binding, over)) == []


def test_what_was_said_is_not_said_again_at_another_hour_when_the_organisation_moves_it() -> None:
    """Found by the simulator: rows that were made anew for another hour gave old reminders a new id."""
    eight = Rung(datetime(2026, 3, 2, 7, tzinfo=UTC), "after", "P1D", 1, "2026-03-01T23:00:00Z")
    ladder = Ladder("deadline case brief", "deadline", "case", "brief", (eight,))
    moments = (eight, replace(eight, at=datetime(2026, 3, 2, 6, 30, tzinfo=UTC)))
    now = datetime(2026, 5, 4, tzinfo=UTC)
    messages = [message(_case(_signed()), ladder, Note("role:officer", rung), now) for rung in moments]
    assert messages[0].id == messages[1].id


def _signed(*moments: tuple[str, str]) -> ApprovalState:
    given = (GivenSignature(0, "legal", "dora", at, valid_until=until) for at, until in moments)
    return ApprovalState("case", "launch", signatures=tuple(given))


def _case(state: ApprovalState) -> Case:
    line = LineState("case", "", "draft", 0)
    return Case("case-1", NAME, "timed", "2026.1", "", lines={"case": line}, approvals={"case launch": state})


def _binding(folder: Path) -> Binding:
    house = ClockHouse.in_memory(folder, random.Random(1))
    house.build()
    desk = house.desk()
    with desk.store.reading() as view:
        found = desk.bind(view, content_hash(), NAME)
    desk.store.close()
    house.close()
    return found
