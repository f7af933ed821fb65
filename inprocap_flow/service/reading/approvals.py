"""An approval read aloud: who signs, in which order, how long each signature lasts, and what makes it void."""

from __future__ import annotations

from collections.abc import Iterator

from inprocap_flow.errors import Place
from inprocap_flow.language.model import CASE, WHOEVER_ASKS, WHOEVER_CARRIES_OUT, Approval, Reminder, Signature
from inprocap_flow.language.nodes import NodePath
from inprocap_flow.service.reading.amounts import period_in_words
from inprocap_flow.service.reading.phrasing import all_of, any_of, sentence
from inprocap_flow.service.reading.sentences import Group, Section, Sentence, groups
from inprocap_flow.service.reading.speech import Speech

NO_REQUEST = (
    "Signing needs no request, unless somebody declined: asking is a message, and only once somebody has asked are "
    "reminders sent. If nobody asks, this bars nobody."
)
TAKES = "it takes:"
"""Ends the sentence of an approval with its signatures below."""


def approval_section(speech: Speech, approval: Approval) -> Section:
    """Return an approval read whole."""
    book, path = speech.book, _path(speech, approval)
    made = groups(
        Group("Who signs", tuple(signers(speech, approval)), numbered=not approval.together),
        Group("How long a signature lasts", tuple(life(speech, approval))),
        Group("What it lets through", tuple(_needed_by(speech, approval))),
        Group("Who is reminded", tuple(_reminded(speech, approval))),
        Group("When it is given", tuple(_sets(speech, approval))),
        Group("Law", (Sentence(f"{book.cited(approval.cite)}.", book.place(*path, "cite")),) if approval.cite else ()),
    )
    title = book.text(approval.title) or approval.name.replace("_", " ").capitalize()
    name = f"{approval.line}.{approval.name}" if approval.line != CASE else approval.name
    return Section("approval", title, name, book.key_place(*path), made, title_place=book.renamed_at(*path))


def _reminded(speech: Speech, approval: Approval) -> Iterator[Sentence]:
    for number, one in enumerate(approval.remind):
        whoever = "whoever signed" if one.before_lapse else "whoever has still to sign"
        text = waiting_reminder(speech, one, whoever, "it was asked for")
        yield Sentence(sentence(text), speech.book.place(*_path(speech, approval), "remind", number))


def waiting_reminder(speech: Speech, one: Reminder, whoever: str, since: str) -> str:
    """Return who is reminded of something that waits *since*, and when; *whoever* without a role."""
    if one.every:
        when = f"every {period_in_words(one.every)} from when {since}, as long as it waits"
    elif one.before_lapse:
        when = f"{period_in_words(one.before_lapse)} before a signature lapses"
    elif one.before:
        when = f"{period_in_words(one.before)} before the day by which its papers are due"
    else:
        when = f"{period_in_words(one.after or 'P0D')} after {since}"
    who = f"the {speech.role(one.role)}" if one.role else whoever
    return f"{who} {'is told, as an escalation,' if one.escalation else 'is reminded'} {when}"


def approval_summary(speech: Speech, name: str, place: Place) -> Sentence:
    """Return an approval in one sentence at *place*, where it is asked for; who signs and how long below."""
    approval = speech.book.definition.find_approval(speech.kind, name)
    assert approval is not None  # a procedure that names an unknown approval does not load
    own = Speech(speech.book, approval.line)
    text = f"The approval {own.approval(name)} is given; {TAKES}"
    numbered = [
        Sentence(f"{number}. {one.text}" if not approval.together else one.text, one.place, one.below)
        for number, one in enumerate(signers(own, approval), 1)
    ]
    return Sentence(text, place, (*numbered, *life(own, approval)))


def _path(speech: Speech, approval: Approval) -> tuple[str, ...]:
    return (*[str(one) for one in speech.book.line_path(approval.line)], "approvals", approval.name)


def signers(speech: Speech, approval: Approval) -> Iterator[Sentence]:
    """Yield one sentence for each line of signatures, in order."""
    for number, signature in enumerate(approval.signatures):
        path: NodePath = (*_path(speech, approval), "signatures", number)
        below: tuple[Sentence, ...] = ()
        if signature.when is not None:
            below = speech.about(signature.when, speech.book.place(*path, "when"), approval.name)
        if WHOEVER_ASKS in signature.not_same_as:
            below += (Sentence(NO_REQUEST, speech.book.place(*path, "not_same_as")),)
        text = "; ".join(_signature(speech, signature))
        yield Sentence(sentence(text), speech.book.place(*path, "role"), below)


