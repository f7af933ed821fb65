"""Where amounts of two currencies are compared, that alone is told: of nothing else is there a sensible answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.language.inspect import check

TEXT = (Path(__file__).parent / "mixed-currencies" / "refused.yaml").read_text(encoding="utf-8")
HOLDS = "value < limit('threshold')"


def codes(folder: Path, holds: str) -> list[str]:
    path = folder / "refused.yaml"
    assert HOLDS in TEXT
    text = TEXT.replace("{type: money, above: 0, sealed_until: offers_closed,", "{type: money, currency: CHF,")
    assert text != TEXT
    path.write_text(text.replace(HOLDS, holds), encoding="utf-8")
    return [one.code for one in check([path]) if one.severity == "error"]


@pytest.mark.parametrize(
    "holds",
    [
        HOLDS,
        "value > limit('threshold')",
        "not (value > limit('threshold'))",
        "value != limit('threshold')",
        "value > limit('threshold') and known(need)",
        "max(value, value) >= limit('threshold')",
        "total('offer', each.price, 'sent') < limit('threshold')",
    ],
)
def test_a_comparison_of_two_currencies_is_told_once_and_not_said_to_be_never_met(tmp_path: Path, holds: str) -> None:
    assert codes(tmp_path, holds) == ["mixed-currencies"]


def test_what_never_holds_beside_such_a_comparison_is_still_told(tmp_path: Path) -> None:
    holds = "value > limit('threshold') and known(need) and not known(need)"
    assert codes(tmp_path, holds) == ["condition-never-holds", "mixed-currencies"]


def test_a_comparison_in_one_currency_is_still_held_against_the_range_of_the_field(tmp_path: Path) -> None:
    assert codes(tmp_path, "in_currency(value, 'EUR') < limit('threshold') - limit('threshold')") == [
        "condition-never-holds"
    ]
