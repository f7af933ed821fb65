"""``law`` says of each value, and of each reduction, what it rests on; JSON does, too."""

from __future__ import annotations

import json

from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow


def law(*words: str) -> str:
    given = ["--now", "2026-11-23T09:00:00+01:00", "law", *words]
    done = CliRunner(env={"COLUMNS": "80"}).invoke(inprocap_flow, given, prog_name="inprocap-flow")
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_convention_in_a_limit_of_law_is_printed_as_a_convention() -> None:
    text = law("eu-2014-24")
    about = text[text.index("  call_off_tender_minimum") :]
    said = " ".join(about[: about.index("authority_signs_orders_above")].split())
    assert "from 2016-04-18; convention, no law; 2014/24/EU Art. 33(5)(b)" in said
    assert "10 days if under_dynamic_system is yes (2014/24/EU Art. 34(2)(b); law)" in said
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_reduction_that_is_a_convention_says_so_beside_a_value_of_law() -> None:
    said = " ".join(law("eu-2014-24").split())
    assert "ten years are a convention; convention, no law)" in said
    limits = {one["limit"]: one for one in json.loads(law("eu-2014-24", "--json"))["limits"]}
    term = limits["framework_term"]
    assert (term["basis"], [one["basis"] for one in term["variants"]]) == ("law", ["convention"])
    assert (limits["call_off_tender_minimum"]["basis"], limits["standstill"]["basis"]) == ("convention", "law")
