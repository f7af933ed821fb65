"""Laws that hold for every well-typed expression and every state of a case, tried on random ones."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from inprocap_flow.language.expressions.aloud import read_aloud
from inprocap_flow.language.expressions.check import check, type_of
from inprocap_flow.language.expressions.evaluate import compile_expression, evaluate
from inprocap_flow.language.expressions.facts import UNKNOWN
from inprocap_flow.language.expressions.syntax import BadExpression, from_plain, parse, to_plain, walk
from inprocap_flow.language.expressions.tree import And, Arithmetic, Call, Compare, Expr, Name, Not, Number, Or
from inprocap_flow.language.expressions.words import map_words, words_in
from inprocap_flow.language.values import Money, encode
from tests.language.expressions.world import ANY_EXPRESSION, CASES, CONDITIONS, Case, World, conditions


@given(ANY_EXPRESSION)
def test_the_canonical_text_of_an_expression_is_read_as_the_same_expression(expr: Expr) -> None:
    assert parse(str(expr), longest=100_000) == expr


@given(ANY_EXPRESSION)
def test_the_stored_form_is_json_and_comes_back_the_same(expr: Expr) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(expr)))) == expr


@given(CONDITIONS)
def test_a_well_typed_expression_has_no_findings(expr: Expr) -> None:
    assert [str(finding) for finding in check(expr, World())] == []


@given(ANY_EXPRESSION, CASES)
def test_evaluation_never_raises_and_every_unknown_says_why(expr: Expr, case: Case) -> None:
    result = evaluate(expr, case)
    if result.value is UNKNOWN:
        assert result.missing or result.reasons
    else:
        assert not result.missing
        assert json.dumps(encode(result.value))  # type: ignore[arg-type]


@given(ANY_EXPRESSION, CASES)
def test_the_value_is_of_the_type_that_the_checker_promised(expr: Expr, case: Case) -> None:
    value = evaluate(expr, case).value
    promised = type_of(expr, World()).name
    if value is not UNKNOWN and value != 0:  # a total over nothing is the number 0, whatever it sums
        found = "yes_no" if isinstance(value, bool) else "money" if isinstance(value, Money) else "number"
        assert isinstance(value, bool | Money | int | Decimal)
        assert found == promised.replace("whole_number", "number").replace("percent", "number")
        assert isinstance(value, int) or promised != "whole_number"


@given(CONDITIONS, CASES)
def test_something_is_named_as_failing_exactly_when_a_condition_does_not_hold(expr: Expr, case: Case) -> None:
    compiled = compile_expression(expr)
    found = compiled.failing(case)
    assert (found == ()) == compiled(case).holds
    for part in found:
        assert not evaluate(part.expr, case).holds
        assert str(part).startswith(f"{part.expr}: ")


@given(conditions(2), CASES, CASES)
def test_learning_more_never_turns_a_known_answer_round(expr: Expr, case: Case, other: Case) -> None:
    """Kleene's logic: what is known stays known. Only known() asks about absence, so it is left out."""
    assume(not any(isinstance(part, Call) and part.function == "known" for part in walk(expr)))
    before = evaluate(expr, case).value
    assume(before is not UNKNOWN)
    more = replace(case, fields=other.fields | case.fields, limits=other.limits | case.limits,
                   members=other.members | case.members, rates=other.rates | case.rates)  # fmt: skip
    assert evaluate(expr, more).value == before


@given(CONDITIONS, CASES)
def test_filling_what_is_named_as_missing_is_what_an_unknown_answer_waits_for(expr: Expr, case: Case) -> None:
    """A field that is not named as missing cannot be what the answer waits for."""
    result = evaluate(expr, case)
    assume(result.value is UNKNOWN)
    own = {name for name in result.missing if "/" not in name and "." not in name}
    assert own.isdisjoint(case.fields)
    assert own <= {use.word for use in words_in(expr) if use.kind == "field"}


@given(CONDITIONS)
def test_every_expression_can_be_read_aloud(expr: Expr) -> None:
    text = read_aloud(expr)
    assert text.strip() == text
    assert not any(sign in text for sign in ("==", "!=", "<", ">", "[", "_Reader", "each."))


@given(ANY_EXPRESSION)
def test_renaming_words_and_renaming_them_back_changes_nothing(expr: Expr) -> None:
    there = map_words(expr, lambda kind, word, _: word if kind in ("choice", "currency") else f"phase_1_{word}")
    back = map_words(there, lambda kind, word, _: word.removeprefix("phase_1_"))
    assert back == expr


TOKENS = st.sampled_from([
    "a", "each", ".", "rank", "count", "limit", "(", ")", "[", "]", "'x'", '"y"', ",", "==", "<", "in", "not",
    "and", "or",
    "where=", "1", "2.5", "-", "+", "*", "/", "**", "lambda", ":", "if", "else", "for", "None", "True",
    "__class__", "{", "}",
    "f'", "\\", "\n", ";", "é", "\uff45", "@", "0x1", "1e9", "is", "money", "given",
])  # fmt: skip


@given(st.text(max_size=40) | st.lists(TOKENS, max_size=30).map(" ".join) | st.lists(TOKENS, max_size=30).map("".join))
def test_any_text_is_an_expression_or_is_refused_with_a_place_inside_it(text: str) -> None:
    read = read_or_refuse(text)
    if isinstance(read, BadExpression):
        assert read.fact
        assert 0 <= read.start <= len(text)
    else:
        assert parse(str(read), longest=100_000) == read
        assert all(0 <= part.start < len(text) for part in walk(read))
        check(read, World())  # whatever is wrong is a finding, not an exception


def read_or_refuse(text: str) -> Expr | BadExpression:
    try:
        return parse(text)
    except BadExpression as wrong:
        return wrong


TREES: st.SearchStrategy[Expr] = st.recursive(
    CONDITIONS | ANY_EXPRESSION | st.just(Name("nobody")),
    lambda inner: st.builds(Not, inner) | st.builds(lambda a, b: And((a, b)), inner, inner)
    | st.builds(lambda a, b: Or((a, b)), inner, inner) | st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner)
    | st.builds(lambda a, b: Compare((a, b), ("<",)), inner, inner)
    | st.builds(lambda a: Call("min", (a, Number(1))), inner),
    max_leaves=4,
)  # fmt: skip


@given(TREES, CASES)
def test_even_an_ill_typed_expression_is_only_unknown(expr: Expr, case: Case) -> None:
    value = evaluate(expr, case).value
    if check(expr, World(), None) == []:
        assert value is UNKNOWN or not isinstance(value, tuple)
    assert compile_expression(expr).failing(case) is not None
