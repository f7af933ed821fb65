"""The master keys of an installation: which there are, what each still opens, and changing to another (ruling 1).

A change has three steps, and whoever is stopped between two of them calls it again: a new key is put in front of the
old ones in the key file; every key of a case is wrapped anew; when nothing rests on an old key any more, it may be
dropped. Until then the old key stays in the file, so everything can be read at every moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inprocap_flow import logs
from inprocap_flow.errors import NotAllowed, NotFound
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.opening import key_path, open_keys
from inprocap_flow.store import rekeying
from inprocap_flow.store.vault import KeyRing
from inprocap_flow.store.writing import WritingTransaction


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A master key by its id. ``cases`` counts those whose key it wraps; ``here`` is whether the key file has it."""

    id: str
    current: bool
    here: bool
    cases: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change came to. ``drawn`` is False if it went on with one that had been stopped."""

    current: str
    drawn: bool
    cases: int
    old: tuple[str, ...]


def master_keys(desk: Desk) -> tuple[MasterKey, ...]:
    """Return the keys of the key file, the current one first, then those that the database needs and the file lacks."""
    ring = open_keys(desk.settings)
    with desk.store.writing() as work:
        counted = rekeying.masters(_raw(work))
    known = [MasterKey(name, name == ring.current, True, counted.get(name, 0)) for name in ring.keys]
    return (*known, *(MasterKey(name, False, False, counted[name]) for name in sorted(set(counted) - set(ring.keys))))


def change_master_key(desk: Desk, *, tell: Callable[[int], None] = lambda _cases: None) -> Changed:
    """Draw a new master key and wrap the key of every case by it; *tell* hears how many are done so far.

    If some are still wrapped by an older key, no further one is drawn: that change is finished first. Raises NotAllowed
    (the key file cannot be changed, or lacks a key that a case needs), StoreDamaged.
    """
    ring, drawn = open_keys(desk.settings), False
    missing = [key for key in master_keys(desk) if not key.here]
    if missing:
        mend = "add it to the key file, from its backup"
        raise NotAllowed(f"the key file lacks the key {missing[0].id}, which {missing[0].cases} cases need", mend=mend)
    if not any(key.cases and not key.current for key in master_keys(desk)):
        ring, drawn = ring.with_fresh(), True
        ring.save(key_path(desk.settings))
    done = 0
    while count := _batch(desk, ring):
        done += count
        tell(done)
    logs.happened(logs.MASTER_KEY_CHANGED, count=done)
    return Changed(ring.current, drawn, done, tuple(name for name in ring.keys if name != ring.current))


def _batch(desk: Desk, ring: KeyRing) -> int:
    with desk.store.writing() as work:
        return rekeying.rewrap(_raw(work), ring)


def drop_master_key(desk: Desk, name: str) -> None:
    """Take an old master key out of the key file. Raises NotFound, and NotAllowed while anything rests on it."""
    ring = open_keys(desk.settings)
    found = {key.id: key for key in master_keys(desk)}.get(name)
    if found is None or not found.here:
        raise NotFound(f"the key file has no key {name}", mend=f"it has: {', '.join(ring.keys)}")
    if found.current:
        raise NotAllowed(f"{name} is the current key", mend="change the key first: inprocap-flow key change")
    if found.cases:
        raise NotAllowed(f"{found.cases} cases still need {name}", mend="finish the change: inprocap-flow key change")
    ring.without(name).save(key_path(desk.settings))


def _raw(work: object) -> WritingTransaction:
    # The port promises what everyday work needs; keys are moved on the store's own transaction.
    assert isinstance(work, WritingTransaction)
    return work
