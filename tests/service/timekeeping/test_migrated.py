"""Cases over to another version in a database: all or nothing, each once, with reminders and lists in step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.errors import InvalidInput, NotFound
from inprocap_flow.language.load import load_procedure
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine, released_form
from inprocap_flow.service.delivering.letters import letter_of
from inprocap_flow.service.impact import impact
from inprocap_flow.service.migrating import (
    MOVED,
    REFUSED,
    WOULD,
    Plan,
    Who,
    cases_of,
    load_plan,
    migrate_case,
    must_be_released,
    tried,
)
from inprocap_flow.store.tables.messages import OutboxRow
from tests.service.timekeeping.conftest import PROCEDURE, House
from tests.simulator.faults import Crash, Fault

BEN = Who("ben", reason="Reminders came too late")
CHANGES = (
    ('version: "1"', 'version: "2"'),
    ("called", "announced"),  # a stage has another name
    ("{role: officer, before: 10 working days}", "{role: officer, before: 15 working days}"),
)
MAPPED = "stages: {called: announced}\n"


def newer(folder: Path, *changes: tuple[str, str]) -> Machine:
    text = PROCEDURE.read_text(encoding="utf-8")
    for was, now in changes or CHANGES:
        assert was in text
        text = text.replace(was, now)
    (folder / "new").mkdir(exist_ok=True)
    (folder / "new" / "watchful.yaml").write_text(text, encoding="utf-8")
    return compile_definition(load_procedure(folder / "new" / "watchful.yaml"))


def released(house: House, machine: Machine) -> str:
    with house.desk.store.writing() as work:
        return work.release(
            "procedure", "watchful", machine.definition.version, released_form(machine), by="ben", now=house.clock.now()
        )


def planned(house: House, folder: Path, text: str = MAPPED) -> Plan:
    file = folder / "over.yaml"
    file.write_text(f"migration: over\nprocedure: watchful\nfrom: 1\nto: 2\n{text}", encoding="utf-8")
    return load_plan(house.desk, file)


def version_of(house: House, case_id: str = "case-1") -> tuple[str, str, str]:
    """Return where the row of a case says it stands, its version, and the hash that it is bound to."""
    (found,) = house.rows(f"SELECT stage, procedure_version, definition_hash FROM cases WHERE id = '{case_id}'")
    return tuple(found)


def test_the_row_the_chain_and_the_plan_of_reminders_go_over_together(house: House, tmp_path: Path) -> None:
    house.opens()
    house.calls()
    new = released(house, newer(tmp_path))
    before = house.planned
    house.at("2026-01-06 09:00")
    moved = migrate_case(house.desk, planned(house, tmp_path), "case-1", BEN)
    assert (moved.outcome, [event.kind for event in moved.events]) == (MOVED, ["migrated", "told"])
    assert version_of(house) == ("announced", "2", new)
    assert before == [("case-1", "deadline case tenders", "2026-02-06 08:00")]
    assert house.planned == [("case-1", "deadline case tenders", "2026-01-30 08:00")]
    assert house.desk.store.audit().findings == ()
    house.does("2026-01-07 09:00", "ben", "do", "withdraw_call")


def test_the_same_holds_on_postgresql(postgres_house: House, tmp_path: Path) -> None:
    test_the_row_the_chain_and_the_plan_of_reminders_go_over_together(postgres_house, tmp_path)


def test_nothing_is_reminded_of_a_second_time_and_nothing_from_before(house: House, tmp_path: Path) -> None:
    house.opens()
    house.calls("2026-01-20 16:00")  # ten working days before is the first day already
    house.ticks("2026-01-05 10:05")
    once = list(house.reminders)
    released(house, newer(tmp_path))
    house.at("2026-01-06 09:00")
    migrate_case(house.desk, planned(house, tmp_path), "case-1", BEN)
    house.ticks("2026-01-06 09:30")
    assert house.reminders == once
    assert [due for _, _, due in house.planned] == ["2026-01-16 08:00"]


def test_a_dry_run_records_nothing_and_says_the_same(house: House, tmp_path: Path) -> None:
    house.opens()
    house.calls()
    released(house, newer(tmp_path))
    plan = planned(house, tmp_path)
    before = version_of(house)
    assert migrate_case(house.desk, plan, "case-1", BEN, dry_run=True).outcome == WOULD
    assert version_of(house) == before
    assert house.events("migrated") == []


def asking(house: House, folder: Path) -> Plan:
    """Return a plan that asks for a value in each case, and has it for case-1 alone."""
    for case_id in ("case-1", "case-2"):
        house.opens(case_id)
        house.calls(case=case_id)
    house.does("2026-01-06 09:00", "ben", "fill", case="case-2", fields={"note": "a"})
    released(
        house,
        newer(folder, *CHANGES[:2], ("note: {type: text", "remark: {type: text"), ("fields: note", "fields: remark")),
    )
    told = "fields: {note: drop, remark: ask}\ncases: {case-1: {fields: {remark: b}}}\n"
    return planned(house, folder, f"{MAPPED}{told}")


def every_row(house: House) -> dict[str, list[str]]:
    tables = [table.name for table in OutboxRow.metadata.sorted_tables]
    return {name: sorted(map(repr, house.rows(f"SELECT * FROM {name}"))) for name in tables}


def test_a_dry_run_leaves_every_row_of_every_table_as_it_was(house: House, tmp_path: Path) -> None:
    plan = asking(house, tmp_path)
    before = every_row(house)
    assert len(before["cases"]) == 2
    outcomes = {one: tried(house.desk, plan, one, BEN, dry_run=True).outcome for one in cases_of(house.desk, plan)}
    assert outcomes == {"case-1": WOULD, "case-2": REFUSED}
    assert every_row(house) == before


def test_a_dry_run_leaves_every_row_on_postgresql_too(postgres_house: House, tmp_path: Path) -> None:
    test_a_dry_run_leaves_every_row_of_every_table_as_it_was(postgres_house, tmp_path)


def test_a_case_that_cannot_go_holds_up_none_of_the_others(house: House, tmp_path: Path) -> None:
    plan = asking(house, tmp_path)
    outcomes = {one: tried(house.desk, plan, one, BEN).outcome for one in cases_of(house.desk, plan)}
    assert outcomes == {"case-1": MOVED, "case-2": REFUSED}
    assert (version_of(house, "case-1")[1], version_of(house, "case-2")[1]) == ("2", "1")
    assert cases_of(house.desk, plan) == ("case-2",)


def test_a_version_that_is_not_released_is_only_tried(house: House, tmp_path: Path) -> None:
    house.opens()
    house.calls()
    newer(tmp_path).definition  # noqa: B018 - it lies in the folder
    (tmp_path / "new" / "over.yaml").write_text(
        f"migration: over\nprocedure: watchful\nfrom: 1\nto: 2\n{MAPPED}", encoding="utf-8"
    )
    plan = load_plan(house.desk, tmp_path / "new" / "over.yaml")
    assert migrate_case(house.desk, plan, "case-1", BEN, dry_run=True).outcome == WOULD
    with pytest.raises(NotFound, match="not released"):
        must_be_released(plan)


def test_a_run_that_was_stopped_is_begun_again_and_each_case_goes_once(house: House, tmp_path: Path) -> None:
    for case_id in ("case-1", "case-2", "case-3"):
        house.opens(case_id)
    released(house, newer(tmp_path))
    plan = planned(house, tmp_path)
    migrate_case(house.desk, plan, cases_of(house.desk, plan)[0], BEN)  # and here the power fails
    left = cases_of(house.desk, plan)
    assert len(left) == 2
    assert [tried(house.desk, plan, case_id, BEN).outcome for case_id in left] == [MOVED, MOVED]
    assert cases_of(house.desk, plan) == ()
    assert all(len(house.events("migrated", case_id)) == 1 for case_id in ("case-1", "case-2", "case-3"))


def test_a_case_that_cannot_go_stays_with_the_reason_in_its_list_of_refusals(house: House, tmp_path: Path) -> None:
    house.opens()
    house.calls()
    house.does("2026-01-06 09:00", "ben", "fill", fields={"note": "a"})
    released(
        house,
        newer(tmp_path, *CHANGES[:2], ("note: {type: text", "remark: {type: text"), ("fields: note", "fields: remark")),
    )
    plan = planned(house, tmp_path, f"{MAPPED}fields: {{note: drop, remark: ask}}\n")
    outcome = tried(house.desk, plan, "case-1", BEN)
    assert (outcome.outcome, [one.code for one in outcome.blockers]) == (REFUSED, ["value-missing"])
    assert version_of(house)[:2] == ("called", "1")
    assert house.desk.store.refusals("case-1")[0].codes == ("value-missing",)


@pytest.mark.parametrize("after_it", [False, True])
@pytest.mark.parametrize("at", range(1, 13))
def test_a_crash_at_any_statement_leaves_a_case_on_one_version_or_the_other(
    house: House, tmp_path: Path, at: int, after_it: bool
) -> None:
    house.opens()
    house.calls()
    new = released(house, newer(tmp_path))
    plan = planned(house, tmp_path)
    old = version_of(house)
    before = house.planned
    broken = house.again(Fault(at=at, after_it=after_it))
    house.at("2026-01-06 09:00")
    try:
        tried(broken.desk, plan, "case-1", BEN)
    except Crash:
        over = version_of(house) == ("announced", "2", new)
        assert over or version_of(house) == old
        assert (house.planned == before) != over
        assert len(house.events("migrated")) == over
    for case_id in cases_of(house.desk, plan):
        tried(house.desk, plan, case_id, BEN)
    assert version_of(house) == ("announced", "2", new)
    assert len(house.events("migrated")) == 1
    assert house.planned == [("case-1", "deadline case tenders", "2026-01-30 08:00")]
    assert house.desk.store.audit().findings == ()


def test_everything_open_in_a_plan_is_said_with_its_place(house: House, tmp_path: Path) -> None:
    house.opens()
    released(house, newer(tmp_path))
    with pytest.raises(InvalidInput) as found:
        planned(house, tmp_path, "stages: {called: decide}\n")
    assert [(one.code, one.place.line) for one in found.value.problems] == [("migration-undecided", 5)]
    assert " end" not in found.value.problems[0].mend  # only a step ends a case
    with pytest.raises(InvalidInput) as lost:
        planned(house, tmp_path, "")
    assert [one.code for one in lost.value.problems] == ["migration-loses-stage"]


def test_the_impact_counts_cases_by_what_can_still_happen_to_them(house: House, tmp_path: Path) -> None:
    for case_id in ("case-1", "case-2", "case-3"):
        house.opens(case_id)
    house.calls(case="case-2")
    house.calls(case="case-3")
    house.ticks("2026-02-21 09:00")  # what was called is closed
    house.does("2026-02-21 10:00", "ben", "do", "report_in", case="case-3")
    machine = newer(
        tmp_path, CHANGES[0], ("call: {from: draft, to: called, by: officer, starts: [tenders]}",
        "call: {from: draft, to: called, by: officer, starts: [tenders], already_there: {approvals: [plan]}}"),
    )  # fmt: skip
    found = impact(house.desk, machine)
    assert {case.case_id for case in found.cases if case.unaffected} == {"case-2", "case-3"}
    (first,) = [case for case in found.cases if case.case_id == "case-1"]
    assert [(change.kind, change.about, change.step) for _, change in first.effects] == EXPECTED
    assert (found.counts(), found.unaffected) == ((("approval-gained", 1),), 2)


EXPECTED = [("approval-gained", "plan", "call")]


OTHERWISE = (
    ('version: "1"', 'version: "2"'),
    ("closed", "shut"),
    ("title: Closed", "title: Tenders are in"),
    ("report:", "minutes:"),
    ("[report]", "[minutes]"),
    ("period: 10 days", "period: 20 days"),
    ("role: authority}\n    remind", "role: unit}\n    remind"),
)
OTHERS = "stages: {closed: shut}\nrenamed: {deadlines: {report: minutes}}\ndeadlines: {report: recompute}\n"


def told_of(house: House, folder: Path) -> dict[str, str]:
    """Let a case with a clock that runs and an approval that waits go over; return what everybody is sent of it."""
    house.opens()
    house.calls("2026-01-09 16:00")
    house.ticks("2026-01-09 17:00")
    house.does("2026-01-12 08:00", "ben", "fill", fields={"note": "a"})
    house.does("2026-01-12 09:00", "ben", "ask", "plan")
    house.does("2026-01-12 10:00", "dora", "sign", "plan")
    released(house, newer(folder, *OTHERWISE))
    house.at("2026-01-13 09:00")
    assert migrate_case(house.desk, planned(house, folder, OTHERS), "case-1", BEN).outcome == MOVED
    rows = house.rows("SELECT id, recipient FROM outbox WHERE kind = 'migrated' ORDER BY id")
    return {to: plain_text(letter_of(house.desk, "lab", to.partition(":")[2], [one])) for one, to in rows}


def test_everybody_who_works_on_a_case_is_told_what_is_otherwise_for_them(house: House, tmp_path: Path) -> None:
    told = told_of(house, tmp_path)
    assert sorted(told) == ["person:ada", "person:dora", "role:authority", "role:officer"]
    assert told["role:officer"].partition("\n-- ")[0] == LETTER


LETTER = """\
This case goes on by another version of its procedure: 2.

  Case              Watchful
                    case-1
  Stands in         Tenders are in
  Until             the end of Thursday, 29 January 2026 (24:00,
                    Europe/Berlin, UTC+1): Report
  Instead of        the end of Monday, 19 January 2026 (24:00,
                    Europe/Berlin, UTC+1)
  No longer signed  The plan
  Asked for again   The plan
  Signed otherwise  The plan, for: Award, now by: Legal, Unit
  Reason            Reminders came too late
  To look           inprocap-flow show case-1
