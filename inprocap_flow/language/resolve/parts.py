"""Everything of a line that is not a step: fields, documents, stages, approvals, deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.language.expressions.syntax import Expr, names_in
from inprocap_flow.language.expressions.types import ANY
from inprocap_flow.language.marks import NodePath
from inprocap_flow.language.model import (
    CASE,
    CASE_ENDS,
    Approval,
    Deadline,
    Document,
    Field,
    Reminder,
    Signature,
    Stage,
)
from inprocap_flow.language.resolve.acts import build_acts
from inprocap_flow.language.resolve.bench import Bench
from inprocap_flow.language.resolve.expressions import computed, expression, length
from inprocap_flow.language.resolve.steps import condition, field_type
from inprocap_flow.language.schema.approvals import ApprovalDoc, ApprovalReminderDoc, SignatureDoc
from inprocap_flow.language.schema.deadlines import DeadlineDoc, ReminderDoc
from inprocap_flow.language.schema.facts import DocumentDoc, FieldDoc
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.language.schema.stages import SilenceReminderDoc, StageDoc, TypicalDoc
from inprocap_flow.language.values import encode
from inprocap_flow.language.written import parse_written


def build_field(bench: Bench, name: str, doc: FieldDoc, path: NodePath, key: str) -> Field:
    """Return the field *name*; bounds and default are read as values of its type."""
    bench.desk.remember(f"{key}fields.{name}", path)
    bounds = {bound: _bound(bench, doc, bound, path) for bound in ("default", "minimum", "above", "maximum")}
    return Field(
        name=name,
        type=doc.type,
        title=bench.text(doc.title),
        by=doc.by,
        currency=doc.currency,
        choices=doc.choices,
        committee=doc.of,
        fixed_from=doc.fixed_from,
        sealed_until=doc.sealed_until,
        published_at=doc.published_at,
        secret_from=doc.secret_from,
        **bounds,
    )


def _bound(bench: Bench, doc: FieldDoc, bound: str, path: NodePath) -> object:
    text = getattr(doc, bound)
    if text is None:
        return None
    if (
        doc.type in ("text", "yes_no", "choice", "country", "person", "meeting", "case", "period")
        and bound != "default"
    ):
        bench.desk.say((*path, bound), "wrong-key", f"Values of type {doc.type} have no order.", f"Remove `{bound}`.")
        return None
    if doc.type == "money" and text == "0":
        return "0"  # "more than 0" is meant in whatever currency comes
    try:
        return encode(parse_written(doc.type, text, choices=doc.choices))
    except BadValue as bad:
        bench.desk.say((*path, bound), "bad-value", sentence(bad.fact), sentence(bad.mend))
        return None


def build_document(bench: Bench, name: str, doc: DocumentDoc, path: NodePath, key: str) -> Document:
    """Return the document *name*."""
    bench.desk.remember(f"{key}documents.{name}", path)
    return Document(
        name, bench.text(doc.title), doc.by, doc.sealed_until, doc.published_at, doc.secret_from, doc.fixed_from
    )


def build_stages(bench: Bench, stages: dict[str, StageDoc], path: NodePath, line: str, key: str) -> dict[str, Stage]:
    """Return every stage by address, groups before what is inside; owners are inherited."""
    return {stage.address: stage for stage in _stages(bench, stages, (*path, "stages"), line, key, Stage("", {}))}


def _stages(
    bench: Bench, stages: dict[str, StageDoc], path: NodePath, line: str, key: str, above: Stage
) -> Iterator[Stage]:
    for name, doc in stages.items():
        address = f"{above.address}.{name}" if above.address else name
        here = (*path, name)
        bench.desk.remember(f"{key}stages.{address}", here)
        stage = Stage(
            address=address,
            title=bench.text(doc.title) or {bench.language: in_words(name)},
            owner=doc.owner or above.owner,
            **_typical(doc.typical),
            remind_after=doc.remind_after or (None if doc.final else above.remind_after),
            remind=tuple(_waiting(one) for one in doc.remind) or (() if doc.final else above.remind),
            guidance=bench.text(doc.guidance),
            final=doc.final,
            children=tuple(f"{address}.{inside}" for inside in doc.stages),
        )
        stage = replace(stage, owner=doc.owner) if doc.final else stage
        _check_stage(bench, stage, here, line)
        yield stage
        yield from _stages(bench, doc.stages, (*here, "stages"), line, key, stage)


def _check_stage(bench: Bench, stage: Stage, path: NodePath, line: str) -> None:
    if stage.final and stage.children:
        bench.desk.say((*path, "final"), "final-with-stages", "A final stage has stages inside.", "Remove one of them.")
    if stage.final and line == CASE and stage.final not in CASE_ENDS:
        bench.desk.say(
            (*path, "final"),
            "unknown-word",
            f"`{stage.final}` is not a way for a case to end.",
            f"Write {', '.join(CASE_ENDS[:-1])} or {CASE_ENDS[-1]}.",
        )
    if not stage.final and not stage.children and stage.owner is None:
        bench.desk.say(
            path,
            "stage-without-owner",
            f"Nobody has to do anything in `{stage.address}`.",
            "Write `owner:` with a role, here or at the stage around it.",
            on_key=True,
        )


def in_words(name: str) -> str:
    """Return the last part of an address as a title: ``documents_ready`` is "Documents ready"."""
    words = name.rsplit(".", 1)[-1].replace("_", " ")
    return words[:1].upper() + words[1:]


def build_approval(bench: Bench, name: str, doc: ApprovalDoc, path: NodePath, line: str, key: str) -> Approval:
    """Return the approval *name*. What a signature's `when` reads is covered, too: else its reason could vanish."""
    bench.desk.remember(f"{key}approvals.{name}", path)
    signatures = []
    for number, one in enumerate(doc.signatures):
        bench.desk.remember(f"{key}approvals.{name}.signatures.{number}", (*path, "signatures", number))
        signatures.append(_signature(bench, one, (*path, "signatures", number), line))
    _check_reminders(bench, doc, path)
    read = (word for one in signatures if one.when for word in _fields_read(bench, one.when, line))
    sets = {}
    for field, text in doc.sets.items():
        made = expression(bench.desk, text, (*path, "sets", field), line, field_type(bench, line, field))
        if made is not None:
            sets[field] = made
    return Approval(
        name=name,
        line=line,
        signatures=tuple(signatures),
        title=bench.text(doc.title),
        void_if_changed_fields=tuple(dict.fromkeys((*doc.void_if_changed.fields, *read))),
        void_if_changed_documents=doc.void_if_changed.documents,
        together=doc.order == "together",
        meeting=doc.meeting,
        if_sent_back=doc.if_sent_back,
        sets=sets,
        cite=doc.cite,
        remind=tuple(_waiting(one) for one in doc.remind),
        **_typical(doc.typical),
    )


