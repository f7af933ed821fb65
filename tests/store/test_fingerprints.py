"""The same key with other values is another request, and no fingerprint gives a value away."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inprocap_flow.engine.case.records import Handed, Request
from inprocap_flow.errors import NotAllowed
from inprocap_flow.store.database import DatabaseStore
from inprocap_flow.store.fingerprints import agrees, fingerprint_of
from inprocap_flow.store.vault import KeyRing
from tests.store import drafts
from tests.store.drafts import NOW

RING = KeyRing({"master-a": bytes(range(32))})
PRICE = {"amount": "51234", "currency": "EUR"}
BID = Request("do", "al", "submit", "bidder/al", fields={"price": PRICE}, reason="as agreed", idempotency_key="k")

TEXTS = st.text(max_size=20)
REQUESTS = st.builds(
    Request,
    kind=st.sampled_from(["do", "fill", "sign"]),
    actor=st.sampled_from(["al", "bo"]),
    name=st.sampled_from(["submit", "launch"]),
    fields=st.dictionaries(st.sampled_from(["price", "note"]), st.none() | TEXTS, max_size=2),
    reason=st.none() | TEXTS,
    evidence=st.none() | TEXTS,
    extra=st.dictionaries(st.sampled_from(["conflict", "with"]), st.booleans() | TEXTS, max_size=2),
)


@given(first=REQUESTS, second=REQUESTS)
def test_a_fingerprint_fits_its_own_request_and_no_other(first: Request, second: Request) -> None:
    recorded = fingerprint_of(_sent(first, "1"), RING)
    assert agrees(recorded, _sent(first, "2"), RING)
    assert agrees(recorded, _sent(second, "3"), RING) == (_said(first) == _said(second))


def _sent(request: Request, drawn: str) -> Request:
    """Return a request as the shell sends it on: with a seed, and an id for a case, drawn anew each time."""
    return replace(request, extra={**request.extra, "seed": drawn, "case": f"case-{drawn}"})


def _said(request: Request) -> tuple[object, ...]:
    """Return what the request says, where an empty text says as little as none."""
    named = (request.kind, request.actor, request.name, sorted(request.extra))
    return (*named, dict(request.fields), request.reason or "", request.evidence or "", dict(request.extra))


@pytest.mark.parametrize(
    "other",
    [{"fields": {"price": PRICE | {"amount": "51235"}}}, {"reason": "as agreed!"}, {"fields": {"price": None}}],
    ids=["price", "reason", "cleared"],
)
def test_another_value_is_noticed(other: dict[str, object]) -> None:
    assert not agrees(fingerprint_of(BID, RING), replace(BID, **other), RING)  # type: ignore[arg-type]


def test_a_price_cannot_be_tried_without_the_key() -> None:
    """Who has the database only can hash every price there is, and finds none of them."""
    recorded = fingerprint_of(BID, RING)
    assert recorded != fingerprint_of(BID, KeyRing({"master-a": bytes(32)}))
    assert recorded.partition(".")[0] == fingerprint_of(replace(BID, fields={"price": None}), RING).partition(".")[0]
    assert sha256(b"51234").hexdigest() not in recorded


def test_after_a_change_of_the_master_key_the_old_one_still_tells_as_long_as_it_is_there() -> None:
    recorded, cheaper = fingerprint_of(BID, RING), replace(BID, fields={"price": PRICE | {"amount": "1"}})
    both = RING.with_fresh()
    assert agrees(recorded, BID, both)
    assert not agrees(recorded, cheaper, both)
    alone = both.without("master-a")
    assert agrees(recorded, cheaper, alone)  # nobody can tell any more; names still count
    assert not agrees(recorded, replace(BID, name="withdraw"), alone)


def test_without_any_key_names_are_compared_and_no_value_is_kept() -> None:
    recorded = fingerprint_of(BID, None)
    assert len(recorded) == 64
    assert agrees(recorded, replace(BID, fields={"price": None}), None)
    assert not agrees(recorded, replace(BID, documents={"bid": Handed("ab", "bid.pdf")}), None)


def test_a_request_without_values_needs_no_key() -> None:
    def refused() -> KeyRing:
        raise NotAllowed("no key is to be opened for this")

    sign = Request("sign", "al", "launch")
    recorded = fingerprint_of(sign, refused)
    assert agrees(recorded, sign, refused)
    assert not agrees(recorded, replace(sign, reason="x"), refused)


def test_the_values_of_a_case_are_forgotten_with_its_key(store: DatabaseStore) -> None:
    drafts.opened(store)
    mark, value = drafts.sealed("51234")
    with store.writing() as work:
        bid = drafts.decision(
            work.load("case-1").case, drafts.fills(price={"sealed": mark}), request=BID, sealed={mark: value}
        )
        work.record(bid, now=NOW, idempotency_key="k")
    cheaper = replace(BID, fields={"price": PRICE | {"amount": "1"}})
    with store.reading() as view:
        answer = view.answer("k")
        assert answer is not None
        assert view.agrees(answer, BID)
        assert not view.agrees(answer, cheaper)
    with store.writing() as work:
        work.destroy_key("case-1", now=NOW)
    with store.reading() as view:
        answer = view.answer("k")
        assert answer is not None
        assert len(answer.fingerprint) == 64
        assert view.agrees(answer, cheaper)
