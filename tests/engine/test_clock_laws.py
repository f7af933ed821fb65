"""Laws of acts on deadlines, over random acts: what the history says is the state, and nothing else moves a clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision, Request, When, stamp, unstamp
from inprocap_flow.engine.decide import decide
from inprocap_flow.engine.timing.clocks import Clock
from inprocap_flow.engine.timing.reclocking import recounted
from inprocap_flow.language.canonical import canonical_json, to_plain
from inprocap_flow.language.model import CLOCK_ACTS
from tests.engine.conftest import Build, Play, moment

EVERY = ", ".join(f"{act}: {{by: officer, tells: unit}}" for act in CLOCK_ACTS if act != "satisfy")
CLOCKS = f"""
fields: {{ready: {{type: yes_no, by: officer, title: Ready}}, last: {{type: date, by: officer, title: Last}}}}
stages: {{first: {{owner: officer}}, end: {{final: completed}}}}
steps:
  begin: {{from: first, to: same, by: officer, starts: [typed, days, working, hours, weeks]}}
  through: {{from: first, to: same, by: officer, already_there: {{within: [typed]}}}}
  after: {{from: first, to: same, by: officer, already_there: {{after: [days]}}}}
deadlines:
  typed: {{title: T, kind: open_until, ends_at: last, at_least: 5 days, closes_at: "16:00", acts: {{{EVERY}}}}}
  days: {{title: D, kind: not_before, period: 10 days, counting: eu-1182-71, acts: {{{EVERY}}}}}
  working: {{title: W, kind: due, period: 7 working days, met_when: ready, acts: {{{EVERY}, satisfy: {{by: officer}}}}}}
  hours: {{title: H, kind: due, period: 72 hours, met_when: ready, acts: {{{EVERY}, satisfy: {{by: officer}}}}}}
  weeks: {{title: K, kind: open_until, period: 3 weeks, counting: eu-1182-71, acts: {{{EVERY}}}}}
  back: {{title: B, kind: due, backwards_from: typed, period: 3 days, met_when: ready, acts: {{stop: {{by: officer}}}}}}
  deeper: {{title: BB, kind: due, backwards_from: back, period: 1 day, met_when: ready}}