def _typical(doc: TypicalDoc | None) -> dict[str, Any]:
    """Return what is said about how long something usually takes, as the record keeps it."""
    if doc is None:
        return {}
    return {"typical": doc.likely, "typical_range": (doc.least, doc.most) if doc.least and doc.most else ()}


def _check_reminders(bench: Bench, doc: ApprovalDoc, path: NodePath) -> None:
    """Note reminders that could never fall due, because nothing of the approval has the moment they count from."""
    for key, needs in (("before", "due_by"), ("before_lapse", "valid_for")):
        for number, one in enumerate(doc.remind):
            if getattr(one, key) is not None and not any(getattr(signature, needs) for signature in doc.signatures):
                bench.desk.say(
                    (*path, "remind", number, key),
                    "reminder-without-moment",
                    f"No signature of this approval has `{needs}`, so nobody is ever reminded.",
                    f"Write `{needs}:` at a signature, or remove the reminder.",
                )


def _waiting(doc: ApprovalReminderDoc | SilenceReminderDoc) -> Reminder:
    one = Reminder(doc.role or "", after=doc.after, every=doc.every, escalation=doc.escalation)
    if isinstance(doc, SilenceReminderDoc):
        return one
    return replace(one, before=doc.before, before_lapse=doc.before_lapse)


def _fields_read(bench: Bench, when: Expr, line: str) -> Iterator[str]:
    for word in sorted(names_in(when)):
        if field_type(bench, line, word) is not ANY:
            yield word


def _signature(bench: Bench, doc: SignatureDoc, path: NodePath, line: str) -> Signature:
    when = None if doc.when is None else expression(bench.desk, doc.when, (*path, "when"), line, "yes_no")
    if doc.majority is not None and doc.how_many != "majority":
        bench.desk.say(
            (*path, "majority"),
            "wrong-key",
            "`majority` stands beside another number of signatures.",
            "Write `how_many: majority`, or remove it.",
        )
    majority = doc.majority or ("simple" if doc.how_many == "majority" else None)
    return Signature(
        doc.role,
        when,
        doc.how_many,
        majority,
        doc.not_same_as,
        doc.valid_for,
        doc.due_by,
        doc.meets_on,
        doc.recorded_by,
    )


def build_deadline(bench: Bench, name: str, doc: DeadlineDoc, path: NodePath, line: str, key: str) -> Deadline:
    """Return the deadline *name*."""
    bench.desk.remember(f"{key}deadlines.{name}", path)
    ends_at = doc.ends_at
    lengths = {
        one: length(bench.desk, getattr(doc, one), (*path, one), line)
        for one in ("period", "proposes", "at_least", "at_most")
    }
    return Deadline(
        name=name,
        line=line,
        title=bench.text(doc.title),
        kind=doc.kind,
        ends_at=None if ends_at is None else computed(bench.desk, ends_at, (*path, "ends_at"), line, "day"),
        backwards_from=doc.backwards_from,
        closes_at=doc.closes_at,
        calendar=doc.calendar,
        counting=doc.counting,
        when_over=doc.when_over,
        met_when=None if doc.met_when is None else condition(bench, doc.met_when, (*path, "met_when"), line),
        remind=tuple(_reminder(bench, one, (*path, "remind", number), line) for number, one in enumerate(doc.remind)),
        outlives_case=doc.outlives_case,
        cite=doc.cite,
        acts=build_acts(bench, doc.acts, (*path, "acts"), line, f"{key}deadlines.{name}"),
        **lengths,
    )


def _reminder(bench: Bench, doc: ReminderDoc, path: NodePath, line: str) -> Reminder:
    if doc.if_ == "not_done":
        return Reminder(doc.role, doc.before, doc.after, None, if_not_done=True, escalation=doc.escalation)
    when = None if doc.if_ is None else expression(bench.desk, doc.if_, (*path, "if"), line, "yes_no")
    return Reminder(doc.role, doc.before, doc.after, when, escalation=doc.escalation)
