"""Which stage of the new version a stage that is gone most likely is: a guess for a remark, no decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

from inprocap_flow.language.model import Line, said
from inprocap_flow.language.versions.compare import finals

_LIKE = 0.6  # how alike two addresses must be spelled, where no step and no title says anything
_Ends = frozenset[tuple[str, str]]  # in or out, and the step


def likeliest_stage(was: Line, now: Line, leaf: str) -> str | None:
    """Return the leaf of *now* that *leaf* of *was* most likely is; None if nothing is alike.

    What has the same title goes first, then what the same steps enter and leave, each counting the less the more
    stages it does that for (withdrawing leaves nearly all); spelling decides between equals. A stage of both
    versions is guessed only if no new one is alike: the case would stand where others stand already.
    """
    ends = [one for one in now.leaves if (one in finals(now)) == (leaf in finals(was))]
    new = [one for one in ends if one not in was.leaves]
    near = _alike(was, now, leaf, new) or _alike(was, now, leaf, ends)
    spelled = (one for one in ends if _spelled(leaf, one) >= _LIKE)
    return near or max(spelled, key=lambda one: _spelled(leaf, one), default=None)


def _alike(was: Line, now: Line, leaf: str, among: list[str]) -> str | None:
    title = said(was.stages[leaf].title)
    alike = [one for one in among if title and said(now.stages[one].title) == title]
    return _by_steps(was, now, leaf, alike) or next(iter(alike), None) or _by_steps(was, now, leaf, among)


def _by_steps(was: Line, now: Line, leaf: str, among: Iterable[str]) -> str | None:
    """Return that of *among* which shares most steps with *leaf*; None if it shares none."""
    often = Counter(end for one in was.leaves for end in _steps_of(was, one))
    own = _steps_of(was, leaf)
    shared = {one: sum(1 / often[end] for end in own & _steps_of(now, one)) for one in among}
    best = max(shared, key=lambda one: (shared[one], _spelled(leaf, one)), default=None)
    return best if best is not None and shared[best] else None


def _steps_of(line: Line, leaf: str) -> _Ends:
    """Return the steps that come into a stage and those that leave it. A step to ``same`` does both or neither."""
    out = {("out", step.name) for step in line.steps.values() if leaf in step.sources}
    into = {
        ("in", step.name)
        for step in (line.begins, *line.steps.values())
        for branch in step.targets
        if branch.to in line.stages and line.leaf(branch.to) == leaf
    }
    return frozenset(out | into)


def _spelled(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
