"""Steps, as they are written: who may go from where to where, what comes with it, what must be there, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from inprocap_flow.language.schema.guards import Computed, Condition, GuardDoc, exactly_one
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.readers import ADDRESS
from inprocap_flow.language.schema.words import (
    ApprovalName,
    CaseStageName,
    DeadlineName,
    Doc,
    DocumentName,
    Expression,
    FieldName,
    JsonSchema,
    LinesAndClocks,
    Name,
    Names,
    OneOrMore,
    PaperName,
    RoleName,
    Text,
    TrackName,
    Words,
    YesNo,
    declared,
    key,
    names,
    word,
)

StageOrAny = Annotated[str, *names("stage")]  # `any`, `same` and `system` are words of the language, not names
StagesOfTracks = OneOrMore[Annotated[str, *names("stage", of="tracks")]]
StagesOfEvery = OneOrMore[Annotated[str, *names("stage", of="every")]]


class HandedInDoc(Doc):
    """What comes with the request itself."""

    fields: OneOrMore[FieldName] = key("Fields", "Facts that must be filled in with the request.", ())
    documents: OneOrMore[DocumentName] = key("Documents", "Documents that must come with the request.", ())
    reason: YesNo = key("Reason", "A reason in writing must be given.", default=False)
    may_fill: OneOrMore[FieldName] = key("May fill", "Facts that may, but need not, come with the request.", ())
    may_bring: OneOrMore[DocumentName] = key(
        "May bring", "Documents that may, but need not, come; also new versions of published ones.", ()
    )


class AlreadyThereDoc(Doc):
    """What must be there before the request."""

    fields: OneOrMore[FieldName] = key("Fields", "Facts that must be known by now.", ())
    documents: OneOrMore[DocumentName] = key("Documents", "Documents that must be there by now.", ())
    approvals: OneOrMore[ApprovalName] = key(
        "Approvals", "Approvals that must be given; they are used up by this step.", ()
    )
    within: OneOrMore[DeadlineName] = key("Within", "Deadlines that must still run.", ())
    after: OneOrMore[DeadlineName] = key("After", "Deadlines that must be over or stopped.", ())
    that: OneOrMore[GuardDoc] = key("That", "Conditions that must hold, each with the words for people.", ())


def _tell(value: Any) -> Any:
    return {"role": value} if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class RoleOrMap:
    """Lets a role stand for `{role: it}`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_tell, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"type": "string", "pattern": f"^{ADDRESS}$"}, handler(schema)]}


class TellDoc(Doc):
    """Who is told: a role, every track of a kind, or the track of this step."""

    role: RoleName | None = key("Role", "Everybody who holds this role.", None)
    every: TrackName | None = key("Every", "Every track of this kind.", None)
    in_: StagesOfEvery = key("In", "Only those that stand in these stages.", (), alias="in")
    this: TrackName | None = key("This", "The track of this step, or its parent.", None)

    @model_validator(mode="after")
    def _exactly_one(self) -> TellDoc:
        exactly_one(self, ("role", "every", "this"))
        return self


Tells = OneOrMore[Annotated[TellDoc, RoleOrMap(), Names("tell")]]


class BranchDoc(Doc):
    """One way on, tried in the order of writing."""

    when: Expression | None = key("When", "The way is taken if this holds.", None)
    to: StageOrAny | None = key("To", "The stage that is entered.", None)
    otherwise: StageOrAny | None = key(
        "Otherwise", "The stage that is entered when no other way was taken. Last.", None
    )
    starts: OneOrMore[DeadlineName] = key("Starts", "Deadlines that begin to run on this way.", ())
    meets: OneOrMore[DeadlineName] = key("Meets", "Deadlines that are met on this way.", ())
    stops: OneOrMore[DeadlineName] = key("Stops", "Deadlines that are stopped on this way.", ())
    tells: Tells = key("Tells", "Who is told on this way.", ())

    @model_validator(mode="after")
    def _when_and_to(self) -> BranchDoc:
        if self.otherwise is None and (self.when is None or self.to is None):
            raise wrong("one-of", "A branch has `when` and `to`, or `otherwise`.", "Write {when: ..., to: ...}.")
        if self.otherwise is not None and (self.when is not None or self.to is not None):
            raise wrong("one-of", "`otherwise` stands alone.", "Remove `when` and `to`.")
        return self


