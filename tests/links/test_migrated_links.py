"""Reports to a case that went over to another version: judged by the version it is on now, and by no replay again."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Request
from inprocap_flow.service import linking
from inprocap_flow.service.acting import act
from inprocap_flow.service.delivering import hand_over
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.migrating import MOVED, Who, load_plan, migrate_case
from inprocap_flow.service.releasing import release_procedure
from tests.links.conftest import FIRST, HERE, POT, SECOND, House, decided, refused


def migrated(house: House, folder: Path, *changes: tuple[str, str]) -> None:
    """Bring the pot over to a version that is written otherwise."""
    text = (HERE / "pot.yaml").read_text(encoding="utf-8")
    for was, now in (('version: "1"', 'version: "2"'), *changes):
        assert was in text, was
        text = text.replace(was, now)
    (folder / "new").mkdir()
    (folder / "new" / "pot.yaml").write_text(text, encoding="utf-8")
    release_procedure(house.desk, folder / "new" / "pot.yaml", by="kim", terms=UNEXPLORED)
    plan = folder / "new" / "over.yaml"
    plan.write_text("migration: over\nprocedure: pot\nfrom: 1\nto: 2\nreason: New\n", encoding="utf-8")
    house.later()
    moved = migrate_case(house.desk, load_plan(house.desk, plan), POT, Who("kim"))
    assert moved.outcome == MOVED, moved.blockers


NO_LONGER = ("  money_asked:\n", "  money_wanted:\n")  # the report has another name in the new version


def test_a_case_that_went_over_takes_what_its_new_version_takes(house: House, tmp_path: Path) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    migrated(house, tmp_path, ("title: A pot of money\n", "title: A pot\n"))
    decided(house.does(POT, "kim", "grant", "taking/1"))
    assert house.stage(FIRST) == "granted"
    decided(house.does(FIRST, "bob", "buy"))
    assert house.stage(POT, "taking/1") == "spent"


def test_what_the_new_version_takes_no_more_is_refused_before_it_is_reported(house: House, tmp_path: Path) -> None:
    migrated(house, tmp_path, NO_LONGER)
    assert refused(house.does(SECOND, "bob", "ask_pot")) == ("report-not-received",)
    assert not house.outbox("report")


def test_a_report_that_was_on_its_way_is_refused_there_and_told_to_both(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(linking, "carry_out_at_once", lambda *_: None)
        decided(house.does(FIRST, "bob", "ask_pot"))
    migrated(house, tmp_path, NO_LONGER)
    hand_over(house.desk, house.desk.clock.now())
    assert [entry.state for entry in house.outbox("report")] == ["carried_out"]
    assert [refusal.codes for refusal in house.desk.store.refusals(POT)] == [("report-not-received",)]
    assert {entry.case_id for entry in house.outbox("report_refused")} == {POT, FIRST}


def test_what_was_reported_before_stands_in_the_way_of_no_annulment(house: House, tmp_path: Path) -> None:
    house.later()
    filled = decided(act(house.desk, FIRST, Request("fill", "bob", fields=house.typed("buy", "case", {"note": "x"}))))
    decided(house.does(FIRST, "bob", "ask_pot"))
    migrated(house, tmp_path, NO_LONGER)
    house.later()
    number = str(filled.events[0].decision)
    decided(act(house.desk, FIRST, Request("annul", "bob", number, reason="A slip")))
    assert house.field(FIRST, "note") is None
    assert house.stage(FIRST) == "asked"
