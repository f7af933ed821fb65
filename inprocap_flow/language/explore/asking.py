"""A question about all cases of a definition, answered in the smallest scope that decides it.

It begins with the parts that the question names. A fault that this scope reaches may be no fault, because what was left
aside stood in the way: then the part that breaks its path off is looked at, too. Where no part alone does that, tracks
are counted exactly, and the path is looked for with everything that it depends on, so that it can be played.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from inprocap_flow.language.explore.following import Followed, Following, Trail, trail
from inprocap_flow.language.explore.refining import breaking, depending, lasting, nearest, staying_away
from inprocap_flow.language.explore.scope import Part, Scope, closed
from inprocap_flow.language.explore.search import Bound, Fault, Search, begun, stuck
from inprocap_flow.language.explore.state import Deed, State
from inprocap_flow.language.explore.world import OutOfTime, World
from inprocap_flow.language.model import Definition

PROVEN, FOUND, NONE_FOUND, NOT_DECIDED = "proven", "found", "none found", "not decided"

TRIED = 1_500
"""Abstract cases that are looked at, at most, to see whether one path breaks off."""

TRIED_ALONE = 150
"""The same where one track of each kind is followed: there are few, and all tracks are counted afterwards anyway."""


class Path(NamedTuple):
    """What leads to a fault: deeds from the opening on; the last one is the fault itself, or leads to it.

    ``state``: where the case then stands, if the fault is that nothing leads on from there.
    """

    deeds: tuple[Deed, ...]
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered: *proven* never to happen, *found*, *none found* up to a bound, *not decided*.

    ``late``: its time was used up first, so more of it may answer more. ``doubt``: what may be, and why the way to it
    that was found is none (`service.holding`); the question is then not decided. ``kept``: an earlier run found it.
    """

    verdict: str
    path: Path | None = None
    states: int = 0
    seconds: float = 0.0
    up_to: str = ""
    late: bool = False
    doubt: str = ""
    kept: bool = field(default=False, compare=False)


def never(definition: Definition, parts: Iterable[Part], fault: Fault, bound: Bound) -> Answer:
    """Return whether *fault* never happens in any case of *definition*. *parts*: what the question is about."""
    return Question(definition, parts, fault).answered(bound)


def always_ends(definition: Definition, parts: frozenset[Part], bound: Bound) -> Answer:
    """Return whether an end can be reached from wherever a case may stand, as far as *parts* can keep it from it."""
    return Question(definition, parts, None).answered(bound)


