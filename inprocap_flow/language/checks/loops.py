"""What the checks of loops share: the circles in the stages of a line, and what can change while a case goes round."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from inprocap_flow.language.expressions.syntax import words_in
from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.graph import Edge, before_milestone, edges
from inprocap_flow.language.guards.abstraction import Condition
from inprocap_flow.language.model import CASE, Definition, Field, Line, Step

_LASTING = frozenset({"field", "each_field", "limit", "choice", "currency"})
"""Words that stand for a value which does not change by itself; a count, a clock or a paper may."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Leaf stages of a line from each of which steps lead to every other one; ``standing``: where the case is then."""

    line: Line
    stages: frozenset[str]
    standing: frozenset[str]

    def __str__(self) -> str:
        names = [f"`{leaf}`" for leaf in self.line.leaves if leaf in self.stages]
        return f"{', '.join(names[:-1])} and {names[-1]}"


def loops(definition: Definition) -> Iterator[Loop]:
    """Yield every largest loop of every line, in order of writing. A step that stays in its stage is none."""
    for line in definition.lines:
        ways: dict[str, set[str]] = {}
        for edge in edges(definition, line):
            ways.setdefault(edge.source, set()).add(edge.target)
        after = {leaf: _from(ways, leaf) for leaf in line.leaves}
        done: set[str] = set()
        for leaf in line.leaves:
            stages = frozenset(other for other in after[leaf] if leaf in after[other]) | {leaf}
            if leaf not in done and len(stages) > 1:
                done |= stages
                yield Loop(line, stages, stages if line.kind == CASE else _standing(definition, line, stages))


def _from(ways: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        more = ways.get(waiting.pop(), set()) - seen
        seen |= more
        waiting += more
    return seen


def _standing(definition: Definition, line: Line, stages: frozenset[str]) -> frozenset[str]:
    """Return where the case can stand while a track is in *stages*: wherever a step from there may be taken."""
    steps = [step for step in line.steps.values() if stages & set(step.sources)]
    if any(not step.while_case for step in steps):
        return frozenset(definition.main.leaves)
    return frozenset(leaf for step in steps for leaf in step.while_case)


def ways_in(definition: Definition, loop: Loop) -> Iterator[Edge]:
    """Yield every way into *loop* from outside; that of the step that begins the line comes from nowhere."""
    for edge in edges(definition, loop.line):
        if edge.source not in loop.stages and edge.target in loop.stages:
            yield edge
    for branch in loop.line.begins.targets:
        if branch.to in loop.line.stages and loop.line.leaf(branch.to) in loop.stages:
            yield Edge("", loop.line.leaf(branch.to), loop.line.begins)


def ways_out(definition: Definition, loop: Loop) -> Iterator[Edge]:
    """Yield every way that leaves *loop*."""
    for edge in edges(definition, loop.line):
        if edge.source in loop.stages and edge.target not in loop.stages:
            yield edge


def asked_on(line: Line, edge: Edge) -> Iterator[tuple[Condition, bool]]:
    """Yield the conditions that must come out so for a case to take *edge*: those of the step, and of its branches.

    Left out are those that only warn, and those that are not asked from every stage.
    """
    step = edge.step
    if step is None:
        return
    for guard in step.already_there.that:
        if guard.holds is not None and not guard.only_warns and not guard.only_from:
            yield Condition(guard.holds, line.kind), True
    for branch in step.targets:
        taken = branch.to in line.stages and line.leaf(branch.to) == edge.target
        if branch.when is not None:
            yield Condition(branch.when, line.kind), taken
        if taken:
            return


class Changing:
    """What can become another value while a case goes round a loop."""

    def __init__(self, definition: Definition, loop: Loop) -> None:
        self.definition, self.loop = definition, loop

    def lasts(self, expr: Expr, each: str | None = None, within: Collection[str] | None = None) -> bool:
        """Return whether *expr* reads values, and only such as stay what they are all the way round.

        *each*: the track of a bare ``each``, which stands in one of the leaf stages *within*.
        """
        uses = words_in(expr, each=each)
        if any(isinstance(part, Name) and part.name == "today" for part in walk(expr)):
            return False
        fields = [use for use in uses if use.kind in ("field", "each_field")]
        return bool(fields) and all(
            use.kind in _LASTING
            and (use not in fields or self._stays(use.word, each if use.kind == "each_field" else None, within))
            for use in uses
        )

    def _stays(self, name: str, each: str | None, within: Collection[str] | None) -> bool:
        kind = self.loop.line.kind if each is None else each
        own = self.definition.line(kind).fields.get(name)
        home = kind if own is not None else CASE
        declared = own or self.definition.main.fields.get(name)
        if declared is None:
            return False
        return self._is_fixed(declared) or not (declared.by or self._is_given(home, name, within if own else None))

    def _is_fixed(self, declared: Field) -> bool:
        fixed = declared.fixed_from
        return fixed is not None and not self.loop.standing & before_milestone(self.definition, fixed)

    def _is_given(self, home: str, name: str, within: Collection[str] | None) -> bool:
        """Return whether a step on the way, or an approval, gives the field a value."""
        lines = [line for line in self.definition.lines if home in (line.kind, CASE)]
        if any(name in approval.sets for line in lines for approval in line.approvals.values()):
            return True
        made = (create for step in self.steps(self.definition.main) for create in step.creates)
        if home != CASE and any(create.track == home and name in create.values for create in made):
            return True
        return any(
            name in (*step.handed_in.fields, *step.may_fill, *step.sets)
            for line in lines
            for step in self.steps(line)
            if within is None or line.kind != home or set(within) & set(step.sources)
        )

    def steps(self, line: Line) -> Iterator[Step]:
        """Yield every step of *line* that may be taken on the way round, that which begins a track too."""
        for step in (line.begins, *line.steps.values()):
            if line.kind == self.loop.line.kind:
                if self.loop.stages & set(step.sources):
                    yield step
            elif line.kind == CASE:
                if self.loop.standing & set(step.sources):
                    yield step
            elif not step.while_case or self.loop.standing & set(step.while_case):
                yield step

    def comes_to(self, line: Line, starts: Collection[str]) -> frozenset[str]:
        """Return where tracks of *line* that stand in *starts* can come on the way round, *starts* included."""
        possible = {step.name for step in self.steps(line)}
        seen, waiting = set(starts), list(starts)
        while waiting:
            source = waiting.pop()
            for edge in edges(self.definition, line):
                usable = edge.step is not None and edge.step.name in possible
                if usable and edge.source == source and edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
        return frozenset(seen)
