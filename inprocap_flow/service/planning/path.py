"""The way that a plan takes through the stages of a line: from where it stands to its end.

The usual way is the one with the fewest steps that need a reason in writing (such a step is an exception: to skip,
to waive, to go back, to give up), then the one that goes back least in the order of writing, then the one that
leaves out least, then the one written first. Whoever wants another names the steps it takes or does not take.
A track that must only have ended takes the shortest way to its end. A branch that asks whether a milestone was reached
is taken only as the way before it answers. A step that is named and leads to no completed end leads to its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches

from inprocap_flow.errors import NotFound, Unsupported
from inprocap_flow.language.expressions.tree import Call, Expr, Word
from inprocap_flow.language.graph import SAME
from inprocap_flow.language.model import Branch, Definition, Line, Step
from inprocap_flow.records import record

COMPLETED = "completed"
MOST_TRIED = 100_000  # ways begun; a definition that has more gets the best of these


@record
class Leg:
    """One stage of the way, and the step and branch by which it is left; the last leg has none."""

    stage: str
    step: Step | None = None
    branch: Branch | None = None


Open = Callable[[Step, Branch, str], bool]  # the last: the leaf stage in which the line stands
Cost = tuple[int, int, int, int]


def always(_step: Step, _branch: Branch, _stage: str) -> bool:
    """Every step may be taken."""
    return True


def choose_path(
    definition: Definition,
    line: Line,
    start: str,
    *,
    goals: Collection[str] | None = None,
    by: Sequence[str] = (),
    without: Collection[str] = (),
    may: Open = always,
    shortest: bool = False,
    reached: Collection[str] = (),
) -> tuple[Leg, ...]:
    """Return the usual way of *line* from the leaf stage *start* to one of *goals* (default: where it is completed).

    *by* names steps that are taken, or branches as ``step=stage``; *without* steps, stages and groups of stages that
    are not. *may* tells whether a step can be taken from a stage at all, as far as that is known. *shortest*: the
    fewest stages. *reached*: milestones that lie behind already.

    Raises NotFound for a name that the line does not have, Unsupported when no way is left.
    """
    _check_names(definition, line, (*(name.partition("=")[0] for name in by), *without))
    wanted, branches = _wanted(line, by)
    ways = _ways(line, frozenset(without), branches, may)
    ends = [frozenset(goals if goals is not None else completed(line))]
    ends += [frozenset(name for name, stage in line.stages.items() if stage.final)] if by and goals is None else []
    for end in ends:
        search = _Search(line, end, wanted, ways, 1 if shortest else -1, frozenset(reached))
        best = search.best_from(start)
        if best is not None and not search.lacking(best):
            return best
    raise Unsupported(_no_way(line, start, by, without), mend="name other steps with --by and --without")


def usual_way(definition: Definition, line: Line, start: str) -> tuple[Leg, ...]:
    """Return the usual way of a track from *start*: the shortest to where it is completed, if it says where that is.

    Else that to the end before which most of its duties are met, of several the nearest: what a procedure calls the
    ends of a track does not say which is the good one, but nobody plans to take an invoice back. Raises Unsupported.
    """
    ends = completed(line)
    if any(line.stages[end].final == COMPLETED for end in ends):
        return choose_path(definition, line, start, goals=ends, shortest=True)
    ways: list[tuple[Leg, ...]] = []
    for end in ends:
        with suppress(Unsupported):  # that end cannot be reached any more
            ways.append(choose_path(definition, line, start, goals=(end,), shortest=True))
    if not ways:
        raise Unsupported(_no_way(line, start, (), ()), mend="the track can only be ended with its case")
    return max(ways, key=lambda legs: (len(_met(line, legs)), -len(legs)))


def _met(line: Line, legs: Sequence[Leg]) -> frozenset[str]:
    """Return the duties that are met on a way, also by what is done where it passes."""
    beside = [step for leg in legs for step in line.steps.values()
              if leg.stage in step.sources and all(branch.to == SAME for branch in step.targets)]  # fmt: skip
    taken = [name for leg in legs for way in (leg.step, leg.branch) if way is not None for name in way.meets]
    return frozenset((*taken, *(name for step in beside for name in step.meets)))


def completed(line: Line) -> tuple[str, ...]:
    """Return the final stages in which *line* has reached its aim; a track's are all that it has."""
    finals = {address: stage.final for address, stage in line.stages.items() if stage.final is not None}
    return tuple(name for name, final in finals.items() if final == COMPLETED) or tuple(finals)


@dataclass(frozen=True, slots=True)
class _Way:
    step: Step
    branch: Branch
    target: str


def _ways(line: Line, without: frozenset[str], branches: Mapping[str, str], may: Open) -> dict[str, list[_Way]]:
    """Return the ways out of each leaf stage, in order of writing."""
    shut = {leaf for name in without if name in line.stages for leaf in line.leaves_under(name)}
    found: dict[str, list[_Way]] = {}
    for step in line.steps.values():
        if step.name in without:
            continue
        for branch in step.targets:
            target = SAME if branch.to == SAME else line.leaf(branch.to)
            chosen = branches.get(step.name)
            if target == SAME or target in shut or (chosen and not _under(target, chosen)):
                continue
            for source in step.sources:
                if source != target and may(step, branch, source):
                    found.setdefault(source, []).append(_Way(step, branch, target))
    return found


