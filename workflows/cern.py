"""CERN's alignment rule: which bidders, in which order, may lower their price to that of the cheapest bid.

The rule favours member states that get little industry for what they pay. It is a house rule of CERN, read here from
public pages; nobody at CERN has confirmed it, and this file is not legal advice. What is known, and how well:

- It applies above a value (100 000 CHF on the pages of 2018 and 2021).                              [V:S02] [V:S08]
- A bid gains if a share of its supply (60 percent or more) originates in poorly balanced states.            [V:S02]
- Goods originate where they are made or last substantially transformed; services and civil works where the
  bidder is established.                                                                                     [V:S02]
- States are well, poorly or very poorly balanced, by a list valid for one year (for example from 1 March 2021
  to 28 February 2022) that rests on the four calendar years before.                                         [V:S08]
- If the cheapest bid comes mostly from well-balanced states, the next cheapest bidders that qualify, within a
  margin (20 percent is commonly said), may one after the other align to the cheapest price.      [K] not confirmed

V: read on a public page (S02 "CERN's procurement procedures", 2018; S08 "Procurement Training Module: Price
Enquiries > 50 kCHF", 2021). K: the authors' own knowledge. None of these numbers stands in the code: each comes in as
an argument from a dated limit, each list from the organisation.

Our own reading, where the sources are silent, each on the side that gives no advantage by accident:

- poorly and very poorly balanced count alike, and their shares add up;
- the share and the margin themselves are inside ("at least", "within"), the value itself is not ("above");
- a cheapest bid that qualifies itself leaves nothing to align to, also when others ask the same lowest price;
- where somebody could align but the cheapest bid neither qualifies nor comes mostly from well-balanced states (mixed
  origin, or states outside the list), no answer is given: the sources do not decide it;
- equal prices stand side by side in the order, and the organisation decides whom it asks first;
- how many may be asked is not limited here;
- one after the other is read strictly: the next may be asked only when everybody before it in the order has declined or
  let its time pass; the first who aligns ends it; until nobody in the order is left, no other bid is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from inprocap_flow.hooks import (
    CannotSay,
    CaseView,
    Lists,
    Money,
    Percent,
    Tracks,
    TrackView,
    hook,
    in_words,
)

NOBODY = "nobody"
_SHARE = re.compile(r"([A-Z]{2})(?:\s+(\d{1,3}(?:\.\d{1,20})?)\s*%?)?")
LISTS = ("well_balanced", "poorly_balanced", "very_poorly_balanced")
_BIDS = Tracks("{kind}", "{price}", "{origin}")
_STAGES = Tracks("{kind}")
_BALANCE = Lists(*LISTS)


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of the rule on the day, each from a dated limit.

    It applies above ``applies_above``. ``needed_share`` and more from (very) poorly balanced states qualifies;
    more than ``well_share`` from well-balanced ones is "mostly"; ``margin`` is how far above the cheapest price a
    bidder may be. Shares and margin are percent.
    """

    applies_above: Money
    needed_share: Percent
    well_share: Percent
    margin: Percent


@dataclass(frozen=True, slots=True)
class Balance:
    """Which states are well, and which poorly or very poorly balanced, in one edition of the list."""

    well: frozenset[str]
    poorly: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bid:
    """A compliant bid: its track, its price, and where its supply originates, in percent per country."""

    track: str
    price: Money
    origin: tuple[tuple[str, Decimal], ...]

    def share_from(self, countries: frozenset[str]) -> Fraction:
        """Return the percentage that originates in *countries*."""
        return sum((Fraction(share) for country, share in self.origin if country in countries), Fraction(0))


@dataclass(frozen=True, slots=True)
class Offer:
    """One bidder who may align: the place in the order (equal prices share one), own price, price to align to."""

    track: str
    place: int
    own_price: Money
    aligned_price: Money


def applies(value: Money, applies_above: Money) -> bool:
    """Return whether a purchase of *value* lies above the value of the rule; exactly at it, it does not.

    Raises CannotSay for two currencies: converting is asked for in the definition, with a dated rate.
    """
    if value.currency != applies_above.currency:
        mend = f"Write in_currency(..., '{applies_above.currency}') in the definition."
        raise CannotSay(f"the value is in {value.currency}, the rule in {applies_above.currency}", mend=mend)
    return value > applies_above


def balance_of(
    well_balanced: frozenset[str], poorly_balanced: frozenset[str], very_poorly_balanced: frozenset[str]
) -> Balance:
    """Return the balance of states from the three lists of one day. A state in none of them is no member state.

    Raises CannotSay if a state stands in two of them. Source: [V:S08].
    """
    every = sorted([*well_balanced, *poorly_balanced, *very_poorly_balanced])
    twice = sorted({one for one in every if every.count(one) > 1})
    if twice:
        raise CannotSay(f"in two lists of balance stand {', '.join(twice)}", mend="Give the lists of one edition.")
    return Balance(well_balanced, poorly_balanced | very_poorly_balanced)


