"""One case from need to signed contract, and what is refused on the way."""

from __future__ import annotations

from tests.engine.conftest import Play


def test_a_case_runs_from_the_need_to_the_end(standing_still: Play) -> None:
    play = standing_still
    assert play.stage == "award.standstill"
    play.does("2026-03-16 09:00", "june", "do", "sign", docs=("contract",))
    assert play.stage == "running"
    play.does("2026-03-20 09:00", "ben", "do", "send_notice")
    play.does("2026-06-01 09:00", "ada", "do", "finish")
    assert play.stage == "done"
