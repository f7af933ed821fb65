"""The alignment rule, from the numbers of the public pages: 100 000 CHF, 60 percent, a margin of 20 percent."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow import bundled
from inprocap_flow.hooks import CannotSay, CaseView, HookFailed, Money, Percent, TrackView, Value
from inprocap_flow.plugins import load_hooks

FOLDER = bundled.root("workflows")
HOOKS = load_hooks([FOLDER], [FOLDER])
cern: Any = sys.modules[HOOKS.hooks["may_align"].hook.function.__module__]

LISTS = {"well_balanced": ["CH", "FR"], "poorly_balanced": ["DE", "SE"], "very_poorly_balanced": ["NO"]}
BALANCE = cern.balance_of(*(frozenset(LISTS[name]) for name in cern.LISTS))
LIMITS: tuple[Value, ...] = (chf := Money(Decimal(100_000), "CHF"), Percent(60), Percent(50), Percent(20))
TERMS = cern.Terms(*LIMITS)
VALUE = Money(Decimal(300_000), "CHF")


def bid(name: str, price: str, origin: str) -> Any:
    amount, _, currency = price.partition(" ")
    return cern.Bid(f"supplier/{name}", Money(Decimal(amount), currency or "CHF"), cern.read_origin(origin))


def order(*bids: Any, terms: Any = TERMS) -> str:
    text: str = cern.in_order(cern.order_of_alignment(bids, BALANCE, terms))
    return text.replace("supplier/", "")


def track(name: str, price: str | None, origin: str | None, stage: str = "tendered") -> TrackView:
    money = None if price is None else Money(Decimal(price), "CHF")
    return TrackView(f"supplier/{name}", stage, {"tender_price": money, "origin": origin})


def view(*tracks: TrackView, line: str = "case", lists: Mapping[str, list[str] | None] = LISTS) -> CaseView:
    return CaseView(
        now=datetime(2021, 9, 1, 10, tzinfo=UTC),
        today=date(2021, 9, 1),
        line=line,
        tracks_by_kind={"supplier": tracks},
        lists=lists,
    )


def ask(hook: str, seen: CaseView, value: Money = VALUE) -> Value:
    return HOOKS.call(hook, ("supplier", "tendered", "tender_price", "origin", value, *LIMITS), seen)


# ------------------------------------------------------------------------------------------------- the value


@pytest.mark.parametrize(("value", "applies"), [("99999.99", False), ("100000", False), ("100000.01", True)])
def test_the_rule_applies_above_its_value_and_not_at_it(value: str, *, applies: bool) -> None:
    assert HOOKS.call("alignment_applies", (Money(Decimal(value), "CHF"), chf), view()) is applies


def test_a_value_in_another_currency_is_not_compared() -> None:
    with pytest.raises(HookFailed, match="the value is in EUR, the rule in CHF") as failed:
        HOOKS.call("alignment_applies", (Money(Decimal(300_000), "EUR"), chf), view())
    assert "in_currency(..., 'CHF')" in failed.value.mend


def test_at_or_below_the_value_nobody_aligns_and_neither_shares_nor_lists_are_needed() -> None:
    small = view(track("swiss", None, None), track("german", "110000", None), lists={})
    assert ask("may_align", small, Money(Decimal(100_000), "CHF")) == "nobody"


# ------------------------------------------------------------------------------------------------- who may align


def test_the_next_cheapest_from_poorly_balanced_states_align_in_order_of_price() -> None:
    bids = (
        bid("swiss", "200000", "CH"),
        bid("swede", "235000", "SE"),
        bid("french", "210000", "FR"),
        bid("german", "220000", "DE 60, CH 40"),
    )
    assert order(*bids) == "german, swede"


@pytest.mark.parametrize(("origin", "answer"), [("DE 60, CH 40", "b"), ("DE 59.99, CH 40.01", "nobody")])
def test_sixty_percent_qualifies_and_a_hundredth_less_does_not(origin: str, answer: str) -> None:
    assert order(bid("a", "200000", "CH"), bid("b", "210000", origin)) == answer


@pytest.mark.parametrize(("price", "answer"), [("240000", "b"), ("240000.01", "nobody")])
def test_a_bid_exactly_at_the_margin_is_within_and_a_centime_more_is_not(price: str, answer: str) -> None:
    assert order(bid("a", "200000", "CH"), bid("b", price, "DE")) == answer


def test_poorly_and_very_poorly_balanced_shares_add_up() -> None:
    assert order(bid("a", "200000", "CH"), bid("b", "210000", "DE 35, NO 25, CH 40")) == "b"


def test_states_outside_the_list_help_nobody_to_qualify() -> None:
    assert order(bid("a", "200000", "CH"), bid("b", "210000", "DE 59, US 41")) == "nobody"


@pytest.mark.parametrize("cheapest", ["DE", "NO", "DE 60, US 40"])
def test_nobody_aligns_to_a_cheapest_bid_that_is_itself_poorly_balanced(cheapest: str) -> None:
    assert order(bid("a", "200000", cheapest), bid("b", "210000", "SE")) == "nobody"


def test_where_a_qualifying_bid_shares_the_lowest_price_there_is_nothing_to_align_to() -> None:
    assert order(bid("a", "200000", "CH"), bid("b", "200000", "DE"), bid("c", "210000", "SE")) == "nobody"


def test_equal_prices_stand_side_by_side_and_the_place_after_them_is_counted() -> None:
    bids = (bid("a", "200000", "CH"), bid("d", "220000", "SE"), bid("c", "210000", "NO"), bid("b", "210000", "DE"))
    assert order(*bids) == "b = c, d"
    assert [offer.place for offer in cern.order_of_alignment(bids, BALANCE, TERMS)] == [1, 1, 3]


def test_a_lone_bid_and_no_bid_leave_nobody_to_align() -> None:
    assert order(bid("a", "200000", "CH")) == "nobody"
    assert order() == "nobody"


@pytest.mark.parametrize("cheapest", ["US", "CH 50, DE 50", "CH 50, US 50"])
def test_no_answer_is_given_where_the_sources_do_not_decide(cheapest: str) -> None:
    with pytest.raises(CannotSay, match="supplier/a is cheapest and comes neither mostly from well-balanced"):
        order(bid("a", "200000", cheapest), bid("b", "210000", "DE"))


def test_an_undecided_cheapest_bid_does_not_matter_when_nobody_could_align() -> None:
    assert order(bid("a", "200000", "US"), bid("b", "210000", "FR"), bid("c", "250000", "DE")) == "nobody"


# ------------------------------------------------------------------------------------------------- what is refused


def test_a_bid_in_another_currency_is_named() -> None:
    with pytest.raises(CannotSay, match="supplier/b is priced in EUR, the rule is in CHF"):
        order(bid("a", "200000", "CH"), bid("b", "210000 EUR", "DE"))


@pytest.mark.parametrize("price", ["0", "-1"])
def test_a_price_of_nothing_or_less_is_named(price: str) -> None:
    with pytest.raises(CannotSay, match=f"supplier/b has the price {price} CHF"):
        order(bid("a", "200000", "CH"), bid("b", price, "DE"))


def test_one_track_counted_twice_is_named() -> None:
    with pytest.raises(CannotSay, match="supplier/a stands twice"):
        order(bid("a", "200000", "CH"), bid("a", "210000", "DE"))


@pytest.mark.parametrize(
    ("origin", "fact"),
    [
        ("DE 70, CH 20", "add up to 90, not to 100"),
        ("DE 70, CH 30.00000000000000000001", "not to 100"),
        ("DE 50, DE 50", "names a country twice"),
        ("DE, CH 30", "gives no shares"),
        ("Germany", "gives no shares"),
        ("", "gives no shares"),
        ("DE 170, CH -70", "gives no shares"),
        ("de 100", "gives no shares"),
    ],
)
def test_shares_that_cannot_be_are_refused_with_the_bid_named(origin: str, fact: str) -> None:
    with pytest.raises(HookFailed, match=f"supplier/b: .*{fact}"):
        ask("may_align", view(track("a", "200000", "CH"), track("b", "210000", origin)))


def test_every_unknown_share_and_price_is_named_at_once() -> None:
    unclear = view(track("a", None, "CH"), track("b", "210000", None), track("c", "220000", "DE"))
    with pytest.raises(HookFailed, match=r"not known: origin of supplier/b, tender_price of supplier/a"):
        ask("may_align", unclear)


@pytest.mark.parametrize("missing", sorted(LISTS))
def test_without_the_list_of_the_day_there_is_no_answer(missing: str) -> None:
    bids = (track("a", "200000", "CH"), track("b", "210000", "DE"))
    with pytest.raises(HookFailed, match=f"there is no list `{missing}` for 2021-09-01"):
        ask("may_align", view(*bids, lists=LISTS | {missing: None}))


def test_a_state_in_two_lists_is_refused() -> None:
    with pytest.raises(CannotSay, match="in two lists of balance stand CH, SE"):
        cern.balance_of(frozenset({"CH", "FR"}), frozenset({"SE", "CH"}), frozenset({"SE"}))


@pytest.mark.parametrize(("place", "share"), [(1, Percent(0)), (1, Percent(101)), (2, Percent(-1)), (3, Percent(-1))])
def test_limits_that_cannot_be_are_refused(place: int, share: Percent) -> None:
    limits = [*LIMITS[:place], share, *LIMITS[place + 1 :]]
    with pytest.raises(CannotSay, match=f"is {share} percent"):
        order(bid("a", "200000", "CH"), bid("b", "210000", "DE"), terms=cern.Terms(*limits))


# ------------------------------------------------------------------------------------------------- through the view

BIDS = (
    track("swiss", "200000", "CH"),
    track("german", "220000", "DE 60, CH 40"),
    track("late", "201000", "NO", stage="excluded"),
)


def test_only_bids_in_the_stage_that_is_asked_for_count() -> None:
    assert ask("may_align", view(*BIDS)) == "supplier/german"


def test_a_country_alone_is_the_origin_of_a_service() -> None:
    assert ask("may_align", view(track("a", "200000", "CH"), track("b", "230000", "NO"))) == "supplier/b"


def test_a_firm_asks_for_itself() -> None:
    answers = {name: ask("may_this_firm_align", view(*BIDS, line=f"supplier/{name}")) for name in ("swiss", "german")}
    assert answers == {"swiss": False, "german": True}


WAITING = (track("swiss", "200000", "CH"), track("german", "220000", "DE"), track("norse", "220000", "NO"))
ORDER = "supplier/german = supplier/norse, supplier/swede"


@pytest.mark.parametrize(
    ("firm", "waiting", "turn"),
    [
        ("german", WAITING, True),
        ("norse", WAITING, True),
        ("swede", WAITING, False),
        ("swede", WAITING[:1], True),
        ("swede", (*WAITING[:1], track("norse", "220000", "NO", stage="stays")), True),
        ("swiss", WAITING, False),
    ],
)
def test_a_firm_is_asked_when_everybody_before_it_has_answered(firm: str, waiting: tuple[Any, ...], turn: bool) -> None:
    case = view(*waiting, line=f"supplier/{firm}")
    assert HOOKS.call("is_its_turn", ("supplier", "tendered", ORDER), case) is turn


def test_nobody_waits_when_all_of_the_order_have_answered_or_nobody_may_align() -> None:
    assert HOOKS.call("nobody_waits", ("supplier", "tendered", ORDER), view(*WAITING)) is False
    assert HOOKS.call("nobody_waits", ("supplier", "tendered", ORDER), view(*WAITING[:1])) is True
    assert HOOKS.call("nobody_waits", ("supplier", "tendered", "nobody"), view(*WAITING)) is True


@given(st.lists(st.sampled_from("abcdef"), max_size=6, unique=True), st.data())
def test_the_order_that_is_kept_reads_back_as_it_was_made(names: list[str], data: Any) -> None:
    places = data.draw(st.lists(st.integers(1, 3), min_size=len(names), max_size=len(names)))
    price = Money(Decimal(1), "CHF")
    offers = tuple(cern.Offer(f"supplier/{n}", place, price, price) for n, place in zip(names, places, strict=True))
    made = [{o.track for o in offers if o.place == place} for place in sorted(set(places))]
    assert [set(place) for place in cern.places_in(cern.in_order(offers))] == made


def test_the_price_to_align_to_is_the_cheapest() -> None:
    assert ask("aligned_price", view(*BIDS)) == Money(Decimal(200_000), "CHF")


def test_no_price_is_given_when_nobody_may_align() -> None:
    with pytest.raises(HookFailed, match="nobody may align"):
        ask("aligned_price", view(BIDS[0]))


def test_another_edition_of_the_list_gives_another_answer() -> None:
    year_after = {"well_balanced": ["CH", "DE"], "poorly_balanced": ["FR", "SE"], "very_poorly_balanced": ["NO"]}
    assert ask("may_align", view(*BIDS)) != ask("may_align", view(*BIDS, lists=year_after))


# ------------------------------------------------------------------------------------------------- laws

COUNTRIES = st.sampled_from(["CH", "FR", "DE", "SE", "NO", "US"])
ORIGINS = st.one_of(
    COUNTRIES,
    st.tuples(st.sampled_from(["CH", "FR"]), st.sampled_from(["DE", "SE", "NO"]), st.integers(1, 99)).map(
        lambda parts: f"{parts[0]} {parts[2]}, {parts[1]} {100 - parts[2]}"
    ),
)
PRICES = st.integers(100_000, 130_000) | st.sampled_from([100_000, 120_000, 120_001])
BID_LISTS = st.lists(st.tuples(PRICES, ORIGINS), max_size=7).map(
    lambda rows: tuple(bid(f"s{number}", str(price), origin) for number, (price, origin) in enumerate(rows))
)


def answer(bids: tuple[Any, ...]) -> Any:
    try:
        return cern.order_of_alignment(bids, BALANCE, TERMS)
    except CannotSay as cannot:
        return cannot.reason


@given(BID_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_the_bids_as_given_never_matters(bids: tuple[Any, ...], chance: Any) -> None:
    shuffled = list(bids)
    chance.shuffle(shuffled)
    assert answer(tuple(shuffled)) == answer(bids)


@given(BID_LISTS)
def test_whoever_may_align_qualifies_and_pays_no_more_than_asked_within_the_margin(bids: tuple[Any, ...]) -> None:
    offers = answer(bids)
    if isinstance(offers, str):
        return
    lowest = min((each.price for each in bids), default=None)
    by_track = {each.track: each for each in bids}
    for offer in offers:
        assert offer.aligned_price == lowest
        assert offer.aligned_price < offer.own_price
        assert offer.own_price.amount / lowest.amount <= Decimal("1.2")
        origin = dict(by_track[offer.track].origin)
        assert sum(origin.get(country, Decimal(0)) for country in ("DE", "SE", "NO")) >= Decimal(60)
    assert [o.own_price.amount for o in offers] == sorted(o.own_price.amount for o in offers)


@given(BID_LISTS)
def test_whoever_is_left_out_does_not_qualify_or_lies_outside(bids: tuple[Any, ...]) -> None:
    offers = answer(bids)
    if not offers or isinstance(offers, str):
        return
    lowest = min(each.price.amount for each in bids)
    for left_out in {each.track for each in bids} - {offer.track for offer in offers}:
        one = next(each for each in bids if each.track == left_out)
        poorly = sum((share for country, share in one.origin if country in {"DE", "SE", "NO"}), Decimal(0))
        assert poorly < Decimal(60) or one.price.amount > lowest * Decimal("1.2")


@given(BID_LISTS, st.integers(0, 100_000))
def test_nobody_aligns_at_or_below_the_value(bids: tuple[Any, ...], value: int) -> None:
    tracks = [TrackView(each.track, "tendered", {"tender_price": each.price, "origin": None}) for each in bids]
    assert ask("may_align", view(*tracks), Money(Decimal(value), "CHF")) == "nobody"


@given(BID_LISTS, st.integers(1, 10**12))
def test_the_scale_of_prices_does_not_matter(bids: tuple[Any, ...], factor: int) -> None:
    scaled = tuple(cern.Bid(each.track, each.price * factor, each.origin) for each in bids)
    tracks = answer(bids) if isinstance(answer(bids), str) else cern.in_order(answer(bids))
    assert tracks == (answer(scaled) if isinstance(answer(scaled), str) else cern.in_order(answer(scaled)))
