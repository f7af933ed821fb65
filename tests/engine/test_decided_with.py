"""The record of a case names by hash what it was decided with: organisation, rulebook, overlays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inprocap_flow.engine.acts.migrating import request_to_migrate
from inprocap_flow.engine.case.history import fold, named_releases
from inprocap_flow.engine.case.records import Decision
from tests.engine.conftest import Play, at, moment
from tests.engine.test_migrating import PURCHASE, link, newer, plan  # noqa: F401 - a fixture among them

FIRST = {"organisation": {"lab": "aa"}, "rulebook": {"eu": "bb"}}
SECOND = {"organisation": {"lab": "cc"}, "rulebook": {"eu": "bb"}}


def named(play: Play) -> list[tuple[int, Any]]:
    return [(event.decision, found) for event, found in named_releases(play.events)]


def becomes(play: Play, decided_with: Any) -> None:
    """Let the organisation be released anew."""
    play.rehearsal.binding = replace(play.rehearsal.binding, decided_with=decided_with)


@pytest.fixture
def opened(play: Play) -> Play:
    becomes(play, FIRST)
    play.does("2026-01-05 09:00", "ada", "open", "open_case", need="Something that cools")
    return play


def test_the_opening_names_what_the_case_is_decided_with(opened: Play) -> None:
    assert named(opened) == [(1, FIRST)]
    assert opened.events[0].kind == "opened"
    assert opened.case.decided_with == FIRST


def test_what_stays_the_same_is_named_once(opened: Play) -> None:
    opened.does("2026-01-05 10:00", "ben", "fill", value="90000 EUR")
    opened.does("2026-01-05 11:00", "ada", "bring", docs=("specification",))
    assert named(opened) == [(1, FIRST)]


def test_the_first_decision_after_a_new_release_names_it(opened: Play) -> None:
    opened.does("2026-01-05 10:00", "ben", "fill", value="90000 EUR")
    becomes(opened, SECOND)
    opened.does("2026-01-05 11:00", "ada", "bring", docs=("specification",))
    opened.does("2026-01-05 12:00", "ada", "bring", docs=("specification",))
    assert named(opened) == [(1, FIRST), (3, SECOND)]


def test_what_is_not_released_is_not_named(called: Play) -> None:
    assert named(called) == []
    assert called.case.decided_with == {}


def test_a_case_of_an_earlier_program_names_it_from_its_next_decision_on(called: Play) -> None:
    becomes(called, FIRST)
    called.does("2026-01-09 09:00", "ben", "fill", new_closing="2026-03-20")
    assert named(called) == [(called.events[-1].decision, FIRST)]


def test_time_that_passed_is_decided_with_what_is_there_now(called: Play) -> None:
    becomes(called, FIRST)
    # The closing had come: its expiry is the first decision of this outcome, and the act does not say it again.
    called.does("2026-02-23 08:00", "gus", "interest")
    ((number, _),) = named(called)
    first = next(event for event in called.events if event.decision == number)
    assert first.request is not None
    assert first.request["kind"] == "expiry"


def test_annulling_the_decision_that_named_a_release_does_not_unname_it(called: Play) -> None:
    becomes(called, FIRST)
    called.does("2026-01-09 09:00", "ben", "fill", new_closing="2026-03-20")
    number = str(called.events[-1].decision)
    called.does("2026-01-09 10:00", "ben", "interest")
    called.does("2026-01-09 11:00", "ben", "annul", number, reason="A wrong day.")
    assert called.case.decided_with == FIRST
    called.does("2026-01-09 12:00", "ben", "fill", new_closing="2026-03-21")
    assert len(named(called)) == 1


def test_a_new_release_makes_no_later_decision_a_dependent(called: Play) -> None:
    becomes(called, FIRST)
    called.does("2026-01-09 09:00", "ben", "fill", new_closing="2026-03-20")
    number = str(called.events[-1].decision)
    called.does("2026-01-09 10:00", "ben", "interest")
    becomes(called, SECOND)
    outcome = called("2026-01-09 11:00", "ben", "annul", number, reason="A wrong day.")
    assert isinstance(outcome, Decision)


def test_a_late_entry_is_decided_with_what_is_there_now(called: Play) -> None:
    becomes(called, FIRST)
    called.does("2026-01-12 09:00", "ben", "interest")
    called.does(
        "2026-01-13 09:00", "ben", "fill", happened=at("2026-01-08 12:00"), reason="found", new_closing="2026-03-20"
    )
    assert len(named(called)) == 1
    becomes(called, SECOND)
    called.does(
        "2026-01-14 09:00", "ben", "fill", happened=at("2026-01-08 13:00"), reason="found", new_closing="2026-03-21"
    )
    assert [found for _, found in named(called)] == [FIRST, SECOND]
    assert fold(called.events).decided_with == SECOND


def test_a_migration_names_what_the_new_version_is_decided_with(called: Play, newer: Any) -> None:  # noqa: F811
    becomes(called, FIRST)
    called.does("2026-01-09 09:00", "ben", "interest")
    new = replace(newer(), decided_with=SECOND)
    link(called, new)
    request = request_to_migrate(
        plan(called, new), called.case.id, actor="ben", role=None, reason="The board has decided."
    )
    outcome = called.rehearsal.play(request, moment("2026-01-12 09:00"))
    assert isinstance(outcome, Decision), outcome
    assert [event.kind for event, found in named_releases(outcome.events)] == ["migrated"]
    assert called.case.decided_with == SECOND
    called.check()
