"""What is kept of judging steps is what judging them afresh says; and it is kept for all cases that look the same."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from inprocap_flow.language.explore.endings import scopes_of_steps
from inprocap_flow.language.explore.judging import due, judge, judged_afresh, waited_for
from inprocap_flow.language.explore.noticing import Memory, Seen, Standing
from inprocap_flow.language.explore.scope import Scope
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import Group, Seat, State
from inprocap_flow.language.load import load_procedure

DEFINITIONS = Path(__file__).parents[2] / "definitions"


@pytest.mark.parametrize("name", ["iter-review", "open", "pcp"])
def test_what_is_kept_of_a_step_is_what_judging_it_afresh_says(name: str) -> None:
    definition = load_procedure(DEFINITIONS / f"{name}.yaml", [DEFINITIONS])
    compared = 0
    for parts in scopes_of_steps(definition)[-3:]:
        found = search(definition, Scope(parts), Bound(states=60), time.process_time() + 60)
        for state in found.came:
            for line in definition.lines:
                for step in line.steps.values():
                    for seat in standing_in(found.world, state, step):
                        kept = judge(found.world, state, line.kind, seat, step)
                        assert kept == judged_afresh(found.world, line.kind, step, frozenset(), state, seat), step.name
                        waits = waited_for(found.world, line.kind, step, state, seat)
                        assert due(found.world, state, line.kind, seat, step) == waits, step.name
                        compared += 1
    assert compared > 50


def test_what_was_not_looked_at_makes_no_difference() -> None:
    worked: list[str] = []

    def work(state: Seen, seat: Standing | None) -> str:
        found = f"{state.main.leaf} {'milestone signed' in state.main.facts} {seat.clocks[1] if seat else ''}"
        worked.append(found)
        return found

    memory = Memory(work)
    offered = State(Seat("offered", frozenset({"milestone signed", "field price"})), ((), ()))
    others = State(Seat("offered", frozenset({"milestone signed"})), (((Seat("asked"), 1),), ()))
    track = Seat("asked", frozenset(), ("none", "running"))
    for state in (offered, others):
        assert memory.recall(state, track) == "offered True running"
        assert (
            memory.recall(state, track._replace(leaf="answered", clocks=("over", "running"))) == "offered True running"
        )
    assert memory.recall(others, None) == "offered True "
    assert len(worked) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (State(Seat("signed", frozenset(), ("none",)), ((),)), "signed"),
        (State(Seat("offered", frozenset({"value lots=2"}), ("none",)), ((),)), "2"),
        (State(Seat("offered", frozenset(), ("over",)), ((),)), "over"),
        (State(Seat("offered", frozenset(), ("none",)), (((Seat("asked"), 1),),)), "1"),
    ],
)
def test_whatever_was_looked_at_makes_a_difference(change: State, says: str) -> None:
    def work(state: Seen, _seat: Standing | None) -> str:
        return f"{state.main.leaf} {state.main.value('lots')} {state.main.clocks[0]} {len(state.members(Group(0)))}"

    memory = Memory(partial(work))
    before = memory.recall(State(Seat("offered", frozenset(), ("none",)), ((),)), None)
    after = memory.recall(change, None)
    assert before == "offered None none 0"
    assert says in after.split()
    assert memory.recall(change, None) == after
