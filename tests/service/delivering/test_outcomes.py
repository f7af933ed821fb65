"""Messages of real outcomes, from the request to the receiver: a small purchase, played by its people."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inprocap_flow.delivery.hypertext import hypertext
from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.engine.case.records import Decision
from inprocap_flow.engine.reminding.ladders import ladders
from inprocap_flow.records import changed
from inprocap_flow.service.delivering import deliver_due, hand_over
from inprocap_flow.service.delivering.beforehand import is_overtaken
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.service.people import say_absent
from inprocap_flow.store.deliveries import Posted
from inprocap_flow.store.moments import sortable
from inprocap_flow.store.records import Person
from tests.engine.conftest import moment
from tests.robustness.conftest import CASE, Office, called, staffed
from tests.service.delivering.conftest import Receiver
from tests.simulator.houses import purchase


@dataclass
class House:
    office: Office
    receiver: Receiver

    def delivers(self, at: str) -> list[tuple[str, str]]:
        """Hand over and deliver; return who was told what by this."""
        before, now = len(self.receiver.taken), moment(at)
        hand_over(self.office.desk, now)
        deliver_due(self.office.desk, now, routes=Routes("file", {"file": self.receiver}))
        new = self.receiver.taken[before:]
        return sorted((parcel.recipient, item.what) for parcel in new for item in parcel.letter.items)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    office = _reachable(tmp_path)
    yield House(called(office), Receiver())
    office.desk.store.close()


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[House]:
    """The same purchase before its call: ben has asked for what dora, then emil or fay, then june or hana must sign."""
    office = _reachable(tmp_path)
    money = {"amount": "90000", "currency": "EUR"}
    office.does("2026-01-05 09:00", "ada", "open", "open_case", fields={"need": "Something that cools"})
    office.does("2026-01-05 10:00", "ben", "fill", fields={"value": money})
    office.does("2026-01-05 11:00", "ada", "bring", docs=("specification",))
    office.does("2026-01-06 09:00", "ben", "do", "finish_draft")
    house = House(office, Receiver())
    house.delivers("2026-01-06 09:00")
    office.does("2026-01-07 08:00", "ben", "ask", "launch")
    yield house
    office.desk.store.close()


def _reachable(tmp_path: Path) -> Office:
    office = staffed(purchase(tmp_path / "house", random.Random(1), suppliers=3))
    organisation = office.binding.organisation
    with office.desk.store.writing() as work:
        people = (
            Person(one.id, contact={"contact": f"{one.id}@example.org"}, roles=one.roles)
            for one in organisation.people.values()
        )
        work.put_people(organisation.name, people)
    return office


def test_each_outcome_tells_whom_the_procedure_says(house: House) -> None:
    told = house.delivers("2026-01-08 09:00")
    assert told
    assert len(told) == len(set(told))
    assert house.delivers("2026-01-08 09:01") == []


@pytest.mark.parametrize("handed", [False, True], ids=["not handed yet", "handed"])
def test_what_an_annulled_step_would_have_told_is_never_sent(house: House, *, handed: bool) -> None:
    desk = house.office.desk
    if handed:
        assert hand_over(desk, moment("2026-01-08 09:00")) == 2
    last = house.office.case.next_decision - 1
    house.office.does("2026-01-08 10:00", "ben", "annul", str(last), reason="the wrong day")
    assert house.delivers("2026-01-08 10:00") == []
    assert {row.state for row in desk.store.outbox(state=None)} == {"withdrawn"}


def test_whoever_was_told_of_an_annulled_step_gets_a_correction(house: House) -> None:
    told = house.delivers("2026-01-08 09:00")
    last = house.office.case.next_decision - 1
    outcome = house.office.asks("2026-01-09 10:00", "ben", "annul", str(last), reason="the wrong day")
    assert isinstance(outcome, Decision), outcome
    corrected = house.delivers("2026-01-09 10:00")
    assert corrected
    assert all(what.startswith("Correction: ") for _, what in corrected)
    assert {who for who, _ in corrected} <= {who for who, _ in told}


def test_nothing_that_is_sent_holds_a_value_of_the_case(house: House) -> None:
    """Sealed or not: messages say what happened, and whoever may see the rest looks there."""
    office = house.office
    office.does("2026-01-09 09:00", "s0", "do", "register", new="bidder/s0", fields={"firm": "s0"})
    sums = {"price": {"amount": "54321", "currency": "EUR"}}
    office.asks("2026-01-10 09:00", "s0", "do", "bid", line="bidder/s0", fields=sums, docs=("bid",))
    house.delivers("2026-01-10 09:00")
    assert house.receiver.taken
    for parcel in house.receiver.taken:
        whole = plain_text(parcel.letter) + hypertext(parcel.letter) + json.dumps(dict(parcel.data))
        for value in ("54321", "90000", "Something that cools", "this is bid"):
            assert value not in whole


def test_a_firm_learns_nothing_of_another_firm_nor_of_the_inside(house: House) -> None:
    office = house.office
    for number in range(2):
        office.does("2026-01-09 09:00", f"s{number}", "do", "register", new=f"bidder/s{number}", fields={"firm": "s"})
    at, seq = sortable(moment("2026-01-09 09:00")), office.case.next_seq - 1
    _post(
        house, Posted("message-x", CASE, seq, "told", "track:bidder/s0", "register", (), "bidder/s1", at, "pending", {})
    )
    house.delivers("2026-01-09 09:00")
    (parcel,) = [one for one in house.receiver.taken if one.recipient == "s0"]
    whole = plain_text(parcel.letter) + hypertext(parcel.letter)
    assert "s1" not in whole
    assert "inprocap-flow show" not in whole
    assert CASE not in whole or not office.case.title


def _post(house: House, message: Posted) -> None:
    with house.office.desk.store.writing() as work:
        assert work.deliveries.post(message)


# ---------------------------------------------------------------------------------------------- overtaken reminders


def _reminder(house: House) -> Posted:
    """Return a reminder as the scheduler writes it, of the first ladder of the case."""
    desk = house.office.desk
    with desk.store.reading() as reading:
        case = reading.load(CASE).case
        ladder = next(iter(ladders(desk.binding(reading, case), case)))
    rung = next(iter(ladder.rungs), None) or ladder.first_from(datetime(2026, 1, 8, tzinfo=UTC))
    assert rung is not None
    detail = {
        "ladder": ladder.name,
        "of": ladder.kind,
        "rung": rung.says,
        "due_at": sortable(rung.at),
        "end": sortable(ladder.end) if ladder.end else None,
        "since": sortable(ladder.begins) if ladder.begins else None,
    }
    return Posted("message-r", CASE, 1, "reminder", "role:officer", ladder.about, (ladder.about,), ladder.line,
                  sortable(rung.at), "pending", detail)  # fmt: skip


def _overtaken(house: House, message: Posted, at: datetime) -> bool:
    with house.office.desk.store.reading() as reading:
        return is_overtaken(house.office.desk, reading, message, at)


def test_a_reminder_of_what_is_still_so_is_not_overtaken(house: House) -> None:
    message = _reminder(house)
    assert not _overtaken(house, message, datetime.fromisoformat(message.created_at))


def test_a_reminder_of_what_has_moved_or_gone_or_is_over_is_overtaken(house: House) -> None:
    message = _reminder(house)
    now = datetime.fromisoformat(message.created_at)
    other_end = {**message.detail, "end": "2031-01-01T00:00:00.000000Z"}
    assert _overtaken(house, changed(message, detail=other_end), now)
    assert _overtaken(house, changed(message, detail={**message.detail, "ladder": "deadline case gone"}), now)
    assert _overtaken(house, message, datetime.fromisoformat(str(message.detail["end"])) + timedelta(seconds=1))


# ---------------------------------------------------------------------------------------------- asked in vain


def _withdrawn(house: House) -> list[tuple[str, str | None]]:
    rows = house.office.desk.store.deliveries()
    return sorted((row.recipient, row.last_error) for row in rows if row.state == "withdrawn")


def _asked(told: list[tuple[str, str]]) -> list[str]:
    return [who for who, what in told if "sign" in what]


def test_whoever_is_asked_to_sign_and_has_not_yet_is_told(asking: House) -> None:
    assert _asked(asking.delivers("2026-01-07 09:00")) == ["dora", "emil", "fay", "hana", "june"]
    assert _withdrawn(asking) == []


def test_nobody_is_asked_to_sign_what_they_have_signed(asking: House) -> None:
    asking.office.does("2026-01-07 08:30", "dora", "sign", "launch")
    assert _asked(asking.delivers("2026-01-07 09:00")) == ["emil", "fay", "hana", "june"]
    assert _withdrawn(asking) == [("dora", "asked in vain: dora has nothing to sign there by now")]


def test_nobody_is_asked_to_sign_what_is_given(asking: House) -> None:
    for at, person in (("08:30", "dora"), ("08:40", "emil"), ("08:50", "june")):
        asking.office.does(f"2026-01-07 {at}", person, "sign", "launch")
    assert _asked(asking.delivers("2026-01-07 09:00")) == []
    assert {why for _, why in _withdrawn(asking)} == {"asked in vain: the approval is given"}


def test_nobody_is_asked_to_sign_what_was_declined(asking: House) -> None:
    asking.office.does("2026-01-07 08:30", "dora", "decline", "launch", reason="too dear")
    assert _asked(asking.delivers("2026-01-07 09:00")) == []


def test_whoever_is_asked_anew_is_asked_once(asking: House) -> None:
    asking.office.does("2026-01-07 08:30", "dora", "decline", "launch", reason="too dear")
    asking.office.does("2026-01-07 08:40", "ben", "ask", "launch")
    assert _asked(asking.delivers("2026-01-07 09:00")) == ["dora", "emil", "fay", "hana", "june"]
    assert {why for _, why in _withdrawn(asking)} == {"asked again since"}


def test_whoever_is_away_without_a_substitute_is_still_asked(asking: House) -> None:
    say_absent(asking.office.desk, asking.office.binding.organisation.name, "june", date(2026, 1, 7),
               date(2026, 1, 9), by="ben")  # fmt: skip
    assert "june" in _asked(asking.delivers("2026-01-07 09:00"))
