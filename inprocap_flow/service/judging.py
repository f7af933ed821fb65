"""Whether a definition may be released: what its checks find, of its structure and of what cases of it can come to.

An error that is found keeps it from being released. Whoever must release it nevertheless says so with a reason, and
both stand in the record of the release; what the law demands, and what the program needs to run, nobody overrules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inprocap_flow.errors import InvalidInput, NotAllowed, Problem
from inprocap_flow.language.checks import CHECKS
from inprocap_flow.language.checks.behaviour import BEHAVIOURAL, problems
from inprocap_flow.language.explore.asking import NOT_DECIDED
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.model import Definition
from inprocap_flow.records import record
from inprocap_flow.service.behaving import DAILY, Watched, behaviour, kept_for, unwatched
from inprocap_flow.service.holding import Scene, scene_of
from inprocap_flow.settings import Settings

# What would be weaker than the law, or open a seal too early: no reason makes up for that.
NEVER_OVERRULED = frozenset({
    "mixed-currencies", "overlay-weakens", "period-below-floor", "plain-counting-of-law", "publishes-unasked",
    "sealed-read-early",
})  # fmt: skip
_OF_CHECKS = frozenset((*(one.CODE for one in CHECKS), *(one.CODE for one in BEHAVIOURAL)))


@record
class Judged:
    """What was found out about one definition before its release.

    ``explored`` says how far cases were followed, ``undecided`` which checks could not decide within that,
    ``overruled`` what was found and released nevertheless, for the ``reason`` given.
    """

    explored: str = ""
    undecided: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()
    reason: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON data, without what is empty."""
        plain = {
            "explored": self.explored,
            "undecided": list(self.undecided),
            "overruled": list(self.overruled),
            "reason": self.reason,
        }
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Judged:
        """Return what `to_plain` wrote; anything at all where it was written by nobody knows whom."""
        names = {name: tuple(map(str, plain.get(name) or ())) for name in ("undecided", "overruled")}
        return cls(str(plain.get("explored") or ""), reason=str(plain.get("reason") or ""), **names)


@record
class Terms:
    """On what terms definitions are released: how far cases are explored, and why findings do not count, if so.

    ``despite``: the reason for which errors are overruled; None where every error keeps a definition back.
    ``watched`` is entered while something is explored, which may take as long as the bound says.
    """

    bound: Bound = DAILY
    despite: str | None = None
    watched: Watched = unwatched


NOTHING, USUAL = Judged(), Terms()
UNEXPLORED = Terms(Bound(states=0, in_all=0.0))
"""For what is thrown away again, such as a demonstration: what cases can come to is looked at for no time at all."""


def judge(
    settings: Settings,
    definitions: Sequence[tuple[Definition, Sequence[Problem]]],
    terms: Terms,
    scene: Scene | None = None,
) -> tuple[Judged, ...]:
    """Return what was found out about each of *definitions*, given with the errors of its structure.

    Answers of explorations that are kept are used, and new ones are kept. A finding keeps a definition back only if it
    plays on *scene* (None: with the rulebooks of the folders that are set, without hooks). Raises InvalidInput with
    every error that nobody has overruled, or that nobody may; NotAllowed for overruling without a reason.
    """
    if terms.despite is not None and not terms.despite.strip():
        raise NotAllowed("findings are overruled only with a reason", mend="say why it is released nevertheless")
    asked = [one for one, _ in definitions]
    scene = scene or scene_of((settings.definitions,) if settings.definitions else ())
    verdicts = tuple(behaviour(asked, kept_for(settings), terms.bound, watched=terms.watched, scene=scene))
    found = [
        (*errors, *(one for one in problems(said, definition) if one.severity == "error"))
        for (definition, errors), said in zip(definitions, verdicts, strict=True)
    ]
    must_not = [one for errors in found for one in errors if terms.despite is None or not may_be_overruled(one)]
    if must_not:
        raise InvalidInput(list(dict.fromkeys(must_not)))
    return tuple(
        Judged(
            _how_far(terms.bound),
            tuple(one.code for one in said if one.verdict == NOT_DECIDED),
            tuple(dict.fromkeys(one.code for one in errors)),
            (terms.despite or "").strip() if errors else "",
        )
        for errors, said in zip(found, verdicts, strict=True)
    )


def may_be_overruled(problem: Problem) -> bool:
    """Return whether a reason may make up for *problem*: for findings of checks, but for those about the law."""
    return problem.code in _OF_CHECKS - NEVER_OVERRULED


def all_may_be_overruled(problems: Iterable[Problem], terms: Terms) -> bool:
    """Return whether *terms* let all of *problems* pass, so that it is worth while to look further."""
    return all(terms.despite is not None and may_be_overruled(one) for one in problems)


def _how_far(bound: Bound) -> str:
    return f"{bound.states} cases and {bound.in_all:g} s, {bound.tracks} tracks of a kind"
