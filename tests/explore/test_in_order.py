"""What the engine does in its order of evaluation, an exploration does too: what a played case comes to is seen there.

Each procedure was once explored so that a case which can be played stood nowhere (language, 6.4 to 6.6).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case, Refusal, Request
from inprocap_flow.engine.turn import TIME
from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.explore.asking import PROVEN
from inprocap_flow.language.explore.endings import NeverDone, scopes_of_steps
from inprocap_flow.language.explore.lengths import measured
from inprocap_flow.language.explore.ordering import happens_at_once, without
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.explore.state import State
from inprocap_flow.language.model import Definition
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import moment
from tests.explore.abstracting import abstract, followed
from tests.explore.test_meddling import HEAD, HOUSE, OTHER, TRACK, loaded

END = "  end: {from: [s1, s2, s3], to: done, by: officer, ends: everything}\n"
OPEN = Request("open", "ada")


def do(step: str, line: str = "case") -> Request:
    return Request("do", "ada", step, line=line)


def new(track: str) -> Request:
    return Request("do", "ada", new=track)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def played(of: Definition, *deeds: Request | timedelta) -> list[Case]:
    """Return a case as it stood after each of *deeds*, none of which is refused; between some of them time passes."""
    rehearsal, now = Rehearsal(Binding(compile_definition(of), HOUSE)), moment("2026-01-05 09:00")
    seen: list[Case] = []
    for deed in deeds:
        now += deed if isinstance(deed, timedelta) else timedelta()
        request = Request(TIME, SYSTEM_ACTOR) if isinstance(deed, timedelta) else deed
        outcome = rehearsal.play(request, now)
        assert not isinstance(outcome, Refusal), [one.reason for one in outcome.blockers]
        assert rehearsal.case is not None
        seen.append(rehearsal.case)
    return seen


def refused(of: Definition, *deeds: Request, then: Request) -> list[str]:
    """Return with which codes and reasons a deed is refused after *deeds*, none of which is."""
    rehearsal, now = Rehearsal(Binding(compile_definition(of), HOUSE)), moment("2026-01-05 09:00")
    assert not [one for deed in deeds if isinstance(one := rehearsal.play(deed, now), Refusal)]
    outcome = rehearsal.play(then, now)
    assert isinstance(outcome, Refusal)
    return [f"{one.code}: {one.reason}" for one in outcome.blockers]


def scopes(of: Definition) -> Iterator[Scope]:
    """Yield every scope there is of a small procedure: with lengths and without, all tracks counted or one followed."""
    parts: list[Part] = [("deadline", line.kind, name) for line in of.lines for name in line.deadlines]
    parts += [("track", kind, "") for kind in of.tracks]
    parts += [("milestone", kind, name) for name, kind in of.milestones.items()]
    chosen = (frozenset(some) for number in range(len(parts) + 1) for some in combinations(parts, number))
    kept = {larger for some in chosen for larger in (closed(of, some), closed(of, some) | measured(of, some))}
    yield from (Scope(one, alone=alone) for one in sorted(kept, key=sorted) for alone in (False, True))


def nowhere(of: Definition, cases: Iterable[Case]) -> list[tuple[Scope, State]]:
    """Return in which scopes no exploration was where one of *cases* was."""
    known, missed = list(cases), list[tuple[Scope, State]]()
    for scope in scopes(of):
        found = search(of, scope, Bound(), time.process_time() + 60)
        assert found.complete
        came = {without(one) for one in found.came if not happens_at_once(found.world, one)}
        for case in known:
            stands = {*followed(found.world, case)} if scope.alone else {abstract(found.world, case)}
            missed += [(scope, one) for one in stands if without(one) not in came]
    return missed


def test_a_clock_that_is_ended_with_everything_as_it_ends_holds_nobody_up(tmp_path: Path) -> None:
    """`z` was to end at the moment at which `a` fires a step that ends everything: then people can go on."""
    clocks = """\
  a: {kind: open_until, title: A, period: 5 days, when_over: over}
  z: {kind: not_before, title: Z, period: 5 days}
