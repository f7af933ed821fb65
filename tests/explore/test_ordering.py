"""Which clock ends first: what real cases come to, an exploration that knows how long clocks last comes to as well."""

from __future__ import annotations

import os
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import SYSTEM_ACTOR, Case, Request, unstamp
from inprocap_flow.engine.turn import TIME
from inprocap_flow.language.checks import expiry_refused, started_while_running
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.explore.asking import PROVEN
from inprocap_flow.language.explore.lengths import Length, lengths
from inprocap_flow.language.explore.ordering import happens_at_once, without
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, Search, search
from inprocap_flow.language.explore.state import State
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition, Organisation, Person
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.rehearsal import Rehearsal
from tests.engine.conftest import moment
from tests.explore.abstracting import abstract

SEED = int(os.environ.get("INPROCAP_SEED", "0")) or random.SystemRandom().randrange(10**9)
STAGES = ("s0", "s1", "s2", "s3")
HEAD = """\
procedure: clocks
version: 1
language: en
title: Clocks
rulebook: none
counting: {counting}
roles: {{officer: {{title: Officer}}}}
begins: {{step: open_case, by: officer, to: s0}}
stages:
  s0: {{owner: officer}}
  s1: {{owner: officer}}
  s2: {{owner: officer}}
  s3: {{owner: officer}}
  done: {{final: completed}}
steps:
  end: {{from: s3, to: done, by: officer, ends: everything}}
"""


def drawn(chance: random.Random) -> str:
    """Return a procedure of four stages with three short clocks that nearly end together, started all over it."""
    names = chance.sample(["a", "b", "c", "d"], 3)
    text = HEAD.format(counting=chance.choice(["plain", "eu-1182-71", "eu-1182-71"]))
    for number in range(7):
        starts = chance.sample(names, chance.choice([0, 1, 1, 2, 3]))
        stops = [one for one in chance.sample(names, chance.choice([0, 0, 1])) if one not in starts]
        begins, to = STAGES[number % 4], chance.choice(STAGES)
        text += f"  go{number}: {{from: {begins}, to: {to}, by: officer, starts: {starts}, stops: {stops}}}\n"
    declared = ""
    for name in names:
        length = chance.choice(["2 days", "3 days", "4 days", "5 days", "6 days", "1 week", "9 days", "1 day"])
        if chance.random() < 0.5:
            fires, to, starts = (
                chance.choice(STAGES),
                chance.choice(STAGES),
                chance.sample(names, chance.choice([0, 1])),
            )
            text += f"  over_{name}: {{from: {fires}, to: {to}, by: system, starts: {starts}}}\n"
            declared += f"  {name}: {{title: C, kind: open_until, period: {length}, when_over: over_{name}}}\n"
        else:
            declared += f"  {name}: {{title: C, kind: not_before, period: {length}}}\n"
    return f"{text}deadlines:\n{declared}"


def loaded(folder: Path, text: str) -> Definition:
    path = folder / "clocks.yaml"
    path.write_text(text, encoding="utf-8")
    return load_procedure(path)


def explored(of: Definition, *, in_order: bool) -> Search:
    parts: set[Part] = {("deadline", "", name) for name in of.main.deadlines}
    parts |= {("length", "", name) for name in lengths(of)} if in_order else set()
    found = search(of, Scope(closed(of, frozenset(parts))), Bound(states=20_000), time.process_time() + 600)
    assert found.complete
    return found


def reached(found: Search) -> set[State]:
    return {without(state) for state in found.came if not happens_at_once(found.world, state)}


def house(chance: random.Random) -> Organisation:
    """Return an organisation whose calendar has many a closed day, some of them in a row."""
    first = moment("2026-01-05 09:00").date()
    closed_days = {first + timedelta(days=one) for one in chance.sample(range(120), 30)}
    start = chance.randrange(60)
    closed_days |= {first + timedelta(days=start + one) for one in range(chance.choice([0, 3, 9]))}
    calendar = Calendar("holidays", "1", holidays=dict.fromkeys(closed_days, "closed"), source="invented")
    return Organisation(
        "house", "1", {"en": "House"}, "Europe/Zurich", "EUR",
        calendars={"holidays": calendar.to_plain()}, people={"ada": Person("ada", ("officer",))},
    )  # fmt: skip