class Question:
    """One question on its way. Asked again with more time, it goes on where that ran out.

    What is looked for is a *fault*, or without one a case from which no end can be reached. *alone*: the fault shows on
    one track by itself, whatever others do; then one of each kind is followed first. Whatever was looked at is kept
    until there is an answer: asked again, it goes the same way through it.
    """

    def __init__(
        self, definition: Definition, parts: Iterable[Part], fault: Fault | None, *, alone: bool = False
    ) -> None:
        self.definition, self.parts, self.fault, self.alone = definition, frozenset(parts), fault, alone
        self.bound = Bound()
        self.until = 0.0
        self.spent = 0.0  # seconds of computing
        self.searches: dict[tuple[Scope, tuple[Deed, ...]], Search] = {}
        self.paths: dict[tuple[Scope, Trail], Following | Followed] = {}
        self.unfinished = ""  # how far the search went that was broken off
        self.shut: frozenset[State] = frozenset()  # the cases that are stuck where tracks are not counted
        self.doubted = False  # whether something was found, and is looked at more closely

    def answered(self, bound: Bound) -> Answer:
        """Return the answer, as far as *bound* goes from now on."""
        start = time.process_time()
        self.bound, self.until = bound, bound.ends(start)
        try:
            answer = self.told()
        except OutOfTime:
            answer = self.late()
        self.spent += time.process_time() - start
        if not answer.late:
            self.searches, self.paths = {}, {}
        return replace(answer, seconds=self.spent)

    def told(self) -> Answer:
        """Return the answer; raise OutOfTime if there is none yet."""
        if self.alone and self.never_alone():
            return self.nothing()
        parts = closed(self.definition, self.parts)
        along: tuple[Deed, ...] = ()
        while True:
            path = self.look(Scope(parts), along)
            if path is None:
                return self.nothing()
            more = breaking(self.definition, parts, path, self.breaks_off) or self.too_short(parts, path, path.deeds)
            if more is not None:
                parts, along = more, path.deeds
                continue
            answer, parts = self.exactly(parts, path)
            if answer is not None:
                return answer

    def never_alone(self) -> bool:
        """Return whether it never happens to any track, as far as what follows one of each kind shows.

        Else nothing is known: how others stand, which was left open, may stand in the way.
        """
        parts = closed(self.definition, self.parts)
        along: tuple[Deed, ...] = ()
        while any(part[0] == "track" for part in parts):
            path = self.look(Scope(parts, alone=True), along)
            if path is None:
                return not self.unfinished
            more = breaking(self.definition, parts, path, self.breaks_off) or self.too_short(parts, path, path.deeds)
            if more is None:
                break
            parts, along = more, path.deeds
        return False

    def look(self, scope: Scope, along: tuple[Deed, ...]) -> Trail | None:
        """Return a path in *scope* to what is looked for, first along one that a smaller scope has found."""
        found = self.searches.get((scope, along))
        if found is None:
            found = begun(self.definition, scope, self.fault, back=self.fault is None, along=along)
            self.searches[scope, along] = found
        found.go_on(self.bound.states, self.until)
        self.unfinished = "" if found.complete else f"{len(found.came)} abstract cases"
        self.doubted = scope.exact
        if not found.over:
            raise OutOfTime
        if found.fault is not None:
            return trail(found, *found.fault, self.fault)
        first = self.first_stuck(found, scope) if self.fault is None and found.complete else None
        return trail(found, first) if first is not None else None

    def first_stuck(self, found: Search, scope: Scope) -> State | None:
        """Return the case, of those found first, from which no end can be reached however many tracks there are.

        Where never more than so many tracks of a kind are counted, a case may seem stuck only because one more would
        lead on; so it must also be stuck where that many stand for that many or more.
        """
        if not scope.exact:
            self.shut = frozenset(stuck(found))
            return next(stuck(found), None)
        return next((one for one in stuck(found) if one.uncounted() in self.shut), None)

    def exactly(self, parts: frozenset[Part], path: Trail) -> tuple[Answer | None, frozenset[Part]]:
        """Return the answer with tracks that are counted, or with which parts to begin anew."""
        for most in range(1, self.bound.tracks + 1):
            counted = self.look(Scope(parts, most, exact=True), path.deeds)
            if self.unfinished:
                return self.answer(NOT_DECIDED, self.unfinished), parts
            if counted is None:
                continue
            played = self.played(parts, counted)
            if played is not None:
                longer = self.too_short(parts, counted, played.deeds)
                return (self.answer(FOUND, path=played), parts) if longer is None else (None, longer)
            more = breaking(self.definition, parts, counted, self.breaks_off)
            more = nearest(self.definition, parts, counted.deeds) if more is None else more
            if more == parts:
                return self.answer(NOT_DECIDED, f"a path with {most} tracks of each kind"), parts
            return None, more
        return self.answer(NONE_FOUND, f"{self.bound.tracks} tracks of each kind"), parts

    def too_short(self, parts: frozenset[Part], path: Trail, deeds: tuple[Deed, ...]) -> frozenset[Part] | None:
        """Return *parts* with the lengths of clocks that show *path* to be none; *deeds* are all that it is made of."""
        if self.fault is None:
            return None
        return lasting(self.definition, parts, path, deeds, self.breaks_off)

    def breaks_off(self, parts: frozenset[Part], path: Trail) -> bool:
        """Return whether no case in a larger scope goes along *path*, as far as few cases tell."""
        scope = path.world.scope
        found = self.follow(replace(scope, parts=parts), path, TRIED_ALONE if scope.alone else TRIED)
        return found.complete and found.deeds is None

    def played(self, parts: frozenset[Part], path: Trail) -> Path | None:
        """Return *path* with everything on which it depends, and whatever happens in between; None if there is none.

        What keeps automatic steps away may have to be done on the way, too: a track that is begun and not finished.
        """
        found = self.followed(parts, path)
        more = parts | staying_away(self.definition, path)
        if found is None or more <= parts:
            return found
        return self.followed(more, path) or found

    def followed(self, parts: frozenset[Part], path: Trail) -> Path | None:
        """Return *path* as it goes with *parts*, and with more until all is looked at that its deeds read."""
        deeds, most = path.deeds, path.world.scope.most
        while True:
            more = parts | depending(self.definition, deeds)
            found = self.follow(Scope(closed(self.definition, more), most, exact=True), path, self.bound.states)
            if found.deeds is None:
                return None
            if depending(self.definition, found.deeds) <= more:
                return Path(found.deeds, found.state if self.fault is None else None)
            parts, deeds = more, found.deeds

    def follow(self, scope: Scope, path: Trail, most: int) -> Followed:
        """Return what leads along *path* in *scope*, as far as *most* cases tell. Raises OutOfTime."""
        kept = self.paths.get((scope, path)) or Following(World(self.definition, scope), path)
        found = kept if isinstance(kept, Followed) else kept.go_on(most, self.until)
        self.paths[scope, path] = found or kept
        if found is None:
            self.doubted = True
            raise OutOfTime
        return found

    def nothing(self) -> Answer:
        """Return the answer where nothing was found: proven, if everything was looked at."""
        if not self.unfinished:
            return self.answer(PROVEN)
        # Where no end was seen, one may still lie ahead: that is no bound up to which there is no fault.
        return self.answer(NOT_DECIDED if self.fault is None else NONE_FOUND, self.unfinished)

    def late(self) -> Answer:
        """Return the answer where time ran out: nothing was found, or something that may be none."""
        told = self.nothing() if self.unfinished and not self.doubted else None
        return replace(told or self.answer(NOT_DECIDED, f"{self.states} abstract cases"), late=True)

    @property
    def states(self) -> int:
        return sum(len(one.came) for one in self.searches.values())

    def answer(self, verdict: str, up_to: str = "", path: Path | None = None) -> Answer:
        return Answer(verdict, path, self.states, self.spent, up_to)
