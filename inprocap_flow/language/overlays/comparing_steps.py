"""Steps of a procedure with its overlays beside those without: nobody may do more, nothing is asked less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inprocap_flow.language.checks.finding import Finding, of_step
from inprocap_flow.language.graph import SAME
from inprocap_flow.language.model import CASE, AlreadyThere, Branch, Definition, Line, Step
from inprocap_flow.language.overlays.roles_in import with_roles

SAME_AS_BEFORE = (
    "line", "by", "as_soon_as", "milestone", "sets", "restarts", "meets", "stops", "extends", "moves", "creates",
    "ends_everything", "ends_everything_but", "reports",
)  # fmt: skip
GROWING = ("starts", "publishes", "tells")
MEND = "An overlay adds; leave what the procedure says, or change the procedure itself."


def compare_steps(base: Definition, applied: Definition, kind: str, replaced: Mapping[str, str]) -> Iterator[Finding]:
    """Yield in which respects the steps of one line ask for less, or new ones go round the old."""
    line, now = base.line(kind), applied.line(kind)
    new = frozenset(now.leaves) - frozenset(line.leaves)
    before = {line.begins.name: line.begins, **line.steps}
    steps = {now.begins.name: now.begins, **now.steps}
    for name, written in before.items():
        step = with_roles(written, replaced)
        found = steps.get(name)
        if found is None:
            yield Finding(of_step(step), f"The step `{name}` is gone.", MEND)
            continue
        for fact in (*_asks_less(step, found), *_starts_elsewhere(base, applied, step, found, new)):
            yield Finding(of_step(found), f"`{name}` {fact}.", MEND)
    for name, found in steps.items():
        if name not in before:
            for fact in _goes_round(base, line, now, found, new):
                yield Finding(of_step(found), f"The new step `{name}` {fact}.", MEND)


def _asks_less(step: Step, now: Step) -> Iterator[str]:
    """Yield what *now* lacks of *step*, or does otherwise."""
    for name in SAME_AS_BEFORE:
        if getattr(now, name) != getattr(step, name):
            yield f"says something else under `{name}`"
    if [_bare(one) for one in now.targets] != [_bare(one) for one in step.targets]:
        yield "leads elsewhere"
    for name in GROWING:
        yield from _lost(name, getattr(step, name), getattr(now, name))
    handed, there = step.handed_in, step.already_there
    yield from _lost("handed_in", handed.fields + handed.documents, now.handed_in.fields + now.handed_in.documents)
    if handed.reason and not now.handed_in.reason:
        yield "asks for no reason any more"
    yield from _lacks(there, now.already_there)


def _bare(branch: Branch) -> tuple[Any, ...]:
    return branch.to, branch.when, branch.starts, branch.meets, branch.stops, branch.tells


def _lacks(there: AlreadyThere, now: AlreadyThere) -> Iterator[str]:
    for name in ("fields", "documents", "approvals", "within", "after"):
        yield from _lost(name, getattr(there, name), getattr(now, name))
    for guard in there.that:
        if guard not in now.that:
            yield f"does not ask any more whether {guard.holds or guard.hook}"


def _lost(what: str, before: tuple[Any, ...], now: tuple[Any, ...]) -> Iterator[str]:
    lost = [one for one in before if one not in now]
    if lost:
        yield f"lost {', '.join(f'`{one}`' if isinstance(one, str) else 'somebody' for one in lost)} under `{what}`"


def _starts_elsewhere(
    base: Definition, applied: Definition, step: Step, now: Step, new: frozenset[str]
) -> Iterator[str]:
    """Yield where the step starts now and did not, or starts no more although no detour leads there."""
    more = set(now.sources) - set(step.sources) - new
    if more:
        yield f"starts in `{', '.join(sorted(more))}`, too"
    line = applied.line(now.line)
    for source in set(step.sources) - set(now.sources):
        if not _leads(line, source, set(now.sources), new):
            yield f"cannot be taken from `{source}` any more, not even by a detour"
    if step.while_case and set(now.while_case) - set(step.while_case) - _new_of_case(base, applied):
        yield "can be taken while the case stands elsewhere"
    if set(step.while_case) - set(now.while_case):
        yield "cannot be taken any more while the case stands where it could"


def _new_of_case(base: Definition, applied: Definition) -> set[str]:
    return set(applied.line(CASE).leaves) - set(base.line(CASE).leaves)


def _leads(line: Line, source: str, goals: set[str], new: frozenset[str]) -> bool:
    """Tell whether new stages alone lead from *source* to one of *goals*."""
    seen, waiting = {source}, [source]
    while waiting:
        here = waiting.pop()
        for step in line.steps.values():
            if here not in step.sources:
                continue
            for branch in step.targets:
                target = here if branch.to == SAME else line.leaf(branch.to)
                if target in goals & new:
                    return True
                if target in new and target not in seen:
                    seen.add(target)
                    waiting.append(target)
    return False


def _goes_round(base: Definition, line: Line, now: Line, step: Step, new: frozenset[str]) -> Iterator[str]:
    """Yield what a new step does to what is the procedure's. It may only lead into new stages, or back."""
    entered = {source for one in now.steps.values() if _enters(now, one, new) for source in one.sources}
    for branch in step.targets:
        target = None if branch.to == SAME else now.leaf(branch.to)
        back = target in entered and set(step.sources) <= new
        if target is not None and target not in new and not back:
            yield f"leads to `{target}` of the procedure"
    if step.milestone is not None and step.milestone in base.milestones:
        yield f"reaches `{step.milestone}` on another way"
    for what, clock in _clocks(step):
        if base.find_deadline(line.kind, clock) is not None:
            yield f"{what} `{clock}`, a deadline of the procedure"
    for track in (*(move.track for move in step.moves), *(create.track for create in step.creates)):
        if track in base.tracks:
            yield f"moves or begins tracks `{track}` of the procedure"
    if step.ends_everything:
        yield "ends deadlines and tracks of the procedure"


def _clocks(step: Step) -> Iterator[tuple[str, str]]:
    """Yield every deadline that *step* touches, and what it does to it."""
    yield from (("restarts", clock) for clock in step.restarts)
    for part in (step, *step.targets):
        for what in ("starts", "meets", "stops"):
            yield from ((what, clock) for clock in getattr(part, what))
    if step.extends is not None:
        yield "extends", step.extends.deadline


def _enters(line: Line, step: Step, new: frozenset[str]) -> bool:
    """Tell whether *step* leads from old stages into new ones."""
    into = all(branch.to != SAME and line.leaf(branch.to) in new for branch in step.targets)
    return into and not set(step.sources) & new
