"""Checks of a definition: one module each, with the name of its code, its page in docs/checks and its fixtures.

Errors are correctness and cannot be switched off; advice is taste and experience. What needs the states of a whole
case (not only the plain graph) is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks import (
    absence_stops_approval,
    act_never_possible,
    after_may_never_start,
    apart_from_itself,
    approval_impossible,
    approval_voids_itself,
    automatic_loop,
    automatic_needs_people,
    automatic_overlap,
    bounds_crossed,
    branch_never_taken,
    branch_without_otherwise,
    branches_overlap,
    condition_always_holds,
    condition_never_holds,
    conditions_leave_gap,
    conditions_not_decided,
    covered_too_late,
    dead_end_stage,
    dead_step,
    deadline_before_start,
    deadline_never_started,
    deadline_without_effect,
    derogation_too_late,
    document_without_gate,
    due_left_running,
    due_never_met,
    estimate_out_of_order,
    gate_after_meeting,
    gate_without_meeting,
    given_too_late,
    limit_turned_round,
    limit_without_value,
    loop_chooses_again,
    loop_never_left,
    mixed_currencies,
    moved_step_elsewhere,
    never_means_never,
    never_published,
    no_way_to_end,
    nobody_can_fill,
    nobody_signs,
    number_without_source,
    organisation_lacks,
    overlay_weakens,
    period_below_floor,
    plain_counting_of_law,
    publishes_unasked,
    rate_missing,
    reduction_without_fact,
    reminder_before_start,
    restart_without_reason,
    sealed_read_early,
    system_step_never_fired,
    this_is_elsewhere,
    to_do_left,
    too_few_people,
    track_without_end,
    track_writes_case,
    undone_at_once,
    unreachable_stage,
    unused_name,
    way_around,
    when_over_elsewhere,
)
from inprocap_flow.language.checks.finding import Around, Check, Finding, problem
from inprocap_flow.language.marks import Source
from inprocap_flow.language.model import Definition

__all__ = ["ANYWHERE", "CHECKS", "OF_ORGANISATIONS", "Around", "Check", "Finding", "check"]

CHECKS: tuple[Check, ...] = cast(
    "tuple[Check, ...]",
    (
        absence_stops_approval,
        act_never_possible,
        after_may_never_start,
        apart_from_itself,
        approval_impossible,
        approval_voids_itself,
        automatic_loop,
        automatic_needs_people,
        automatic_overlap,
        bounds_crossed,
        branch_never_taken,
        branch_without_otherwise,
        branches_overlap,
        condition_always_holds,
        condition_never_holds,
        conditions_leave_gap,
        conditions_not_decided,
        covered_too_late,
        dead_end_stage,
        dead_step,
        deadline_before_start,
        deadline_never_started,
        deadline_without_effect,
        derogation_too_late,
        document_without_gate,
        due_left_running,
        due_never_met,
        estimate_out_of_order,
        gate_after_meeting,
        gate_without_meeting,
        given_too_late,
        limit_turned_round,
        limit_without_value,
        loop_chooses_again,
        loop_never_left,
        mixed_currencies,
        moved_step_elsewhere,
        never_means_never,
        never_published,
        no_way_to_end,
        nobody_can_fill,
        nobody_signs,
        number_without_source,
        organisation_lacks,
        overlay_weakens,
        period_below_floor,
        plain_counting_of_law,
        publishes_unasked,
        rate_missing,
        reduction_without_fact,
        reminder_before_start,
        restart_without_reason,
        sealed_read_early,
        system_step_never_fired,
        this_is_elsewhere,
        to_do_left,
        too_few_people,
        track_without_end,
        track_writes_case,
        undone_at_once,
        unreachable_stage,
        unused_name,
        way_around,
        when_over_elsewhere,
    ),
)


OF_ORGANISATIONS: tuple[Check, ...] = cast(
    "tuple[Check, ...]",
    (
        absence_stops_approval,
        approval_impossible,
        bounds_crossed,
        conditions_not_decided,
        deadline_before_start,
        estimate_out_of_order,
        gate_after_meeting,
        mixed_currencies,
        organisation_lacks,
        period_below_floor,
        rate_missing,
        reminder_before_start,
        too_few_people,
    ),
)
"""Checks that ask something of the organisation: its people, calendars, zone or rates."""

ANYWHERE: tuple[Check, ...] = tuple(one for one in CHECKS if one not in OF_ORGANISATIONS)
"""Checks that find the same in a definition, whoever works with it."""


def check(
    definition: Definition,
    around: Around = Around(),  # noqa: B008 - frozen
    *,
    sources: Mapping[str, Source] | None = None,
    checks: Iterable[Check] = CHECKS,
) -> list[Problem]:
    """Return what *checks* find in *definition*, sorted by place; *sources* give columns and the lines themselves."""
    around = replace(around, sources=sources or {})
    found = [
        problem(finding, one.CODE, one.SEVERITY, definition, dict(sources or {}))
        for one in checks
        for finding in one.check(definition, around)
    ]
    return sorted(found, key=lambda problem: problem.sort_key)