def read_origin(text: str) -> tuple[tuple[str, Decimal], ...]:
    """Return the shares written as ``DE 70, FR 30``; a country alone (``DE``) is all of it.

    Raises CannotSay unless every country stands once and the shares add up to exactly 100.
    """
    matches = [_SHARE.fullmatch(part.strip()) for part in text.split(",")]
    shares: list[tuple[str, Decimal]] = []
    for match in matches:
        if match is None or (match[2] is None and len(matches) > 1):
            raise CannotSay(f"`{text[:60]}` gives no shares of origin", mend="Write them as DE 70, FR 30.")
        shares.append((match[1], Decimal(match[2] or 100)))
    if len({country for country, _ in shares}) < len(shares):
        raise CannotSay(f"`{text[:60]}` names a country twice", mend="Add its shares up.")
    total = sum((share for _, share in shares), Decimal(0))
    if total != Decimal(100):
        raise CannotSay(f"the shares in `{text[:60]}` add up to {total}, not to 100", mend="Correct the shares.")
    return tuple(sorted(shares))


def order_of_alignment(bids: tuple[Bid, ...], balance: Balance, terms: Terms) -> tuple[Offer, ...]:
    """Return who may align, in order, with the price to align to; empty if nobody may.

    The order of *bids* does not matter. Whether the rule applies to the purchase at all is asked before (`applies`).
    Raises CannotSay for terms or bids that cannot be, and where the sources do not decide (see above).
    """
    _check_terms(terms)
    _check_bids(bids, terms.applies_above.currency)
    if not bids:
        return ()
    lowest = min(bid.price.amount for bid in bids)
    cheapest = sorted((bid for bid in bids if bid.price.amount == lowest), key=lambda bid: bid.track)
    # A cheapest bid that qualifies is in here too, and ends the matter in the next line.
    may = [bid for bid in bids if _may_align(bid, lowest, balance, terms)]
    if not may or any(_qualifies(bid, balance, terms) for bid in cheapest):
        return ()
    _check_mostly_well(cheapest, balance, terms)
    may.sort(key=lambda bid: (bid.price.amount, bid.track))
    prices = [bid.price.amount for bid in may]
    return tuple(Offer(bid.track, 1 + prices.index(bid.price.amount), bid.price, cheapest[0].price) for bid in may)


def in_order(offers: tuple[Offer, ...]) -> str:
    """Return the order as text: ``supplier/b, supplier/c = supplier/d``, with ``=`` between equal prices."""
    places = sorted({offer.place for offer in offers})
    return ", ".join(" = ".join(o.track for o in offers if o.place == place) for place in places) or NOBODY


def places_in(order: str) -> tuple[frozenset[str], ...]:
    """Return the tracks that `in_order` wrote, place by place; none for ``nobody``."""
    if order == NOBODY:
        return ()
    return tuple(frozenset(one.strip() for one in place.split("=")) for place in order.split(","))


def _qualifies(bid: Bid, balance: Balance, terms: Terms) -> bool:
    return bid.share_from(balance.poorly) >= Fraction(terms.needed_share)


def _may_align(bid: Bid, lowest: Decimal, balance: Balance, terms: Terms) -> bool:
    """Whether the bid qualifies and lies within the margin above the lowest price. Exact: nothing is divided."""
    within = Fraction(bid.price.amount) * 100 <= Fraction(lowest) * (100 + Fraction(terms.margin))
    return within and _qualifies(bid, balance, terms)


def _check_terms(terms: Terms) -> None:
    for name, share in (("needed_share", terms.needed_share), ("well_share", terms.well_share)):
        if not Decimal(0) < share <= Decimal(100):
            raise CannotSay(f"the {name} of the rule is {share} percent", mend="Correct the limit.")
    if terms.margin < Decimal(0):
        raise CannotSay(f"the margin of the rule is {terms.margin} percent", mend="Correct the limit.")


def _check_bids(bids: tuple[Bid, ...], currency: str) -> None:
    """Raise CannotSay with every bid that cannot be compared, by name."""
    tracks = [bid.track for bid in bids]
    faults = {f"{track} stands twice among the bids" for track in tracks if tracks.count(track) > 1}
    for bid in bids:
        if bid.price.currency != currency:
            faults.add(f"{bid.track} is priced in {bid.price.currency}, the rule is in {currency}")
        elif bid.price.amount <= Decimal(0):
            faults.add(f"{bid.track} has the price {in_words(bid.price)}")
        if sum((share for _, share in bid.origin), Decimal(0)) != Decimal(100):
            faults.add(f"{bid.track} has shares of origin that do not add up to 100")
    if faults:
        raise CannotSay("; ".join(sorted(faults)), mend="Correct the bids, or take out those that do not comply.")


def _check_mostly_well(cheapest: list[Bid], balance: Balance, terms: Terms) -> None:
    for bid in cheapest:
        share = bid.share_from(balance.well)
        if share <= Fraction(terms.well_share):
            fact = (
                f"{bid.track} is cheapest and comes neither mostly from well-balanced nor from poorly balanced states"
            )
            mend = "The known sources do not decide this: ask the procurement service, and record its answer."
            raise CannotSay(fact, mend=mend)


