"""Findings that hold: each is played on the engine before it is told.

An exploration knows no lengths of deadlines and not every value, so it may find what no case can come to. What nobody
can play is no finding. It is not proven that it never happens, either: the question stays open, and it is said why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

from inprocap_flow import bundled
from inprocap_flow.engine.case.binding import Binding, HookRunner
from inprocap_flow.errors import FlowError
from inprocap_flow.language.checks.asked import Asked
from inprocap_flow.language.checks.behaviour import Verdict
from inprocap_flow.language.explore.asking import FOUND, NOT_DECIDED
from inprocap_flow.language.load import load_rulebook
from inprocap_flow.language.model import Definition, Rulebook
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.counterexamples import MEANINGS, NO_PATH, Counterexample, each_played
from inprocap_flow.service.counterexamples.gaps import CANNOT_BE_ASKED
from inprocap_flow.service.invented import FIRST, invented_for

START = datetime.combine(FIRST, time(9, 0), UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """With what findings are played, besides an invented organisation: dated values of the law, and hooks."""

    rulebook_of: Callable[[Definition], Rulebook | None]
    hooks: HookRunner | None = None


def scene_of(folders: Sequence[Path] = (), hooks: HookRunner | None = None) -> Scene:
    """Return the scene on which the rulebooks of *folders*, then the shipped ones, are in force."""

    def rulebook_of(definition: Definition) -> Rulebook | None:
        """Return the rulebook that *definition* names; None where no folder has it, or it is not sound."""
        if definition.rulebook in (None, "none"):
            return None
        for folder in (*folders, bundled.root("definitions")):
            file = folder / "rulebooks" / f"{definition.rulebook}.yaml"
            if file.is_file():
                try:
                    return load_rulebook(file)
                except FlowError:
                    return None
        return None

    return Scene(rulebook_of, hooks)


DOES_NOT_PLAY = " The way that was found does not play "
"""What stands in a doubt between the finding and the reason why it stays open, which is for who looks closer."""


def held(definition: Definition, verdicts: Iterable[Verdict], scene: Scene) -> tuple[Verdict, ...]:
    """Return *verdicts* with every finding that does not play as an open question. Raises nothing.

    That a step is taken in no case was shown by looking everywhere; where nothing leads even near it, there is nothing
    to play, and the finding stands.
    """
    rulebook = scene.rulebook_of(definition)
    return tuple(_held(one, definition, rulebook, scene) if one.findings else one for one in verdicts)


def _held(verdict: Verdict, definition: Definition, rulebook: Rulebook | None, scene: Scene) -> Verdict:
    played = iter(_played(verdict, definition, rulebook, scene))
    asked = tuple(_told(one, next(played)) if one.answer.verdict == FOUND else one for one in verdict.asked)
    return replace(verdict, asked=asked)


def _played(
    verdict: Verdict, definition: Definition, rulebook: Rulebook | None, scene: Scene
) -> Iterable[Counterexample]:
    try:
        house = invented_for(definition, rulebook)
        binding = Binding(compile_definition(definition), house, rulebook, scene.hooks)
        return tuple(each_played(verdict, binding, START))
    except FlowError as error:  # what was overruled, or is not at hand, may keep it from being played at all
        return tuple(Counterexample(one.fact, {}, (), "", CANNOT_BE_ASKED, str(error)) for one, _ in verdict.findings)


def _told(asked: Asked, played: Counterexample) -> Asked:
    if played.shows or played.code == NO_PATH:
        return asked
    said = played.gap or MEANINGS[played.code]
    doubt = f"{asked.finding.fact}{DOES_NOT_PLAY}({played.code}): {said}"
    return replace(asked, answer=replace(asked.answer, verdict=NOT_DECIDED, path=None, doubt=doubt))
