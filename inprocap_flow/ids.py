"""Ids: a noun, a hyphen, and something that sorts by time. Made by the shell and passed in."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Protocol

# The shape both makers produce; a person's or organisation's id is chosen by people and is not one of these.
_SHAPE = r"[a-z]+(?:_[a-z]+)*-[0-9a-f]{1,32}"
_NOUN = r"[a-z]+(?:_[a-z]+)*"


class Ids(Protocol):
    """Something that makes ids."""

    def new(self, noun: str) -> str:
        """Return an id never returned before, such as ``case-01955b3bca807aa1b2c3d4e5f6a7b8c9``."""
        ...


class TimedIds:
    """UUIDs of version 7 as 32 hexadecimal digits: they sort by the moment they were made.

    Within one process they rise strictly; between machines they sort as well as the clocks agree (milliseconds).
    """

    def new(self, noun: str) -> str:
        _refuse_bad_noun(noun)
        # Imported late: `next` and `why` make no ids and should not pay for it.
        # Python 3.14 has uuid.uuid7; once it is the oldest we support, the package goes.
        from uuid_utils.compat import uuid7

        return f"{noun}-{uuid7().hex}"


class CountedIds:
    """Ids that count from 1 for each noun (``case-0001``), so that tests and examples read the same every time."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()

    def new(self, noun: str) -> str:
        _refuse_bad_noun(noun)
        self._made[noun] += 1
        return f"{noun}-{self._made[noun]:04}"


def derived_id(noun: str, moment: datetime, *parts: str) -> str:
    """Return the id that belongs to *parts*: the same parts give the same id, so what it names cannot be made twice.

    It begins with *moment* (aware, to the millisecond), as ids made by `TimedIds` do, and so sorts among them.
    """
    _refuse_bad_noun(noun)
    from hashlib import sha256

    # Lengths stand before the parts, because "a", "bc" and "ab", "c" are not the same.
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    return f"{noun}-{int(moment.timestamp() * 1000):012x}{sha256(whole.encode()).hexdigest()[:20]}"


def moment_of(text: str) -> datetime:
    """Return the moment, to the millisecond, at which an id of `TimedIds` or `derived_id` begins.

    Raises ValueError for an id that holds none (one of `CountedIds`).
    """
    digits = text.rpartition("-")[2]
    if len(digits) != 32:
        raise ValueError(f"{text!r} does not begin with a moment")
    return datetime.fromtimestamp(int(digits[:12], 16) / 1000, UTC)


def is_id(text: str, noun: str | None = None) -> bool:
    """Say whether *text* has the shape of an id made here (and of this *noun*, if given). It need not exist."""
    return re.fullmatch(_SHAPE, text) is not None and (noun is None or text.rpartition("-")[0] == noun)


def _refuse_bad_noun(noun: str) -> None:
    if re.fullmatch(_NOUN, noun) is None:
        raise ValueError(f"{noun!r} cannot start an id: write a noun in small letters, such as 'case'")
