"""The frozen table says what the machine says: for every state and every step of every definition there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from transitions import MachineError

from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.language.model import Line
from inprocap_flow.machine.compile import PREFIX, LineMachine, Token, build
from inprocap_flow.machine.released import from_released
from inprocap_flow.machine.table import LineTable, released_form
from tests.machine.conftest import FILES, machine_of


def asked(machine: LineMachine, state: str, name: str, branch: int) -> str | None:
    """Return where the machine leads, or None if it does not; asked without looking at the table."""
    token = Token(state, branch)
    try:
        fired = machine.trigger_event(token, PREFIX + name)
    except (MachineError, AttributeError):
        fired = False
    assert fired or token.state == state
    return token.state if fired else None


def told(table: LineTable, state: str, name: str, branch: int) -> str | None:
    targets = table.moves.get(state, {}).get(name, ())
    return targets[branch] if branch < len(targets) else None


def differences(line: Line, machine: LineMachine, table: LineTable) -> list[tuple[str, str, int]]:
    most = max((len(step.targets) for step in line.steps.values()), default=0) + 1
    return [
        (state, name, branch)
        for state in line.leaves
        for name in line.steps
        for branch in range(most)
        if asked(machine, state, name, branch) != told(table, state, name, branch)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_table_and_machine_say_the_same_everywhere(path: Path) -> None:
    compiled = machine_of(path)
    for line in compiled.definition.lines:
        assert differences(line, build(line), compiled.table(line.kind)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_final_states_have_no_way_on_but_the_one_that_the_end_of_the_case_gives(path: Path) -> None:
    compiled = machine_of(path)
    for line in compiled.definition.lines:
        table = compiled.table(line.kind)
        stuck = set(line.leaves) - set(table.moves) - set(table.finals)
        assert not stuck or line.if_case_ends
        assert not set(table.finals) & set(table.moves)
        assert table.begins in line.leaves


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_released_machine_comes_back_from_its_text(path: Path) -> None:
    compiled = machine_of(path)
    back = from_released(json.loads(canonical_json(released_form(compiled))))
    assert back.content_hash == compiled.content_hash
    assert back.tables == compiled.tables
