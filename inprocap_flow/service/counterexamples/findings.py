"""The findings of a check, each with the ways that may show it, played until one does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.checks import step_never_possible
from inprocap_flow.language.checks.behaviour import Verdict
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import FOUND
from inprocap_flow.language.model import Definition
from inprocap_flow.service.counterexamples.another import Refused, another_way
from inprocap_flow.service.counterexamples.gaps import MEANINGS, NO_PATH, NOTHING_TO_PLAY, REFUSED_ON_THE_WAY
from inprocap_flow.service.counterexamples.leading import ways_for
from inprocap_flow.service.counterexamples.nearing import origin_of, ways_there
from inprocap_flow.service.counterexamples.played import Asked, Counterexample, play

MOST_REFUSED = 2
"""So often, at most, is another way looked for, each time without what was refused on the ways before."""


def each_played(verdict: Verdict, binding: Binding, start: datetime) -> Iterator[Counterexample]:
    """Yield what came of playing each finding of *verdict*, in their order, for the organisation of *binding*."""
    for fact, tries in _asked(binding.definition, verdict):
        yield _play(tries, fact, binding, start)


def _asked(definition: Definition, verdict: Verdict) -> Iterator[tuple[str, Iterable[Asked]]]:
    """Yield each finding with the ways that may show it, those to be tried first in front."""
    steps = {origin_of(step): step for line in definition.lines for step in (line.begins, *line.steps.values())}
    never = verdict.code == step_never_possible.CODE
    ways = {(steps[one.origin].line, steps[one.origin].name): answer.path for one, answer in verdict.findings if never}
    for one in (one for one in verdict.asked if one.answer.verdict == FOUND):
        fact, path = one.finding.fact, one.answer.path
        if never:
            found = ways_there(definition, steps[one.finding.origin], ways)
            yield fact, [Asked(way.path, fact, True, way.in_vain, way.passes) for way in found]
        else:
            yield fact, [Asked(path, fact, names=_named(one.about))] if path is not None else []


def _named(about: str) -> str:
    """Return the bare name of the track, deadline or field that a question is about; of "step deadline" the second."""
    return about.rpartition(" ")[2].rpartition(".")[2]


def _play(tries: Iterable[Asked], fact: str, binding: Binding, start: datetime) -> Counterexample:
    """Return the first of *tries* that shows the fault, else the last one with why not."""
    last: Asked | None = None
    played = Counterexample(fact, {}, (), code=NO_PATH, gap=MEANINGS[NO_PATH])
    for one in tries:
        last, played = one, play(one, binding, start)
        if played.shows:
            return played
    if last is not None and last.never:
        return play(replace(last, early=True), binding, start)
    other = _otherwise(last, played, binding, start) if last is not None and last.plays is None else None
    return other or played


def _otherwise(asked: Asked, played: Counterexample, binding: Binding, start: datetime) -> Counterexample | None:
    """Return the fault as another way shows it, on which nobody does what was refused; None if none is found soon."""
    avoid: set[Refused] = set()
    for _ in range(MOST_REFUSED):
        if played.code != REFUSED_ON_THE_WAY or not 0 <= played.number < len(asked.path.deeds) - 1:
            return None
        avoid.add(asked.path.deeds[played.number][:3])
        tries = [replace(asked, path=one) for one in another_way(binding.definition, asked.path, frozenset(avoid))]
        for one in tries:
            asked, played = one, play(one, binding, start)
            if played.shows:
                return played
        if not tries:
            return None
    return None


def each_found(findings: Iterable[Finding], binding: Binding, start: datetime) -> Iterator[Counterexample]:
    """Yield what came of playing each of *findings* of a check that does not explore; they are certain anyway."""
    for one in findings:
        plays = one.plays or MEANINGS[NOTHING_TO_PLAY]
        if isinstance(plays, str):
            yield Counterexample(one.fact, {}, (), code=NOTHING_TO_PLAY, gap=plays, certain=True)
        else:
            tries = (Asked(path, one.fact, plays=plays) for path in ways_for(binding.definition, plays))
            yield replace(_play(tries, one.fact, binding, start), certain=True)
