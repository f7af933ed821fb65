"""Facts about reading expressions: what is let in, what is refused and where, and that nothing gets out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inprocap_flow.language.expressions.syntax import BadExpression, from_plain, parse, to_plain
from inprocap_flow.language.expressions.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Flag,
    Listing,
    Member,
    Name,
    Not,
    Number,
    Or,
    Word,
)


def refused(text: str) -> BadExpression:
    with pytest.raises(BadExpression) as raised:
        parse(text)
    return raised.value


ESCAPES = [
    "__class__", "x.__class__", "().__class__", "''.__class__", "x.__class__.__mro__", "each.__init__", "a.b.c",
    "count('x').real", "(1).real", "lambda: 1", "(lambda x: x)(1)", "[x for x in y]", "{x for x in y}", "{x: y}", "{1}",
    "(x for x in y)", "f'{x}'", "f''", "(x := 1)", "*x", "count(*x)", "count(**x)", "b'x'", "u'x'", "r'x'", "'''x'''",
    "'a' 'b'", "'a\\x41'", "x[0]", "x[0:1]", "x if y else z", "await x", "yield", "(yield)", "eval('1')",
    "exec('1')", "open('f')", "__import__('os')", "getattr(a, 'b')", "print(1)", "type(a)", "a ** b", "2 ** 99",
    "a // b",
    "a % b", "a @ b", "a << b", "a & b", "a | b", "a ^ b", "~a", "+a", "a is b", "a is not b", "a, b", "(a, b)", "()",
    "True", "False", "None", "...", "1j", "1e9", "1e999", "0x10", "0b1", "0o7", "1.", ".5", "9" * 41, "9" * 299,
    "a; b", "a = b", "a == b; c", "import os", "del a", "assert a", "a\\\nb", "a # b", "a && b", "a || b", "!a",
    "\uff45ach.rank", "\u0430 == 1", "a\u200bb", "a\u202eb", "'\u202e' == a", "a\x00", "\x0c", "'a\tb\x1b'",
    "each", "given",
    "None.x", "A", "aB", "_a", "a_", "a__b", "a.b()", "a.B", "a in b", "a in 'abc'", "a in []", "a in ('x',)",
    "a in [b]", "a in [['x']]", "a in ['x'] == b", "[1]", "['x']", "min([1, 2])['x']",
    "count('s', where=count('t') > 1)",
    "count('s', where=a, where=b)", "count('s', when=a)", "limit(name='x')", "money(5)", "money('5')",
    "money('5 EUR', 1)",
    "period('tomorrow')", "date('2026-01-01')", "", "   ", "\n", "(" * 290, "-" * 290 + "1",
    "not " * 70 + "a", "[" * 290, "a" + ".b" * 100, "a(" * 140, "(" * 10_000 + ")" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", ESCAPES)
def test_what_is_not_in_the_language_is_refused_with_its_place(text: str) -> None:
    wrong = refused(text)
    assert wrong.fact
    assert 0 <= wrong.start <= len(text)
    assert wrong.width >= 1


@pytest.mark.parametrize(
    ("text", "part", "mend"),
    [
        ("a and True", "True", "yes_no field"),
        ("a == None", "None", "known(field)"),
        ("a and cuont('x') > 1", "cuont", "Did you mean count?"),
        ("a > 1 and b = 2", "=", "=="),
        ("a && b", "&&", "and"),
        ("colour == 'é' and b.c.d", "b.c.d", "One dot"),
        ("places\n  > 1 and x[0]", "x[0]", "field"),
        ("  a and ~b", "~b", "Remove"),
    ],
)
def test_a_refusal_points_at_the_part_and_says_how_to_mend_it(text: str, part: str, mend: str) -> None:
    wrong = refused(text)
    assert text[wrong.start : wrong.start + wrong.width] == part
    assert mend in wrong.mend


READ = [
    ("a", Name("a")),
    ("yes", Flag(True)),
    ("today > starts_on", Compare((Name("today"), Name("starts_on")), (">",))),
    ("1_000.50", Number(Decimal("1000.5"))),
    ("2.0", Number(2)),
    ("0.1", Number(Decimal("0.1"))),
    ("a < b <= c", Compare((Name("a"), Name("b"), Name("c")), ("<", "<="))),
    ("a in ['x', \"y\"]", Compare((Name("a"), Listing((Word("x"), Word("y")))), ("in",))),
    ("a not in given.words", Compare((Name("a"), Member("given", "words")), ("not in",))),
    ("not a or b and c", Or((Not(Name("a")), And((Name("b"), Name("c")))))),
    ("a - b - c", Arithmetic("-", Arithmetic("-", Name("a"), Name("b")), Name("c"))),
    ("count('s', 'x', where=each.y)", Call("count", (Word("s"), Word("x")), Member("each", "y"))),
    ("count('s',\n  ['x'])", Call("count", (Word("s"), Listing((Word("x"),))))),
]


@pytest.mark.parametrize(("text", "tree"), READ)
def test_an_expression_is_read_as_its_tree(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a or b and c", "a or (b and c)"),
        ("(a and b) and c", "(a and b) and c"),
        ("not (a == b)", "not a == b"),
        ("a-(b-c)*2", "a - (b - c) * 2"),
        ("-(a+b)", "-(a + b)"),
        ('a in ["it\'s"]', 'a in ["it\'s"]'),
        ("money( '1 000 EUR' )", "money('1000 EUR')"),
        ("total('s',each.x,where=(each.y<=2))", "total('s', each.x, where=each.y <= 2)"),
    ],
)
def test_the_canonical_text_is_one_spelling(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)


def test_a_long_sum_counts_as_one_level() -> None:
    assert str(parse("+".join("abcdefghijkl"))) == " + ".join("abcdefghijkl")


@pytest.mark.parametrize(
    ("text", "fact"),
    [("a" * 301, "301 characters"), ("+".join(["a"] * 61), "60 parts"), ("not " * 8 + "a", "8 levels deep")],
)
def test_expressions_that_nobody_can_read_are_refused(text: str, fact: str) -> None:
    assert fact in refused(text).fact


@pytest.mark.parametrize(
    "data", [None, [], ["x"], ["()", "eval", [], None], ["#", "x"], ["not"], {"a": 1}, ["+", "a"], 3]
)
def test_what_is_no_stored_expression_is_refused(data: object) -> None:
    with pytest.raises(BadExpression):
        from_plain(data)


def test_the_stored_form_is_compact() -> None:
    assert to_plain(parse("places >= limit('x') and not eu_funded")) == [
        "and", ["?", [">="], "places", ["()", "limit", [["'", "x"]], None]], ["not", "eu_funded"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["in_currency(award_value, EUR) > limit('large')", "country == DE"])
def test_a_currency_or_country_without_quotes_is_told_to_be_quoted(text: str) -> None:
    with pytest.raises(BadExpression) as refused:
        parse(text)
    assert "in quotes" in refused.value.mend


def test_another_word_in_capitals_is_told_how_names_are_written() -> None:
    with pytest.raises(BadExpression) as refused:
        parse("AwardValue > 3")
    assert "lower_snake_case" in refused.value.mend


@pytest.mark.parametrize("amount", ["50000 EUR", "50 000 EUR", "1.5 USD", "50,000 CHF"])
def test_an_amount_is_told_to_stand_under_limits_with_its_source(amount: str) -> None:
    wrong = refused(f"estimate <= {amount} and known(title)")
    assert wrong.fact == f"`{amount}` is an amount, and an expression holds none."
    assert "under `limits:`" in wrong.mend
    assert (wrong.start, wrong.width) == (12, len(amount))
