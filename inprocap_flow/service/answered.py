"""Answers to single questions about one definition, as plain data in a journal that grows with each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from inprocap_flow.language.canonical import digest, to_plain
from inprocap_flow.language.checks.asked import Asked
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import Answer, Path
from inprocap_flow.language.explore.essential import essential
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.explore.state import Deed, Seat, State
from inprocap_flow.language.model import Definition
from inprocap_flow.service.kept import Kept, program

Plain = Any


class Answered:
    """What runs so far have answered about *definition* within a bound of the same size, as `continuing.Answers` says.

    It hangs on what an exploration sees of the definition, on how far it goes (not on how long it may), and on the
    program; so what is found here is what would be found anew.
    """

    def __init__(self, kept: Kept, definition: Definition, bound: Bound) -> None:
        self.kept = kept
        self.key = digest([to_plain(essential(definition), ordered=True), bound.states, bound.tracks, program()])
        self.known = kept.entries(self.key)

    def find(self, name: str) -> Sequence[Asked] | None:
        """Return what was answered to the question *name*; None if nothing was, or nobody can read it."""
        try:
            return tuple(map(asked_from, self.known[name])) if name in self.known else None
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, name: str, said: Sequence[Asked]) -> None:
        """Keep what was answered."""
        self.kept.enter(self.key, name, [asked_to_plain(one) for one in said])


def asked_to_plain(one: Asked, *, with_path: bool = True) -> Plain:
    """Return a question with its answer as JSON data; what leads to a fault only if it is wanted."""
    path = _path_to_plain(one.answer.path) if with_path and one.answer.path is not None else None
    answer = asdict(replace(one.answer, path=None, kept=False)) | {"path": path}
    return {"about": one.about, "finding": asdict(one.finding), "answer": answer}


def asked_from(plain: Plain) -> Asked:
    """Return what `asked_to_plain` wrote. Raises KeyError, TypeError or ValueError on foreign data."""
    answer = dict(plain["answer"])
    path = answer.pop("path")
    found = Answer(**answer, path=None if path is None else _path(path))
    return Asked(plain["about"], Finding(**plain["finding"]), found)


def _path_to_plain(path: Path) -> Plain:
    state = path.state
    stands = None if state is None else [_seat_to_plain(state.main), [_crowd_to_plain(one) for one in state.crowds]]
    return [[_deed_to_plain(one) for one in path.deeds], stands]


def _path(plain: Plain) -> Path:
    deeds, stands = plain
    if stands is None:
        return Path(tuple(map(_deed, deeds)))
    crowds = tuple(tuple((_seat(seat), number) for seat, number in crowd) for crowd in stands[1])
    return Path(tuple(map(_deed, deeds)), State(_seat(stands[0]), crowds))


def _crowd_to_plain(crowd: Sequence[tuple[Seat, int]]) -> Plain:
    return [[_seat_to_plain(seat), number] for seat, number in crowd]


def _deed_to_plain(deed: Deed) -> Plain:
    seats = [None if one is None else _seat_to_plain(one) for one in (deed.before, deed.after)]
    return [deed.verb, deed.kind, deed.name, *seats, list(deed.follows), deed.refused]


def _deed(plain: Plain) -> Deed:
    verb, kind, name, before, after, follows, refused = plain
    stood, stands = (None if one is None else _seat(one) for one in (before, after))
    return Deed(verb, kind, name, stood, stands, tuple(follows), refused)


def _seat_to_plain(seat: Seat) -> Plain:
    return [seat.leaf, sorted(seat.facts), list(seat.clocks)]


def _seat(plain: Plain) -> Seat:
    leaf, facts, clocks = plain
    return Seat(leaf, frozenset(facts), tuple(clocks))
