"""Expression trees: frozen records and their canonical text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from inprocap_flow.records import changed, field, record


class BadExpression(ValueError):
    """A text is no expression. ``start`` and ``width`` say which part of it, in characters from 0."""

    def __init__(self, fact: str, mend: str = "", start: int = 0, width: int = 1, code: str = "bad-expression") -> None:
        super().__init__(f"{fact} {mend}".strip())
        self.fact = fact
        self.mend = mend
        self.start = start
        self.width = width
        self.code = code


@record
class Expr:
    """Any expression. Two are equal if they say the same; where they stood in the text does not count."""

    start: int = field(default=0, compare=False, repr=False, kw_only=True)
    width: int = field(default=1, compare=False, repr=False, kw_only=True)

    def __str__(self) -> str:
        return _text(self)[0]

    @property
    def parts(self) -> tuple[Expr, ...]:
        """The expressions directly inside this one, in order of writing."""
        return ()


@record
class Number(Expr):
    """A number as written: whole ones are ``int``, others ``Decimal``; never negative."""

    value: int | Decimal


@record
class Flag(Expr):
    """``yes`` or ``no``."""

    value: bool


@record
class Word(Expr):
    """A quoted word: a name of the definition, or a choice."""

    word: str


@record
class Constant(Expr):
    """A value of another type, handed over by an including procedure: ``money('900000 EUR')``."""

    type_name: str
    text: str


@record
class Name(Expr):
    """A bare word: a field, or ``today``."""

    name: str


@record
class Member(Expr):
    """One dot: ``each.rank``, ``supplier.country``, ``target_meeting.meets_on``, ``given.places``."""

    owner: str
    name: str


@record
class Listing(Expr):
    """A literal list of words or numbers; after ``in``, or as stages."""

    items: tuple[Expr, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        return self.items


@record
class Call(Expr):
    """A call of one of the functions in the table. ``of`` narrows tracks: ``this``, ``parent``, or "" for all."""

    function: str
    arguments: tuple[Expr, ...]
    where: Expr | None = None
    of: str = ""

    @property
    def parts(self) -> tuple[Expr, ...]:
        return self.arguments if self.where is None else (*self.arguments, self.where)


@record
class Not(Expr):
    """``not`` of something."""

    operand: Expr

    @property
    def parts(self) -> tuple[Expr, ...]:
        return (self.operand,)


@record
class Negative(Expr):
    """Minus of something."""

    operand: Expr

    @property
    def parts(self) -> tuple[Expr, ...]:
        return (self.operand,)


@record
class And(Expr):
    """All of them."""

    operands: tuple[Expr, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        return self.operands


@record
class Or(Expr):
    """At least one of them."""

    operands: tuple[Expr, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        return self.operands


@record
class Compare(Expr):
    """A comparison, or a chain of them: ``a < b <= c`` has operands a, b, c and signs ``<``, ``<=``."""

    operands: tuple[Expr, ...]
    signs: tuple[str, ...]

    @property
    def parts(self) -> tuple[Expr, ...]:
        return self.operands


@record
class Arithmetic(Expr):
    """``+ - * /`` of two."""

    sign: str
    left: Expr
    right: Expr

    @property
    def parts(self) -> tuple[Expr, ...]:
        return (self.left, self.right)


Rebuild = Callable[[Expr], Expr]


def with_parts(expr: Expr, change: Rebuild) -> Expr:
    """Return *expr* with every direct part changed; the same object if nothing changed."""
    old = expr.parts
    new = tuple(change(part) for part in old)
    if all(one is other for one, other in zip(old, new, strict=True)):
        return expr
    if isinstance(expr, Call):
        count = len(expr.arguments)
        return changed(expr, arguments=new[:count], where=new[count] if expr.where is not None else None)
    if isinstance(expr, Arithmetic):
        return changed(expr, left=new[0], right=new[1])
    if isinstance(expr, Not | Negative):
        return changed(expr, operand=new[0])
    if isinstance(expr, Listing):
        return changed(expr, items=new)
    assert isinstance(expr, And | Or | Compare)
    return changed(expr, operands=new)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield *expr* and everything inside it, in order of writing."""
    yield expr
    for part in expr.parts:
        yield from walk(part)


# --------------------------------------------------------------------------------------------- canonical text

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _ATOM = range(1, 9)


def _text(expr: Expr) -> tuple[str, int]:
    """Return the canonical text and how tightly it binds."""
    if isinstance(expr, And | Or):
        # `and` binds tighter than `or`, but few people know: the brackets are written.
        word, level = (" and ", _AND) if isinstance(expr, And) else (" or ", _OR)
        return word.join(_inside(operand, _NOT) for operand in expr.operands), level
    if isinstance(expr, Not):
        return f"not {_inside(expr.operand, _NOT)}", _NOT
    if isinstance(expr, Compare):
        first, *rest = (_inside(operand, _SUM) for operand in expr.operands)
        return first + "".join(f" {sign} {text}" for sign, text in zip(expr.signs, rest, strict=True)), _COMPARE
    if isinstance(expr, Arithmetic):
        level = _SUM if expr.sign in "+-" else _PRODUCT
        return f"{_inside(expr.left, level)} {expr.sign} {_inside(expr.right, level + 1)}", level
    if isinstance(expr, Negative):
        return f"-{_inside(expr.operand, _SIGN)}", _SIGN
    return _atom(expr), _ATOM


def _inside(expr: Expr, level: int) -> str:
    text, binds = _text(expr)
    return text if binds >= level else f"({text})"


def _atom(expr: Expr) -> str:
    match expr:
        case Number(value):
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case Flag(value):
            return "yes" if value else "no"
        case Word(word):
            return f'"{word}"' if "'" in word else f"'{word}'"
        case Constant(type_name, text):
            return f"{type_name}('{text}')"
        case Name(name):
            return name
        case Member(owner, name):
            return f"{owner}.{name}"
        case Listing(items):
            return f"[{', '.join(str(item) for item in items)}]"
        case Call(function, arguments, where, of):
            shown = [
                *map(str, arguments),
                *([f"where={where}"] if where is not None else []),
                *([f"of={of}"] if of else []),
            ]
            return f"{function}({', '.join(shown)})"
    raise TypeError(f"{type(expr).__name__} is not an expression")