"""
NAMES = ("typed", "days", "working", "hours", "weeks")
START = moment("2026-03-17 09:00")  # a change of clocks, Easter and a month's end lie ahead
ENDED = {"over": "over", "met": "met", "missed": "missed", "stopped": "stopped", "suspended": "suspended"}
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

act = st.tuples(
    st.sampled_from(CLOCK_ACTS),
    st.sampled_from(NAMES),
    st.integers(min_value=0, max_value=60),  # hours that pass before
    st.integers(min_value=1, max_value=40),  # days until the new end
    st.booleans(),  # by law
)


def started(tiny: Build) -> Play:
    play = tiny(CLOCKS)
    play.does("2026-03-17 08:00", "ben", "fill", last="2026-04-07")
    play.does("2026-03-17 09:00", "ben", "do", "begin")
    return play


def asked(kind: str, name: str, now: datetime, days: int, by_law: bool) -> Request:
    extra: dict[str, Any] = {}
    if kind == "extend" and by_law:
        extra["by_law"] = "PT24H" if name == "hours" else "P3WD" if name == "working" else "P3D"
    elif kind in ("extend", "correct") or (kind == "restart" and name == "typed"):
        extra["until"] = (now + timedelta(days=days)).date().isoformat()
    return Request(kind, "ben", name, reason="because", extra=extra)


def walk(play: Play, acts: list[tuple[str, str, int, int, bool]]) -> datetime:
    now = START
    for kind, name, hours, days, by_law in acts:
        now += timedelta(hours=hours)
        play.outcomes.append(play.rehearsal.play(asked(kind, name, now, days, by_law), now))
    return now


@QUICK
@given(acts=st.lists(act, min_size=1, max_size=14))
def test_the_state_of_every_clock_is_what_its_history_says(tiny: Build, acts: list[Any]) -> None:
    play = started(tiny)
    now = walk(play, acts)
    play.check()  # replay gives the same, byte for byte
    facts = CaseFacts(play.rehearsal.binding, play.case, "case", When.exactly(now))
    for state in play.case.deadlines.values():
        last = state.history[-1]
        assert state.status == ENDED.get(last["what"], "running")
        ends = [entry["end"] for entry in state.history if entry.get("end")]
        assert state.end == ends[-1]
        assert (state.suspended is not None) == (state.status == "suspended")
        for before, after in zip(state.history, state.history[1:], strict=False):
            assert unstamp(before["at"]) <= unstamp(after["at"])
            if after["what"] not in ("started", "restarted") and after.get("was"):
                assert after["was"] in ends
        declared = play.rehearsal.binding.definition.main.deadlines[state.name]
        if state.is_open and not declared.backwards_from and declared.ends_at is None:
            # Reckoned again from its start, with all that was done since, it ends where it does.
            again = recounted(facts, declared, state)
            assert isinstance(again, Clock)
            assert stamp(again.end) == state.end


@QUICK
@given(acts=st.lists(act, min_size=1, max_size=14))
def test_an_end_moves_in_the_direction_that_was_asked_for_and_only_while_the_clock_runs(
    tiny: Build, acts: list[Any]
) -> None:
    play = started(tiny)
    now = START
    for kind, name, hours, days, by_law in acts:
        now += timedelta(hours=hours)
        outcome = play.rehearsal.play(asked(kind, name, now, days, by_law), now)
        if not isinstance(outcome, Decision):
            continue
        after = play.deadline(name)
        entry = after.history[-1]
        assert (entry["by"], entry["ground"]) == ("ben", "because")
        if kind == "extend":
            assert unstamp(entry["end"]) > unstamp(entry["was"]) > now
        if kind == "resume":
            assert unstamp(entry["end"]) >= unstamp(entry["was"])
        if kind in ("extend", "correct", "resume", "restart"):
            assert after.status == "running"
            assert unstamp(after.end) > now
        assert [message.to for message in outcome.messages if message.kind == "told"][-1:] == (
            [] if kind == "satisfy" else [("role:unit",)]
        )


@QUICK
@given(acts=st.lists(act, max_size=8), hours=st.integers(min_value=0, max_value=2000))
def test_open_clocks_are_those_that_the_state_implies_and_followers_stand_with_their_anchor(
    tiny: Build, acts: list[Any], hours: int
) -> None:
    play = started(tiny)
    now = walk(play, acts) + timedelta(hours=hours)
    play.does(f"{now:%Y-%m-%d %H:%M}", "ben", "fill", ready="no")
    for state in play.case.deadlines.values():
        if state.status == "running":
            assert unstamp(state.end) > now  # what has ended is recorded as ended
        if state.status == "suspended":
            assert not [one for one in state.history if one["what"] in ("over", "missed") and one is state.history[-1]]
    typed, back, deeper = (play.deadline(name) for name in ("typed", "back", "deeper"))
    if typed.status == "suspended":
        assert {back.status, deeper.status} <= {"suspended", "missed", "stopped"}
    if typed.status == "stopped":
        assert not back.is_open
        assert not deeper.is_open
    if typed.status == "running" and back.status == "running":
        assert unstamp(back.end) < unstamp(typed.end)


@QUICK
@given(
    name=st.sampled_from(NAMES),
    hours=st.integers(min_value=1, max_value=70),
    minutes=st.integers(min_value=0, max_value=59),
)
def test_suspended_and_resumed_with_nothing_in_between_changes_no_end(
    tiny: Build, name: str, hours: int, minutes: int
) -> None:
    play = started(tiny)
    now = START + timedelta(hours=hours, minutes=minutes)
    before = play.deadline(name)
    for kind in ("suspend", "resume"):
        assert isinstance(play.rehearsal.play(Request(kind, "ben", name, reason="x"), now), Decision)
    after = play.deadline(name)
    assert (after.end, after.last_day, after.status) == (before.end, before.last_day, "running")
    assert play.deadline("back").status == "running"


@QUICK
@given(acts=st.lists(act, min_size=1, max_size=8), which=st.integers(min_value=0, max_value=7))
def test_an_annulled_act_leaves_the_case_as_if_it_had_not_been(tiny: Build, acts: list[Any], which: int) -> None:
    play = started(tiny)
    now = walk(play, acts)
    done = sorted({e.decision for e in play.events if e.request and e.request["kind"] in CLOCK_ACTS})
    if not done:
        return
    number = done[which % len(done)]
    outcome = play.rehearsal.play(Request("annul", "ben", str(number), reason="x"), now)
    if not isinstance(outcome, Decision):
        assert outcome.codes == ("dependents",)
        return
    kept = [event for event in play.events if event.decision != number and event.kind != "annulled"]
    without = fold(kept)
    assert canonical_json(to_plain(without.deadlines)) == canonical_json(to_plain(play.case.deadlines))


@QUICK
@given(acts=st.lists(act, min_size=1, max_size=8))
def test_deciding_the_same_acts_again_gives_the_same_events(tiny: Build, acts: list[Any]) -> None:
    first, second = started(tiny), started(tiny)
    walk(first, acts)
    walk(second, acts)
    assert [event.to_plain() for event in first.events] == [event.to_plain() for event in second.events]


def test_a_preview_is_the_decision_itself(tiny: Build) -> None:
    play = started(tiny)
    request = asked("extend", "typed", START, 30, False)
    now = START + timedelta(hours=1)
    preview = decide(play.rehearsal.binding, play.case, request, now)
    assert isinstance(preview, Decision)
    recorded = play.rehearsal.play(request, now)
    assert isinstance(recorded, Decision)
    assert [(e.kind, e.data) for e in recorded.events] == [(e.kind, e.data) for e in preview.events]
