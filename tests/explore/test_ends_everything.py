"""What ends with everything else and what goes on: explorations stand where cases stand after such a step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Request
from tests.explore.test_in_order import OPEN, days, do, new, nowhere, played
from tests.explore.test_meddling import HEAD, TRACK, loaded

BUT = "  on: {from: s0, to: s1, by: officer, ends: {everything_but: SPARED}}\n"
START = "  go: {from: s0, to: same, by: officer, starts: c}\n"
END = "  end: {from: s1, to: done, by: officer, ends: everything}\n"
LEAVES = "      leave: {from: t0, to: t1, by: officer}\n"


def test_a_track_that_is_spared_goes_on(tmp_path: Path) -> None:
    steps = f"steps:\n{START}{BUT.replace('SPARED', 't')}{END}"
    of = loaded(tmp_path, f"{HEAD}{steps}{TRACK}{LEAVES.replace('by: officer', 'by: officer, while: s0')}")
    cases = played(of, OPEN, new("t/1"), do("leave", "t/1"), do("go"), do("on"))
    assert (cases[-1].lines["t/1"].state, cases[-1].deadlines["case c"].status) == ("t1", "stopped")
    assert nowhere(of, cases) == []


@pytest.mark.parametrize(
    ("head", "spared"), [(HEAD, "c"), (HEAD.replace("period: 5 days}", "period: 5 days, outlives_case: yes}"), "d")]
)
def test_a_deadline_that_is_spared_or_outlives_the_case_runs_on(tmp_path: Path, head: str, spared: str) -> None:
    other = "  d: {kind: due, title: D, period: 9 days}\n"
    start = START.replace("starts: c", "starts: [c, d]")
    of = loaded(tmp_path, f"{head}{other}steps:\n{start}{BUT.replace('SPARED', spared)}{END}{TRACK}{LEAVES}")
    cases = played(of, OPEN, do("go"), do("on"))
    assert cases[-1].deadlines["case c"].status == "running"
    assert nowhere(of, cases) == []


def test_what_a_step_starts_as_it_ends_everything_runs(tmp_path: Path) -> None:
    """First everything ends, then the clock starts (language, 6.4)."""
    of = loaded(tmp_path, f"{HEAD}steps:\n  on: {{from: s0, to: s1, by: officer, ends: everything, starts: c}}\n{END}")
    cases = played(of, OPEN, do("on"))
    assert cases[-1].deadlines["case c"].status == "running"
    assert nowhere(of, cases) == []


ACTS = "acts: {satisfy: {by: officer}, stop: {by: officer}, restart: {by: officer}, suspend: {by: officer}}}"


def act(verb: str, clock: str = "c") -> Request:
    return Request(verb, "ada", clock, reason="It has to be")


@pytest.mark.parametrize(
    ("deeds", "then"),
    [
        ((days(9), act("satisfy")), "met"),
        ((act("stop"), act("restart")), "running"),
        ((act("satisfy"), act("restart")), "running"),
        ((days(9), act("restart")), "running"),
    ],
)
def test_what_people_do_to_a_deadline_is_explored(
    tmp_path: Path, deeds: tuple[Request | timedelta, ...], then: str
) -> None:
    """Between the two a step is taken that cannot come again, so that the last state is reached in no other way."""
    first = "missed('c')" if isinstance(deeds[0], timedelta) else "not running('c') and not missed('c')"
    gone = f"  on: {{from: s0, to: s1, by: officer, already_there: {{that: [{{holds: {first}, if_not: No.}}]}}}}\n"
    asked = [f"{one.kind}: {{by: officer}}" for one in deeds if isinstance(one, Request)]
    head = HEAD.replace("period: 5 days}", f"period: 5 days, acts: {{{', '.join(asked)}}}}}")
    of = loaded(tmp_path, f"{head}steps:\n{START}{gone}{END}")
    cases = played(of, OPEN, do("go"), deeds[0], do("on"), deeds[1])
    assert cases[-1].deadlines["case c"].status == then
    assert nowhere(of, cases) == []


def test_what_is_counted_back_stands_still_with_it(tmp_path: Path) -> None:
    head = HEAD.replace("period: 5 days}", f"period: 5 days, {ACTS}")
    d = "d: {kind: due, title: D, backwards_from: c, period: 2 days}"
    track = TRACK.replace("    steps:\n", f"    deadlines:\n      {d}\n    steps:\n")
    of = loaded(tmp_path, f"{head}steps:\n{START}{END}{track}{LEAVES}")
    cases = played(of, OPEN, new("t/1"), do("go"), act("suspend"))
    assert cases[-1].deadlines["t/1 d"].status == "suspended"
    assert nowhere(of, cases) == []
