"""Which overlays an organisation gets of those that are released: its own and national ones, never those of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inprocap_flow.errors import NotFound
from inprocap_flow.language.model import Chosen
from inprocap_flow.service.applying import Shelf, make
from inprocap_flow.service.choosing import as_released, overlays_for
from inprocap_flow.service.desk import Desk
from tests.engine.conftest import ORGANISATION

LAB = replace(ORGANISATION, overlays=(Chosen("rules"),))
DAY = date(2026, 3, 2)


def released(**whose: str) -> dict[str, Any]:
    return {"overlay": "rules", "version": "1", "for": {"open": "2026.1"}, **whose}


def reading(content: dict[str, Any]) -> Any:
    """Return a store in which one overlay is released, and nothing else."""
    return SimpleNamespace(in_force=lambda *_: SimpleNamespace(content=content))


@pytest.mark.parametrize("whose", [{"organisation": "lab"}, {"national": "DE"}], ids=["its own", "national"])
def test_an_organisation_gets_its_own_overlays_and_national_ones(whose: dict[str, str]) -> None:
    assert [one.name for one in overlays_for(reading(released(**whose)), LAB, "open", DAY)] == ["rules"]


def test_a_released_overlay_of_another_organisation_is_refused() -> None:
    foreign = reading(released(organisation="annex"))
    with pytest.raises(NotFound, match="the overlay rules is one of annex, and lab has it"):
        overlays_for(foreign, LAB, "open", DAY)
    assert overlays_for(foreign, LAB, "pcp", DAY) == ()


def test_nothing_is_made_for_release_with_an_overlay_of_another_organisation(desk: Desk, tmp_path: Path) -> None:
    ground = Shelf(
        procedures={"open": {"2026.1": "hash"}},
        newest={"rules": as_released(released(organisation="annex"))},
        organisations={"lab": LAB},
    )
    made = make(desk, ground, tmp_path / "rules.yaml", ["rules"])
    assert made.machines == {}
    assert [one.fact for one in made.lacking] == ["the overlay rules is one of annex, and lab has it"]
