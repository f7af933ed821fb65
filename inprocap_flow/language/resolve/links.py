"""What a procedure receives from linked cases (ruling 15): each report, with the step that it carries out."""

from __future__ import annotations

from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import CASE, LINKED_CASE, Receipt
from inprocap_flow.language.resolve.bench import Bench
from inprocap_flow.language.resolve.reports import link
from inprocap_flow.language.schema.lines import LineDoc
from inprocap_flow.language.schema.procedure import ReceivesDoc
from inprocap_flow.language.schema.steps import StepParts


def build_receipts(bench: Bench) -> dict[str, Receipt]:
    """Return every report that is taken; a step that waits for one, and for which there is none, is said."""
    made = {name: _receipt(bench, name, one) for name, one in bench.desk.doc.receives.items()}
    fired = {(receipt.line, receipt.step) for receipt in made.values()}
    for kind, line in {CASE: bench.desk.doc, **bench.desk.doc.tracks}.items():
        above: NodePath = ("tracks", kind) if kind else ()
        begins = [((*above, "begins"), line.begins.step or f"begin_{kind}", line.begins)] if line.begins else []
        for path, name, step in (*begins, *(((*above, "steps", one), one, doc) for one, doc in line.steps.items())):
            if step.by == (LINKED_CASE,) and (kind, name) not in fired:
                fact = f"No report carries out the step `{name}`, and nobody else may."
                bench.desk.say(path, "report-never-comes", fact, "Name it under `receives:`, or say who does it.")
    return made


def _receipt(bench: Bench, name: str, doc: ReceivesDoc) -> Receipt:
    """Return the report *name* that is taken; what does not fit the step that it carries out is said."""
    path: NodePath = ("receives", name)
    bench.desk.remember(f"receives.{name}", path)
    kind = doc.track or CASE
    line = bench.desk.doc.tracks.get(kind) if kind else bench.desk.doc
    if line is not None:  # a track that there is not is said where names are looked up
        _check_types(bench, doc, path, kind, line)
        _check_step(bench, doc, path, kind, line)
    return Receipt(name, doc.of, doc.step, kind, dict(doc.with_), doc.sender)


def _check_types(bench: Bench, doc: ReceivesDoc, path: NodePath, kind: str, line: LineDoc) -> None:
    scope = bench.desk.scopes.get(kind)
    for name, type_name in doc.with_.items():
        found = scope.field(name) if scope else None
        if found is not None and found.name not in (type_name, "any"):
            fact = f"The field `{name}` is of type {found.name}, not {type_name}."
            bench.desk.say((*path, "with", name), "types-differ", fact, f"Write {found.name}, or another field.")
        if name in line.fields and line.fields[name].sealed_until is not None:
            fact = f"`{name}` is sealed, and what is reported stands open in the record of the other case."
            bench.desk.say((*path, "with", name), "report-sealed", fact, "Report something else.")
    if doc.sender is not None:
        link(bench.desk, doc.sender, (*path, "sender"), kind)


def _check_step(bench: Bench, doc: ReceivesDoc, path: NodePath, kind: str, line: LineDoc) -> None:
    begins = line.begins is not None and doc.step == (line.begins.step or f"begin_{kind or 'case'}")
    step: StepParts | None = line.begins if begins else line.steps.get(doc.step)
    if step is None:
        return  # said where names are looked up
    if begins and (not kind or bench.names.lines[kind].parent is not None):
        other = f"A {kind} belongs to another track, which no report names."
        fact = other if kind else "A case is opened by somebody."
        bench.desk.say((*path, "step"), "report-begins", fact, "Name a step of the case, or of a track of its own.")
    if LINKED_CASE not in step.by:
        fact = f"The step `{doc.step}` is not carried out by linked cases."
        bench.desk.say((*path, "step"), "report-step", fact, f"Write `by: {LINKED_CASE}` at the step.")
    if kind and not begins and doc.sender is None:
        fact = f"Nothing says which {kind} is meant."
        bench.desk.say(path, "report-without-sender", fact, "Write `sender:` with its field of type case.", on_key=True)
    known = {*doc.with_, *([doc.sender] if doc.sender and (begins or not kind) else [])}
    asked = {*step.handed_in.fields, *step.may_fill, *step.handed_in.may_fill}
    for name in known - asked:
        fact = f"The step `{doc.step}` does not ask for `{name}`."
        bench.desk.say(path, "report-not-asked-for", fact, "Ask for it under `handed_in:` of the step.", on_key=True)
    _check_missing(bench, doc, path, step, known)


def _check_missing(bench: Bench, doc: ReceivesDoc, path: NodePath, step: StepParts, known: set[str]) -> None:
    """Say what the step asks for and no report can bring: it would be refused every time."""
    lacking = [name for name in step.handed_in.fields if name not in known]
    lacking += [*step.handed_in.documents, *(["a reason"] if step.handed_in.reason else [])]
    if lacking:
        fact = f"The step `{doc.step}` asks for {', '.join(lacking)}, which the report does not bring."
        bench.desk.say(path, "report-lacks", fact, "Add it under `with:`, or do not ask for it.", on_key=True)
