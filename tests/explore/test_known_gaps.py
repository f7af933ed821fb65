"""What drawn procedures showed the checks to get wrong, or not to tell."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import case_stuck, ends_left_open, read_before_known, undone_at_once
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.checks.finding import Around
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition

HEAD = """\
procedure: small
version: 1
language: en
title: Small
rulebook: none
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
stages:
  s0: {owner: officer}
  s1: {owner: officer}
  s2: {owner: officer}
  done: {final: completed}
  gone: {final: cancelled}
"""
BIDS = """\
tracks:
  bid:
    title: Bid
    begins: {step: begin_bid, by: firm, to: begun, while: s2}
    stages: {begun: {owner: firm}, out: {final: out}}
    steps: {leave: {from: begun, to: out, by: firm}}
    if_case_ends: out
"""
CLOCK = "deadlines: {clock: {title: Clock, kind: due, period: 5 days, remind: [{role: officer, before: 1 day}]}}\n"


def small(tmp_path: Path, text: str) -> Definition:
    path = tmp_path / "small.yaml"
    firm = ", firm: {title: Firm, speaks_for: bid, sees: own}" if "tracks:" in text else ""
    roles = f"roles: {{officer: {{title: Officer}}{firm}}}\n"
    path.write_text(f"{HEAD}{roles}{text}", encoding="utf-8")
    return load_procedure(path)


def test_a_case_whose_only_way_out_asks_for_another_answer_than_was_given_for_good_is_stuck(tmp_path: Path) -> None:
    definition = small(
        tmp_path,
        """\
fields: {need: {type: text, title: Need}, fact: {type: yes_no, title: Is it so}}
steps:
  go0: {from: s0, to: s1, by: officer, handed_in: {fields: [fact]}}
  go1: {from: s1, to: s2, by: officer, already_there: {that: [{holds: not fact, if_not: It is so.}]}}
  go2: {from: s2, to: done, by: officer}
""",
    )
    (verdict,) = judged(definition, checks=[case_stuck])
    assert verdict.verdict == "found"


def test_what_only_happens_where_an_automatic_step_never_lets_a_case_stay_is_not_found(tmp_path: Path) -> None:
    definition = small(
        tmp_path,
        """\
fields: {need: {type: text, title: Need}}
steps:
  go0: {from: s0, to: s1, by: officer}
  at_once: {from: s1, to: s2, as_soon_as: {all_finished: bid}}
  go1: {from: s1, to: s0, by: officer, starts: [clock]}
  go2: {from: s2, to: done, by: officer, ends: everything}
  give_up: {from: [s0, s1], to: gone, by: officer}
"""
        + CLOCK
        + BIDS,
    )
    (verdict,) = judged(definition, checks=[ends_left_open])
    assert verdict.findings == ()


def test_what_needs_a_step_that_lacks_a_value_which_nobody_can_give_is_not_found(tmp_path: Path) -> None:
    definition = small(
        tmp_path,
        """\
fields:
  need: {type: text, title: Need}
  fact: {type: yes_no, title: Is it so}
  way: {type: choice, choices: [a, b], title: Way}
steps:
  go0:
    from: s0
    by: officer
    handed_in: {fields: [way]}
    starts: [clock]
    branches: [{when: "way == 'a'", to: s2}, {otherwise: s1}]
  go1: {from: s1, to: s2, by: officer, handed_in: {fields: [fact]}, stops: [clock]}
  go2: {from: s2, to: done, by: officer, already_there: {that: [{holds: fact, if_not: It is not so.}]}}
"""
        + CLOCK,
    )
    (verdict,) = judged(definition, checks=[ends_left_open])
    assert verdict.findings == ()


def test_a_step_that_an_automatic_one_undoes_at_once_is_told(tmp_path: Path) -> None:
    definition = small(
        tmp_path,
        """\
fields: {need: {type: text, title: Need}, ready: {type: yes_no, by: officer, title: Ready}}
steps:
  at_once: {from: s0, to: s1, as_soon_as: ready}
  go0: {from: s0, to: s1, by: officer}
  back: {from: s1, to: s0, by: officer}
  go1: {from: s1, to: s2, by: officer}
  go2: {from: s2, to: done, by: officer}
  give_up: {from: s2, to: gone, by: officer}
""",
    )
    (told,) = undone_at_once.check(definition, Around())
    assert "from where `at_once` leads straight back" in told.fact


def test_a_step_that_an_automatic_one_always_forestalls_is_proven_never_to_lack_what_it_reads(tmp_path: Path) -> None:
    """Whoever comes to s2 by the deadline finds no bid, and is taken on before anybody could ask for go1."""
    definition = small(
        tmp_path,
        """\
fields: {need: {type: text, title: Need}, fact: {type: yes_no, title: Is it so}}
steps:
  start: {from: s0, to: s1, by: officer, starts: [clock]}
  over: {from: s1, to: s2, by: system}
  go0: {from: s1, to: s2, by: officer, handed_in: {fields: [fact]}, stops: [clock]}
  go1: {from: s2, to: done, by: officer, already_there: {that: [{holds: fact, if_not: It is not so.}]}}
  at_once: {from: s2, to: gone, as_soon_as: {all_finished: bid}, ends: everything}
deadlines: {clock: {title: Clock, kind: open_until, period: 5 days, when_over: over}}
"""
        + BIDS,
    )
    (verdict,) = judged(definition, checks=[read_before_known])
    assert verdict.verdict == "proven"
