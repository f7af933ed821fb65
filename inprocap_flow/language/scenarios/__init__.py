"""Test files as frozen records: stories and scenarios, each act with its place."""

from __future__ import annotations

from inprocap_flow.language.scenarios.borrowing import Shelf, with_borrowed
from inprocap_flow.language.scenarios.building import build_tests
from inprocap_flow.language.scenarios.records import Borrowed, Deed, Expected, Later, Origin, Scenario, Tests

__all__ = [
    "Borrowed",
    "Deed",
    "Expected",
    "Later",
    "Origin",
    "Scenario",
    "Shelf",
    "Tests",
    "build_tests",
    "with_borrowed",
]
