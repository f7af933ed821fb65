"""A path played from beginning to end, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, product
from typing import NamedTuple

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.checks.plays import BROKEN, Plays
from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.model import Definition, Step
from inprocap_flow.language.scenarios import Deed as Played
from inprocap_flow.service.counterexamples.along import happen
from inprocap_flow.service.counterexamples.asking import asks
from inprocap_flow.service.counterexamples.gaps import TOO_LATE, Gap
from inprocap_flow.service.counterexamples.refusing import because, note_refusal
from inprocap_flow.service.counterexamples.shortening import shortened
from inprocap_flow.service.counterexamples.showing import ask_in_vain, show
from inprocap_flow.service.counterexamples.stage import Clock, Stage
from inprocap_flow.service.counterexamples.there import broken_off, show_there
from inprocap_flow.service.counterexamples.wishes import Wishes
from inprocap_flow.service.guessing import FIRMS, Guess
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import with_firms

SKIPS = (0, 3, 4, 1)
"""So many of the likely values are passed over, each time a path is played again: which of two days comes first may
decide whether the fault shows."""
MOST_DELAYS = 12
"""So often, at most, is a way played again with a step on it taken late, or a deadline beside it that ends earlier."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """What was played. ``shows`` says in words what came of it; empty: the fault did not show.

    Then ``code`` says why (one of `gaps.MEANINGS`), and ``gap`` in words; ``number``: at which deed of the path.
    ``certain``: it is a finding all the same.
    """

    fact: str
    firms: dict[str, str]
    deeds: tuple[Played, ...]
    shows: str = ""
    code: str = ""
    gap: str = ""
    certain: bool = False
    number: int = -1


def firms_of(definition: Definition) -> dict[str, str]:
    """Return invented people of firms, some for each kind of track that somebody speaks for."""
    kinds = dict.fromkeys(role.speaks_for for role in definition.roles.values() if role.speaks_for)
    several = len(kinds) > 1
    return {f"{kind}_{name}" if several else name: f"{kind}/{name}" for kind in kinds for name in FIRMS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown: the deeds that lead to it, and the finding in words.

    *never*: the last step is taken in no case. *in_vain*: a step to whose stage nothing comes because of that, or, if
    *passes*, because whatever comes there goes on at once. *early*: that a step on the way is refused shows it, too.
    *names*: the deadline, track or field of which a refusal must speak; one that speaks of others shows another fault.
    *plays*: what is shown after all deeds, of a finding that is decided without exploring.
    """

    path: Path
    fact: str
    never: bool = False
    in_vain: Step | None = None
    passes: bool = False
    early: bool = False
    names: str = ""
    plays: Plays | None = None


class Delay(NamedTuple):
    """Before the deed *number* time passes: until the deadline *clock* of a line of *kind* has ended.

    Without *clock* as much as goes by before anything ends.
    """

    number: int
    kind: str = ""
    clock: str = ""


def play(asked: Asked, binding: Binding, start: datetime) -> Counterexample:
    """Return what is *asked* played for the organisation of *binding* from *start* on. Raises nothing.

    An exploration knows no lengths of deadlines. So where the way does not play, the step that starts a deadline is
    taken late, a deadline beside it that came in between is let end earlier on the way, and one on the way later.
    """
    first, ended = _once(asked, binding, start)
    for skip in SKIPS[1:]:
        if not first.gap:
            return first
        again, _ = _once(asked, binding, start, skip)
        first = first if again.gap else again
    for delay in _delays(asked.path, binding.definition, first, ended):
        again, _ = _once(asked, binding, start, 0, delay)
        if not again.gap:
            return again
    for path in islice(_ending_later(asked.path, binding.definition), MOST_DELAYS) if first.gap else ():
        again, _ = _once(replace(asked, path=path), binding, start)
        if not again.gap:
            return again
    return first


def _ending_later(path: Path, definition: Definition) -> Iterator[Path]:
    """Yield the same way with a deadline that ends later on it: of several that run, any may be the first to end."""
    last = len(path.deeds) - 1
    for number, deed in enumerate(path.deeds[:-1]):
        fires = deed.verb == "expire" and definition.line(deed.kind).deadlines[deed.name].when_over
        if deed.verb == "expire" and not fires and not deed.follows:
            for later in range(number + 1, last):
                between = path.deeds[number + 1 : later + 1]
                yield path._replace(deeds=(*path.deeds[:number], *between, deed, *path.deeds[later + 1 :]))


