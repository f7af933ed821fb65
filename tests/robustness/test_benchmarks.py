"""The measurements run: each tells every figure that the page on performance names. Nothing is required of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("benchmarks", ["--cases", "1", "--starts", "1"]),
        ("benchmarks.stretches", ["--cases", "1"]),
        ("benchmarks.sweep", ["--pending", "200", "--due", "5"]),
        ("benchmarks.checker", ["--quick", "eiscat-quotation"]),
        ("benchmarks.exploring", ["eiscat-quotation", "--seconds", "1"]),
    ],
)
def test_a_measurement_runs_to_its_end_and_tells_figures(module: str, options: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", module, *options, "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)
