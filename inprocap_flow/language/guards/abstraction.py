"""From conditions of a definition to a question: what a case holds becomes symbols, with all that is known of them.

Every state of a case is a state of the symbols, so what is impossible here never happens. The reverse need not be:
that a deadline is over while a track stands in its first stage is not ruled out by the conditions themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.language.expressions.syntax import words_in
from inprocap_flow.language.expressions.tree import Call, Compare, Expr, Listing, Member, Name, Word, walk, with_parts
from inprocap_flow.language.guards.counts import Counting, counted, counts_tracks, stages_named
from inprocap_flow.language.guards.currencies import are_mixed
from inprocap_flow.language.guards.question import WORDY, Question, Symbol
from inprocap_flow.language.model import Definition, Field, Limit
from inprocap_flow.language.money import Money
from inprocap_flow.language.values import Value, decode, parse_value

STATES = ("none", "running", "suspended", "over", "met", "missed", "stopped")
"""What the clock of a deadline can be; only a duty is ever missed."""
_ASKED = {"running": ("running", "suspended"), "over": ("over", "met", "missed"), "missed": ("missed",)}
_SORTS = {"yes_no", "whole_number", "number", "percent", "money", "date", "moment"}
_SOME_PERIOD = "a period"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition where it stands: in a line, perhaps about ``each`` track of a kind."""

    expr: Expr
    line: str
    each: str | None = None


@dataclass(frozen=True)
class Known:
    """What a definition rests on. ``day``: values of limits that end before it no longer count.

    ``said``: the fields that are computed, where the definition does not say it any more (`grounds`).
    """

    definition: Definition
    limits: Mapping[str, Limit] = field(default_factory=dict)
    day: date | None = None
    said: frozenset[str] | None = None

    @cached_property
    def computed(self) -> frozenset[str]:
        """The fields that a step or an approval computes, or that a track is begun with."""
        return _computed_fields(self.definition) if self.said is None else self.said

    @cached_property
    def read(self) -> dict[tuple[int, str | None], tuple[Expr, frozenset[tuple[str, str]]]]:
        """What conditions read, as far as it was asked, by the expression itself and the track of ``each``."""
        return {}

    def readings(self, condition: Condition) -> frozenset[tuple[str, str]]:
        """Return every value, paper or clock that *condition* looks at."""
        key = id(condition.expr), condition.each
        if key not in self.read:  # the expression is kept too, so that its identity is taken by no other one
            self.read[key] = condition.expr, _readings(condition)
        return self.read[key][1]


def ask(known: Known, wanted: Sequence[tuple[Condition, bool | None]], given: Sequence[Condition] = ()) -> Question:
    """Return whether all of *wanted* can have their answers at one time, where all of *given* hold.

    What is given and shares no reading with what is wanted is left out: it could not change the answer.
    """
    given = _concerning(known, [condition for condition, _ in wanted], given)
    asked = [*(condition for condition, _ in wanted), *given]
    calls = [part for condition in asked for part in walk(condition.expr) if isinstance(part, Call)]
    counts = Counting(known.definition, [counted(one, known.definition) for one in calls
                                         if counts_tracks(one, known.definition)])  # fmt: skip
    reader = _Reader(known, counts)
    rewritten = tuple((reader.rewritten(condition), answer) for condition, answer in wanted)
    axioms = tuple(reader.rewritten(condition) for condition in given)
    symbols = {**{one.name: one for one in counts.symbols}, **reader.symbols}
    return Question(rewritten, tuple(symbols.values()), (*axioms, *counts.axioms))


def _concerning(known: Known, wanted: Sequence[Condition], given: Sequence[Condition]) -> list[Condition]:
    """Return what of *given* shares a reading with *wanted*, directly or through others of *given*."""
    read = {reading for condition in wanted for reading in known.readings(condition)}
    left, found = list(given), list[Condition]()
    while near := [condition for condition in left if read & known.readings(condition)]:
        found += near
        left = [condition for condition in left if condition not in near]
        read = read.union(*map(known.readings, near))
    return found


def _readings(condition: Condition) -> frozenset[tuple[str, str]]:
    uses = words_in(condition.expr, each=condition.each)
    return frozenset((use.kind, use.word) for use in uses if use.kind not in ("stage", "choice", "currency", "list"))


