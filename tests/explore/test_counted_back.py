"""Deadlines that are counted back start, stop and run again with what they are counted from: explorations know it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Request
from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.service.holding import held, scene_of
from tests.explore.test_in_order import ENDING, OPEN, days, do, left_open, new, nowhere, played, refused
from tests.explore.test_meddling import HEAD, TRACK, loaded

MOVED = HEAD.replace("period: 5 days}", "period: 5 days, acts: {extend: {by: officer}, correct: {by: officer}}}")
D = "d: {kind: due, title: D, backwards_from: c, period: 2 days}\n"
ON = "  on: {from: s1, to: s2, by: officer, already_there: {after: d}}\n"
END = "  end: {from: [s1, s2, s3], to: done, by: officer, ends: everything}\n"
TRACKS = TRACK.replace("    steps:\n", f"    deadlines:\n      {D}    steps:\n")


def until(act: str, day: str, clock: str = "c", line: str = "case") -> Request:
    return Request(act, "ada", clock, line=line, reason="It has to be", extra={"until": day})


@pytest.mark.parametrize("act", ["extend", "correct"])
def test_what_has_ended_runs_again_once_it_is_counted_from_a_later_day(tmp_path: Path, act: str) -> None:
    of = loaded(tmp_path, f"{MOVED}  {D}steps:\n{ENDING}{ON}{END}")
    cases = played(of, OPEN, do("go"), days(4), do("on"), until(act, "2026-01-30"))
    assert [one.deadlines["case d"].status for one in cases[1:]] == ["running", "missed", "missed", "running"]
    assert nowhere(of, cases) == []


@pytest.mark.parametrize("act", ["extend", "correct"])
def test_what_has_ended_on_a_track_runs_again_with_it(tmp_path: Path, act: str) -> None:
    on = "      on: {from: t0, to: t1, by: officer, already_there: {after: d}}\n"
    of = loaded(tmp_path, f"{MOVED}steps:\n{ENDING}{END}{TRACKS}{on}")
    cases = played(of, OPEN, new("t/1"), new("t/2"), do("go"), days(4), do("on", "t/1"), until(act, "2026-01-30"))
    assert cases[-1].deadlines["t/1 d"].status == "running"
    assert nowhere(of, cases) == []


def test_what_somebody_has_met_does_not_run_again_when_a_step_gives_more_time(tmp_path: Path) -> None:
    more = "  more: {from: s1, to: s2, by: officer, handed_in: {fields: until}, extends: {deadline: c, until: until}}\n"
    head = HEAD.replace("deadlines:\n", "fields: {until: {type: date, title: Until}}\ndeadlines:\n")
    leave = "      on: {from: t0, to: t1, by: officer, meets: d, while: s1}\n"
    of = loaded(tmp_path, f"{head}steps:\n{ENDING}{more}{END}{TRACKS}{leave}")
    later = Request("do", "ada", "more", fields={"until": "2026-01-30"}, reason="It has to be")
    cases = played(of, OPEN, new("t/1"), do("go"), do("on", "t/1"), later)
    assert cases[-1].deadlines["t/1 d"].status == "met"
    assert nowhere(of, cases) == []


def test_a_clock_of_a_track_that_runs_longer_lets_what_is_counted_from_it_run_again(tmp_path: Path) -> None:
    clock = MOVED[MOVED.index("  c: ") :].replace("  c:", "      c:").rstrip()
    of = loaded(
        tmp_path,
        f"{HEAD[: HEAD.index('deadlines:')]}steps:\n  go: {{from: s0, to: s1, by: officer}}\n{END}"
        + TRACK.replace("    steps:\n", f"    deadlines:\n{clock}\n      {D}    steps:\n")
        + "      start: {from: t0, to: same, by: officer, starts: c}\n"
        + "      on: {from: t0, to: t1, by: officer, already_there: {after: d}}\n",
    )
    later = until("extend", "2026-01-30", line="t/1")
    cases = played(of, OPEN, new("t/1"), do("start", "t/1"), days(4), do("on", "t/1"), later)
    assert cases[-1].deadlines["t/1 d"].status == "running"
    assert nowhere(of, cases) == []


FIELD = HEAD.replace(
    "deadlines:\n  c: {kind: due, title: C, period: 5 days}\n",
    "fields: {visit: {type: date, title: Visit, by: officer}}\n"
    "deadlines:\n  c: {kind: due, title: C, backwards_from: visit, period: 2 days}\n",
)


def test_what_is_counted_back_from_a_field_starts_in_the_decision_that_gives_it(tmp_path: Path) -> None:
    end = "  end: {from: s0, to: done, by: officer, handed_in: {fields: visit}, ends: everything}\n"
    of = loaded(tmp_path, f"{FIELD}steps:\n{end}")
    given = Request("do", "ada", "end", fields={"visit": "2026-01-30"})
    assert "left-open: The case would end with deadlines open: c." in refused(of, OPEN, then=given)
    assert ("c", PROVEN) not in left_open(of)


def test_what_is_counted_back_from_a_field_runs_before_anything_comes_by_itself(tmp_path: Path) -> None:
    go = "  go: {from: s0, to: s1, by: officer, handed_in: {fields: visit}, stops: c}\n"
    waits = "  waits: {from: s1, to: s2, as_soon_as: not running('c')}\n"
    of = loaded(tmp_path, f"{FIELD}steps:\n{go}{waits}{END}")
    fill = Request("fill", "ada", fields={"visit": "2026-01-20"})
    cases = played(of, OPEN, fill, Request("do", "ada", "go", fields={"visit": "2026-01-30"}))
    assert cases[-1].main.state == "s1"
    assert nowhere(of, cases) == []


def test_what_is_counted_back_from_a_field_stops_when_that_is_cleared(tmp_path: Path) -> None:
    of = loaded(tmp_path, f"{FIELD}steps:\n  go: {{from: s0, to: s1, by: officer}}\n{END}")
    visit = Request("fill", "ada", fields={"visit": "2026-01-30"})
    cases = played(of, OPEN, visit, Request("fill", "ada", fields={"visit": None}))
    assert cases[-1].deadlines["case c"].status == "stopped"
    assert nowhere(of, cases) == []


def test_a_track_begins_with_what_is_counted_back_from_what_it_is_given(tmp_path: Path) -> None:
    track = TRACK.replace("to: t0}", "to: t0, handed_in: {fields: visit}}").replace(
        "    steps:\n",
        "    fields: {visit: {type: date, title: Visit}}\n"
        "    deadlines:\n      d: {kind: due, title: D, backwards_from: visit, period: 2 days}\n    steps:\n",
    )
    at_once = "      waits: {from: t0, to: t1, as_soon_as: not running('d')}\n"
    of = loaded(tmp_path, f"{HEAD}steps:\n{ENDING}{END}{track}{at_once}")
    cases = played(of, OPEN, Request("do", "ada", new="t/1", fields={"visit": "2026-01-30"}))
    assert cases[-1].lines["t/1"].state == "t0"
    assert nowhere(of, cases) == []


@pytest.mark.parametrize("act", ["extend", "correct"])
def test_a_fault_that_shows_only_once_a_deadline_was_moved_is_found_and_plays(tmp_path: Path, act: str) -> None:
    clock = HEAD.replace("period: 5 days}", f"period: 5 days, acts: {{{act}: {{by: officer}}}}}}")
    back = ON.replace("s2, by", "s2, milestone: over, by")
    runs = "already_there: {that: [{holds: \"reached('over') and running('d')\", if_not: No.}]}"
    steps = f"  again: {{from: s2, to: s3, by: officer, {runs}}}\n  close: {{from: s3, to: done, by: officer}}\n"
    of = loaded(tmp_path, f"{clock}  {D}steps:\n{ENDING}{back}{steps}{END}")
    (verdict,) = held(of, judged(of, checks=[ends_left_open]), scene_of())
    found = {one.about: one.answer.path for one in verdict.asked if one.answer.verdict == FOUND}
    assert {*found} == {"c", "d"}
    assert act in {deed.verb for path in found.values() if path for deed in path.deeds}
