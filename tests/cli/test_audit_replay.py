"""``replay``: real procurements of the past, entered from the shipped lists of facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow import bundled
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.opening import open_desk
from inprocap_flow.service.releasing import release_organisation, release_procedure
from inprocap_flow.settings import Settings
from tests.cli.conftest import Lab, Snapshot, at_home, copied

SHIPPED = bundled.root("definitions")


@pytest.fixture(scope="module")
def shipped_(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("shipped")
    desk = open_desk(Settings(database=str(folder / "lab.db"), key_file=folder / "sealing.key"))
    release_organisation(desk, SHIPPED / "organisations" / "example-lab.yaml", by="ben", terms=UNEXPLORED)
    release_procedure(desk, SHIPPED / "pcp.yaml", by="ben", terms=UNEXPLORED)
    desk.store.close()
    return Snapshot(folder)


@pytest.fixture
def shipped(shipped_: Snapshot, tmp_path: Path) -> Iterator[Lab]:
    with at_home(tmp_path):
        yield copied(shipped_, tmp_path)


def test_a_real_case_is_entered_with_its_funnel_and_its_gaps(shipped: Lab) -> None:
    said = shipped.done("05-01 09:00", "replay", str(SHIPPED / "cases" / "prace-3ip.yaml"))
    assert "How many stood where (unit: contractor):" in said
    assert "     4  Phase 1 - solution design > Running" in said
    assert "     3  Phase 3 - test series and validation > Running" in said
    assert "Not evidenced: " in said
    assert "Contradicted by a source: nothing." in said


def test_what_was_only_planned_is_listed_and_is_no_event(shipped: Lab) -> None:
    found = shipped.json("05-01 09:00", "replay", str(SHIPPED / "cases" / "hbp.yaml"))["cases"][0]
    assert found["funnel"]["unit"] == "consortium"
    planned = [fact["fact"] for fact in found["planned"]]
    assert planned
    told = [entry["what"] for entry in shipped.json("05-01 09:01", "history", found["case"])["history"]]
    assert not set(planned) & set(told)
    assert all(entry["precision"] != "minute" for entry in [found] if "precision" in entry)


def test_an_imported_case_is_never_overdue_for_want_of_a_date(shipped: Lab) -> None:
    found = shipped.json("05-01 09:00", "replay", str(SHIPPED / "cases" / "prace-3ip.yaml"))["cases"][0]
    effects = [
        effect["kind"]
        for entry in shipped.json("05-01 09:01", "history", found["case"])["history"]
        for effect in entry["effects"]
    ]
    assert "deadline_missed" not in effects
    assert shipped("05-01 09:01", "audit", "verify", found["case"]).exit_code == 0


def test_a_day_inside_an_imprecise_month_is_not_decided(shipped: Lab) -> None:
    found = shipped.json("05-01 09:00", "replay", str(SHIPPED / "cases" / "prace-3ip.yaml"))["cases"][0]
    said = shipped.done("05-01 09:01", "at", found["case"], "2014-09-15")
    assert "is not known exactly" in said
    assert "Call for tenders > Open" in said  # the month before is certain
    assert "Phase 1" in shipped.done("05-01 09:01", "at", found["case"], "2014-10-01")


def test_several_files_are_entered_one_after_another(shipped: Lab) -> None:
    files = [str(SHIPPED / "cases" / f"{name}.yaml") for name in ("prace-3ip", "hbp")]
    result = shipped("05-01 09:00", "replay", *files)
    assert result.exit_code == 0
    assert "2 of 2" in result.stderr
    assert len(shipped.json("05-01 09:01", "cases")["cases"]) == 2


def test_a_file_that_is_no_history_is_refused_with_its_place(shipped: Lab) -> None:
    wrong = shipped.file("wrong.yaml", "history: x\nfacts: []\n")
    result = shipped("05-01 09:00", "replay", wrong)
    assert result.exit_code == 1
    assert "wrong.yaml" in result.output
    assert not shipped.json("05-01 09:01", "cases")["cases"]


def test_no_file_is_entered_where_another_has_a_misspelt_name(shipped: Lab, tmp_path: Path) -> None:
    text = (SHIPPED / "cases" / "quaco.yaml").read_text(encoding="utf-8")
    (tmp_path / "quaco.yaml").write_text(text.replace("reaches: call_published", "reaches: call_publishd"))
    run = shipped("05-01 09:00", "replay", str(SHIPPED / "cases" / "hbp.yaml"), str(tmp_path / "quaco.yaml"))
    assert run.exit_code == 1
    assert "Did you mean `call_published`?" in run.output
    assert shipped.json("05-01 09:01", "cases")["cases"] == []
