"""Facts about the words of expressions: listing, renaming when a block is included, filling placeholders."""

from __future__ import annotations

from inprocap_flow.language.expressions.syntax import map_words, names_in, parse, rename, substitute, words_in
from inprocap_flow.language.expressions.tree import Listing, Word, walk

TEXT = (
    "count('supplier', ['running', 'done'], where=each.rank <= places) > 0 and over('end') "
    "and colour != 'red' and firm.sme and in_currency(price, 'CHF') > limit('value') and known(title) "
    "and total('supplier', each.price, 'done') > given.ceiling"
)


def test_every_word_is_listed_with_its_kind_and_track() -> None:
    found = {(use.kind, use.word, use.track) for use in words_in(parse(TEXT))}
    assert found == {
        ("track", "supplier", None), ("stage", "running", "supplier"), ("stage", "done", "supplier"),
        ("each_field", "rank", "supplier"), ("field", "places", None), ("deadline", "end", None),
        ("field", "colour", None), ("choice", "red", None), ("owner", "firm", None), ("member", "sme", "firm"),
        ("field", "price", None), ("currency", "CHF", None), ("limit", "value", None), ("field", "title", None),
        ("each_field", "price", "supplier"), ("given", "ceiling", None),
    }  # fmt: skip


def test_a_word_knows_where_it_stands() -> None:
    use = next(use for use in words_in(parse(TEXT)) if use.word == "done")
    assert TEXT[use.start : use.start + use.width] == "'done'"


def test_the_values_read_are_named_as_written() -> None:
    assert names_in(parse("each.rank > given.places and today > starts_on and firm.sme")) == {
        "each.rank", "given.places", "today", "starts_on", "firm.sme",
    }  # fmt: skip


def test_a_block_included_twice_has_its_words_renamed_by_kind() -> None:
    expr = parse("count('supplier', 'running') == 0 and over('end') and reached('end') and running == 'running'")
    renamed = rename(expr, {"stage": {"running": "phase_1.running"}, "deadline": {"end": "phase_1_end"}})
    assert str(renamed) == (
        "count('supplier', 'phase_1.running') == 0 and over('phase_1_end') and reached('end') and running == 'running'"
    )


def test_a_stage_is_renamed_only_in_its_own_kind_of_track() -> None:
    expr = parse("count('supplier', 'open') + count('review', 'open') > 0")
    renamed = map_words(expr, lambda kind, word, track: "x.open" if (kind, track) == ("stage", "review") else word)
    assert str(renamed) == "count('supplier', 'open') + count('review', 'x.open') > 0"


def test_each_outside_a_call_means_the_track_that_the_caller_says() -> None:
    assert [use.track for use in words_in(parse("each.rank > 1"), each="supplier")] == ["supplier"]


def test_placeholders_are_filled_as_trees_and_never_as_text() -> None:
    expr = parse("given.price * 2 < given.ceiling")
    filled = substitute(expr, {"given.price": parse("a + b"), "given.ceiling": parse("money('5 EUR')")})
    assert str(filled) == "(a + b) * 2 < money('5 EUR')"


def test_a_list_of_stages_is_spliced_into_a_list() -> None:
    several = Listing((Word("x"), Word("y")))
    expr = parse("count('s', ['a', given.more]) + count('s', given.more) > 0")
    assert str(substitute(expr, {"given.more": several})) == "count('s', ['a', 'x', 'y']) + count('s', ['x', 'y']) > 0"


def test_what_fills_a_placeholder_stands_where_the_placeholder_stood() -> None:
    text = "a and given.limit > 1"
    filled = substitute(parse(text), {"given.limit": parse("limit('x') + 1")})
    moved = [part for part in walk(filled) if str(part) in ("limit('x') + 1", "'x'")]
    assert {text[part.start : part.start + part.width] for part in moved} == {"given.limit"}


def test_an_unchanged_expression_stays_the_same_object() -> None:
    expr = parse("a and b < c")
    assert substitute(expr, {"given.x": parse("d")}) is expr
