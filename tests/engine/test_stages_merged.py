"""Two stages of the old version become one: what is remembered of leaving them does not hang on how it is stored."""

from __future__ import annotations

from inprocap_flow.engine.case.history import apply, fold
from inprocap_flow.engine.case.records import Event
from inprocap_flow.records import changed
from inprocap_flow.store import snapshot
from tests.engine.conftest import Play


def merged(play: Play) -> Event:
    """Return a migration after which the stage that was left first is called like the one that was left last."""
    last: Event = play.events[-1]
    data = {
        "from": "2026.1",
        "to": "2027.1",
        "definition": play.case.definition_hash,
        "lines": {"case": {"left": {"preparation.ready": "bidding.running"}}},
    }
    return changed(last, kind="migrated", line="case", seq=last.seq + 1, data=data)


def test_two_stages_that_become_one_are_remembered_alike_by_replay_and_by_the_stored_state(ranked: Play) -> None:
    event = merged(ranked)
    kept = snapshot.read(snapshot.write(ranked.case))
    assert list(kept.main.left) != list(ranked.case.main.left)  # stored by name, recorded by time
    assert snapshot.write(apply(kept, event)) == snapshot.write(fold([*ranked.events, event]))


def test_of_two_stages_that_become_one_the_step_by_which_it_was_left_last_is_remembered(ranked: Play) -> None:
    before = ranked.case.main
    after = fold([*ranked.events, merged(ranked)]).main
    assert before.left_as["preparation.ready"] < before.left_as["bidding.running"]
    for case in (snapshot.read(snapshot.write(ranked.case)), ranked.case):
        assert apply(case, merged(ranked)).main.left["bidding.running"] == before.left["bidding.running"]
    assert "preparation.ready" not in after.left
    assert after.left_as["bidding.running"] == before.left_as["bidding.running"]
