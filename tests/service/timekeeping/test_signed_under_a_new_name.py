"""A mail that waited while its case went over: the command in it names the approval as it is called by now."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.service.delivering.letters import letter_of
from inprocap_flow.service.migrating import MOVED, migrate_case
from tests.service.timekeeping.conftest import House
from tests.service.timekeeping.test_migrated import BEN, newer, planned, released

OTHERWISE = (
    ('version: "1"', 'version: "2"'),
    ("  plan:\n    title: The plan", "  scheme:\n    title: The scheme"),
    ("approvals: [plan]", "approvals: [scheme]"),
)
OTHERS = "renamed: {approvals: {plan: scheme}}\n"


def letters(house: House, kind: str) -> list[str]:
    rows = house.rows(f"SELECT id, recipient FROM outbox WHERE kind = '{kind}' ORDER BY id")
    return [plain_text(letter_of(house.desk, "lab", to.partition(":")[2], [one])) for one, to in rows]


@pytest.fixture
def asked(house: House, tmp_path: Path) -> House:
    """A case whose approval was asked for, and reminded of, before it went over to a version that renames it."""
    house.opens()
    house.calls("2026-01-09 16:00")
    house.does("2026-01-12 08:00", "ben", "fill", fields={"note": "a"})
    house.does("2026-01-12 09:00", "ben", "ask", "plan")
    house.ticks("2026-01-30 09:00")
    released(house, newer(tmp_path, *OTHERWISE))
    house.at("2026-01-30 10:00")
    assert migrate_case(house.desk, planned(house, tmp_path, OTHERS), "case-1", BEN).outcome == MOVED
    return house


@pytest.mark.parametrize("kind", ["asked", "reminder"])
def test_the_command_in_a_mail_names_the_approval_as_it_is_called_now(asked: House, kind: str) -> None:
    found = [text for text in letters(asked, kind) if "inprocap-flow sign" in text]
    assert found
    for text in found:
        assert "inprocap-flow sign case-1 scheme" in text
        assert "The plan" in text  # in the words in which it was asked