def _delays(path: Path, definition: Definition, played: Counterexample, ended: Iterable[Clock]) -> Iterator[Delay]:
    """Yield where time may pass on a way that did not play: on it the deadlines *ended* came to their end."""
    if played.code == TOO_LATE:
        first = list(_starting_the_same(path, definition))
        others = [number for number in reversed(range(1, len(path.deeds) - 1)) if number not in first]
        yield from (Delay(number) for number in (*first, *others[:MOST_DELAYS]))
    if played.gap:
        places = product(reversed(range(1, len(path.deeds))), dict.fromkeys(ended))
        yield from islice((Delay(number, *clock) for number, clock in places), MOST_DELAYS)


def _starting_the_same(path: Path, definition: Definition) -> Iterator[int]:
    """Yield the deeds that start a deadline which the last deed starts, the latest first: they may come late."""
    *before, last = path.deeds
    names = _starts(last, definition)
    for number in range(len(before) - 1, -1, -1):
        if before[number].kind == last.kind and _starts(before[number], definition) & names:
            yield number


def _starts(deed: Deed, definition: Definition) -> set[str]:
    line = definition.line(deed.kind)
    step = line.begins if deed.name == line.begins.name else line.steps.get(deed.name)
    return {*step.starts, *(name for one in step.targets for name in one.starts)} if step is not None else set()


def _once(
    asked: Asked, binding: Binding, start: datetime, skip: int = 0, delay: Delay | None = None
) -> tuple[Counterexample, tuple[Clock, ...]]:
    """Return what came of playing it, and the deadlines that ended meanwhile."""
    definition = binding.definition
    firms = firms_of(definition)
    binding = replace(binding, organisation=with_firms(binding.organisation, definition, firms))
    limits = {**(binding.rulebook.limits if binding.rulebook else {}), **definition.limits}
    wishes = Wishes(definition, limits, asked.path.deeds)
    if asked.plays is not None:
        wishes = Wishes(definition, limits, (*asked.path.deeds, *asks(asked.plays)), asked.plays.wanted)
    stage = Stage(Rehearsal(binding), start, Guess(binding, skip=skip), wishes)
    return _told(stage, asked, firms, delay), tuple(stage.ended())


def _told(stage: Stage, asked: Asked, firms: dict[str, str], delay: Delay | None) -> Counterexample:
    fact = asked.fact
    try:
        shows = _shown(stage, asked, delay)
        return Counterexample(fact, firms, shortened(stage.deeds, stage.rehearsal.binding), shows)
    except Gap as gap:
        if asked.plays is not None and asked.plays.shows == BROKEN and gap.broken is not None:
            said = broken_off(stage, gap.broken, gap)
            return Counterexample(fact, firms, shortened(stage.deeds, stage.rehearsal.binding), said)
        if asked.early and gap.refused is not None:
            deed, refused = gap.refused
            note_refusal(stage, deed, refused)
            said = f"on the nearest way there {deed.what} is refused: {because(refused)}"
            return Counterexample(fact, firms, tuple(stage.deeds), said)
        return Counterexample(fact, firms, tuple(stage.deeds), "", gap.code, str(gap), number=stage.number)


def _shown(stage: Stage, asked: Asked, delay: Delay | None) -> str:
    """Play the path to its end, with a *delay* on the way, and return what that shows. Raises Gap."""
    whole = asked.passes or asked.plays is not None
    deeds = asked.path.deeds if whole else asked.path.deeds[:-1]
    for number, happened in enumerate(deeds):
        stage.number = number
        _delayed(stage, number, delay)
        happen(stage, happened)
    if asked.passes and asked.in_vain is not None:
        return ask_in_vain(stage, asked.in_vain)
    stage.number = len(deeds)
    _delayed(stage, stage.number, delay)
    if asked.plays is not None:
        return show_there(stage, asked.plays)
    shows = show(stage, asked.path, names=asked.names, never=asked.never)
    return shows if asked.in_vain is None else f"{shows} {ask_in_vain(stage, asked.in_vain)}"


def _delayed(stage: Stage, number: int, delay: Delay | None) -> None:
    if delay is None or delay.number != number:
        return
    if delay.clock:
        stage.wait_for(delay.kind, delay.clock)
    else:
        stage.linger()
