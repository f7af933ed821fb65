"""What a search looks at next, and what it may take for sure: no path is dropped that the engine can walk."""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path

import pytest

from inprocap_flow.language.checks import case_stuck, ends_left_open
from inprocap_flow.language.checks.asked import Asked, answered
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.explore.following import follow, trail
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.projecting import Projection
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, Search, search, stuck
from inprocap_flow.language.explore.state import Seat, State
from inprocap_flow.language.explore.truth import NO, UNKNOWN, YES
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import CASE, Definition
from tests.explore.abstracting import HERE

PURCHASE = HERE.parent / "engine" / "purchase.yaml"

# A first contract leads on by itself; that may be refused only while the notice of an earlier one is owed.
SIGNING = """
procedure: signing
version: 1
language: en
title: Signing
rulebook: none
roles:
  officer: {title: Officer}
  firm: {title: Firm, speaks_for: offer, sees: own}
begins: {step: open_case, by: officer, to: open}
stages:
  open: {owner: officer}
  award: {owner: officer}
  signed: {owner: officer}
  done: {final: completed}
  cancelled: {final: cancelled}
steps:
  choose:
    from: open
    to: award
    by: officer
    already_there:
      that:
        - nobody_in: {offer: contracted}
          if_not: A contract is signed.
  note_signature:
    from: award
    to: signed
    as_soon_as: {at_least_one_in: {offer: contracted}}
    starts: notice
  send_notice: {from: signed, to: same, by: officer, meets: notice}
  go_back:
    from: award
    to: open
    by: officer
    handed_in: {reason: yes}
  cancel:
    from: open
    to: cancelled
    by: officer
    already_there:
      that:
        - nobody_in: {offer: contracted}
          if_not: A contract is signed.
    ends: everything
  close:
    from: signed
    to: done
    by: officer
    already_there:
      that:
        - deadline_met: notice
          if_not: The notice is owed.
    ends: everything
deadlines:
  notice: {title: Notice, kind: due, period: 30 days}
tracks:
  offer:
    title: Offer
    begins: {step: begin_offer, by: firm, to: begun, while: open}
    stages:
      begun: {owner: firm}
      contracted: {owner: officer}
      out: {final: out}
    steps:
      sign: {from: begun, to: contracted, by: officer, while: award}
      withdraw: {from: begun, to: out, by: firm}
    if_case_ends: out
"""
# The same, but the way back leads from where a contract is signed, too: from there nothing leads on.
AGAIN = SIGNING.replace("  go_back:\n    from: award", "  go_back:\n    from: [award, signed]")


def definition(tmp_path: Path, text: str) -> Definition:
    path = tmp_path / "signing.yaml"
    path.write_text(text, encoding="utf-8")
    return load_procedure(path)


def explored(of: Definition, parts: frozenset[Part], *, back: bool = False) -> Search:
    found = search(of, Scope(closed(of, parts)), Bound(), time.process_time() + 60, back=back)
    assert found.complete
    return found


def asked(found: list[Asked]) -> dict[str, str]:
    return {one.about: one.answer.verdict for one in found}


# ------------------------------------------------------------------------------------------ what is looked at next


def test_a_path_on_which_a_step_did_not_come_by_itself_is_broken_off_by_what_could_refuse_it(tmp_path: Path) -> None:
    """Left aside, the notice may run when the first contract is signed, and then nothing leads on by itself."""
    of = definition(tmp_path, SIGNING)
    small = explored(of, frozenset([("track", "offer", "")]), back=True)
    first = next(stuck(small))
    path = trail(small, first)
    notice = closed(of, frozenset([("track", "offer", ""), ("deadline", "", "notice")]))
    broken = follow(World(of, Scope(notice)), path, 2_000, time.process_time() + 60)
    assert (broken.deeds, broken.complete) == (None, True)
    again = follow(World(of, Scope(small.world.scope.parts)), path, 2_000, time.process_time() + 60)
    assert again.state == first
    assert set(asked(list(answered(case_stuck.ask(of), Bound()))).values()) == {PROVEN}


def test_what_really_leads_nowhere_is_found_with_tracks_that_are_counted(tmp_path: Path) -> None:
    of = definition(tmp_path, AGAIN)
    found = [one for one in answered(case_stuck.ask(of), Bound()) if one.answer.verdict == FOUND]
    assert found
    path = found[0].answer.path
    assert path is not None
    assert path.state is not None
    assert path.deeds[0].verb == "open"


def test_a_fault_that_needs_two_tracks_is_found_although_one_stands_for_many(tmp_path: Path) -> None:
    text = SIGNING.replace("    ends: everything\ndeadlines", "deadlines")
    assert asked(list(answered(ends_left_open.ask(definition(tmp_path, text)), Bound())))["offer"] == FOUND


