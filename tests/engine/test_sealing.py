"""Sealed values: unknown before their moment to everything that decides, and in no event, message, refusal or repr."""

from __future__ import annotations

from typing import Any

import pytest

from inprocap_flow.engine.case.records import Refusal, Request
from inprocap_flow.engine.decide import decide
from inprocap_flow.language.canonical import canonical_json, to_plain
from tests.engine.conftest import Build, Play, moment

SECRET = "48151623"

SEALED = """
fields: {opened_on: {type: date, by: officer, title: Opened on}}
stages: {first: {owner: officer}, second: {owner: officer}, end: {final: completed}}
steps:
  open_bids: {from: first, to: second, by: officer, milestone: opened}
  finish: {from: second, to: end, by: officer, ends: everything}
tracks:
  bid:
    title: Bid
    fields:
      price: {type: money, above: 0, maximum: 99999999 EUR, sealed_until: opened, by: firm, title: Price}
      copy: {type: money, title: Copy}
    documents: {tender: {title: Tender, sealed_until: opened}}
    begins: {step: enter, by: firm, to: in}
    stages: {in: {owner: firm}, low: {owner: firm}, high: {owner: firm}, out: {final: out}}
    steps:
      submit: {from: in, to: same, by: firm, handed_in: {fields: [price], documents: [tender]}}
      guarded:
        from: in
        to: same
        by: firm
        handed_in: {fields: [price]}
        already_there: {that: [{holds: price < price + price, if_not: Too much.}]}
      branched:
        from: in
        by: firm
        handed_in: {fields: [price]}
        branches: [{when: price < price + price, to: low}, {otherwise: high}]
      copied: {from: in, to: same, by: firm, handed_in: {fields: [price]}, sets: {copy: price}}
      needed: {from: in, to: same, by: officer, already_there: {fields: [price]}}
      counted:
        from: in
        to: same
        by: officer
        already_there: {that: [{holds: "count('bid', where=known(each.price) and each.price > 0) > 0", if_not: None.}]}
      leave: {from: [in, low, high], to: out, by: firm}
    if_case_ends: out
"""


@pytest.fixture
def entered(tiny: Build) -> Play:
    play = tiny(SEALED)
    play.does("2026-01-06 09:00", "al", "do", "enter", new="bid/al")
    return play


def everything_said(play: Play) -> str:
    """Return all that could be shown, logged or stored of the case, but for the values sealed beside the chain."""
    outcomes = "".join(repr(outcome) for outcome in play.outcomes)
    events = canonical_json([event.to_plain() for event in play.events])
    state = canonical_json(to_plain(play.rehearsal.case))
    return outcomes + events + state + repr(play.rehearsal.messages) + repr(play.rehearsal.refusals)


def test_a_sealed_value_is_kept_as_a_salted_commitment(entered: Play) -> None:
    entered.does("2026-01-06 10:00", "al", "do", "submit", on="bid/al", price=f"{SECRET} EUR", docs=("tender",))
    stored = entered.line("bid/al").fields["price"]
    assert set(stored) == {"sealed"}
    assert entered.rehearsal.secrets[stored["sealed"]] == {"amount": SECRET, "currency": "EUR"}
    assert SECRET not in everything_said(entered)
    assert entered.line("bid/al").documents["tender"][0].sealed_until == "opened"


@pytest.mark.parametrize("step", ["guarded", "branched", "copied"])
def test_nothing_that_decides_reads_a_sealed_value_not_even_the_one_that_comes(entered: Play, step: str) -> None:
    refusal = entered.refused("2026-01-06 10:00", "al", "do", step, on="bid/al", price=f"{SECRET} EUR")
    assert refusal.codes[0] in ("guard-unknown", "branch-unknown", "field-missing")
    assert SECRET not in everything_said(entered)


@pytest.mark.parametrize("wrong", [f"-{SECRET}", f"{SECRET}0000"])
def test_not_even_a_wrong_value_is_repeated(entered: Play, wrong: str) -> None:
    raw: dict[str, Any] = {"price": {"amount": wrong, "currency": "EUR"}}
    refusal = entered.refused("2026-01-06 10:00", "al", "do", "submit", on="bid/al", raw=raw, docs=("tender",))
    assert refusal.codes == ("out-of-range",)
    entered.refused("2026-01-06 10:00", "al", "fill", on="bid/al", raw={"price": f"{SECRET} nonsense"})
    assert SECRET not in everything_said(entered)


def test_that_it_is_there_is_no_secret_and_after_the_milestone_it_is_read(entered: Play) -> None:
    assert entered.refused("2026-01-06 09:30", "ben", "do", "needed", on="bid/al").codes == ("field-missing",)
    entered.does("2026-01-06 10:00", "al", "do", "submit", on="bid/al", price=f"{SECRET} EUR", docs=("tender",))
    entered.does("2026-01-06 10:30", "ben", "do", "needed", on="bid/al")
    assert entered.refused("2026-01-06 11:00", "ben", "do", "counted", on="bid/al").codes == ("guard",)
    entered.does("2026-01-06 12:00", "ben", "do", "open_bids")
    entered.does("2026-01-06 13:00", "ben", "do", "counted", on="bid/al")
    entered.does("2026-01-06 13:00", "al", "fill", on="bid/al", price="7 EUR")
    assert entered.line("bid/al").fields["price"] == {"amount": "7", "currency": "EUR"}


def test_without_a_random_seed_nothing_is_sealed(entered: Play) -> None:
    request = Request("fill", "al", line="bid/al", fields={"price": {"amount": SECRET, "currency": "EUR"}})
    outcome = decide(entered.rehearsal.binding, entered.case, request, moment("2026-01-06 10:00"))
    assert isinstance(outcome, Refusal)
    assert outcome.codes == ("no-seed",)


def test_what_was_sealed_is_decided_again_without_the_key(entered: Play) -> None:
    entered.does("2026-01-06 09:30", "ben", "fill", opened_on="2026-02-01")
    number = next(e.decision for e in entered.events if e.data.get("fields", {}).get("opened_on"))
    entered.does("2026-01-06 10:00", "al", "do", "submit", on="bid/al", price=f"{SECRET} EUR", docs=("tender",))
    entered.does("2026-01-07 10:00", "ben", "annul", str(number), reason="a slip")
    assert SECRET not in everything_said(entered)