"""
    of = loaded(tmp_path, f"""{HEAD}{clocks}steps:
  go: {{from: s0, to: s1, by: officer, starts: [a, z]}}
  over: {{from: s1, to: s2, by: system, ends: everything}}
  on: {{from: s2, to: s3, by: officer}}
{END}""")  # fmt: skip
    assert nowhere(of, played(of, OPEN, do("go"), days(7), do("on"))) == []


GONE = "\"reached('gone')\""
GONE_AT_ONCE = f"as_soon_as: {GONE}"
ENDING = "  go: {from: s0, to: s1, by: officer, starts: c}\n"
BY_PEOPLE = "  end: {from: s1, to: done, by: officer, milestone: gone}\n"
BY_ITSELF = "  end: {from: s1, to: done, as_soon_as: \"count('t') >= 1\", milestone: gone}\n"


@pytest.mark.parametrize("end", [BY_PEOPLE, BY_ITSELF])
@pytest.mark.parametrize("when", [f"as_soon_as: {GONE}", "as_soon_as: \"count('t') >= 1\", while: done"])
def test_a_track_that_ends_because_the_case_does_is_not_left_open(tmp_path: Path, end: str, when: str) -> None:
    """It ends by itself within the decision that ends the case, and stops a deadline of the case on its way."""
    leaves = f"      leave: {{from: t0, to: out, {when}, stops: c}}\n"
    of = loaded(tmp_path, f"{HEAD}steps:\n{ENDING}{end}{TRACK}{leaves}")
    deeds = [OPEN, new("t/1"), do("go"), *([do("end")] if end == BY_PEOPLE else [])]
    cases = played(of, *deeds)
    assert cases[-1].main.ended
    assert nowhere(of, cases) == []


def test_another_step_comes_by_itself_where_one_would_leave_something_open(tmp_path: Path) -> None:
    waits = "  end: {from: s1, to: done, as_soon_as: \"count('t') >= 1\"}\n"
    instead = "  instead: {from: s1, to: s2, as_soon_as: \"count('t') >= 1\"}\n"
    leaves = "      leave: {from: t0, to: out, by: officer}\n"
    of = loaded(tmp_path, f"{HEAD}steps:\n{ENDING}{waits}{instead}{TRACK}{leaves}")
    cases = played(of, OPEN, new("t/1"), do("go"))
    assert cases[-1].main.state == "s2"
    assert nowhere(of, cases) == []


LAPSE = "      lapse: {from: t0, to: out, by: system}\n"
BOTH = "{that: [{holds: \"count('t') >= 1 and count('u') >= 1\", if_not: No.}]}"


@pytest.mark.parametrize(
    ("begins", "leave", "goes"),
    [
        ("by: officer, to: u0", "by: officer", "as_soon_as: \"count('t') >= 1\", moves: [{tracks: t, step: lapse}]"),
        (
            "by: officer, to: u0",
            "by: system, moves: [{tracks: t, step: lapse}]",
            f"by: officer, moves: [{{tracks: u, step: leave}}], already_there: {BOTH}",
        ),
        (
            "by: officer, to: u0, moves: [{tracks: t, step: lapse}]",
            f"by: officer, already_there: {BOTH}",
            f"by: officer, already_there: {BOTH}",
        ),
    ],
)
def test_a_step_that_another_step_moves_is_taken_however_that_came(
    tmp_path: Path, begins: str, leave: str, goes: str
) -> None:
    """Other steps come by themselves, are moved in their turn, or begin a track; `lapse` comes with them."""
    other = OTHER.replace("by: officer, to: u0, moves: [{tracks: t, step: start}]", begins)
    other = other.replace("leave: {from: u0, to: out, by: officer}", f"leave: {{from: u0, to: out, {leave}}}")
    of = loaded(tmp_path, f"{HEAD}steps:\n{ENDING}  on: {{from: s1, to: s2, {goes}}}\n{END}{TRACK}{LAPSE}{other}")
    both = frozenset([("track", "t", ""), ("track", "u", "")])
    for parts in (both, *scopes_of_steps(of)):
        never, answer = NeverDone(of, parts).answered(Bound())
        assert answer.verdict == PROVEN
        assert "lapse" not in {one.name for one in never}


def left_open(of: Definition) -> set[tuple[str, str]]:
    """Return of each kind of track and each deadline whether the case may end with it open."""
    return {(one.about, one.answer.verdict) for asking in ends_left_open.ask(of) for one in asking(Bound())}


STARTS = "      start: {from: t0, to: out, by: system, starts: c}\n"
BEGUN_SO = TRACK.replace("by: officer, to: t0}", "by: system, to: t0, starts: c}")
IN_TURN = OTHER.replace(", moves: [{tracks: t, step: start}]", "").replace(
    "to: out, by: officer}", "to: out, by: system, moves: [{tracks: t, step: start}]}"
)


@pytest.mark.parametrize(
    ("tracks", "end"),
    [
        (f"{TRACK}{STARTS}", "by: officer, stops: c, moves: [{tracks: t, step: start}]"),
        (f"{TRACK}{STARTS}{IN_TURN}", "by: officer, stops: c, moves: [{tracks: u, step: leave}]"),
        (f"{BEGUN_SO}{LAPSE}", "by: officer, stops: c, creates: [{track: t}]"),
        (f"{TRACK}{STARTS.replace('by: system', GONE_AT_ONCE)}", "by: officer, stops: c, milestone: gone"),
    ],
)
def test_what_the_last_step_moves_or_begins_may_leave_a_clock_open(tmp_path: Path, tracks: str, end: str) -> None:
    of = loaded(tmp_path, f"{HEAD}steps:\n  end: {{from: s0, to: done, {end}}}\n{tracks}")
    begun = [new(f"{name}/1") for name in "tu" if f"begin_{name}, by: officer" in tracks]
    assert "left-open: The case would end with deadlines open: c." in refused(of, OPEN, *begun, then=do("end"))
    assert ("c", PROVEN) not in left_open(of)


@pytest.mark.parametrize(
    ("tracks", "end"),
    [
        (f"{TRACK}{STARTS}", "moves: [{tracks: t, step: start}]"),
        (f"{TRACK}{STARTS.replace('by: system', GONE_AT_ONCE)}", "milestone: gone"),
    ],
)
def test_the_last_step_waits_where_what_comes_with_it_would_leave_a_clock_open(
    tmp_path: Path, tracks: str, end: str
) -> None:
    comes = f"  end: {{from: s1, to: done, as_soon_as: \"reached('ready')\", stops: c, {end}}}\n"
    ready = ENDING.replace("starts: c", "milestone: ready")
    of = loaded(tmp_path, f"{HEAD}steps:\n{ready}{comes}{tracks}")
    cases = played(of, OPEN, new("t/1"), do("go"))
    assert cases[-1].main.state == "s1"
    assert nowhere(of, cases) == []


TWO_STEPS = """\
      start: {from: t0, to: t1, by: system}
      leave: {from: t1, to: t2, by: system}
