"""What all tests share: a clock that stands still, ids that count, a PostgreSQL. Nothing clever."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings

from inprocap_flow.clock import FixedClock
from inprocap_flow.ids import CountedIds

_CACHE = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
if "INPROCAP_TESTS_KEEP" not in os.environ:
    # Answers of explorations: one folder for this session and all its processes (workers inherit it). So nothing is
    # explored twice, a machine that has run the tests before behaves like a fresh one, and no home is written to.
    os.environ["INPROCAP_TESTS_KEEP"] = os.environ[_CACHE] = tempfile.mkdtemp(prefix="inprocap-kept-")
    atexit.register(shutil.rmtree, os.environ[_CACHE], ignore_errors=True)

pytest_plugins = ["tests.postgres"]

# No deadlines: the machines are shared, and a slow example is no fact about the code.
settings.register_profile("suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", parent=settings.get_profile("suite"), max_examples=20_000)
settings.load_profile("soak" if os.environ.get("INPROCAP_SOAK") else "suite")


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 2 March 2026, nine in the morning in UTC."""
    return FixedClock(datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def ids() -> CountedIds:
    """Ids that count from 1 for each noun: case-0001, event-0001, ..."""
    return CountedIds()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail what would be left out where everything must run (CI is "true"): nobody reads there what was skipped."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} would be skipped, and this run leaves nothing out: {report.longrepr}"
    return report


_SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("INPROCAP_FLOW_")}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test after which the program is set otherwise than before: those that follow would fail in its place.

    That happens where `monkeypatch` is asked for before a fixture that sets the same itself, and is undone after it.
    """
    done = yield
    left = {name: value for name, value in os.environ.items() if name.startswith("INPROCAP_FLOW_")}
    if left != _SETTINGS:
        for name in left.keys() | _SETTINGS.keys():
            os.environ.pop(name, None)
        os.environ.update(_SETTINGS)
        pytest.fail(f"{item.nodeid} leaves settings behind: {sorted(left.items() ^ _SETTINGS.items())}", pytrace=False)
    return done
