"""The settings of the log hold for real commands, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import moment
from tests.service.timekeeping.conftest import House, built


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = built(f"sqlite:///{tmp_path / 'cases.db'}", tmp_path)
    made.opens("case-2")
    yield made
    made.desk.store.close()


def ran(house: House, *words: str, **log: str) -> subprocess.CompletedProcess[str]:
    surroundings = {name: text for name, text in os.environ.items() if not name.startswith("INPROCAP_FLOW_")}
    named = {
        "INPROCAP_FLOW_DATABASE": house.url,
        "INPROCAP_FLOW_OUTGOING": str(house.desk.settings.outgoing),
        **{f"INPROCAP_FLOW_LOG_{name.upper()}": text for name, text in log.items()},
    }
    done = subprocess.run(
        [sys.executable, "-m", "inprocap_flow", "--now", moment("2026-01-12 08:00").isoformat(), *words],
        check=False,
        env={**surroundings, **named},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_a_scheduler_that_does_something_writes_json_lines_with_ids_only(house: House) -> None:
    done = ran(house, "scheduler", "--once", format="json")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"reminder_written", "tick_done"} <= {line["event"] for line in lines}
    assert {line["case"] for line in lines if line["event"] == "reminder_written"} == {"case-2"}
    assert all(line["level"] == "info" for line in lines)
    assert "withheld" not in done.stderr
    assert "@" not in done.stderr
    assert "1 reminder written" in done.stdout


def test_a_scheduler_writes_no_line_below_the_level_that_is_set(house: House) -> None:
    assert ran(house, "scheduler", "--once", format="json", level="warning").stderr == ""


def test_every_other_command_is_silent_until_a_level_asks_for_lines(house: House) -> None:
    house.does("2026-01-06 09:00", "ben", "fill", case="case-2", fields={"note": "a"})
    silent = ran(house, "set", "case-2", "note=b", "--as", "ben")
    assert "request_recorded" not in silent.stderr
    told = ran(house, "set", "case-2", "note=c", "--as", "ben", level="info", format="json")
    events = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    assert "request_recorded" in {line["event"] for line in events}
    assert {line["case"] for line in events} == {"case-2"}
