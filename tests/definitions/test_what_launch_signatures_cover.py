"""Decision 0009: launch signatures cover what shortens a lawful period; a closing is moved to an end that is signed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.expressions.words import names_in, words_in
from inprocap_flow.language.model import Deadline, HookCall
from tests.planning.conftest import SHIPPED, bound_to_house

AFTER_THE_LAUNCH = {"time_agreed"}  # with candidates who are known only then; it has a paper of its own from each


def closings_with_a_floor(binding: Binding) -> Iterator[Deadline]:
    """Yield the closings of the case whose day an officer types, above a floor."""
    for deadline in binding.definition.main.deadlines.values():
        if deadline.kind == "open_until" and deadline.ends_at is not None and deadline.at_least is not None:
            yield deadline


def shortening(binding: Binding) -> frozenset[str]:
    """Return the fields of the case on which the length of a closing's floor rests."""
    floors = [one.at_least for one in closings_with_a_floor(binding) if not isinstance(one.at_least, str | None)]
    used = {use.word for floor in floors for use in words_in(floor) if use.kind == "limit"}
    limits = {**(binding.rulebook.limits if binding.rulebook else {}), **binding.definition.limits}
    facts = {fact for name in used for value in limits[name].values for one in value.variants for fact in one.facts}
    return frozenset(facts) & frozenset(binding.definition.main.fields)


@pytest.mark.parametrize("procedure", SHIPPED)
def test_launch_signatures_are_void_when_a_fact_changes_that_shortens_the_time_for_firms(procedure: str) -> None:
    binding = bound_to_house(procedure)
    launch = binding.definition.main.approvals.get("launch")
    covered = set(launch.void_if_changed_fields) if launch else shortening(binding)
    assert sorted(shortening(binding) - covered - AFTER_THE_LAUNCH) == []


def test_the_facts_that_shorten_the_open_procedure_are_found() -> None:
    assert shortening(bound_to_house("open")) == {
        "urgency_substantiated",
        "pin_sent_in_time",
        "tenders_electronic",
        "documents_not_online",
    }


@pytest.mark.parametrize("procedure", SHIPPED)
def test_a_closing_with_a_floor_is_moved_only_with_a_signature_for_that_very_end(procedure: str) -> None:
    binding = bound_to_house(procedure)
    for deadline in closings_with_a_floor(binding):
        act = deadline.acts.get("extend")
        if act is None:
            continue  # what is not declared is refused
        assert act.until is not None, deadline.name
        approvals = [binding.definition.main.approvals[name] for name in act.requires.approvals]
        signed = {field for approval in approvals for field in approval.void_if_changed_fields}
        assert names_in(act.until) <= signed, deadline.name


@pytest.mark.parametrize("procedure", SHIPPED)
def test_launch_signatures_do_not_cover_the_closing_day(procedure: str) -> None:
    binding = bound_to_house(procedure)
    launch = binding.definition.main.approvals.get("launch")
    covered = set(launch.void_if_changed_fields) if launch else set()
    ends = [one.ends_at for one in closings_with_a_floor(binding) if not isinstance(one.ends_at, HookCall | None)]
    assert not {name for end in ends for name in names_in(end)} & covered