class ExtendsDoc(Doc):
    """Moves a running deadline to a later end."""

    deadline: DeadlineName = key("Deadline", "The deadline that is extended.")
    until: Expression = key("Until", "Its new end, a typed moment; only later than now and than the present end.")


class MoveDoc(Doc):
    """Fires a step of other tracks in the same decision."""

    tracks: TrackName = key("Tracks", "The kind of track that is moved.")
    in_: StagesOfTracks = key("In", "Only tracks that stand in these stages.", (), alias="in")
    where: Expression | None = key("Where", "Only tracks for which this holds; `each.x` is a field of the track.", None)
    step: Annotated[str, *names("step", of="tracks")] = key("Step", "The step that is carried out on each.")


class CreateDoc(Doc):
    """Begins new tracks."""

    track: TrackName = key("Track", "The kind of track that begins.")
    with_: dict[Annotated[str, *names("field", of="track")], Expression] = key(
        "With", "Values of its fields.", {}, alias="with"
    )
    for_each: TrackName | None = key("For each", "One new track for each track of this kind.", None)
    where: Expression | None = key("Where", "Only for tracks for which this holds; `each.x` is a field of it.", None)

    @model_validator(mode="after")
    def _where_needs_each(self) -> CreateDoc:
        if self.where is not None and self.for_each is None:
            raise wrong("one-of", "`where` stands without `for_each`.", "Add `for_each:` or remove `where`.")
        return self


class EverythingBut(Doc):
    """What goes on when everything else ends."""

    everything_but: OneOrMore[LinesAndClocks] = key("Everything but", "Tracks and deadlines that go on.")


