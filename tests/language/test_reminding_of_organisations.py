"""How an organisation wants to be reminded, as its file says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.model import Organisation

HOUSE = """organisation: house
version: 1
title: House
zone: Europe/Berlin
currency: EUR
people: {}
calendars:
  holidays: [{public: DE-HH, years: [2026, 2026]}]
"""


def loaded(folder: Path, reminders: str) -> Organisation:
    path = folder / "house.yaml"
    path.write_text(f"{HOUSE}{reminders}", encoding="utf-8")
    return load_organisation(path, (folder,))[0]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", None),
        ("reminders: {digest_at: off}\n", "off"),
        ('reminders: {digest_at: "16:30"}\n', "16:30"),
    ],
)
def test_an_hour_for_what_asks_for_nothing_is_a_time_of_day_off_or_left_to_the_installation(
    tmp_path: Path, said: str, meant: str | None
) -> None:
    assert loaded(tmp_path, said).reminders.digest_at == meant


def test_what_is_no_hour_is_refused_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not a time of day"):
        loaded(tmp_path, "reminders: {digest_at: noon}\n")
