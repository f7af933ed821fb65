"""What steps report to linked cases (ruling 15): the link, the name, and the values that go with it."""

from __future__ import annotations

from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import Report
from inprocap_flow.language.resolve.desk import Desk
from inprocap_flow.language.resolve.expressions import expression
from inprocap_flow.language.schema.steps import ReportDoc


def build_reports(desk: Desk, docs: tuple[ReportDoc, ...], path: NodePath, line: str) -> tuple[Report, ...]:
    """Return what a step of *line* reports; a link that is no field of type case, or a name said twice, is said."""
    seen: set[tuple[str, str]] = set()
    made = []
    for number, doc in enumerate(docs):
        here = (*path, number)
        link(desk, doc.to, (*here, "to"), line)
        if (doc.to, doc.as_) in seen:
            fact = f"`{doc.as_}` is reported to the same case a second time by one step."
            desk.say((*here, "as"), "reported-twice", fact, "Report it once, with all values.")
        seen.add((doc.to, doc.as_))
        values = {
            name: expr
            for name, text in doc.with_.items()
            if (expr := expression(desk, text, (*here, "with", name), line, None)) is not None
        }
        made.append(Report(doc.to, doc.as_, values))
    return tuple(made)


def link(desk: Desk, name: str, path: NodePath, line: str) -> None:
    """Say so if the field *name* names no case. A field that there is not is said where names are looked up."""
    scope = desk.scopes.get(line)
    found = scope.field(name) if scope else None
    if found is not None and found.name not in ("case", "any"):
        fact = f"`{name}` is of type {found.name} and names no case."
        desk.say(path, "types-differ", fact, "Name a field of type case.")
