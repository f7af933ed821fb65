"""A ladder: the moments at which somebody is reminded of one thing, in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inprocap_flow.engine.reminding.rungs import Repeat, Rung
from inprocap_flow.records import changed, field, record


@record
class Ladder:
    """What somebody is reminded of again and again: single rungs in order, and those that repeat without end.

    ``kind`` is deadline, safety, approval, papers, validity or silence; ``about`` the name of the deadline or approval
    (of a silence: the stage). ``end`` is what the rungs lead up to. ``begins`` is when the ladder came to be as it is:
    no rung before it was ever due.
    """

    name: str
    kind: str
    line: str
    about: str
    rungs: tuple[Rung, ...]
    repeats: tuple[Repeat, ...] = ()
    end: datetime | None = None
    begins: datetime | None = field(default=None, compare=False)

    @property
    def says(self) -> frozenset[str]:
        """What its rungs are, each in a word and a code."""
        return frozenset(rung.says for rung in (*self.rungs, *(repeat.like for repeat in self.repeats)))

    def first_from(self, moment: datetime) -> Rung | None:
        """Return the first rung at or after *moment*."""
        found = [rung for rung in self.rungs if rung.at >= moment][:1]
        found += [rung for repeat in self.repeats for rung in _first(repeat, moment)]
        return min(found, key=lambda rung: rung.at, default=None)

    def next_after(self, moment: datetime) -> Rung | None:
        """Return the first rung after *moment*."""
        found = [rung for rung in self.rungs if rung.at > moment][:1]
        found += [rung for repeat in self.repeats for rung in _after(repeat, moment)]
        return min(found, key=lambda rung: rung.at, default=None)

    def between(self, first: datetime, last: datetime) -> tuple[Rung, ...]:
        """Return the rungs from *first* to *last* (both included) in order."""
        found = [rung for rung in self.rungs if first <= rung.at <= last]
        for repeat in self.repeats:
            for rung in repeat.rungs(first):
                if rung.at > last:
                    break
                found.append(rung)
        return tuple(sorted(found, key=in_order))


def _first(repeat: Repeat, moment: datetime) -> Iterator[Rung]:
    for rung in repeat.rungs(moment):
        yield rung
        return


def _after(repeat: Repeat, moment: datetime) -> Iterator[Rung]:
    for rung in repeat.rungs(moment):
        if rung.at > moment:
            yield rung
            return


def in_order(rung: Rung) -> tuple[datetime, int]:
    """Return what rungs are sorted by: moment, then place in the definition."""
    return rung.at, rung.number


def nearest_at_once(rungs: list[Rung], begins: datetime | None, end: datetime) -> tuple[Rung, ...]:
    """Return *rungs* in order. Of whatever leads up to *end*, the nearest is due at once where all of it lay behind.

    That is judged for each recipient by itself: a later reminder of somebody else takes none away.
    """
    ordered = sorted(rungs, key=in_order)
    if begins is None or begins >= end:
        return tuple(ordered)
    nearest = {rung.to: rung for rung in ordered if rung.side == "before"}
    missed = {id(rung) for rung in nearest.values() if rung.at < begins}
    return tuple(sorted((changed(one, at=begins) if id(one) in missed else one for one in ordered), key=in_order))