class _Reader:
    """Rewrites conditions, and collects the symbols that it meets."""

    def __init__(self, known: Known, counts: Counting) -> None:
        self.known = known
        self.definition = known.definition
        self.counts = counts
        self.symbols: dict[str, Symbol] = {}
        self.computed = known.computed

    def rewritten(self, condition: Condition) -> Expr:
        """Return the condition with every reading as the name of a symbol."""
        return self._of(condition.expr, condition)

    def _of(self, expr: Expr, at: Condition) -> Expr:
        match expr:
            case Name("today"):
                return self._symbol(Symbol("this day", "date", "today", may_be_unknown=False))
            case Name(name):
                return self._field(name, name, at.line)
            case Member("each", name):
                own = at.each is not None and name in self.definition.line(at.each).fields
                return self._field(f"each.{name}" if own else name, name, at.each or at.line)
            case Member(owner, name):
                return self._member(owner, name)
            case Call():
                return self._call(expr, at)
        made = with_parts(expr, lambda part: self._of(part, at))
        return self._opaque(expr) if isinstance(made, Compare) and are_mixed(made.parts, self.symbols) else made

    def _symbol(self, symbol: Symbol) -> Name:
        self.symbols.setdefault(symbol.name, symbol)
        return Name(symbol.name)

    # ----------------------------------------------------------------------------------------------- fields

    def _field(self, key: str, name: str, line: str) -> Name:
        declared = self.definition.find_field(line, name)
        return self._symbol(Symbol(key, "number", key) if declared is None else self._of_field(key, declared))

    def _member(self, owner: str, name: str) -> Name:
        track = self.definition.tracks.get(owner)
        declared = track.fields.get(name) if track else None
        key = f"{owner}.{name}"
        return self._symbol(Symbol(key, "date", key) if declared is None else self._of_field(key, declared))

    def _of_field(self, key: str, declared: Field) -> Symbol:
        if declared.type == "choice":
            return Symbol(key, WORDY, key, values=declared.choices)
        if declared.type == "period":
            return Symbol(key, WORDY, key, values=(_SOME_PERIOD,))
        if declared.type not in _SORTS:
            return Symbol(key, WORDY, key)
        # What a step computes is fitted to the type, but not held to the range.
        bounds = (None,) * 3 if declared.name in self.computed else tuple(
            _bound(declared, bound) for bound in (declared.minimum, declared.above, declared.maximum)
        )  # fmt: skip
        bounded = {one.currency for one in bounds if isinstance(one, Money)}
        currencies = (declared.currency,) if declared.currency else tuple(sorted(bounded))
        least, above, most = bounds
        return Symbol(key, declared.type, key, least, above, most, currencies=currencies)

    # ------------------------------------------------------------------------------------------------ calls

    def _call(self, call: Call, at: Condition) -> Expr:
        if counts_tracks(call, self.definition):
            return self.counts.rewritten(call)
        if call.function in _ASKED:
            return self._deadline(call, at.line)
        if call.function in ("total", "lowest", "highest"):
            return self._aggregate(call)
        if call.function in ("known", "days_between", "min", "max"):
            return with_parts(call, lambda part: self._of(part, at))
        if call.function in ("has", "approved", "lifted", "list_known"):
            return self._symbol(Symbol(str(call), "yes_no", str(call), may_be_unknown=False, exact=False))
        match call.function:
            case "limit":
                return self._limit(call)
            case "reached" | "day_of" | "end_of":
                return self._point_in_time(call)
            case "stands":
                return self._stands(call)
            case "in_currency":
                return self._in_currency(call, at)
        return self._opaque(call)

    def _deadline(self, call: Call, line: str) -> Expr:
        name = _word(call)
        declared = self.definition.find_deadline(line, name)
        states = tuple(one for one in STATES if one != "missed" or declared is None or declared.kind == "due")
        symbol = self._symbol(Symbol(f"clock of {name}", WORDY, f"`{name}`", values=states, may_be_unknown=False,
                                     exact=False))  # fmt: skip
        return Compare((symbol, Listing(tuple(map(Word, _ASKED[call.function])))), ("in",))

    def _aggregate(self, call: Call) -> Expr:
        kind, each = _word(call), call.arguments[1]
        track = self.definition.tracks.get(kind)
        declared = track.fields.get(each.name) if track and isinstance(each, Member) else None
        if declared is None and isinstance(each, Member):
            declared = self.definition.main.fields.get(each.name)
        if declared is None or declared.type not in _SORTS:
            return self._symbol(Symbol(str(call), "number", str(call), exact=False))
        one = self._of_field(str(call), declared)
        low = _not_negative(one)
        if call.function == "total":
            return self._symbol(Symbol(one.name, one.sort, one.says, least=low, currencies=one.currencies, exact=False))
        return self._symbol(Symbol(one.name, one.sort, one.says, one.least, one.above, one.most, one.values,
                                   one.currencies, exact=False))  # fmt: skip

    def _limit(self, call: Call) -> Expr:
        name = _word(call)
        limit = self.known.limits.get(name)
        if limit is None:
            return self._symbol(Symbol(str(call), "number", str(call)))
        if limit.unit == "period":
            return self._symbol(Symbol(str(call), WORDY, str(call), values=(_SOME_PERIOD,)))
        values = tuple(_limit_values(limit, self.known.day))
        sort = limit.unit if limit.unit in ("number", "percent") else "money"
        currencies = (limit.unit,) if sort == "money" else ()
        return self._symbol(Symbol(str(call), sort, str(call), values=values, currencies=currencies))

    def _point_in_time(self, call: Call) -> Expr:
        """A milestone is reached exactly where its day is known; the end of a clock is a moment of its own."""
        if call.function == "end_of":
            return self._symbol(Symbol(str(call), "moment", str(call), exact=False))
        day = f"day_of('{_word(call)}')"
        name = self._symbol(Symbol(day, "date", day, exact=False))
        return Call("known", (name,)) if call.function == "reached" else name

    def _stands(self, call: Call) -> Expr:
        kind = _word(call)
        line = self.definition.tracks.get(kind)
        if line is None:
            return self._opaque(call)
        symbol = self._symbol(
            Symbol(f"stage of {kind}", WORDY, f"stage of the {kind}", values=line.leaves, may_be_unknown=False,
                   exact=False)
        )  # fmt: skip
        leaves = [Word(leaf) for stage in stages_named(call.arguments[1]) for leaf in line.leaves_under(stage)]
        return Compare((symbol, Listing(tuple(leaves))), ("in",))

    def _in_currency(self, call: Call, at: Condition) -> Expr:
        amount, currency = self._of(call.arguments[0], at), call.arguments[1]
        assert isinstance(currency, Word)
        inside = [self.symbols[part.name] for part in walk(amount) if isinstance(part, Name)
                  and part.name in self.symbols and self.symbols[part.name].sort == "money"]  # fmt: skip
        if inside and all(one.currencies == (currency.word,) for one in inside):
            return amount
        least = above = None
        if isinstance(amount, Name) and inside:
            least, above = _not_negative(inside[0]), inside[0].above if inside[0].above == 0 else None
        return self._symbol(Symbol(str(call), "money", str(call), least, above, currencies=(currency.word,)))

    def _opaque(self, expr: Expr) -> Expr:
        return self._symbol(Symbol(str(expr), "yes_no", str(expr), exact=False))


