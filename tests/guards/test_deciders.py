"""Laws that hold for random conditions: the two deciders agree with the evaluator, and with each other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from math import prod

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inprocap_flow.language.expressions.evaluate import evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.syntax import Call, parse, walk
from inprocap_flow.language.expressions.tree import Constant, Expr, Name, Word
from inprocap_flow.language.guards import IMPOSSIBLE, POSSIBLE, UNDECIDED, Answer, Question, Symbol, decide
from inprocap_flow.language.guards.abstraction import Condition, ask
from inprocap_flow.language.guards.boundaries import boundaries
from inprocap_flow.language.guards.enumeration import enumerate_states
from inprocap_flow.language.guards.narrowing import Search
from inprocap_flow.language.guards.solver import solve
from inprocap_flow.language.guards.worlds import is_answered_by
from inprocap_flow.language.money import Money, Percent
from inprocap_flow.language.values import Value
from tests.guards.made_up import KNOWN, possible
from tests.language.expressions.world import CASES, COLOURS, Case, conditions, is_small

pytest.importorskip("z3")
SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
PATIENCE = 200
CONDITIONS = conditions(2).filter(is_small)


def both(question: Question) -> tuple[Answer, Answer]:
    return enumerate_states(question, 2_000), solve(question, PATIENCE)


def has_no_parent(expr: Expr, case: Case) -> bool:
    """Whether the condition asks for the track above, and there is none: no case of the engine is like that."""
    asks = any(isinstance(part, Call) and part.function == "stands" for part in walk(expr))
    return asks and not any("above" in track.belongs for track in case.suppliers)


@SOME
@given(CONDITIONS, CASES)
def test_what_happens_in_a_case_is_never_called_impossible(expr: Expr, case: Case) -> None:
    case = possible(case)
    assume(not has_no_parent(expr, case))
    found = evaluate(expr, case).value
    assume(isinstance(found, bool))
    for answer in both(ask(KNOWN, [(Condition(expr, ""), bool(found))])):
        assert answer.verdict != IMPOSSIBLE


@SOME
@given(CONDITIONS, CONDITIONS, CASES)
def test_two_conditions_that_a_case_answers_are_never_called_impossible_together(
    one: Expr, two: Expr, case: Case
) -> None:
    case = possible(case)
    assume(not has_no_parent(one, case) and not has_no_parent(two, case))
    found = [evaluate(expr, case).value for expr in (one, two)]
    assume(all(isinstance(value, bool) for value in found))
    wanted = [(Condition(expr, ""), bool(value)) for expr, value in zip((one, two), found, strict=True)]
    for answer in both(ask(KNOWN, wanted)):
        assert answer.verdict != IMPOSSIBLE


def test_an_amount_of_nothing_answers_a_comparison_with_another_currency() -> None:
    less = parse("money('900000 EUR') < in_currency(ceiling, 'CHF')")
    for answer in both(ask(KNOWN, [(Condition(less, ""), False)])):
        assert answer.verdict == POSSIBLE
    for answer in both(ask(KNOWN, [(Condition(less, ""), True)])):
        assert answer.verdict != POSSIBLE


@SOME
@given(CONDITIONS, CONDITIONS, st.booleans(), st.booleans())
def test_two_deciders_that_both_decide_say_the_same(one: Expr, two: Expr, first: bool, second: bool) -> None:
    question = ask(KNOWN, [(Condition(one, ""), first), (Condition(two, ""), second)])
    verdicts = {answer.verdict for answer in both(question)} - {UNDECIDED}
    assert len(verdicts) <= 1


VALUES: dict[str, tuple[Value, ...]] = {
    "eu_funded": (True, False),
    "urgent": (True, False),
    "places": (0, 1, 3),
    "round": (1, 2),
    "factor": (Decimal("1.5"), Decimal(-1)),
    "share": (Percent(1), Percent(50)),
    "quorum": (Percent(2),),
    "ceiling": (Money(Decimal(900000), "EUR"), Money(Decimal(0), "CHF")),
    "estimate": (Money(Decimal(900000), "EUR"), Money(Decimal(5), "CHF")),
    "starts_on": (date(2026, 3, 1), date(2026, 3, 2)),
    "ends_on": (date(2026, 3, 2),),
    "colour": COLOURS,
    "country": ("CH", "DE"),
}
SORTS = {"eu_funded": "yes_no", "urgent": "yes_no", "places": "whole_number", "round": "whole_number",
         "factor": "number", "share": "percent", "quorum": "percent", "ceiling": "money", "estimate": "money",
         "starts_on": "date", "ends_on": "date", "colour": "word", "country": "word"}  # fmt: skip


def _only_fields(expr: Expr) -> bool:
    parts = list(walk(expr))
    names = {part.name for part in parts if isinstance(part, Name)}
    calls = {part.function for part in parts if isinstance(part, Call)}
    plain = all(isinstance(part, Name | Constant | Word) or part.parts or type(part).__name__ in ("Number", "Flag")
                for part in parts)  # fmt: skip
    return plain and names <= set(VALUES) and calls <= {"known", "min", "max", "days_between"} and 0 < len(names) <= 4


@SOME
@given(conditions(2).filter(_only_fields), st.booleans())
def test_on_a_few_values_the_solver_finds_exactly_what_trying_all_of_them_finds(expr: Expr, wanted: bool) -> None:
    names = sorted({part.name for part in walk(expr) if isinstance(part, Name)})
    symbols = tuple(Symbol(name, SORTS[name], name, values=VALUES[name]) for name in names)
    question = Question(((expr, wanted),), symbols)
    every = product(*([*VALUES[name], UNKNOWN] for name in names))
    found = any(is_answered_by(question, dict(zip(names, values, strict=True))) for values in every)
    answer = solve(question, PATIENCE)
    assert answer.verdict in (POSSIBLE if found else IMPOSSIBLE, UNDECIDED)
    assert decide(question).verdict in (POSSIBLE if found else IMPOSSIBLE, UNDECIDED)


@SOME
@given(CONDITIONS, st.booleans())
def test_every_example_answers_the_question_as_the_evaluator_sees_it(expr: Expr, wanted: bool) -> None:
    question = ask(KNOWN, [(Condition(expr, ""), wanted)])
    for answer in both(question):
        assert {symbol.name for symbol in answer.example} <= set(question.by_name)
        if answer.is_possible and {symbol.name for symbol in answer.example} == set(question.by_name):
            assert is_answered_by(question, {symbol.name: value for symbol, value in answer.example.items()})


@SOME
@given(CONDITIONS, CONDITIONS, st.booleans(), st.booleans())
def test_choosing_one_value_after_the_other_finds_a_state_exactly_where_trying_all_of_them_does(
    one: Expr, two: Expr, first: bool, second: bool
) -> None:
    question = ask(KNOWN, [(Condition(one, ""), first), (Condition(two, ""), second)])
    values = boundaries(question).values
    assume(prod(map(len, values.values())) <= 3_000)
    every = (dict(zip(values, some, strict=True)) for some in product(*values.values()))
    search = Search(question, values, 1_000_000)
    state = search.state()
    assert not search.gave_up
    assert (state is not None) == any(is_answered_by(question, some) for some in every)
    assert state is None or is_answered_by(question, state)
