"""Roles, fields, documents, stages, approvals, deadlines and tracks, as they are written."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from inprocap_flow.language.schema.acts import ActsDoc
from inprocap_flow.language.schema.guards import Computed, Condition, exactly_one
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.steps import BeginsDoc, StepDoc
from inprocap_flow.language.schema.words import (
    AnchorName,
    ApprovalName,
    CalendarName,
    Currency,
    DayOrNever,
    Doc,
    DocumentName,
    Expression,
    FieldName,
    Hour,
    JsonSchema,
    MilestoneName,
    Name,
    Offset,
    OneOrMore,
    PeriodOrExpression,
    PeriodOrNever,
    PeriodText,
    Quorum,
    RoleName,
    StageName,
    Text,
    TrackName,
    Value,
    Whole,
    Words,
    YesNo,
    declared,
    key,
    names,
    word,
)
from inprocap_flow.language.values import TYPES

FIELD_TYPES = TYPES
BASES = ("law", "custom", "house_rule", "grant", "contract", "convention")


class EstimatesDoc(Doc):
    """Where estimates come from, and whether somebody of the house stands by them; they are for plans, and no rule."""

    source: Words = key("Source", "Where they come from: own experience, finished cases, or a plain guess.")
    confirmed_on: DayOrNever = key("Confirmed on", "The day on which somebody looked at them and agreed, or `never`.")
    confirmed_by: Words | None = key("Confirmed by", "Who agreed.", None)
    mark: Words | None = key("Mark", "How well it is evidenced, in a word.", None)


class RestsOnDoc(EstimatesDoc):
    """What a length rests on that no rulebook gives. Never law: a number of law belongs in a rulebook, by its days."""

    basis: Annotated[str, word("convention", "custom", "house_rule", "grant", "contract")] = key(
        "Basis", "What it rests on; `convention`: whoever wrote the file chose it.", "convention"
    )


class RoleDoc(Doc):
    """In what capacity somebody acts."""

    title: Text = key("Title", "What the role is called.")
    at_least: Whole = key("At least", "How many people an organisation needs in this role.", 1)
    declares_interests: YesNo = key(
        "Declares interests", "Nobody acts before declaring conflicts of interest.", default=False
    )
    sees: Annotated[str, word("all", "own", "published")] = key(
        "Sees", "`all`, `own` (its own track and what is published) or `published`.", "all"
    )
    never: OneOrMore[Annotated[str, word("move", "approve")]] = key("Never", "What the role may never do.", ())
    speaks_for: TrackName | None = key(
        "Speaks for", "The kind of track its holder acts for, and only for the own one.", None
    )
    records_for: OneOrMore[RoleName] = key(
        "Records for", "Roles whose acts outside this system a holder may record here; both stay visible.", ()
    )
    apart_from: OneOrMore[RoleName] = key("Apart from", "Roles that no holder may also have in the same case.", ())
    not_who_brought: OneOrMore[DocumentName] = key(
        "Not who brought", "Documents: nobody who filed a version of one acts in this role in the same case.", ()
    )
    side: Annotated[str, word("buyer", "supplier", "neither")] | None = key(
        "Side", "Whom it serves; without it `supplier` if it speaks for a track, `neither` if it never acts.", None
    )


class RuleDoc(Doc):
    """A rule that conditions rest on."""

    title: Text = key("Title", "What the rule says.")
    basis: Annotated[str, word(*BASES, "rulebook")] = key(
        "Basis", "What it rests on; `rulebook`: as the limit that it uses."
    )
    cite: Words | None = key("Cite", "The law or the source.", None)


class Guarded(Doc):
    """From when something can be read, by whom."""

    by: OneOrMore[RoleName] = key("By", "Who may fill or file it outside a step.", ())
    sealed_until: MilestoneName | None = key("Sealed until", "Nobody reads it before this milestone.", None)
    published_at: MilestoneName | None = key("Published at", "Everybody may read it from this milestone on.", None)
    secret_from: OneOrMore[RoleName] = key("Secret from", "Roles that never read it.", ())


class FieldDoc(Guarded):
    """A fact with a type."""

    type: Annotated[str, word(*FIELD_TYPES)] = key("Type", "What kind of value it is.")
    title: Text = key("Title", "What people read.")
    default: Value | None = key("Default", "The value it has from the beginning.", None)
    minimum: Value | None = key("Minimum", "The least value allowed.", None)
    above: Value | None = key("Above", "The value must be more than this.", None)
    maximum: Value | None = key("Maximum", "The most allowed.", None)
    currency: Currency | None = key("Currency", "For money: the only currency allowed.", None)
    choices: OneOrMore[Name] = key("Choices", "For a choice: the words to choose from.", ())
    of: Name | None = key("Of", "For a meeting: the committee.", None)
    fixed_from: MilestoneName | None = key("Fixed from", "It cannot change from this milestone on.", None)
    rests_on: RestsOnDoc | None = key("Rests on", "Of a period field: where its numbers come from.", None)

    @model_validator(mode="after")
    def _keys_of_the_type(self) -> FieldDoc:
        self._only_for("choice", "choices", needed=True)
        self._only_for("meeting", "of", needed=True)
        self._only_for("money", "currency", needed=False)
        exactly_one(self, ("minimum", "above"), none_too=True)
        return self

    def _only_for(self, type_name: str, name: str, *, needed: bool) -> None:
        written = bool(getattr(self, name))
        if written and self.type != type_name:
            raise wrong("wrong-key", f"`{name}` belongs to fields of type {type_name}, not {self.type}.", "Remove it.")
        if needed and not written and self.type == type_name:
            raise wrong("missing-key", f"A field of type {type_name} needs `{name}`.", f"Write `{name}:`.")


class DocumentDoc(Guarded):
    """A kind of document; every version is kept."""

    title: Text = key("Title", "What people read.")
    fixed_from: MilestoneName | None = key(
        "Fixed from", "From this milestone on a new version comes only with a step that may bring it.", None
    )


class SilenceReminderDoc(Doc):
    """A message because nothing happens where a line stands; any event of the line begins the count anew."""

    role: RoleName | None = key("Role", "Who is reminded; without it the owner of the stage.", None)
    after: PeriodText | None = key("After", "How long nothing has happened: reminded once.", None)
    every: PeriodText | None = key("Every", "Reminded again and again after so long, until something happens.", None)
    escalation: YesNo = key("Escalation", "The message goes to somebody above.", default=False)

    @model_validator(mode="after")
    def _after_or_every(self) -> SilenceReminderDoc:
        exactly_one(self, ("after", "every"))
        return self


class TypicalDoc(Doc):
    """How long something usually takes, with its range; for plans, and no rule."""

    least: PeriodText | None = key("Least", "Hardly ever less.", None)
    likely: PeriodText = key("Likely", "What a plan counts with.")
    most: PeriodText | None = key("Most", "Hardly ever more.", None)
    source: Words | None = key("Source", "Where it comes from, if not from what `estimates` says of the file.", None)
    confirmed_on: DayOrNever | None = key("Confirmed on", "With `source`: the day on which somebody agreed.", None)
    confirmed_by: Words | None = key("Confirmed by", "Who agreed.", None)
    mark: Words | None = key("Mark", "How well it is evidenced, in a word.", None)

    @model_validator(mode="after")
    def _sourced(self) -> TypicalDoc:
        if self.source is not None and self.confirmed_on is None:
            raise wrong("missing-key", "Nothing says who agreed to the source.", "Write `confirmed_on: never`.")
        if self.source is None and (self.confirmed_on or self.confirmed_by or self.mark):
            raise wrong("missing-key", "Nothing says where the length comes from.", "Write `source:`, too.")
        return self

    @model_validator(mode="after")
    def _both_ends(self) -> TypicalDoc:
        if (self.least is None) != (self.most is None):
            raise wrong("missing-key", "A range has two ends.", "Write both `least:` and `most:`, or the period alone.")
        return self


class PeriodOrRange:
    """A period alone is the likely one, without a range."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_likely, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


