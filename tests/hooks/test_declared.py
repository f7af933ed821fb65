"""What a hook may be, what it sees, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.hooks import (
    CaseView,
    Fields,
    HookFailed,
    Lists,
    Money,
    NotDeclared,
    Percent,
    Period,
    Tracks,
    TrackView,
    Value,
    ValueMissing,
    hook,
)
from inprocap_flow.hooks.declared import BadHook

SEEN = CaseView(
    now=datetime(2026, 7, 7, 14, tzinfo=UTC),
    today=date(2026, 7, 7),
    line="supplier/alpha",
    stage="tendered",
    fields={"budget": Money(Decimal(900), "EUR"), "answered": None, "secret": "x"},
    tracks_by_kind={
        "supplier": (
            TrackView("supplier/alpha", "tendered", {"price": Money(Decimal(1), "EUR"), "country": "DE"}),
            TrackView("supplier/beta", "left.late", {"price": None, "country": "FR"}),
        )
    },
    lists={"members": ["DE"], "none_today": None},
)


def ask(read: Callable[[CaseView], object], *reads: Any) -> object:
    """Run *read* inside a hook with these reads and return what it saw."""
    saw: list[object] = []

    @hook(reads=reads, returns="yes_no")
    def looks(view: CaseView) -> bool:
        saw.append(read(view))
        return True

    assert looks.answer(SEEN, ()) is True
    return saw[0]


# ------------------------------------------------------------------------------------------------- declared reads


def test_what_is_declared_can_be_read() -> None:
    assert ask(lambda view: view.value("budget", Money), Fields("budget")) == Money(Decimal(900), "EUR")
    assert ask(lambda view: view.countries("members"), Lists("members")) == {"DE"}
    assert ask(lambda view: [track.id for track in view.tracks("supplier", "left")], Tracks("supplier")) == [
        "supplier/beta"
    ]


@pytest.mark.parametrize(
    ("read", "named"),
    [
        (lambda view: view.value("secret", str), "the field `secret` of supplier/alpha"),
        (lambda view: view.known("secret"), "the field `secret` of supplier/alpha"),
        (lambda view: view.tracks("lot"), "tracks of kind `lot`"),
        (lambda view: view.countries("none_today"), "the list `none_today`"),
        (lambda view: view.tracks("supplier")[0].value("country", str), "the field `country` of supplier/alpha"),
    ],
)
def test_what_is_not_declared_cannot_be_read(read: Callable[[CaseView], object], named: str) -> None:
    with pytest.raises(NotDeclared, match=f"it reads {named} without declaring it"):
        ask(read, Fields("budget"), Tracks("supplier", "price"), Lists("members"))


def test_a_direct_call_enforces_the_declared_reads_as_the_engine_does() -> None:
    @hook(returns="text")
    def peeks(view: CaseView) -> str:
        return view.value("secret", str)

    with pytest.raises(NotDeclared):
        peeks(SEEN)


def test_a_call_says_which_fields_are_read() -> None:
    @hook(reads=[Tracks("{kind}", "{price}")], returns="whole_number")
    def priced(view: CaseView, kind: str, price: str) -> int:
        return sum(track.known(price) for track in view.tracks(kind))

    assert priced.reads_with({"kind": "supplier", "price": "price"}) == (Tracks("supplier", "price"),)
    assert priced.answer(SEEN, ("supplier", "price")) == 1
    assert priced(SEEN, "supplier", "country") == 2


def test_a_missing_value_is_named_with_its_line() -> None:
    with pytest.raises(ValueMissing, match="the field `answered` of supplier/alpha has no value yet"):
        ask(lambda view: view.value("answered", bool), Fields("answered"))
    with pytest.raises(ValueMissing, match="the field `price` of supplier/beta"):
        ask(lambda view: [t.value("price", Money) for t in view.tracks("supplier")], Tracks("supplier", "price"))


def test_a_list_that_has_no_edition_for_the_day_is_named_with_the_day() -> None:
    with pytest.raises(ValueMissing, match="there is no list `none_today` for 2026-07-07"):
        ask(lambda view: view.countries("none_today"), Lists("none_today"))


def test_absence_can_be_asked_for() -> None:
    assert ask(lambda view: (view.known("budget"), view.known("answered")), Fields("budget", "answered")) == (
        True,
        False,
    )


def test_a_field_of_another_type_is_no_surprise_later() -> None:
    with pytest.raises(HookFailed, match="the field `budget` of supplier/alpha is 900 EUR, no str"):
        ask(lambda view: view.value("budget", str), Fields("budget"))


def test_a_group_of_stages_stands_for_those_below_it_and_not_for_names_that_begin_alike() -> None:
    track = TrackView("supplier/beta", "left.late")
    assert [track.stands_in(stage) for stage in ("left", "left.late", "le", "left.la")] == [True, True, False, False]


def test_nothing_in_a_view_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SEEN.line = "case"  # type: ignore[misc]
    with pytest.raises(TypeError):
        SEEN.fields["budget"] = None  # type: ignore[index]
    with pytest.raises(TypeError):
        SEEN.tracks_by_kind["supplier"][0].fields["price"] = None  # type: ignore[index]


# ------------------------------------------------------------------------------------------------- answers


def answering(returns: str, annotated: type, given: object) -> object:
    def gives(view: CaseView) -> Any:
        return given

    gives.__annotations__ = {"view": CaseView, "return": annotated}
    declare: Any = hook(name="gives", returns=returns)
    return declare(gives).answer(SEEN, ())


@pytest.mark.parametrize(
    ("returns", "annotated", "given", "answer"),
    [
        ("yes_no", bool, False, False),
        ("text", str, "supplier/alpha", "supplier/alpha"),
        ("whole_number", int, Decimal("3.00"), 3),
        ("number", Decimal, Decimal("1.50"), Decimal("1.5")),
        ("percent", Percent, Decimal(20), Percent(20)),
        ("money", Money, Money(Decimal("1.10"), "CHF"), Money(Decimal("1.1"), "CHF")),
        ("date", date, date(2026, 7, 31), date(2026, 7, 31)),
        ("moment", datetime, datetime(2026, 7, 31, 16, tzinfo=UTC), datetime(2026, 7, 31, 16, tzinfo=UTC)),
        ("period", Period, parse_period("10 days"), parse_period("P10D")),
        ("country", str, "NO", "NO"),
    ],
)
def test_an_answer_of_the_declared_type_is_taken(returns: str, annotated: type, given: object, answer: object) -> None:
    found = answering(returns, annotated, given)
    assert found == answer
    assert type(found) is type(answer)


@pytest.mark.parametrize(
    ("returns", "annotated", "given"),
    [
        ("yes_no", bool, 1),
        ("yes_no", bool, None),
        ("text", str, b"bytes"),
        ("text", str, "bell \x07"),
        ("whole_number", int, True),
        ("whole_number", int, Decimal("0.5")),
        ("number", Decimal, 0.5),
        ("number", Decimal, Decimal("NaN")),
        ("money", Money, Decimal(5)),
        ("date", date, datetime(2026, 7, 31, tzinfo=UTC)),
        ("moment", datetime, date(2026, 7, 31)),
        ("moment", datetime, datetime(2026, 7, 31, 16)),  # noqa: DTZ001
        ("country", str, "Norway"),
    ],
)
def test_an_answer_of_another_type_is_refused(returns: str, annotated: type, given: object) -> None:
    with pytest.raises(HookFailed, match=f"its answer is no {returns}"):
        answering(returns, annotated, given)


# ------------------------------------------------------------------------------------------------- arguments


@hook(returns="number")
def times(view: CaseView, factor: Decimal, whole: int, share: Percent) -> Decimal:
    assert (type(factor), type(whole), type(share)) == (Decimal, int, Percent)
    return factor * whole


def test_numbers_reach_a_hook_in_the_type_that_it_declares() -> None:
    assert times.answer(SEEN, (2, Decimal(3), Decimal(20))) == Decimal(6)


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        ((2, 3), "it takes 3 arguments and got 2"),
        ((2, 3, 4, 5), "it takes 3 arguments and got 4"),
        ((2, None, 4), "the argument `whole` is not known yet"),
        ((2, Decimal("3.5"), 4), "the argument `whole` is no whole_number"),
        (("two", 3, 4), "the argument `factor` is no number"),
        ((2, 3, True), "the argument `share` is no percent"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: tuple[Value | None, ...], fact: str) -> None:
    with pytest.raises(HookFailed, match=fact):
        times.answer(SEEN, arguments)


# ------------------------------------------------------------------------------------------------- declarations


def no_view() -> bool:
    return True


def wrong_view(view: str) -> bool:
    return bool(view)


def untyped(view: CaseView, price) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return True


def foreign(view: CaseView, price: float) -> bool:
    return True


def with_default(view: CaseView, price: int = 3) -> bool:
    return True


def starred(view: CaseView, *prices: int) -> bool:
    return True


def plain(view: CaseView, kind: str, number: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("function", "declaration", "fact"),
    [
        (no_view, {}, "the first parameter of `no_view` is not the view"),
        (wrong_view, {}, "the first parameter of `wrong_view` is not the view"),
        (untyped, {}, "`price` of `untyped` has no type of the language"),
        (foreign, {}, "`price` of `foreign` has no type of the language"),
        (with_default, {}, "`price` of `with_default` is no plain parameter"),
        (starred, {}, "`prices` of `starred` is no plain parameter"),
        (plain, {"returns": "float"}, "`plain` returns `float`, which no hook can"),
        (plain, {"returns": "text"}, "`plain` declares text, its annotation says something else"),
        (plain, {"name": "Plain Hook"}, "`Plain Hook` is no name for a hook"),
        (plain, {"reads": ["budget"]}, "`plain` reads 'budget'"),
        (plain, {"reads": [Fields("{unknown}")]}, "`plain` reads `{unknown}`, which names nothing"),
        (plain, {"reads": [Fields("{number}")]}, "`plain` reads `{number}`, which names nothing"),
        (plain, {"reads": [Tracks("{kind}", "Not a name")]}, "`plain` reads `Not a name`, which names nothing"),
    ],
)
def test_a_hook_that_cannot_work_is_refused_when_it_is_declared(
    function: Any, declaration: dict[str, Any], fact: str
) -> None:
    with pytest.raises(BadHook, match=fact.replace("{", r"\{")):
        hook(**{"returns": "yes_no"} | declaration)(function)
