"""What cases of definitions can come to: from the answers that are kept, else explored, several definitions at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from multiprocessing import get_context
from typing import Any, NamedTuple, Self

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.canonical import digest, to_plain
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, Behavioural, Verdict, judged, problems
from inprocap_flow.language.checks.continuing import Telling, untold
from inprocap_flow.language.explore.asking import FOUND, NOT_DECIDED
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.model import Definition
from inprocap_flow.service.answered import Answered, asked_from, asked_to_plain
from inprocap_flow.service.holding import Scene, held, scene_of
from inprocap_flow.service.kept import Kept, player, program, usual_folder
from inprocap_flow.settings import Settings

DAILY = Bound()
"""How far `check` looks by default."""
Watched = Callable[[Sequence[Definition]], AbstractContextManager[Telling | None]]
"""What is entered with the definitions that are to be explored, and left when they are; for showing that it lasts.

Of a single definition it is told, if it gives somebody to tell, how many questions are answered.
"""


def unwatched(_definitions: Sequence[Definition]) -> AbstractContextManager[Telling | None]:
    """Let nobody see that it lasts."""
    return nullcontext()


def kept_for(settings: Settings) -> Kept:
    """Return where answers are kept: the folder that is set, else the usual one of this user."""
    return Kept(settings.answers or usual_folder())


def undecided(definition: Definition, settings: Settings) -> tuple[str, ...]:
    """Return the codes of the checks that could not decide what cases of *definition* can come to.

    Raises InvalidInput with every fault that they found: such a definition is not released.
    """
    (verdicts,) = behaviour([definition], kept_for(settings))
    faults = [one for one in problems(verdicts, definition) if one.severity == "error"]
    if faults:
        raise InvalidInput(faults)
    return tuple(one.code for one in verdicts if one.verdict == NOT_DECIDED)


def keys_of(definition: Definition, codes: Iterable[str], bound: Bound) -> list[str]:
    """Return the names under which the answers of the checks *codes* are kept.

    An exploration sees nothing but the definition with all that its files, blocks and overlays have put into it (and
    no rulebook, organisation or day); so the definition as a whole stands for every file that was read.
    """
    content = digest(to_plain(definition, ordered=True))
    return [digest([content, code, [str(one) for one in asdict(bound).values()], program()]) for code in codes]


def behaviour(
    definitions: Sequence[Definition],
    kept: Kept,
    bound: Bound = DAILY,
    *,
    codes: Sequence[str] = (),
    done: Callable[[Definition], None] = lambda _definition: None,
    processes: int | None = None,
    watched: Watched = unwatched,
    scene: Scene | None = None,
) -> Iterator[tuple[Verdict, ...]]:
    """Yield what the checks of behaviour (those called *codes*, or all) say of each definition, in their order.

    A finding is told only if it plays on *scene* (None: with the shipped rulebooks); else its question stays open. What
    is kept is not looked for again. Answers to single questions are kept as they come and hold for every definition
    that explorations see alike, so whoever stops and asks again goes on. With several definitions that are to be
    explored several *processes* do it (as many as there are processors). *done* is told of each as it is answered;
    *watched* is entered while there is anything to explore.
    """
    scene = scene or scene_of()
    known = [_known(one, kept, bound, codes, scene) for one in definitions]
    unknown = [one for one, said in zip(definitions, known, strict=True) if said is None]
    missing = [_Explore(one, bound, tuple(codes), kept) for one in unknown]
    count = min(len(missing), processes or os.cpu_count() or 1)
    watching = watched(unknown) if missing else nullcontext()
    with watching as told, _Several(count) as several:
        found = several.map(_explored, missing, told or untold)
        for definition, said in zip(definitions, known, strict=True):
            verdicts = said
            if verdicts is None:
                verdicts = held(definition, next(found), scene)
                _keep(definition, verdicts, kept, bound, scene)
            done(definition)
            yield tuple(map(_without_paths, verdicts))


def _keep(definition: Definition, verdicts: Sequence[Verdict], kept: Kept, bound: Bound, scene: Scene) -> None:
    played = _with_what(definition, scene) if any(_was_played(one) for one in verdicts) else ""
    for key, one in zip(keys_of(definition, (one.code for one in verdicts), bound), verdicts, strict=True):
        kept.keep(key, _plain(one, played if _was_played(one) else ""))


def _without_paths(verdict: Verdict) -> Verdict:
    """Return what is told of *verdict*, be it fresh or kept: what leads to a finding is for whoever plays it."""
    asked = tuple(replace(one, answer=replace(one.answer, path=None)) for one in verdict.asked)
    return replace(verdict, asked=asked)


def _chosen(codes: Sequence[str]) -> list[Behavioural]:
    return [one for one in BEHAVIOURAL if not codes or one.CODE in codes]


def _known(
    definition: Definition, kept: Kept, bound: Bound, codes: Sequence[str], scene: Scene
) -> tuple[Verdict, ...] | None:
    keys = keys_of(definition, (one.CODE for one in _chosen(codes)), bound)
    found = [kept.find(key) for key in keys]
    if any(one is None for one in found):
        return None
    played = {one["played"] for one in found} - {""}
    return None if played and played != {_with_what(definition, scene)} else tuple(map(_verdict, found))


def _with_what(definition: Definition, scene: Scene) -> str:
    """Return a hash of that on which playing a finding hangs, besides the definition."""
    rulebook = scene.rulebook_of(definition)
    return digest([to_plain(rulebook) if rulebook else None, scene.hooks is not None, player()])


class _Explore(NamedTuple):
    definition: Definition
    bound: Bound
    codes: tuple[str, ...]
    kept: Kept


def _explored(asked: _Explore, told: Telling) -> list[Verdict]:
    definition, bound, codes, kept = asked
    answers = Answered(kept, definition, bound)
    return judged(definition, bound, checks=_chosen(codes), answers=answers, told=told)


class _Several:
    """Processes that explore at the same time; for one definition this one does it."""

    def __init__(self, count: int) -> None:
        # A new interpreter for each: what a program that has threads forks may stand still for ever.
        self.pool = ProcessPoolExecutor(count, mp_context=get_context("spawn")) if count > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def map(
        self, work: Callable[[_Explore, Telling], list[Verdict]], items: Sequence[_Explore], told: Telling
    ) -> Iterator[list[Verdict]]:
        if self.pool is None:
            return (work(one, told) for one in items)
        return iter(self.pool.map(work, items, [untold] * len(items)))  # others would have to be told from afar


def _was_played(verdict: Verdict) -> bool:
    return any(one.answer.verdict == FOUND or one.answer.doubt for one in verdict.asked)


def _plain(verdict: Verdict, played: str) -> dict[str, Any]:
    return {
        "played": played,
        "code": verdict.code,
        "severity": verdict.severity,
        "never": verdict.never,
        "asked": [asked_to_plain(one, with_path=False) for one in verdict.asked],
    }


def _verdict(plain: Any) -> Verdict:
    return Verdict(plain["code"], plain["severity"], plain["never"], tuple(map(asked_from, plain["asked"])))
