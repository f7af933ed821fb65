"""What comes when the time for it is over: which window ended when, and what the procedure still has for it."""

from __future__ import annotations

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.facts import deadline_place
from inprocap_flow.engine.case.records import Case, DeadlineState, LineState, unstamp
from inprocap_flow.language.model import CASE, Definition, Derogation, Step, said

Asked = Step | Derogation
DECIDED_ABOVE = "Keep that with the case, and let whoever answers for the procedure decide"
KEPT_ASIDE = "no step takes what comes late: say so to whoever sent it, and keep it closed, beside the file"


def window_over(binding: Binding, case: Case, line_id: str, step: Step) -> DeadlineState | None:
    """Return the first window of *step* that has run out as *line_id* sees it; None if none has, or none was open."""
    for name in step.already_there.within:
        state = case.deadlines.get(deadline_place(binding, case, line_id, name) or "")
        if state is not None and state.end is not None and state.status in ("over", "missed"):
            return state
    return None


def ended(binding: Binding, case: Case, state: DeadlineState) -> str:
    """Return the title of a deadline that is over and the local moment of its end: ``"Tenders" ended on 2026-...``.

    One that was met or stopped before its time has no such moment: then its status.
    """
    declared = binding.definition.find_deadline(case.lines[state.line].kind, state.name)
    title = f'"{said(declared.title) if declared else state.name}"'
    if state.end is None or state.status in ("met", "stopped"):
        return f"{title} is {state.status}"
    return f"{title} ended on {unstamp(state.end).astimezone(binding.zone):%Y-%m-%d %H:%M}"


def instead(binding: Binding, case: Case, state: DeadlineState) -> str:
    """Return what can be done with what comes after the end of *state*: a file of its own, or the log of what came in.

    A file of its own is a track that can begin where the case stands, or where the end of the window puts it, for a
    sender who never acts here. The record comes with the step that goes on from where the end of the window has put
    the case, where it stands there still (the opening of tenders, say, with the log of receipt). A step that takes a
    reason is another way out.
    """
    definition = binding.definition
    here, ends_in = _where(definition, case, state)
    if kept := _file_of_its_own(definition, here):
        return f"it cannot be taken as in time; {kept}"
    if here not in ends_in:
        return KEPT_ASIDE
    for name in binding.machine.offered(CASE, here):
        step = definition.main.steps[name]
        if step.handed_in.documents and not (step.handed_in.reason or step.is_system or step.is_automatic):
            papers = (definition.find_document(CASE, one) for one in step.handed_in.documents)
            titles = " or ".join(f'"{said(paper.title)}"' for paper in papers if paper is not None)
            title = said(step.title)
            what = f'"{title}" ({name})' if title else name
            return f"it cannot be taken as in time; write that it came late into {titles}, which comes with {what}"
    return KEPT_ASIDE


def _where(definition: Definition, case: Case, state: DeadlineState) -> tuple[str, list[str]]:
    """Return where the case stands once the end of *state* is recorded, and where that end alone puts it."""
    declared = definition.find_deadline(case.lines[state.line].kind, state.name)
    closing = definition.main.steps.get((declared.when_over if declared else None) or "")
    here, ends_in = case.main.state, [branch.to for branch in closing.targets] if closing else []
    if closing and state.is_open and here in closing.sources:
        here = ends_in[0]  # it has run out, and nothing has recorded that yet
    return here, ends_in


def late_or_in_time(binding: Binding, case: Case, line: LineState, asked: Asked, state: DeadlineState) -> str:
    """Return what can be done after the end of *state*: with what came late, and with what came in time unentered."""
    return f"if it came late: {instead(binding, case, state)}. {_in_time(binding, case, line, asked, state)}"


def entering(definition: Definition, asked: Asked | None, window: str) -> Step | None:
    """Return the step that enters after the end of *window* what was received before it; None if there is none.

    It is known by what it does: it leads a line where *asked* leads it, and only when that window is over.
    """
    if not isinstance(asked, Step):
        return None
    targets = {branch.to for branch in asked.targets}
    for one in definition.line(asked.line).steps.values():
        if window in one.already_there.after and targets & {branch.to for branch in one.targets}:
            return one
    return None


def _in_time(binding: Binding, case: Case, line: LineState, asked: Asked, state: DeadlineState) -> str:
    definition, came = binding.definition, "If it came in time and was not entered in time:"
    found = entering(definition, asked, state.name)
    if found is None:
        return f"{came} no late entry takes it in any more, whatever the evidence. {DECIDED_ABOVE}"
    title = f'"{said(found.title)}" ({found.name})'
    there = not found.while_case or _where(definition, case, state)[0] in found.while_case
    if not there or line.state not in found.sources:
        return f"{came} {title} was possible only in {', '.join(found.while_case)}. {DECIDED_ABOVE}"
    papers = (definition.find_document(found.line, name) for name in found.already_there.documents)
    needs = [f'"{said(one.title)}"' for one in papers if one is not None]
    signed = (definition.line(found.line).approvals.get(name) for name in found.already_there.approvals)
    needs += [f'"{said(one.title)}", signed' for one in signed if one is not None]
    return f"{came} use {title} on {line.id}" + (f"; it asks for {' and for '.join(needs)}" if needs else "")


def _file_of_its_own(definition: Definition, stage: str) -> str:
    """Return which kind of track begins in *stage* for what came late, "" if none does.

    It is known by its role: somebody speaks for such a track who may neither move nor approve anything, so that all
    that is done with it others do. A firm in the race acts for itself.
    """
    mute = (role for role in definition.roles.values() if role.speaks_for and {"move", "approve"} <= set(role.never))
    for role in mute:
        begins = definition.tracks[role.speaks_for or ""].begins
        if stage in begins.while_case:
            title = said(begins.title)
            step = f'"{title}" ({begins.name})' if title else begins.name
            return f"use {step}, with a {role.speaks_for}/NAME of its own"
    return ""
