"""After the sending: what came back is reported, what is old is forgotten, who cannot be reached is told of once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inprocap_flow.delivery.channels.smtp.mail import mail
from inprocap_flow.delivery.parcels import Parcel
from inprocap_flow.errors import NotAllowed
from inprocap_flow.service.delivering.forgetting import forget
from inprocap_flow.service.delivering.looking import look, retry
from inprocap_flow.service.delivering.returning import came_back, read_returned
from tests.delivery.test_bounces import notification
from tests.service.delivering.conftest import NOW, Office

DAY = timedelta(days=1)


# ---------------------------------------------------------------------------------------------- nobody there


def test_an_owner_is_told_once_a_day_that_a_group_has_nobody_however_many_messages_it_misses(office: Office) -> None:
    for count in range(4):
        office.post("track:supplier/alpha", subject=f"step_{count}")
    office.hand()
    office.post("track:supplier/beta")
    office.hand()
    office.post("track:supplier/alpha")
    office.hand(NOW + DAY)
    told = [kind for kind, _, _ in office.outbox()].count("undelivered")
    assert told == 3  # alpha, beta, and alpha the next day
    assert [state for to, state in office.states() if to.startswith("track:")] == ["dead"] * 6


# ---------------------------------------------------------------------------------------------- came back


def sent_to_dora(office: Office, subject: str = "send_call") -> Parcel:
    office.post("person:dora", subject=subject)
    office.run()
    return office.receiver.taken[-1]


def test_a_mail_that_came_back_is_dead_with_its_reason_and_its_owner_told(office: Office) -> None:
    parcel = sent_to_dora(office)
    assert came_back(office.desk, parcel.key, "550 5.1.1 no such mailbox", NOW + DAY) == 1
    (entry,) = [one for one in office.deliveries if one.recipient == "dora"]
    assert (entry.state, entry.last_error) == ("dead", "came back: 550 5.1.1 no such mailbox")
    assert entry.sent_at  # it was sent, and that stays known
    office.run(NOW + DAY)
    letter = office.receiver.taken[-1].letter
    assert office.receiver.taken[-1].recipient == "ada"
    assert letter.items[0].what.startswith("dora could not be reached")
    assert "the mail came back" in str(letter.items[0])


def test_what_came_back_twice_changes_nothing_more_and_is_reported_once_a_day(office: Office) -> None:
    first, second = sent_to_dora(office), sent_to_dora(office, "confirm_need")
    assert came_back(office.desk, first.key, "x", NOW) == 1
    assert came_back(office.desk, first.key, "x", NOW) == 0
    assert came_back(office.desk, second.key, "x", NOW) == 1
    assert [kind for kind, _, _ in office.outbox()].count("undelivered") == 1


def test_what_came_back_is_sent_again_under_its_key_once_the_address_is_mended(office: Office) -> None:
    parcel = sent_to_dora(office)
    came_back(office.desk, parcel.key, "x", NOW)
    (entry,) = [one for one in office.deliveries if one.state == "dead"]
    assert retry(office.desk, [entry], NOW) == 1
    office.send(NOW)
    assert parcel.key in [one.key for one in office.receiver.taken[1:]]


def test_what_was_never_sent_cannot_come_back(office: Office) -> None:
    office.post("person:dora")
    office.hand()
    assert came_back(office.desk, "bundle-unknown", "x", NOW) == 0


def test_mails_that_came_back_are_read_from_files_and_folders(office: Office, tmp_path: Path) -> None:
    from email.headerregistry import Address

    parcel = sent_to_dora(office)
    sent = mail(parcel, Address("Flow", "flow", "example.org"))
    box = tmp_path / "box"
    (box / "new").mkdir(parents=True)
    (box / "new" / "1.eml").write_bytes(notification(sent, status="5.1.1"))
    (box / "new" / "2.eml").write_bytes(notification(sent, action="delayed", status="4.4.7"))
    (box / "3.eml").write_bytes(b"Subject: Lunch?\r\n\r\nAt noon.\r\n")
    found = read_returned(office.desk, [box], NOW)
    assert {one.file.name: one.outcome for one in found} == {
        "1.eml": "recorded",
        "2.eml": "not_final",
        "3.eml": "no_notification",
    }
    assert [one.outcome for one in read_returned(office.desk, [box / "new" / "1.eml"], NOW)] == ["known"]


# ---------------------------------------------------------------------------------------------- forgotten


def test_what_is_old_is_forgotten_while_it_stays_known_who_was_told_what_and_when(office: Office) -> None:
    office.post("person:dora", kind="reminder", detail={"ladder": "silence case", "rung": "every 1"})
    office.run()
    before = office.deliveries
    assert forget(office.desk, NOW + 40 * DAY, days=30).messages == 1
    after = office.deliveries
    assert [(one.id, one.recipient, one.state, one.sent_at, one.bundle) for one in after] == [
        (one.id, one.recipient, one.state, one.sent_at, one.bundle) for one in before
    ]
    with office.desk.store.reading() as reading:
        message = reading.deliveries.message(after[0].message_id)
    assert message is not None
    assert dict(message.detail) == {"forgotten_on": "2027-01-02"}
    assert (message.kind, message.recipient, message.subject) == ("reminder", "person:dora", "send_call")
    (seen,) = look(office.desk, after, "en")
    assert "forgotten" in seen.what
    assert forget(office.desk, NOW + 41 * DAY, days=30).messages == 0  # once is enough


def test_what_is_young_waits_or_was_given_up_is_kept(office: Office) -> None:
    office.post("person:dora", detail={"x": "1"})
    office.run(NOW + 20 * DAY)
    office.post("track:supplier/alpha", detail={"x": "2"})
    office.hand()
    office.post("person:emil", detail={"x": "3"})
    assert forget(office.desk, NOW + 40 * DAY, days=30).messages == 0


def test_the_files_of_what_is_forgotten_go_too(office: Office, tmp_path: Path) -> None:
    office.set(outgoing=tmp_path / "out")
    office.post("person:dora")
    office.run()
    key = office.receiver.taken[0].key
    file = tmp_path / "out" / "dora" / f"{key}.txt"
    file.parent.mkdir(parents=True)
    file.write_text("a letter")
    other = file.with_name("mine.txt")
    other.write_text("not ours")
    assert forget(office.desk, NOW + 40 * DAY, days=30).files == 1
    assert not file.exists()
    assert other.exists()


def test_what_was_forgotten_is_not_sent_again(office: Office) -> None:
    parcel = sent_to_dora(office)
    forget(office.desk, NOW + 40 * DAY, days=30)
    came_back(office.desk, parcel.key, "x", NOW + 41 * DAY)
    (entry,) = [one for one in office.deliveries if one.recipient == "dora"]
    with pytest.raises(NotAllowed, match="forgotten"):
        retry(office.desk, [entry], NOW + 41 * DAY)
