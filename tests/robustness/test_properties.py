"""Laws of the service, over whatever people may ask: drawn from a seed that Hypothesis chooses."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inprocap_flow.engine.carrying.settle import pass_time
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import EMPTY, apply, effective, fold
from inprocap_flow.engine.case.records import (
    Case,
    Decision,
    Event,
    GivenSignature,
    Handed,
    Refusal,
    Request,
    key,
    unstamp,
)
from inprocap_flow.errors import FlowError
from inprocap_flow.service.acting import act, open_case
from inprocap_flow.service.desk import Desk
from inprocap_flow.store import snapshot
from tests.simulator.asking import Asker
from tests.simulator.houses import START, House, purchase

EXAMPLES = 2_000 if os.environ.get("INPROCAP_SOAK") else 6
SEEDS = st.integers(0, 10**9)
_NUMBERS = count(1)


@dataclass
class Answered:
    """One request of a case: the case before and after, as they are stored, and what came back."""

    desk: Desk
    binding: Binding
    before: Case
    request: Request
    now: datetime
    outcome: Decision | Refusal | FlowError

    @property
    def case(self) -> Case:
        with self.desk.store.reading() as view:
            return view.load(self.before.id).case

    @property
    def events(self) -> tuple[Event, ...]:
        with self.desk.store.reading() as view:
            return view.events(self.before.id)


class World:
    """One house for all examples; each opens a case of its own in it. (No record: Hypothesis would print all of it.)"""

    def __init__(self, house: House) -> None:
        self.house, self.desk = house, house.desk()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    house = purchase(tmp_path_factory.mktemp("house"), random.Random(0))
    made = World(house)
    yield made
    made.desk.store.close()


def played(world: World, seed: int, steps: int) -> Iterator[Answered]:
    """Play a new case from *seed* and yield every request about it once it is open."""
    house, desk = world.house, world.desk
    chance, binding = random.Random(seed), house.binding()
    asker = Asker(house, chance, binding, list(house.stories[0]))
    case_id, case, now = f"case-{next(_NUMBERS):06}", None, START
    for number in range(steps):
        wish = asker.wish(case, now)
        seeded = {**wish.request.extra, "seed": chance.randbytes(32).hex()}
        handed = {name: Handed(f"{number:064x}", f"{name}.txt", "text/plain", 1) for name in wish.documents}
        request = replace(wish.request, extra=seeded, documents=handed)
        outcome: Any
        try:
            if case is None:
                opening = replace(request, extra={**seeded, "case": case_id})
                outcome = open_case(desk, house.procedure, house.organisation, opening, now=wish.now)
            else:
                outcome = act(desk, case_id, request, now=wish.now)
        except FlowError as wrong:
            outcome = wrong
        if case is not None:
            yield Answered(desk, binding, case, request, wish.now, outcome)
        if isinstance(outcome, Decision | Refusal) and outcome.case is not None:
            case, now = outcome.case, max(now, wish.now)


@settings(max_examples=EXAMPLES)
@given(SEEDS)
def test_replaying_any_history_gives_the_stored_state_byte_for_byte(world: World, seed: int) -> None:
    for answered in played(world, seed, 45):
        assert snapshot.write(fold(answered.events)) == snapshot.write(answered.case)


@settings(max_examples=EXAMPLES)
@given(SEEDS)
def test_what_is_refused_changes_nothing_but_the_expiries_that_stand(world: World, seed: int) -> None:
    for answered in played(world, seed, 45):
        if isinstance(answered.outcome, Decision):
            continue
        stands = answered.before
        if isinstance(answered.outcome, Refusal) and answered.outcome.events:
            assert {event.actor for event in answered.outcome.events} == {"system"}
            happened = answered.request.happened  # time passes up to the moment of the request, not further
            until = answered.now if happened is None else happened.first
            passed = pass_time(answered.binding, stands, answered.request, answered.now, until)
            stands = replace(passed[-1].case, version=stands.version + 1)
        assert snapshot.write(answered.case) == snapshot.write(stands)


@settings(max_examples=EXAMPLES)
@given(SEEDS)
def test_one_request_is_one_version_and_never_half_of_its_events(world: World, seed: int) -> None:
    for answered in played(world, seed, 45):
        outcomes: dict[int, list[int]] = defaultdict(list)
        for event in answered.events:
            outcomes[event.outcome].append(event.seq)
        assert list(outcomes) == list(range(1, answered.case.version + 1))
        if isinstance(answered.outcome, Decision):
            assert outcomes[answered.case.version] == [event.seq for event in answered.outcome.events]


@settings(max_examples=EXAMPLES)
@given(SEEDS)
def test_no_approval_that_two_must_sign_was_ever_given_by_one(world: World, seed: int) -> None:
    last = list(played(world, seed, 60))[-1]
    definition, case = last.binding.definition, EMPTY
    for event in effective(last.events):
        if event.kind == "approval_given":
            kind = case.lines[event.line].kind
            approval = definition.line(kind).approvals[event.data["approval"]]
            state = case.approvals[key(event.line, approval.name)]
            for index, line in enumerate(approval.signatures):
                mine = [s for s in state.signatures if s.index == index and _counts(s, event.happened.last)]
                people = [person for s in mine for person in (s.person, s.on_behalf_of) if person]
                assert len(people) == len(set(people)), f"{people} signed {approval.name} twice"
                assert not line.how_many.isdecimal() or line.when or len(mine) >= int(line.how_many)
        case = apply(case, event)


def _counts(signature: GivenSignature, moment: datetime) -> bool:
    """Return whether a signature counts at *moment*; one that has lapsed may be given again by the same person."""
    lapsed = signature.valid_until is not None and unstamp(signature.valid_until) <= moment
    return signature.status == "standing" and not signature.against and not lapsed
