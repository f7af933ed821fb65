"""The ledger of equal treatment: what it finds, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inprocap_flow.engine.case.records import Decision, Request
from inprocap_flow.service.acting import act
from inprocap_flow.service.ledger.collect import ledger
from inprocap_flow.service.timekeeping.ticking import tick
from tests.ledger.conftest import FILE, ROUND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ledger.conftest import House


def test_what_one_step_tells_all_is_no_finding(house: House) -> None:
    house.listening("alpha", "beta")
    house.does("olga", "tell_all", papers=("paper",))
    release = house.ledger.releases[-1]
    assert set(release.to) == {"public", "role:network", "track:firm/alpha", "track:firm/beta"}
    assert release.of == ("firm/alpha", "firm/beta")
    assert house.codes() == []


def test_the_same_paper_three_hours_later_is_a_finding(house: House) -> None:
    house.listening("alpha", "beta")
    house.does("olga", "tell_network", papers=("paper",))
    house.later(hours=3)
    house.does("olga", "tell_firms")
    code, says = house.findings()[-1]
    assert code == "told-later"
    assert "`paper` reached firm/alpha, firm/beta 3 hours later than the others" in says


def test_a_new_version_told_to_others_is_another_release(house: House) -> None:
    house.listening("alpha")
    house.does("olga", "tell_network", papers=("paper",))
    house.does("olga", "tell_all", papers=("paper",))
    assert house.codes() == []


def test_a_firm_that_came_later_was_not_treated_unequally(house: House) -> None:
    house.does("olga", "tell_network", papers=("paper",))
    house.listening("alpha")
    house.does("olga", "tell_firms")
    assert house.codes() == []


def test_firms_told_one_by_one_are_to_be_looked_at(house: House) -> None:
    for name in ("alpha", "beta"):
        house.does(name, "come", f"firm/{name}", new=True, name=name.title())
    house.does("olga", "invite", "firm/alpha")
    house.later(hours=3)
    house.does("olga", "invite", "firm/beta")
    (finding,) = house.ledger.findings
    assert (finding.code, finding.sure) == ("told-one-by-one", False)
    assert "firm/beta 3 hours later than firm/alpha" in finding.says


def test_an_answer_that_went_to_two_of_three_is_said(house: House) -> None:
    house.listening("alpha", "beta")
    house.does("gamma", "come", "firm/gamma", new=True, name="Gamma")  # waits to be invited, so it is not told
    house.does("alpha", "ask", "question/1", new=True, of="firm/alpha", wording="How cold?")
    house.later(hours=5)
    house.does("olga", "answer_all", "question/1", reply="Four kelvin")
    (question,) = house.ledger.questions
    assert (question.asker, question.state, question.of) == (
        "firm/alpha", "closed", ("firm/alpha", "firm/beta", "firm/gamma"),
    )  # fmt: skip
    assert question.answered is not None
    assert house.findings() == [
        ("answer-not-to-all", "The answer to question/1 went to 2 of 3 firms; not to firm/gamma.")
    ]


def test_an_answer_for_the_asker_alone_is_a_finding(house: House) -> None:
    house.listening("alpha", "beta")
    house.does("alpha", "ask", "question/1", new=True, of="firm/alpha", wording="How cold?")
    house.does("olga", "answer_asker", "question/1", reply="Four kelvin")
    assert house.findings() == [
        ("answer-not-released", "The answer to question/1 was never given to everybody. firm/alpha was told alone.")
    ]


def test_a_firm_taken_out_without_a_ground_is_a_finding(house: House) -> None:
    house.listening("alpha", "beta")
    house.does("olga", "reject", "firm/alpha", reason="The reference is missing")
    house.does("olga", "turn_away", "firm/beta")
    first, second = house.ledger.leavings
    assert (first.line, first.reason, first.cite) == ("firm/alpha", "The reference is missing", "House rule 3")
    assert house.findings() == [
        ("no-ground", "firm/beta left by `turn_away`, and the record gives neither reason nor criterion.")
    ]
    assert second.line == "firm/beta"


def test_attendance_and_earlier_advice_stand_in_the_ledger(house: House) -> None:
    house.does("alpha", "come", "firm/alpha", new=True, name="Alpha")
    house.does("olga", "invite", "firm/alpha", attended_day=True, advised_before=True)
    (firm,) = house.ledger.firms
    assert (firm.line, firm.attended, firm.state) == ("firm/alpha", {"attended_day": True}, "listening")
    assert [(one.line, one.note) for one in house.ledger.interests] == [("firm/alpha", "advised_before")]


def test_the_end_of_a_case_takes_nobody_out(house: House) -> None:
    house.listening("alpha")
    house.does("olga", "finish")
    assert house.ledger.leavings == ()


def test_what_has_not_left_yet_is_counted_until_it_has(house: House, tmp_path: Path) -> None:
    house.listening("alpha", "beta")
    house.does("olga", "tell_all", papers=("paper",))
    found = house.ledger
    assert 0 < found.not_left == found.meant
    house.desk.settings = replace(house.desk.settings, outgoing=tmp_path / "out")
    house.later(hours=1)
    tick(house.desk)
    found = house.ledger
    assert 0 == found.not_left < found.meant


def test_whom_one_step_did_not_reach_is_one_finding_with_titles_and_names(house: House, tmp_path: Path) -> None:
    for name in ("delta", "eta"):
        house.does("hope", "come", f"firm/{name}", role="helper", new=True, name=name.title())  # nobody is known there
    house.does("olga", "tell_all", papers=("paper",))
    house.desk.settings = replace(house.desk.settings, outgoing=tmp_path / "out")
    house.later(hours=1)
    tick(house.desk)
    (says,) = (says for code, says in house.findings() if code == "not-reached")
    assert says.startswith('"Tell everybody" did not reach: firm/delta (Delta), firm/eta (Eta) (')


def test_a_question_in_a_firm_s_own_file_stands_in_its_ledger(house: House) -> None:
    house.opens(FILE, "firm-file", "adam", round=ROUND)
    for asked in (
        Request("do", "adam", "ask", new="question/1", fields={"wording": "How cold?"}),
        Request("do", "adam", "note_answer", line="question/1", fields={"answer_text": "Four kelvin"}),
    ):
        assert isinstance(act(house.desk, FILE, asked), Decision)
    (question,) = ledger(house.desk, FILE).questions
    assert (question.line, question.asker, question.state) == ("question/1", "", "answered")
    assert question.answered is not None
    assert [one.code for one in ledger(house.desk, FILE).findings] == []
