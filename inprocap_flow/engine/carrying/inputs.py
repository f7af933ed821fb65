"""What comes with a request: values and documents, judged before anything is believed.

Types, ranges, who may fill or bring, what is fixed or published already. All faults are found, none is fixed.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.facts import CaseFacts
from inprocap_flow.engine.case.linked import not_linked
from inprocap_flow.engine.case.records import MAIN, Blocker, Case, DocumentVersion, Handed, LineState
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.model import LINKED_CASE, SYSTEM, Document, Field, Line, Step, said
from inprocap_flow.language.money import CurrencyMismatch, Money
from inprocap_flow.language.values import decode, in_words
from inprocap_flow.records import changed

MOST_NAMED = 4
"""So many steps are named at most, with which something comes."""


def judge_fields(facts: CaseFacts, values: Mapping[str, Any], allowed: tuple[str, ...] | None) -> Iterator[Blocker]:
    """Yield what is wrong with *values* for the line of *facts*; *allowed* names what this request may fill."""
    own = facts.binding.definition.line(facts.line.kind).fields
    for name, plain in values.items():
        declared = own.get(name)
        if declared is None:
            yield Blocker("unknown-field", f"{name} is no field here.", about=name, mend=f"choose of: {', '.join(own)}")
        elif allowed is not None and name not in allowed:
            yield _not_asked_for(facts, declared)
        else:
            yield from _judge_field(facts, declared, plain)


def _not_asked_for(facts: CaseFacts, declared: Field | Document) -> Blocker:
    apart = "fill it apart" if isinstance(declared, Field) else "bring it apart"
    mend = apart if declared.by else how_it_comes(facts, declared)
    return Blocker("not-asked-for", f"{declared.name} is not asked for by this step.", about=declared.name, mend=mend)


def _judge_field(facts: CaseFacts, declared: Field, plain: Any) -> Iterator[Blocker]:
    if declared.fixed_from and facts.reached(declared.fixed_from) and plain != facts.line.fields.get(declared.name):
        reason = f'"{said(declared.title)}" is fixed since {declared.fixed_from}.'
        yield Blocker("fixed", reason, about=declared.name)
    # Nothing clears a field but nothing; and what is decided again from the record was judged when it came.
    if plain is None or is_sealed(plain):
        return
    for blocker in _judge_value(facts, declared, plain):
        # No refusal says what a sealed value was, not even a wrong one.
        yield blocker if declared.sealed_until is None else changed(blocker, reason=_unsaid(declared))


def _unsaid(declared: Field) -> str:
    return f'"{said(declared.title)}" is not a value that this field can hold; as it is sealed, no more is said.'


def _judge_value(facts: CaseFacts, declared: Field, plain: Any) -> Iterator[Blocker]:
    title = said(declared.title)
    try:
        value = decode(declared.type, plain)
    except BadValue as wrong:
        yield Blocker("bad-value", f'"{title}": {wrong.fact}', about=declared.name, mend=wrong.mend)
        return
    if declared.choices and value not in declared.choices:
        mend = f"choose of: {', '.join(declared.choices)}"
        yield Blocker("bad-value", f'"{title}" is none of the choices.', about=declared.name, mend=mend)
    yield from _judge_range(declared, title, value, facts.binding.zone)
    yield from _judge_reference(facts, declared, title, value)


def _judge_range(declared: Field, title: str, value: Any, zone: tzinfo) -> Iterator[Blocker]:
    if isinstance(value, Money) and declared.currency and value.currency != declared.currency:
        yield Blocker("bad-value", f'"{title}" is kept in {declared.currency}.', about=declared.name)
        return
    for limit, is_wrong, words in (
        (declared.minimum, operator.lt, "at least"),
        (declared.above, operator.le, "above"),
        (declared.maximum, operator.gt, "at most"),
    ):
        if limit is None:
            continue
        bound: Any = 0 if str(limit) == "0" else decode(declared.type, limit)
        try:
            wrong = is_wrong(value, bound)
        except CurrencyMismatch as mismatch:
            yield Blocker("bad-value", f'"{title}": {mismatch}', about=declared.name)
            continue
        if wrong:
            edge, given = (in_words(one, zone) for one in (bound, value))
            reason = f'"{title}" must be {words} {edge}; {given} is not.'
            yield Blocker("out-of-range", reason, about=declared.name, mend=f"give {words} {edge}")


def _judge_reference(facts: CaseFacts, declared: Field, title: str, value: Any) -> Iterator[Blocker]:
    if declared.type == "person" and facts.binding.person(str(value)) is None:
        yield Blocker("bad-value", f'"{title}": {value} is nobody known here.', about=declared.name)
    if declared.type == "case" and _is_reported_to(facts, declared):
        yield from not_linked(facts.binding, str(value))
    if declared.type == "meeting" and facts.binding.meeting(declared.committee or "", str(value)) is None:
        known = facts.binding.organisation.committees.get(declared.committee or "", ())
        choices = ", ".join(meeting.id for meeting in known) or "none is known"
        yield Blocker(
            "bad-value", f'"{title}": there is no meeting {value}.', about=declared.name, mend=f"choose of: {choices}"
        )


def _is_reported_to(facts: CaseFacts, declared: Field) -> bool:
    """Return whether some step reports to the case that a field names: then that case must be there."""
    line = facts.binding.definition.line(facts.line.kind)
    return any(report.to == declared.name for step in line.steps.values() for report in step.reports)


def judge_documents(
    facts: CaseFacts,
    documents: Mapping[str, Handed],
    allowed: tuple[str, ...] | None,
    may_replace: tuple[str, ...] = (),
) -> Iterator[Blocker]:
    """Yield what is wrong with the *documents* that come; published ones change only under a change notice."""
    own = facts.binding.definition.line(facts.line.kind).documents
    for name in documents:
        declared = own.get(name)
        if declared is None:
            yield Blocker(
                "unknown-document", f"{name} is no document here.", about=name, mend=f"choose of: {', '.join(own)}"
            )
        elif allowed is not None and name not in allowed:
            yield _not_asked_for(facts, declared)
        elif declared.published_at and facts.reached(declared.published_at) and name not in may_replace:
            reason = f'"{said(declared.title)}" is published since {declared.published_at}.'
            yield Blocker("published", reason, about=name, mend="bring the new version with a change notice")
        elif declared.fixed_from and facts.reached(declared.fixed_from) and name not in may_replace:
            reason = f'"{said(declared.title)}" is fixed since {declared.fixed_from}.'
            yield Blocker("fixed", reason, about=name, mend="bring the new version with a change notice")


def asked_by(
    step: Step, own_fields: Mapping[str, Field], own_documents: Mapping[str, Document]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields and documents that may come with *step*: handed in, optional, or required of its own line.

    A document that the step publishes may come with it, too.
    """
    fields = (*step.handed_in.fields, *step.may_fill, *step.already_there.fields)
    documents = (*step.handed_in.documents, *step.may_bring, *step.already_there.documents, *step.publishes)
    return (
        tuple(name for name in fields if name in own_fields),
        tuple(name for name in documents if name in own_documents),
    )


