"""In full size: the events of every act of every scenario fold into the state that was decided, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.port import Store
from tests.replayed import replaying

ROOT = Path(__file__).parents[2]
FILES = sorted(path for of in ("definitions", "workflows") for path in (ROOT / of).rglob("*.test.yaml"))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_act_of_every_scenario_replays_byte_for_byte(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with replaying(every=1) as replay:
        report = run_file(path, Desk(cast("Store", None)))
    with capsys.disabled():
        print(f"\n  {path.relative_to(ROOT)}: {len(report.played)} scenarios, {replay}")  # noqa: T201
    assert replay.compared == replay.acts > 0
    assert replay.differs == []
