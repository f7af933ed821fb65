"""A case is told as stuck only where no number of tracks leads on: the few that are counted are not all there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.checks import case_stuck
from inprocap_flow.language.checks.asked import Asked
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import held, scene_of

ENQUIRY = """\
procedure: enquiry
version: 1
language: en
title: Enquiry
rulebook: none
own_lengths: {source: Invented for a test, confirmed_on: never}
roles: {officer: {title: Officer}, firm: {title: Firm, speaks_for: firm, sees: own}}
fields: {need: {type: text, title: Need}}
begins: {step: ask, by: officer, to: asked, handed_in: {fields: [need]}}
stages:
  asked: {owner: officer}
  open: {owner: officer}
  closed: {owner: officer}
  ordered: {final: completed}
  dropped: {final: cancelled}
steps:
  send:
    from: asked
    to: open
    by: officer
    already_there: {that: [{holds: "count('firm', 'listed') >= 3", if_not: List three firms.}]}
    moves: {tracks: firm, in: listed, step: ask_firm}
  close: {from: open, to: closed, by: officer}
  order:
    from: closed
    to: ordered
    by: officer
    already_there: {that: [{at_least_one_in: {firm: offered}, if_not: No offer came in.}]}
    ends: everything
  drop: {from: [asked, DROPS], to: dropped, by: officer}
tracks:
  firm:
    title: Firm
    begins: {step: list_firm, by: officer, to: listed, while: asked}
    stages: {listed: {owner: officer}, asked: {owner: firm}, offered: {owner: officer}, out: {final: out}}
    steps:
      ask_firm: {from: listed, to: asked, by: system}
      offer: {from: asked, to: offered, by: firm, while: open}
    if_case_ends: out
"""
AN_OFFER_ALWAYS_COMES = ENQUIRY.replace(
    "  close: {from: open, to: closed, by: officer}",
    """\
  close:
    from: open
    to: closed
    by: officer
    already_there: {that: [{at_least_one_in: {firm: offered}, if_not: Wait for an offer.}]}""",
)


def stuck(tmp_path: Path, text: str) -> list[Asked]:
    path = tmp_path / "enquiry.yaml"
    path.write_text(text.replace("DROPS", "open"), encoding="utf-8")
    definition = load_procedure(path)
    (verdict,) = held(definition, judged(definition, checks=[case_stuck]), scene_of())
    return [one for one in verdict.asked if one.answer.path is not None or one.answer.doubt]


def test_a_case_that_waits_for_a_third_firm_is_not_stuck(tmp_path: Path) -> None:
    assert stuck(tmp_path, AN_OFFER_ALWAYS_COMES) == []


@pytest.mark.parametrize("fewest", [1, 2, 3])
def test_a_case_is_stuck_where_no_offer_came_in_and_not_where_more_firms_may_be_listed(
    tmp_path: Path, fewest: int
) -> None:
    found = stuck(tmp_path, ENQUIRY.replace(">= 3", f">= {fewest}"))
    assert found
    for one in found:
        assert one.answer.path is not None
        assert one.answer.path.state is not None
        assert one.answer.path.state.main.leaf == "closed"
