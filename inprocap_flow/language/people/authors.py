"""Papers that must have been brought before a step, by whom they can be: where a role is closed to their authors."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.language.graph import reachable
from inprocap_flow.language.model import LINKED_CASE, SYSTEM, Definition, Line, Step
from inprocap_flow.language.people.staff import Option, Staff
from inprocap_flow.records import record


@record
class Paper:
    """A document of the line *kind* that a role is closed to whoever brought (`not_who_brought`)."""

    name: str
    kind: str


def papers_before(definition: Definition, step: Step) -> tuple[Paper, ...]:
    """Return the papers without which *step* is never taken: it asks for them, or every way to it does.

    Conditions are left aside, and so is what comes with the step itself.
    """
    closed = {name for role in definition.roles.values() for name in role.not_who_brought}
    return tuple(paper for paper in _papers(definition, step.line, closed) if _must_be_there(definition, step, paper))


def _papers(definition: Definition, kind: str, closed: set[str]) -> Iterator[Paper]:
    """Yield the papers that a line of *kind* may ask for: its own, and those of the case."""
    own = definition.line(kind)
    yield from (Paper(name, kind) for name in own.documents if name in closed)
    if own is not definition.main:
        main = definition.main
        yield from (Paper(name, main.kind) for name in main.documents if name in closed and name not in own.documents)


def _must_be_there(definition: Definition, step: Step, paper: Paper) -> bool:
    if paper.name in step.already_there.documents:
        return True
    line = definition.line(step.line)
    if paper.kind != step.line or not step.sources:
        return False
    asking = [one.name for one in (line.begins, *line.steps.values()) if one.name != step.name and _asks(one, paper)]
    return bool(asking) and not set(step.sources) & reachable(definition, line, without=asking)


def _asks(step: Step, paper: Paper) -> bool:
    return paper.name in step.handed_in.documents or paper.name in step.already_there.documents


def bringers(staff: Staff, paper: Paper) -> tuple[Option, ...] | None:
    """Return who can bring *paper*; None where somebody may who is not among the people: a firm, the system."""
    definition = staff.definition
    line = definition.line(paper.kind)
    roles = dict.fromkeys((*line.documents[paper.name].by, *_with_steps(definition, line, paper)))
    if any(name in (SYSTEM, LINKED_CASE) or _of_firms(definition, name) for name in roles):
        return None
    return staff.options(roles, "move")


def _with_steps(definition: Definition, line: Line, paper: Paper) -> Iterator[str]:
    """Yield the roles whose steps the paper comes with; a role that is closed to its authors brings none."""
    for step in (line.begins, *line.steps.values()):
        if paper.name in (*step.handed_in.documents, *step.may_bring):
            yield from (name for name in step.by if not is_closed(definition, name, paper.name))


def _of_firms(definition: Definition, name: str) -> bool:
    role = definition.roles.get(name)
    return role is not None and role.speaks_for is not None


def is_closed(definition: Definition, role: str, document: str) -> bool:
    """Return whether *role* is closed to whoever brought *document*."""
    declared = definition.roles.get(role)
    return declared is not None and document in declared.not_who_brought
