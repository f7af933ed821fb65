from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
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


@pytest.mark.parametrize("sign", [">-", "|", "plain"])
def test_a_comment_below_a_text_stays_as_deep_as_it_stood(sign: str) -> None:
    words = "words" if sign == "plain" else f"{sign}\n{{}}words"
    text = (
        f"a:\n  b:\n    c: {words.format(' ' * 6)}\n    # end of b\n\n    # of b still\n  # above d\n"
        f"  d:\n    - e: {words.format(' ' * 8)}\n      # end of the item\n    # above the next item\n"
        f"    - {words.format(' ' * 6)}\n    # end of d\n# above f\nf: {words.format('  ')}\n# the end\n"
    )
    assert format_text(text) == text
    last = f"a:\n  b:\n    c: {words.format(' ' * 6)}\n    # end of b\n  # end of a\n# the end\n"
    assert format_text(last) == last


def test_a_comment_below_a_text_goes_with_what_it_belongs_to_where_the_depth_changes() -> None:
    text = "a:\n    b: |\n        words\n    # end of a\nc:\n- d: |\n   words\n  # end of the item\n# end of c\ne: f\n"
    assert format_text(text) == (
        "a:\n  b: |\n    words\n  # end of a\nc:\n  - d: |\n      words\n    # end of the item\n# end of c\ne: f\n"
    )
    assert format_text("a:\n  b: c\n # between\n") == "a:\n  b: c\n# between\n"


BLOCKS = [
    "a: |2\n    in\n  out\nb: 1\n",
    "a:\n  - |2-\n      in\n    out\n  - k: >2\n        in\n      out\n",
    "a: |+\n  words\n\n\nb: >+\n  words\n\n",
    "a: |+\n  words\n\n# above b\nb: 1\n",
    "a: |+\n\n\nb: |+\n\n",
    "a: |\nb: >-\nc: 1\n",
    "a: |\n  ends in spaces  \n     \n  words\nb: >\n  words\n    deeper\n  words\n",
    "a: |\n\n\n  words\n  # words\n# above b\nb: 1\n",
]


@pytest.mark.parametrize("text", BLOCKS)
def test_a_block_keeps_the_spaces_and_empty_lines_that_are_its_words(text: str) -> None:
    assert format_text(text) == text


def test_a_block_that_says_how_deep_it_stands_says_so_of_its_new_depth() -> None:
    text = "a: |4  # beside a\n      in\n    out\nb:\n- k: |4\n        in\n      out\n"
    formatted = format_text(text)
    assert formatted == "a: |2  # beside a\n    in\n  out\nb:\n  - k: |2\n        in\n      out\n"
    assert to_data(read(formatted, "formatted")) == to_data(read(text, "text"))


def test_what_another_system_writes_at_line_ends_and_tabs_after_words_do_not_count() -> None:
    text = "a: 1\t# beside a\n# above b\nb:\n  - x\n\n# the end\n"
    for ending in ("\n", "\r\n", "\r"):
        assert format_text(text.replace("\n", ending)) == text.replace("\t", "  ")
    assert format_text(f"\ufeff{text}") == text.replace("\t", "  ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x {b: 1}\nc: *x\n", "anchor"),
        ("a: !!str 1\n", "tag"),
        ("a: 1\n---\nb: 2\n", "second-document"),
        ("a:\n\tb: 1\n", "yaml-syntax"),
        ("# only a remark\n", "empty-document"),
        ("a: 1\na: 2\n", "duplicate-key"),
    ],
)
def test_what_the_language_does_not_have_is_told_by_its_place_and_never_laid_out(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        format_text(text, "mine.yaml")
    (problem,) = refused.value.problems[:1]
    assert (problem.code, problem.place.file) == (code, "mine.yaml")
    assert problem.place.line
    assert problem.mend


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


def _kind(path: Path) -> str:
    """Return the first key of a file; "" where it cannot be read."""
    try:
        return next(iter(read(path.read_bytes(), path.name).keys()), "")
    except InvalidInput:
        return ""


SMALL = [path for folder in ("definitions", "tests") for path in (ROOT / folder).rglob("*.yaml")
         if 200 < path.stat().st_size < 3_000]  # fmt: skip
KINDS_OF_SMALL = {path: _kind(path) for path in sorted(SMALL)[::3] + sorted((ROOT / "tests").rglob("house-rules.yaml"))}
EVERY_KIND = {"procedure", "rulebook", "organisation", "calendar", "overlay", "tests"}
MIGRATION = """\
# From one version to the next.
migration: purchase
version: 2026.1
from: 2026.1  # the old one
to: 2026.2
stages: {ordered: bought}
deadlines:
  delivery: keep  # it runs on
"""
TEXTS = [MIGRATION, *(path.read_text(encoding="utf-8") for path, kind in KINDS_OF_SMALL.items() if kind)]


def test_the_files_that_comments_are_put_into_are_of_every_kind_that_people_write() -> None:
    assert set(KINDS_OF_SMALL.values()) >= EVERY_KIND


def with_comments(text: str, places: list[tuple[int, bool]]) -> tuple[str, list[str]]:
    """Return *text* with a comment at each of *places* where one may stand, and these comments.

    A place is a line and whether the comment stands beside it (else above it, as deep as it). Where it would be part of
    a text, what the document says would change: there it is left out.
    """
    said = to_data(read(text, "text"))
    added: list[str] = []
    lines = text.split("\n")
    for number, (line, beside) in enumerate(sorted(places, reverse=True)):
        at = line % len(lines)
        comment = f"# put here {number}: 'as' [written]"
        depth = " " * (len(lines[at]) - len(lines[at].lstrip(" ")))
        tried = [*lines[:at], f"{lines[at]}  {comment}" if beside else f"{depth}{comment}", *lines[at + beside :]]
        if _says("\n".join(tried)) == said:
            lines, added = tried, [*added, comment]
    return "\n".join(lines), added


def _says(text: str) -> object:
    try:
        return to_data(read(text, "text"))
    except InvalidInput:
        return None


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 80), st.booleans()), min_size=1, max_size=5, unique=True)
)
def test_no_comment_is_lost_wherever_it_stands_in_a_file_of_any_kind(
    original: str, places: list[tuple[int, bool]]
) -> None:
    text, added = with_comments(original, places)
    formatted = format_text(text)
    assert [formatted.count(comment) for comment in added] == [1] * len(added)
    assert to_data(read(formatted, "formatted")) == to_data(read(text, "text"))
    assert format_text(formatted) == formatted


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=30).map(" ".join)
data = st.recursive(
    texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=20
)


lines = st.lists(st.text(st.sampled_from(" #a:-"), max_size=6), min_size=1, max_size=6)


@given(lines, st.sampled_from("|>"), st.sampled_from(["", "-", "+"]), st.integers(1, 5), st.booleans())
def test_any_text_that_is_written_as_a_block_keeps_what_it_says(
    words: list[str], sign: str, chomping: str, depth: int, listed: bool
) -> None:
    body = "".join(f"{' ' * depth}{line}\n" for line in words)
    lead = "k:\n- a" if listed else "a"
    inset = depth - 2 if listed else depth
    text = f"{lead}: {sign}{inset}{chomping}\n{body}{'  ' if listed else ''}b: 1\n"
    try:
        before = to_data(read(text, "text"))
    except InvalidInput:
        return
    formatted = format_text(text)
    assert to_data(read(formatted, "formatted")) == before
    assert format_text(formatted) == formatted


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
