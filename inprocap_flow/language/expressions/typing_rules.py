"""Which values compare, which compute, and which may stand for another; each "no" comes with its reason and mend."""

from __future__ import annotations

from inprocap_flow.language.expressions.tree import Arithmetic, Call, Constant, Expr, Negative, Number, Word
from inprocap_flow.language.expressions.types import (
    ANY,
    CODES,
    DAYS,
    MONEY,
    NUMBER,
    NUMBERS,
    PERCENT,
    WHOLE_NUMBER,
    WORD,
    Type,
)

Finding = tuple[str, str, str]
"""Code, fact, mend."""
_ORDERS = ("<", "<=", ">", ">=")
_NUMERIC = NUMBERS | {"percent"}


def is_literal(expr: Expr) -> bool:
    """Return whether *expr* is a number as written; such a one may be a percent too."""
    return isinstance(expr, Number) or (isinstance(expr, Negative) and isinstance(expr.operand, Number))


def is_length(expr: Expr) -> bool:
    """Return whether *expr* is a period that is known before the case: a limit, a period as written, or their sum.

    Such lengths are added where one is longer than another by so much; periods of the case are not.
    """
    if isinstance(expr, Arithmetic):
        return expr.sign == "+" and all(map(is_length, expr.parts))
    return isinstance(expr, Constant) or (isinstance(expr, Call) and expr.function == "limit")


def is_zero(expr: Expr) -> bool:
    """Return whether *expr* is the number 0, which compares with money of any currency."""
    return isinstance(expr, Number) and expr.value == 0


def misfit(actual: Type, expr: Expr, wanted: Type) -> Finding | None:
    """Return why a value of type *actual* cannot stand where *wanted* is expected, or ``None``."""
    if ANY in (actual, wanted) or _fits(actual, expr, wanted):
        return None
    if actual.name == wanted.name == "choice":
        return ("types-differ", f"`{expr}` has other choices.", "Give both fields the same choices.")
    if actual is WORD and wanted.name == "choice":
        return (
            "unknown-choice",
            f"`{expr}` is not one of the choices.",
            f"They are {', '.join(wanted.choices or ())}.",
        )
    if wanted.name == "yes_no":
        return ("not-yes-no", f"`{expr}` is {actual}; a condition that is yes or no is expected.", _ask(actual))
    return ("types-differ", f"`{expr}` is {actual}; {wanted} is expected.", "Use a field or limit of that type.")


def _ask(actual: Type) -> str:
    if actual.name in ("choice", "text", "country"):
        return "Compare it: `== 'word'`."
    return "Compare it, or ask `known(field)`."


def _fits(actual: Type, expr: Expr, wanted: Type) -> bool:
    if actual is WORD:
        return wanted.name in CODES and (wanted.choices is None or _word(expr) in wanted.choices)
    if actual.name == "choice" and wanted.name == "choice":
        return wanted.choices is None or actual.choices is None or set(actual.choices) <= set(wanted.choices)
    if actual.name == wanted.name:
        return True
    if wanted.name == "number":
        return actual.name == "whole_number"
    if wanted.name == "percent":
        return actual.name in NUMBERS and is_literal(expr)
    if wanted.name == "money":
        return is_zero(expr)
    return wanted.name == "text" and actual.name == "choice"


def _word(expr: Expr) -> str:
    return expr.word if isinstance(expr, Word) else ""


def incomparable(sign: str, sides: tuple[Expr, Expr], types: tuple[Type, Type]) -> Finding | None:
    """Return why two values do not compare with this sign, or ``None``."""
    left, right = types
    if left is ANY or right is ANY:
        return None
    if "period" in (left.name, right.name):
        return ("no-order", "Periods do not compare: 60 days and 2 months have no order.",
                "Start deadlines and compare the moments they give.")  # fmt: skip
    if not _related(sides, types):
        return _unrelated(sides, types)
    if sign in _ORDERS and left.name not in _NUMERIC | DAYS | {"money"}:
        return ("no-order", f"`{sides[0]}` is {left} and has no order.", "Compare with `==` or `!=`.")
    return None


