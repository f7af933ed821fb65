"""Values that overlays bring are values of law like those of rulebooks: listed with file, source, evidence and day."""

from __future__ import annotations

from typing import Any

from tests.overlays.conftest import House

BEFORE, AFTER = "2026-05-04 09:00", "2026-07-01 09:00"


def listed(house: House, at: str, *words: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what `law` lists, by the kind of file and the limit."""
    found = house.json(at, "law", *words)["limits"]
    return {(one["kind"], one["limit"]): one for one in found}


def test_a_value_of_an_overlay_is_listed_with_its_file_source_and_evidence(house: House) -> None:
    one = listed(house, AFTER, "house-rules")["overlay", "council_from"]
    assert (one["overlay"], one["value"], one["unit"]) == ("house-rules", "750000", "EUR")
    assert (one["source"], one["confirmed"], one["from"]) == ("House rules, 7.1", False, "2020-01-01")
    assert one["file"].endswith("overlays/house-rules.yaml")
    said = house.done(AFTER, "law", "house-rules")
    assert "house-rules (overlay, house rules of house), in force on 2026-07-01" in said
    assert f"house-rules.yaml:{one['line']}" in said
    assert "2 values: 2 not confirmed" in said
    assert max(map(len, said.splitlines())) <= 80


def test_law_of_an_organisation_is_what_applies_there_on_the_day(house: House) -> None:
    before = {kind for kind, _ in listed(house, BEFORE, "--organisation", "house")}
    after = listed(house, AFTER, "--organisation", "house")
    assert "overlay" not in before
    assert ("overlay", "survey_from") in after
    assert {one["rulebook"] for (kind, _), one in after.items() if kind == "rulebook"} == {"eu-2014-24"}
    on = listed(house, BEFORE, "--organisation", "house", "--on", "2026-07-01")
    assert set(on) == set(after)
    said = house.done(AFTER, "law", "--organisation", "house")
    assert "  for open" in said


def test_a_rulebook_and_an_overlay_of_one_name_are_listed_both_and_told_apart(house: House) -> None:
    said = house.done(AFTER, "law", "cern")
    assert "cern, in force on" in said
    assert "cern (overlay, house rules of cern), in force on" in said
    assert "rulebooks/cern.yaml:" in said
    assert "reads from the rulebook cern: " in said


def test_what_no_file_with_values_is_called_is_refused_with_those_there_are(house: House) -> None:
    lost = house(AFTER, "law", "house-rulez")
    assert lost.exit_code != 0
    assert "house-rules" in lost.output
    other = house(AFTER, "law", "cern", "--organisation", "house")
    assert "does not apply to house" in other.output


def test_a_value_that_begins_later_is_listed_as_coming(house: House) -> None:
    one = listed(house, AFTER, "house-rules", "--on", "2019-06-01")["overlay", "council_from"]
    assert (one["value"], one["coming_from"]) == (None, "2020-01-01")
    said = house.done(AFTER, "law", "house-rules", "--on", "2019-06-01")
    assert "no value is in force before 2020-01-01 (750 000 EUR from then on)" in said
