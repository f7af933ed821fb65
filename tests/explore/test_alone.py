"""One track of each kind is followed, whatever others do: far fewer cases, and none that the engine knows is lost."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.checks import ends_left_open, expiry_refused, read_before_known, started_while_running
from inprocap_flow.language.checks.asked import Asked
from inprocap_flow.language.explore.asking import FOUND, PROVEN, Question
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.machine.compile import compile_definition
from tests.engine.conftest import ORGANISATION
from tests.engine.walking import SEED
from tests.explore.abstracting import nowhere_alone
from tests.explore.test_abstraction import Watched, played
from tests.mutation.procedures import procedure

ROOT = Path(__file__).parents[2]
FEW, MORE = Bound(states=300), Bound(states=1_500)
SAFE = (ends_left_open, expiry_refused, read_before_known, started_while_running)
INVOICES = """\
procedure: invoices
version: 1
language: en
title: Invoices
rulebook: none
own_lengths: {source: Invented for a test, confirmed_on: never}
counting: plain
roles: {officer: {title: Officer}}
begins: {step: sign, by: officer, to: running}
stages:
  running: {owner: officer}
  ended: {final: completed}
steps:
  end:
    from: running
    to: ended
    by: officer
    already_there: {that: [{holds: "unfinished('invoice') == 0", if_not: Settle every invoice.}]}
tracks:
  invoice:
    title: Invoice
    begins: {step: receive, by: officer, to: received, starts: payment_due}
    stages:
      received: {owner: officer}
      checked: {owner: officer}
      disputed: {owner: officer}
      corrected: {owner: officer}
      agreed: {owner: officer}
      ordered: {owner: officer}
      returned: {owner: officer}
      paid: {final: paid}
    deadlines:
      payment_due: {kind: due, title: Payment, period: 30 days}
    steps:
      check: {from: received, to: checked, by: officer}
      dispute: {from: [received, checked], to: disputed, by: officer, stops: payment_due}
      correct: {from: disputed, to: corrected, by: officer, starts: payment_due}
      agree: {from: [corrected, checked], to: agreed, by: officer}
      order: {from: agreed, to: ordered, by: officer}
      give_back: {from: ordered, to: returned, by: officer, stops: payment_due}
      renew: {from: returned, to: received, by: officer, starts: payment_due}
      pay: {from: [agreed, ordered], to: paid, by: officer, meets: payment_due}
"""


def read(tmp_path: Path, text: str, name: str = "invoices") -> Definition:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load_procedure(path)


def answers(definition: Definition, bound: Bound = FEW) -> dict[tuple[str, str], Asked]:
    return {
        (check.CODE, one.about): one for check in SAFE for question in check.ask(definition) for one in question(bound)
    }


def test_what_one_track_can_come_to_is_decided_however_many_there_may_be(tmp_path: Path) -> None:
    found = answers(read(tmp_path, INVOICES))
    assert {one.answer.verdict for one in found.values()} == {PROVEN}
    assert ("started-while-running", "correct payment_due") in found
    assert max(one.answer.states for one in found.values()) < 100


def test_a_clock_that_one_track_leaves_running_is_found(tmp_path: Path) -> None:
    faulty = INVOICES.replace("to: paid, by: officer, meets: payment_due", "to: paid, by: officer")
    verdicts = {name: one.answer.verdict for name, one in answers(read(tmp_path, faulty), MORE).items()}
    assert verdicts["ends-left-open", "invoice.payment_due"] == FOUND


def test_a_clock_that_one_track_starts_while_it_runs_is_found(tmp_path: Path) -> None:
    faulty = INVOICES.replace("to: returned, by: officer, stops: payment_due", "to: returned, by: officer")
    verdicts = {name: one.answer.verdict for name, one in answers(read(tmp_path, faulty), MORE).items()}
    assert verdicts["started-while-running", "renew payment_due"] == FOUND


def test_a_track_that_nothing_asks_to_be_finished_is_found_left_open(tmp_path: Path) -> None:
    faulty = INVOICES.replace("unfinished('invoice') == 0", "count('invoice', 'paid') >= 1")
    verdicts = {name: one.answer.verdict for name, one in answers(read(tmp_path, faulty), MORE).items()}
    assert verdicts["ends-left-open", "invoice"] == FOUND


def test_random_walks_go_where_what_follows_one_track_was() -> None:
    definition = load_procedure(ROOT / "tests" / "engine" / "purchase.yaml")
    binding = Binding(compile_definition(definition), ORGANISATION)
    walk = Watched(binding, random.Random(SEED))
    walk.go(60)
    seen = walk.__dict__["seen"]
    print(f"purchase: seed {SEED}, {len(seen)} cases looked for")  # noqa: T201  # a randomised suite says what it did
    assert nowhere_alone(definition, seen, time.process_time() + 60) == []


def test_every_scenario_of_a_review_goes_where_what_follows_one_track_was(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = played("iter-review", monkeypatch)
    definition = load_procedure(ROOT / "definitions" / "iter-review.yaml")
    assert any(len(case.in_order) > 1 for case in seen)
    assert nowhere_alone(definition, seen, time.process_time() + 60) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["call-off", "open", "qualified-call", "framework", "innovation-partnership", "design-contest"]
)
def test_every_scenario_of_what_we_ship_goes_where_what_follows_one_track_was(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = played(name, monkeypatch)
    definition = load_procedure(ROOT / "definitions" / f"{name}.yaml", [ROOT / "definitions"])
    assert nowhere_alone(definition, seen, time.process_time() + 600) == []


def test_what_counting_all_tracks_finds_is_never_said_to_be_proven_by_following_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = [read(tmp_path, procedure(f"alone {SEED} {number}"), "drawn") for number in range(40)]
    followed = [answers(one, MORE) for one in drawn]
    monkeypatch.setattr(Question, "never_alone", lambda _self: False)
    faults = 0
    for definition, seen in zip(drawn, followed, strict=True):
        for name, one in answers(definition, MORE).items():
            faults += one.answer.verdict == FOUND
            assert (one.answer.verdict, seen[name].answer.verdict) != (FOUND, PROVEN), name
    print(f"drawn: seed {SEED}, {len(drawn)} procedures, {faults} faults")  # noqa: T201  # as above
    assert faults
