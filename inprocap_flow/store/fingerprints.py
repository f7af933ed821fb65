"""Telling a request sent again from another request under the same key, without keeping what it said.

A fingerprint has two parts. The first is a plain hash of names: act, person, step, fields, documents. The second is an
HMAC of the values, under a key that is made from the master key outside the database: a plain hash of a price is found
by trying prices. Why not the key of the case: most cases never seal anything and have none, and drawing one would cost
two statements with every request. So the second part dies otherwise: when the key of a case is destroyed, its
fingerprints lose it (`WritingTransaction.destroy_key`). Where no master key is at hand, or the one that was used has
been dropped since, only names are compared.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from inprocap_flow.engine.case.records import Request
from inprocap_flow.language.canonical import canonical_json
from inprocap_flow.store.rows import fingerprint

if TYPE_CHECKING:
    from inprocap_flow.store.vault import KeyRing, Keys

# What the shell draws anew each time; the case is compared by its id.
_DRAWN = ("case", "seed")
_NOTHING = "-"  # a request that says nothing beyond names, which is worth noting too and needs no key


def fingerprint_of(request: Request, keys: Keys) -> str:
    """Return what is kept of *request*: ``names``, ``names.master.values``, or ``names.-``.

    Raises NotAllowed for a bad key file.
    """
    names, values = fingerprint(request), _values(request)
    if not values:
        return f"{names}.{_NOTHING}"
    ring = _ring(keys)
    return f"{names}.{ring.current}.{_mac(ring, ring.current, values)}" if ring else names


def agrees(recorded: str, request: Request, keys: Keys) -> bool:
    """Return whether *request* is the one whose fingerprint was recorded, as far as that can still be told."""
    names, _, rest = recorded.partition(".")
    if names != fingerprint(request):
        return False
    if rest == _NOTHING:
        return not _values(request)
    master, _, mac = rest.rpartition(".")
    ring = _ring(keys) if rest else None
    if ring is None or master not in ring.keys:
        return True
    return hmac.compare_digest(mac, _mac(ring, master, _values(request)))


def _ring(keys: Keys) -> KeyRing | None:
    return keys() if callable(keys) else keys


def _values(request: Request) -> str:
    """Return everything that the request says beyond names, "" if that is nothing."""
    extra = {name: value for name, value in request.extra.items() if name not in _DRAWN}
    said: dict[str, Any] = {
        "fields": dict(request.fields),
        "reason": request.reason or "",
        "evidence": request.evidence or "",
        "extra": extra,
    }
    return canonical_json(said) if any(said.values()) else ""


def _mac(ring: KeyRing, master: str, values: str) -> str:
    # Made from the master key, not the key itself: one key, one use.
    key = hmac.digest(ring.keys[master], b"inprocap-flow fingerprints", "sha256")
    return hmac.digest(key, values.encode(), "sha256").hex()
