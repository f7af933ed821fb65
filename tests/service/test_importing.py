"""Past cases: the real ones that are shipped, and what an import must never do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copytree
from zoneinfo import ZoneInfo

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.errors import InvalidInput, NotFound
from inprocap_flow.language.canonical import canonical_json, to_plain
from inprocap_flow.language.load import load_rulebook
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.importing import Imported, import_history
from inprocap_flow.service.judging import UNEXPLORED
from inprocap_flow.service.releasing import release_organisation, release_overlay, release_procedure, release_rulebook
from tests.service.conftest import DEFINITIONS, desk_in

GENEVA = ZoneInfo("Europe/Zurich")
CASES = sorted((DEFINITIONS / "cases").glob("*.yaml"))


@pytest.fixture(scope="module")
def with_cern(released_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with CERN and its own procedure beside the others."""
    folder = tmp_path_factory.mktemp("with-cern")
    copytree(released_once, folder, dirs_exist_ok=True)
    desk = desk_in(folder)
    release_overlay(desk, DEFINITIONS / "overlays" / "cern.yaml", by="ben", terms=UNEXPLORED)
    release_procedure(desk, DEFINITIONS / "cern-invitation-to-tender.yaml", by="ben", terms=UNEXPLORED)
    release_organisation(desk, DEFINITIONS / "organisations" / "cern.yaml", by="ben", terms=UNEXPLORED)
    desk.store.close()
    return folder


