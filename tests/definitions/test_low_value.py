"""What another agency does is told as that: no band of low and middle value is called law, or confirmed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow

BANDS = {
    "low_value_from",
    "more_invited_above",
    "middle_value_up_to",
    "fewest_invited_low",
    "fewest_invited_middle",
    "interest_time",
}


def bands(day: str) -> dict[str, tuple[str, str | None, str | None]]:
    """Return basis, mark and confirmation of each band, as `law` lists them on *day*."""
    result = CliRunner().invoke(inprocap_flow, ["law", "f4e", "--on", day, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["limits"]
    return {one["limit"]: (one["basis"], one["mark"], one["confirmed_on"]) for one in found if one["limit"] in BANDS}


def test_in_2025_every_band_is_the_practice_of_another_agency_and_no_law() -> None:
    assert bands("2025-06-02") == dict.fromkeys(BANDS, ("custom", "A", "never"))


def test_in_2026_what_the_page_does_not_speak_of_is_marked_as_carried_on() -> None:
    own_knowledge = {"middle_value_up_to": ("custom", "K", "never")}
    assert bands("2026-06-02") == dict.fromkeys(BANDS, ("custom", "D", "never")) | own_knowledge


@pytest.mark.parametrize("day", ["2023-12-31", "2028-01-03"])
def test_outside_the_years_that_are_known_the_threshold_is_listed_without_a_value(day: str) -> None:
    assert bands(day)["middle_value_up_to"] == ("custom", None, None)