"""


def test_what_is_told_of_a_migration_waits_for_the_digest_and_reaches_people_once(house: House, tmp_path: Path) -> None:
    told_of(house, tmp_path)
    house.desk.settings = replace(house.desk.settings, digest_at="16:00")
    house.ticks("2026-01-13 09:01")
    sent = house.rows(
        "SELECT outbox.recipient, deliveries.recipient, deliveries.next_at > '2026-01-13T09' FROM deliveries "
        "JOIN outbox ON outbox.id = deliveries.message_id WHERE outbox.kind = 'migrated' ORDER BY 1"
    )
    assert [(to, who) for to, who, _ in sent] == [
        ("person:ada", "ada"), ("person:dora", "dora"), ("role:authority", "june"), ("role:officer", "ben"),
    ]  # fmt: skip
    assert all(later for _, _, later in sent)


def test_whoever_was_told_of_a_migration_is_told_that_it_was_annulled(house: House, tmp_path: Path) -> None:
    told_of(house, tmp_path)
    (event,) = house.events("migrated")
    house.ticks("2026-01-14 09:00")
    house.does("2026-01-14 10:00", "ben", "annul", str(event.decision), reason="Too early")
    corrected = house.rows("SELECT recipient FROM outbox WHERE kind = 'correction' ORDER BY 1")
    assert [to for (to,) in corrected] == ["person:ada", "person:dora", "role:authority", "role:officer"]
