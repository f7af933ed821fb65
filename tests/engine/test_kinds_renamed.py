"""A kind of track has another name in the next version: tracks keep their ids and all that is recorded of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.history import fold
from inprocap_flow.engine.case.records import Decision
from inprocap_flow.language.migrations import TRACKS, LineChange
from tests.engine.conftest import Play
from tests.engine.test_migrating import codes, newer, over, plan

__all__ = ["newer"]  # the fixture

RENAMED = LineChange(renamed={TRACKS: {"bidder": "tenderer"}})
Newer = Callable[..., Binding]


@pytest.fixture
def renamed(newer: Newer) -> Binding:
    """The next version, in which bidders are tenderers."""
    return newer(("bidder", "tenderer"))


def test_without_the_plan_a_case_with_such_tracks_stays_where_it_is(bids_in: Play, renamed: Binding) -> None:
    assert {code for code, _ in codes(over(bids_in, renamed, "2026-02-12 09:00"))} == {"track-gone"}


def test_tracks_go_over_under_the_new_kind_and_keep_their_ids(bids_in: Play, renamed: Binding) -> None:
    before = {line.id: line for line in bids_in.case.lines.values()}
    outcome = over(bids_in, renamed, "2026-02-12 09:00", plan(bids_in, renamed, main=RENAMED))
    assert isinstance(outcome, Decision)
    after = bids_in.case.lines
    assert list(after) == list(before)
    assert {line.kind for line in after.values()} == {"", "tenderer"}
    for line_id, line in after.items():
        was = before[line_id]
        assert (line.state, line.fields, line.documents, line.speakers) == (
            was.state, was.fields, was.documents, was.speakers,
        )  # fmt: skip


def test_deadlines_and_approvals_keep_their_places(bids_in: Play, renamed: Binding) -> None:
    before = bids_in.case
    over(bids_in, renamed, "2026-02-12 09:00", plan(bids_in, renamed, main=RENAMED))
    assert bids_in.case.deadlines == before.deadlines
    assert bids_in.case.approvals == before.approvals


def test_the_case_goes_on_with_the_tracks_it_has_and_begins_new_ones_under_the_new_kind(
    called: Play, renamed: Binding
) -> None:
    called.does("2026-01-20 09:00", "al", "do", "register", new="bidder/al", firm="al")
    over(called, renamed, "2026-01-21 09:00", plan(called, renamed, main=RENAMED))
    called.does("2026-01-22 09:00", "bo", "do", "register", new="tenderer/bo", firm="bo")
    called.does("2026-02-10 09:00", "al", "do", "submit", on="bidder/al", docs=("bid",), price="100 EUR")
    assert {line.id: line.kind for line in called.case.in_order[1:]} == {
        "bidder/al": "tenderer",
        "tenderer/bo": "tenderer",
    }
    assert called.case.lines["bidder/al"].state == "bid"


def test_folding_the_events_again_gives_the_same_case(bids_in: Play, renamed: Binding) -> None:
    over(bids_in, renamed, "2026-02-12 09:00", plan(bids_in, renamed, main=RENAMED))
    assert fold(bids_in.rehearsal.events) == bids_in.case


def test_choices_for_a_renamed_kind_stand_under_its_old_name(bids_in: Play, newer: Newer) -> None:
    new = newer(
        ("bidder", "tenderer"), ("price: {type: money", "offer: {type: money"), ("fields: [price]", "fields: [offer]")
    )
    own = LineChange(renamed={"fields": {"price": "offer"}})
    outcome = over(bids_in, new, "2026-02-12 09:00", plan(bids_in, new, main=RENAMED, bidder=own))
    assert isinstance(outcome, Decision), codes(outcome)
    assert "offer" in bids_in.case.lines["bidder/al"].fields


def test_a_kind_that_is_still_there_is_not_renamed(bids_in: Play, newer: Newer) -> None:
    new = newer()
    made = plan(bids_in, new, main=LineChange(renamed={TRACKS: {"bidder": "question"}}))
    assert "not-by-a-plan" in {code for code, _ in codes(over(bids_in, new, "2026-02-12 09:00", made))}


def test_tracks_of_a_renamed_parent_go_over_too(called: Play, renamed: Binding) -> None:
    called.does("2026-01-20 09:00", "al", "do", "register", new="bidder/al", firm="al")
    called.does("2026-01-20 10:00", "al", "do", "ask", on="bidder/al", new="question/1", asked="When?")
    outcome = over(called, renamed, "2026-01-21 09:00", plan(called, renamed, main=RENAMED))
    assert isinstance(outcome, Decision), codes(outcome)
    assert called.case.lines["question/1"].parent == "bidder/al"
