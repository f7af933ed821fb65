"""Every shipped procedure, in every stage: a case that is left alone there is mentioned to somebody of the house.

A case is put where it could stand, with nothing running, and time passes. What the case waits for is looked at apart:
a deadline that holds the mention back must itself end, and lead on or remind somebody.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Case, LineState, stamp
from inprocap_flow.engine.reminding.ladders import ladders
from inprocap_flow.engine.reminding.notes import notes
from inprocap_flow.engine.reminding.silence import awaited, by_default
from inprocap_flow.language.model import CASE, Line
from tests.planning.conftest import SHIPPED, bound_to_house

LEFT = datetime(2026, 11, 23, 9, tzinfo=UTC)
YEARS = timedelta(days=4 * 366)

# Stages in which nobody is reminded on purpose: none so far. "procedure stage", and why.
ON_PURPOSE_SILENT: dict[str, str] = {}


@pytest.mark.parametrize("procedure", SHIPPED)
def test_a_case_left_alone_in_any_stage_is_mentioned_to_somebody(procedure: str) -> None:
    binding = bound_to_house(procedure)
    forgotten = [stage for stage in stages_of(binding.definition.main) if not mentioned(binding, lone_case(stage))]
    assert [f"{procedure} {stage}" for stage in forgotten] == [
        one for one in ON_PURPOSE_SILENT if one.startswith(f"{procedure} ")
    ]


@pytest.mark.parametrize("procedure", SHIPPED)
def test_a_track_left_alone_does_not_hide_that_the_case_is_silent(procedure: str) -> None:
    binding = bound_to_house(procedure)
    somewhere = stages_of(binding.definition.main)[0]
    for kind, line in binding.definition.tracks.items():
        for stage in stages_of(line):
            track = LineState(f"{kind}/one", kind, stage, 1, parent=MAIN, since=stamp(LEFT), last=stamp(LEFT))
            assert mentioned(binding, lone_case(somewhere, track)), (kind, stage)


@pytest.mark.parametrize("procedure", SHIPPED)
def test_a_deadline_that_a_silent_case_waits_for_leads_on_or_reminds_somebody(procedure: str) -> None:
    binding = bound_to_house(procedure)
    main = binding.definition.main
    for stage in stages_of(main):
        if not by_default(binding, main.stages[stage]):
            continue  # it says itself when somebody is told, whatever runs
        for name in awaited(binding.definition, stage):
            waited = main.deadlines[name]
            assert waited.when_over or waited.remind, f"nobody notices the end of {name} in {stage}"


def stages_of(line: Line) -> list[str]:
    return [one for one in line.leaves if not line.stages[one].final]


def lone_case(stage: str, *tracks: LineState) -> Case:
    main = LineState(MAIN, CASE, stage, 0, since=stamp(LEFT), last=stamp(LEFT))
    lines = {line.id: line for line in (main, *tracks)}
    return Case("case-1", "example-lab", "any", "1", "hash", lines=lines)


def mentioned(binding: Binding, case: Case) -> bool:
    """Return whether somebody of the house is told within four years, at one of the first looks at each ladder."""
    for ladder in ladders(binding, case):
        at = LEFT
        for _ in range(5):
            rung = ladder.next_after(at)
            if rung is None or rung.at > LEFT + YEARS:
                break
            at = rung.at
            if any(not note.to.startswith("track:") for note in notes(binding, case, ladder, at, at)):
                return True
    return False