# ------------------------------------------------------------------------------------------------ what definitions call


@hook(returns="yes_no")
def alignment_applies(view: CaseView, value: Money, applies_above: Money) -> bool:  # noqa: ARG001 - arguments suffice
    """Whether the alignment rule applies to a purchase of this value."""
    return applies(value, applies_above)


@hook(reads=[_BIDS, _BALANCE], returns="text")
def may_align(  # noqa: PLR0917 - a definition calls it by position
    view: CaseView,
    kind: str,
    stage: str,
    price: str,
    origin: str,
    value: Money,
    applies_above: Money,
    needed_share: Percent,
    well_share: Percent,
    margin: Percent,
) -> str:
    """Who may align, in order: ids of tracks, ``=`` between equal prices, or ``nobody``.

    Bids are the tracks of *kind* that stand in *stage* (the compliant ones); *price* and *origin* name their fields.
    For supplies *origin* is a text such as ``DE 70, FR 30``; for services and civil works the country of the bidder.
    *value* is the value that the rule looks at, in its currency; the other four are limits.
    """
    terms = Terms(applies_above, needed_share, well_share, margin)
    return in_order(_offers(view, view.tracks(kind, stage), (price, origin), value, terms))


@hook(reads=[_BIDS, _BALANCE], returns="yes_no")
def may_this_firm_align(  # noqa: PLR0917 - a definition calls it by position
    view: CaseView,
    kind: str,
    stage: str,
    price: str,
    origin: str,
    value: Money,
    applies_above: Money,
    needed_share: Percent,
    well_share: Percent,
    margin: Percent,
) -> bool:
    """Whether the track where this is asked is among those who may align, at any place. Arguments as `may_align`."""
    terms = Terms(applies_above, needed_share, well_share, margin)
    return any(
        offer.track == view.line for offer in _offers(view, view.tracks(kind, stage), (price, origin), value, terms)
    )


@hook(reads=[_BIDS, _BALANCE], returns="money")
def aligned_price(  # noqa: PLR0917 - a definition calls it by position
    view: CaseView,
    kind: str,
    stage: str,
    price: str,
    origin: str,
    value: Money,
    applies_above: Money,
    needed_share: Percent,
    well_share: Percent,
    margin: Percent,
) -> Money:
    """The price to align to: that of the cheapest bid. Refused if nobody may align. Arguments as `may_align`."""
    terms = Terms(applies_above, needed_share, well_share, margin)
    offers = _offers(view, view.tracks(kind, stage), (price, origin), value, terms)
    if not offers:
        raise CannotSay("nobody may align", mend="Ask may_align first.")
    return offers[0].aligned_price


@hook(reads=[_STAGES], returns="yes_no")
def is_its_turn(view: CaseView, kind: str, stage: str, order: str) -> bool:
    """Whether the track where this is asked comes next in *order* (what `may_align` gave).

    It does if it stands in the order and nobody before it still waits, that is stands in *stage*. Where prices are
    equal the organisation decides whom it asks first. The order is that of the day on which it was looked at.
    """
    waiting = {track.id for track in view.tracks(kind, stage)}
    for place in places_in(order):
        if view.line in place:
            return True
        if waiting & place:
            return False
    return False


@hook(reads=[_STAGES], returns="yes_no")
def nobody_waits(view: CaseView, kind: str, stage: str, order: str) -> bool:
    """Whether nobody of *order* still stands in *stage*: everybody who may align was asked and did not."""
    waiting = {track.id for track in view.tracks(kind, stage)}
    return not any(waiting & place for place in places_in(order))


def _offers(
    view: CaseView, tracks: tuple[TrackView, ...], fields: tuple[str, str], value: Money, terms: Terms
) -> tuple[Offer, ...]:
    """Return the order for the bids of *tracks*; below the value of the rule neither shares nor lists are needed."""
    if not applies(value, terms.applies_above):
        return ()
    bids = _bids(tracks, *fields)
    return order_of_alignment(bids, balance_of(*(view.countries(name) for name in LISTS)), terms)


def _bids(tracks: tuple[TrackView, ...], price: str, origin: str) -> tuple[Bid, ...]:
    """Return the bids of *tracks*. Raises CannotSay with every bid whose price or origin is not known or not clear."""
    unknown = [f"{name} of {track.id}" for track in tracks for name in (price, origin) if not track.known(name)]
    if unknown:
        raise CannotSay(f"not known: {', '.join(sorted(unknown))}", mend="Fill them in, or take the bid out.")
    return tuple(Bid(track.id, track.value(price, Money), _origin_of(track, origin)) for track in tracks)


def _origin_of(track: TrackView, origin: str) -> tuple[tuple[str, Decimal], ...]:
    try:
        return read_origin(track.value(origin, str))
    except CannotSay as cannot:
        raise CannotSay(f"{track.id}: {cannot.reason}", mend=cannot.mend) from None
