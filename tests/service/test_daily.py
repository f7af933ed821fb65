"""The daily look: what people, calendars and limits do not let happen is found, told once, shown, and gone again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from inprocap_flow.calendar.days import Calendar
from inprocap_flow.delivery.parcels import Accepted, Failed, Parcel
from inprocap_flow.delivery.plain_text import plain_text
from inprocap_flow.service.daily.keeping import look_where_due, standing
from inprocap_flow.service.daily.telling import tell
from inprocap_flow.service.delivering.routes import Routes
from inprocap_flow.store.records import Person as Known
from tests.service.timekeeping.conftest import HOUSE, PEOPLE, House, house  # noqa: F401 - the fixture

Answer = Accepted | Failed


@dataclass
class Post:
    """A channel that answers as it is told, and keeps what it was given."""

    answers: list[Answer] = field(default_factory=list)
    seen: list[Parcel] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Answer:
        self.seen.append(parcel)
        return self.answers.pop(0) if self.answers else Accepted()

    def close(self) -> None:
        """Nothing is held open."""


@pytest.fixture
def lab(house: House) -> House:  # noqa: F811
    """A house with one case, in which nobody is away."""
    house.opens()
    return house


def away(house: House, who: str, *days: tuple[str, str]) -> None:  # noqa: F811
    absences = tuple({"from": first, "until": last} for first, last in days)
    with house.desk.store.writing() as work:
        work.put_people(
            "lab", [Known(who, contact={"email": f"{who}@example.org"}, roles=PEOPLE[who].roles, absences=absences)]
        )


def looks(house: House, when: str, **more: Any) -> int:  # noqa: F811
    house.at(when)
    return look_where_due(house.desk, house.clock.now(), **more)


def tells(house: House, post: Post) -> int:  # noqa: F811
    return tell(house.desk, house.clock.now(), routes=Routes("file", {"file": post}))


def found(house: House, **more: Any) -> list[tuple[str, str]]:  # noqa: F811
    return [(one.procedure, one.code) for one in standing(house.desk, "lab", **more)]


ABSENT = ("watchful", "absence-stops-approval")


def test_an_approval_that_nobody_can_give_next_month_is_told_once_and_gone_when_it_is_over(lab: House) -> None:
    post = Post()
    assert looks(lab, "2026-01-12 09:00") == 2  # the procedure, and the house as a whole
    assert found(lab) == []
    away(lab, "june", ("2026-02-02", "2026-02-13"))
    for day in ("2026-01-12 10:00", "2026-01-13 09:00", "2026-02-05 09:00", "2026-02-13 09:00"):
        looks(lab, day)  # from 2 February on it is said of fewer days each day, and is the same
        assert found(lab) == [ABSENT]
        tells(lab, post)
    assert [parcel.recipient for parcel in post.seen] == ["ben"]  # who may enter late
    assert plain_text(post.seen[0].letter).partition("\n-- ")[0] == LETTER
    looks(lab, "2026-02-14 09:00")
    assert (found(lab), found(lab, gone=True)) == ([], [ABSENT])
    assert tells(lab, post) == 0


LETTER = """\
The daily look at what An invented laboratory uses has found this. You
are told of each thing once.

From 2026-02-02 until 2026-02-13 nobody can give plan for award: june is
away. There are: authority, 1 needed: nobody.

  Procedure   Watchful
  What to do  Name a substitute who can sign, or plan around these days.
  To look     inprocap-flow findings
"""


def test_what_was_gone_and_is_found_again_is_told_again(lab: House) -> None:
    post = Post()
    for day, days in (("2026-01-12", 1), ("2026-01-13", 0), ("2026-01-14", 1)):
        away(lab, "june", *[("2026-02-02", "2026-02-13")] * days)
        looks(lab, f"{day} 09:00")
        tells(lab, post)
    assert len(post.seen) == 2
    assert post.seen[0].key != post.seen[1].key


def test_a_look_is_taken_once_a_day_and_after_every_change(lab: House) -> None:
    assert looks(lab, "2026-01-12 09:00") == 2
    assert looks(lab, "2026-01-12 23:59") == 0
    assert looks(lab, "2026-01-13 00:00") == 2
    away(lab, "ada", ("2026-03-02", "2026-03-03"))
    assert looks(lab, "2026-01-13 09:00") == 2
    lab.release(replace(HOUSE, version="2"))
    assert looks(lab, "2026-01-13 10:00") == 2


def test_a_look_goes_on_where_it_was_stopped(lab: House) -> None:
    away(lab, "june", ("2026-02-02", "2026-02-13"))
    assert looks(lab, "2026-01-12 09:00", most=1) == 1
    assert found(lab) == [ABSENT]
    assert looks(lab, "2026-01-12 09:01", goes_on=lambda: False) == 0
    assert looks(lab.again(), "2026-01-12 09:02", most=1) == 1
    assert looks(lab, "2026-01-12 09:03") == 0


def test_a_letter_that_fails_is_sent_again_the_same_and_a_new_finding_gets_a_letter_of_its_own(lab: House) -> None:
    away(lab, "june", ("2026-02-02", "2026-02-13"))
    looks(lab, "2026-01-12 09:00")
    post = Post([Failed("down")])
    assert tells(lab, post) == 0
    assert tells(lab, post) == 0  # not at once again
    away(lab, "dora", ("2026-03-02", "2026-03-13"))
    looks(lab, "2026-01-12 10:30")
    while tells(lab, post):
        pass
    assert [parcel.key for parcel in post.seen].count(post.seen[0].key) == 2
    assert post.seen[0].letter == post.seen[1].letter
    assert len({parcel.key for parcel in post.seen}) == 2
    assert [len(parcel.letter.items) for parcel in post.seen] == [1, 1, 1]


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [("2026-06-30", [("", "calendar-ends")]), ("2026-12-31", [])],
)
def test_a_calendar_that_ends_soon_is_found(lab: House, calendar: str, expected: list[tuple[str, str]]) -> None:
    lab.at("2026-01-10 09:00")
    ending = Calendar(name="lab", version="2", covers_from=date(2025, 1, 1), covers_until=date.fromisoformat(calendar))
    lab.release(replace(HOUSE, version="2", calendars={"holidays": ending.to_plain()}))
    looks(lab, "2026-01-12 09:00")
    assert found(lab) == expected


def test_a_house_is_not_told_of_procedures_that_it_does_not_use(house: House) -> None:  # noqa: F811
    away(house, "june", ("2026-02-02", "2026-02-13"))
    looks(house, "2026-01-12 09:00")
    assert found(house) == []  # it has no case, and names no procedure


def test_two_that_tell_at_once_send_one_letter(lab: House) -> None:
    away(lab, "june", ("2026-02-02", "2026-02-13"))
    looks(lab, "2026-01-12 09:00")
    other = Post()
    inside: Callable[[], int] = lambda: tells(lab.again(), other)  # noqa: E731

    class Slow(Post):
        def send(self, parcel: Parcel) -> Answer:
            assert inside() == 0
            return super().send(parcel)

    slow = Slow()
    assert tells(lab, slow) == 1
    assert (len(slow.seen), len(other.seen)) == (1, 0)
