"""From an outbox row to a delivery that was sent: every change holds only where the row says what one believes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from inprocap_flow.engine.case.records import Message
from inprocap_flow.records import changed
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.deliveries import Claimed, Due, Planned
from inprocap_flow.store.records import Person
from tests.store import drafts
from tests.store.drafts import NOW

LEASE = NOW + timedelta(minutes=10)


def _told(store: DatabaseStore, *recipients: str, name: str = "step", seq: int = 3) -> int:
    """Carry out a step that tells *recipients*; return the number of its decision."""
    with store.reading() as reading:
        number = reading.load("case-1").case.next_decision
    drafts.does(store, "case-1", drafts.begins(name), messages=(Message(seq, "told", recipients, name),))
    return number


def _plan(message_id: str, recipient: str, at: datetime = NOW, channel: str = "file") -> Planned:
    return Planned(f"delivery-{message_id[8:]}-{recipient}", message_id, "case-1", "desy", recipient, channel, at)


def _handed(store: DatabaseStore, *recipients: str, at: datetime = NOW) -> tuple[Due, ...]:
    """Hand over every pending message, to each of *recipients*; return what is due."""
    with store.writing() as work:
        for message in work.deliveries.pending():
            assert work.deliveries.hand(message.id, [_plan(message.id, who, at) for who in recipients], now=NOW)
    with store.reading() as reading:
        return reading.deliveries.due(NOW)


def _claim(store: DatabaseStore, due: Due, key: str = "bundle-1", lease: datetime = LEASE) -> Claimed | None:
    with store.writing() as work:
        chosen = work.deliveries.take_alike(due, now=NOW)
        work.deliveries.claim_new(key, chosen, lease=lease)
        return work.deliveries.claimed(key, lease=lease)


def _states(store: DatabaseStore) -> dict[str, str]:
    return {entry.id: entry.state for entry in store.deliveries()}


@pytest.fixture
def case(store: DatabaseStore) -> DatabaseStore:
    drafts.opened(store)
    return store


def test_a_message_is_handed_once(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    (due,) = _handed(case, "dora")
    assert (due.recipient, due.channel, due.bundle) == ("dora", "file", None)
    with case.writing() as work:
        assert work.deliveries.pending() == ()
        assert not work.deliveries.hand("message-0001", [_plan("message-0001", "emil")], now=NOW)
    assert list(_states(case)) == ["delivery-0001-dora"]


def test_a_delivery_is_not_due_before_its_moment(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    assert _handed(case, "dora", at=NOW + timedelta(hours=1)) == ()
    with case.reading() as reading:
        assert reading.deliveries.next_due() == NOW + timedelta(hours=1)
        assert len(reading.deliveries.due(NOW + timedelta(hours=1))) == 1


def test_due_deliveries_are_read_in_pages_each_once(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    _handed(case, "ada", "ben", "cleo", "dora", "emil")
    seen: list[str] = []
    last = None
    with case.reading() as reading:
        while page := reading.deliveries.due(NOW, after=last, most=2):
            seen += [due.recipient for due in page]
            last = page[-1]
    assert seen == ["ada", "ben", "cleo", "dora", "emil"]


def test_what_is_due_to_one_recipient_becomes_one_bundle(case: DatabaseStore) -> None:
    _told(case, "role:legal", name="one")
    _told(case, "role:legal", name="two", seq=4)
    due = _handed(case, "dora")
    bundle = _claim(case, due[0])
    assert bundle is not None
    assert bundle.message_ids == ("message-0001", "message-0002")
    assert bundle.attempt == 1
    assert _claim(case, due[1], "bundle-2") is None


def test_a_bundle_is_taken_again_only_when_its_lease_is_over(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    (due,) = _handed(case, "dora")
    assert _claim(case, due)
    again = LEASE + timedelta(minutes=10)
    with case.writing() as work:
        assert work.deliveries.claim_again("bundle-1", now=LEASE - timedelta(seconds=1), lease=again) == 0
        assert work.deliveries.claim_again("bundle-1", now=LEASE, lease=again) == 1
        bundle = work.deliveries.claimed("bundle-1", lease=again)
    assert bundle is not None
    assert bundle.attempt == 2
    assert bundle.message_ids == ("message-0001",)


def test_only_one_of_two_senders_gets_a_bundle(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    (due,) = _handed(case, "dora")
    start, got = Barrier(2), []

    def claims(key: str) -> None:
        start.wait()
        got.append(_claim(case, due, key))

    threads = [Thread(target=claims, args=(key,)) for key in ("bundle-1", "bundle-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in got if one is not None]) == 1


def test_a_late_sender_may_say_that_it_was_sent_but_not_that_it_failed(case: DatabaseStore) -> None:
    """Its lease is over and somebody else tries: a failure is the other's to tell, an acceptance is a fact."""
    _told(case, "role:legal")
    (due,) = _handed(case, "dora")
    first = _claim(case, due)
    assert first is not None
    with case.writing() as work:
        work.deliveries.claim_again("bundle-1", now=LEASE, lease=LEASE + timedelta(minutes=10))
        work.deliveries.failed(first, "451 later", again_at=None, now=LEASE)
    assert _states(case) == {"delivery-0001-dora": "sending"}
    with case.writing() as work:
        work.deliveries.sent(first, now=LEASE)
    (entry,) = case.deliveries()
    assert (entry.state, entry.bundle, entry.last_error) == ("sent", "bundle-1", None)


