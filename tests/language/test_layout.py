from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.layout import WIDTH, format_text
from inprocap_flow.language.marks import read, to_data

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "definitions").rglob("*.yaml"), *(ROOT / "tests" / "language" / "accepted").rglob("*.yaml")])


def comments(text: str) -> list[str]:
    return sorted(line.strip() for line in text.split("\n") if line.strip().startswith("#"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_formatting_keeps_data_and_comments_and_does_nothing_the_second_time(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    formatted = format_text(text, str(path))
    assert to_data(read(formatted, "formatted")) == to_data(read(text, "text"))
    assert format_text(formatted) == formatted
    assert comments(formatted) == comments(text)


def test_braces_stay_for_one_or_two_keys_and_go_for_more() -> None:
    text = "a: {x: 1, y: [2, 3]}\nb: {x: 1, y: 2, z: 3}\nc: [{x: 1, y: 2}, {x: 3}]\nd: [e, {f: 1}]\n"
    assert format_text(text) == (
        "a: {x: 1, y: [2, 3]}\nb:\n  x: 1\n  y: 2\n  z: 3\nc:\n  - {x: 1, y: 2}\n  - {x: 3}\nd: [e, {f: 1}]\n"
    )


def test_a_list_hangs_two_spaces_under_its_key() -> None:
    assert format_text("a:\n- b\n- c: 1\n  d: 2\n") == "a:\n  - b\n  - c: 1\n    d: 2\n"


def test_a_comment_stays_with_what_it_stands_above_or_beside() -> None:
    text = (
        "# head\n\na: {x: 1, y: 2, z: 3}  # beside a\n# above b\nb: 'it is # no comment'  # beside b\n"
        "c:\n- d # beside d\n# end\n"
    )
    assert format_text(text) == (
        "# head\n\na:  # beside a\n  x: 1\n  y: 2\n  z: 3\n# above b\nb: 'it is # no comment'  # beside b\n"
        "c:\n  - d  # beside d\n# end\n"
    )


def test_a_comment_inside_a_text_written_as_a_block_is_text() -> None:
    text = "a: |\n   one\n   # two\n\n   three\nb: >-\n  folded\n  text\n"
    assert format_text(text) == "a: |\n  one\n  # two\n\n  three\nb: >-\n  folded\n  text\n"


def test_words_and_quotes_stay_as_they_are_written() -> None:
    text = "a: \"NO\"\nb: 'it''s'\nc: 2026.10\n\"16\": yes\n"
    assert format_text(text) == text


def test_a_row_of_scenarios_stays_a_row() -> None:
    row = "  - {at: 2026-01-01 09:00, by: ada, do: open_case, with: {need: x}, then: {stage: begun}}"
    assert row in format_text(f"tests: x\nscenarios:\n{row}\n")
    assert row not in format_text(f"procedure: x\nscenarios:\n{row}\n")


def test_a_long_text_is_folded_so_that_it_reads_the_same() -> None:
    words = "word " * 40
    formatted = format_text(f'a:\n  b: "{words.strip()}"\n')
    assert to_data(read(formatted, "text")) == {"a": {"b": words.strip()}}
    assert max(map(len, formatted.split("\n"))) <= WIDTH


def test_what_is_no_document_is_refused_and_not_touched() -> None:
    with pytest.raises(InvalidInput):
        format_text("a: [1\n")


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=30).map(" ".join)
data = st.recursive(
    texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(words, data, min_size=1, max_size=5), st.booleans(), st.sampled_from([40, 80, 1000]))
def test_any_document_keeps_what_it_says(document: object, flow: bool, width: int) -> None:
    import yaml

    text = yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True, width=width, sort_keys=False)
    try:
        before = to_data(read(text, "text"))
    except InvalidInput:  # a key that is empty, or a character that files may not have
        return
    formatted = format_text(text)
    assert to_data(read(formatted, "text")) == before
    assert format_text(formatted) == formatted