def _word(call: Call) -> str:
    name = call.arguments[0]
    return name.word if isinstance(name, Word) else str(name)


def _computed_fields(definition: Definition) -> frozenset[str]:
    """Return the fields that a step or an approval computes, or that a track is begun with."""
    found = {name for line in definition.lines for approval in line.approvals.values() for name in approval.sets}
    for line in definition.lines:
        for step in (line.begins, *line.steps.values()):
            found |= set(step.sets)
            for create in step.creates:
                found |= set(create.values)
    return frozenset(found)


def _bound(declared: Field, plain: object) -> Value | None:
    """Return a bound of a field; 0 is one for money of any currency."""
    if plain is None:
        return None
    if str(plain) == "0":
        return 0
    try:
        return decode(declared.type, plain)
    except BadValue:
        return None


def _not_negative(symbol: Symbol) -> Value | None:
    """Return 0 if a symbol is never less; None if it may be, or if that is not said."""
    for bound in (symbol.least, symbol.above):
        amount = bound.amount if isinstance(bound, Money) else bound
        if amount is not None and not isinstance(amount, str | date) and amount >= 0:  # type: ignore[operator]
            return 0
    return None


def _limit_values(limit: Limit, day: date | None) -> list[Value]:
    """Return every value that the limit has on *day* or later, reduced ones too; without *day*, that it ever had."""
    counting = [one for one in limit.values
                if day is None or one.valid_until is None or one.valid_until >= day.isoformat()]  # fmt: skip
    texts = [text for dated in counting for text in (dated.value, *(variant.value for variant in dated.variants))]
    return list(dict.fromkeys(_typed(limit.unit, str(text)) for text in texts if text is not None))


def _typed(unit: str, text: str) -> Value:
    if unit in ("number", "percent"):
        return parse_value(unit, text)
    return parse_value("money", text if text.endswith(unit) else f"{text} {unit}")