def test_a_failure_is_tried_again_or_given_up_and_says_why(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    (due,) = _handed(case, "dora")
    bundle = _claim(case, due)
    assert bundle is not None
    with case.writing() as work:
        work.deliveries.failed(bundle, "451 later", again_at=NOW + timedelta(minutes=1), now=NOW)
    (entry,) = case.deliveries()
    assert (entry.state, entry.last_error, entry.attempts) == ("pending", "451 later", 1)
    with case.reading() as reading:
        (again,) = reading.deliveries.due(NOW + timedelta(minutes=1))
    assert again.bundle == "bundle-1"


def test_a_dead_bundle_is_tried_again_as_a_whole_under_its_key(case: DatabaseStore) -> None:
    _told(case, "role:legal", name="one")
    _told(case, "role:legal", name="two", seq=4)
    due = _handed(case, "dora")
    bundle = _claim(case, due[0])
    assert bundle is not None
    with case.writing() as work:
        assert work.deliveries.retry(due[0].id, now=NOW) == 0
        work.deliveries.failed(bundle, "550 no", again_at=None, now=NOW)
    assert set(_states(case).values()) == {"dead"}
    with case.writing() as work:
        assert work.deliveries.retry(due[0].id, now=NOW) == 2
    with case.reading() as reading:
        assert {one.bundle for one in reading.deliveries.due(NOW)} == {"bundle-1"}


def test_a_message_under_a_derived_id_is_posted_once(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    with case.writing() as work:
        message = work.deliveries.message("message-0001")
        assert message is not None
        assert not work.deliveries.post(message)


def test_who_asks_what_is_known_of_them_learns_what_they_were_told(case: DatabaseStore) -> None:
    with case.writing() as work:
        work.put_people("desy", [Person("dora"), Person("emil")])
    _told(case, "role:legal")
    _handed(case, "dora")
    with case.reading() as view:
        (told,) = view.export_person("desy", "dora")["told"]
        assert view.export_person("desy", "emil")["told"] == []
    assert (told["kind"], told["subject"], told["channel"], told["state"]) == ("told", "step", "file", "pending")


# ---------------------------------------------------------------------------------------------- annulment


def _annul(store: DatabaseStore, number: int, *recipients: str, seq: int, told: int = 3) -> None:
    correction = Message(seq, "correction", recipients, "step", about=(str(told),))
    drafts.does(store, "case-1", drafts.annuls(number), messages=(correction,))


def _messages(store: DatabaseStore) -> list[tuple[str, str, str]]:
    return [(row.kind, row.recipient, row.state) for row in store.outbox(state=None)]


def test_what_nobody_has_tried_to_send_is_withdrawn_with_its_decision(case: DatabaseStore) -> None:
    number = _told(case, "role:legal")
    _handed(case, "dora", "nils")
    _annul(case, number, "role:legal", seq=4)
    assert set(_states(case).values()) == {"withdrawn"}
    assert _messages(case) == [("told", "role:legal", "withdrawn")]
    with case.reading() as reading:
        assert reading.deliveries.due(NOW + timedelta(days=1)) == ()


def _on_its_way(store: DatabaseStore, recipient: str) -> Callable[[], None]:
    with store.reading() as reading:
        due = next(one for one in reading.deliveries.due(NOW) if one.recipient == recipient)
    bundle = _claim(store, due)
    assert bundle is not None

    def accepted() -> None:
        with store.writing() as work:
            work.deliveries.sent(bundle, now=NOW)

    return accepted


@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "perhaps accepted"])
def test_whoever_was_or_may_have_been_told_gets_the_correction(case: DatabaseStore, *, accepted: bool) -> None:
    number = _told(case, "role:legal")
    _handed(case, "dora", "nils")
    mark = _on_its_way(case, "dora")
    if accepted:
        mark()
    _annul(case, number, "role:legal", seq=4)
    assert _messages(case) == [("told", "role:legal", "handed"), ("correction", "role:legal", "pending")]
    with case.reading() as reading:
        assert reading.deliveries.told_before("case-1", 3, "role:legal") == (("dora", "file"),)
    assert _states(case)["delivery-0001-nils"] == "withdrawn"


