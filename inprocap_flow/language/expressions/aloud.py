"""Every expression as a plain English sentence: what ``read`` prints beside a step."""

from __future__ import annotations

from collections.abc import Callable

from inprocap_flow.language.expressions.functions import FUNCTIONS
from inprocap_flow.language.expressions.tree import (
    And,
    Arithmetic,
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

Title = Callable[[str, str], str | None]
"""Gives the title of a thing by kind (``field``, ``track``, ``stage``, ``deadline`` ...) and word, or ``None``."""


def read_aloud(expr: Expr, title: Title | None = None) -> str:
    """Return *expr* as a clause without capital and full stop, such as ``no supplier stands in tendered``.

    *title* may give words of the definition their titles; without it they are read as written.
    """
    return _Reader(title or (lambda _kind, _word: None)).clause(expr)


def deny_aloud(expr: Expr, title: Title | None = None) -> str:
    """Return the opposite of *expr* in the same way: what is so where it does not hold."""
    return _Reader(title or (lambda _kind, _word: None)).denied(expr)


def read_value_aloud(expr: Expr, title: Title | None = None) -> str:
    """Return *expr* as a value: ``the total of Price over supplier tracks``; a condition reads ``whether ...``."""
    return _Reader(title or (lambda _kind, _word: None)).noun(expr)


_SIGNS = {
    "==": "is", "!=": "is not", "in": "is one of", "not in": "is none of",
    "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least",
}  # fmt: skip
_DATED = {"<": "is before", "<=": "is on or before", ">": "is after", ">=": "is on or after"}
_OPPOSITES = {
    "==": "!=", "!=": "==", "in": "not in", "not in": "in", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
}  # fmt: skip
_NUMBERS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_BEFORE = {"at_least_before": "at least", "at_most_before": "at most"}
_STATES = {
    "running": ("the deadline {} runs", "the deadline {} does not run"),
    "over": ("the deadline {} is over", "the deadline {} is not over"),
    "missed": ("the deadline {} was missed", "the deadline {} was not missed"),
    "reached": ("{} is reached", "{} is not reached"),
    "known": ("{} is known", "{} is not known"),
    "has": ("the document {} is there", "the document {} is not there"),
    "approved": ("the approval {} is given", "the approval {} is not given"),
    "lifted": ("the rule {} is lifted", "the rule {} is not lifted"),
    "list_known": ("there is a list {} for the day", "there is no list {} for the day"),
}
_KINDS = {
    "running": "deadline", "over": "deadline", "missed": "deadline", "reached": "milestone", "has": "document",
    "approved": "approval", "lifted": "rule", "list_known": "list",
}  # fmt: skip


class _Reader:
    """Reads one expression; ``clause`` gives conditions, ``noun`` gives values."""

    def __init__(self, title: Title) -> None:
        self.title = title

    def named(self, kind: str, word: str) -> str:
        """Return the title of a thing, or its name."""
        return self.title(kind, word) or word

    def clause(self, expr: Expr, *, inside: bool = False) -> str:
        """Return a condition; *inside* another one, what is joined stands in brackets, so that nothing is ambiguous."""
        match expr:
            case And(operands):
                return self._joined(operands, " and ", inside=inside)
            case Or(operands):
                return self._joined(operands, " or ", inside=inside)
            case Not(operand):
                return self.denied(operand)
            case Compare(operands, signs):
                return self._chain(operands, signs)
            case Call():
                return self._call(expr, holds=True)
            case Flag(value):
                return "this always holds" if value else "this never holds"
        return f"{self.noun(expr)} is yes"

    def _joined(self, operands: tuple[Expr, ...], word: str, *, inside: bool) -> str:
        text = word.join(self.clause(operand, inside=True) for operand in operands)
        return f"({text})" if inside else text

    def denied(self, expr: Expr) -> str:
        """Return the opposite of a condition."""
        match expr:
            case Not(operand):
                return self.clause(operand)
            case Compare(operands, signs) if len(signs) == 1:
                return self._chain(operands, (_OPPOSITES[signs[0]],))
            case Call():
                return self._call(expr, holds=False)
            case Name() | Member():
                return f"{self.noun(expr)} is no"
            case Flag(value):
                return self.clause(Flag(not value))
        return f"it is not so that {self.clause(expr, inside=True)}"

    def _chain(self, operands: tuple[Expr, ...], signs: tuple[str, ...]) -> str:
        special = self._count_clause(operands, signs)
        if special:
            return special
        first, *rest = operands
        links = [f"{self._sign(sign, operand)} {self.noun(operand)}" for sign, operand in zip(signs, rest, strict=True)]
        subject = self.noun(first)
        if len(links) == 1:
            return f"{subject} {links[0]}"
        following = [f"{self.noun(one)} {link}" for one, link in zip(rest, links[1:], strict=False)]
        return " and ".join([f"{subject} {links[0]}", *following])

    def _sign(self, sign: str, right: Expr) -> str:
        dated = isinstance(right, Call) and right.function in ("day_of", "end_of")
        dated = dated or right == Name("today") or (isinstance(right, Member) and right.name.endswith("_on"))
        if not dated:
            return _SIGNS[sign]
        return {"<": "is before", "<=": "is on or before", ">": "is after", ">=": "is on or after"}.get(
            sign, _SIGNS[sign]
        )

    # ---------------------------------------------------------------------------------------------- counts

    def _count_clause(self, operands: tuple[Expr, ...], signs: tuple[str, ...]) -> str:
        """Return "no supplier stands in ..." and the like for a count compared with a number; nothing otherwise."""
        if len(signs) != 1 or not isinstance(operands[0], Call) or not isinstance(operands[1], Number):
            return ""
        call, wanted = operands[0], (signs[0], operands[1].value)
        if call.function == "unfinished":
            return self._unfinished(call, wanted)
        if call.function != "count":
            return ""
        kind, place, where = self._standing(call, 1)
        if wanted in _QUANTITIES:
            stands = f" stands in {place}" if place else " exists"
            return f"{_QUANTITIES[wanted]} {kind}{stands}{where}"
        stand = f" stand in {place}" if place else " exist"
        tracks = f"{self._word(call.arguments[0], 'track')} tracks{_OF_ALL[call.of]}"
        return f"{_AMOUNTS[signs[0]]} {operands[1]} {tracks}{stand}{where}" if signs[0] in _AMOUNTS else ""

    def _unfinished(self, call: Call, wanted: tuple[str, object]) -> str:
        kind = f"{self._word(call.arguments[0], 'track')}{_OF[call.of]}"
        if wanted in (("==", 0), ("<", 1), ("<=", 0)):
            return f"every {kind} is finished"
        if wanted in ((">", 0), (">=", 1), ("!=", 0)):
            return f"at least one {kind} is unfinished"
        return ""

    def _standing(self, call: Call, position: int) -> tuple[str, str, str]:
        """Return the kind of track, the stages in words, and the condition in words."""
        kind = self._word(call.arguments[0], "track")
        place = ""
        if len(call.arguments) > position:
            stages = call.arguments[position]
            items = stages.items if isinstance(stages, Listing) else (stages,)
            place = _listed([self._word(item, "stage") for item in items], "or")
        where = f" for which {self.clause(call.where, inside=True)}" if call.where is not None else ""
        return f"{kind}{_OF[call.of]}", place, where

    def _word(self, expr: Expr, kind: str) -> str:
        return self.named(kind, expr.word) if isinstance(expr, Word) else self.noun(expr)

    # ----------------------------------------------------------------------------------------------- calls

    def _call(self, call: Call, *, holds: bool) -> str:
        if call.function == "every":
            return self._every(call, holds=holds)
        if call.function == "stands":
            items = call.arguments[1].items if isinstance(call.arguments[1], Listing) else (call.arguments[1],)
            place = _listed([self._word(item, "stage") for item in items], "or")
            return f"its {self._word(call.arguments[0], 'track')} {'stands' if holds else 'does not stand'} in {place}"
        if call.function == "listed":
            country, name = self.noun(call.arguments[1]), self._word(call.arguments[0], "list")
            return f"{country} is {'' if holds else 'not '}on the list {name}"
        if call.function in _BEFORE:
            period, first, second = (self.noun(argument) for argument in call.arguments)
            lies = "lies" if holds else "does not lie"
            return f"{first} {lies} {_BEFORE[call.function]} {period} before {second}"
        if call.function in _STATES:
            yes, no = _STATES[call.function]
            return (yes if holds else no).format(self._word(call.arguments[0], _KINDS.get(call.function, "field")))
        return f"{self.noun(call)} is {'yes' if holds else 'no'}"

    def _every(self, call: Call, *, holds: bool) -> str:
        kind, place, _ = self._standing(call, 1)
        start = "every" if holds else "not every"
        if call.where is None:
            return f"{start} {kind} stands in {place}"
        who = f"{start} {kind}" + (place and f" in {place}")
        return f"for {who}, {self.clause(call.where, inside=True)}"

    # ---------------------------------------------------------------------------------------------- values

    def noun(self, expr: Expr) -> str:
        """Return a value."""
        match expr:
            case Name(name):
                return "today" if name == "today" else self.named("field", name)
            case Member(owner, name):
                return self._member(owner, name)
            case Word(word):
                return self.named("choice", word)
            case Constant(_, text):
                return text
            case Listing(items):
                return _listed([self.noun(item) for item in items], "or")
            case Negative(operand):
                return f"minus {self._part(operand)}"
            case Arithmetic(sign, left, right):
                return f"{self._part(left)} {_NUMBERS[sign]} {self._part(right)}"
            case Call():
                return self._value(expr)
            case Number():
                return str(expr)
        return _yes_or_no(expr) if isinstance(expr, Flag) else f"whether {self.clause(expr, inside=True)}"

    def _part(self, expr: Expr) -> str:
        brackets = isinstance(expr, Arithmetic) or (isinstance(expr, Call) and FUNCTIONS[expr.function].where)
        return f"({self.noun(expr)})" if brackets else self.noun(expr)

    def _member(self, owner: str, name: str) -> str:
        if owner == "each":
            return f"its {self.named('each_field', name)}"
        if owner == "given":
            return f"the given {name}"
        return f"the {self.named('member', name)} of the {self.named('owner', owner)}"

    def _value(self, call: Call) -> str:
        if call.function in ("count", "total", "lowest", "highest"):
            return self._over_tracks(call)
        if call.function in ("min", "max"):
            word = "smallest" if call.function == "min" else "largest"
            return f"the {word} of {_listed([self.noun(one) for one in call.arguments], 'and')}"
        if call.function in _STATES or call.function in ("every", "listed", "stands", *_BEFORE):
            return f"whether {self._call(call, holds=True)}"
        return self._phrase(call)

    def _phrase(self, call: Call) -> str:
        first = call.arguments[0]
        if call.function == "limit":
            return f"the limit {self._word(first, 'limit')}"
        if call.function == "unfinished":
            return f"the number of unfinished {self._word(first, 'track')} tracks{_OF_ALL[call.of]}"
        if call.function in ("day_of", "end_of"):
            kind, said = ("milestone", "the day of") if call.function == "day_of" else ("deadline", "the end of")
            return f"{said} {self._word(first, kind)}"
        second = self.noun(call.arguments[1])
        if call.function == "in_currency":
            return f"{self.noun(first)} in {second.strip(chr(34))}"
        return f"the days from {self.noun(first)} to {second}"

    def _over_tracks(self, call: Call) -> str:
        _, place, where = self._standing(call, 1 if call.function == "count" else 2)
        whose = f" whose {self._whose(call.where)}" if call.where is not None and self._about_it(call.where) else where
        kind = self._word(call.arguments[0], "track")
        tracks = f"{kind} tracks{_OF_ALL[call.of]}" + (place and f" in {place}") + whose
        if call.function == "count":
            return f"the number of {tracks}"
        field = call.arguments[1]
        read = self.named("each_field", field.name) if isinstance(field, Member) else self.noun(field)
        return f"the {call.function} {'of ' if call.function == 'total' else ''}{read} over {tracks}"

    def _about_it(self, where: Expr) -> bool:
        first = where.operands[0] if isinstance(where, Compare) else None
        return isinstance(first, Member) and first.owner == "each"

    def _whose(self, where: Expr) -> str:
        return self.clause(where, inside=True).removeprefix("its ")


_OF = {"": "", "this": " that belongs to this one", "parent": " that belongs to the same track as this one"}
_OF_ALL = {of: text.replace("belongs", "belong") for of, text in _OF.items()}
_AMOUNTS = {"==": "exactly", "<": "fewer than", "<=": "at most", ">": "more than", ">=": "at least"}
_QUANTITIES: dict[tuple[str, object], str] = {
    ("==", 0): "no", ("<", 1): "no", ("<=", 0): "no",
    (">=", 1): "at least one", (">", 0): "at least one", ("!=", 0): "at least one", ("==", 1): "exactly one",
    ("<=", 1): "at most one", ("<", 2): "at most one",
}  # fmt: skip


def _yes_or_no(flag: Flag) -> str:
    return "yes" if flag.value else "no"


def _listed(words: list[str], last: str) -> str:
    """Return ``a, b or c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