def takers(steps: Iterable[Step], line: Line, declared: Field | Document) -> list[Step]:
    """Return those of *steps* with which people bring *declared*, which is of *line*.

    These are the steps that ask for it; if none does, those that need it, and so take it as well.
    """
    is_field = isinstance(declared, Field)
    able = [step for step in steps if step.line == line.kind and step.by and not {SYSTEM, LINKED_CASE} & set(step.by)]
    asking = [step for step in able if declared.name in _asked(step, is_field=is_field)]
    return asking or [step for step in able if _takes(step, line, declared)]


def _asked(step: Step, *, is_field: bool) -> tuple[str, ...]:
    if is_field:
        return (*step.handed_in.fields, *step.may_fill)
    return (*step.handed_in.documents, *step.may_bring)


def _takes(step: Step, line: Line, declared: Field | Document) -> bool:
    fields, documents = asked_by(step, line.fields, line.documents)
    return declared.name in (fields if isinstance(declared, Field) else documents)


def how_it_comes(facts: CaseFacts, declared: Field | Document, step: Step | None = None) -> str:
    """Return what mends that *declared* is lacking, as the line of *facts* sees it.

    Either somebody may bring it at any time, or it comes with *step*, which is asked for; or with the steps that are
    named: those possible where the line stands, else those that it can still come to.
    """
    name, is_field = declared.name, isinstance(declared, Field)
    if declared.by:
        return f"{'fill' if is_field else 'bring'} {name}"
    with_it = f"{'give' if is_field else 'hand in'} {name} with"
    there = facts.line if _is_own(facts, declared) else facts.case.main
    line, state = facts.binding.definition.line(there.kind), there.state
    if step is not None and step.line == line.kind and _takes(step, line, declared):
        return f"{with_it} this step"
    found = takers(line.steps.values(), line, declared)
    here = [one for one in found if state in one.sources]
    ahead = here or [one for one in found if facts.binding.machine.leads_to(line.kind, state, one.sources)]
    if ahead:
        return f"{with_it} {' or '.join(one.name for one in ahead[:MOST_NAMED])}"
    setting = [one.name for one in line.steps.values() if name in one.sets]
    if setting:
        return f"carry out what sets {name}: {' or '.join(setting[:MOST_NAMED])}"
    return f"nothing mends this: no step that takes {name} is possible any more"