"""
THREE = TRACK.replace("out:", "t2: {owner: officer}, out:")


@pytest.mark.parametrize(("stages", "then"), [("t1", "t1"), ("[t0, t1]", "t2"), ("t0", "t2")])
def test_whom_a_step_moves_is_decided_before_it_moves_anybody(tmp_path: Path, stages: str, then: str) -> None:
    """Who has just arrived is not moved on; who stood where both moves look is moved twice."""
    moves = f"[{{tracks: t, in: t0, step: start}}, {{tracks: t, in: {stages}, step: leave}}]"
    of = loaded(
        tmp_path,
        f"{HEAD}steps:\n  go: {{from: s0, to: s1, by: officer, starts: c, moves: {moves}}}\n{END}{THREE}{TWO_STEPS}",
    )
    cases = played(of, OPEN, new("t/1"), do("go"))
    assert cases[-1].lines["t/1"].state == then
    assert nowhere(of, cases) == []


def test_who_arrives_where_others_are_moved_from_is_counted_with_them(tmp_path: Path) -> None:
    """Two tracks stand in different stages, as one has started a clock; one move leads both to where that one is."""
    nobody = "already_there: {that: [{holds: \"count('t', 't1') == 0\", if_not: No.}]}"
    gather = f"""\
      gather: {{from: [t0, t1], to: t1, by: system}}
      start: {{from: t0, to: t1, by: officer, starts: c, while: s0, {nobody}}}
"""
    go = "  go: {from: s0, to: s1, by: officer, moves: [{tracks: t, step: gather}]}\n"
    of = loaded(tmp_path, f"{HEAD}steps:\n{go}{END}{TRACK}{gather}")
    cases = played(of, OPEN, new("t/1"), new("t/2"), do("start", "t/2"), do("go"))
    parts = frozenset[Part]([("track", "t", ""), ("deadline", "", "c")])
    for scope in (Scope(parts, 1), Scope(parts, 2), Scope(parts, 2, exact=True), Scope(parts, 3)):
        found = search(of, scope, Bound(), time.process_time() + 60)
        assert {abstract(found.world, one) for one in cases} <= {*found.came}, scope
