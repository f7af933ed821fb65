"""Facts about evaluation: three values, exact numbers, tracks, and reasons instead of exceptions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.expressions.evaluate import compile_expression, evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN, Unknown
from inprocap_flow.language.expressions.syntax import BadExpression, parse
from inprocap_flow.language.values import Money, Percent, Value
from tests.language.expressions.world import Case


def euro(amount: int | str) -> Money:
    return Money(Decimal(amount), "EUR")


def swiss(amount: int | str) -> Money:
    return Money(Decimal(amount), "CHF")


def supplier(name: str, stage: str, *, finished: bool = False, **fields: Value) -> Case:
    return Case(fields, label=f"supplier/{name}", stage=stage, finished=finished)


def ask(text: str, case: Case) -> object:
    return evaluate(parse(text), case).value


LETTERS: dict[str, dict[str, Value]] = {"y": {"v": True}, "n": {"v": False}, "u": {}}
KLEENE = [
    # a, b, a and b, a or b, not a
    ("y", "y", "y", "y", "n"), ("y", "n", "n", "y", "n"), ("y", "u", "u", "y", "n"),
    ("n", "y", "n", "y", "y"), ("n", "n", "n", "n", "y"), ("n", "u", "n", "u", "y"),
    ("u", "y", "u", "y", "u"), ("u", "n", "n", "u", "u"), ("u", "u", "u", "u", "u"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "both", "either", "opposite"), KLEENE)
def test_and_or_not_follow_kleene(a: str, b: str, both: str, either: str, opposite: str) -> None:
    known = {"y": True, "n": False, "u": UNKNOWN}
    case = Case({name: value for name, letter in (("a", a), ("b", b)) for value in LETTERS[letter].values()})
    assert ask("a and b", case) is known[both]
    assert ask("a or b", case) is known[either]
    assert ask("not a", case) is known[opposite]


@pytest.mark.parametrize("text", ["gone > 1", "gone + 1 > 0", "1 < gone < 3", "gone in [1]", "gone == gone"])
def test_comparing_or_computing_with_an_unknown_field_is_unknown_and_names_it(text: str) -> None:
    result = evaluate(parse(text), Case())
    assert result.value is UNKNOWN
    assert result.missing == ("gone",)
    assert not result.holds


def test_only_what_the_answer_waits_for_is_named_as_missing() -> None:
    result = evaluate(parse("(a and no) or b"), Case())
    assert result.missing == ("b",)


def test_a_chain_is_no_as_soon_as_one_known_link_fails() -> None:
    assert ask("gone < 5 < 3", Case()) is False


def test_known_is_the_only_way_to_ask_about_absence() -> None:
    assert ask("known(gone) or not known(here)", Case({"here": 1})) is False


EXACT: list[tuple[str, object]] = [
    ("0.1 + 0.2 == 0.3", True),
    ("1 / 3 * 3 == 1", True),
    ("1 / 3 + 1 / 6 == 0.5", True),
    ("a / b == 1.1", True),
    ("a * share == money('66 EUR')", True),
    ("share * a", euro(66)),
    ("share * 10 == 6", True),
    ("share > 50", True),
    ("share + 5 == 65", True),
    ("2 * 3 - 1", 5),
    ("7 / 2", Decimal("3.5")),
    ("a - b", euro(10)),
    ("-a < 0 and a > 0", True),
    ("min(a, b)", euro(100)),
    ("max(3, 1.5, 2)", 3),
    ("franc > money('0 EUR')", True),
    ("in_currency(a, 'CHF')", swiss("103.4")),
    ("in_currency(franc, 'CHF')", swiss(5)),
    ("in_currency(a - a, 'USD')", Money(Decimal(0), "USD")),
    ("days_between(starts_on, ends_on)", 30),
    ("days_between(ends_on, closes)", -29),
    ("closes > starts_on", True),
    ("closes == starts_on", False),
    ("colour in ['red', 'blue'] and colour not in ['green']", True),
]


BEFORE = [
    # The far edge itself is at least, and at most, so long before.
    ("at_least_before", "35 days", date(2026, 12, 28), date(2027, 2, 1), True),
    ("at_least_before", "35 days", date(2026, 12, 29), date(2027, 2, 1), False),
    ("at_most_before", "12 months", date(2026, 2, 1), date(2027, 2, 1), True),
    ("at_most_before", "12 months", date(2026, 1, 31), date(2027, 2, 1), False),
    # In a leap year twelve months have 366 days; from a leap day they reach 28 February.
    ("at_most_before", "12 months", date(2027, 3, 1), date(2028, 3, 1), True),
    ("at_most_before", "12 months", date(2027, 2, 28), date(2028, 2, 29), True),
    ("at_most_before", "12 months", date(2027, 2, 27), date(2028, 2, 29), False),
    ("at_least_before", "1 week", date(2026, 3, 2), date(2026, 3, 1), False),
    ("at_least_before", "1 week", datetime(2026, 3, 1, 23, tzinfo=UTC), date(2026, 3, 8), True),
]


@pytest.mark.parametrize(("function", "period", "first", "second", "value"), BEFORE)
def test_a_period_counted_back_from_a_day_is_compared_with_another_to_the_day(
    function: str, period: str, first: date, second: date, value: bool
) -> None:
    case = Case({"sent_on": first, "call_on": second}, limits={"notice": parse_period(period)})
    assert ask(f"{function}(limit('notice'), sent_on, call_on)", case) is value


def test_what_cannot_be_counted_back_without_a_calendar_is_unknown_with_the_reason() -> None:
    text = "at_least_before(limit('notice'), sent_on, call_on)"
    days: dict[str, Value] = {"sent_on": date(2026, 1, 1), "call_on": date(2026, 2, 1)}
    found = evaluate(parse(text), Case(days, limits={"notice": parse_period("5 working days")}))
    assert found.value is UNKNOWN
    assert found.reasons == ("5 working days cannot be counted back without a calendar.",)
    missing = evaluate(parse(text), Case({}, limits={"notice": parse_period("5 days")}))
    assert missing.missing == ("sent_on", "call_on")


@pytest.mark.parametrize(("text", "value"), EXACT)
def test_values_are_computed_exactly(text: str, value: object) -> None:
    case = Case(
        {
            "a": euro(110), "b": euro(100), "franc": swiss(5), "share": Percent(60), "colour": "red",
            "starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31), "closes": datetime(2026, 3, 2, 16, tzinfo=UTC),
        },
        rates={("EUR", "CHF"): Decimal("0.94")},
    )  # fmt: skip
    found = ask(text, case)
    assert found == value
    assert type(found) is type(value)


REASONS = [
    ("a + franc > 0", "EUR and CHF do not mix"),
    ("a < franc", "EUR and CHF do not mix"),
    ("in_currency(a, 'USD') > 0", "no rate from EUR to USD"),
    ("1 / (places - places) > 0", "divided by 0"),
    ("big * big > 0", "40 digits"),
    ("big + big * 9 > 0", "40 digits"),
    ("1 / 3", "nothing is rounded"),
    ("a * (1 / 3) > 0", "nothing is rounded"),
    ("limit('none') > 1", "limit none"),
    ("day_of('published') < today", "published is not reached"),
    ("end_of('standstill') > came_at", "The deadline standstill has no end yet"),
    ("listed('members', 'CH')", "no list members"),
    ("lowest('supplier', each.rank) > 1", "no supplier"),
    ("a > 5", "do not compare"),
    ("a and yes", "neither yes nor no"),
]


def test_the_end_of_a_deadline_is_compared_to_the_minute() -> None:
    case = Case({"closes": datetime(2026, 3, 2, 11, 59, tzinfo=UTC)}, deadlines={"tenders": "over"})
    assert ask("closes < end_of('tenders')", case) is True
    case.fields["closes"] = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert ask("closes < end_of('tenders')", case) is False


@pytest.mark.parametrize(("text", "reason"), REASONS)
def test_what_has_no_answer_is_unknown_with_a_reason(text: str, reason: str) -> None:
    result = evaluate(parse(text), Case({"a": euro(110), "franc": swiss(5), "places": 3, "big": 10**39}))
    assert result.value is UNKNOWN
    assert reason in " ".join(result.reasons)


# ----------------------------------------------------------------------------------------------------- tracks

TENDERERS = Case(
    {"places": 2},
    suppliers=[
        supplier("alpha", "ranked", rank=1, price=euro(40)),
        supplier("beta", "ranked", rank=2, price=euro("30.5")),
        supplier("gamma", "ranked", rank=3, price=euro(10)),
        supplier("delta", "registered", finished=True),
    ],
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("count('supplier')", 4),
        ("count('supplier', 'ranked')", 3),
        ("count('supplier', ['ranked', 'registered'])", 4),
        ("count('supplier', 'ranked', where=each.rank <= places)", 2),
        ("count('review')", 0),
        ("unfinished('supplier')", 3),
        ("every('supplier', 'ranked')", False),
        ("every('supplier', 'ranked', where=each.rank > 0)", True),
        ("every('supplier', 'ranked', where=each.rank < 3)", False),
        ("every('review', 'open')", True),
        ("total('supplier', each.price, 'ranked', where=each.rank <= places)", euro("70.5")),
        ("total('review', each.price)", 0),
        ("lowest('supplier', each.price, 'ranked')", euro(10)),
        ("highest('supplier', each.rank, 'ranked')", 3),
    ],
)
def test_tracks_are_counted_and_summed(text: str, value: object) -> None:
    assert ask(text, TENDERERS) == value


FAMILY = Case(
    suppliers=[
        Case({"rank": 1}, "supplier/alpha", stage="ranked", belongs=frozenset({"this"})),
        Case({"rank": 2}, "supplier/beta", stage="registered", belongs=frozenset({"this", "parent"}), finished=True),
        Case({"rank": 4}, "supplier/gamma", stage="ranked", belongs=frozenset({"parent", "above"})),
        Case({"rank": 8}, "supplier/delta", stage="ranked"),
    ]
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("count('supplier', of=this)", 2),
        ("count('supplier', 'ranked', of=this)", 1),
        ("count('supplier', 'ranked', where=each.rank > 1, of=this)", 0),
        ("total('supplier', each.rank, of=parent)", 6),
        ("highest('supplier', each.rank, 'ranked', of=parent)", 4),
        ("unfinished('supplier', of=this)", 1),
        ("every('supplier', 'ranked', of=this)", False),
        ("every('supplier', 'ranked', where=each.rank == 4, of=parent)", True),
        ("stands('supplier', 'ranked')", True),
        ("stands('supplier', ['registered', 'phase_1.passed'])", False),
    ],
)
def test_of_narrows_to_the_tracks_of_one_line(text: str, value: object) -> None:
    assert ask(text, FAMILY) == value


def test_a_refusal_names_only_the_tracks_that_were_looked_at() -> None:
    (part,) = compile_expression(parse("count('supplier', of=this) == 0")).failing(FAMILY)
    assert part.tracks == ("supplier/alpha", "supplier/beta")
    (part,) = compile_expression(parse("not stands('supplier', 'ranked')")).failing(FAMILY)
    assert part.tracks == ("supplier/gamma",)


def test_one_unknown_where_makes_the_whole_count_unknown_and_names_the_track() -> None:
    result = evaluate(parse("count('supplier', where=each.rank <= 1) >= 1"), TENDERERS)
    assert result.value is UNKNOWN
    assert result.missing == ("supplier/delta.rank",)


def test_a_total_over_two_currencies_is_unknown() -> None:
    case = Case(suppliers=[supplier("alpha", "ranked", price=euro(1)), supplier("beta", "ranked", price=swiss(1))])
    assert "do not mix" in evaluate(parse("total('supplier', each.price) > 0"), case).reasons[0]


def test_every_with_one_counterexample_is_no_even_if_another_track_is_unknown() -> None:
    case = Case(suppliers=[supplier("alpha", "ranked"), supplier("beta", "ranked", rank=9)])
    assert ask("every('supplier', 'ranked', where=each.rank < 3)", case) is False


def test_each_outside_a_call_is_the_track_that_is_asked_about() -> None:
    each = TENDERERS.suppliers[1]
    assert evaluate(parse("each.rank <= places"), TENDERERS, each).holds
    assert evaluate(parse("each.rank <= places"), TENDERERS).reasons


# ------------------------------------------------------------------------------------- deadlines and the like


@pytest.mark.parametrize(
    ("state", "running", "over", "missed"),
    [
        ("none", False, False, False), ("running", True, False, False), ("over", False, True, False),
        ("met", False, True, False), ("missed", False, True, True), ("stopped", False, False, False),
    ],
)  # fmt: skip
def test_a_deadline_is_asked_about_as_recorded(state: str, running: bool, over: bool, missed: bool) -> None:
    case = Case(deadlines={"tenders": state})
    assert [ask(f"{name}('tenders')", case) for name in ("running", "over", "missed")] == [running, over, missed]


def test_documents_approvals_rules_milestones_and_lists_are_never_unknown() -> None:
    text = "has('report') or approved('award') or lifted('national') or reached('published') or list_known('members')"
    assert ask(text, Case()) is False
    case = Case(done=frozenset({"report", "award", "national", "published"}), listing=())
    assert ask(text.replace(" or ", " and "), case) is True


def test_a_parent_or_a_meeting_is_read_after_one_dot() -> None:
    case = Case({"bids_valid_until": date(2026, 9, 1)}, members={("board", "meets_on"): date(2026, 6, 1)})
    assert ask("bids_valid_until > board.meets_on", case) is True
    assert evaluate(parse("board.closes_on > today"), case).missing == ("board.closes_on",)


@pytest.mark.parametrize(
    "text", ["given.places > 1", "count('s', given.entrants) > 1", "limit(a)", "min(a)", "known()"]
)
def test_what_did_not_pass_the_checker_is_not_compiled(text: str) -> None:
    with pytest.raises(BadExpression):
        compile_expression(parse(text))


def test_unknown_is_never_taken_for_yes_or_no() -> None:
    with pytest.raises(TypeError):
        bool(Unknown())


# ------------------------------------------------------------------------------------------------ refusal texts


def failing(text: str, case: Case) -> list[str]:
    return [str(part) for part in compile_expression(parse(text)).failing(case)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("places >= limit('minimum')", ["places >= limit('minimum'): 1 is not at least 2"]),
        ("eu and places >= 1 and places > 4", ["eu: no", "places > 4: 1 is not more than 4"]),
        ("0 < places < 1", ["places < 1: 1 is not less than 1"]),
        ("not (eu or places == 1)", ["not places == 1: it is so"]),
        ("eu or places == 2", ["eu or places == 2: neither is so"]),
        ("price <= ceiling", ["price <= ceiling: 1 200 EUR is not at most 900 EUR"]),
        ("starts_on > today", ["starts_on > today: 2026-03-01 is not after 2026-03-02"]),
        ("colour in ['red', 'blue']", ["colour in ['red', 'blue']: green is not one of red, blue"]),
        ("colour != 'green'", ["colour != 'green': green is the same as green"]),
        ("over('tenders')", ["over('tenders'): it is not so"]),
        ("gone > 1 and eu", ["gone > 1: gone is not known", "eu: no"]),
        ("price > money('1 CHF')", ["price > money('1 CHF'): EUR and CHF do not mix; use in_currency"]),
        ("count('supplier', 'ranked') == 0", ["count('supplier', 'ranked') == 0: 1 is not 0 (supplier/alpha)"]),
        ("every('supplier', 'registered')", ["every('supplier', 'registered'): it is not so (supplier/alpha)"]),
        ("unfinished('supplier') == 0", ["unfinished('supplier') == 0: 1 is not 0 (supplier/alpha)"]),
    ],
)
def test_a_refusal_names_the_smallest_parts_with_the_values_read(text: str, told: list[str]) -> None:
    case = Case(
        {
            "places": 1, "eu": False, "price": euro(1200), "ceiling": euro(900), "starts_on": date(2026, 3, 1),
            "colour": "green",
        },
        limits={"minimum": 2},
        suppliers=[supplier("alpha", "ranked"), supplier("omega", "registered", finished=True)],
    )  # fmt: skip
    assert failing(text, case) == told


def test_what_holds_has_no_failing_part() -> None:
    assert failing("places > 0", Case({"places": 1})) == []


def test_a_failing_part_carries_the_values_that_it_read() -> None:
    found = compile_expression(parse("places + 1 > limit('minimum')")).failing(
        Case({"places": 1}, limits={"minimum": 2})
    )
    assert found[0].values == (("places", 1), ("limit('minimum')", 2))
    assert found[0].known
