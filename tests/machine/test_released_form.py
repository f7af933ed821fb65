"""A released version is the definition as it was written: nothing lost, and the order of writing kept."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.money import Money
from inprocap_flow.language.values import decode
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.released import from_released
from inprocap_flow.machine.table import released_form
from tests.machine.conftest import FILES, machine_of

PURCHASE = Path(__file__).parents[1] / "engine" / "purchase.yaml"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_release_gives_back_what_was_compiled_in_the_order_of_writing(path: Path) -> None:
    machine = machine_of(path)
    back = from_released(json.loads(canonical_json(released_form(machine))))
    assert back.definition == machine.definition
    assert back.tables == machine.tables
    assert back.content_hash == machine.content_hash
    for was, now in zip(machine.definition.lines, back.definition.lines, strict=True):
        assert [*was.stages] == [*now.stages]
        assert [*was.steps] == [*now.steps]
        assert [*was.fields] == [*now.fields]
    for kind, table in machine.tables.items():
        assert [[*steps] for steps in table.moves.values()] == [[*steps] for steps in back.tables[kind].moves.values()]
    assert [*back.definition.watches] == [*machine.definition.watches]


def test_another_order_of_writing_is_another_version() -> None:
    machine = compile_definition(load_procedure(PURCHASE))
    form = released_form(machine)
    steps = form["definition"]["main"]["steps"] if isinstance(form["definition"], dict) else None
    assert steps is not None
    steps.reverse()
    assert from_released(form).content_hash != machine.content_hash


def test_amounts_between_which_a_field_must_lie_are_amounts_after_a_release(tmp_path: Path) -> None:
    path = tmp_path / "bounded.yaml"
    path.write_text(
        """
procedure: bounded
version: 1
language: en
title: Bounded
rulebook: none
roles: {officer: {title: Officer}}
fields:
  price: {type: money, above: 0 EUR, maximum: 5000 EUR, title: Price}
  fee: {type: money, minimum: 1 EUR, default: 2 EUR, title: Fee}
begins: {step: ask, by: officer, to: asked, handed_in: {fields: [price]}}
stages: {asked: {owner: officer}, done: {final: completed}}
steps: {finish: {from: asked, to: done, by: officer}}
""",
        encoding="utf-8",
    )
    machine = compile_definition(load_procedure(path))
    back = from_released(json.loads(canonical_json(released_form(machine))))
    assert back.definition == machine.definition
    price = back.definition.main.fields["price"]
    assert decode("money", price.maximum) == Money(Decimal(5000), "EUR")
