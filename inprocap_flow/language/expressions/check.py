"""Typing an expression when a file is loaded: every name known, every word something, every comparison meant."""

from __future__ import annotations

import re

from inprocap_flow.language.expressions import typing_rules as rules
from inprocap_flow.language.expressions.functions import FUNCTIONS, Function
from inprocap_flow.language.expressions.naming import Naming
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
)
from inprocap_flow.language.expressions.types import (
    ANY,
    DAYS,
    MONEY,
    NUMBER,
    NUMBERS,
    WHOLE_NUMBER,
    WORD,
    YES_NO,
    Scope,
    Type,
)


def check(
    expr: Expr, scope: Scope, expected: Type | str | None = YES_NO, *, each: str | None = None
) -> list[BadExpression]:
    """Return everything that is wrong with *expr*, by place; an empty list if it may be compiled.

    *expected* is the type that is wanted (``None``: any); *each* the kind of track that a bare ``each`` means, in
    ``moves`` and ``creates``. Each finding has ``code``, ``fact``, ``mend``, ``start`` and ``width``.
    """
    checker = _Checker(scope)
    actual = checker.type_of(expr, each)
    if expected is not None:
        wanted = Type(expected) if isinstance(expected, str) else expected
        problem = rules.misfit(actual, expr, wanted)
        if problem:
            checker.say(expr, *problem)
    return sorted(checker.findings, key=lambda finding: (finding.start, finding.code))


def type_of(expr: Expr, scope: Scope, *, each: str | None = None) -> Type:
    """Return the type of an expression, ``ANY`` if it is wrong."""
    return _Checker(scope).type_of(expr, each)


