"""Salted commitments to sealed values (ruling 1): what an event holds instead of the value.

A bare hash of a price could be guessed by trying prices. A commitment hashes a secret salt with the value, and the
salt lies encrypted beside the chain with the value itself.
"""

from __future__ import annotations

from typing import Any

from inprocap_flow.language.canonical import canonical_json


def salt_for(seed: bytes, line: str, name: str) -> bytes:
    """Return the 32-byte salt of one value of a request whose random *seed* the shell drew."""
    from hashlib import sha256  # not at the start: whoever only reads hashes nothing

    return sha256(b"inprocap-flow salt\0" + seed + b"\0" + line.encode() + b"\0" + name.encode()).digest()


def commitment(salt: bytes, plain: Any) -> str:
    """Return the commitment to the encoded value *plain*: SHA-256 over salt and canonical JSON, in hexadecimal."""
    from hashlib import sha256  # not at the start: whoever only reads hashes nothing

    return sha256(b"inprocap-flow sealed\0" + salt + canonical_json(plain).encode()).hexdigest()


def is_sealed(plain: Any) -> bool:
    """Return whether the stored form of a field is a commitment."""
    return isinstance(plain, dict) and plain.keys() == {"sealed"}
