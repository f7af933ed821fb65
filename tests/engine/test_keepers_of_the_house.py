"""A version that names nobody who keeps the record: whoever the organisation names may annul, move over and destroy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inprocap_flow.engine.case.records import When
from inprocap_flow.language.model import Person
from tests.engine.conftest import Build, Play, blocker, moment
from tests.engine.test_late_and_annulled import number_of

TINY = """
fields: {note: {type: text, by: officer, title: Note}}
stages: {first: {owner: officer}, end: {final: completed}}
steps: {finish: {from: first, to: end, by: officer}}
"""


def without_keepers(play: Play, *house: str, **people: Person) -> Play:
    """Let the version name no keeper, and the organisation *house*."""
    binding = play.rehearsal.binding
    definition = replace(binding.definition, may_backdate=())
    organisation = replace(binding.organisation, keeps_record=house, people={**binding.organisation.people, **people})
    machine = replace(binding.machine, definition=definition)
    play.rehearsal.binding = replace(binding, machine=machine, organisation=organisation)
    return play


@pytest.fixture
def kept(tiny: Build) -> Play:
    play = without_keepers(tiny(TINY), "records_office", rita=Person("rita", ("records_office",)))
    play.does("2026-01-06 09:00", "ben", "fill", note="x")
    return play


def test_whoever_the_organisation_names_annuls_where_the_version_names_nobody(kept: Play) -> None:
    decision = kept.does("2026-01-06 10:00", "rita", "annul", number_of(kept, "fill"), reason="a slip")
    (event,) = decision.events
    assert (event.kind, event.role, event.data["kept_by"]) == ("annulled", "records_office", "organisation")
    assert "note" not in decision.case.main.fields


@pytest.mark.parametrize("who", ["ben", "ada", "al", "nobody_known"])
def test_nobody_else_annuls_there(kept: Play, who: str) -> None:
    refusal = kept.refused("2026-01-06 10:00", who, "annul", number_of(kept, "fill"), reason="a slip")
    assert "records_office" in blocker(refusal, "not-entitled").mend


def test_an_entry_from_earlier_stays_closed_since_only_a_version_can_open_it(kept: Play) -> None:
    refusal = kept.refused(
        "2026-01-06 10:00", "rita", "fill", note="y", happened=When.exactly(moment("2026-01-05 12:00")), reason="x"
    )
    assert "names no role under `may_backdate`" in blocker(refusal, "backdating").reason


def test_where_the_version_names_a_keeper_the_one_of_the_organisation_has_no_say(tiny: Build) -> None:
    play = tiny(TINY)
    binding = play.rehearsal.binding
    people = {**binding.organisation.people, "rita": Person("rita", ("records_office",))}
    organisation = replace(binding.organisation, keeps_record=("records_office",), people=people)
    play.rehearsal.binding = replace(binding, organisation=organisation)
    play.does("2026-01-06 09:00", "ben", "fill", note="x")
    assert play.refused("2026-01-06 10:00", "rita", "annul", number_of(play, "fill"), reason="x").codes == (
        "not-entitled",
    )


def test_who_has_a_conflict_of_interest_keeps_nothing_there(kept: Play) -> None:
    kept.does("2026-01-06 09:30", "rita", "interest", extra={"conflict": True}, reason="kin")
    refusal = kept.refused("2026-01-06 10:00", "rita", "annul", number_of(kept, "fill"), reason="a slip")
    assert refusal.codes == ("conflict-of-interest",)


def test_where_nobody_is_named_anywhere_the_refusal_says_where_one_can_be_named(tiny: Build) -> None:
    play = without_keepers(tiny(TINY))
    play.does("2026-01-06 09:00", "ben", "fill", note="x")
    refusal = play.refused("2026-01-06 10:00", "ben", "annul", number_of(play, "fill"), reason="x")
    assert "`keeps_record`" in blocker(refusal, "not-entitled").mend
