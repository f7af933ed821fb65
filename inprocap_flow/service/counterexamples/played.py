"""A path played from beginning to end, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.state import Deed
from inprocap_flow.language.model import Definition, Step
from inprocap_flow.language.scenarios import Deed as Played
from inprocap_flow.service.counterexamples.along import happen
from inprocap_flow.service.counterexamples.gaps import TOO_LATE, Gap
from inprocap_flow.service.counterexamples.refusing import because, note_refusal
from inprocap_flow.service.counterexamples.shortening import shortened
from inprocap_flow.service.counterexamples.showing import ask_in_vain, show
from inprocap_flow.service.counterexamples.stage import Stage
from inprocap_flow.service.counterexamples.wishes import Wishes
from inprocap_flow.service.guessing import FIRMS, Guess
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import with_firms

SKIPS = (0, 3, 4, 1)
"""So many of the likely values are passed over, each time a path is played again: which of two days comes first may
decide whether the fault shows."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """What was played. ``shows`` says in words what came of it; empty: the fault did not show.

    Then ``code`` says why (one of `gaps.MEANINGS`), and ``gap`` in words.
    """

    fact: str
    firms: dict[str, str]
    deeds: tuple[Played, ...]
    shows: str = ""
    code: str = ""
    gap: str = ""


def firms_of(definition: Definition) -> dict[str, str]:
    """Return invented people of firms, three for each kind of track that somebody speaks for."""
    kinds = dict.fromkeys(role.speaks_for for role in definition.roles.values() if role.speaks_for)
    several = len(kinds) > 1
    return {f"{kind}_{name}" if several else name: f"{kind}/{name}" for kind in kinds for name in FIRMS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown: the deeds that lead to it, and the finding in words.

    *never*: the last step is taken in no case. *in_vain*: a step to whose stage nothing comes because of that, or, if
    *passes*, because whatever comes there goes on at once. *early*: that a step on the way is refused shows it, too.
    """

    path: Path
    fact: str
    never: bool = False
    in_vain: Step | None = None
    passes: bool = False
    early: bool = False


def play(asked: Asked, binding: Binding, start: datetime) -> Counterexample:
    """Return what is *asked* played for the organisation of *binding* from *start* on. Raises nothing."""
    first = _once(asked, binding, start, 0)
    for skip in SKIPS[1:]:
        if not first.gap:
            return first
        again = _once(asked, binding, start, skip)
        first = first if again.gap else again
    if first.code == TOO_LATE:
        for number in _starting_the_same(asked.path, binding.definition):
            again = _once(asked, binding, start, 0, number)
            if not again.gap:
                return again
    return first


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


def _once(asked: Asked, binding: Binding, start: datetime, skip: int, lingers: int = -1) -> Counterexample:
    definition, path, fact = binding.definition, asked.path, asked.fact
    firms = firms_of(definition)
    binding = replace(binding, organisation=with_firms(binding.organisation, definition, firms))
    limits = {**(binding.rulebook.limits if binding.rulebook else {}), **definition.limits}
    wishes = Wishes(definition, limits, path.deeds)
    stage = Stage(Rehearsal(binding), start, Guess(binding, skip=skip), wishes)
    try:
        shows = _shown(stage, asked, lingers)
        return Counterexample(fact, firms, shortened(stage.deeds, binding), shows)
    except Gap as gap:
        if asked.early and gap.refused is not None:
            deed, refused = gap.refused
            note_refusal(stage, deed, refused)
            said = f"on the nearest way there {deed.what} is refused: {because(refused)}"
            return Counterexample(fact, firms, tuple(stage.deeds), said)
        return Counterexample(fact, firms, tuple(stage.deeds), "", gap.code, str(gap))


def _shown(stage: Stage, asked: Asked, lingers: int) -> str:
    """Play the path to its end and return what that shows. Raises Gap.

    Before the deed number *lingers* time passes, as much as goes by before something ends.
    """
    deeds = asked.path.deeds if asked.passes else asked.path.deeds[:-1]
    for number, happened in enumerate(deeds):
        stage.number = number
        if number == lingers:
            stage.linger()
        happen(stage, happened)
    if asked.passes and asked.in_vain is not None:
        return ask_in_vain(stage, asked.in_vain)
    stage.number = len(deeds)
    shows = show(stage, asked.path, never=asked.never)
    return shows if asked.in_vain is None else f"{shows} {ask_in_vain(stage, asked.in_vain)}"
