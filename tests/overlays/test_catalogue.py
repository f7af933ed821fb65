"""Every point that houses differ in can be configured by an overlay: the page on it is applied as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.inspect import check
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.model import Definition
from inprocap_flow.language.overlays import Layer, layers_of
from tests.overlays.conftest import SHIPPED

PAGE = SHIPPED.parent / "docs" / "how-to" / "what-an-overlay-can-change.md"
PROCEDURES = ("open", "pcp", "innovation-partnership")
HEAD = {"version": "2026.1", "language": "en"}
OVERLAY: dict[str, Any] = {"overlay": "points"} | HEAD | {"title": "All points", "organisation": "points-lab",
                  "for": dict.fromkeys(PROCEDURES, "2026.1"),
                  "own_lengths": {"source": "invented", "confirmed_on": "never"}}  # fmt: skip
LAB = {"organisation": "points-lab"} | HEAD | {"title": "Invented", "zone": "Europe/Berlin", "languages": ["en", "fr"],
              "calendars": {"holidays": ["example-lab"]}}  # fmt: skip
_BLOCK = re.compile(r"(<!-- organisation -->\n)?```yaml\n(.*?)```", re.DOTALL)
_ROW = re.compile(
    r"^\| [^|]+\| (?P<open>[^|]*)\| (?P<pcp>[^|]*)\| (?P<partnership>[^|]*)\| (?P<before>yes|no|) ?\|$", re.MULTILINE
)


class AsWritten(yaml.SafeDumper):
    """Writes every text as it was written, without quotes that nobody wrote."""

    yaml_implicit_resolvers = {}


def together(into: Any, more: Any) -> Any:
    """Return two pieces of a file as one: maps and lists grow, nothing is said twice."""
    if isinstance(into, dict) and isinstance(more, dict):
        return {key: together(into[key], more[key]) if key in into and key in more else {**into, **more}[key]
                for key in {**into, **more}}  # fmt: skip
    assert isinstance(into, list)
    return [*into, *more]


def pieces(*, of_organisation: bool) -> Any:
    whole: Any = {}
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if bool(found[1]) == of_organisation:
            whole = together(whole, yaml.load(found[2], yaml.BaseLoader))
    return whole


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("points")
    roles = ("head_of_department", "council_secretary", "purchasing_board")
    people = {"ann": {"name": "Ann Invented", "roles": list(roles)}} | {
        one: {"name": f"{one} Invented", "roles": ["council"]} for one in ("bo", "cy")
    }
    meetings = {"calendar": "points-council", **HEAD, "title": "Council", "source": "invented", "confirmed_on": "never",
                "covers": {"from": "2026-01-01", "until": "2027-12-31"},
                "weekend": ["saturday", "sunday"],
                "meetings": {"council": [{"id": "june", "papers": "2026-05-29", "meets": "2026-06-12"}]}}  # fmt: skip
    lab = {**LAB, "people": people, **pieces(of_organisation=True)}
    overlay = {**OVERLAY, **pieces(of_organisation=False)}
    for kind, name, data in (
        ("overlays", "points", overlay),
        ("organisations", "points-lab", lab),
        ("calendars", "points-council", meetings),
    ):
        (folder / kind).mkdir()
        text = yaml.dump(data, Dumper=AsWritten, allow_unicode=True, sort_keys=False)
        (folder / kind / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def applied(files: Path) -> dict[str, tuple[Layer, ...]]:
    overlay = files / "overlays" / "points.yaml"
    return {one: layers_of(SHIPPED / f"{one}.yaml", [overlay], (files, SHIPPED))[0] for one in PROCEDURES}


def test_all_points_together_are_accepted_on_the_open_procedure_the_pcp_and_the_partnership(
    applied: dict[str, tuple[Layer, ...]],
) -> None:
    for name, layers in applied.items():
        assert [problem for problem in layers[-1].problems if problem.severity == "error"] == [], name


def test_the_house_with_all_points_has_no_error_that_its_people_do_not_explain(files: Path) -> None:
    found = check([files / "overlays" / "points.yaml"], (files, SHIPPED))
    assert [(one.code, one.fact) for one in found if one.severity == "error"] == []


def last(applied: dict[str, tuple[Layer, ...]], procedure: str) -> Definition:
    return applied[procedure][-1].definition


@pytest.mark.parametrize("procedure", PROCEDURES)
@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("limits", ["council_from", "standstill_longer"]),
        ("rules", ["member_states_only", "cheapest_wins", "in_kind_first"]),
        ("roles", ["head_of_department", "council", "council_secretary"]),
        ("watches", ["overrun"]),
        ("derogations", ["eu_funded"]),
    ],
)
def test_what_a_point_declares_is_in_the_effective_procedure(
    applied: dict[str, tuple[Layer, ...]], procedure: str, section: str, names: list[str]
) -> None:
    assert set(names) <= set(getattr(last(applied, procedure), section))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_each_point_shows_where_it_is_asked_for(applied: dict[str, tuple[Layer, ...]], procedure: str) -> None:
    definition = last(applied, procedure)
    steps = {step.milestone: step for line in definition.lines for step in line.steps.values() if step.milestone}
    received = steps["tender_received"].already_there
    assert {one.rule for one in received.that} >= {"member_states_only"}
    assert "answers_confirmed" in definition.tracks["supplier"].fields
    assert steps["call_sent"].sources == ("advance.announced",)
    assert {"price_estimate"} <= set(steps["call_sent"].already_there.documents)
    assert "portal_notice" in steps["call_published"].publishes
    assert "house_agrees" in steps["awarded"].already_there.approvals
    assert "council_papers" in steps["award_proposed"].starts
    assert {"in_kind.answered"} < set(steps["route_chosen"].sources)  # below the value the old way stays open
    assert definition.roles["review_body"].title["en"] == "Arbitration"
    assert definition.roles["supplier"].title["fr"] == "Fournisseur"
    assert definition.main.documents["price_estimate"].secret_from == ("supplier", "ilo_adviser")
    assert definition.main.fields["target_price"].sealed_until == "evaluated"
    assert [one.role for one in definition.main.approvals["award"].remind][-1] == "head_of_department"
    assert definition.derogations["eu_funded"].already_there.approvals == ("rules_off",)


def test_another_role_acts_in_the_place_of_one_where_the_procedure_has_it(
    applied: dict[str, tuple[Layer, ...]],
) -> None:
    assert {one: "purchasing_board" in last(applied, one).roles for one in PROCEDURES} == {
        "open": False, "pcp": True, "innovation-partnership": False}  # fmt: skip
    assert "buyers_group" not in last(applied, "pcp").roles


def test_what_stands_in_the_file_of_the_organisation_is_read(files: Path) -> None:
    house, _ = load_organisation(files / "organisations" / "points-lab.yaml", (files, SHIPPED))
    assert [one.name for one in house.overlays] == ["points"]
    assert house.currency == "EUR"
    assert set(house.lists) == {"member_states"}


def rows() -> list[dict[str, str]]:
    table = PAGE.read_text(encoding="utf-8").partition("## At which moments")[2]
    return [{key: value.strip(" `") for key, value in found.groupdict().items()} for found in _ROW.finditer(table)]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_moment_of_the_table_is_a_milestone_and_takes_what_the_table_says(
    applied: dict[str, tuple[Layer, ...]], tmp_path: Path, procedure: str
) -> None:
    column = "partnership" if procedure == "innovation-partnership" else procedure
    told = {row[column]: row["before"] for row in rows() if row[column] and row["open"] != "`open`"}
    known = applied[procedure][0].definition.milestones
    moments = {one: before for one, before in told.items() if one in known}
    assert set(told) - {"open", "pcp", "innovation-partnership", "---"} == set(moments)
    assert len(moments) >= 17
    parts: dict[str, Any] = {**OVERLAY, "overlay": "moments", "for": {procedure: "2026.1"}, "insert": {}, "at": {}}
    parts["documents"] = {"note_of_it": {"title": "Note", "by": "procurement_officer"}}
    for one, before in moments.items():
        parts["at"][one] = {"already_there": {"documents": ["note_of_it"]}}
        if before:
            parts["insert"][f"before_{one}"] = {
                "before": one,
                "stages": {f"at_{one}": {"owner": "procurement_officer"}},
                "steps": {f"go_{one}": {"from": "arriving", "to": f"at_{one}", "by": "procurement_officer"}},
                "leaves_from": f"at_{one}",
            }
    (tmp_path / "overlays").mkdir()
    path = tmp_path / "overlays" / "moments.yaml"
    path.write_text(yaml.dump(parts, Dumper=AsWritten, sort_keys=False), encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        layers_of(SHIPPED / f"{procedure}.yaml", [path], (SHIPPED,))
    lines = path.read_text(encoding="utf-8").split("\n")
    assert {one.code for one in refused.value.problems} == {"insert-before"}
    never = {lines[(one.place.line or 0) - 1].split()[-1] for one in refused.value.problems}
    assert never == {one for one, before in moments.items() if before == "no"}