class _Checker(Naming):
    """Walks a tree, returns types, and collects findings instead of stopping at the first."""

    def type_of(self, expr: Expr, each: str | None) -> Type:
        """Return the type of *expr*, ``ANY`` after a finding."""
        match expr:
            case Number(value):
                return WHOLE_NUMBER if isinstance(value, int) else NUMBER
            case Flag():
                return YES_NO
            case Word():
                return WORD
            case Constant(type_name):
                return Type(type_name)
            case Name():
                return self.name(expr)
            case Member():
                return self.member(expr, each)
            case Call():
                return self.call(expr, each)
            case Listing():
                return self.say(expr, "misplaced-list", "A list stands here alone.", "Write it after `in`.")
        return self.operation(expr, each)

    def operation(self, expr: Expr, each: str | None) -> Type:
        """Return the type of something made of parts."""
        match expr:
            case And(operands) | Or(operands):
                return self.conditions(operands, each)
            case Not(operand):
                return self.conditions((operand,), each)
            case Compare():
                return self.comparison(expr, each)
            case Negative(operand):
                return self.computed(expr, rules.negated(self.type_of(operand, each)))
            case Arithmetic(sign, left, right):
                types = self.type_of(left, each), self.type_of(right, each)
                return self.computed(expr, rules.computed(sign, (left, right), types))
        return ANY

    def computed(self, expr: Expr, result: Type | tuple[str, str]) -> Type:
        """Return the type, or note why there is none."""
        return result if isinstance(result, Type) else self.say(expr, "cannot-compute", *result)

    def conditions(self, operands: tuple[Expr, ...], each: str | None) -> Type:
        """Check that every operand is yes or no."""
        for operand in operands:
            problem = rules.misfit(self.type_of(operand, each), operand, YES_NO)
            if problem:
                self.say(operand, *problem)
        return YES_NO

    # ------------------------------------------------------------------------------------------ comparisons

    def comparison(self, expr: Compare, each: str | None) -> Type:
        """Check every link of a chain."""
        types = [ANY if isinstance(operand, Listing) else self.type_of(operand, each) for operand in expr.operands]
        links = zip(expr.signs, zip(expr.operands, types, strict=True), strict=False)
        following = zip(expr.operands[1:], types[1:], strict=True)
        for (sign, (left, left_type)), (right, right_type) in zip(links, following, strict=True):
            if isinstance(right, Listing):
                self.within(left, left_type, right)
            elif sign in ("in", "not in"):
                self.say(right, "not-a-list", "A list is expected here.", "Write it out: `['one', 'two']`.")
            else:
                self.link(expr, sign, (left, right), (left_type, right_type))
        return YES_NO

    def link(self, expr: Expr, sign: str, sides: tuple[Expr, Expr], types: tuple[Type, Type]) -> None:
        """Check one comparison of two values."""
        problem = rules.incomparable(sign, sides, types)
        if problem:
            self.say(expr, *problem)
            return
        for side, other in ((sides[0], types[1]), (sides[1], types[0])):
            if isinstance(side, Word):
                self.choice(side, other)

    def choice(self, word: Word, other: Type) -> None:
        """Check that a quoted word can be a value of the type it is compared with."""
        if other.name == "choice" and other.choices is not None and word.word not in other.choices:
            mend = self.near(word.word, other.choices, f"The choices are {', '.join(other.choices)}.")
            self.say(word, "unknown-choice", f"`{word.word}` is not one of the choices.", mend)
        elif other.name == "country" and not re.fullmatch("[A-Z]{2}", word.word):
            self.say(word, "unknown-choice", f"`{word.word}` is not a country code.", "Write two capital letters.")

    def within(self, left: Expr, left_type: Type, items: Listing) -> None:
        """Check that every item of a list can be what stands before ``in``."""
        for item in items.items:
            item_type = self.type_of(item, None)
            problem = rules.incomparable("==", (left, item), (left_type, item_type))
            if problem:
                self.say(item, *problem)
            elif isinstance(item, Word):
                self.choice(item, left_type)

    # ------------------------------------------------------------------------------------------------ calls

    def call(self, expr: Call, each: str | None) -> Type:
        """Return what a call gives; its arguments are checked one by one."""
        function = FUNCTIONS[expr.function]
        if not self.well_formed(expr, function):
            return ANY
        if function.of:
            return self.over_tracks(expr, function)
        if expr.function == "stands":
            self.stages(expr.arguments[1], self.word(expr.arguments[0], "parent"))
            return YES_NO
        if expr.function == "limit":
            return self.limit(expr)
        if function.parameters[0].kind in ("value", "field"):
            return self.over_values(expr, each)
        self.word(expr.arguments[0], function.parameters[0].kind)
        if expr.function == "listed":
            self.argument(expr.arguments[1], each, {"country"}, "a country")
        return Type(function.result)

    def well_formed(self, expr: Call, function: Function) -> bool:
        """Check the number of arguments and the ``where``."""
        fits = function.fewest <= len(expr.arguments) <= function.most and (expr.where is None or function.where)
        fits = fits and (not expr.of or function.of)
        if expr.function == "every" and len(expr.arguments) == 1 and expr.where is None:
            fits = False
        if not fits:
            self.say(expr, "wrong-arguments", f"`{expr.function}` is not called like this.",
                     f"Write {function.spelling}.")  # fmt: skip
        return fits

    def limit(self, expr: Call) -> Type:
        """Return the type of a limit."""
        name = expr.arguments[0]
        if not isinstance(name, Word):
            return self.say(name, "not-a-word", f"`{name}` stands where a quoted limit is expected.", "Quote its name.")
        found = self.scope.limit(name.word)
        if found is not None:
            return found
        mend = self.near(name.word, self.scope.words("limit"), "Add it to the rulebook, with its source.")
        return self.say(name, "unknown-word", f"There is no limit `{name.word}`.", mend)

    def argument(self, expr: Expr, each: str | None, names: set[str] | frozenset[str], wanted: str) -> Type:
        """Return the type of an argument that must be one of these types."""
        found = self.type_of(expr, each)
        if found.name in names or found is ANY or (found is WORD and "country" in names):
            return found
        return self.say(expr, "wrong-argument", f"`{expr}` is {found}; {wanted} is expected.", "Use another field.")

    def over_values(self, expr: Call, each: str | None) -> Type:
        """Return what a function of values gives."""
        first = expr.arguments[0]
        if expr.function == "known":
            if not isinstance(first, Name | Member) or first == Name("today"):
                return self.say(first, "wrong-argument", f"`{first}` is not a field.", "Ask about one field.")
            self.type_of(first, each)
            return YES_NO
        if expr.function == "in_currency":
            return self.in_currency(expr, each)
        if expr.function == "days_between":
            for argument in expr.arguments:
                self.argument(argument, each, DAYS, "a day or a moment")
            return WHOLE_NUMBER
        if expr.function in ("at_least_before", "at_most_before"):
            self.argument(expr.arguments[0], each, {"period"}, "a period")
            for argument in expr.arguments[1:]:
                self.argument(argument, each, DAYS, "a day or a moment")
            return YES_NO
        return self.extreme(expr, each)

    def in_currency(self, expr: Call, each: str | None) -> Type:
        """Return money in a currency that is written out."""
        amount, currency = expr.arguments
        self.argument(amount, each, {"money"}, "an amount of money")
        if not isinstance(currency, Word) or not re.fullmatch("[A-Z]{3}", currency.word):
            self.say(currency, "wrong-argument", f"`{currency}` is not a currency.", "Write three capitals: 'CHF'.")
        return MONEY

    def extreme(self, expr: Call, each: str | None) -> Type:
        """Return the type of the smallest or largest of several values."""
        types = [self.type_of(argument, each) for argument in expr.arguments]
        result = types[0]
        for argument, found in zip(expr.arguments[1:], types[1:], strict=True):
            problem = rules.incomparable("<", (expr.arguments[0], argument), (types[0], found))
            if problem:
                return self.say(argument, *problem)
            result = rules.wider(result, found)
        return result

    def over_tracks(self, expr: Call, function: Function) -> Type:
        """Return what a call over all tracks of a kind gives."""
        track = self.word(expr.arguments[0], "track")
        if expr.of and track is not None and track not in self.scope.words("of", expr.of):
            self.not_of(expr, track)
        result = Type(function.result)
        for position, argument in enumerate(expr.arguments[1:], 1):
            parameter = function.parameter(position)
            if parameter and parameter.kind == "each_field":
                result = self.each_value(expr, argument, track)
            else:
                self.stages(argument, track)
        if expr.where is not None and track is not None:
            self.conditions((expr.where,), track)
        return result

    def not_of(self, expr: Call, track: str) -> None:
        """Note that no track of this kind belongs to the line that ``of`` means."""
        whose = "this track" if expr.of == "this" else "the same track as this one"
        known = ", ".join(self.scope.words("of", expr.of))
        mend = f"Those are: {known}." if known else "Leave `of` out: here all of them count."
        self.say(expr, "not-of-this", f"No {track} belongs to {whose}.", mend)

    def each_value(self, expr: Call, argument: Expr, track: str | None) -> Type:
        """Return the type of the field that is summed or compared over tracks."""
        if not isinstance(argument, Member) or argument.owner != "each":
            return self.say(
                argument, "wrong-argument", f"`{argument}` is no field of the tracks.", "Write `each.field`."
            )
        if track is None:
            return ANY
        names = NUMBERS | {"money", "percent"} | (frozenset() if expr.function == "total" else DAYS)
        return self.argument(argument, track, names, "something that can be summed" if expr.function == "total" else
                             "something that has an order")  # fmt: skip

    def stages(self, argument: Expr, track: str | None) -> None:
        """Check that stages are stages of the track."""
        for item in argument.items if isinstance(argument, Listing) else (argument,):
            if track is not None or not isinstance(item, Word):
                self.word(item, "stage", track)
