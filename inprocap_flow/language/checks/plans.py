"""The checks of plans between two versions (property 17): each is about something that would keep a case from going."""

from __future__ import annotations

from typing import cast

from inprocap_flow.errors import Problem
from inprocap_flow.language.checks import (
    migration_does_more,
    migration_ends_case,
    migration_loses_clock,
    migration_loses_stage,
    migration_loses_track,
    migration_loses_value,
    migration_misses_clock,
    migration_opens_seal,
    migration_strands_case,
)
from inprocap_flow.language.checks.planning import PlanCheck, problems_of
from inprocap_flow.language.marks import MapNode
from inprocap_flow.language.versions.compare import Between

PLAN_CHECKS: tuple[PlanCheck, ...] = cast(
    "tuple[PlanCheck, ...]",
    (
        migration_does_more,
        migration_ends_case,
        migration_loses_clock,
        migration_loses_stage,
        migration_loses_track,
        migration_loses_value,
        migration_misses_clock,
        migration_opens_seal,
        migration_strands_case,
    ),
)


def check_plan(between: Between, root: MapNode) -> list[Problem]:
    """Return what the checks find in a plan, at the places of its file *root*."""
    return [
        problem
        for one in PLAN_CHECKS
        for problem in problems_of(root, tuple(one.check(between)), one.CODE, one.SEVERITY)
    ]
