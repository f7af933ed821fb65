"""Facts about plain guards and about expressions read aloud."""

from __future__ import annotations

import pytest

from inprocap_flow.language.expressions.aloud import read_aloud
from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.expressions.plain import PLAIN_GUARDS, plain_guard
from inprocap_flow.language.expressions.syntax import BadExpression, parse

GUARDS = [
    ("nobody_in", {"supplier": "tendered"}, "count('supplier', 'tendered') == 0"),
    ("nobody_in", {"supplier": ["a", "b"]}, "count('supplier', ['a', 'b']) == 0"),
    ("nobody_in", {"supplier": "given.entrants"}, "count('supplier', given.entrants) == 0"),
    ("nobody_in", {"supplier": "a", "review": "b"}, "count('supplier', 'a') == 0 and count('review', 'b') == 0"),
    ("at_least_one_in", {"supplier": "ranked"}, "count('supplier', 'ranked') >= 1"),
    ("at_least", {"how_many": "3", "supplier": "qualified"}, "count('supplier', 'qualified') >= 3"),
    ("at_least", {"how_many": "limit('x')", "supplier": ["a", "b"]}, "count('supplier', ['a', 'b']) >= limit('x')"),
    ("at_least", {"how_many": "places_2", "supplier": "ranked"}, "count('supplier', 'ranked') >= places_2"),
    ("all_finished", "assessment", "unfinished('assessment') == 0"),
    ("all_finished", ["review", "reasons"], "unfinished('review') == 0 and unfinished('reasons') == 0"),
    ("deadline_met", "award_notice", "not running('award_notice') and not missed('award_notice')"),
    ("deadline_over", "standstill", "over('standstill')"),
]


@pytest.mark.parametrize(("key", "argument", "text"), GUARDS)
def test_a_plain_guard_is_the_expression_that_an_author_would_write(key: str, argument: object, text: str) -> None:
    assert plain_guard(key, argument) == parse(text)


def test_every_plain_guard_stands_in_the_table_above() -> None:
    assert {row[0] for row in GUARDS} == set(PLAIN_GUARDS)


@pytest.mark.parametrize(
    ("key", "argument"),
    [
        ("somebody_in", {"supplier": "x"}), ("nobody_in", "tendered"), ("nobody_in", {}),
        ("nobody_in", {"supplier": []}),
        ("nobody_in", {"supplier": {"a": "b"}}), ("at_least", {"supplier": "x"}), ("at_least", {"how_many": "3"}),
        ("at_least", {"how_many": "a b", "supplier": "x"}), ("all_finished", []), ("all_finished", {"a": "b"}),
        ("deadline_over", ""), ("deadline_met", [["x"]]),
    ],
)  # fmt: skip
def test_a_plain_guard_that_says_too_little_is_refused_with_a_mend(key: str, argument: object) -> None:
    with pytest.raises(BadExpression) as raised:
        plain_guard(key, argument)
    assert raised.value.mend


ALOUD = [
    ("count('supplier', 'tendered') == 0", "no supplier stands in tendered"),
    ("count('supplier', ['a', 'b', 'c']) >= 1", "at least one supplier stands in a, b or c"),
    (
        "count('supplier', 'ranked', where=each.rank <= 2) == 0",
        "no supplier stands in ranked for which its rank is at most 2",
    ),
    ("count('supplier', 'qualified') >= 3", "at least 3 supplier tracks stand in qualified"),
    ("count('review') == 0", "no review exists"),
    ("places_3 >= limit('suppliers_last_phase')", "places_3 is at least the limit suppliers_last_phase"),
    (
        "total('supplier', each.offer_price, 'ranked', where=each.rank <= places_2) <= ceiling_2",
        "the total of offer_price over supplier tracks in ranked whose rank is at most places_2 is at most ceiling_2",
    ),
    (
        "unfinished('review') == 0 and over('standstill')",
        "every review is finished and the deadline standstill is over",
    ),
    ("a or (b and not c)", "a is yes or (b is yes and c is no)"),
    ("not (a or b)", "it is not so that (a is yes or b is yes)"),
    ("not x > 3", "x is at most 3"),
    ("not not a", "a is yes"),
    ("1 < x <= y", "1 is less than x and x is at most y"),
    ("bids_valid_until > board.meets_on", "bids_valid_until is after the meets_on of the board"),
    ("starts_on <= today", "starts_on is on or before today"),
    ("route in ['drop', 'buy']", "route is one of drop or buy"),
    ("a * (b + 1) - c", "whether"),
    ("in_currency(price, 'CHF') > money('5 CHF')", "price in CHF is more than 5 CHF"),
    ("every('s', 'x')", "every s stands in x"),
    ("not every('s', 'x', where=each.ok)", "for not every s in x, its ok is yes"),
    ("not listed('members', country)", "country is not on the list members"),
    ("not known(rank) and has('report')", "rank is not known and the document report is there"),
    ("days_between(a, b) >= 14", "the days from a to b is at least 14"),
    ("at_least_before(limit('x'), a, today)", "a lies at least the limit x before today"),
    ("not at_most_before(limit('x'), a, b)", "a does not lie at most the limit x before b"),
    ("min(a, b, 3) == a", "the smallest of a, b and 3 is a"),
    ("count('query', 'open', of=this) == 0", "no query that belongs to this one stands in open"),
    ("count('query', of=parent) > 2", "more than 2 query tracks that belong to the same track as this one exist"),
    (
        "total('change', each.value, 'agreed', of=parent) < a",
        "the total of value over change tracks that belong to the same track as this one in agreed is less than a",
    ),
    ("unfinished('query', of=this) == 0", "every query that belongs to this one is finished"),
    ("stands('firm', ['in', 'asked'])", "its firm stands in in or asked"),
    ("not stands('firm', 'out')", "its firm does not stand in out"),
    ("yes", "this always holds"),
    ("firm.sme == yes", "the sme of the firm is yes"),
]


@pytest.mark.parametrize(("text", "aloud"), [row for row in ALOUD if row[1] != "whether"])
def test_an_expression_is_read_aloud(text: str, aloud: str) -> None:
    assert read_aloud(parse(text)) == aloud


def test_titles_are_read_instead_of_names() -> None:
    titles = {
        ("track", "supplier"): "tenderer",
        ("stage", "ranked"): "Ranked",
        ("field", "places"): "the number of places",
    }
    text = read_aloud(parse("count('supplier', 'ranked') <= places"), lambda kind, word: titles.get((kind, word)))
    assert text == "the number of tenderer tracks in Ranked is at most the number of places"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_table_can_be_read_aloud_and_is_explained(name: str) -> None:
    function = FUNCTIONS[name]
    samples = {"value": "a", "field": "a", "each_field": "each.a", "currency": "'CHF'", "stages": "'x'"}
    arguments = ", ".join(samples.get(parameter.kind, "'x'") for parameter in function.parameters)
    text = read_aloud(parse(f"{name}({arguments}) == a"))
    assert text.endswith(" is a")
    assert "(" not in text
    assert function.says
    assert function.spelling.startswith(f"{name}(")