def walked(of: Definition, chance: random.Random, deeds: int) -> list[Case]:
    """Return a case as it stood after each of some *deeds*: steps, and time that passes up to the end of a clock."""
    played = Rehearsal(Binding(compile_definition(of), house(chance)))
    now = moment("2026-01-05 09:00") + timedelta(days=chance.randrange(20))
    played.play(Request("open", "ada"), now)
    seen: list[Case] = []
    for _ in range(deeds):
        assert played.case is not None
        seen.append(played.case)
        if chance.random() < 0.4:
            now = max(now, later(played.case, now, chance))
            played.play(Request(TIME, SYSTEM_ACTOR), now)
        else:
            offered = [one.name for one in of.main.steps.values() if played.case.main.state in one.sources]
            played.play(Request("do", "ada", chance.choice([*offered, "end"])), now)
    return seen


def later(case: Case, now: datetime, chance: random.Random) -> datetime:
    ends = [unstamp(one.end) for one in case.deadlines.values() if one.status == "running" and one.end]
    moved = now + timedelta(hours=chance.choice([1, 24, 48]))
    return chance.choice([*ends, *(one - timedelta(minutes=1) for one in ends), moved])


@pytest.mark.parametrize("number", range(6))
def test_what_a_case_comes_to_an_exploration_that_knows_lengths_comes_to(tmp_path: Path, number: int) -> None:
    chance = random.Random(f"{SEED} {number}")
    print(f"clocks: seed {SEED} {number}")  # noqa: T201 - also when it ends early
    of = loaded(tmp_path, drawn(chance))
    there = explored(of, in_order=True)
    known, all_of_it = reached(there), {*explored(of, in_order=False).came}
    seen = [case for _ in range(12) for case in walked(of, chance, 40)]
    missed = {state for state in (abstract(there.world, case) for case in seen) if without(state) not in known}
    print(f"clocks: seed {SEED} {number}: {len(seen)} cases, {len(known)} of {len(all_of_it)} abstract cases")  # noqa: T201
    assert missed == set()
    assert known <= all_of_it


@pytest.mark.parametrize(
    ("declared", "known"),
    [
        ("kind: due, period: 5 days", 5),
        ("kind: due, period: 2 weeks", 14),
        ("kind: due, period: 5 days, acts: {stop: {by: officer}, satisfy: {by: officer}}", 5),
        ("kind: due, period: 5 days, acts: {extend: {by: officer}}", None),
        ("kind: due, period: 5 days, acts: {suspend: {by: officer}, resume: {by: officer}}", None),
        ("kind: due, period: 5 working days", None),
        ("kind: due, period: 1 day", None),
        ("kind: due, period: 2 months", None),
        ('kind: due, period: 5 days, closes_at: "12:00"', None),
        ("kind: due, period: \"limit('long')\"", None),
    ],
)
def test_a_length_is_known_only_where_nothing_can_change_it(tmp_path: Path, declared: str, known: int | None) -> None:
    value = "{value: 5 days, from: 2020-01-01, source: s, confirmed_on: never}"
    limit = f"limits: {{long: {{says: Long, unit: period, basis: custom, values: [{value}]}}}}\n"
    text = f"{HEAD.format(counting='plain')}deadlines:\n  a: {{title: C, {declared}}}\n"
    found = lengths(loaded(tmp_path, text + (limit if "limit(" in text else "")))
    assert found.get("a") == (None if known is None else Length(known, ("plain", "holidays")))


def test_no_length_is_known_where_somebody_may_enter_late_or_a_step_extends_the_deadline(tmp_path: Path) -> None:
    text = f"{HEAD.format(counting='plain')}deadlines:\n  a: {{title: C, kind: due, period: 5 days}}\n"
    late = text.replace("begins:", "may_backdate: [officer]\nbegins:")
    assert [*lengths(loaded(tmp_path, text))] == ["a"]
    assert lengths(loaded(tmp_path, late)) == {}


@pytest.mark.parametrize("counting", ["plain", "eu-1182-71"])
def test_a_clock_that_starts_itself_anew_does_so_no_more_once_another_must_end(tmp_path: Path, counting: str) -> None:
    """`a` ends and starts anew, and `z` ends at that moment: nothing is counted on and on, and `z` comes first."""
    text = f"""{HEAD.format(counting=counting)}  go: {{from: s0, to: s1, by: officer, starts: [a, z]}}
  over_a: {{from: s1, to: s1, by: system, starts: [a]}}
deadlines:
  a: {{title: Anew, kind: open_until, period: 5 days, when_over: over_a}}
  z: {{title: Other, kind: not_before, period: 5 days}}
"""
    of = loaded(tmp_path, text)
    found = explored(of, in_order=True)
    assert len(found.came) <= len(explored(of, in_order=False).came) + 2
    assert [one.main.clocks for one in found.came if happens_at_once(found.world, one)] == [("running", "running")]


