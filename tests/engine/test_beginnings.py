"""What `next` says of a track that may be begun: the conditions of its beginning, on whichever line it would hang."""

from __future__ import annotations

from inprocap_flow.engine.offers import Offer, outlook
from tests.engine.conftest import Build, Play, moment

CONTRACTS = """
fields:
  places: {type: whole_number, by: officer, title: Places, default: 1}
stages: {first: {owner: officer, title: First}, end: {final: completed}}
steps:
  finish: {from: first, to: end, by: officer, ends: everything}
tracks:
  bid:
    title: Firm
    fields:
      firm: {type: text, title: Firm}
      contract_value: {type: money, by: officer, title: Value of the contract}
    begins:
      step: register
      by: officer
      to: there
      handed_in: {fields: [firm]}
      already_there:
        that:
          - {holds: "count('bid', 'there') < places", if_not: All places are taken.}
          - {holds: "count('bid', 'there', where=each.firm == firm) == 0", if_not: This firm is there already.}
    stages: {there: {owner: officer, title: There}, left: {final: left}}
    steps:
      leave: {from: there, to: left, by: officer}
    if_case_ends: left
  payment:
    title: Payment
    of: bid
    fields:
      amount: {type: money, title: Amount}
    begins:
      step: invoice
      by: officer
      to: received
      handed_in: {fields: [amount]}
      already_there:
        that:
          - {holds: known(bid.contract_value), if_not: This firm has no contract.}
          - {holds: amount <= bid.contract_value, if_not: It is more than the contract.}
    stages: {received: {owner: officer, title: Received}, paid: {final: paid}}
    steps:
      pay: {from: received, to: paid, by: officer}
    if_case_ends: paid
"""


def offered(play: Play, step: str) -> dict[str, Offer]:
    found = outlook(play.rehearsal.binding, play.case, moment("2026-01-06 09:00"))
    return {offer.line: offer for offer in found.offers if offer.step.name == step}


def two_firms(tiny: Build) -> Play:
    play = tiny(CONTRACTS)
    play.does("2026-01-05 09:00", "ben", "fill", places="3")
    for name in ("al", "bo"):
        play.does("2026-01-05 10:00", "ben", "do", "register", new=f"bid/{name}", firm=name)
    return play


def test_a_track_is_offered_only_where_the_conditions_of_its_beginning_hold(tiny: Build) -> None:
    play = two_firms(tiny)
    play.does("2026-01-05 11:00", "ben", "fill", on="bid/bo", contract_value="100 EUR")
    found = offered(play, "invoice")
    assert [blocker.reason for blocker in found["bid/al"].blockers] == ["This firm has no contract."]
    assert found["bid/bo"].is_open


def test_a_condition_on_the_case_holds_for_a_track_that_is_not_there_yet(tiny: Build) -> None:
    play = two_firms(tiny)
    assert offered(play, "register")["case"].is_open
    play.does("2026-01-05 11:00", "ben", "fill", places="2")
    assert [blocker.reason for blocker in offered(play, "register")["case"].blockers] == ["All places are taken."]


def test_what_is_asked_with_the_beginning_is_not_held_against_it_and_looking_changes_nothing(tiny: Build) -> None:
    play = two_firms(tiny)
    before = play.case
    found = offered(play, "register")["case"]
    assert [blocker.about for blocker in found.hand_in] == ["firm"]
    assert play.case == before
