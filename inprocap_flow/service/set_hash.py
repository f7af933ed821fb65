"""The hash of a whole set of definitions: days, names and files are no part of what a release is hashed over.

It finds what was changed on the way or by hand; who wants to deceive can reckon it anew, as the hash of a release, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.language.canonical import digest

WHOLE = "hash"


def with_hash(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a set with the SHA-256 of everything else in it."""
    rest = {key: value for key, value in plain.items() if key != WHOLE}
    return {**rest, WHOLE: digest(rest)}


def wrong_hash(plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fact and the mend if a set is not what its hash says; sets of earlier programs have none."""
    if WHOLE in plain and with_hash(plain)[WHOLE] != plain[WHOLE]:
        fact = "The set is not what its hash says: something beside the contents was changed, such as a day or a file."
        yield fact, "Ask for the file again."
