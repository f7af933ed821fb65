"""Historic import (ruling 4): dated facts of a past case, with their precision and certainty, put into a trail.

It invents nothing. A fact that reaches a milestone moves the line there; the steps in between, and every requirement
that the source does not answer, are recorded as not evidenced. What the source contradicts is a finding. A deadline
starts only from an exact day, and one that can be missed not at all: a past case is never overdue for want of a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inprocap_flow.engine.carrying.carry import take_inputs, target_of
from inprocap_flow.engine.carrying.guards import judge_guard
from inprocap_flow.engine.carrying.judge import Inputs, Plan, judge
from inprocap_flow.engine.carrying.settle import pass_time
from inprocap_flow.engine.carrying.work import Work
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.evidence import Fact, Marks
from inprocap_flow.engine.case.history import EMPTY
from inprocap_flow.engine.case.lifting import as_step
from inprocap_flow.engine.case.records import MAIN, Case, Decision, Event, Request, unstamp
from inprocap_flow.engine.placing import move, path, place
from inprocap_flow.engine.timing.clocks import Clock, start_clock
from inprocap_flow.language.expressions.syntax import walk
from inprocap_flow.language.expressions.tree import Call
from inprocap_flow.language.model import CASE, Step
from inprocap_flow.machine.table import SAME, Machine

IMPORTER = "import"


def open_history(
    binding: Binding, case_id: str, title: str, fact: Fact, now: datetime, source: Mapping[str, Any]
) -> Decision:
    """Open a historic case at its first fact. *source* says where the history comes from."""
    request = Request("import", IMPORTER, historic=True)
    work = _work(binding, EMPTY, request, now, fact, {"kind": "import", "text": fact.text, **source})
    work.outcome = work.decision = 1
    definition = binding.definition
    work.emit(
        "opened",
        MAIN,
        {
            "case": case_id,
            "organisation": binding.organisation.name,
            "procedure": definition.name,
            "version": definition.full_version,
            "definition": binding.machine.content_hash,
            "title": title,
            "historic": True,
        },
    )
    marks = Marks()
    _enter(work, MAIN, definition.main.begins, fact, marks)
    return _finish(work, request, fact, marks)


def import_fact(binding: Binding, case: Case, fact: Fact, now: datetime) -> Decision:
    """Put one more fact on a historic case. Facts come in order of time.

    The typed deadlines that end before it end first, as they lawfully did.
    """
    request = Request("import", IMPORTER, historic=True)
    expiries = pass_time(binding, case, request, now, fact.when.first)
    standing = expiries[-1].case if expiries else case
    work = _work(binding, standing, request, now, fact, {"kind": "import", "text": fact.text})
    work.outcome = case.version + 1
    decision = _finish(work, request, fact, _imported(work, fact))
    if not expiries:
        return decision
    earlier = tuple(replace(event, outcome=work.outcome) for one in expiries for event in one.events)
    messages = tuple(message for one in expiries for message in one.messages)
    return replace(decision, events=(*earlier, *decision.events), messages=(*messages, *decision.messages))


def _work(
    binding: Binding, case: Case, request: Request, now: datetime, fact: Fact, described: Mapping[str, Any]
) -> Work:
    return Work(
        binding,
        case,
        request,
        now,
        fact.when,
        outcome=case.version + 1,
        decision=case.next_decision,
        actor=IMPORTER,
        described=described,
    )


def _imported(work: Work, fact: Fact) -> Marks:
    marks = Marks()
    for name in fact.derogations:  # first: it may be what lets the milestone be reached
        _grant(work, name, fact, marks)
    if fact.reaches:
        _reach(work, fact, marks)
    elif fact.values:
        take_inputs(work, MAIN, fact.values, {}, "import")
    for placement in fact.placements:
        place(work, placement, fact, marks)
    return marks


def _grant(work: Work, name: str, fact: Fact, marks: Marks) -> None:
    """Lift the rules of a derogation that the source tells of; what it needed and nobody tells is not evidenced.

    Where the case stood meanwhile is not evidenced either: few sources tell of every step.
    """
    derogation = work.binding.definition.derogations[name]
    if work.case.has_lifted(derogation.lifts):
        return
    step = as_step(derogation)
    own = work.binding.definition.main.fields
    asked = {*step.handed_in.fields, *step.already_there.fields}
    inputs = Inputs({n: plain for n, plain in fact.values.items() if n in own and n in asked}, {}, fact.text)
    plan = judge(work, MAIN, step, inputs)
    elsewhere = [blocker for blocker in plan.blockers if blocker.code == "case-elsewhere"]
    marks.not_evidenced += [
        {"what": "stage", "about": one.about, "step": name, "line": MAIN, "says": one.reason} for one in elsewhere
    ]
    marks.take([one for one in plan.blockers if one.code not in ("guard", "case-elsewhere")], name, MAIN)
    _judge_guards(work, MAIN, step, marks)
    rules = {"derogation": name, "rules": list(derogation.lifts), "certainty": fact.certainty}
    work.emit("lifted", MAIN, rules | ({"cite": derogation.cite} if derogation.cite else {}))


def _finish(work: Work, request: Request, fact: Fact, marks: Marks) -> Decision:
    data = {"text": fact.text, "source": fact.source, "certainty": fact.certainty}
    work.emit("noted", MAIN, data)
    if marks.not_evidenced or marks.findings:
        marked = {"not_evidenced": marks.not_evidenced, "findings": marks.findings}
        work.emit("marked", MAIN, {name: entries for name, entries in marked.items() if entries})
    return Decision(request, tuple(work.events), work.case, sealed=dict(work.sealed))


def _reach(work: Work, fact: Fact, marks: Marks) -> None:
    """Move the case to the milestone of *fact*, over steps of which nothing is known."""
    machine, definition = work.binding.machine, work.binding.definition
    if work.facts().reached(fact.reaches or ""):
        return  # a deadline that ended has brought it there already
    steps = [step for step in definition.main.steps.values() if step.milestone == fact.reaches]
    best = _best_way(machine, CASE, work.case.main.state, steps)
    if best is None:
        says = f"{fact.reaches} cannot be reached from {work.case.main.state}."
        marks.findings.append({"what": "not-offered", "about": fact.reaches, "line": MAIN, "says": says})
        return
    between, step = best
    for passed in between:
        marks.not_evidenced.append(
            {"what": "step", "about": passed, "line": MAIN, "says": f"{passed} is not evidenced."}
        )
    if between:
        source = step.sources[0] if work.case.main.state not in step.sources else work.case.main.state
        source = _last_state(machine, CASE, work.case.main.state, between) or source
        work.emit(
            "moved", MAIN, {"step": "import", "from": work.case.main.state, "to": source, "between": list(between)}
        )
    _enter(work, MAIN, step, fact, marks)


def _best_way(machine: Machine, kind: str, start: str, steps: list[Step]) -> tuple[tuple[str, ...], Step] | None:
    ways = [(way, step) for step in steps if (way := path(machine, kind, start, set(step.sources))) is not None]
    return min(ways, key=lambda way: len(way[0]), default=None)


def _last_state(machine: Machine, kind: str, start: str, steps: tuple[str, ...]) -> str | None:
    """Return where *steps* lead from *start*, taking at each branch a target from which the next step is offered."""
    states = {start}
    for name in steps:
        states = {target for state in states for target in machine.table(kind).moves.get(state, {}).get(name, ())}
    return min(states, default=None)


def _enter(work: Work, line_id: str, step: Step, fact: Fact, marks: Marks) -> None:
    """Carry out *step* as far as the source tells: requirements are marked, effects taken where they are known."""
    own = work.binding.definition.line(step.line).fields
    values = {name: value for name, value in fact.values.items() if name in own}
    asked = {*step.handed_in.fields, *step.may_fill, *step.already_there.fields}
    apart = {name: value for name, value in values.items() if name not in asked}
    if apart:
        take_inputs(work, line_id, apart, {}, "import")
    inputs = Inputs({name: value for name, value in values.items() if name in asked}, {}, fact.text)
    plan = judge(work, line_id, step, inputs)
    marks.take([blocker for blocker in plan.blockers if blocker.code != "guard"], step.name, line_id)
    _judge_guards(work, line_id, step, marks)
    take_inputs(work, line_id, inputs.fields, {}, step.name)
    line = work.case.lines[line_id]
    branch = plan.branch or step.targets[-1]
    target = line.state if branch.to == SAME else target_of(work.binding.definition.line(step.line), line, branch)
    final = work.binding.definition.line(step.line).stages[target].final
    more = {"milestone": step.milestone, "final": final, "certainty": fact.certainty}
    _end_clocks(work, line_id, step, fact)
    move(work, line_id, step.name, target, more)
    _start_clocks(work, line_id, step, plan, marks)


def _judge_guards(work: Work, line_id: str, step: Step, marks: Marks) -> None:
    """A condition that reads only facts the source gives can be contradicted; any other is not evidenced."""
    facts = work.facts(line_id)
    for guard in step.already_there.that:
        if guard.only_from and facts.line.state not in guard.only_from:
            continue
        blocker = None if guard.rule and facts.lifted(guard.rule) else judge_guard(facts, guard)
        if blocker is None or guard.only_warns:
            continue
        told = guard.holds is not None and not any(isinstance(part, Call) for part in walk(guard.holds))
        if blocker.code == "guard" and told:
            marks.take([blocker], step.name, line_id)
        else:
            entry = {
                "what": "guard",
                "about": blocker.about,
                "step": step.name,
                "line": line_id,
                "says": blocker.reason,
            }
            marks.not_evidenced.append(entry)


def _end_clocks(work: Work, line_id: str, step: Step, fact: Fact) -> None:
    """End what *step* is the end of: who knows only the day of a closing knows all the same that it closed."""
    for declared in work.binding.definition.line(step.line).deadlines.values():
        state = work.facts(line_id).deadline(declared.name)
        if declared.when_over != step.name or declared.kind == "due" or state is None or state.status != "running":
            continue
        if state.end is not None and unstamp(state.end) <= fact.when.last:
            work.emit("deadline_over", state.line, {"deadline": state.name})


def _start_clocks(work: Work, line_id: str, step: Step, plan: Plan, marks: Marks) -> None:
    for name in step.starts:
        declared = work.binding.definition.find_deadline(step.line, name)
        clock = plan.clocks.get(name)
        if clock is None and declared is not None and declared.ends_at is not None:
            # Below the lawful minimum: a finding by now, and yet the day on which it ended.
            untold = start_clock(work.facts(line_id), replace(declared, at_least=None), work.when)
            clock = untold if isinstance(untold, Clock) else None
        exact = work.when.is_exact or (clock is not None and clock.computed.get("typed") is True)
        if declared is None or declared.kind == "due" or clock is None or not exact:
            says = f"When {name} ended, and whether it was met, is not evidenced."
            marks.not_evidenced.append({"what": "deadline", "about": name, "line": line_id, "says": says})
            continue
        owner = line_id if declared.line == step.line else MAIN
        extra = {"outlives_case": True} if declared.outlives_case else {}
        work.emit("deadline_started", owner, {"deadline": name, **clock.to_plain(), **extra})


def funnel(events: Iterable[Event], kind: str) -> dict[str, int]:
    """Return how many tracks of *kind* ever stood in each stage, in the order in which it was first reached."""
    stood: dict[str, set[str]] = {}
    for event in events:
        if event.kind == "moved" and event.line.startswith(f"{kind}/") and event.data["to"]:
            if event.data["from"] == event.data["to"]:
                for lines in stood.values():
                    lines.discard(event.line)
                continue
            stood.setdefault(event.data["to"], set()).add(event.line)
    return {stage: len(lines) for stage, lines in stood.items() if lines}
