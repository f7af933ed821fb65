"""What every database keeps of a case, and how it refuses what would lose something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Handed, Message, Request
from inprocap_flow.errors import CaseChanged, NotAllowed, NotFound, StoreDamaged
from inprocap_flow.store.connection import StoreUnavailable
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.records import Loaded
from tests.store import drafts
from tests.store.drafts import NOW, Counter


def _load(store: DatabaseStore, case_id: str = "case-1") -> Loaded:
    with store.reading() as view:
        return view.load(case_id)


# ---------------------------------------------------------------------------------------------- definitions


def test_a_released_definition_is_found_by_version_by_hash_and_as_the_latest(store: DatabaseStore) -> None:
    with store.writing() as work:
        first = work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW)
        second = work.release("procedure", "open", "2", {"v": 2}, by="anna", now=NOW + timedelta(days=1))
    with store.reading() as view:
        assert view.released("procedure", "open", "1") == ("1", first, {"v": 1})
        assert view.released("procedure", content_hash=first) == ("1", first, {"v": 1})
        assert view.released("procedure", "open") == ("2", second, {"v": 2})
        assert [(entry.version, entry.content_hash) for entry in view.releases("procedure")] == [
            ("1", first),
            ("2", second),
        ]


@pytest.mark.parametrize(
    "later", [timedelta(0), timedelta(hours=-1)], ids=["in one moment", "on a clock that went back"]
)
@pytest.mark.parametrize("values", list(permutations(range(3))), ids=str)
def test_the_version_released_last_is_the_one_recorded_last(
    store: DatabaseStore, later: timedelta, values: tuple[int, ...]
) -> None:
    made = []
    for number, value in enumerate(values, start=1):
        with store.writing() as work:  # versions count down and hashes are in any order: neither says what came last
            at = NOW + number * later
            made.append(work.release("procedure", "open", str(9 - number), {"v": value}, by="anna", now=at))
    with store.reading() as view:
        assert [entry.content_hash for entry in view.releases("procedure")] == made
        assert view.newest("procedure", "open") == made[-1]
        assert view.released("procedure", "open").content_hash == made[-1]
        assert view.in_force("procedure", "open", NOW.date()).content_hash == made[-1]


def test_a_released_version_never_changes(store: DatabaseStore) -> None:
    with store.writing() as work:
        once = work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW)
        assert work.release("procedure", "open", "1", {"v": 1}, by="bert", now=NOW + timedelta(days=1)) == once
        with pytest.raises(NotAllowed, match="another content"):
            work.release("procedure", "open", "1", {"v": 2}, by="anna", now=NOW)
    with store.reading() as view:
        assert view.releases("procedure")[0].released_by == "anna"


def test_new_cases_of_a_day_are_opened_on_the_version_that_is_valid_last(store: DatabaseStore) -> None:
    with store.writing() as work:
        now = work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW)
        coming = work.release("procedure", "open", "2", {"v": 2}, by="anna", now=NOW, valid_from=date(2026, 7, 1))
        mend = work.release("procedure", "open", "1.1", {"v": 11}, by="anna", now=NOW + timedelta(days=30))
    with store.reading() as view:
        found = {day: view.in_force("procedure", "open", day).content_hash for day in _DAYS}
        listed = {entry.version: entry.valid_from for entry in view.releases("procedure")}
    assert found == dict(zip(_DAYS, (mend, mend, coming, coming), strict=True))
    assert now not in found.values()
    assert listed == {"1": "", "1.1": "", "2": "2026-07-01"}


_DAYS = (date(2026, 3, 2), date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))


def test_a_version_that_is_only_coming_opens_no_case_and_says_from_when_it_will(store: DatabaseStore) -> None:
    with store.writing() as work:
        work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW, valid_from=date(2026, 7, 1))
    with store.reading() as view, pytest.raises(NotFound, match="the first one is from 2026-07-01"):
        view.in_force("procedure", "open", date(2026, 6, 30))


def test_the_day_from_which_a_released_version_is_valid_never_changes(store: DatabaseStore) -> None:
    with store.writing() as work:
        once = work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW, valid_from=date(2026, 7, 1))
        assert work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW) == once
        with pytest.raises(NotAllowed, match="valid from 2026-07-01"):
            work.release("procedure", "open", "1", {"v": 1}, by="anna", now=NOW, valid_from=date(2026, 8, 1))


def test_what_was_never_released_is_not_found(store: DatabaseStore) -> None:
    with store.reading() as view, pytest.raises(NotFound, match="no procedure open 9 is released"):
        view.released("procedure", "open", "9")


def test_a_rulebook_is_no_procedure_whatever_its_hash(store: DatabaseStore) -> None:
    with store.writing() as work:
        found = work.release("rulebook", "eu", "1", {"v": 1}, by="anna", now=NOW)
        with pytest.raises(NotFound):
            work.released("procedure", content_hash=found)


def test_a_case_needs_a_released_definition(store: DatabaseStore) -> None:
    made = drafts.decision(None, drafts.opens("case-1", "0" * 64))
    with pytest.raises(StoreUnavailable, match="release the definition"), store.writing() as work:
        work.record(made, now=NOW)


# ---------------------------------------------------------------------------------------------- recording


def test_a_case_comes_back_as_its_events_fold(store: DatabaseStore) -> None:
    drafts.opened(store)
    after = drafts.does(store, "case-1", drafts.fills(estimated_value=["140000.00", "EUR"]), drafts.begins("alpha"))
    loaded = _load(store)
    with store.reading() as view:
        assert loaded.case == after == fold(view.events("case-1"))
    assert (loaded.version, loaded.event_count) == (2, 4)


def test_an_event_comes_back_in_every_field(store: DatabaseStore) -> None:
    case = drafts.opened(store)
    made = drafts.decision(case, drafts.fills(title="Müller & Söhne\0\n"))
    full = replace(
        made.events[0],
        on_behalf_of="carla",
        request={"kind": "do"},
        account="root",
        recorded_at=NOW + timedelta(microseconds=1),
        as_of=1,
    )
    with store.writing() as work:
        work.record(replace(made, events=(full,)), now=NOW, on=work.load("case-1"))
    with store.reading() as view:
        assert view.events("case-1")[-1] == full


def test_a_case_that_is_not_there_is_not_found(store: DatabaseStore) -> None:
    with store.reading() as view:
        with pytest.raises(NotFound, match="no case case-9"):
            view.load("case-9")
        with pytest.raises(NotFound, match="no case case-9"):
            view.events("case-9")


def test_a_case_is_opened_once(store: DatabaseStore) -> None:
    drafts.opened(store)
    again = drafts.decision(None, drafts.opens("case-1", drafts.released(store)))
    with pytest.raises(CaseChanged, match="already open"), store.writing() as work:
        work.record(again, now=NOW)


def test_nothing_is_kept_of_a_transaction_that_fails(store: DatabaseStore) -> None:
    before = drafts.opened(store)
    made = drafts.decision(before, drafts.moves("tendering"))

    def fails_at_the_end() -> None:
        with store.writing() as work:
            work.load("case-1")
            work.record(made, now=NOW, idempotency_key="key")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_at_the_end()
    with store.reading() as view:
        assert view.load("case-1").case == before
        assert len(view.events("case-1")) == 2
        assert view.answer("key") is None


def test_events_that_do_not_follow_are_refused(store: DatabaseStore) -> None:
    case = drafts.opened(store)
    made = drafts.decision(case, drafts.moves("tendering"))
    skipping = replace(made, events=(replace(made.events[0], seq=7),))
    with pytest.raises(StoreDamaged, match="do not follow event 2"), store.writing() as work:
        work.record(skipping, now=NOW, on=work.load("case-1"))


# ---------------------------------------------------------------------------------------------- conflicts, answers


def test_who_was_slower_is_told_who_was_faster_and_when(store: DatabaseStore) -> None:
    drafts.opened(store)
    seen_by_both = _load(store)
    drafts.does(store, "case-1", drafts.moves("tendering"), actor="bert")
    late = drafts.decision(seen_by_both.case, drafts.moves("awarded"), actor="anna")
    with pytest.raises(CaseChanged, match=r"changed by bert at 2026-03-02 09:00 UTC: .* version 2"):  # noqa: SIM117
        with store.writing() as work:
            work.record(late, now=NOW, on=seen_by_both)
    assert _load(store).case.main.state == "tendering"


def test_the_same_key_finds_the_first_answer(store: DatabaseStore) -> None:
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.moves("tendering"), drafts.starts("tenders"), key="key")
    with store.reading() as view:
        answer = view.answer("key")
    assert answer is not None
    assert (answer.case_id, answer.version, answer.refused) == ("case-1", 2, ())
    assert answer.response["events"] == [3, 4]


def test_a_second_answer_under_one_key_is_a_conflict_and_leaves_nothing(store: DatabaseStore) -> None:
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.moves("tendering"), key="key")
    with pytest.raises(CaseChanged, match="answered"):
        drafts.does(store, "case-1", drafts.moves("awarded"), key="key")
    assert _load(store).case.main.state == "tendering"


# ---------------------------------------------------------------------------------------------- refusals


def test_a_refusal_leaves_the_case_alone_and_is_found(store: DatabaseStore) -> None:
    drafts.opened(store)
    before = _load(store)
    with store.writing() as work:
        work.record(drafts.refusal(work.load("case-1").case), now=NOW, idempotency_key="key")
    assert _load(store) == before
    found = store.refusals("case-1")
    assert [(row.actor, row.codes, row.times) for row in found] == [("bert", ("not-entitled",), 1)]
    with store.reading() as view:
        answer = view.answer("key")
    assert answer is not None
    assert answer.refused == ("not-entitled",)
    assert answer.response["blockers"][0]["possible_from"] == "2026-03-03T09:00:00Z"


def test_what_expired_stands_even_if_the_request_is_refused(store: DatabaseStore) -> None:
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.starts("tenders"))
    with store.writing() as work:
        expired = ("deadline_over", "case", {"deadline": "tenders"})
        work.record(drafts.refusal(work.load("case-1").case, expired), now=NOW)
    assert _load(store).case.deadlines["case tenders"].status == "over"
    assert _load(store).version == 3
    assert len(store.refusals("case-1")) == 1


def test_the_same_refusal_within_a_minute_is_counted(store: DatabaseStore) -> None:
    drafts.opened(store)
    for seconds in (0, 20, 59, 61):
        with store.writing() as work:
            work.record(drafts.refusal(work.load("case-1").case), now=NOW + timedelta(seconds=seconds))
    with store.writing() as work:
        work.record(drafts.refusal(work.load("case-1").case, codes=("standstill",)), now=NOW)
    assert sorted((row.codes, row.times) for row in store.refusals("case-1")) == [
        (("not-entitled",), 1),
        (("not-entitled",), 3),
        (("standstill",), 1),
    ]


def test_a_refused_opening_belongs_to_no_case(store: DatabaseStore) -> None:
    with store.writing() as work:
        recorded = work.record(drafts.refusal(None, request=Request("open", "bert", name="open")), now=NOW)
    assert recorded.case_id == ""
    assert len(store.refusals("")) == 1


def test_a_refusal_keeps_no_value_of_the_request(store: DatabaseStore) -> None:
    drafts.opened(store)
    request = Request(
        "do", "bert", name="tender", fields={"price": "SECRET-1"}, documents={"bid": Handed("ab" * 32, "SECRET-2.pdf")}
    )
    with store.writing() as work:
        work.record(drafts.refusal(work.load("case-1").case, request=request), now=NOW)
    found = store.refusals("case-1")[0]
    assert found.request["fields"] == ["price"]
    assert found.request["documents"] == {"bid": "ab" * 32}
    assert "SECRET" not in repr(found)


# ---------------------------------------------------------------------------------------------- projections, outbox


def test_lists_follow_the_case(store: DatabaseStore) -> None:
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.asks("launch"), drafts.starts("late", days=40), drafts.starts("soon", days=2))
    assert [(row.case_id, row.name, row.asked_by) for row in store.approvals_waiting()] == [
        ("case-1", "launch", "anna")
    ]
    assert [row.name for row in store.deadlines()] == ["soon", "late"]
    assert [row.name for row in store.deadlines(until=NOW + timedelta(days=2))] == ["soon"]
    drafts.does(store, "case-1", drafts.meets("soon"), ("approval_given", "case", {"approval": "launch"}))
    assert store.approvals_waiting() == ()
    assert [row.name for row in store.deadlines()] == ["late"]


def test_cases_are_listed_by_organisation_latest_change_first(store: DatabaseStore) -> None:
    drafts.opened(store, "case-1")
    drafts.opened(store, "case-2")
    drafts.opened(store, "case-3", organisation="cern")
    drafts.does(store, "case-1", drafts.moves("tendering"), now=NOW + timedelta(hours=1))
    drafts.does(store, "case-2", drafts.moves("awarded", final="completed"), now=NOW + timedelta(hours=2))
    assert [(row.id, row.stage) for row in store.cases("desy")] == [("case-2", "awarded"), ("case-1", "tendering")]
    assert [row.id for row in store.cases("desy", ended=False)] == ["case-1"]
    assert {row.id for row in store.cases()} == {"case-1", "case-2", "case-3"}


def test_an_annulment_takes_away_what_it_undoes(store: DatabaseStore) -> None:
    case = drafts.opened(store)
    number = case.next_decision
    drafts.does(store, "case-1", drafts.starts("tenders"), drafts.asks("launch"), drafts.brings("notice", "ab" * 32))
    with store.writing() as work:
        loaded = work.load("case-1")
        draft = drafts.decision(loaded.case, drafts.annuls(number))
        refolded = fold((*work.events("case-1"), *draft.events))
        work.record(replace(draft, case=refolded), now=NOW)
    assert (store.deadlines(), store.approvals_waiting(), store.documents("case-1")) == ((), (), ())
    assert _load(store).case == refolded


def test_every_recipient_group_has_its_own_outbox_row(store: DatabaseStore) -> None:
    drafts.opened(store)
    told = Message(3, "told", ("role:legal", "track:supplier/alpha"), "Opened", about=("award",))
    drafts.does(store, "case-1", drafts.moves("tendering"), messages=(told,))
    assert [(row.id, row.recipient, row.state, row.about) for row in store.outbox()] == [
        ("message-0001", "role:legal", "pending", ("award",)),
        ("message-0002", "track:supplier/alpha", "pending", ("award",)),
    ]


def test_what_an_annulled_decision_has_not_sent_yet_is_withdrawn_and_only_the_rest_corrected(
    store: DatabaseStore,
) -> None:
    number = drafts.opened(store).next_decision
    for seq, name in ((3, "wrong"), (4, "right")):
        told = Message(seq, "told", ("role:legal", "role:finance"), name)
        drafts.does(store, "case-1", drafts.begins(name), messages=(told,))
    with store.writing() as work:  # what the delivery will do: one of the two wrong ones has gone out
        work.connection.execute("UPDATE outbox SET state = 'sent' WHERE id = 'message-0001'")
    correction = Message(5, "correction", ("role:legal", "role:finance"), "wrong", about=("3",))
    drafts.does(store, "case-1", drafts.annuls(number), messages=(correction,))
    assert [(row.subject, row.kind, row.recipient, row.state) for row in store.outbox(state=None)] == [
        ("wrong", "told", "role:legal", "sent"),
        ("wrong", "told", "role:finance", "withdrawn"),
        ("right", "told", "role:legal", "pending"),
        ("right", "told", "role:finance", "pending"),
        ("wrong", "correction", "role:legal", "pending"),
    ]


def test_documents_are_listed_with_every_version(store: DatabaseStore) -> None:
    drafts.opened(store)
    drafts.does(store, "case-1", drafts.brings("notice", "ab" * 32))
    drafts.does(store, "case-1", drafts.brings("notice", "cd" * 32, sealed_until="opened"))
    assert [(row.name, row.number, row.mark[:2], row.sealed_until) for row in store.documents("case-1")] == [
        ("notice", 1, "ab", None),
        ("notice", 2, "cd", "opened"),
    ]


# ---------------------------------------------------------------------------------------------- counted


def test_a_move_takes_five_statements_and_one_commit(store: DatabaseStore, counter: Counter) -> None:
    drafts.opened(store)
    counter.seen.clear()
    with store.writing() as work:
        assert work.answer("key") is None
        made = drafts.decision(
            work.load("case-1").case, drafts.moves("tendering"), drafts.fills(a=1), drafts.fills(b=2)
        )
        work.record(made, now=NOW, idempotency_key="key")
    assert counter.count("SELECT", "INSERT", "UPDATE", "DELETE") == 5
    assert (counter.count("BEGIN"), counter.count("COMMIT"), len(counter.seen)) == (1, 1, 7)


def test_each_kind_of_thing_touched_adds_one_statement(store: DatabaseStore, counter: Counter) -> None:
    drafts.opened(store)
    deadlines = [drafts.starts(f"deadline_{number}") for number in range(40)]
    changes = [*deadlines, drafts.asks("launch"), drafts.asks("award"), drafts.brings("notice", "ab" * 32)]
    told = tuple(Message(3, "told", ("role:legal",), str(number)) for number in range(20))
    counter.seen.clear()
    drafts.does(store, "case-1", *changes, messages=told, key="key")
    # load, case, events, answer; then deadlines, approvals, documents, messages
    assert counter.count("SELECT", "INSERT", "UPDATE", "DELETE") == 4 + 4
    assert counter.count("COMMIT") == 1
