"""What tracks do to one another, to the case and to its clocks: no real case stands where no exploration was."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case, Request, unstamp
from inprocap_flow.engine.turn import TIME
from inprocap_flow.errors import DefinitionDefect
from inprocap_flow.language.checks import started_while_running
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, search
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, Organisation, Person
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import moment
from tests.explore.abstracting import abstract, followed
from tests.explore.meddling import procedure

SEED = int(os.environ.get("INPROCAP_SEED", "0")) or random.SystemRandom().randrange(10**9)
OPEN_ALWAYS = Calendar("holidays", "1", holidays={}, source="invented").to_plain()
HOUSE = Organisation(
    "house", "1", {"en": "House"}, "Europe/Zurich", "EUR",
    calendars={"holidays": OPEN_ALWAYS}, people={"ada": Person("ada", ("officer",))},
)  # fmt: skip
HEAD = """\
procedure: meddling
version: 1
language: en
title: Meddling
rulebook: none
own_lengths: {source: Invented for a test, confirmed_on: never}
counting: plain
roles: {officer: {title: Officer}}
begins: {step: open_case, by: officer, to: s0}
stages:
  s0: {owner: officer}
  s1: {owner: officer}
  s2: {owner: officer}
  s3: {owner: officer}
  done: {final: completed}
deadlines:
  c: {kind: due, title: C, period: 5 days}
"""
TRACK = """\
tracks:
  t:
    title: Track
    begins: {step: begin_t, by: officer, to: t0}
    stages: {t0: {owner: officer}, t1: {owner: officer}, out: {final: out}}
    if_case_ends: out
    steps:
"""
ON = """\
steps:
  go: {from: s0, to: s1, by: officer, milestone: gone}
  take: {from: s1, to: s2, by: officer, starts: c}
  end: {from: [s1, s2], to: done, by: officer, ends: everything}
"""
OTHER = """\
  u:
    title: Other
    begins: {step: begin_u, by: officer, to: u0, moves: [{tracks: t, step: start}]}
    stages: {u0: {owner: officer}, out: {final: out}}
    if_case_ends: out
    steps:
      leave: {from: u0, to: out, by: officer}
