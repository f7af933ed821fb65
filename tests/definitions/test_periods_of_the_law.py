"""The periods of the directives, row by row as they were read beside the rulebooks: values, reductions, direction, use.

The rows are written out once more here, so that a slip of a finger in a rulebook is found. They are no source: each
value of a rulebook names its own, and nobody has compared these with the Official Journal.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from inprocap_flow.language.load import load_rulebook
from inprocap_flow.language.model import Rulebook

DEFINITIONS = Path(__file__).parents[2] / "definitions"
LAW, UTILITIES = "eu-2014-24", "eu-2014-25"
FACTS = {
    "urgent": "urgency_substantiated",
    "offline": "documents_not_online",
    "pin": "pin_sent_in_time",
    "electronic": "tenders_electronic",
    "may agree": "time_may_be_agreed",
    "agreed": "time_agreed",
    "e-sent": "sent_electronically",
    "system": "under_dynamic_system",
    "justified": "more_time_justified",
    "reasoned": "shorter_time_reasoned",
}


class Row(NamedTuple):
    """One period: under which facts (in short, several joined by +) it is how long."""

    rulebook: str
    limit: str
    direction: str
    values: dict[str, str]


_TENDERS = {
    "": "P30D", "pin": "P10D", "electronic": "P25D", "urgent": "P10D", "offline": "P35D", "may agree": "P10D",
    "pin+electronic": "P10D", "offline+pin": "P15D", "offline+electronic": "P30D", "offline+may agree": "P15D",
    "urgent+offline": "P10D",  # no five days more in urgency
}  # fmt: skip
ROWS = (
    Row(LAW, "open_tender_minimum", "at_least", {
        "": "P35D", "pin": "P15D", "urgent": "P15D", "electronic": "P30D", "offline": "P40D",
        "pin+electronic": "P15D", "urgent+electronic": "P15D",  # the five days reduce the 35 alone
        "urgent+offline": "P15D", "offline+pin": "P20D", "offline+electronic": "P35D",
    }),
    Row(LAW, "pin_at_least_before", "at_least", {"": "P35D"}),
    Row(LAW, "pin_at_most_before", "at_most", {"": "P12M"}),
    Row(LAW, "request_minimum", "at_least", {"": "P30D", "urgent": "P30D", "pin": "P30D", "electronic": "P30D"}),
    Row(LAW, "restricted_request_minimum", "at_least", {
        "": "P30D", "urgent": "P15D", "pin": "P30D", "electronic": "P30D",
    }),
    Row(LAW, "restricted_tender_minimum", "at_least", _TENDERS),
    Row(LAW, "negotiation_tender_minimum", "at_least", _TENDERS),
    Row(LAW, "prior_call_at_least_before", "at_least", {"": "P35D"}),
    Row(LAW, "prior_call_at_most_before", "at_most", {"": "P12M"}),
    Row(LAW, "answers_before_closing", "at_least", {"": "P6D", "urgent": "P4D"}),
    Row(LAW, "publication_by_the_office", "at_most", {"": "P5D"}),
    Row(LAW, "national_publication", "at_least", {"": "PT48H"}),
    Row(LAW, "standstill", "at_least", {"": "P15D", "e-sent": "P10D"}),
    Row(LAW, "standstill_from_receipt", "at_least", {"": "P10D"}),
    Row(LAW, "standstill_after_ex_ante_notice", "at_least", {"": "P10D"}),
    Row(LAW, "review_limit", "at_least", {"": "P15D", "e-sent": "P10D"}),
    Row(LAW, "ineffectiveness_after_notice", "at_least", {"": "P30D"}),
    Row(LAW, "ineffectiveness_without_notice", "at_least", {"": "P6M"}),
    Row(LAW, "reasons_on_request", "at_most", {"": "P15D"}),
    Row(LAW, "award_notice", "at_most", {"": "P30D"}),
    Row(LAW, "grouped_notices", "at_most", {"": "P30D"}),
    Row(LAW, "record_retention", "at_least", {"": "P3Y"}),
    Row(LAW, "repetition_window", "at_most", {"": "P3Y"}),
    Row(LAW, "additional_deliveries_length", "at_most", {"": "P3Y"}),
    Row(LAW, "framework_term", "at_most", {"": "P4Y"}),
    Row(LAW, "call_off_tender_minimum", "at_least", {
        "system": "P10D", "system+may agree+agreed": "P1D", "system+may agree": "P10D",
    }),
    Row(LAW, "purchasing_system_request_minimum", "at_least", {"": "P30D", "urgent": "P30D", "electronic": "P30D"}),
    Row(LAW, "admission_time", "at_most", {"": "P10WD", "justified": "P15WD"}),
    Row(LAW, "reconfirmation_time", "at_least", {"": "P5WD"}),
    Row(UTILITIES, "request_minimum", "at_least", {"": "P30D", "reasoned": "P15D"}),
    Row(UTILITIES, "prior_call_at_least_before", "at_least", {"": "P35D"}),
    Row(UTILITIES, "prior_call_at_most_before", "at_most", {"": "P12M"}),
    Row(UTILITIES, "answers_before_closing", "at_least", {"": "P6D", "urgent": "P4D"}),
    Row(UTILITIES, "standstill", "at_least", {"": "P15D", "e-sent": "P10D"}),
    Row(UTILITIES, "award_notice", "at_most", {"": "P30D"}),
    Row(UTILITIES, "contest_result_notice", "at_most", {"": "P30D"}),
    Row(UTILITIES, "reasons_on_request", "at_most", {"": "P15D"}),
    Row(UTILITIES, "record_retention", "at_least", {"": "P3Y"}),
)  # fmt: skip
# What the law leaves to the buyer has no number here, and no procedure may put one in its place as law.
WITHOUT_A_NUMBER = ((LAW, "proposal_minimum"), (LAW, "contest_plans_minimum"), (UTILITIES, "proposal_minimum"),
                    (UTILITIES, "contest_plans_minimum"))  # fmt: skip
# Held in the rulebook for national rules, and for procedures that need them; no shipped one reads them.
READ_BY_NONE = {
    "standstill_from_receipt", "review_limit", "ineffectiveness_after_notice", "ineffectiveness_without_notice",
}  # fmt: skip


def read(name: str) -> Rulebook:
    return load_rulebook(DEFINITIONS / "rulebooks" / f"{name}.yaml")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rulebook} {row.limit}")
def test_a_period_has_the_length_that_its_conditions_give_it(row: Row) -> None:
    limit = read(row.rulebook).limits[row.limit]
    assert limit.direction == row.direction
    newest = limit.values[-1]
    found = {}
    for short in row.values:
        facts = {FACTS[one] for one in short.split("+") if one}
        known = (one for one in newest.variants if set(one.when.split(" and ")) <= facts)
        found[short] = next(known, newest).value
    assert found == row.values


@pytest.mark.parametrize(("rulebook", "name"), WITHOUT_A_NUMBER)
def test_what_the_law_gives_no_number_has_none(rulebook: str, name: str) -> None:
    assert [one.value for one in read(rulebook).limits[name].values] == [None]


def test_every_value_names_where_it_stands() -> None:
    for name in (LAW, UTILITIES):
        for limit in read(name).limits.values():
            for value in limit.values:
                assert value.source, (name, limit.name)
                assert all(one.source for one in value.variants), (name, limit.name)


def test_every_period_is_read_by_a_shipped_procedure() -> None:
    text = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in ("", "blocks", "overlays")
        for file in (DEFINITIONS / folder).glob("*.yaml")
        if not file.name.endswith(".test.yaml")
    )
    unread = {row.limit for row in ROWS if not re.search(rf"limit\('{row.limit}'\)", text)}
    assert unread == READ_BY_NONE