@pytest.mark.parametrize(("length", "told"), [("4 days", "proven"), ("5 days", "proven"), ("6 days", "found")])
@pytest.mark.parametrize("counting", ["plain", "eu-1182-71"])
def test_a_clock_that_ends_while_the_case_must_wait_for_another_is_over_then(
    tmp_path: Path, length: str, told: str, counting: str
) -> None:
    """Both end on one day if they are as long, `wait` after `a` and before `z`: nobody can do anything in between."""
    for name in ("a", "z"):
        text = f"""{HEAD.format(counting=counting)}  go: {{from: s0, to: s1, by: officer, starts: [wait, {name}]}}
  back: {{from: s1, to: s0, by: officer, already_there: {{after: [wait]}}}}
  on: {{from: s0, to: s3, by: officer}}
deadlines:
  wait: {{title: Wait, kind: not_before, period: 5 days}}
  {name}: {{title: Other, kind: not_before, period: {length}}}
"""
        (verdict,) = judged(loaded(tmp_path, text), checks=[started_while_running])
        assert {one.about: one.answer.verdict for one in verdict.asked}[f"go {name}"] == told


@pytest.mark.parametrize(("counting", "first"), [("plain", {"s1"}), ("eu-1182-71", {"s1", "s2"})])
def test_two_clocks_may_end_on_one_day_where_a_last_day_is_moved(
    tmp_path: Path, counting: str, first: set[str]
) -> None:
    """`z` lasts a day less than `a`. Where both may be moved to one working day, `a` comes first by its name."""
    of = loaded(tmp_path, _racing(counting, "4 days", "5 days"))
    assert {one.main.leaf for one in explored(of, in_order=True).came} - {"s0", "s3", "done"} == first


def test_clocks_that_are_counted_in_two_ways_are_not_compared(tmp_path: Path) -> None:
    text = _racing("plain", "4 days", "5 days")
    other = text.replace("period: 4 days", "period: 4 days, counting: eu-1182-71")
    assert "s2" not in {one.main.leaf for one in explored(loaded(tmp_path, text), in_order=True).came}
    assert "s2" in {one.main.leaf for one in explored(loaded(tmp_path, other), in_order=True).came}


def test_a_clock_that_is_stopped_as_it_ends_holds_nobody_up(tmp_path: Path) -> None:
    """`z` was to end at the moment at which `a` fires a step that stops it: then people can go on."""
    text = f"""{HEAD.format(counting="plain")}  go: {{from: s0, to: s1, by: officer, starts: [a, z]}}
  over_a: {{from: s1, to: s2, by: system, stops: z}}
  on: {{from: s2, to: s3, by: officer}}
deadlines:
  a: {{title: First, kind: open_until, period: 5 days, when_over: over_a}}
  z: {{title: Other, kind: not_before, period: 5 days}}
"""
    found = explored(loaded(tmp_path, text), in_order=True)
    assert ("s3", ("over", "stopped")) in {(one.main.leaf, one.main.clocks) for one in found.came}


def _racing(counting: str, z: str, a: str) -> str:
    """Return a procedure in which the clock that ends first says where it goes: `z` to s1, `a` to s2."""
    return f"""{HEAD.format(counting=counting)}  go: {{from: s0, to: s0, by: officer, starts: [a, z]}}
  over_a: {{from: s0, to: s2, by: system, stops: z}}
  over_z: {{from: s0, to: s1, by: system, stops: a}}
deadlines:
  a: {{title: A, kind: open_until, period: {a}, when_over: over_a}}
  z: {{title: Z, kind: open_until, period: {z}, when_over: over_z}}
"""


def test_what_was_to_end_when_another_clock_was_started_ends_before_that_one(tmp_path: Path) -> None:
    """`a` and `z` end at one moment; what the end of `a` starts surely ends after `z`, wherever days may be moved."""
    text = HEAD.format(counting="eu-1182-71").replace("steps:\n", """steps:
  go: {from: s0, to: s1, by: officer, starts: [a, z]}
  over: {from: s1, to: s2, by: system, starts: b}
  next: {from: s2, to: s3, by: system}
  last: {from: s3, to: done, by: system}
""") + """deadlines:
  a: {kind: open_until, title: A, period: 5 days, when_over: over}
  z: {kind: open_until, title: Z, period: 5 days, when_over: next}
  b: {kind: open_until, title: B, period: 2 days, when_over: last}
"""  # fmt: skip
    path = tmp_path / "clocks.yaml"
    path.write_text(text, encoding="utf-8")
    (verdict,) = judged(load_procedure(path), checks=[expiry_refused])
    assert {one.about: one.answer.verdict for one in verdict.asked}["b"] == PROVEN