@dataclass(frozen=True, slots=True)
class Everything:
    """The word `everything`, or what is left out of it."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_everything, handler.generate_schema(EverythingBut))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"const": "everything"}, handler(schema)]}


def _everything(value: Any) -> Any:
    if isinstance(value, str):
        word("everything").read(value)
        return {"everything_but": ()}
    return value


class NoticeDoc(Doc):
    """The official notice that belongs to a step."""

    eforms: Words | None = key(
        "eForms", "Number or code of the eForms notice, in quotes; `same` for a change to it.", None
    )
    ocds: Words | None = key("OCDS", "Tag of the Open Contracting Data Standard.", None)
    title: Words | None = key("Title", "What the notice is called; known codes bring their own.", None)
    procedure: Words | None = key("Procedure", "eForms code of the procedure.", None)
    reason: Words | None = key("Reason", "eForms code of the reason for a change.", None)
    result: Words | None = key("Result", "eForms code of the result.", None)


class ReportDoc(Doc):
    """What another case is told, which carries out a step of its own on it. Its procedure says under `receives`."""

    to: FieldName = key("To", "The field, of type case, that names the other case.")
    as_: Name = key("As", "The name under which the other procedure receives it.", alias="as")
    with_: dict[Name, Expression] = key(
        "With", "Values that go with it, by the names of the receiver.", {}, alias="with"
    )


class StepParts(Doc):
    """What every step may say."""

    title: Text | None = key("Title", "What people read; without it the name in words.", None)
    to: StageOrAny | None = key("To", "The stage that is entered; `same` leaves the line where it is.", None)
    branches: OneOrMore[BranchDoc] = key("Branches", "Several ways on; the last one is `otherwise`.", ())
    by: OneOrMore[RoleName] = key(
        "By",
        "Roles that may carry it out; `system`: only a deadline or another line does; `linked_case`: the report of "
        "another case.",
        (),
    )
    while_: OneOrMore[CaseStageName] = key("While", "The case must stand in one of these stages.", (), alias="while")
    milestone: Annotated[str, *declared("milestone")] | None = key(
        "Milestone", "The point that is reached by this step.", None
    )
    handed_in: HandedInDoc = key("Handed in", "What comes with the request.", HandedInDoc())
    already_there: AlreadyThereDoc = key("Already there", "What must be there by now.", AlreadyThereDoc())
    sets: dict[FieldName, Computed] = key("Sets", "Fields of this line that get a computed value.", {})
    starts: OneOrMore[DeadlineName] = key("Starts", "Deadlines that begin to run.", ())
    restarts: OneOrMore[DeadlineName] = key("Restarts", "Deadlines that begin to run anew; needs a reason.", ())
    meets: OneOrMore[DeadlineName] = key("Meets", "Deadlines that are met.", ())
    stops: OneOrMore[DeadlineName] = key("Stops", "Deadlines that are stopped quietly.", ())
    extends: ExtendsDoc | None = key("Extends", "Moves a running deadline to a later end.", None)
    moves: OneOrMore[MoveDoc] = key(
        "Moves", "Steps that are carried out on tracks with it; one refusal refuses all.", ()
    )
    creates: OneOrMore[CreateDoc] = key("Creates", "New tracks.", ())
    ends: Annotated[EverythingBut, Everything()] | None = key(
        "Ends", "`everything`, or {everything_but: [...]}: tracks, deadlines and requests for approval that end.", None
    )
    publishes: OneOrMore[PaperName] = key(
        "Publishes", "Documents and fields that everybody may read from now on; without them the step is refused.", ()
    )
    tells: Tells = key("Tells", "Who is told, all at one moment.", ())
    notice: NoticeDoc | None = key("Notice", "The official notice.", None)
    reports: OneOrMore[ReportDoc] = key("Reports", "What linked cases are told once the step is carried out.", ())
    cite: Words | None = key("Cite", "The law or the source of the step.", None)
    guidance: Text | None = key("Guidance", "Advice for whoever carries it out.", None)
    may_fill: OneOrMore[FieldName] = key("May fill", "Facts that may, but need not, come with the request.", ())
    may_bring: OneOrMore[Annotated[str, *names("document")]] = key(
        "May bring",
        "Documents that may, but need not, come with the request; a new version of a published one makes this a change "
        "notice. `all_published`: every published document.",
        (),
    )

    @model_validator(mode="after")
    def _one_way_on(self) -> StepParts:
        if self.to is None and not self.branches:
            raise wrong(
                "one-of", "The step leads nowhere: `to` is missing.", "Write `to:` with a stage, or `branches:`."
            )
        if self.to is not None and self.branches:
            raise wrong("one-of", "`to` and `branches` stand together.", "Keep one of them.")
        return self


class BeginsDoc(StepParts):
    """How a case or a track begins: a step that comes from nowhere."""

    step: Annotated[str, *declared("step")] | None = key("Step", "The name by which people ask for it.", None)


class StepDoc(StepParts):
    """A step of a line: from where to where, by whom, under which conditions, with which effects."""

    from_: OneOrMore[StageOrAny] = key(
        "From",
        "Stages from which it may be taken; a stage with stages stands for all of them; `any`: all.",
        alias="from",
    )
    as_soon_as: Condition | None = key("As soon as", "The step is carried out by itself when this holds.", None)

    @model_validator(mode="after")
    def _by_somebody(self) -> StepDoc:
        if self.by and self.as_soon_as is not None:
            raise wrong("one-of", "`by` and `as_soon_as` stand together.", "Keep one of them.")
        if not self.by and self.as_soon_as is None:
            raise wrong("one-of", "Nobody may carry out the step: `by` is missing.", "Write `by:` with a role.")
        return self