def test_a_reminder_outlives_the_decision_after_which_it_was_written(case: DatabaseStore) -> None:
    """It hangs on a deadline of the case; whether that still runs is looked at before it is sent."""
    number = _told(case, "role:legal")
    with case.writing() as work:
        message = work.deliveries.message("message-0001")
        assert message is not None
        work.deliveries.post(changed(message, id="message-9999", kind="reminder"))
    _handed(case, "dora")
    _annul(case, number, "role:legal", seq=4)
    assert _states(case) == {"delivery-0001-dora": "withdrawn", "delivery-9999-dora": "pending"}


# ---------------------------------------------------------------------------------------------- afterwards


def _sent(store: DatabaseStore, key: str = "bundle-1") -> None:
    _told(store, "role:legal")
    (due, *_) = _handed(store, "dora")
    claimed = _claim(store, due, key)
    assert claimed is not None
    with store.writing() as work:
        work.deliveries.sent(claimed, now=NOW)


def test_what_came_back_is_dead_once_and_stays_sent_on_its_day(case: DatabaseStore) -> None:
    _sent(case)
    with case.writing() as work:
        assert work.deliveries.returned("bundle-1", "came back: x", now=NOW + timedelta(days=1)) == 1
        assert work.deliveries.returned("bundle-1", "came back: x", now=NOW + timedelta(days=1)) == 0
        assert [(one.recipient, one.state) for one in work.deliveries.in_bundle("bundle-1")] == [("dora", "dead")]
        assert work.deliveries.in_bundle("bundle-2") == ()
    (entry,) = case.deliveries()
    assert (entry.state, entry.last_error, entry.sent_at is not None) == ("dead", "came back: x", True)


def test_what_was_sent_long_ago_is_forgotten_once(case: DatabaseStore) -> None:
    _sent(case)
    with case.writing() as work:
        assert work.deliveries.forgettable(NOW - timedelta(seconds=1)) == ()
        (message,) = work.deliveries.forgettable(NOW + timedelta(days=1))
        assert work.deliveries.keys_of(message) == ("bundle-1",)
        work.deliveries.forget(message, "2026-12-24")
        assert work.deliveries.forgettable(NOW + timedelta(days=1)) == ()
        known = work.deliveries.message(message)
    assert known is not None
    assert dict(known.detail) == {"forgotten_on": "2026-12-24"}
    assert known.recipient == "role:legal"
    assert _states(case) == {entry.id: "sent" for entry in case.deliveries()}


def test_what_waits_is_never_forgotten(case: DatabaseStore) -> None:
    _told(case, "role:legal")
    with case.reading() as reading:
        assert reading.deliveries.forgettable(NOW + timedelta(days=400)) == ()
    _handed(case, "dora")
    with case.reading() as reading:
        assert reading.deliveries.forgettable(NOW + timedelta(days=400)) == ()
