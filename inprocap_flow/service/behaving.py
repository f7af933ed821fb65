"""What cases of definitions can come to: from the answers that are kept, else explored, several definitions at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from multiprocessing import get_context
from typing import Any, Self

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language.canonical import digest, to_plain
from inprocap_flow.language.checks.asked import Asked
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, Behavioural, Verdict, judged, problems
from inprocap_flow.language.checks.finding import Finding
from inprocap_flow.language.explore.asking import FOUND, NOT_DECIDED, Answer
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.model import Definition
from inprocap_flow.service.holding import Scene, held, scene_of
from inprocap_flow.service.kept import Kept, player, program, usual_folder
from inprocap_flow.settings import Settings

DAILY = Bound()
"""How far `check` looks by default."""
Watched = Callable[[Sequence[Definition]], AbstractContextManager[object]]
"""What is entered with the definitions that are to be explored, and left when they are; for showing that it lasts."""


def unwatched(_definitions: Sequence[Definition]) -> AbstractContextManager[object]:
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
    is kept is not looked for again; what leads to a finding is not kept. With several definitions that are to
    be explored several *processes* do it (as many as there are processors). *done* is told of each as it is answered;
    *watched* is entered while there is anything to explore.
    """
    scene = scene or scene_of()
    known = [_known(one, kept, bound, codes, scene) for one in definitions]
    missing = [(one, bound, tuple(codes)) for one, said in zip(definitions, known, strict=True) if said is None]
    count = min(len(missing), processes or os.cpu_count() or 1)
    with watched([one for one, _, _ in missing]) if missing else nullcontext(), _Several(count) as several:
        found = several.map(_explored, missing)
        for definition, said in zip(definitions, known, strict=True):
            plain = said
            if plain is None:
                told = held(definition, next(found), scene)
                played = _with_what(definition, scene) if any(_was_played(one) for one in told) else ""
                plain = [_plain(one, played if _was_played(one) else "") for one in told]
                for key, one in zip(keys_of(definition, (one["code"] for one in plain), bound), plain, strict=True):
                    kept.keep(key, one)
            done(definition)
            yield tuple(_verdict(one) for one in plain)


def _chosen(codes: Sequence[str]) -> list[Behavioural]:
    return [one for one in BEHAVIOURAL if not codes or one.CODE in codes]


def _known(definition: Definition, kept: Kept, bound: Bound, codes: Sequence[str], scene: Scene) -> list[Any] | None:
    keys = keys_of(definition, (one.CODE for one in _chosen(codes)), bound)
    found = [kept.find(key) for key in keys]
    if any(one is None for one in found):
        return None
    played = {one["played"] for one in found} - {""}
    return None if played and played != {_with_what(definition, scene)} else found


def _with_what(definition: Definition, scene: Scene) -> str:
    """Return a hash of that on which playing a finding hangs, besides the definition."""
    rulebook = scene.rulebook_of(definition)
    return digest([to_plain(rulebook) if rulebook else None, scene.hooks is not None, player()])


def _explored(asked: tuple[Definition, Bound, tuple[str, ...]]) -> list[Verdict]:
    definition, bound, codes = asked
    return judged(definition, bound, checks=_chosen(codes))


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

    def map(self, work: Callable[[Any], list[Verdict]], items: Sequence[Any]) -> Iterator[list[Verdict]]:
        return iter(map(work, items) if self.pool is None else self.pool.map(work, items))


def _was_played(verdict: Verdict) -> bool:
    return any(one.answer.verdict == FOUND or one.answer.doubt for one in verdict.asked)


def _plain(verdict: Verdict, played: str) -> dict[str, Any]:
    return {
        "played": played,
        "code": verdict.code,
        "severity": verdict.severity,
        "never": verdict.never,
        "asked": [
            {
                "about": one.about,
                "finding": asdict(one.finding),
                "answer": asdict(replace(one.answer, path=None)),
            }
            for one in verdict.asked
        ],
    }


def _verdict(plain: Mapping[str, Any]) -> Verdict:
    asked = tuple(Asked(one["about"], Finding(**one["finding"]), Answer(**one["answer"])) for one in plain["asked"])
    return Verdict(plain["code"], plain["severity"], plain["never"], asked)
