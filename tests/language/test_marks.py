"""Facts about reading YAML: what is refused, where problems point, and that no input brings the reader down."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.marks import (
    MAX_DEPTH,
    MAX_NODES,
    ListNode,
    MapNode,
    ScalarNode,
    key_places,
    nearest,
    places,
    read,
    to_data,
)


def problems(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(InvalidInput) as raised:
        read(text, "a.yaml")
    return raised.value.problems


def only(text: str | bytes) -> Problem:
    found = problems(text)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    text = "a: no\nb: 010\nc: 1:30\nd: 2026-07-01\ne: ~\nf:\ng: 1_000\nh: 'yes'\ni: null\nj: 3.10\n"
    assert to_data(read(text, "a.yaml")) == {
        "a": "no", "b": "010", "c": "1:30", "d": "2026-07-01", "e": "~", "f": "", "g": "1_000", "h": "yes",
        "i": "null", "j": "3.10",
    }  # fmt: skip


def test_a_quoted_scalar_is_told_from_a_plain_one() -> None:
    root = read("a: no\nb: 'no'\nc: \"no\"\nd: |\n  no\n", "a.yaml")
    quoted = {key: node.quoted for key, node in root.items() if isinstance(node, ScalarNode)}
    assert quoted == {"a": False, "b": True, "c": True, "d": True}


def test_a_map_finds_its_nodes_and_keys_by_name() -> None:
    root = read("title: x\nlist: [1, 2]\n", "a.yaml")
    assert root.keys() == ["title", "list"]
    assert "title" in root
    assert "name" not in root
    assert len(root) == 2
    assert root.get("name") is None
    assert isinstance(root.get("list"), ListNode)
    key = root.key("list")
    assert key is not None
    assert key.place == Place("a.yaml", 2, 1)


def test_every_path_has_its_place_and_width() -> None:
    root = read("fields:\n  price: {type: money}\n  names: [one, 'two']\n", "a.yaml")
    found = places(root)
    assert found["fields", "price", "type"] == (Place("a.yaml", 2, 17), 5)
    assert found["fields", "names", 1] == (Place("a.yaml", 3, 16), 5)
    assert found["fields", "price"] == (Place("a.yaml", 2, 3), 5)
    assert key_places(root)["fields", "price", "type"] == (Place("a.yaml", 2, 11), 4)


def test_a_path_that_does_not_exist_points_at_the_last_part_that_does() -> None:
    root = read("fields:\n  price: {type: money}\n", "a.yaml")
    assert nearest(root, ("fields", "price", "title")) == (Place("a.yaml", 2, 3), 5)
    assert nearest(root, ("fields", "price", "type"), key=True) == (Place("a.yaml", 2, 11), 4)
    assert nearest(root, ("roles",)) == (root.place, 1)


@pytest.mark.parametrize(
    ("text", "start", "column"),
    [("when: a > b\n", 4, 11), ("when: 'a > b'\n", 4, 12), ('when: "a > b"\n', 4, 12), ("{when:   a > b}\n", 4, 14)],
)
def test_a_part_of_a_value_has_its_column_in_the_file(text: str, start: int, column: int) -> None:
    node = read(text, "a.yaml").get("when")
    assert isinstance(node, ScalarNode)
    assert node.within(start, 1) == (Place("a.yaml", 1, column), 1)


@pytest.mark.parametrize("text", ["when: 'it''s >'\n", "when: >\n  a > b\n", "when: a >\n b\n", 'when: "a\\u003e"\n'])
def test_a_part_of_a_folded_or_escaped_value_points_at_the_whole_value(text: str) -> None:
    node = read(text, "a.yaml").get("when")
    assert isinstance(node, ScalarNode)
    assert node.within(1, 1) == (node.place, node.width)


REFUSED = [
    ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
    ("a: {b: 1, b: 2}\n", "duplicate-key", 1, 11),
    ("a: &x 1\n", "anchor", 1, 4),
    ("a: *x\n", "alias", 1, 4),
    ("a: !!int 1\n", "tag", 1, 4),
    ("a: !own 1\n", "tag", 1, 4),
    ("a: ! 1\n", "tag", 1, 4),
    ("<<: 1\n", "merge-key", 1, 1),
    ("a: 1\n---\nb: 2\n", "second-document", 2, 1),
    ("", "empty-document", 1, 1),
    ("# only a note\n", "empty-document", 1, 1),
    ("- a\n", "not-a-map", 1, 1),
    ("just text\n", "not-a-map", 1, 1),
    ("? [a]\n: b\n", "key-not-text", 1, 3),
    ("{{ a }}: b\n", "key-not-text", 1, 1),
    ("? |\n  a\n  b\n: c\n", "key-not-text", 1, 3),
    ("'': a\n", "key-not-text", 1, 1),
    ("a: b: c\n", "yaml-syntax", 1, 5),
    ("a:\n\t- b\n", "yaml-syntax", 2, 1),
    ("a: @b\n", "yaml-syntax", 1, 4),
    ("a: 'b\n", "yaml-syntax", 1, 4),
    ("a: [b\nc: d\n", "yaml-syntax", 2, 2),
    ("a: 1\nb\n", "yaml-syntax", 2, 1),
    ('a: "\\q"\n', "yaml-syntax", 1, 5),
    ('a: "\\0"\n', "control-character", 1, 4),
    ("a: \x07\n", "control-character", 1, 4),
    ("a: x\u202ey\n", "control-character", 1, 5),
    ("a: x\u2028y\n", "control-character", 1, 5),
    ("a: \ud800\n", "control-character", 1, 4),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSED)
def test_what_is_not_plain_yaml_is_refused_where_it_stands(text: str, code: str, line: int, column: int) -> None:
    problem = only(text)
    assert (problem.code, problem.place) == (code, Place("a.yaml", line, column))
    assert problem.fact
    assert problem.mend


MISPLACED = [
    ('a: "one\nb: 2\nc:\n  d: {e: "f"}\n', 1, 4, "closed only in line 4", "Close it"),
    ("a: 'one\nb: it's\n", 1, 4, "closed only in line 2", "Close it"),
    ("a: Agreement: of the director\n", 1, 13, "The text of `a`", 'a: "Agreement: ..."'),
    ("a:\n  - title: Agreement: of it\n", 2, 21, "The text of `title`", "in quotes"),
    ("a:\n  b:\n    - c\n   - d\ne: 1\n", 4, 4, "list item", "Indent"),
]


@pytest.mark.parametrize(("text", "line", "column", "fact", "mend"), MISPLACED)
def test_a_slip_that_the_parser_meets_too_late_is_named_where_it_was_made(
    text: str, line: int, column: int, fact: str, mend: str
) -> None:
    problem = only(text)
    assert (problem.code, problem.place) == ("yaml-syntax", Place("a.yaml", line, column))
    assert fact in problem.fact
    assert mend in problem.mend


def test_all_problems_of_a_file_are_told_at_once_in_order_of_place() -> None:
    found = problems("a: &x 1\na: 2\nb: !t 3\nc: *x\n")
    assert [(problem.code, problem.place.line) for problem in found] == [
        ("anchor", 1), ("duplicate-key", 2), ("tag", 3), ("alias", 4),
    ]  # fmt: skip


def test_a_problem_shows_its_line_with_a_caret() -> None:
    assert str(only("title: x\nétat: 1\nétat: 2\n")) == (
        "a.yaml:3:1: duplicate-key  The key `état` stands here a second time.\n"
        "     3 | état: 2\n"
        "       | ^^^^\n"
        "  mend: The first is in line 2. Keep one of them."
    )


def test_a_byte_order_mark_is_tolerated_and_does_not_shift_columns() -> None:
    assert read(b"\xef\xbb\xbfa: 1\n", "a.yaml").get("a") == read("a: 1\n", "a.yaml").get("a")


def test_bytes_that_are_not_utf8_are_named_with_offset_and_line() -> None:
    problem = only(b"title: x\nname: M" + b"\xfcller\n")
    assert problem.place == Place("a.yaml", 2, 8)
    assert "Byte 16" in problem.fact
    assert "UTF-8" in problem.mend


def test_ten_megabytes_are_refused_unread() -> None:
    assert only("a: " + "x" * 10_000_000).code == "too-large"


def test_one_level_more_than_allowed_is_refused_and_the_last_allowed_is_not() -> None:
    allowed = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert to_data(read(allowed, "a.yaml"))
    assert only("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH).code == "too-deep"


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{a: " * 50_000, "- " * 100_000, "? " * 100_000])
def test_hundred_thousand_open_brackets_are_refused_without_a_crash(text: str) -> None:
    assert {problem.code for problem in problems(text)} <= {"too-deep", "key-not-text", "yaml-syntax"}


def test_too_many_values_are_refused() -> None:
    assert only("a: [" + "b," * MAX_NODES + "]").code == "too-many-nodes"


def test_a_flood_of_problems_is_cut_off() -> None:
    assert len(problems("a: 1\n" * 5_000)) == 100


LEAVES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z", "S"), exclude_characters="\u2028\u2029"))
DOCUMENTS = st.dictionaries(
    LEAVES.filter(lambda key: key.strip() and key != "<<"),
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        LEAVES.filter(lambda key: key.strip() and key != "<<"), inner, max_size=3), max_leaves=8),
    min_size=1, max_size=4,
)  # fmt: skip


@given(DOCUMENTS)
def test_what_another_writer_wrote_is_read_as_it_was_meant(document: dict[str, Any]) -> None:
    text = yaml.dump(document, allow_unicode=True, default_style='"', width=10_000)
    assert to_data(read(text, "a.yaml")) == document


PIECES = st.sampled_from([
    "a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "'", '"', "|", ">", "&x ", "*x", "!t ",
    "---\n", "...", "%", "#",
    "? ", "\t", "\\", "<<", "\ufeff", "\x00", "é", "\u2028", "\r", "\ud800", "@", "~",
])  # fmt: skip


@given(st.binary(max_size=60) | st.text(max_size=60) | st.lists(PIECES, max_size=40).map("".join))
def test_whatever_the_bytes_there_is_a_document_or_a_list_of_problems(text: str | bytes) -> None:
    found = read_or_refuse(text)
    if isinstance(found, MapNode):
        assert set(key_places(found)) <= set(places(found))
    else:
        assert found.problems
        assert all(problem.place.file == "a.yaml" and problem.code and problem.fact for problem in found.problems)
        assert str(found)


def read_or_refuse(text: str | bytes) -> MapNode | InvalidInput:
    try:
        return read(text, "a.yaml")
    except InvalidInput as wrong:
        return wrong


@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_scalar_stands_where_its_place_says(text: str) -> None:
    root = read_or_refuse(text)
    if isinstance(root, InvalidInput):
        return
    assert root.source is not None
    for key, node in root.entries:
        for scalar in (key, node):
            if isinstance(scalar, ScalarNode) and scalar.inset is not None:
                begins = scalar.place.column - 1 + scalar.inset
                line = root.source.line(scalar.place.line)
                assert line[begins : begins + len(scalar.value)] == scalar.value
