"""Bundles, tries, pauses, the list of the dead, and what is dropped because it says nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.service.delivering import next_due
from inprocap_flow.service.delivering.bundles import FIRST_PAUSE, LEASE, LONGEST_PAUSE, pause
from inprocap_flow.service.delivering.sending import DeliveryReport
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.people import say_absent
from inprocap_flow.settings import Settings
from inprocap_flow.store.moments import sortable
from tests.service.delivering.conftest import NOW, Office, hours

LATER, NO_ADDRESS = Failed("451 try again"), Failed("550 no such user", for_good=True)


class Killed(BaseException):
    """The process is gone: nothing is caught, nothing is marked."""


def _kill(_parcel: Parcel) -> None:
    raise Killed


def test_what_is_due_to_one_person_comes_as_one_message(office: Office) -> None:
    office.post("role:legal")
    office.post("person:dora", kind="asked", subject="launch", about=("launch",))
    assert office.run() == DeliveryReport(sent=2)
    by_person = {parcel.recipient: len(parcel.letter.items) for parcel in office.receiver.taken}
    assert by_person == {"dora": 2, "nils": 1}


def test_a_digest_tells_things_in_the_order_in_which_they_happened(office: Office) -> None:
    hour = (3, 1, 4, 2, 0)  # the messages come to lie in the order of their ids, which says nothing
    posted = {n: office.post("person:dora", subject=f"step_{n}", created_at=sortable(NOW - hours(n))) for n in hour}
    office.run()
    (parcel,) = office.receiver.taken
    told = [message["message"] for message in parcel.data["messages"]]
    assert told == [posted[n].id for n in sorted(hour, reverse=True)]


def test_the_bundle_has_its_name_before_it_is_sent(office: Office) -> None:
    office.post("role:legal")
    seen: list[tuple[str, str | None]] = []
    office.receiver.before = lambda parcel: seen.extend(
        (entry.state, entry.bundle) for entry in office.deliveries if entry.bundle == parcel.key
    )
    office.run()
    assert [state for state, _ in seen] == ["sending", "sending"]
    assert [key for _, key in seen] == office.receiver.keys


def test_what_failed_is_tried_again_under_the_same_key_with_the_same_content(office: Office) -> None:
    office.post("person:dora")
    office.receiver.answers = [LATER]
    assert office.run() == DeliveryReport(failed=1)
    (entry,) = office.deliveries
    assert (entry.state, entry.attempts, entry.last_error) == ("pending", 1, "451 try again")
    first = entry.bundle
    office.post("person:dora", subject="another")  # what comes in between is a bundle of its own
    again = datetime.fromisoformat(entry.next_at)
    assert office.run(again) == DeliveryReport(sent=2)
    assert first in office.receiver.keys
    assert [len(parcel.letter.items) for parcel in office.receiver.taken] == [1, 1]


def test_the_pauses_grow_and_in_the_end_it_is_given_up(office: Office) -> None:
    office.set(delivery_tries=4)
    office.post("person:dora")
    office.hand()
    office.receiver.answers = [LATER] * 4
    now, pauses = NOW, []
    while (due := next_due(office.desk)) is not None:
        pauses.append((due - now).total_seconds() / 60)
        now = due
        office.send(now)
    # The drawn share is one half here, so a pause is three quarters of its longest.
    assert pauses == [0, 0.75, 1.5, 3]
    (entry,) = office.deliveries
    assert (entry.state, entry.attempts) == ("dead", 4)


@given(st.integers(1, 60), st.binary(min_size=2, max_size=2), st.integers(0, 100_000))
def test_a_pause_is_never_longer_than_the_longest_unless_asked_for(attempt: int, drawn: bytes, asked: int) -> None:
    desk = Desk(store=None, settings=Settings(), random_bytes=lambda _count: drawn)  # type: ignore[arg-type]
    found = pause(desk, attempt, Failed("x", wait_seconds=asked))
    longest = min(FIRST_PAUSE * 2 ** min(attempt - 1, 20), LONGEST_PAUSE)
    assert longest / 2 <= found <= max(longest, timedelta(seconds=asked))
    assert found >= timedelta(seconds=asked)


def test_an_address_that_is_none_is_given_up_at_once_and_its_owner_told(office: Office) -> None:
    office.post("person:dora")
    office.receiver.answers = [NO_ADDRESS]
    assert office.run() == DeliveryReport(dead=1)
    assert office.outbox()[-1] == ("undelivered", "role:requesting_unit", "pending")
    office.run()
    assert office.receiver.taken[0].recipient == "ada"
    assert office.receiver.taken[0].letter.items[0].what.startswith("dora could not be reached")


def test_an_owner_is_told_of_an_address_once_a_day(office: Office) -> None:
    for count in range(3):
        office.post("person:dora", subject=f"step_{count}")
        office.hand()
        office.receiver.answers = [NO_ADDRESS]
        office.send()
    office.post("person:dora", subject="tomorrow")
    office.hand(NOW + hours(24))
    office.receiver.answers = [NO_ADDRESS]
    office.send(NOW + hours(24))
    assert [kind for kind, _, _ in office.outbox()].count("undelivered") == 2


def test_what_says_that_somebody_cannot_be_reached_is_followed_by_no_more_of_it(office: Office) -> None:
    """ada answers for the case, and her address is dead too: the reports die, they do not multiply."""
    office.post("person:dora")
    office.post("person:ada")
    for day in range(5):
        office.receiver.answers = [NO_ADDRESS] * 9
        office.run(NOW + hours(24 * day))
        office.run(NOW + hours(24 * day))
    kinds = [kind for kind, _, _ in office.outbox()]
    assert kinds.count("undelivered") == 2
    assert {state for _, state in office.states()} == {"dead"}


def test_a_channel_that_is_down_is_left_alone_for_the_round_and_costs_the_others_no_try(office: Office) -> None:
    office.post("role:legal")
    office.post("role:procurement_officer")
    office.receiver.answers = [Failed("cannot be reached", unreachable=True)]
    assert office.run() == DeliveryReport(failed=1)
    assert sorted(entry.attempts for entry in office.deliveries) == [0, 0, 0, 1]


def test_a_channel_that_is_not_set_up_here_leaves_its_deliveries_to_others(office: Office) -> None:
    office.post("person:dora")
    office.receiver.answers = [LATER]
    office.run()  # tried once, so it stays on its channel
    office.to_people = "smtp"
    assert office.send(NOW + hours(1)) == DeliveryReport(failed=1)
    assert office.deliveries[0].last_error == "the channel file is not set up here"


def test_whoever_changes_the_channel_reaches_people_over_the_new_one(office: Office) -> None:
    office.post("person:dora")
    office.hand()
    office.to_people = "smtp"
    office.send()
    assert [(one.recipient, one.channel, one.state) for one in office.deliveries] == [
        ("dora", "file", "withdrawn"),
        ("dora", "smtp", "sent"),
    ]


def test_where_the_organisation_wants_messages_apart_each_comes_by_itself(office: Office) -> None:
    with office.desk.store.reading() as reading:
        organisation = office.desk.organisation(reading, "example-lab")
        known = office.desk._staffed["example-lab"]
    apart = type(organisation)(**{**vars(organisation), "reminders": type(organisation.reminders)(digest="apart")})
    office.desk._staffed["example-lab"] = known._replace(organisation=apart)
    office.post("person:dora")
    office.post("person:dora", subject="award")
    assert office.run() == DeliveryReport(sent=2)


def test_a_parcel_that_a_channel_stumbles_over_holds_up_no_other_and_ends_in_the_list(office: Office) -> None:
    office.set(delivery_tries=2)
    office.post("role:legal")

    def stumbles(parcel: Parcel) -> None:
        if parcel.recipient == "dora":
            raise ValueError("a bug")

    office.receiver.before = stumbles
    assert office.run() == DeliveryReport(sent=1, failed=1)
    assert office.send(NOW + hours(1)) == DeliveryReport(dead=1)
    assert {(one.recipient, one.state, one.last_error) for one in office.deliveries} == {
        ("dora", "dead", "a fault of this program: ValueError"),
        ("nils", "sent", None),
    }


@pytest.mark.parametrize("tries", range(3))
def test_two_senders_at_once_send_each_bundle_once(office: Office, tries: int) -> None:
    for person in ("ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hana"):
        office.post(f"person:{person}", subject=f"step_{tries}")
    office.hand()
    start = Barrier(2)

    def sends() -> None:
        start.wait()
        office.send()

    threads = [Thread(target=sends) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.receiver.keys) == len(set(office.receiver.keys)) == 8
    assert {state for _, state in office.states()} == {"sent"}


# ---------------------------------------------------------------------------------------------- killed senders


def test_a_killed_senders_bundle_is_sent_again_when_its_lease_is_over(office: Office) -> None:
    office.post("person:dora")
    office.receiver.before = _kill
    with pytest.raises(Killed):
        office.run()
    office.receiver.before = lambda _parcel: None
    key = office.deliveries[0].bundle
    assert office.send(NOW + LEASE - timedelta(seconds=1)) == DeliveryReport()
    assert next_due(office.desk) == NOW + LEASE
    assert office.send(NOW + LEASE) == DeliveryReport(sent=1)
    assert office.receiver.keys == [key]


def test_killed_after_acceptance_the_receiver_gets_the_same_once_more(office: Office) -> None:
    office.post("role:legal")
    accepting = office.receiver.send

    def accepts_and_dies(parcel: Parcel) -> Accepted | Failed:
        accepting(parcel)
        raise Killed

    office.receiver.send = accepts_and_dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        office.run()
    office.receiver.send = accepting  # type: ignore[method-assign]
    office.send(NOW + LEASE)
    first, *_ = office.receiver.taken
    assert [parcel for parcel in office.receiver.taken if parcel.key == first.key] == [first, first]


def test_a_bundle_that_kills_its_sender_every_time_is_given_up(office: Office) -> None:
    office.set(delivery_tries=3)
    office.post("person:dora")
    office.receiver.before = _kill
    for count in range(3):
        with pytest.raises(Killed):
            office.run(NOW + LEASE * count)
    office.receiver.before = lambda _parcel: None
    office.receiver.answers = [LATER]
    assert office.send(NOW + LEASE * 3) == DeliveryReport(dead=1)


# ---------------------------------------------------------------------------------------------- overtaken


def test_a_reminder_that_was_tried_once_is_sent_again_even_if_it_is_overtaken(office: Office) -> None:
    """Somebody may have received it; under the same key comes the same content."""
    office.post("person:dora")
    office.receiver.answers = [LATER]
    office.run()
    with office.desk.store.writing() as work:
        gone = '{"ladder": "deadline case gone"}'
        work.connection.execute(f"UPDATE outbox SET kind = 'reminder', detail = '{gone}'")
    assert office.send(NOW + hours(1)) == DeliveryReport(sent=1)


def test_absences_do_not_move_what_was_tried_once(office: Office) -> None:
    office.post("person:emil")
    office.receiver.answers = [LATER]
    office.run()
    say_absent(office.desk, "example-lab", "emil", NOW.date(), NOW.date(), by="ben", substitute="fay")
    office.send(NOW + hours(1))
    assert [parcel.recipient for parcel in office.receiver.taken] == ["emil"]
