"""A field that something reads where nothing has made it known, and nobody can."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from inprocap_flow.language.checks.asked import Asking, question
from inprocap_flow.language.checks.finding import ERROR, Finding, of_step
from inprocap_flow.language.checks.reading import Reading, fields_of, of_a_step
from inprocap_flow.language.explore.asking import NOT_DECIDED, Answer, Question
from inprocap_flow.language.explore.coming import Happening
from inprocap_flow.language.explore.given import for_good
from inprocap_flow.language.explore.judging import judge
from inprocap_flow.language.explore.reads import looks_at_tracks
from inprocap_flow.language.explore.scope import Part, place
from inprocap_flow.language.explore.search import Bound, Fault
from inprocap_flow.language.explore.seats import standing_in
from inprocap_flow.language.explore.state import Deed, Seat, State
from inprocap_flow.language.explore.truth import EITHER, UNKNOWN
from inprocap_flow.language.explore.views import View
from inprocap_flow.language.explore.waiting import can_come
from inprocap_flow.language.explore.world import World
from inprocap_flow.language.expressions.tree import Expr, Name, walk
from inprocap_flow.language.model import CASE, Branch, Definition, Field, Guard, HookCall, Step, step_of
from inprocap_flow.records import changed

CODE = "read-before-known"
SEVERITY = ERROR
NEVER = "a step needs the value of a field that nobody has given, and that nobody can give any more"


def ask(definition: Definition) -> Iterator[Asking]:
    """Yield for each step, and each field that it reads and that cannot always be filled, whether it may be missing."""
    for line in definition.lines:
        for step in line.steps.values():
            movers = _movers(definition, step)
            for home, name in sorted(_read(definition, step)):
                if _always_fillable(definition.line(home).fields[name]) or _comes_along(movers, home, name):
                    continue
                alone = not looks_at_tracks(definition, step) and all(one.line == CASE for one in movers)
                kinds = {one.line for one in (step, *movers)} - {CASE}
                parts: list[Part] = [("field", home, name), *(("track", kind, "") for kind in sorted(kinds))]
                looking = Question(definition, parts, _missing(step, name, movers), alone=alone)
                look = partial(_looked, definition, looking, name)
                yield question(f"{step.name} {name}", look, partial(_finding, step, name))


def _looked(definition: Definition, looking: Question, name: str, bound: Bound) -> Answer:
    return _doubted(definition, looking.answered(bound), name)


def _doubted(definition: Definition, answer: Answer, name: str) -> Answer:
    """Return the answer as not decided if a step on the way asked `known()` of the field together with other values.

    `phases < 2 or known(length_2)` lets nobody pass without the value who needs it later; but which values came
    together is only remembered if they are given for good, and few (`explore.given`).
    """
    for deed in answer.path.deeds[:-1] if answer.path else ():
        line = definition.line(deed.kind)
        step = line.begins if deed.name == line.begins.name else line.steps.get(deed.name)
        guards = step.already_there.that if step is not None else ()
        if any(f"known({name})" in str(guard.holds) and not _remembered(definition, guard, name) for guard in guards):
            up_to = f"the condition of {deed.name} that asks known({name})"
            return Answer(NOT_DECIDED, None, answer.states, answer.seconds, up_to)
    return answer


def _remembered(definition: Definition, guard: Guard, name: str) -> bool:
    """Return whether all values but *name* that *guard* reads are kept along a path."""
    parts = walk(guard.holds) if guard.holds is not None else ()
    others = {part.name for part in parts if isinstance(part, Name)} - {name}
    return not isinstance(guard.hook, HookCall) and all(for_good(definition, one) for one in others)


def _movers(definition: Definition, step: Step) -> tuple[Step, ...]:
    """Return the steps that move tracks with *step*, if nothing else does and nobody can take it by itself."""
    if not step.is_system or any(one.when_over == step.name for one in definition.line(step.line).deadlines.values()):
        return ()
    steps = [one for line in definition.lines for one in (line.begins, *line.steps.values())]
    return tuple(one for one in steps if any((move.track, move.step) == (step.line, step.name) for move in one.moves))


def _comes_along(movers: tuple[Step, ...], home: str, name: str) -> bool:
    """Return whether whatever moves a track with the step brings the value of that field of the case."""
    brought = all(one.line == CASE and name in (*one.handed_in.fields, *one.already_there.fields) for one in movers)
    return bool(movers) and home == CASE and brought


def _always_fillable(field: Field) -> bool:
    return field.default is not None or (bool(field.by) and field.fixed_from is None)


def _read(definition: Definition, step: Step) -> set[tuple[str, str]]:
    """Return line and name of every field that *step* cannot do without: of the case or of its own line."""
    given = {*step.handed_in.fields, *step.already_there.fields}
    found: set[tuple[str, str]] = set()
    for expr in _needed(definition, step):
        reading = Reading(expr, step.line, of_step(step), step)
        found |= {(home, name) for home, name in fields_of(definition, reading) if home in (CASE, step.line)}
    return {(home, name) for home, name in found if name not in given and name in definition.line(home).fields}


def _needed(definition: Definition, step: Step) -> Iterator[Expr]:
    """Yield the expressions of *step* without whose value it is refused, with those of what it starts."""
    warnings = {id(guard.holds) for guard in step.already_there.that if guard.only_warns}
    for reading in of_a_step(step):
        if id(reading.expr) not in warnings and reading.expr is not step.as_soon_as and reading.each is None:
            yield reading.expr
    for name in dict.fromkeys((*step.starts, *step.restarts, *(one for b in step.targets for one in b.starts))):
        home, bare = place(definition, step.line, name)
        deadline = definition.line(home).deadlines.get(bare)
        if deadline is not None and home in (CASE, step.line):
            yield from (one for one in (deadline.period, deadline.ends_at) if isinstance(one, Expr))


def _missing(step: Step, name: str, movers: tuple[Step, ...]) -> Fault:
    """Return whether *step* would be possible, if only *name* had a value; with *movers*, when one of them comes."""
    guards = tuple(guard for guard in step.already_there.that if not _reads(guard, name))
    targets = (Branch(step.targets[-1].to),)
    plain = changed(step, already_there=changed(step.already_there, that=guards), targets=targets)
    handed = frozenset((*step.handed_in.fields, *step.already_there.fields, *step.may_fill))
    asks_it_alone = (
        any(str(guard.holds) in (name, f"not {name}") for guard in step.already_there.that if not guard.only_warns)
        and name not in handed
    )

    def fault(world: World, happened: Happening) -> Deed | None:
        fine = world.fine.setdefault((CODE, step.line, step.name, name), set())
        if happened.state is None or happened.state in fine:
            return None
        deeds = [deed for one in movers if (deed := _taken(world, happened.state, one)) is not None]
        if movers and not deeds:
            fine.add(happened.state)
            return None

        def known(state: State, seat: Seat) -> bool:
            return not _unknown(View(world, state, step.line, seat, handed, given=True), step)

        for seat in standing_in(world, happened.state, step):
            if known(happened.state, seat) or judge(world, happened.state, step.line, seat, plain).refused:
                continue
            about = (CODE, step.line, step.name, name)
            lost = asks_it_alone and _is_lost(world, happened.state, name)
            if lost or not can_come(world, happened.state, step.line, seat, known, about):
                return deeds[0] if deeds else Deed("do", step.line, step.name, seat, None, refused="field-missing")
        fine.add(happened.state)
        return None

    return fault


def _taken(world: World, state: State, step: Step) -> Deed | None:
    """Return *step*, refused, as some line could take it in that case but for what it moves; None if none could."""
    begins = step.line != CASE and step.name == world.line(step.line).begins.name
    seats: list[Seat | None] = [None] if begins else [*standing_in(world, state, step)]
    possible = [seat for seat in seats if not judge(world, state, step.line, seat, step).refused]
    return Deed("do", step.line, step.name, possible[0], None, refused="field-missing") if possible else None


def _is_lost(world: World, state: State, name: str) -> bool:
    """Return whether that field of the case has no value and never comes to one, as its fixing alone shows."""
    field = world.definition.main.fields.get(name)
    if field is None or field.fixed_from is None or f"field {name}" in state.main.facts:
        return False
    if f"field {name}" not in world.facts[CASE] or f"milestone {field.fixed_from}" not in state.main.facts:
        return False
    steps = (step for step in world.definition.main.steps.values() if step.milestone != field.fixed_from)
    acts = (
        step_of(one, act)
        for line in world.definition.lines
        for one in line.deadlines.values()
        for act in one.acts.values()
    )
    return not any(name in (*one.handed_in.fields, *one.may_fill, *one.sets) for one in (*steps, *acts))


def _reads(guard: Guard, name: str) -> bool:
    expr = guard.holds
    return isinstance(guard.hook, HookCall) or (expr is not None and name in str(expr))


def _unknown(view: View, step: Step) -> bool:
    """Return whether something that *step* needs surely has no value."""
    guards = [guard for guard in step.already_there.that if not guard.only_warns and guard.holds is not None]
    if any(view.truth(guard.holds) == UNKNOWN for guard in guards):
        return True
    for branch in step.targets:
        answer = view.truth(branch.when)
        if answer == UNKNOWN:
            return True
        if answer & EITHER:
            break
    needed = [expr for expr in _needed(view.world.definition, step) if not any(expr is one.holds for one in guards)]
    needed = [expr for expr in needed if not any(expr is one.when for one in step.targets)]
    return any(not view.amount(expr).known for expr in needed)


def _finding(step: Step, name: str, _answer: Answer) -> Finding:
    return Finding(
        of_step(step),
        f"`{step.name}` reads `{name}`, which on some way there nobody has given, and nobody can give any more.",
        "Ask for it on every way there (`handed_in:`), say who may fill it (`by:`), give it a default, or ask `known`.",
    )
