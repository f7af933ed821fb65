"""A message to somebody who has left reaches whoever stands for them; and a repetition carries the same words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inprocap_flow.delivery.parcels import Failed, Letter, Parcel
from inprocap_flow.language.canonical import to_plain
from inprocap_flow.language.model import Organisation, Person
from tests.service.delivering.conftest import NOW, Office, hours

LAB = "example-lab"


def house_of(office: Office) -> Organisation:
    with office.desk.store.reading() as reading:
        return office.desk.organisation(reading, LAB)


def releases(office: Office, house: Organisation, now: datetime) -> None:
    with office.desk.store.writing() as work:
        work.release("organisation", LAB, house.version, to_plain(house), by="ben", now=now)


def leaves(office: Office, *gone: str, comes: Person | None = None) -> None:
    """Release the organisation without some of its people, and perhaps with a new one."""
    house = house_of(office)
    people = {name: person for name, person in house.people.items() if name not in gone}
    people |= {comes.id: comes} if comes else {}
    releases(office, replace(house, version="next", people=people), NOW)


def closing(office: Office) -> str:
    return " ".join(office.receiver.taken[-1].letter.closing)


def test_who_has_left_is_stood_for_by_the_owner_of_the_case(office: Office) -> None:
    message = office.post("person:june", kind="reminder", detail={"ladder": "approval case need"})
    leaves(office, "june")
    office.hand()
    assert office.to(message) == ["ada"]


def test_it_goes_to_whoever_holds_the_role_in_which_they_acted(office: Office) -> None:
    message = office.post("person:ada")
    leaves(office, "ada", comes=Person("ben", ("requesting_unit", "procurement_officer")))
    office.hand()
    assert office.to(message) == ["ben"]


def test_the_letter_says_that_the_person_has_left(office: Office) -> None:
    office.set(digest_at="off")
    office.post("person:june")
    leaves(office, "june")
    office.run()
    assert "whoever it was meant for has left" in closing(office)


def test_a_colleague_who_is_there_is_told_as_ever(office: Office) -> None:
    office.set(digest_at="off")
    office.post("person:june")
    office.run()
    assert [parcel.recipient for parcel in office.receiver.taken] == ["june"]
    assert "has left" not in closing(office)


def test_who_leaves_before_the_sending_is_not_written_to(office: Office) -> None:
    office.set(digest_at="17:00")
    office.post("person:june")
    office.hand()
    leaves(office, "june")
    office.send(NOW + hours(9))
    assert [parcel.recipient for parcel in office.receiver.taken] == ["ada"]


def test_a_second_try_has_the_words_that_the_organisation_had_at_the_first(office: Office) -> None:
    office.set(digest_at="off")
    office.post("role:procurement_officer")
    seen: list[Parcel] = []
    office.receiver.before = seen.append
    office.receiver.answers = [Failed("busy"), Failed("busy")]
    office.run()
    releases(
        office,
        replace(house_of(office), version="next", title={"en": "Another Name"}, zone="Asia/Tokyo"),
        NOW + hours(1),
    )
    office.send(NOW + hours(2))
    tries: dict[str, list[Letter]] = {}
    for parcel in seen:
        tries.setdefault(parcel.key, []).append(parcel.letter)
    assert [len(letters) for letters in tries.values()] == [2, 2]
    assert all(first == second for first, second in tries.values())


def test_what_is_made_after_the_release_has_the_new_words(office: Office) -> None:
    office.set(digest_at="off")
    releases(office, replace(house_of(office), version="next", title={"en": "Another Name"}), NOW)
    office.post("role:procurement_officer")
    office.run(NOW + hours(1))
    assert "Another Name" in closing(office)
