"""Text to expression trees, by an allow-list over Python's syntax tree. Nothing is ever run."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from inprocap_flow.language.expressions.flat import flattened, python_tree
from inprocap_flow.language.expressions.functions import AGGREGATES, CONSTANTS, FUNCTIONS, OF
from inprocap_flow.language.expressions.stored import PlainExpr, from_plain, to_plain
from inprocap_flow.language.expressions.tree import (
    And,
    Arithmetic,
    BadExpression,
    Call,
    Compare,
    Constant,
    Expr,
    Flag,
    Listing,
    Member,
    Name,
    Negative,
    Not,
    Number,
    Or,
    Word,
    walk,
)
from inprocap_flow.language.expressions.words import Use, map_words, names_in, rename, substitute, words_in

if TYPE_CHECKING:
    import ast

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "MAX_NODES", "And", "Arithmetic", "BadExpression", "Call", "Compare", "Constant",
           "Expr", "Flag", "Listing", "Member", "Name", "Negative", "Not", "Number", "Or", "PlainExpr", "Use", "Word",
           "from_plain", "map_words", "names_in", "parse", "rename", "substitute", "to_plain", "walk",
           "words_in"]  # fmt: skip

MAX_LENGTH = 300
MAX_NODES = 60
MAX_DEPTH = 8
MAX_DIGITS = 40
"""An expression is read by people: longer ones want a field, a limit or two conditions."""

_NAME = re.compile("[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_NUMBER = re.compile(r"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?")
_WORD = re.compile("[^'\\\\]{1,200}|[^\"\\\\]{1,200}")
_SIGNS = {
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "In": "in", "NotIn": "not in",
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/",
}  # fmt: skip


@lru_cache(4096)
def parse(text: str, *, longest: int = MAX_LENGTH) -> Expr:
    """Return the tree of an expression of at most *longest* characters, 60 nodes and depth 8.

    Names are not looked up here; ``check`` does that. Raises ``BadExpression`` with the part that is wrong.
    """
    if len(text) > longest:
        raise BadExpression(f"The expression has {len(text)} characters; at most {longest} are allowed.",
                            "Split it into several conditions, each with its own text.", 0, longest)  # fmt: skip
    flat = flattened(text)
    indent = len(flat) - len(flat.lstrip(" "))
    return _Reader(flat, indent).read(python_tree(flat, indent))


class _Reader:
    """Turns the syntax tree into ours, node by node; whatever has no method here is refused."""

    def __init__(self, flat: str, indent: int) -> None:
        self.flat = flat
        self.indent = indent
        self.bytes = None if flat.isascii() else flat[indent:].encode()
        self.nodes = 0

    def read(self, node: ast.expr, depth: int = 1, *, where: bool = False) -> Expr:
        """Return the expression of *node*. *where* tells that we are inside a ``where``."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.wrong(node, f"The expression has more than {MAX_NODES} parts.", "Split it.")
        if depth > MAX_DEPTH:
            raise self.wrong(node, f"The expression is more than {MAX_DEPTH} levels deep.", "Split it.")
        reads = getattr(self, f"_{type(node).__name__}", None)
        if reads is None:
            fact, mend = _REFUSED.get(type(node).__name__, ("`{}` is not part of the expression language.", ""))
            raise self.wrong(node, fact.format(self.segment(node)[:40]), mend)
        expr: Expr = reads(node, depth, where)
        return expr

    def spot(self, node: ast.AST) -> tuple[int, int]:
        """Return start and width of *node* in characters of the text given."""
        start, end = int(getattr(node, "col_offset", 0)), int(getattr(node, "end_col_offset", 1))
        if self.bytes is not None:
            start, end = len(self.bytes[:start].decode()), len(self.bytes[:end].decode())
        return self.indent + start, max(1, end - start)

    def segment(self, node: ast.AST) -> str:
        """Return the text of *node* as written."""
        start, width = self.spot(node)
        return self.flat[start : start + width]

    def wrong(self, node: ast.AST, fact: str, mend: str = "") -> BadExpression:
        """Return the error that points at *node*."""
        return BadExpression(fact, mend, *self.spot(node))

    def _Constant(self, node: ast.Constant, _depth: int, _where: bool) -> Expr:  # noqa: N802 - named as ast names it
        start, width = self.spot(node)
        written = self.segment(node)
        if isinstance(node.value, str):
            if written[1:-1] != node.value or not _WORD.fullmatch(node.value) or node.value != node.value.strip():
                raise self.wrong(node, f"`{written[:40]}` is not a quoted word.", "Write one word in single quotes.")
            return Word(node.value, start=start, width=width)
        if isinstance(node.value, bool) or node.value is None or not _NUMBER.fullmatch(written):
            raise self.wrong(node, f"`{written[:40]}` is not a value of the language.", _instead(node.value))
        return Number(self._exact(node, written), start=start, width=width)

    def _exact(self, node: ast.AST, written: str) -> int | Decimal:
        digits = written.replace("_", "")
        if len(digits) > MAX_DIGITS:
            raise self.wrong(node, f"The number has more than {MAX_DIGITS} digits.", "Write a shorter one.")
        if "." in digits:
            digits = digits.rstrip("0").rstrip(".")
        return Decimal(digits).normalize() if "." in digits else int(digits)

    def _Name(self, node: ast.Name, _depth: int, _where: bool) -> Expr:  # noqa: N802
        start, width = self.spot(node)
        if node.id in ("yes", "no"):
            return Flag(node.id == "yes", start=start, width=width)
        self.plain_name(node, node.id)
        if node.id in ("each", "given"):
            raise self.wrong(node, f"`{node.id}` stands alone.", f"Say what of it: `{node.id}.name`.")
        return Name(node.id, start=start, width=width)

    def plain_name(self, node: ast.AST, name: str) -> None:
        """Refuse what is no lower_snake_case word."""
        if not _NAME.fullmatch(name):
            code = name.isascii() and name.isalpha() and name.isupper() and len(name) in (2, 3)  # EUR, or a country
            mend = f"Put it in quotes: '{name}'." if code else "Names are lower_snake_case words."
            raise self.wrong(node, f"`{name[:40]}` is not a name.", mend)

    def _Attribute(self, node: ast.Attribute, _depth: int, _where: bool) -> Expr:  # noqa: N802
        owner = getattr(node.value, "id", None)
        if not isinstance(owner, str) or self.segment(node).count(".") != 1:
            raise self.wrong(node, f"`{self.segment(node)[:40]}` has more than one dot or a dot after a result.",
                             "One dot after one name is allowed, such as `each.rank`.")  # fmt: skip
        self.plain_name(node, owner)
        self.plain_name(node, node.attr)
        start, width = self.spot(node)
        return Member(owner, node.attr, start=start, width=width)

    def _BoolOp(self, node: ast.BoolOp, depth: int, where: bool) -> Expr:  # noqa: N802
        start, width = self.spot(node)
        operands = tuple(self.read(value, depth + 1, where=where) for value in node.values)
        made = And if type(node.op).__name__ == "And" else Or
        return made(operands, start=start, width=width)

    def _UnaryOp(self, node: ast.UnaryOp, depth: int, where: bool) -> Expr:  # noqa: N802
        kind = type(node.op).__name__
        if kind not in ("Not", "USub"):
            raise self.wrong(node, f"`{self.segment(node)[:1]}` before a value has no meaning here.", "Remove it.")
        start, width = self.spot(node)
        made = Not if kind == "Not" else Negative
        return made(self.read(node.operand, depth + 1, where=where), start=start, width=width)

    def _BinOp(self, node: ast.BinOp, depth: int, where: bool) -> Expr:  # noqa: N802
        sign = _SIGNS.get(type(node.op).__name__)
        if sign is None:
            raise self.wrong(node, "Only `+ - * /` compute here.", "Write it with these.")
        # A sum of many terms leans to the left; it reads as one level, so it counts as one.
        leans = type(node.left).__name__ == "BinOp" and _level(node.left) == _level(node)
        left = self.read(node.left, depth if leans else depth + 1, where=where)
        right = self.read(node.right, depth + 1, where=where)
        start, width = self.spot(node)
        return Arithmetic(sign, left, right, start=start, width=width)

    def _Compare(self, node: ast.Compare, depth: int, where: bool) -> Expr:  # noqa: N802
        signs = tuple(_SIGNS.get(type(sign).__name__, "") for sign in node.ops)
        if "" in signs:
            raise self.wrong(node, "`is` has no meaning here.", "Compare with `==`.")
        member = any(sign in ("in", "not in") for sign in signs)
        if member and len(signs) > 1:
            raise self.wrong(node, "`in` stands in a chain of comparisons.", "Join two comparisons with `and`.")
        operands = [self.read(node.left, depth + 1, where=where)]
        for right in node.comparators:
            reads = self.listing if member else self.read
            operands.append(reads(right, depth + 1, where=where))
        start, width = self.spot(node)
        return Compare(tuple(operands), signs, start=start, width=width)

    def listing(self, node: ast.expr, depth: int, *, where: bool = False) -> Expr:
        """Return a literal list, or the placeholder of one."""
        if type(node).__name__ == "Attribute":
            return self.read(node, depth, where=where)
        if type(node).__name__ != "List" or not (items := getattr(node, "elts", [])):
            raise self.wrong(node, "A list is expected here.", "Write it out: `['one', 'two']`.")
        self.nodes += 1
        read = tuple(self.read(item, depth + 1, where=where) for item in items)
        for item, one in zip(items, read, strict=True):
            if not isinstance(one, Word | Number | Member) or (isinstance(one, Member) and one.owner != "given"):
                raise self.wrong(item, "A list holds quoted words or numbers only.", "Join comparisons with `or`.")
        start, width = self.spot(node)
        return Listing(read, start=start, width=width)

    def _Call(self, node: ast.Call, depth: int, where: bool) -> Expr:  # noqa: N802
        name = getattr(node.func, "id", "")
        if name in CONSTANTS:
            return self.constant(node, name)
        if name not in FUNCTIONS:
            raise self.unknown_function(node, name)
        if where and name in AGGREGATES:
            raise self.wrong(node, f"`{name}` stands inside a where.", "Compare the result outside.")
        start, width = self.spot(node)
        arguments = tuple(self.argument(one, depth + 1, where=where) for one in node.args)
        condition, of = self.named(node, depth + 1)
        return Call(name, arguments, condition, of, start=start, width=width)

    def argument(self, node: ast.expr, depth: int, *, where: bool) -> Expr:
        """Return an argument: a list of stages, or a value."""
        if type(node).__name__ == "List":
            return self.listing(node, depth, where=where)
        return self.read(node, depth, where=where)

    def named(self, node: ast.Call, depth: int) -> tuple[Expr | None, str]:
        """Return what follows ``where=`` and ``of=``."""
        found: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg not in ("where", "of") or keyword.arg in found:
                fact = f"`{keyword.arg or '**'}` is not an argument here."
                raise self.wrong(keyword, fact, "Only one `where=` and one `of=` are known.")
            found[keyword.arg] = keyword.value
        condition = self.read(found["where"], depth, where=True) if "where" in found else None
        of = str(getattr(found["of"], "id", "")) if "of" in found else ""
        if "of" in found and of not in OF:
            raise self.wrong(
                found["of"], f"`of={self.segment(found['of'])[:40]}` says nothing.", "Write `of=this` or `of=parent`."
            )
        return condition, of

    def constant(self, node: ast.Call, name: str) -> Expr:
        """Return a value written as ``money('900000 EUR')`` or ``period('6 weeks')``."""
        from inprocap_flow.language.values import BadValue
        from inprocap_flow.language.written import parse_written

        only = node.args[0] if len(node.args) == 1 and not node.keywords else None
        word = self.read(only) if only is not None and type(only).__name__ == "Constant" else None
        if not isinstance(word, Word):
            raise self.wrong(node, f"`{name}` takes one quoted value.", f"Write it as {CONSTANTS[name]}.")
        try:
            text = str(parse_written(name, word.word))
        except BadValue as wrong:
            raise self.wrong(node, wrong.fact, wrong.mend) from None
        start, width = self.spot(node)
        return Constant(name, text, start=start, width=width)

    def unknown_function(self, node: ast.Call, name: str) -> BadExpression:
        """Return the error for a call that is not in the table."""
        from difflib import get_close_matches

        near = get_close_matches(name, FUNCTIONS, 1)
        mend = f"Did you mean {near[0]}?" if near else f"The functions are {', '.join(sorted(FUNCTIONS))}."
        return self.wrong(node.func, f"`{self.segment(node.func)[:40]}` is not a function of the language.", mend)


def _level(node: ast.AST) -> bool:
    return type(getattr(node, "op", None)).__name__ in ("Add", "Sub")


def _instead(value: object) -> str:
    if isinstance(value, bool):
        return "Write the yes_no field itself, `not` before it, or yes and no."
    if value is None:
        return "Ask `known(field)` or `not known(field)`."
    return "Write numbers in digits with a point, such as 1200.5."


_REFUSED = {
    "List": ("A list stands here alone.", "A list stands after `in`, or as the stages of a call."),
    "Tuple": ("`{}` is a list without brackets.", "Write square brackets after `in`."),
    "IfExp": ("`if` and `else` do not stand in an expression.", "Use branches, or two conditions."),
    "Lambda": ("`lambda` is not part of the expression language.", "Use where= in count, every or total."),
    "JoinedStr": ("Text is not put together here.", "Write one quoted word."),
    "Subscript": ("`{}` picks from a list.", "Use a field."),
    "NamedExpr": ("`:=` has no meaning here.", "Compare with `==`."),
}