def _signature(speech: Speech, signature: Signature) -> Iterator[str]:
    yield _how_many(speech, signature)
    if signature.when is not None:
        yield f"only if {speech.expression(signature.when)}"
    if signature.not_same_as:
        yield _not_same(speech, signature)
    if signature.valid_for:
        yield f"this signature lasts {period_in_words(signature.valid_for)} and lapses after that"
    if signature.recorded_by:
        yield f"the {speech.role(signature.recorded_by)} may record it"
    if signature.due_by:
        yield f"it is due by {_gate(signature.due_by)}"
    if signature.meets_on:
        yield f"not before {_gate(signature.meets_on)}"


def _how_many(speech: Speech, signature: Signature) -> str:
    role = speech.role(signature.role)
    if signature.how_many == "1":
        return role
    if signature.how_many == "all":
        return f"{role}: everybody who holds this role"
    if signature.how_many == "majority":
        share = "two thirds" if signature.majority == "two_thirds" else "more than half"
        return f"{role}: {share} of the votes cast"
    if signature.how_many.endswith("percent"):
        return f"{role}: {signature.how_many} of those who hold this role"
    return f"{role}: {signature.how_many} different persons"


def _not_same(speech: Speech, signature: Signature) -> str:
    words = {
        WHOEVER_ASKS: "whoever asked for the approval",
        WHOEVER_CARRIES_OUT: "whoever carries out the step",
    }
    people = [words[one] for one in signature.not_same_as if one in words]
    roles = [speech.role(one) for one in signature.not_same_as if one not in words]
    people += [f"anybody who signs or has acted here as {any_of(roles)}"] if roles else []
    return f"not {any_of(people)}"


def life(speech: Speech, approval: Approval) -> Iterator[Sentence]:
    """Yield how long signatures of the approval last."""
    book, path = speech.book, _path(speech, approval)
    several = len(approval.signatures) > 1
    if several:
        order = "in any order" if approval.together else "one after another, in this order"
        place = book.place(*path, "order") if approval.together else book.key_place(*path)
        yield Sentence(f"They sign {order}.", place)
    covered = tuple(_covered(speech, approval))
    if covered:
        text = "Every signature becomes void when one of these changes:"
        yield Sentence(text, book.place(*path, "void_if_changed"), covered)
    else:
        yield Sentence("No change of a field or document makes it void.", book.key_place(*path))
    lasting = [one for one in approval.signatures if not one.valid_for]
    if lasting:
        which = "No" if len(lasting) == len(approval.signatures) else "No other"
        yield Sentence(f"{which} signature lapses by time.", book.key_place(*path))
    yield Sentence(
        "Each signature is used once: by the step that it lets through. If the step comes again, they sign again.",
        book.key_place(*path),
    )
    if several:
        start = approval.if_sent_back == "first_step"
        kept = "the signatures given before are void too" if start else "the signatures of the others stand"
        text = f"If somebody declines, it must be asked for again; {kept}."
        yield Sentence(text, book.key_place(*path) if start else book.place(*path, "if_sent_back"))
    if approval.meeting:
        yield Sentence(f"It belongs to the meeting in {speech.field(approval.meeting)}.", book.place(*path, "meeting"))


def _covered(speech: Speech, approval: Approval) -> Iterator[Sentence]:
    path = (*_path(speech, approval), "void_if_changed")
    for one in approval.void_if_changed_fields:
        yield Sentence(f"{speech.field(one)}.", speech.book.item_place((*path, "fields"), one))
    for one in approval.void_if_changed_documents:
        yield Sentence(f"{speech.document(one)}.", speech.book.item_place((*path, "documents"), one))


def _needed_by(speech: Speech, approval: Approval) -> Iterator[Sentence]:
    book = speech.book
    for step in book.steps:
        found = book.definition.find_approval(step.line, approval.name)
        if found is approval and approval.name in step.already_there.approvals:
            place = book.item_place((*book.step_path(step), "already_there", "approvals"), approval.name)
            yield Sentence(f"The step {Speech(book, step.line).step(step)}.", place)
    for name, one in book.definition.derogations.items():
        if approval.name in one.already_there.approvals:
            place = book.item_place(("derogations", name, "already_there", "approvals"), approval.name)
            yield Sentence(f'The derogation "{book.text(one.title)}" ({name}).', place)
    for watch in book.definition.watches.values():
        if watch.needs_approval == approval.name:
            blocked = all_of(speech.milestone(one) for one in watch.blocks)
            when = speech.expression(watch.when)
            then = f"; until it is given, {blocked} is blocked" if blocked else ", which blocks nothing"
            text = f"Asked for when {when}{then}."
            yield Sentence(text, book.place("watches", watch.name))


def _sets(speech: Speech, approval: Approval) -> Iterator[Sentence]:
    for name, value in approval.sets.items():
        place = speech.book.place(*_path(speech, approval), "sets", name)
        yield Sentence(f"{speech.field(name)} becomes {speech.value(value)}.", place)


def _gate(name: str) -> str:
    """Return what people read for a gate of a meeting: `meets` is its own day."""
    return "the day of the meeting" if name == "meets" else f'the day "{name.replace("_", " ")}" of the meeting'