def _related(sides: tuple[Expr, Expr], types: tuple[Type, Type]) -> bool:
    left, right = types[0].name, types[1].name
    if left == right:
        return left != "word"
    if left in NUMBERS and right in NUMBERS:
        return True
    if left in DAYS and right in DAYS:
        return True
    if "word" in (left, right):
        return left in CODES or right in CODES
    if "percent" in (left, right) and {left, right} <= _NUMERIC:
        return is_literal(sides[0]) or is_literal(sides[1])
    if "money" in (left, right):
        return is_zero(sides[0]) or is_zero(sides[1])
    return {left, right} == {"text", "choice"}


_NO_AMOUNTS = (
    "Compare with another amount, with 0, or with limit('its name'): an expression holds no amounts, they stand under "
    "`limits:`, each with its source."
)


def _unrelated(sides: tuple[Expr, Expr], types: tuple[Type, Type]) -> Finding:
    left, right = types
    fact = f"`{sides[0]}` is {left} and `{sides[1]}` is {right}; they do not compare."
    names = {left.name, right.name}
    if "money" in names and (names & NUMBERS or WORD in types):
        return ("types-differ", fact, _NO_AMOUNTS)
    if "percent" in names and names & NUMBERS:
        return ("types-differ", fact, "Compare two percents; a percent is written as a bare number, 50 is one half.")
    if left is WORD and right is WORD:
        return ("types-differ", "Two quoted words are compared.", "Write the field without quotes.")
    if WORD in types:
        return ("types-differ", fact, "Quoted words are names and choices; write fields without quotes.")
    return ("types-differ", fact, "Compare values of one type.")


def wider(one: Type, other: Type) -> Type:
    """Return the type that holds the values of both."""
    if one is ANY or other is ANY:
        return ANY
    if one.name == "whole_number":
        return other
    return one


def negated(operand: Type) -> Type | tuple[str, str]:
    """Return the type of minus something, or fact and mend."""
    if operand is ANY or operand.name in _NUMERIC | {"money"}:
        return operand
    return f"There is no minus of {operand}.", "Use a number or an amount."


def computed(sign: str, sides: tuple[Expr, Expr], types: tuple[Type, Type]) -> Type | tuple[str, str]:
    """Return the type of ``left sign right``, or fact and mend."""
    left, right = types
    if left is ANY or right is ANY:
        return ANY
    if sign == "+" and left.name == right.name == "period" and all(map(is_length, sides)):
        return left
    result = _sum(sides, types) if sign in "+-" else _product(types) if sign == "*" else _quotient(types)
    return result or _no_result(sign, types)


def _sum(sides: tuple[Expr, Expr], types: tuple[Type, Type]) -> Type | None:
    left, right = types[0].name, types[1].name
    if left in NUMBERS and right in NUMBERS:
        return NUMBER if "number" in (left, right) else WHOLE_NUMBER
    if "percent" in (left, right) and {left, right} <= _NUMERIC:
        both = left == right or is_literal(sides[0]) or is_literal(sides[1])
        return PERCENT if both else None
    if "money" in (left, right):
        return MONEY if left == right or is_zero(sides[0]) or is_zero(sides[1]) else None
    return None


def _product(types: tuple[Type, Type]) -> Type | None:
    left, right = types[0].name, types[1].name
    if left == right == "percent":
        return PERCENT
    if {left, right} <= _NUMERIC:
        return WHOLE_NUMBER if left == right == "whole_number" else NUMBER
    if "money" in (left, right) and {left, right} & _NUMERIC:
        return MONEY
    return None


def _quotient(types: tuple[Type, Type]) -> Type | None:
    left, right = types[0].name, types[1].name
    if left == "percent" and right in NUMBERS:
        return PERCENT
    if (left in NUMBERS and right in NUMBERS) or (left == right and left in ("percent", "money")):
        return NUMBER
    return None


def _no_result(sign: str, types: tuple[Type, Type]) -> tuple[str, str]:
    left, right = types
    names = {left.name, right.name}
    fact = f"{str(left).capitalize()} {sign} {right} has no meaning."
    if names & (DAYS | {"period"}):
        return fact, "No expression computes days; declare a deadline, or count with days_between."
    if left.name == "money" and sign == "/":
        return fact, "Multiply the other side instead; only money divided by money gives a number."
    if "money" in names:
        return fact, "Add amounts to amounts; multiply an amount by a number or a percent."
    return fact, "Compute with numbers, percents and amounts of money."