"""


def loaded(folder: Path, text: str) -> Definition:
    path = folder / "meddling.yaml"
    path.write_text(text, encoding="utf-8")
    return load_procedure(path)


def started(folder: Path, text: str) -> dict[str, str]:
    """Return what is said of each step that starts a clock which may run by then."""
    asked = started_while_running.ask(loaded(folder, text))
    return {one.about: one.answer.verdict for question in asked for one in question(Bound(states=2_000))}


NOT_YET = "already_there: {that: [{holds: \"not reached('gone')\", only_from: t0, if_not: No.}]}"
LATER = f"""on: {{from: t0, to: t1, by: officer}}
      start: {{from: t1, to: out, by: officer, starts: c, while: s1, {NOT_YET}}}"""


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("start: {from: t0, to: t1, by: officer, while: s1, starts: c}", FOUND),
        ("start: {from: t0, to: t1, by: officer, while: s2, starts: c}", PROVEN),
        (LATER, FOUND),
    ],
)
def test_a_clock_of_the_case_that_a_track_starts_may_run(tmp_path: Path, step: str, told: str) -> None:
    assert started(tmp_path, f"{HEAD}{ON}{TRACK}      {step}\n")["take c"] == told


def test_two_tracks_may_start_one_clock_of_the_case(tmp_path: Path) -> None:
    step = "      start: {from: t0, to: t1, by: officer, starts: c}\n"
    assert started(tmp_path, f"{HEAD}{ON}{TRACK}{step}")["start c"] == FOUND


def test_what_a_track_does_while_the_case_passes_a_stage_by_itself_counts(tmp_path: Path) -> None:
    passing = ON.replace("end:", "by_itself: {from: s1, to: s3, as_soon_as: \"count('t') >= 0\"}\n  end:")
    passing = passing.replace("take: {from: s1", "take: {from: s3")
    step = "      start: {from: t0, to: t1, as_soon_as: \"count('t') >= 0\", while: s1, starts: c}\n"
    assert started(tmp_path, HEAD + passing + TRACK + step)["take c"] == FOUND
    assert started(tmp_path, HEAD + passing + TRACK + step.replace("while: s1", "while: s0"))["take c"] == FOUND
    assert started(tmp_path, HEAD + passing + TRACK + step.replace("while: s1", "while: s2"))["take c"] == PROVEN


def test_what_is_done_to_others_when_a_track_begins_counts(tmp_path: Path) -> None:
    step = "      start: {from: [t0, t1], to: t1, by: system, starts: c}\n"
    assert started(tmp_path, HEAD + ON + TRACK + step + OTHER)["take c"] == FOUND
    of = loaded(tmp_path, HEAD + ON + TRACK + step + OTHER)
    parts = closed(of, frozenset([("deadline", "", "c"), ("track", "t", ""), ("track", "u", "")]))
    for alone in (False, True):
        found = search(of, Scope(parts, alone=alone), Bound(), time.process_time() + 60)
        assert found.complete
        assert any(one.main.leaf == "s0" and one.main.clocks == ("running",) for one in found.came)


def test_a_track_that_ends_everything_ends_clocks_of_the_case(tmp_path: Path) -> None:
    of = loaded(tmp_path, f"{HEAD}{ON}{TRACK}      stop: {{from: t0, to: out, by: officer, ends: everything}}\n")
    for parts in ([("deadline", "", "c")], [("deadline", "", "c"), ("track", "t", "")]):
        for alone in (False, True):
            found = search(of, Scope(closed(of, frozenset(parts)), alone=alone), Bound(), time.process_time() + 60)
            assert any((one.main.leaf, one.main.clocks) == ("s2", ("stopped",)) for one in found.came)


@pytest.mark.parametrize("where", ["before", "after"])
def test_the_track_that_is_followed_may_be_moved_before_or_after_another(tmp_path: Path, where: str) -> None:
    """One starts the clock, the other goes elsewhere if it runs: whichever is followed."""
    moves = ON.replace("milestone: gone}", "milestone: gone, moves: [{tracks: t, in: t0, step: start}]}")
    head = TRACK.replace("begins:", "fields: {first: {type: yes_no, title: First, by: officer}}\n    begins:")
    ways = "{when: \"running('c')\", to: out}, {when: first, to: t1, starts: c}, {otherwise: t1}"
    step = f"      start: {{from: t0, by: system, branches: [{ways}]}}\n"
    of = loaded(tmp_path, HEAD + moves + head + step)
    parts = closed(of, frozenset([("deadline", "", "c"), ("track", "t", ""), ("milestone", "", "gone")]))
    found = search(of, Scope(parts, alone=True), Bound(), time.process_time() + 60)
    t1 = [one for one in found.came if one.main.leaf == "s1" and one.main.clocks == ("running",)]
    leaves = {seat.leaf for one in t1 for crowd in one.crowds for seat, _ in crowd}
    assert "t1" in leaves if where == "before" else any(not one.crowds[0] for one in t1)


def walked(of: Definition, chance: random.Random, deeds: int) -> list[Case]:
    """Return a case as it stood after each of some *deeds*: steps of any line, new tracks, time that passes."""
    played = Rehearsal(Binding(compile_definition(of), HOUSE))
    now = moment("2026-01-05 09:00")
    played.play(Request("open", "ada"), now)
    seen: list[Case] = []
    for number in range(deeds):
        assert played.case is not None
        seen.append(played.case)
        request, now = asked(of, played.case, chance, number, now)
        with suppress(DefinitionDefect):  # steps that come by themselves may go round in a circle
            played.play(request, now)
    return seen


def asked(of: Definition, case: Case, chance: random.Random, number: int, now: datetime) -> tuple[Request, datetime]:
    drawn = chance.random()
    line = chance.choice(case.in_order)
    steps = [one.name for one in of.line(line.kind).steps.values() if line.state in one.sources]
    if drawn < 0.2 or not steps:
        ends = [unstamp(one.end) for one in case.deadlines.values() if one.status == "running" and one.end]
        return Request(TIME, SYSTEM_ACTOR), max(now, min(ends, default=now + timedelta(days=1)))
    if drawn < 0.35:
        return Request("do", "ada", new=f"a/{number}"), now
    return Request("do", "ada", chance.choice(steps), line=line.id), now


def scopes(of: Definition) -> Iterator[frozenset[Part]]:
    """Yield each clock, and those of the case with each kind of track."""
    clocks: list[Part] = [("deadline", line.kind, name) for line in of.lines for name in line.deadlines]
    yield from (closed(of, frozenset([one])) for one in clocks)
    main = [one for one in clocks if not one[1]]
    for kind in of.tracks:
        yield closed(of, frozenset([*main, ("track", kind, "")]))
    yield closed(of, frozenset([*main, *(("track", kind, "") for kind in of.tracks)]))


@pytest.mark.parametrize("number", range(4))
def test_no_case_goes_where_no_exploration_was(tmp_path: Path, number: int) -> None:
    chance = random.Random(f"{SEED} {number}")
    text = procedure(chance)
    of = loaded(tmp_path, text)
    seen = [case for _ in range(6) for case in walked(of, chance, 16)]
    print(f"meddling: seed {SEED} {number}, {len(seen)} cases\n{text}")  # noqa: T201  # a randomised suite says what it did
    for alone in (False, True):
        for parts in scopes(of):
            found = search(of, Scope(parts, alone=alone), Bound(states=800), time.process_time() + 60)
            if not found.complete:
                continue
            for case in seen:
                stand = set(followed(found.world, case)) if alone else {abstract(found.world, case)}
                assert stand <= found.came.keys(), sorted(parts)
