"""What the engine does in its order of evaluation, an exploration does too: what a played case comes to is seen there.

Each procedure was once explored so that a case which can be played stood nowhere (language, 6.4 to 6.6).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import combinations
from pathlib import Path

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case, Refusal, Request
from inprocap_flow.engine.turn import TIME
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
from tests.explore.test_meddling import HEAD, HOUSE, loaded

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
