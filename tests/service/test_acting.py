"""One request, one outcome, one commit: keys, versions, openings, and what each leaves behind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inprocap_flow.engine.case.records import Decision, Refusal, Request, When
from inprocap_flow.errors import CaseChanged, InvalidInput, NotAllowed, NotFound
from inprocap_flow.service.acting import act, open_case, preview
from inprocap_flow.service.desk import Desk
from inprocap_flow.store.records import Answer
from tests.engine.conftest import moment
from tests.robustness.conftest import CASE, Office, called, staffed
from tests.simulator.houses import purchase

NOW = moment("2026-01-20 09:00")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = called(staffed(purchase(tmp_path / "house", random.Random(1), suppliers=2)))
    yield made
    made.desk.store.close()


def _registers(key: str | None = None, **more: object) -> Request:
    return Request("do", "s0", "register", new="bidder/s0", fields={"firm": "s0"}, idempotency_key=key, **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------- keys


def test_the_same_key_gives_the_first_answer_and_changes_nothing(office: Office) -> None:
    first = act(office.desk, CASE, _registers("k1"), now=NOW)
    again = act(office.desk, CASE, _registers("k1"), now=moment("2026-02-01 09:00"))
    assert isinstance(first, Decision)
    assert isinstance(again, Answer)
    assert again.response["events"] == [event.seq for event in first.events]
    assert again.version == first.case.version == office.case.version


def test_a_refusal_is_an_answer_too(office: Office) -> None:
    asked = Request("do", "al", "send_call", idempotency_key="k1")
    first = act(office.desk, CASE, asked, now=NOW)
    again = act(office.desk, CASE, asked, now=NOW)
    assert isinstance(first, Refusal)
    assert isinstance(again, Answer)
    assert again.refused == first.codes
    assert sum(entry.times for entry in office.desk.store.refusals(CASE)) == 1


OTHERS = {
    "another person": {"actor": "s1"},
    "another act": {"kind": "fill"},
    "another name": {"new": "bidder/s1"},
    "other fields": {"fields": {}},
    "another moment": {"happened": When.exactly(moment("2026-01-19 09:00"))},
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_request_under_the_same_key_is_not_answered(office: Office, other: str) -> None:
    act(office.desk, CASE, _registers("k1"), now=NOW)
    before = office.case
    with pytest.raises(NotAllowed, match="k1 was used for another request") as refused:
        act(office.desk, CASE, replace(_registers("k1"), **OTHERS[other]), now=NOW)  # type: ignore[arg-type]
    assert "draw a new key" in refused.value.mend
    assert office.case == before


def test_a_key_of_one_case_is_no_key_of_another(office: Office) -> None:
    other = Request("open", "ada", "open_case", fields={"need": "Another"}, extra={"case": "case-2"})
    open_case(office.desk, "purchase", "lab", other, now=NOW)
    asked = Request("fill", "ben", fields={"value": {"amount": "1", "currency": "EUR"}}, idempotency_key="k1")
    act(office.desk, CASE, asked, now=NOW)
    with pytest.raises(NotAllowed, match="another request"):
        act(office.desk, "case-2", asked, now=NOW)


def test_a_sealed_document_taken_in_anew_is_the_same_request(office: Office) -> None:
    """Whoever sends a request again after a crash takes its files in again, and a sealed one gets another mark."""
    act(office.desk, CASE, _registers(), now=NOW)
    price = {"price": {"amount": "50000", "currency": "EUR"}}
    marks, outcomes = set(), []
    for _ in range(2):
        handed = office.handed("bidder/s0", ("bid",), NOW)
        marks.add(handed["bid"].sha256)
        asked = Request("do", "s0", "submit", line="bidder/s0", fields=price, documents=handed, idempotency_key="bid")
        outcomes.append(act(office.desk, CASE, asked, now=NOW))
    assert len(marks) == 2
    assert [type(outcome) for outcome in outcomes] == [Decision, Answer]
    assert len(office.case.lines["bidder/s0"].documents["bid"]) == 1


# ---------------------------------------------------------------------------------------------- versions, times


def test_an_old_version_is_a_conflict_that_says_who_and_when(office: Office) -> None:
    version = office.case.version
    act(office.desk, CASE, Request("do", "cleo", "correct", reason="a slip"), now=NOW)
    with pytest.raises(CaseChanged, match="changed by cleo at 2026-01-20 09:00: it is") as conflict:
        act(office.desk, CASE, Request("do", "ben", "correct", reason="a slip", expected_version=version), now=NOW)
    assert conflict.value.exit_status == 4


def test_a_key_that_was_used_for_another_request_says_when_in_the_zone_of_the_organisation(office: Office) -> None:
    act(office.desk, CASE, _registers("k1"), now=NOW)
    with pytest.raises(NotAllowed, match=r"answered at 2026-01-20 09:00\n"):
        act(office.desk, CASE, Request("do", "ben", "correct", reason="x", idempotency_key="k1"), now=NOW)


def test_whoever_was_slower_in_the_database_is_told_when_in_the_zone_of_the_organisation(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = CaseChanged("case x was changed by cleo at 2026-01-20 08:00 UTC: it is at version 9 now")
    wrong.at = "2026-01-20T08:00:00.000000Z"

    def slower(*_: object, **__: object) -> None:
        raise wrong

    with monkeypatch.context() as patch:
        patch.setattr("inprocap_flow.store.writing.WritingTransaction.record", slower)
        with pytest.raises(CaseChanged, match="changed by cleo at 2026-01-20 09:00: it is at version 9 now"):
            act(office.desk, CASE, Request("do", "cleo", "correct", reason="a slip"), now=NOW)


def test_a_request_that_happened_earlier_is_decided_on_the_whole_history(office: Office) -> None:
    act(office.desk, CASE, _registers(), now=NOW)
    happened = When.exactly(moment("2026-01-15 09:00"))
    late = Request("do", "ben", "correct", reason="found later", evidence="a fax", happened=happened)
    outcome = act(office.desk, CASE, late, now=NOW)
    assert isinstance(outcome, Decision), outcome
    assert {event.as_of for event in outcome.events} != {None}
    assert office.desk.store.audit(case_id=CASE).findings == ()


def test_a_clock_that_went_back_does_not_make_what_happened_now_late_without_a_history(office: Office) -> None:
    act(office.desk, CASE, _registers(), now=NOW)
    earlier = moment("2026-01-20 08:59")
    asked = Request("do", "ben", "correct", reason="now", evidence="a fax", happened=When.exactly(earlier))
    act(office.desk, CASE, asked, now=earlier)
    assert office.desk.store.audit(case_id=CASE).findings == ()


def test_a_preview_decides_and_records_nothing(office: Office) -> None:
    before = office.case
    outcome = preview(office.desk, CASE, _registers(), now=NOW)
    assert isinstance(outcome, Decision)
    assert office.case == before
    assert office.desk.store.refusals(CASE) == ()


# ---------------------------------------------------------------------------------------------- refusals, openings


def test_a_refusal_changes_nothing_but_the_expiries_that_stand_and_sends_what_they_tell(office: Office) -> None:
    act(office.desk, CASE, _registers(), now=NOW)
    after = moment("2026-02-21 09:00")
    outcome = act(office.desk, CASE, Request("do", "s0", "submit", line="bidder/s0"), now=after)
    assert isinstance(outcome, Refusal)
    assert office.case.main.state == "bidding.over"
    told = [row for row in office.desk.store.outbox(case_id=CASE) if row.recipient == "track:bidder/s0"]
    assert [row.subject for row in told] == ["lapse"]


def test_a_refused_opening_is_recorded_under_no_case(office: Office) -> None:
    refused = open_case(office.desk, "purchase", "lab", Request("open", "kim", "open_case"), now=NOW)
    assert isinstance(refused, Refusal)
    (entry,) = office.desk.store.refusals("")
    assert (entry.actor, entry.kind, entry.codes) == ("kim", "open", refused.codes)


def test_an_opening_sent_twice_opens_one_case(office: Office) -> None:
    asked = Request("open", "ada", "open_case", fields={"need": "Cold"}, idempotency_key="opens")
    first = open_case(office.desk, "purchase", "lab", asked, now=NOW)
    again = open_case(office.desk, "purchase", "lab", asked, now=NOW)
    assert isinstance(first, Decision)
    assert isinstance(again, Answer)
    assert again.case_id == first.case.id
    with office.desk.store.reading() as view:
        assert len(view.case_ids()) == 2


def test_an_id_that_is_taken_is_a_conflict(office: Office) -> None:
    asked = Request("open", "ada", "open_case", fields={"need": "Cold"}, extra={"case": CASE})
    with pytest.raises(CaseChanged, match="already open"):
        open_case(office.desk, "purchase", "lab", asked, now=NOW)


def test_what_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(NotFound, match="there is no case case-9"):
        act(office.desk, "case-9", _registers(), now=NOW)
    with pytest.raises(InvalidInput, match="bad-name"):
        act(office.desk, "../etc/passwd", _registers(), now=NOW)


def test_the_same_key_with_another_value_is_another_request(shipped: Desk) -> None:
    def asked(need: str, reason: str | None = None) -> Request:
        return Request("open", "ada", fields={"need": need}, reason=reason, idempotency_key="k-1")

    first = open_case(shipped, "open", "example-lab", asked("Keep samples cold"))
    assert isinstance(first, Decision)
    assert isinstance(open_case(shipped, "open", "example-lab", asked("Keep samples cold")), Answer)
    for other in (asked("Keep samples warm"), asked("Keep samples cold", "in a hurry")):
        with pytest.raises(NotAllowed, match="was used for another request"):
            open_case(shipped, "open", "example-lab", other)
