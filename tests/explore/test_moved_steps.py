"""What a step needs with which another one moves tracks: it is asked for when that one comes."""

from __future__ import annotations

from pathlib import Path

from inprocap_flow.language.checks import read_before_known
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.explore.asking import FOUND, PROVEN
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import held, scene_of

PROCEDURE = """\
procedure: ranks
version: 1
language: en
title: Ranks
rulebook: none
roles: {officer: {title: Officer}}
begins: {step: open_case, by: officer, to: open}
stages:
  open: {owner: officer}
  done: {final: completed}
fields: {vacant_rank: {type: whole_number, title: The rank that has become vacant FILLED}}
steps:
  move:
    from: open
    to: open
    by: officer
    WITH
    moves: [{tracks: bid, in: ranked, step: move_up}]
  end: {from: open, to: done, by: officer}
tracks:
  bid:
    title: Bid
    begins: {step: enter, by: officer, to: ranked, while: open, handed_in: {fields: [rank]}}
    fields: {rank: {type: whole_number, title: Rank}}
    stages: {ranked: {owner: officer}, out: {final: out}}
    steps:
      move_up: {from: ranked, to: ranked, by: TAKEN, sets: {rank: "max(rank - 1, vacant_rank)"}}
    if_case_ends: out
"""


def verdicts(tmp_path: Path, comes_with: str, *, taken: str = "system") -> dict[str, str]:
    path = tmp_path / "ranks.yaml"
    text = PROCEDURE.replace("WITH", comes_with or "title: Move").replace("TAKEN", taken).replace(" FILLED", "")
    path.write_text(text, encoding="utf-8")
    definition = load_procedure(path)
    found = held(definition, judged(definition, checks=[read_before_known]), scene_of([tmp_path]))
    return {one.about: one.answer.doubt or one.answer.verdict for verdict in found for one in verdict.asked}


def test_what_comes_with_the_step_that_moves_is_known_to_the_step_with_which_it_moves(tmp_path: Path) -> None:
    assert verdicts(tmp_path, "handed_in: {fields: [vacant_rank]}").get("move_up vacant_rank", PROVEN) == PROVEN


def test_what_nobody_can_give_when_tracks_are_moved_is_found(tmp_path: Path) -> None:
    assert verdicts(tmp_path, "")["move_up vacant_rank"] == FOUND


def test_what_a_step_of_a_track_reads_of_the_case_is_looked_at_where_tracks_are(tmp_path: Path) -> None:
    assert verdicts(tmp_path, "", taken="officer")["move_up vacant_rank"] == FOUND
