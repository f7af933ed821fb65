"""What happens between the steps of a message: a migration, somebody who leaves, a clock that leaps, a kill.

Each message reaches whoever it is for once, under one key with one content, whatever comes between the writing, the
naming, the sending and the marking (ruling 19).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.engine.case.records import Request
from inprocap_flow.language.model import Person
from inprocap_flow.service.acting import act
from inprocap_flow.service.delivering import deliver_due, hand_over
from inprocap_flow.service.delivering.bundles import LEASE
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.service.migrating import MOVED, migrate_case
from inprocap_flow.service.timekeeping.reminding import remind
from inprocap_flow.store.records import Person as Known
from tests.engine.conftest import moment
from tests.service.timekeeping.conftest import HOUSE, PEOPLE, House, SetClock, built, opened
from tests.service.timekeeping.test_migrated import BEN, newer, planned, released

HOUR = timedelta(hours=1)


@dataclass
class Receiver:
    """Whoever is at the other end of the channel; ``answers`` are given one after the other, then it accepts."""

    taken: list[Parcel] = field(default_factory=list)
    answers: list[Accepted | Failed] = field(default_factory=list)
    offered: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Accepted | Failed:
        self.offered.append(parcel)
        answer = self.answers.pop(0) if self.answers else Accepted()
        if isinstance(answer, Accepted):
            self.taken.append(parcel)
        return answer

    def close(self) -> None:
        """Nothing is held open."""


def sends(house: House, receiver: Receiver) -> None:
    deliver_due(house.desk, house.clock.now(), routes=Routes("file", {"file": receiver}))


def reminded(house: House, when: str) -> None:
    """Write the reminders that are due, and find for whom they are; send nothing."""
    house.at(when)
    remind(house.desk, house.clock.now(), lambda: True)
    hand_over(house.desk, house.clock.now())


@pytest.fixture
def called(house: House) -> House:
    """A case whose officer is reminded of the closing on 6 February; what was told before is out of the way."""
    house.opens()
    house.calls()
    house.ticks("2026-02-05 09:00")
    return house


def without(*gone: str, **more: Person) -> dict[str, Person]:
    return {**{name: one for name, one in PEOPLE.items() if name not in gone}, **more}


# ---------------------------------------------------------------------------------------------- a migration


def test_a_reminder_whose_case_is_migrated_between_two_tries_is_the_same_mail_the_second_time(
    called: House, tmp_path: Path
) -> None:
    receiver = Receiver(answers=[Failed("full")])
    reminded(called, "2026-02-06 08:00")
    sends(called, receiver)
    titles = (('version: "1"', 'version: "2"'), ("title: Tenders", "title: Offers"), ("title: Watchful", "title: W"))
    released(called, newer(tmp_path, *titles))
    called.at("2026-02-06 09:00")
    assert migrate_case(called.desk, planned(called, tmp_path, ""), "case-1", BEN).outcome == MOVED
    called.at("2026-02-06 10:00")
    sends(called, receiver)
    first, second = (one for one in receiver.offered if one.recipient == "ben" and one.key == receiver.offered[0].key)
    assert second == first
    assert "Tenders" in str(second.letter)


def test_a_reminder_that_was_not_tried_before_a_migration_still_comes_once(called: House, tmp_path: Path) -> None:
    receiver = Receiver()
    reminded(called, "2026-02-06 08:00")
    released(called, newer(tmp_path, ('version: "1"', 'version: "2"')))
    called.at("2026-02-06 08:05")
    assert migrate_case(called.desk, planned(called, tmp_path, ""), "case-1", BEN).outcome == MOVED
    reminded(called, "2026-02-06 08:10")
    sends(called, receiver)
    reminders = [one for one in receiver.taken for item in one.letter.items if "Tenders" in item.what]
    assert [one.recipient for one in reminders] == ["ben"]


# ---------------------------------------------------------------------------------------------- somebody who leaves


def test_who_leaves_before_the_first_try_is_not_told_and_whoever_holds_the_role_is(called: House) -> None:
    receiver = Receiver()
    reminded(called, "2026-02-06 08:00")
    with called.desk.store.writing() as work:
        work.put_people("lab", [Known("nina", contact={"email": "nina@example.org"}, roles=("officer",))])
    called.release(replace(HOUSE, version="2", people=without("ben", nina=Person("nina", ("officer",)))))
    sends(called, receiver)
    sends(called, receiver)
    assert [one.recipient for one in receiver.taken] == ["nina"]


def test_who_holds_the_role_beside_somebody_who_left_gets_it_once(called: House) -> None:
    both = replace(HOUSE, version="2", people=without(ada=Person("ada", ("officer", "unit"))))
    called.release(both)
    receiver = Receiver()
    reminded(called, "2026-02-06 08:00")
    called.release(replace(both, version="3", people={"ada": both.people["ada"]}))
    sends(called, receiver)
    sends(called, receiver)
    assert [one.recipient for one in receiver.taken] == ["ada"]


def test_where_nobody_holds_the_role_any_more_it_stands_in_the_list_and_the_owner_is_told(called: House) -> None:
    receiver = Receiver()
    reminded(called, "2026-02-06 08:00")
    called.release(replace(HOUSE, version="2", people=without("ben", ada=Person("ada", ("unit",)))))
    sends(called, receiver)
    rows = called.rows(
        "SELECT deliveries.recipient, deliveries.channel, deliveries.state FROM deliveries JOIN outbox ON outbox.id = "
        "deliveries.message_id WHERE outbox.kind = 'reminder' ORDER BY deliveries.channel"
    )
    assert ("ben", "file", "withdrawn") in rows
    assert ("role:officer", "none", "dead") in rows
    told = called.rows("SELECT recipient FROM outbox WHERE kind = 'undelivered'")
    assert len(told) == 1


def test_who_leaves_after_the_first_try_is_sent_it_to_the_end_since_it_may_have_arrived(called: House) -> None:
    receiver = Receiver(answers=[Failed("full")])
    reminded(called, "2026-02-06 08:00")
    sends(called, receiver)
    called.release(replace(HOUSE, version="2", people=without("ben")))
    called.at("2026-02-06 10:00")
    sends(called, receiver)
    assert [one.recipient for one in receiver.taken] == ["ben"]
    assert receiver.taken[0] == receiver.offered[0]


# ---------------------------------------------------------------------------------------------- clocks that leap


class Killed(BaseException):
    """The process is gone."""


@dataclass
class World(Receiver):
    """A receiver that outlives every process, and may be the last thing that a process sees."""

    kills: str = ""

    def send(self, parcel: Parcel) -> Accepted | Failed:
        if self.kills == "before":
            self.kills = ""
            raise Killed
        answer = super().send(parcel)
        if self.kills == "after":
            self.kills = ""
            raise Killed
        return answer


def _reminded_once(folder: Path) -> None:
    house = built(f"sqlite:///{folder / 'cases.db'}", folder)
    house.opens()
    house.calls()
    house.ticks("2026-02-05 09:00")
    house.desk.store.close()


@pytest.fixture(scope="module")
def reminded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leaps")
    _reminded_once(folder)
    return folder


@pytest.fixture
def fresh(reminded_once: Path, tmp_path: Path) -> Iterator[Callable[[], House]]:
    made: list[House] = []

    def copy() -> House:
        folder = tmp_path / f"run-{len(made)}"
        copytree(reminded_once, folder)
        url = f"sqlite:///{folder / 'cases.db'}"
        clock = SetClock(moment("2026-02-06 07:00"))
        from tests.service.timekeeping.conftest import settings_for

        made.append(opened(url, settings_for(url, folder), clock))
        return made[-1]

    yield copy
    for house in made:
        house.desk.store.close()


# What comes between two steps: how far the machine's clock leaps, in minutes, and what becomes of the process.
LEAPS = st.integers(-120, 120)
STEPS = st.lists(st.tuples(LEAPS, st.sampled_from(["", "", "before", "after", "fails"])), max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_however_the_clock_leaps_and_whoever_is_killed_a_reminder_comes_under_one_key_with_one_content(
    fresh: Callable[[], House], steps: list[tuple[int, str]]
) -> None:
    house, world = fresh(), World()
    kills = 0
    now = moment("2026-02-06 07:30")
    for leap, fate in steps:
        now += timedelta(minutes=leap + 30)
        house.clock.moment = now
        world.kills = fate if fate in ("before", "after") else ""
        world.answers = [Failed("full")] if fate == "fails" else []
        kills += fate == "after"
        try:
            remind(house.desk, now, lambda: True)
            hand_over(house.desk, now)
            sends(house, world)
        except Killed:
            house = house.again()
        world.kills, world.answers = "", []
    _comes_to_rest(house, world, max(now, moment("2026-02-06 09:00")))
    reminders = [one for one in world.taken if any("Tenders" in item.what for item in one.letter.items)]
    assert {one.recipient for one in reminders} == {"ben"}
    assert len({one.key for one in reminders}) == 1
    assert len(reminders) <= 1 + kills  # twice only where a process died between acceptance and mark
    assert all(one == reminders[0] for one in reminders)
    assert house.reminders == [("case-1", "role:officer", "tenders")]
    states = house.rows(
        "SELECT DISTINCT deliveries.state FROM deliveries JOIN outbox ON outbox.id = deliveries.message_id "
        "WHERE outbox.kind = 'reminder'"
    )
    assert states == [("sent",)]


def _comes_to_rest(house: House, world: World, now: datetime) -> None:
    """Let a clock that goes right run on for as long as any lease or pause may last."""
    for step in range(8):
        house.clock.moment = now + step * HOUR
        remind(house.desk, house.clock.now(), lambda: True)
        hand_over(house.desk, house.clock.now())
        sends(house, world)


def test_a_clock_that_goes_back_between_the_sending_and_the_mark_leaves_it_sent(called: House) -> None:
    class Back(Receiver):
        def send(self, parcel: Parcel) -> Accepted | Failed:
            called.clock.moment -= 3 * HOUR
            return super().send(parcel)

    receiver = Back()
    reminded(called, "2026-02-06 08:00")
    sends(called, receiver)
    called.at("2026-02-06 12:00")
    sends(called, receiver)
    assert len(receiver.taken) == 1


def test_a_clock_that_leaps_over_the_lease_while_a_sender_is_at_work_costs_a_copy_under_the_same_key(
    called: House,
) -> None:
    """The one copy that a leap may cost is the one that a frozen sender may cost: the receiver sees its key."""
    other, second = called.again(), Receiver()

    class Leaps(Receiver):
        def send(self, parcel: Parcel) -> Accepted | Failed:
            called.clock.moment += LEASE + timedelta(minutes=1)
            sends(other, second)
            return super().send(parcel)

    first = Leaps()
    reminded(called, "2026-02-06 08:00")
    sends(called, first)
    (one,), (two,) = first.taken, second.taken
    assert two == one
    called.at("2026-02-06 12:00")
    sends(called, first)
    assert len(first.taken) == 1
    other.desk.store.close()


def test_what_somebody_met_between_the_writing_and_the_first_try_is_not_said(called: House) -> None:
    receiver = Receiver()
    reminded(called, "2026-02-06 08:00")
    act(called.desk, "case-1", Request("do", "ben", "withdraw_call"))
    sends(called, receiver)
    assert [item.what for one in receiver.taken for item in one.letter.items if "Tenders" in item.what] == []
