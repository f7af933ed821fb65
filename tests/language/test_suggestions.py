"""What an editor offers and explains: known names, and limits with value, article and evidence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inprocap_flow.language.marks import read
from inprocap_flow.language.schema.export import json_schema
from inprocap_flow.language.schema.suggest import Known
from inprocap_flow.language.schema.words import NAMES_KEY
from inprocap_flow.service.knowing import known_names
from inprocap_flow.service.law import in_force_on, rulebook_files
from tests.language.test_schema import FILES, as_editor_sees

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def known() -> Known:
    return known_names([ROOT / "definitions"], DAY)


@pytest.fixture(scope="module")
def schema(known: Known) -> dict[str, Any]:
    return json_schema(known)


def hover(schema: dict[str, Any], model: str, *path: str) -> str:
    """Return the description at *path* as a language server finds it: what a `$ref` says gives way to its siblings."""
    here = schema["$defs"][model]
    for key in path:
        here = here["properties"][key]
        if "$ref" in here:
            here = {**schema["$defs"][here["$ref"].rpartition("/")[2]], **here}
    return str(here.get("description", ""))


def of_value(schema: dict[str, Any], model: str, key: str, value: str) -> str:
    """Return the description of the one way to write *key* that is exactly *value*."""
    ways = schema["$defs"][model]["properties"][key]["anyOf"]
    shared = schema["$defs"][ways[0]["$ref"].rpartition("/")[2]]["anyOf"]
    return str(next(way["description"] for way in shared if way["const"] == value))


def test_every_limit_is_explained_with_value_article_and_evidence(known: Known) -> None:
    for path in rulebook_files([ROOT / "definitions"]).values():
        for one in in_force_on(path, DAY):
            said = known.names["limit"][one.limit.name]
            assert one.in_words in said
            if one.value is not None:
                assert one.value.source in said
                assert ("not confirmed" in said) or one.confirmed


def test_a_period_that_rests_on_a_limit_says_its_article_when_one_points_at_it(schema: dict[str, Any]) -> None:
    for model in ("DeadlineDoc", "LengthenDoc"):
        said = of_value(schema, model, "period", "limit('standstill')")
        assert "15 days on 2026-11-23 (eu-2014-24)" in said
        assert "89/665/EEC Art. 2a(2) [not confirmed]" in said
        assert "10 days if sent electronically" in said
    assert "89/665/EEC" in hover(schema, "RulebookDoc", "limits", "standstill")


def test_a_milestone_says_which_step_reaches_it_also_under_the_name_that_an_include_gives(
    schema: dict[str, Any],
) -> None:
    assert "Decide the award" in hover(schema, "OverlayDoc", "at", "awarded")
    assert "call_off" in hover(schema, "OverlayDoc", "at", "phase_2_call_off_sent")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("role", "approving_authority"),
        ("block", "award_and_signing"),
        ("rulebook", "horizon-pcp"),
        ("procedure", "pcp"),
    ],
)
def test_known_names_are_offered(schema: dict[str, Any], kind: str, name: str) -> None:
    assert name in schema["$defs"][f"Known {kind}"]["examples"]


def test_what_is_offered_is_never_demanded(schema: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    own = """
overlay: mine
version: 2026.1
language: en
title: Mine
organisation: nobody-knows-us
for: {our-own-way: 1}
approvals: {agreed: {title: Agreed, signatures: [{role: a_role_of_ours}]}}
at: {a_milestone_of_ours: {already_there: {approvals: [agreed]}}}
lengthen: {a_clock_of_ours: {period: limit('of_ours'), why: Ours}}
replace_role: {ours: ours_too}
"""
    assert [error.message for error in validator.iter_errors(as_editor_sees(read(own.encode(), "own"), "1.2"))] == []


@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: path.name)
def test_what_is_accepted_is_accepted_with_suggestions_too(schema: dict[str, Any], path: Path) -> None:
    seen = as_editor_sees(read(path.read_bytes(), path.name), "1.2")
    validator = jsonschema.Draft202012Validator(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(seen)] == []


def test_no_mark_of_the_making_is_left(schema: dict[str, Any]) -> None:
    assert NAMES_KEY not in json.dumps(schema)
    assert NAMES_KEY not in json.dumps(json_schema())


def test_a_name_of_ones_own_is_offered_before_the_schema_is_valid_everywhere(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("procedure: [", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("procedure: mine\nroles: {treasurer: {title: Treasurer}}\n", encoding="utf-8")
    known = known_names([tmp_path], DAY)
    assert known.names["role"] == {"treasurer": "Treasurer (mine)"}