@pytest.mark.parametrize("size", [1, 2])
def test_what_a_larger_scope_reaches_looks_in_a_smaller_one_like_something_that_it_reaches(size: int) -> None:
    of = load_procedure(PURCHASE)
    every: list[Part] = [("track", kind, "") for kind in of.tracks]
    every += [("deadline", line.kind, name) for line in of.lines for name in line.deadlines]
    every += [("milestone", kind, name) for name, kind in of.milestones.items()][:3]
    every += [("field", CASE, name) for name in of.main.fields][:2]
    looked = 0
    for parts in combinations(every, size):
        large = explored(of, closed(of, frozenset(parts)))
        for part in parts:
            small = explored(of, closed(of, frozenset([part])))
            shown = Projection(large.world, small.world)
            assert {shown.of(state) for state in large.came} <= set(small.came), (parts, part)
            looked += len(large.came)
    assert looked > 100


# ---------------------------------------------------------------------------------------------- what is sure


def test_a_step_that_may_find_its_clock_running_does_not_surely_come_by_itself(tmp_path: Path) -> None:
    of = definition(
        tmp_path,
        SIGNING.replace("    to: signed\n    as_soon_as", "    as_soon_as").replace(
            "    starts: notice\n", "    branches:\n      - {otherwise: signed, starts: notice}\n"
        ),
    )
    stays = {
        state.main.leaf
        for state in explored(of, frozenset([("track", "offer", "")])).came
        if any(seat.leaf == "contracted" for seat, _ in state.crowds[0])
    }
    assert "award" in stays
    knows = explored(of, frozenset([("track", "offer", ""), ("deadline", "", "notice")])).came
    signed = [one for one in knows if any(seat.leaf == "contracted" for seat, _ in one.crowds[0])]
    assert {one.main.leaf for one in signed if one.main.clocks == ("none",)} == set()


def test_a_field_of_which_it_is_asked_whether_it_is_known_is_not_unknown_in_the_same_condition() -> None:
    of = load_procedure(PURCHASE)
    name = next(one.name for one in of.main.fields.values() if one.default is None)
    view = View(World(of, Scope()), State(Seat(of.main.leaves[0])))
    assert view.truth(parse(f"known({name}) and {name} == {name}")) & UNKNOWN == 0
    assert view.truth(parse(f"not known({name}) or {name} == {name}")) & UNKNOWN == 0
    assert view.truth(parse(f"{name} == {name}")) & UNKNOWN
    assert view.truth(parse(f"known({name})")) == YES | NO


# All lots are closed at once, by itself; a lot refuses while a firm stands in it.
LOTS = """
procedure: signing
version: 1
language: en
title: Lots
rulebook: none
roles:
  officer: {title: Officer}
  firm: {title: Firm, speaks_for: offer, sees: own}
begins: {step: open_case, by: officer, to: open}
stages:
  open: {owner: officer}
  over: {final: completed}
steps:
  close_all:
    from: open
    to: over
    as_soon_as: {at_least_one_in: {lot: [here, shut]}}
    moves: [{tracks: lot, in: here, step: shut_lot}]
tracks:
  lot:
    title: Lot
    begins: {step: begin_lot, by: officer, to: here}
    stages:
      here: {owner: officer}
      shut: {final: shut}
    steps:
      shut_lot:
        from: here
        to: shut
        by: system
        already_there:
          that:
            - nobody_in: {offer: there}
              if_not: A firm is there.
    if_case_ends: shut
  offer:
    title: Offer
    begins: {step: begin_offer, by: firm, to: there}
    stages:
      there: {owner: firm}
      out: {final: out}
    steps:
      withdraw: {from: there, to: out, by: firm}
    if_case_ends: out
"""


def test_a_step_that_moves_tracks_is_judged_anew_when_what_these_ask_for_has_changed(tmp_path: Path) -> None:
    """Judged once without an offer, it surely comes; with one it does not, although it asks about no offer itself."""
    of = definition(tmp_path, LOTS)
    world = World(of, Scope(closed(of, frozenset([("track", "lot", ""), ("track", "offer", "")]))))
    lot, offer = ((Seat("here"), 1),), ((Seat("there"), 1),)
    step = of.main.steps["close_all"]
    for state, sure in [
        (State(Seat("open"), (lot, ())), True),
        (State(Seat("open"), (lot, offer)), False),
    ]:
        assert world.kinds == ("lot", "offer")
        assert judge(world, state, CASE, state.main, step).sure is sure
