"""An amount whose currency no file says is in that of the organisation: so a threshold in another one is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inprocap_flow.language.inspect import check

HERE = Path(__file__).parent / "rate-missing"
RULES = """\
overlay: house
version: 1
language: en
title: A threshold in francs, values of which nothing says the currency
organisation: {organisation}
for: {{fair: 1.0}}
limits:
  big:
    says: Above this the board signs
    basis: house_rule
    unit: CHF
    values: {{from: 2020-01-01, value: 100000, source: invented, confirmed_on: never}}
at:
  award_decided:
    already_there:
      that: [{{holds: "{holds}", if_not: Too much.}}]
"""


def found(folder: Path, organisation: str, holds: str) -> list[tuple[str, str]]:
    for part in ("calendars", "organisations"):
        shutil.copytree(HERE / part, folder / part)
    text = (HERE / "fair.yaml").read_text(encoding="utf-8")
    assert "    currency: EUR\n" in text
    (folder / "fair.yaml").write_text(text.replace("    currency: EUR\n", ""), encoding="utf-8")
    (folder / "overlays").mkdir()
    path = folder / "overlays" / "house.yaml"
    path.write_text(RULES.format(organisation=organisation, holds=holds), encoding="utf-8")
    return [(one.code, one.fact) for one in check([path], (folder,)) if one.severity == "error"]


def test_a_threshold_in_another_currency_than_that_of_the_house_is_an_error(tmp_path: Path) -> None:
    ((code, fact),) = found(tmp_path, "lab", "value < limit('big')")
    assert (code, fact) == ("mixed-currencies", "`value < limit('big')` puts CHF and EUR together.")


@pytest.mark.parametrize(("organisation", "codes"), [("lab", []), ("gap", ["rate-missing"])])
def test_converted_it_is_none_where_the_house_has_a_dated_rate(
    tmp_path: Path, organisation: str, codes: list[str]
) -> None:
    assert [code for code, _ in found(tmp_path, organisation, "in_currency(value, 'CHF') < limit('big')")] == codes
