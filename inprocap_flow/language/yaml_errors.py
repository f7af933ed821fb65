"""What the YAML parser complains about, in plain words and with the place where a person would look."""

from __future__ import annotations

import re
from typing import Protocol

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.nodes import Source


class Mark(Protocol):
    """A place as the parser counts it: line and column from 0."""

    line: int
    column: int


_PLAIN_WORDS: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "A colon and a space stand where they cannot begin a value.",
     "Is there a colon behind the key on the line before? If so, put the text in quotes, or check the indentation."),
    ("did not find expected key", "A key is expected here, at the indentation of the keys above.",
     "Check indentation, commas and quotes of this line and the one before."),
    ("could not find expected ':'", "A key without a colon stands here or just before.",
     "Write `key: value`; text over several lines must be indented."),
    ("'-' indicator", "A list is interrupted.", "Begin each item with `- ` at the same indentation."),
    ("',' or ']'", "A list in brackets is not closed or lacks a comma.", "Check `[`, `,` and `]`."),
    ("',' or '}'", "A map in braces is not closed or lacks a comma.",
     "Check `{`, `,` and `}`; text with a comma or a colon needs quotes."),
    ("cannot start any token", "This character cannot begin a value.",
     "Indent with spaces, not tabs; put text that begins with @, ` or % in quotes."),
    ("tab character", "A tab is used for indentation.", "Indent with spaces."),
    ("end of stream", "The file ends inside a quoted text.", "Close the quote."),
    ("unknown escape", "A backslash in double quotes is followed by something that YAML does not know.",
     "Use single quotes, or double the backslash."),
    ("Unicode character escape", "A backslash escape names a character that does not exist.", "Use single quotes."),
    ("block sequence entries", "A list item stands where none can be.", "Put the list on lines of its own."),
    ("document indicator", "`---` or `...` stands inside a quoted text.", "Close the quote before."),
    ("alphabetic or numeric character", "`*` or `&` begins a value.", "Put the text in quotes."),
    ("node content", "A value is missing here.", "Write one, or put the text in quotes."),
    ("<document start>", "Something stands after the end of the document.",
     "Check the indentation; a file is one map."),
    ("tag", "A tag is not complete.", "Remove it; text that begins with `!` needs quotes."),
)  # fmt: skip


def syntax_problem(source: Source, wrong: Exception) -> Problem:
    """Return the parser's complaint in plain words. Its own words are kept only where we know none."""
    said = str(getattr(wrong, "problem", None) or getattr(wrong, "reason", None) or "it cannot be read")
    place = _syntax_place(source, wrong)
    nearer = _misplaced(source, wrong, said)
    if nearer is not None:
        return nearer
    for words, fact, mend in _PLAIN_WORDS:
        if words in said:
            return source.problem(place, "yaml-syntax", fact, mend)
    return source.problem(place, "yaml-syntax", f"This is not YAML: {said}.", "Check indentation, colons and quotes.")


def _misplaced(source: Source, wrong: Exception, said: str) -> Problem | None:
    """Return what the parser met too late, or could not name, as the slip that it nearly always is; None: another."""
    mark: Mark | None = getattr(wrong, "problem_mark", None)
    if mark is None:
        return None
    line, here = source.line(mark.line + 1), Place(source.file, mark.line + 1, mark.column + 1)
    if "mapping values are not allowed" in said:
        found = re.fullmatch(r"\s*(?:- +)?([^\s:#'\"]+): +([^\s'\"\[{|>].*)", line[: mark.column])
        if found:
            fact = f"The text of `{found[1]}` has a colon and a space in it, which begin a value."
            return source.problem(here, "yaml-syntax", fact, f'Put the text in quotes: {found[1]}: "{found[2]}: ...".')
    if "did not find expected key" not in said:
        return None
    opened = _opened_lines_before(source, mark)
    if opened is not None:
        fact = f"The quote that opens here is closed only in line {mark.line + 1}, before what stands there."
        return source.problem(opened, "yaml-syntax", fact, "Close it where the text ends.")
    if line[mark.column :].startswith("- ") and not line[: mark.column].strip():
        fact = "This list item begins further left or right than the items above."
        return source.problem(here, "yaml-syntax", fact, "Indent every item of a list by as many spaces.")
    return None


def _opened_lines_before(source: Source, mark: Mark) -> Place | None:
    """Return where a quoted text over several lines begins that ends in the line of *mark*; None if none does."""
    import yaml

    try:
        for token in yaml.scan(source.text, yaml.CSafeLoader):
            begin, end = token.start_mark, token.end_mark
            if begin.line > mark.line:
                break
            quoted = getattr(token, "style", None) in ("'", '"')
            if quoted and begin.line < end.line == mark.line and end.column <= mark.column:
                return Place(source.file, begin.line + 1, begin.column + 1)
    except yaml.YAMLError:
        return None
    return None


def _syntax_place(source: Source, wrong: Exception) -> Place:
    """Return where the error stands; one at the end of the file is shown where the unfinished thing begins."""
    mark: Mark | None = getattr(wrong, "problem_mark", None)
    begins = getattr(wrong, "context_mark", None)
    if mark is None or not source.line(mark.line + 1)[mark.column :].strip():
        mark = begins or mark
    if mark is None:
        return Place(source.file)
    line = min(mark.line + 1, len(source.lines))
    while line > 1 and not source.line(line).strip():
        line -= 1
    column = mark.column + 1 if line == mark.line + 1 else len(source.line(line)) + 1
    return Place(source.file, line, column)
