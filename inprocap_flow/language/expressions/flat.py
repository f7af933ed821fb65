"""An expression as text, before it is a tree: on one line, of characters that mean here what they mean to Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inprocap_flow.language.expressions.tree import BadExpression

if TYPE_CHECKING:
    import ast


_QUOTED = re.compile(r"'[^'\\]*'|\"[^\"\\]*\"")


def flattened(text: str) -> str:
    """Return the text on one line, every character in its place; refuse what Python would read in its own way."""
    flat = re.sub(r"[\n\r\t]", " ", text)
    if not flat.strip():
        raise BadExpression("The expression is empty.", "Write a condition, or leave the key out.")
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), flat)
    for pattern, fact, mend in _NOT_OURS:
        found = re.search(pattern, bare)
        if found:
            raise BadExpression(fact.format(found.group()), mend, found.start(), len(found.group()))
    odd = next((at for at, letter in enumerate(flat) if not letter.isprintable()), None)
    if odd is not None:
        raise BadExpression(f"The character U+{ord(flat[odd]):04X} is invisible.", "Remove it.", odd)
    return flat


_NOT_OURS = (
    (r"\\", "A backslash has no meaning here.", "Remove it."),
    (r"[^\x00-\x7f]+", "`{}` stands outside quotes.", "Names are written in the letters a to z."),
    (
        r"\b[0-9][0-9_.,]*(?: [0-9]{3})* +[A-Z]{3}\b",
        "`{}` is an amount, and an expression holds none.",
        "Put it under `limits:`, with its source and from when on it applies, and write limit('its name').",
    ),
    (r"#", "`#` has no meaning here.", "Write notes in the file, outside the expression."),
    (r"&&?|\|\|?", "`{}` has no meaning here.", "Write `and` or `or`."),
    (r"!(?!=)", "`!` has no meaning here.", "Write `not`."),
    (
        r"(?<![=!<>:])=(?!=)(?<!\bwhere=)(?<!\bwhere =)(?<!\bof=)(?<!\bof =)",
        "A single `=` has no meaning here.",
        "Compare with `==`.",
    ),
    (r"\b[0-9][0-9_.]*[A-Za-z]\w*", "`{}` is neither a number nor a name.", "Names begin with a letter."),
)  # fmt: skip


def python_tree(flat: str, indent: int) -> ast.expr:
    """Return what Python makes of a flat text that begins at *indent*; refuse what is no expression to it."""
    import ast

    try:
        return ast.parse(flat[indent:].rstrip(" "), mode="eval").body
    except SyntaxError as wrong:
        at = min(indent + max(0, (wrong.offset or 1) - 1), len(flat) - 1)
        raise BadExpression("The expression cannot be read here.", "Check brackets, quotes and commas.", at) from None
    except (MemoryError, RecursionError, ValueError):
        raise BadExpression("The expression is nested too deeply.", "Split it.", 0, len(flat)) from None
