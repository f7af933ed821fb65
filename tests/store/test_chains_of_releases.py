"""Chains that were written by a release, as they were written: they fold and verify for ever (ruling 9).

Each file holds the events of one case, of the guided tour or played by hand, the head of its chain and how it stood. A
file comes with every release, and is never changed: if one of these tests fails, old audit trails are read no longer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Event
from inprocap_flow.store import chain

CHAINS = sorted(Path(__file__).with_name("chains").glob("*.json"))


def _read(path: Path) -> tuple[dict[str, Any], list[Event]]:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept, [Event.from_plain(plain) for plain in kept["events"]]


def _head(kept: dict[str, Any], events: list[Event]) -> str:
    genesis = chain.genesis(kept["case"], kept["organisation"], kept["definition"])
    return chain.links(genesis, events)[-1].hash


@pytest.mark.parametrize("path", CHAINS, ids=lambda path: path.stem)
def test_a_chain_of_a_release_still_verifies(path: Path) -> None:
    kept, events = _read(path)
    assert _head(kept, events) == kept["head"]


@pytest.mark.parametrize("path", CHAINS, ids=lambda path: path.stem)
def test_a_chain_of_a_release_notices_another_actor(path: Path) -> None:
    kept, _ = _read(path)
    kept["events"][3]["actor"] = "somebody_else"
    assert _head(kept, [Event.from_plain(plain) for plain in kept["events"]]) != kept["head"]


@pytest.mark.parametrize("path", CHAINS, ids=lambda path: path.stem)
def test_the_events_of_a_release_still_fold_into_the_same_case(path: Path) -> None:
    kept, events = _read(path)
    case = fold(events)
    assert case.main.state == kept["stage"]
    assert {key: line.state for key, line in case.lines.items() if key != "case"} == kept["tracks"]
    assert {key: [clock.status, clock.end] for key, clock in case.deadlines.items()} == kept["deadlines"]
    signed = {key: [[one.person, one.status] for one in state.signatures] for key, state in case.approvals.items()}
    assert signed == kept["approvals"]
    assert case.decided_with == kept.get("decided_with", {})  # chains from before 2026-11-23 name none


def test_there_are_chains_of_a_release() -> None:
    assert {path.stem.partition("-")[0] for path in CHAINS} >= {"0.1.0"}


def test_some_of_them_name_what_they_were_decided_with_and_others_do_not_yet() -> None:
    named = [[event.seq for event in _read(path)[1] if (event.request or {}).get("decided_with")] for path in CHAINS]
    assert [] in named
    assert any(len(places) > 1 for places in named)  # the opening, and the first decision after a new release
