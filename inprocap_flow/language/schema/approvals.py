"""Approvals, as they are written: who signs, in what order, for how long."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from inprocap_flow.language.schema.guards import exactly_one
from inprocap_flow.language.schema.sources import RestsOnDoc
from inprocap_flow.language.schema.stages import Typical
from inprocap_flow.language.schema.words import (
    Doc,
    DocumentName,
    Expression,
    FieldName,
    Name,
    Offset,
    OneOrMore,
    PeriodText,
    Quorum,
    RoleName,
    Text,
    Words,
    YesNo,
    key,
    word,
)


class VoidIfChanged(Doc):
    """What an approval covers: when one of these changes, the signatures are void."""

    fields: OneOrMore[FieldName] = key("Fields", "Facts.", ())
    documents: OneOrMore[DocumentName] = key("Documents", "Documents; a new version is a change.", ())


class SignatureDoc(Doc):
    """One line of an approval."""

    role: RoleName = key("Role", "Whose signature.")
    when: Expression | None = key("When", "Only needed if this holds.", None)
    how_many: Quorum = key("How many", "A number, `50 percent`, `all`, or `majority` of the votes cast.", "1")
    majority: Annotated[str, word("simple", "two_thirds")] | None = key("Majority", "`simple` or `two_thirds`.", None)
    not_same_as: OneOrMore[RoleName] = key(
        "Not same as", "Nobody who signed in these roles, `whoever_asks` for it, `whoever_carries_out` the step.", ()
    )
    valid_for: PeriodText | None = key("Valid for", "The signature lapses after this long.", None)
    due_by: Name | None = key("Due by", "Gate of the meeting by whose day it is due.", None)
    meets_on: Name | None = key("Meets on", "Gate of the meeting before whose day it cannot be given.", None)
    recorded_by: RoleName | None = key("Recorded by", "Who records the signature or vote.", None)
    rests_on: RestsOnDoc | None = key("Rests on", "Where the length of `valid_for` comes from.", None)


class ApprovalReminderDoc(Doc):
    """A message because an approval waits, because its papers are due, or because a signature lapses soon."""

    role: RoleName | None = key(
        "Role", "Who is reminded; without it whoever has still to sign (of a lapse: whoever signed).", None
    )
    every: PeriodText | None = key(
        "Every", "Again and again from the day on which it was asked for, until signed.", None
    )
    after: PeriodText | None = key("After", "Once, so long after it was asked for.", None)
    before: Offset | None = key("Before", "So long before the day by which a signature is due (`due_by`).", None)
    before_lapse: PeriodText | None = key("Before lapse", "So long before a signature that stands lapses.", None)
    escalation: YesNo = key("Escalation", "The message goes to somebody above.", default=False)

    @model_validator(mode="after")
    def _one_moment(self) -> ApprovalReminderDoc:
        exactly_one(self, ("every", "after", "before", "before_lapse"))
        return self


class ApprovalDoc(Doc):
    """Signatures that a step needs. They are used up by the step that they let through."""

    title: Text | None = key("Title", "What people read; without it the name in words.", None)
    void_if_changed: VoidIfChanged = key(
        "Void if changed", "When one of these changes, it must be signed anew.", VoidIfChanged()
    )
    order: Annotated[str, word("one_after_another", "together")] = key(
        "Order", "`one_after_another` (as written) or `together`.", "one_after_another"
    )
    meeting: FieldName | None = key("Meeting", "Field with the meeting whose gates the signatures observe.", None)
    typical: Typical | None = key(
        "Typical", "How long collecting the signatures usually takes after the work of the stage: for plans.", None
    )
    if_sent_back: Annotated[str, word("first_step", "same_step")] = key(
        "If sent back", "Where signing goes on after somebody sent it back.", "first_step"
    )
    sets: dict[FieldName, Expression] = key("Sets", "Fields that get a value when the approval is given.", {})
    signatures: OneOrMore[SignatureDoc] = key("Signatures", "Who signs, in this order.")
    remind: OneOrMore[ApprovalReminderDoc] = key("Remind", "Who is reminded while it waits, and when.", ())
    cite: Words | None = key("Cite", "The law or the source.", None)
