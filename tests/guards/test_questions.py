"""What is known of the readings of a case: counts and their parts, ranges, limits, milestones; what nobody decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.language.guards import IMPOSSIBLE, POSSIBLE, UNDECIDED, decide
from inprocap_flow.language.guards.abstraction import Condition, Known, ask
from inprocap_flow.language.guards.enumeration import enumerate_states
from inprocap_flow.language.model import Field, Limit, LimitValue, LimitVariant
from tests.guards.made_up import DEFINITION, MAIN

FIELDS = {
    **MAIN.fields,
    "places": Field("places", "whole_number", {}, minimum="1", maximum="3"),
    "wishes": Field("wishes", "whole_number", {}),
    "came_at": Field("came_at", "moment", {}),
}
QUOTA = Limit(
    "quota", {}, "law", "number",
    (LimitValue("2020-01-01", "9", "old", "2024-12-31"),
     LimitValue("2025-01-01", "4", "new", variants=(LimitVariant("urgent", "2", "new"),))),
)  # fmt: skip
KNOWN = Known(replace(DEFINITION, main=replace(MAIN, fields=FIELDS)), {"quota": QUOTA}, date(2026, 1, 1))


def verdict(*texts: str, known: Known = KNOWN) -> str:
    """Return whether all conditions can hold; one that begins with ``not`` is written so."""
    return decide(ask(known, [(Condition(parse(text), ""), True) for text in texts])).verdict


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["places > 3"], IMPOSSIBLE),
        (["places >= 3"], POSSIBLE),
        (["colour == 'red'", "colour in ['green', 'blue']"], IMPOSSIBLE),
        (["count('supplier', 'ranked') >= 2", "count('supplier') < 2"], IMPOSSIBLE),
        (["count('supplier', ['ranked', 'registered']) == 1", "count('supplier', 'ranked') == 1",
          "count('supplier', 'registered') >= 1"], IMPOSSIBLE),
        (["count('supplier', 'ranked', where=each.delivers) == 1", "count('supplier', 'ranked') == 0"], IMPOSSIBLE),
        (["unfinished('supplier') == 0", "count('supplier', 'ranked') >= 1"], IMPOSSIBLE),
        (["every('supplier', 'ranked')", "count('supplier', 'registered') >= 1"], IMPOSSIBLE),
        (["running('tenders')", "over('tenders')"], IMPOSSIBLE),
        (["missed('tenders')", "over('tenders')"], POSSIBLE),
        (["not reached('published')", "known(ends_on) and day_of('published') <= ends_on"], IMPOSSIBLE),
        (["came_at < end_of('tenders')", "came_at >= end_of('tenders')"], IMPOSSIBLE),
        (["wishes < 3", "wishes > 2"], IMPOSSIBLE),
        (["factor < 3", "factor > 2"], POSSIBLE),
    ],
)  # fmt: skip
def test_what_readings_have_to_do_with_each_other(texts: list[str], found: str) -> None:
    assert verdict(*texts) == found


def test_a_limit_is_one_of_the_values_that_still_count_reduced_ones_too() -> None:
    assert verdict("limit('quota') == 2") == POSSIBLE
    assert verdict("limit('quota') == 9") == IMPOSSIBLE
    assert verdict("places >= limit('quota')", "places < 2") == IMPOSSIBLE
    assert verdict("limit('quota') == 9", known=replace(KNOWN, day=None)) == POSSIBLE


def test_what_is_given_counts_if_it_has_to_do_with_the_question() -> None:
    given = [Condition(parse("count('supplier', 'ranked') >= 1"), ""), Condition(parse("urgent"), "")]
    question = ask(KNOWN, [(Condition(parse("count('supplier') == 0"), ""), True)], given)
    assert decide(question).verdict == IMPOSSIBLE
    assert "urgent" not in question.by_name


def test_trying_values_says_why_it_cannot_decide() -> None:
    text = "wishes * wishes * wishes == 7 + 11 * wishes * wishes"
    answer = enumerate_states(ask(KNOWN, [(Condition(parse(text), ""), True)]))
    assert (answer.verdict, answer.why) == (UNDECIDED, "values are computed or counts are compared with values")
