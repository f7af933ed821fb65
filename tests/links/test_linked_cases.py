"""Cases that report to cases: once, after the commit, in order, and what is refused is told to both (ruling 15)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.engine.case.records import Request
from inprocap_flow.errors import InvalidInput, StoreDamaged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service import linking
from inprocap_flow.service.acting import act
from inprocap_flow.service.delivering import hand_over
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.service.timekeeping.ticking import tick
from inprocap_flow.store.connection import StoreUnavailable
from tests.links.conftest import FIRST, HERE, NOW, POT, SECOND, House, decided, desk_over, refused


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def test_a_report_is_carried_out_by_the_process_that_recorded_it(house: House) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    assert house.stage(POT, "taking/1") == "asked"
    assert house.field(POT, "buyer", "taking/1") == FIRST
    assert house.field(POT, "price", "taking/1") == {"amount": "60", "currency": "EUR"}
    (reported,) = house.events(FIRST, "reported")
    assert reported.data["to"] == POT
    began = house.events(POT, "began")[0]
    assert began.actor == "system"
    assert began.request["from"] == FIRST
    assert [entry.state for entry in house.outbox("report")] == ["carried_out"]


def test_an_answer_comes_back_the_same_way(house: House) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    assert house.stage(FIRST) == "asked"
    decided(house.does(POT, "kim", "grant", "taking/1"))
    assert house.stage(FIRST) == "granted"
    decided(house.does(FIRST, "bob", "buy"))
    assert house.stage(POT, "taking/1") == "spent"


def test_what_the_other_case_refuses_is_recorded_there_and_told_to_the_owners_of_both(house: House) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    decided(house.does(SECOND, "bob", "ask_pot"))
    assert house.stage(POT, "taking/2") == ""
    (refusal,) = house.desk.store.refusals(POT)
    assert refusal.kind == "report"
    told = {entry.case_id: entry.recipient for entry in house.outbox("report_refused")}
    assert told == {POT: "role:keeper", SECOND: "role:buyer"}
    assert house.stage(SECOND) == "asked"  # the outcome that reported stands


def test_a_refused_report_can_be_reported_again(house: House) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    decided(house.does(SECOND, "bob", "ask_pot"))
    decided(house.does(SECOND, "bob", "ask_pot"))
    assert [one.times for one in house.desk.store.refusals(POT)] == [1, 1]
    assert len(house.outbox("report_refused")) == 4


def test_there_must_be_a_case_to_report_to(house: House) -> None:
    assert refused(house.opens("case-x", "buy", "bob", pot="case-nowhere", cost="1 EUR")) == ("no-such-case",)


def test_a_case_that_takes_no_such_report_is_refused_before_anything_is_recorded(house: House) -> None:
    decided(house.opens("case-x", "buy", "bob", pot=FIRST, cost="1 EUR"))
    assert refused(house.does("case-x", "bob", "ask_pot")) == ("report-not-received",)
    assert not house.outbox("report")


def test_nobody_speaks_for_a_linked_case(house: House) -> None:
    said = Request("report", "bob", "granted", fields={}, extra={"from": POT, "of": "pot"})
    assert refused(act(house.desk, FIRST, said)) == ("not-entitled",)


def test_a_report_that_could_not_be_carried_out_at_once_is_by_the_next_tick(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(linking, "carry_out_at_once", lambda *_: None)
        decided(house.does(FIRST, "bob", "ask_pot"))
    assert house.stage(POT, "taking/1") == ""
    assert tick(house.desk).handed >= 1
    assert house.stage(POT, "taking/1") == "asked"


@pytest.mark.parametrize("moment", ["before the other case is asked", "after it has answered", "when it was marked"])
def test_a_kill_loses_no_report_and_doubles_none(
    house: House, monkeypatch: pytest.MonkeyPatch, moment: str, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        place = {"before": "_codes", "after": "_done", "when": "_tellings"}[moment.partition(" ")[0]]
        patch.setattr(linking, place, _killed)
        report_of = SECOND if place == "_tellings" else FIRST
        if report_of == SECOND:
            patch.undo()
            decided(house.does(FIRST, "bob", "ask_pot"))
            patch.setattr(linking, place, _killed)
        with pytest.raises(Killed):
            house.does(report_of, "bob", "ask_pot")
    house.desk.store.close()
    again = House(desk_over(tmp_path), house.minutes)
    for _ in range(3):
        again.later()
        hand_over(again.desk, again.desk.clock.now())
    takings = 1
    assert len(again.events(POT, "began")) == takings
    assert sum(one.times for one in again.desk.store.refusals(POT)) == (1 if report_of == SECOND else 0)
    assert len(again.outbox("report_refused")) == (2 if report_of == SECOND else 0)
    assert {entry.state for entry in again.outbox("report")} == {"carried_out"}
    again.desk.store.close()


def _killed(*_: object) -> None:
    raise Killed


def test_reports_of_one_case_come_in_the_order_in_which_they_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    decided(house.does(POT, "kim", "grant", "taking/1"))
    with monkeypatch.context() as patch:
        patch.setattr(linking, "act", _unavailable)
        decided(house.does(SECOND, "bob", "ask_pot"))
        decided(house.does(SECOND, "bob", "ask_pot"))
    first, second = house.outbox("report", "pending")
    with house.desk.store.reading() as reading:
        later = reading.deliveries.message(second.id)
    assert later is not None
    assert not linking.carry_out(house.desk, later, NOW)
    assert [entry.id for entry in house.outbox("report", "pending")] == [first.id, second.id]
    hand_over(house.desk, house.desk.clock.now())
    assert not house.outbox("report", "pending")


def _unavailable(*_: object, **__: object) -> None:
    raise StoreUnavailable("the database is away", mend="wait")


def test_a_case_that_misbehaves_keeps_its_reports_waiting_and_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(linking, "act", _damaged)
        decided(house.does(FIRST, "bob", "ask_pot"))
        hand_over(house.desk, NOW)
    assert len(house.outbox("report", "pending")) == 1
    hand_over(house.desk, NOW)
    assert house.stage(POT, "taking/1") == "asked"


def _damaged(*_: object, **__: object) -> None:
    raise StoreDamaged("something is wrong with the case")


def test_an_annulled_decision_tells_the_other_case_that_its_report_holds_no_more(house: House) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    (event,) = house.events(FIRST, "reported")
    house.later()
    decided(act(house.desk, FIRST, Request("annul", "bob", str(event.decision), reason="asked by mistake")))
    hand_over(house.desk, house.desk.clock.now())
    (told,) = house.outbox("report_annulled")
    assert (told.case_id, told.recipient) == (POT, "role:keeper")
    assert house.stage(POT, "taking/1") == "asked"  # what follows from it people decide there


def test_a_report_that_was_annulled_before_it_left_is_never_carried_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(linking, "carry_out_at_once", lambda *_: None)
        decided(house.does(FIRST, "bob", "ask_pot"))
    (event,) = house.events(FIRST, "reported")
    house.later()
    decided(act(house.desk, FIRST, Request("annul", "bob", str(event.decision), reason="asked by mistake")))
    hand_over(house.desk, house.desk.clock.now())
    assert house.stage(POT, "taking/1") == ""
    assert [entry.state for entry in house.outbox("report")] == ["withdrawn"]
    assert not house.outbox("report_annulled")


@pytest.mark.parametrize("name", ["pot", "buy"])
def test_scenarios_play_what_a_linked_case_reports(house: House, name: str) -> None:
    report = run_file(HERE / f"{name}.test.yaml", house.desk)
    assert [str(fault) for fault in report.faults] == []
    assert report.coverage.unreached_steps == []


REFUSED = {
    "a link that is no case": ("to: pot,", "to: cost,", "types-differ"),
    "a step that people carry out": ("step: be_granted", "step: buy", "report-step"),
    "a value of another type": ("with: {until: money}", "with: {until: date}", "types-differ"),
    "a step that no report carries out": ("    step: be_granted", "    step: ask_pot", "report-never-comes"),
    "a value not asked for": ("with: {until: money}", "with: {until: money, cost: money}", "report-not-asked-for"),
    "a value that is asked for and never comes": ("    with: {until: money}\n", "", "report-lacks"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_does_not_fit_is_refused_when_the_file_is_read(fault: str, tmp_path: Path) -> None:
    old, new, code = REFUSED[fault]
    text = (HERE / "buy.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "buy.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput) as wrong:
        load_procedure(tmp_path / "buy.yaml")
    assert code in {problem.code for problem in wrong.value.problems}


def test_next_and_show_say_which_report_a_line_waits_for_and_from_which_case(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", str(tmp_path / "cases.db"))
    monkeypatch.setenv("INPROCAP_FLOW_KEY_FILE", str(tmp_path / "key"))
    decided(house.does(FIRST, "bob", "ask_pot"))

    def said(*words: str) -> str:
        result = CliRunner().invoke(inprocap_flow, ["--now", "2026-11-23T12:00+00:00", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    for command in ("next", "show"):
        assert f"be_granted, from {POT} (pot)" in said(command, FIRST)
        assert f"spend: taking/1 from {FIRST} (buy)" in said(command, POT)
        assert "Waits for reports" not in said(command, SECOND)  # it has not asked yet
        (one,) = json.loads(said(command, FIRST, "--json"))["reports_awaited"]
        assert one == {"report": "granted", "step": "be_granted", "line": "case", "of": ["pot"], "from": [POT]}


def test_a_case_shows_what_became_of_what_it_reported(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    decided(house.does(FIRST, "bob", "ask_pot"))
    decided(house.does(SECOND, "bob", "ask_pot"))
    with monkeypatch.context() as patch:
        patch.setattr(linking, "carry_out_at_once", lambda *_: None)
        decided(house.does(SECOND, "bob", "ask_pot"))
    (taken,) = linking.reports_of(house.desk, FIRST)
    refused_one, waiting = linking.reports_of(house.desk, SECOND)
    assert (taken.to, taken.name, taken.state, taken.refused) == (POT, "money_asked", "carried_out", ())
    assert refused_one.refused == ("guard",)
    assert waiting.state == "pending"