def how_they_come(facts: CaseFacts, names: Iterable[str], step: Step | None = None) -> str:
    """Return what mends that each of the fields *names* is lacking, as the line of *facts* sees them."""
    definition, kind = facts.binding.definition, facts.line.kind
    found = [(name, definition.find_field(kind, name)) for name in names]
    apart = [name for name, declared in found if declared is None or declared.by]
    mends = [f"fill {', '.join(apart)}"] if apart else []
    mends += [how_it_comes(facts, one, step) for name, one in found if one is not None and name not in apart]
    return "; ".join(mends)


def line_of(facts: CaseFacts, declared: Field | Document) -> str:
    """Return the id of the line on which *declared* is brought, as the line of *facts* sees it."""
    return facts.line.id if _is_own(facts, declared) else MAIN


def _is_own(facts: CaseFacts, declared: Field | Document) -> bool:
    own = facts.binding.definition.line(facts.line.kind)
    return declared in (own.fields.get(declared.name), own.documents.get(declared.name))


def with_inputs(
    case: Case, line: LineState, fields: Mapping[str, Any], documents: Mapping[str, Handed], by: str, at: str
) -> Case:
    """Return the state that a request is judged on: *case* plus what comes with the request (language, 6.3)."""
    if not fields and not documents:
        return case
    kept = {name: value for name, value in {**line.fields, **fields}.items() if value is not None}
    versions = {
        name: (*line.documents.get(name, ()), as_version(handed, by, at, None)) for name, handed in documents.items()
    }
    trial = changed(line, fields=kept, documents={**line.documents, **versions})
    return changed(case, lines={**case.lines, line.id: trial})


def as_version(handed: Handed, by: str, at: str, sealed_until: str | None) -> DocumentVersion:
    """Return a document that came as the version that is kept."""
    return DocumentVersion(handed.sha256, handed.filename, handed.media_type, handed.size, by, at, sealed_until)


def seal_milestone(facts: CaseFacts, declared: Field | Document) -> str | None:
    """Return the milestone that something coming now is sealed until, or None if it is open already."""
    if declared.sealed_until is None or facts.reached(declared.sealed_until):
        return None
    return declared.sealed_until