def _likely(value: Any) -> Any:
    return {"likely": value} if isinstance(value, str) else value


Typical = Annotated[TypicalDoc, PeriodOrRange()]


class StageDoc(Doc):
    """A place where a case or track stands."""

    owner: RoleName | None = key("Owner", "Who has to do something here; stages inside inherit it.", None)
    title: Text | None = key("Title", "What people read; without it the name in words.", None)
    typical: Typical | None = key("Typical", "How long it usually lasts: for plans, and no rule.", None)
    remind_after: PeriodOrNever | None = key(
        "Remind after",
        "The owner is reminded, once, when nothing happened for so long; inherited. Without it as the organisation "
        "says; `never`: not at all.",
        None,
    )
    remind: OneOrMore[SilenceReminderDoc] = key(
        "Remind", "Who else is reminded when nothing happens, and how often; inherited.", ()
    )
    guidance: Text | None = key("Guidance", "What to do here, what goes wrong, which paper.", None)
    stages: dict[Annotated[str, *declared("stage")], StageDoc] = key(
        "Stages", "Stages inside; the first one is entered.", {}
    )
    final: Name | None = key(
        "Final", "The end. On the main line: completed, cancelled or abandoned; in a track any word.", None
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


class ReminderDoc(Doc):
    """A message because of a deadline."""

    role: RoleName = key("Role", "Who is reminded.")
    before: Offset | None = key("Before", "How long before the end.", None)
    after: Offset | None = key("After", "How long after the end.", None)
    if_: Expression | None = key(
        "If", "Only if this holds; `not_done`: only if the deadline was missed.", None, alias="if"
    )
    escalation: YesNo = key("Escalation", "The message goes to somebody above.", default=False)

    @model_validator(mode="after")
    def _before_or_after(self) -> ReminderDoc:
        exactly_one(self, ("before", "after"))
        return self


class DeadlineDoc(Doc):
    """A clock."""

    title: Text = key("Title", "What people read.")
    kind: Annotated[str, word("open_until", "not_before", "due")] = key(
        "Kind", "`open_until`: act only while it runs; `not_before`: only after it; `due`: can be missed."
    )
    period: PeriodOrExpression | None = key("Period", "Its length: a period, `limit('x')` or a period field.", None)
    ends_at: Computed | None = key("Ends at", "The field in which the officer types the last day or moment.", None)
    proposes: PeriodOrExpression | None = key("Proposes", "A proposal for the typed end, not more.", None)
    backwards_from: AnchorName | None = key(
        "Backwards from", "The deadline, field or meeting gate from which it is counted back.", None
    )
    at_least: PeriodOrExpression | None = key("At least", "The shortest lawful length.", None)
    at_most: PeriodOrExpression | None = key("At most", "The longest lawful length.", None)
    closes_at: Hour | None = key(
        "Closes at", 'The hour of the last day, in quotes: "16:00". That moment is late already.', None
    )
    calendar: CalendarName = key("Calendar", "The calendar whose days count.", "holidays")
    counting: Annotated[str, word("eu-1182-71", "plain")] | None = key("Counting", "How the last day moves.", None)
    when_over: Annotated[str, *names("step")] | None = key(
        "When over", "The step that the system carries out at its end.", None
    )
    met_when: Condition | None = key("Met when", "Read at its end: met if this holds, else missed.", None)
    remind: OneOrMore[ReminderDoc] = key("Remind", "Who is reminded, and when.", ())
    acts: ActsDoc = key("Acts", "What people may do to it, and who; what does not stand here is refused.", ActsDoc())
    outlives_case: YesNo = key("Outlives case", "It goes on when the case has ended.", default=False)
    rests_on: RestsOnDoc | None = key("Rests on", "Where lengths come from that stand here and in no rulebook.", None)
    cite: Words | None = key("Cite", "The law or the source.", None)

    @model_validator(mode="after")
    def _one_end(self) -> DeadlineDoc:
        if self.backwards_from is not None and self.period is None:
            raise wrong("one-of", "`backwards_from` needs a `period`.", "Write how long before it.")
        exactly_one(self, ("period", "ends_at"))
        if self.proposes is not None and self.ends_at is None:
            raise wrong("one-of", "`proposes` stands without `ends_at`.", "Add the field in which the end is typed.")
        return self


class LineDoc(Doc):
    """What the main line of a case and a track have in common."""

    begins: BeginsDoc | None = key("Begins", "How it begins.", None)
    fields: dict[Annotated[str, *declared("field")], FieldDoc] = key("Fields", "Facts.", {})
    documents: dict[Annotated[str, *declared("document")], DocumentDoc] = key("Documents", "Kinds of documents.", {})
    stages: dict[Annotated[str, *declared("stage")], StageDoc] = key("Stages", "Where it may stand, in order.", {})
    steps: dict[Annotated[str, *declared("step")], StepDoc] = key("Steps", "How it moves.", {})
    approvals: dict[Annotated[str, *declared("approval")], ApprovalDoc] = key(
        "Approvals", "Signatures that steps need.", {}
    )
    deadlines: dict[Annotated[str, *declared("deadline")], DeadlineDoc] = key("Deadlines", "Clocks.", {})


class TrackDoc(LineDoc):
    """A small procedure inside the case: a supplier, a question, a review. Any number of one kind."""

    title: Text | None = key("Title", "What such a track is called.", None)
    of: TrackName | None = key("Of", "The kind of track to which it belongs.", None)
    if_case_ends: StageName | None = key(
        "If case ends", "The final stage it goes to when the case ends everything.", None
    )


class WatchDoc(Doc):
    """Between two milestones: when the condition becomes true, an approval is asked for and milestones are blocked."""

    since: MilestoneName | None = key("Since", "It is watched from this milestone on.", None)
    until: MilestoneName | None = key("Until", "It is watched until this milestone.", None)
    when: Expression = key("When", "What is watched for.")
    needs_approval: ApprovalName = key("Needs approval", "The approval that is asked for.")
    blocks: OneOrMore[MilestoneName] = key("Blocks", "Milestones that cannot be reached before it is given.", ())
    tells: OneOrMore[RoleName] = key("Tells", "Roles that are told.", ())
