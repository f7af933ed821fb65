"""A small made-up definition and case to ask expressions about, and a generator of expressions that are well typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Protocol

from hypothesis import strategies as st

from inprocap_flow.language.expressions.facts import UNKNOWN, Unknown
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
    walk,
)
from inprocap_flow.language.expressions.types import Type
from inprocap_flow.language.values import Money, Percent, Value

COLOURS = ("red", "green", "blue")
FIELDS = {
    "eu_funded": Type("yes_no"), "urgent": Type("yes_no"),
    "places": Type("whole_number"), "round": Type("whole_number"), "factor": Type("number"),
    "share": Type("percent"), "quorum": Type("percent"),
    "ceiling": Type("money"), "estimate": Type("money"),
    "title": Type("text"), "starts_on": Type("date"), "ends_on": Type("date"), "closes": Type("moment"),
    "length": Type("period"), "colour": Type("choice", COLOURS), "country": Type("country"), "head": Type("person"),
    "board": Type("meeting", committee="board"),
}  # fmt: skip
EACH = {
    "delivers": Type("yes_no"), "rank": Type("whole_number"), "price": Type("money"), "asked_on": Type("date"),
    "part": Type("choice", COLOURS),
}  # fmt: skip
LIMITS = {
    "minimum": Type("number"), "quota": Type("percent"), "threshold": Type("money"), "standstill": Type("period"),
}  # fmt: skip
WORDS = {
    "track": ("supplier", "review"), "stage": ("registered", "ranked", "phase_1.passed"),
    "deadline": ("tenders", "notice"),
    "milestone": ("published",), "document": ("report",), "approval": ("award",), "rule": ("national",),
    "list": ("members",), "owner": ("firm", "board"), "field": tuple(FIELDS), "each_field": tuple(EACH),
    "limit": tuple(LIMITS), "member": ("sme", "meets_on"), "parent": ("supplier",), "of": ("supplier",),
}  # fmt: skip
MEMBERS = {("firm", "sme"): Type("yes_no"), ("board", "meets_on"): Type("date")}


@dataclass(frozen=True)
class World:
    """The declarations above, as a scope."""

    allows_today: bool = True

    def field(self, name: str) -> Type | None:
        return FIELDS.get(name)

    def each_field(self, track: str, name: str) -> Type | None:
        return EACH.get(name) if track == "supplier" else None

    def member(self, owner: str, name: str) -> Type | None:
        return MEMBERS.get((owner, name))

    def limit(self, name: str) -> Type | None:
        return LIMITS.get(name)

    def knows(self, kind: str, word: str, track: str | None = None) -> bool:
        return word in self.words(kind, track)

    def words(self, kind: str, track: str | None = None) -> Sequence[str]:
        return WORDS[kind]


@dataclass
class Case:
    """The state of a case, or of a track within one; whatever is not said is unknown."""

    fields: dict[str, Value] = dataclasses.field(default_factory=dict)
    label: str = ""
    finished: bool = False
    stage: str = ""
    suppliers: list[Case] = dataclasses.field(default_factory=list)
    deadlines: dict[str, str] = dataclasses.field(default_factory=dict)
    limits: dict[str, Value] = dataclasses.field(default_factory=dict)
    rates: dict[tuple[str, str], Decimal] = dataclasses.field(default_factory=dict)
    members: dict[tuple[str, str], Value] = dataclasses.field(default_factory=dict)
    listing: tuple[str, ...] | None = None
    done: frozenset[str] = frozenset()
    belongs: frozenset[str] = frozenset()  # this, parent, above: what it is to whoever asks

    def field(self, name: str) -> Value | Unknown:
        return self.fields.get(name, UNKNOWN)

    def member(self, owner: str, name: str) -> Value | Unknown:
        return self.members.get((owner, name), UNKNOWN)

    def tracks(self, kind: str, stages: tuple[str, ...] | None, of: str = "") -> list[Case]:
        tracks = self.suppliers if kind == "supplier" else []
        tracks = [track for track in tracks if not of or of in track.belongs]
        return [track for track in tracks if stages is None or track.stage in stages]

    def deadline_state(self, name: str) -> str:
        return self.deadlines.get(name, "none")

    def end_of(self, deadline: str) -> datetime | Unknown:
        return datetime(2026, 3, 2, 12, tzinfo=UTC) if deadline in self.deadlines else UNKNOWN

    def reached(self, milestone: str) -> bool:
        return milestone in self.done

    def day_of(self, milestone: str) -> date | Unknown:
        return date(2026, 3, 1) if milestone in self.done else UNKNOWN

    def has(self, document: str) -> bool:
        return document in self.done

    def approved(self, approval: str) -> bool:
        return approval in self.done

    def lifted(self, rule: str) -> bool:
        return rule in self.done

    def limit(self, name: str) -> Value | Unknown:
        return self.limits.get(name, UNKNOWN)

    def listed(self, list_name: str, country: str) -> bool | Unknown:
        return UNKNOWN if self.listing is None else country in self.listing

    def list_known(self, list_name: str) -> bool:
        return self.listing is not None

    def rate(self, from_currency: str, to_currency: str) -> Decimal | Unknown:
        return self.rates.get((from_currency, to_currency), UNKNOWN)

    def today(self) -> date:
        return date(2026, 3, 2)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(UTC).date()


# ---------------------------------------------------------------------------------------------- random cases

_DECIMALS = st.decimals(-(10**6), 10**6, places=2) | st.just(Decimal(10) ** 39) | st.just(Decimal("1e-39"))
_VALUES: dict[str, st.SearchStrategy[Value]] = {
    "yes_no": st.booleans(),
    "whole_number": st.integers(-3, 5) | st.just(10**39),
    "number": _DECIMALS,
    "percent": st.integers(0, 150).map(Percent),
    "money": st.builds(Money, _DECIMALS | st.just(Decimal(0)), st.sampled_from(["EUR", "CHF"])),
    "text": st.sampled_from(["", "word", "red"]),
    "date": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    "moment": st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    "choice": st.sampled_from(COLOURS),
    "country": st.sampled_from(["CH", "DE"]),
    "person": st.sampled_from(["anna", "bert"]),
    "meeting": st.just("2026-12"),
}


def _some(types: dict[str, Type]) -> st.SearchStrategy[dict[str, Value]]:
    """Return maps that leave out any of the names."""
    return st.fixed_dictionaries({}, optional={n: _VALUES[t.name] for n, t in types.items() if t.name in _VALUES})


BELONGS = ("this", "parent", "above")


def _suppliers() -> st.SearchStrategy[list[Case]]:
    one = st.builds(Case, _some(EACH), st.sampled_from(["supplier/alpha", "supplier/beta"]), st.booleans(),
                    st.sampled_from(WORDS["stage"]), belongs=st.frozensets(st.sampled_from(BELONGS)))  # fmt: skip
    return st.lists(one, max_size=3)


_CURRENCIES = st.sampled_from([("EUR", "CHF"), ("CHF", "EUR")])
STATES = ("none", "running", "over", "met", "missed", "stopped")
CASES: st.SearchStrategy[Case] = st.builds(
    Case,
    _some(FIELDS),
    suppliers=_suppliers(),
    deadlines=st.dictionaries(st.sampled_from(WORDS["deadline"]), st.sampled_from(STATES)),
    limits=_some(LIMITS),
    rates=st.dictionaries(
        st.sampled_from([("EUR", "CHF"), ("CHF", "EUR")]), st.sampled_from([Decimal("0.94"), Decimal(2)])
    ),
    members=st.fixed_dictionaries(
        {}, optional={("firm", "sme"): st.booleans(), ("board", "meets_on"): _VALUES["date"]}
    ),
    listing=st.none() | st.just(("CH",)),
    done=st.frozensets(st.sampled_from(["published", "report", "award", "national"])),
)


# ---------------------------------------------------------------------------------------- random expressions


def _names(kind: str, each: bool) -> st.SearchStrategy[Expr]:
    names: list[Expr] = [Name(name) for name, declared in FIELDS.items() if declared.name == kind]
    names += [Call("limit", (Word(name),)) for name, declared in LIMITS.items() if declared.name == kind]
    names += [Member(*pair) for pair, declared in MEMBERS.items() if declared.name == kind]
    if each:
        names += [Member("each", name) for name, declared in EACH.items() if declared.name == kind]
    return st.sampled_from(names)


class Making(Protocol):
    """Makes a strategy of expressions of a certain depth, within a where (``each``) or outside."""

    def __call__(self, depth: int, *, each: bool) -> st.SearchStrategy[Expr]: ...


@st.composite
def _of(draw: st.DrawFn, make: Making, depth: int, each: bool) -> Expr:
    """Draw from what *make* makes; the strategies are remembered and their descriptions stay short."""
    return draw(make(depth, each=each))


_WHOLE = st.integers(0, 3).map(Number)
_STAGES = st.sampled_from(WORDS["stage"]).map(Word)
_PLACES = st.just(()) | _STAGES.map(lambda one: (one,)) | st.tuples(
    st.lists(_STAGES, min_size=1, max_size=3).map(lambda items: Listing(tuple(items))))  # fmt: skip


_WHOSE = st.sampled_from(["", "", "this", "parent"])


@st.composite
def _over_tracks(draw: st.DrawFn, function: str, depth: int, name: str = "") -> Expr:
    where = draw(st.none() | _of(conditions, depth - 1, True)) if depth > 0 else None
    places = draw(_PLACES)
    if function == "every" and not places and where is None:
        places = (Word("ranked"),)
    middle: tuple[Expr, ...] = (Member("each", name),) if name else ()
    return Call(function, (Word("supplier"), *middle, *places), where, draw(_WHOSE))


def _extremes(values: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(values, min_size=2, max_size=3).map(tuple)
    return st.builds(Call, st.sampled_from(["min", "max"]), several)


@cache
def numbers(depth: int, *, each: bool) -> st.SearchStrategy[Expr]:
    """Whole numbers and numbers."""
    leaves = _names("whole_number", each) | _names("number", each) | _WHOLE | st.just(Number(Decimal("1.5")))
    if depth <= 0:
        return leaves
    inner = _of(numbers, depth - 1, each)
    days = _names("date", each) | st.just(Name("today")) | _names("moment", each)
    computed = st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner) | st.builds(Negative, inner)
    ratio = st.builds(Arithmetic, st.just("/"), _of(money, depth - 1, each), _of(money, depth - 1, each))
    found = (
        leaves | computed | ratio | _extremes(inner) | st.builds(Call, st.just("days_between"), st.tuples(days, days))
    )
    if each:
        return found
    counts = _over_tracks("count", depth) | _WHOSE.map(lambda of: Call("unfinished", (Word("supplier"),), of=of))
    return found | counts | _over_tracks("total", depth, "rank") | _over_tracks("highest", depth, "rank")


@cache
def money(depth: int, *, each: bool) -> st.SearchStrategy[Expr]:
    """Amounts."""
    leaves = _names("money", each) | st.just(Constant("money", "900000 EUR"))
    if depth <= 0:
        return leaves
    inner = _of(money, depth - 1, each)
    factor = _of(numbers, depth - 1, each) | _names("percent", each)
    found = leaves | st.builds(Arithmetic, st.sampled_from("+-"), inner, inner) | _extremes(inner)
    found |= st.builds(Arithmetic, st.just("*"), inner, factor) | st.builds(Arithmetic, st.just("*"), factor, inner)
    found |= st.builds(lambda amount: Call("in_currency", (amount, Word("CHF"))), inner)
    if each:
        return found
    return found | _over_tracks("total", depth, "price") | _over_tracks("lowest", depth, "price")


_ORDERS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def _pairs(values: st.SearchStrategy[Expr], signs: st.SearchStrategy[str] = _ORDERS) -> st.SearchStrategy[Expr]:
    return st.builds(lambda a, b, sign: Compare((a, b), (sign,)), values, values, signs)


def _comparisons(depth: int, each: bool) -> st.SearchStrategy[Expr]:
    equal = st.sampled_from(["==", "!="])
    colours = st.lists(st.sampled_from(COLOURS).map(Word), min_size=1, max_size=2)
    chain = st.builds(lambda a, b, c, one, two: Compare((a, b, c), (one, two)), _of(numbers, depth, each),
                      _of(numbers, 0, each), _of(numbers, 0, each), _ORDERS, _ORDERS)  # fmt: skip
    within = st.builds(lambda left, items, sign: Compare((left, Listing(tuple(items))), (sign,)),
                       _names("choice", each), colours, st.sampled_from(["in", "not in"]))  # fmt: skip
    choice = st.builds(lambda a, b, sign: Compare((a, Word(b)), (sign,)), _names("choice", each),
                       st.sampled_from(COLOURS), equal)  # fmt: skip
    country = st.builds(lambda sign: Compare((Name("country"), Word("CH")), (sign,)), equal)
    percent = st.builds(lambda a, b, sign: Compare((a, b), (sign,)), _names("percent", each),
                        _names("percent", each) | _WHOLE, _ORDERS)  # fmt: skip
    zero = st.builds(lambda a, sign: Compare((a, Number(0)), (sign,)), _of(money, depth, each), _ORDERS)
    days = _names("date", each) | _names("moment", each) | st.just(Call("day_of", (Word("published"),)))
    found = _pairs(_of(numbers, depth, each)) | _pairs(_of(money, depth, each)) | _pairs(days) | percent | zero
    return found | chain | within | choice | country


_ASKED = [
    Call("running", (Word("tenders"),)), Call("over", (Word("tenders"),)), Call("missed", (Word("notice"),)),
    Call("reached", (Word("published"),)), Call("has", (Word("report"),)), Call("approved", (Word("award"),)),
    Call("lifted", (Word("national"),)), Call("list_known", (Word("members"),)),
    Call("listed", (Word("members"), Name("country"))), Call("known", (Name("estimate"),)),
]  # fmt: skip


_STANDS = st.lists(_STAGES, min_size=1, max_size=2).map(
    lambda items: Call("stands", (Word("supplier"), Listing(tuple(items))))
)


@cache
def conditions(depth: int = 3, *, each: bool = False) -> st.SearchStrategy[Expr]:
    """Expressions that are yes or no."""
    leaves = _names("yes_no", each) | st.sampled_from(_ASKED) | st.booleans().map(Flag)
    if depth <= 0:
        return leaves
    inner = _of(conditions, depth - 1, each)
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    found = (
        leaves
        | _comparisons(depth - 1, each)
        | st.builds(And, several)
        | st.builds(Or, several)
        | st.builds(Not, inner)
    )
    return found if each else found | _over_tracks("every", depth) | _STANDS


def depth_of(expr: Expr) -> int:
    """Return how many levels an expression has at most, as the reader counts them."""
    return 1 + max((depth_of(part) for part in expr.parts), default=0)


def is_small(expr: Expr) -> bool:
    """Return whether the reader would take it."""
    return sum(1 for _ in walk(expr)) <= 60 and depth_of(expr) <= 8


CONDITIONS: st.SearchStrategy[Expr] = _of(conditions, 3, False).filter(is_small)
ANY_EXPRESSION = (CONDITIONS | _of(numbers, 3, False) | _of(money, 3, False)).filter(is_small)