def _milestone_of(when: Expr | None) -> str | None:
    """Return the milestone that a branch asks for, if that is all it asks."""
    if isinstance(when, Call) and when.function == "reached" and isinstance(when.arguments[0], Word):
        return when.arguments[0].word
    return None


def _under(leaf: str, stage: str) -> bool:
    return leaf == stage or leaf.startswith(f"{stage}.")


@dataclass(slots=True)
class _Search:
    """Every way without a circle, the most promising first; what cannot become better is left aside."""

    line: Line
    goals: frozenset[str]
    wanted: frozenset[str]
    ways: Mapping[str, list[_Way]]
    each: int = -1  # what one more stage costs
    reached: frozenset[str] = frozenset()
    tried: int = 0
    found: tuple[Leg, ...] | None = None
    cost: Cost | None = None
    order: dict[str, int] = field(default_factory=dict)
    useful: frozenset[str] = frozenset()

    def best_from(self, start: str) -> tuple[Leg, ...] | None:
        self.order = {leaf: number for number, leaf in enumerate(self.line.leaves)}
        self.useful = self._reaching()
        if start in self.useful:
            self._go([], start, {start}, (0, 0, 0, 0))
        return self.found

    def lacking(self, legs: Sequence[Leg]) -> frozenset[str]:
        return self.wanted - {leg.step.name for leg in legs if leg.step}

    def _reaching(self) -> frozenset[str]:
        back: dict[str, set[str]] = {}
        for source, ways in self.ways.items():
            for way in ways:
                back.setdefault(way.target, set()).add(source)
        seen, waiting = set(self.goals), list(self.goals)
        while waiting:
            new = back.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return frozenset(seen)

    def _go(self, legs: list[Leg], stage: str, seen: set[str], cost: Cost) -> None:
        self.tried += 1
        if stage in self.goals:
            self._arrived((*legs, Leg(stage)), cost)
            return
        for way, price in self._priced(stage, cost):
            worse = self.cost is not None and price[:3] > self.cost[:3] and not self.wanted
            if way.target in seen or way.target not in self.useful or worse or self.tried > MOST_TRIED:
                continue
            if not self._answers(way, legs):
                continue
            seen.add(way.target)
            legs.append(Leg(stage, way.step, way.branch))
            self._go(legs, way.target, seen, price)
            legs.pop()
            seen.discard(way.target)

    def _answers(self, way: _Way, legs: Sequence[Leg]) -> bool:
        """Tell whether the milestones reached on the way allow its branch, as far as its conditions ask for them."""
        if len(way.step.targets) == 1:
            return True
        known = self.reached | {leg.step.milestone for leg in legs if leg.step and leg.step.milestone}
        known |= {way.step.milestone} if way.step.milestone else set()
        for branch in way.step.targets:
            asked = _milestone_of(branch.when)
            if branch is way.branch:
                return asked is None or asked in known
            if asked is not None and asked in known:
                return False
        return True

    def _priced(self, stage: str, cost: Cost) -> Iterator[tuple[_Way, Cost]]:
        ways = [(way, self._price(way, stage, cost)) for way in self.ways.get(stage, ())]
        return iter(sorted(ways, key=lambda one: one[1][1:3]))

    def _price(self, way: _Way, stage: str, cost: Cost) -> Cost:
        back = self.order[way.target] < self.order[stage]
        return (0, cost[1] + way.step.handed_in.reason, cost[2] + back, cost[3] + self.each)

    def _arrived(self, legs: tuple[Leg, ...], cost: Cost) -> None:
        whole = (len(self.lacking(legs)), *cost[1:])
        if self.cost is None or whole < self.cost:
            self.found, self.cost = legs, whole


def _wanted(line: Line, by: Sequence[str]) -> tuple[frozenset[str], dict[str, str]]:
    branches = {step: stage for step, _, stage in (name.partition("=") for name in by) if stage}
    for step, stage in branches.items():
        if not any(_under(line.leaf(branch.to), stage) for branch in line.steps[step].targets if branch.to != SAME):
            known = ", ".join(branch.to for branch in line.steps[step].targets)
            raise NotFound(f"{step} does not lead to {stage}", mend=f"it leads to: {known}")
    return frozenset(name.partition("=")[0] for name in by), branches


def _check_names(definition: Definition, line: Line, names: Sequence[str]) -> None:
    known = [*line.steps, *line.stages]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3)
            mend = f"did you mean {' or '.join(near)}?" if near else f"inprocap-flow read {definition.name} lists them"
            raise NotFound(f"{definition.name} has no step or stage {name!r}", mend=mend)


def _no_way(line: Line, start: str, by: Sequence[str], without: Collection[str]) -> str:
    said = [f"by {', '.join(by)}"] if by else []
    said += [f"without {', '.join(without)}"] if without else []
    ends = " or ".join(completed(line))
    return " ".join([f"no way leads from {start} to {ends}", *said])
