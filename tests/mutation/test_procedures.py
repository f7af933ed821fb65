"""A small helping of the procedures that `soak procedures` draws, checks and walks."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from tests.mutation.procedures import procedure
from tests.mutation.walking import Drawn, drawn

SEED = int(os.environ.get("INPROCAP_SEED", "0")) or random.SystemRandom().randrange(10**9)
SECONDS = 5.0  # of computing


def test_what_was_proven_of_a_drawn_procedure_never_comes_up_and_what_was_found_replays(tmp_path: Path) -> None:
    told: list[Drawn] = []
    until = time.process_time() + SECONDS
    while time.process_time() < until:
        told.append(drawn(f"{SEED} {len(told)}", tmp_path))
    print(  # noqa: T201  # a randomised suite says what it did
        f"procedures: seed {SEED}, {len(told)} drawn, {sum(bool(one.refused) for one in told)} refused by checks, "
        f"{sum(one.walks for one in told)} walks, {sum(one.decided for one in told)} decided, "
        f"{sum(one.replayed for one in told)} of {sum(one.findings for one in told)} findings replayed"
    )
    assert [(one.seed, one.unsound) for one in told if one.unsound] == []
    assert [(one.seed, one.gaps) for one in told if one.gaps] == []


def test_a_counterexample_takes_the_branch_of_its_path_and_lets_automatic_steps_come(tmp_path: Path) -> None:
    for seed in ("2", "12"):  # a branch on a choice; a step that comes by itself once somebody has filled a fact
        told = drawn(seed, tmp_path)
        assert told.findings == told.replayed > 0
        assert told.wrong == []


def test_steps_of_the_system_and_automatic_ones_are_shown_by_what_comes_and_what_does_not(tmp_path: Path) -> None:
    for seed in ("20261123 2", "20261123 13", "20261123 90"):  # moved by another; by itself; a stage nothing stays in
        told = drawn(seed, tmp_path)
        assert told.findings == told.replayed > 0
        assert told.gaps == []


def test_an_automatic_step_that_follows_the_end_of_a_deadline_is_played(tmp_path: Path) -> None:
    told = drawn("20261124 5", tmp_path)
    assert told.findings == told.replayed > 0
    assert told.doubts == []


def test_what_clocks_that_are_too_short_let_never_happen_is_no_finding_and_every_finding_replays(
    tmp_path: Path,
) -> None:
    # Too short; late; undone; undone with the answer of before; too short for two; another step late; always taken on.
    for seed in (
        "20261123 51",
        "20261123 164",
        "20261123 210",
        "20261128 62",
        "20261128 73",
        "20261127 388",
        "20261127 375",
    ):
        told = drawn(seed, tmp_path)
        assert told.findings == told.replayed
        assert told.doubts == []
        assert told.unsound == []


def test_where_chance_comes_to_no_end_everything_is_tried(tmp_path: Path) -> None:
    told = drawn("20261123 45", tmp_path)  # a fact was answered so that a condition fails; somebody answers it anew
    assert told.looked > 0
    assert told.ended == told.walks
    assert told.unsound == []


def test_a_case_whose_people_have_declared_a_conflict_of_interest_goes_on_with_others(tmp_path: Path) -> None:
    told = drawn("193693439 11", tmp_path)  # one authority asked for the signature, the other declared a conflict
    assert told.looked == 1
    assert told.wrong == []


def test_a_fact_is_answered_anew_by_somebody_who_has_no_conflict(tmp_path: Path) -> None:
    told = drawn("20261202 548", tmp_path)  # the officer who is asked first has declared one
    assert told.wrong == []


def test_the_same_seed_draws_the_same_procedure() -> None:
    assert procedure("7") == procedure("7") != procedure("8")