@pytest.fixture
def past(with_cern: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk on which every shipped case of the past can be imported."""
    copytree(with_cern, tmp_path, dirs_exist_ok=True)
    desk = desk_in(tmp_path)
    yield desk
    desk.store.close()


def imported(desk: Desk, name: str) -> Imported:
    return import_history(desk, DEFINITIONS / "cases" / f"{name}.yaml")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_shipped_case_gives_a_trail_that_folds_into_what_is_stored(path: Path, past: Desk) -> None:
    case = import_history(past, path).case
    with past.store.reading() as reading:
        events = reading.events(case.id)
        stored = reading.load(case.id).case
    assert canonical_json(to_plain(fold(events))) == canonical_json(to_plain(stored)) == canonical_json(to_plain(case))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_past_case_is_overdue_for_want_of_a_date(path: Path, past: Desk) -> None:
    case = import_history(past, path).case
    assert not [state for state in case.deadlines.values() if state.status in ("missed", "running")]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_event_keeps_the_precision_of_its_source(path: Path, past: Desk) -> None:
    report = import_history(past, path)
    told = {event.happened.precision for event in report.events if event.kind == "noted"}
    assert told == {_precision(fact.at) for fact in report.history.facts if not fact.planned}


def _precision(text: str) -> str:
    if "H" in text:
        return "half-year"
    return {7: "month", 10: "day"}.get(len(text), "minute")


def test_the_funnel_of_a_pcp_counts_suppliers_per_phase(shipped: Desk) -> None:
    funnel = imported(shipped, "prace-3ip").funnel
    assert [funnel[f"phase_{number}.running"] for number in (1, 2, 3)] == [4, 3, 3]


def test_a_supplier_that_was_only_counted_may_get_its_name_later(shipped: Desk) -> None:
    case = imported(shipped, "prace-3ip").case
    names = [line.fields.get("name") for line in case.tracks("supplier")]
    assert sorted(filter(None, names)) == ["Atos-Bull", "E4", "Maxeler"]
    assert names.count(None) == 1


def test_who_dropped_out_has_left_and_the_others_go_on(shipped: Desk) -> None:
    case = imported(shipped, "hbp").case
    stages = {str(line.fields["name"]): line.state for line in case.tracks("supplier")}
    assert stages["Dell, ParTec and Extoll"] == "left"
    assert stages["Cray"] == stages["IBM Research and Nvidia"] == "phase_3.delivered"


def test_plans_never_become_events(shipped: Desk) -> None:
    report = imported(shipped, "preforma")
    assert len(report.plans) == 4
    assert report.case.main.state == "preparation.need_identified"
    assert not report.case.tracks("supplier")


def test_what_no_source_answers_is_listed(shipped: Desk) -> None:
    report = imported(shipped, "quaco")
    asked = {(entry["what"], entry["about"]) for entry in report.not_evidenced}
    assert ("document-missing", "call_notice") in asked or ("step", "send_call") in asked
    assert report.not_evidenced == tuple(dict(entry) for entry in report.case.not_evidenced)


def test_a_closing_below_the_lawful_minimum_is_a_finding_and_the_day_is_kept(shipped: Desk) -> None:
    report = imported(shipped, "eiscat-tender-6")
    assert [(entry["what"], entry["about"]) for entry in report.findings] == [("below-floor", "tenders")]
    assert report.case.deadlines["case tenders"].end == "2021-04-12T10:00:00Z"
    assert report.case.deadlines["case tenders"].status == "over"


def test_the_signature_lies_inside_the_time_that_tenders_are_bound(shipped: Desk) -> None:
    report = imported(shipped, "eiscat-tender-6")
    signed = next(e for e in report.events if e.kind == "moved" and e.data.get("milestone") == "contract_signed")
    assert f"{signed.happened.first:%Y-%m}" == "2021-05"


def test_facts_out_of_order_are_refused_with_their_place(shipped: Desk, tmp_path: Path) -> None:
    text = (DEFINITIONS / "cases" / "quaco.yaml").read_text(encoding="utf-8").replace("2019-09-24", "2009-09-24")
    (tmp_path / "quaco.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="not-in-order"):
        import_history(shipped, tmp_path / "quaco.yaml")


def test_an_unknown_stage_is_refused_and_nothing_is_imported(shipped: Desk, tmp_path: Path) -> None:
    text = (
        (DEFINITIONS / "cases" / "quaco.yaml").read_text(encoding="utf-8").replace("phase_3.running", "phase_9.running")
    )
    (tmp_path / "quaco.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="unknown-stage"):
        import_history(shipped, tmp_path / "quaco.yaml")
    assert shipped.store.cases() == ()


def test_a_case_whose_procedure_is_not_released_says_so(desk: Desk) -> None:
    with pytest.raises(NotFound):
        import_history(desk, DEFINITIONS / "cases" / "quaco.yaml")


# --- two invitations to tender of CERN --------------------------------------------------------------------------------


def _local(report: Imported, milestone: str) -> date:
    """Return the first local day on which *milestone* may have been reached."""
    found = next(e for e in report.events if e.kind == "moved" and e.data.get("milestone") == milestone)
    return found.happened.first.astimezone(GENEVA).date()


@pytest.mark.parametrize(("name", "days"), [("cern-it-4123", 41), ("cern-it-4344", 28)])
def test_so_many_days_lie_between_the_invitation_and_the_closing(name: str, days: int, past: Desk) -> None:
    report = imported(past, name)
    assert (_local(report, "tenders_closed") - _local(report, "tender_issued")).days == days


@pytest.mark.parametrize(
    ("name", "cut_off", "early", "closing"),
    [
        ("cern-it-4123", "2015-09-07", False, "2015-09-14T14:00:00Z"),
        ("cern-it-4344", "2017-10-06", True, "2017-10-20T14:00:00Z"),
    ],
)
def test_questions_end_as_long_before_the_closing_as_the_rulebook_says(
    name: str, cut_off: str, closing: str, past: Desk, *, early: bool
) -> None:
    report = imported(past, name)
    value = load_rulebook(DEFINITIONS / "rulebooks" / "cern.yaml").limits["question_cut_off"].values[0]
    days = (_local(report, "tenders_closed") - date.fromisoformat(cut_off)).days
    assert f"P{days}D" == (value.variants[0].value if early else value.value)
    told = {f"{event.happened.first.astimezone(GENEVA):%Y-%m-%d}" for event in report.events if event.kind == "noted"}
    assert cut_off in told
    tenders = report.case.deadlines["case tenders"]
    assert (tenders.end, tenders.status) == (closing, "over")


def test_the_compulsory_conference_is_twenty_eight_days_after_the_invitation(past: Desk) -> None:
    report = imported(past, "cern-it-4123")
    assert (_local(report, "conference_held") - _local(report, "tender_issued")).days == 28


@pytest.mark.parametrize("name", ["cern-it-4123", "cern-it-4344"])
def test_nothing_is_contradicted_and_what_no_page_tells_is_not_evidenced(name: str, past: Desk) -> None:
    report = imported(past, name)
    assert report.findings == ()
    missing = {(entry["what"], entry["about"]) for entry in report.not_evidenced}
    assert {
        ("step", "settle_shortlist"),
        ("approval-missing", "issue"),
        ("field-missing", "bids_valid_until"),
    } <= missing
    assert not report.case.tracks("supplier")  # who was invited stands on no page


def _released(desk: Desk, kind: str, name: str) -> str:
    with desk.store.reading() as reading:
        return reading.newest(kind, name)


def test_a_case_names_organisation_rulebook_and_overlays_by_the_hashes_of_their_releases(past: Desk) -> None:
    with past.store.reading() as reading:
        (applied,) = [one for one in reading.releases("applied") if one.name == "pcp"]
        bound = past.bind(reading, applied.content_hash, "cern")
    assert bound.decided_with == {
        "organisation": {"cern": _released(past, "organisation", "cern")},
        "overlay": {"cern": _released(past, "overlay", "cern")},
        "rulebook": {"horizon-pcp": _released(past, "rulebook", "horizon-pcp")},
    }


def test_a_rulebook_that_changes_its_values_is_named_by_the_next_decision(shipped: Desk, tmp_path: Path) -> None:
    case = imported(shipped, "prace-3ip").case
    (name,) = case.decided_with["rulebook"]
    text = (DEFINITIONS / "rulebooks" / f"{name}.yaml").read_text(encoding="utf-8")
    version = re.search(r"^version: (.*)$", text, re.MULTILINE)
    assert version is not None
    (tmp_path / f"{name}.yaml").write_text(text.replace(version[0], "version: next", 1), encoding="utf-8")
    release_rulebook(shipped, tmp_path / f"{name}.yaml", by="ben")
    with shipped.store.reading() as reading:
        assert shipped.binding(reading, case).decided_with == {
            **case.decided_with,
            "rulebook": {name: _released(shipped, "rulebook", name)},
        }
    assert _released(shipped, "rulebook", name) != case.decided_with["rulebook"][name]
