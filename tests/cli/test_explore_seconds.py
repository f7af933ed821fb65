"""How long procedures are explored: an option says it, else a setting, else it is as usual."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.cli.exploring import bound_for
from inprocap_flow.service.behaving import DAILY
from inprocap_flow.settings import Settings, load


def test_an_option_wins_over_the_setting_and_the_setting_over_what_is_usual() -> None:
    assert bound_for(None, Settings()) == DAILY
    assert bound_for(None, Settings(explore_seconds=7)).in_all == 7
    assert bound_for(3, Settings(explore_seconds=7)).in_all == 3


def test_the_setting_is_read_from_the_environment() -> None:
    assert load({"INPROCAP_FLOW_EXPLORE_SECONDS": "90"}).explore_seconds == 90


@pytest.mark.parametrize("said", ["0", "-1", "ten", "1.5", "999999999999"])
def test_what_is_no_number_of_seconds_is_refused_with_what_can_be_written(said: str) -> None:
    done = CliRunner().invoke(inprocap_flow, ["cases"], env={"INPROCAP_FLOW_EXPLORE_SECONDS": said})
    assert done.exit_code != 0
    assert "write a whole number from 1 to 86400" in done.output
