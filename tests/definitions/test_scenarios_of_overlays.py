"""Scenarios of overlays come out as written, and together they take every step that each overlay adds somewhere."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from inprocap_flow.language.load import load_organisation, load_tests
from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays.applied import layers_of
from inprocap_flow.language.overlays.chosen import overlay_files
from inprocap_flow.language.overlays.document import load_overlay
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import Report, run_file
from inprocap_flow.store.port import Store
from tests.replayed import Replay, replaying

DEFINITIONS = Path(__file__).parents[2] / "definitions"
FILES = sorted((DEFINITIONS / "overlays").glob("*.test.yaml"))
OVERLAYS = sorted(path for path in (DEFINITIONS / "overlays").glob("*.yaml") if "." not in path.stem)


@cache
def replayed(path: Path) -> tuple[Report, Replay]:
    with replaying() as replay:
        return run_file(path, Desk(cast("Store", None))), replay  # scenarios are played in memory


def played(path: Path) -> Report:
    return replayed(path)[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_scenario_of_an_overlay_comes_out_as_written(path: Path) -> None:
    report = played(path)
    assert [f"{fault.place} {fault.fact}: {fault.says}" for fault in report.faults] == []
    assert report.played


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_was_recorded_under_an_overlay_replays_to_the_same_state_byte_for_byte(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replay = replayed(path)[1]
    with capsys.disabled():
        print(f"\n  replay of {path.name}: {replay}")  # noqa: T201
    assert replay.compared
    assert replay.differs == []


def _layers(path: Path) -> list[tuple[str, set[str], set[str]]]:
    """Return the overlays that the test file *path* is played with: name, and the steps before and after it."""
    tests = load_tests(path, (DEFINITIONS,))
    organisation, _ = load_organisation(DEFINITIONS / "organisations" / f"{tests.organisation}.yaml", (DEFINITIONS,))
    assert tests.first_deed
    first = date.fromisoformat(tests.first_deed.at[:10])
    files = overlay_files(tests.procedure, organisation, first, (DEFINITIONS,))
    layers, _ = layers_of(DEFINITIONS / f"{tests.procedure}.yaml", files, (DEFINITIONS,))
    return [
        (above.definition.overlays[-1].name, _steps(below.definition), _steps(above.definition))
        for below, above in pairwise(layers)
    ]


def _used() -> set[tuple[str, str, str]]:
    """Return organisation, procedure and overlay wherever an organisation has an overlay for a procedure it uses."""
    found: set[tuple[str, str, str]] = set()
    for path in sorted((DEFINITIONS / "organisations").glob("*.yaml")):
        organisation, _ = load_organisation(path, (DEFINITIONS,))
        uses = {one.name for one in organisation.procedures}
        for chosen in organisation.overlays:
            written_for = load_overlay(DEFINITIONS / "overlays" / f"{chosen.name}.yaml").written_for
            found |= {(path.stem, name, chosen.name) for name in written_for if not uses or name in uses}
    return found


def test_an_overlay_is_played_with_every_procedure_that_its_organisation_uses() -> None:
    shown = set()
    for path in FILES:
        tests = load_tests(path, (DEFINITIONS,))
        shown |= {(tests.organisation, tests.procedure, name) for name, _, _ in _layers(path)}
    assert _used()
    assert _used() - shown == set()


def _steps(definition: Definition) -> set[str]:
    return {
        f"{line.kind or 'case'}.{one.name}" for line in definition.lines for one in (line.begins, *line.steps.values())
    }


def test_every_step_that_an_overlay_adds_is_taken_in_a_scenario() -> None:
    added: dict[str, set[str]] = {path.stem: set() for path in OVERLAYS}
    taken: dict[str, set[str]] = {path.stem: set() for path in OVERLAYS}
    for path in FILES:
        for name, before, after in _layers(path):
            added[name] |= after - before
            taken[name] |= {step for step, times in played(path).coverage.steps.items() if times}
    assert {name: sorted(steps - taken[name]) for name, steps in added.items() if steps - taken[name]} == {}
    assert any(added.values())
