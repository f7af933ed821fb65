"""What the engine does, an abstract case does too: no real case stands where a complete exploration has not been."""

from __future__ import annotations

import random
import time
from datetime import datetime
from pathlib import Path

import pytest

from inprocap_flow.clock import SystemClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import Case, Decision, Refusal, Request
from inprocap_flow.language.load import load_procedure
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.opening import open_store
from tests.engine.conftest import ORGANISATION
from tests.engine.walking import SEED, Walk
from tests.explore.abstracting import nowhere

ROOT = Path(__file__).parents[2]


def played(name: str, monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    """Return every case as it stood after every deed of the scenarios of *name*."""
    seen: list[Case] = []
    play = Rehearsal.play

    def watched(self: Rehearsal, request: Request, now: datetime) -> Decision | Refusal:
        outcome = play(self, request, now)
        if self.case is not None:
            seen.append(self.case)
        return outcome

    monkeypatch.setattr(Rehearsal, "play", watched)
    assert run_file(ROOT / "definitions" / f"{name}.test.yaml", Desk(open_store("sqlite://"), SystemClock())).passed
    return seen


def test_every_scenario_of_a_review_goes_where_the_exploration_was(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = played("iter-review", monkeypatch)
    assert len(seen) > 30
    assert nowhere(load_procedure(ROOT / "definitions" / "iter-review.yaml"), seen, time.process_time() + 60) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["open", "pcp", "innovation-partnership", "restricted"])
def test_every_scenario_of_what_we_ship_goes_where_the_exploration_was(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = played(name, monkeypatch)
    definition = load_procedure(ROOT / "definitions" / f"{name}.yaml", [ROOT / "definitions"])
    assert nowhere(definition, seen, time.process_time() + 600) == []


class Watched(Walk):
    """A random walk that remembers every case on the way."""

    def ask(self, request: Request) -> Decision | Refusal | None:
        outcome = super().ask(request)
        if self.case is not None:
            self.__dict__.setdefault("seen", []).append(self.case)
        return outcome


def test_random_walks_go_where_the_exploration_was() -> None:
    definition = load_procedure(ROOT / "tests" / "engine" / "purchase.yaml")
    binding = Binding(compile_definition(definition), ORGANISATION)
    seen: list[Case] = []
    for number in range(6):
        walk = Watched(binding, random.Random(SEED + number))
        walk.go(60)
        seen += walk.__dict__["seen"]
    print(f"purchase: seed {SEED}, {len(seen)} cases looked for")  # noqa: T201  # a randomised suite says what it did
    assert nowhere(definition, seen, time.process_time() + 60) == []
