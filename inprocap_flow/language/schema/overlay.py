"""Overlays, as they are written: what a country or an organisation changes in procedures that it does not own.

Everything hangs on names of the procedure: milestones, deadlines, roles. Nothing here can delete or replace a step, an
approval or a condition; what could weaken the procedure all the same is refused when the overlay is applied.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import model_validator

from inprocap_flow.language.schema.approvals import ApprovalDoc, ApprovalReminderDoc
from inprocap_flow.language.schema.dated import LimitDoc
from inprocap_flow.language.schema.deadlines import DeadlineDoc, ReminderDoc
from inprocap_flow.language.schema.facts import DocumentDoc, FieldDoc
from inprocap_flow.language.schema.guards import exactly_one
from inprocap_flow.language.schema.lines import TrackDoc, WatchDoc
from inprocap_flow.language.schema.messages import short, wrong
from inprocap_flow.language.schema.procedure import AtDoc, ProcedureDoc
from inprocap_flow.language.schema.roles import RoleDoc, RuleDoc
from inprocap_flow.language.schema.sources import EstimatesDoc, RestsOnDoc
from inprocap_flow.language.schema.stages import StageDoc
from inprocap_flow.language.schema.steps import AlreadyThereDoc, HandedInDoc, StepDoc, Tells
from inprocap_flow.language.schema.words import (
    LANGUAGE,
    ApprovalName,
    CaseStageName,
    Country,
    DeadlineName,
    Doc,
    Expression,
    Id,
    MilestoneName,
    Name,
    OneOrMore,
    PeriodOrExpression,
    RoleName,
    RuleName,
    Scalar,
    StageName,
    Text,
    Words,
    declared,
    key,
    names,
)


def _language(text: str) -> str:
    if not re.fullmatch(LANGUAGE, text):
        raise wrong("bad-language", f"`{short(text)}` is not a language code.", "Write two small letters, such as de.")
    return text


LanguageCode = Annotated[str, Scalar(_language, {"type": "string", "pattern": LANGUAGE})]
ARRIVING = "arriving"
"""In a detour: the stages in which the step stood, before which it goes."""


NEVER = dict.fromkeys(
    ("remove", "removes", "delete", "deletes", "drop", "without", "replace", "replaces", "override", "overrides"),
    "An overlay never removes or replaces; take it out, or change the procedure itself.",
)


class OnlyFor(Doc):
    """Something that is read in some of the procedures only."""

    only_for: OneOrMore[Id] = key("Only for", "Procedures under `for` in which it is read; without it in all.", ())


class OverlayRoleDoc(RoleDoc, OnlyFor):
    """A role that the overlay adds."""


class OverlayRuleDoc(RuleDoc, OnlyFor):
    """A rule that the overlay adds."""


class OverlayLimitDoc(LimitDoc, OnlyFor):
    """A dated value that the overlay adds."""


class OverlayFieldDoc(FieldDoc, OnlyFor):
    """A fact that the overlay adds."""


class OverlayDocumentDoc(DocumentDoc, OnlyFor):
    """A kind of document that the overlay adds."""


class OverlayApprovalDoc(ApprovalDoc, OnlyFor):
    """Signatures that the overlay adds; `insert` and `at` say where they are needed."""


class OverlayDeadlineDoc(DeadlineDoc, OnlyFor):
    """A clock that the overlay adds."""


class OverlayWatchDoc(WatchDoc, OnlyFor):
    """A watch that the overlay adds."""


class OverlayTrackDoc(TrackDoc, OnlyFor):
    """A kind of track: a new one, whole; of one that is there `fields`, `documents`, `approvals` and `deadlines`."""


class InsertDoc(OnlyFor):
    """A detour on the way into the step that reaches a milestone."""

    before: MilestoneName = key("Before", "The milestone; the one step that reaches it comes after the detour.")
    when: Expression | None = key("When", "The detour is taken if this holds; if not, the old way stays open.", None)
    rule: RuleName | None = key(
        "Rule", "The rule that it carries out; where a derogation lifts it, the old way is open.", None
    )
    if_not: Text | None = key("If not", "What people are told who must take the detour first.", None)
    stages: dict[Annotated[str, *declared("stage")], StageDoc] = key("Stages", "Its stages, all new.")
    steps: dict[Annotated[str, *declared("step")], StepDoc] = key(
        "Steps", "Its steps; `from: arriving` stands for where one comes from. They lead only to stages of the detour."
    )
    leaves_from: OneOrMore[StageName] = key("Leaves from", "Stages of the detour from which one goes on.")
    keeps: OneOrMore[Annotated[str, *names("step")]] = key(
        "Keeps", "Steps of the procedure that stay possible on the detour, such as giving up.", ()
    )


class OverlayAtDoc(AtDoc, OnlyFor):
    """What is added at a milestone, whichever step reaches it. It only adds; nothing is replaced."""

    keys_there_never_are: ClassVar[dict[str, str]] = NEVER


class LengthenDoc(OnlyFor):
    """A deadline that gives more time than the procedure does; a duty that must be done earlier."""

    period: PeriodOrExpression | None = key("Period", "Its length: a period, or `limit('x')`.", None)
    at_least: PeriodOrExpression | None = key("At least", "The shortest length that may be typed.", None)
    proposes: PeriodOrExpression | None = key("Proposes", "A proposal for the typed end, not more.", None)
    by: PeriodOrExpression | None = key(
        "By", "How much longer than the procedure says, reductions included: a period, or `limit('x')`.", None
    )
    why: Text = key("Why", "The ground, for people.")
    cite: Words | None = key("Cite", "The law or the source.", None)
    rests_on: RestsOnDoc | None = key(
        "Rests on",
        "Where a length comes from that is written out here, if not what the head of the file says.",
        None,
    )

    @model_validator(mode="after")
    def _one_length(self) -> LengthenDoc:
        exactly_one(self, ("period", "at_least", "proposes", "by"))
        return self


class RemindDoc(OnlyFor):
    """Who is reminded besides, or earlier. What the procedure says stays: nobody is reminded less."""

    keys_there_never_are: ClassVar[dict[str, str]] = NEVER | {
        "stages": "After a long silence the organisation's file says who is reminded (`reminders: remind_after`)."
    }

    deadlines: dict[DeadlineName, OneOrMore[ReminderDoc]] = key(
        "Deadlines", "Deadlines of the procedure, and the reminders that are added to each.", {}
    )
    approvals: dict[ApprovalName, OneOrMore[ApprovalReminderDoc]] = key(
        "Approvals", "Approvals of the procedure, and the reminders that are added to each.", {}
    )


class NewNamesDoc(Doc):
    """What things are called; nothing else of them changes. Of a track: `supplier.price`."""

    roles: dict[RoleName, Text] = key("Roles", "Roles.", {})
    stages: dict[Annotated[str, *names("stage")], Text] = key("Stages", "Stages, by their whole address.", {})
    fields: dict[Annotated[str, *names("field")], Text] = key("Fields", "Fields.", {})
    documents: dict[Annotated[str, *names("document")], Text] = key("Documents", "Documents.", {})
    steps: dict[Annotated[str, *names("step")], Text] = key("Steps", "Steps.", {})
    tracks: dict[Annotated[str, *names("track")], Text] = key("Tracks", "Kinds of tracks.", {})
    approvals: dict[Annotated[str, *names("approval")], Text] = key("Approvals", "Approvals.", {})
    deadlines: dict[DeadlineName, Text] = key("Deadlines", "Deadlines.", {})


class NewNamesOnlyForDoc(NewNamesDoc, OnlyFor):
    """What things are called in some of the procedures."""


class DerogationDoc(Doc):
    """A recorded decision that lifts rules of custom or of the house in one case."""

    title: Text = key("Title", "What it is called.")
    lifts: OneOrMore[RuleName] = key("Lifts", "The rules; none of law, of a grant or of a contract.")
    by: OneOrMore[RoleName] = key("By", "Roles that may ask for it.")
    while_: OneOrMore[CaseStageName] = key("While", "The case must stand in one of these stages.", (), alias="while")
    handed_in: HandedInDoc = key("Handed in", "What comes with the request; a reason always does.", HandedInDoc())
    already_there: AlreadyThereDoc = key("Already there", "What must be there by now, such as who grants it.",
                                         AlreadyThereDoc())  # fmt: skip
    tells: Tells = key("Tells", "Who is told, all at one moment.", ())
    cite: Words | None = key("Cite", "The law or the source.", None)


class OverlayDerogationDoc(DerogationDoc, OnlyFor):
    """A derogation, with the procedures in which it can be asked for."""


class OverlayDoc(Doc):
    """What one country or one organisation changes in procedures, by their milestones."""

    keys_there_never_are: ClassVar[dict[str, str]] = NEVER

    overlay: Id = key("Overlay", "The file's name without .yaml.")
    version: Words = key("Version", "A text, never read as a number; a published version never changes.")
    language: Words = key("Language", "The language of the texts: en.")
    title: Text = key("Title", "What people read.")
    organisation: Id | None = key("Organisation", "Whose house rules these are; or `national`.", None)
    national: Country | None = key("National", "The country whose law this is; or `organisation`.", None)
    for_: dict[Id, OneOrMore[Words]] = key(
        "For", "Procedures that it was written for, with the versions that were read.", alias="for"
    )
    estimates: EstimatesDoc | None = key(
        "Estimates", "Where every `typical` length of this file comes from that names no source of its own.", None
    )
    own_lengths: RestsOnDoc | None = key(
        "Own lengths",
        "What lengths of this file rest on that no rulebook gives, and that have no `rests_on`.",
        None,
    )
    limits: dict[Annotated[str, *declared("limit")], OverlayLimitDoc] = key("Limits", "Dated values, new names.", {})
    limits_from: dict[Id, OneOrMore[Name]] = key(
        "Limits from", "Rulebooks, and those of their limits that are read here too, as they stand there.", {}
    )
    rules: dict[Annotated[str, *declared("rule")], OverlayRuleDoc] = key("Rules", "Rules, new names.", {})
    roles: dict[Annotated[str, *declared("role")], OverlayRoleDoc] = key("Roles", "Roles, new names.", {})
    fields: dict[Annotated[str, *declared("field")], OverlayFieldDoc] = key("Fields", "Facts, new names.", {})
    documents: dict[Annotated[str, *declared("document")], OverlayDocumentDoc] = key(
        "Documents", "Kinds of documents, new names.", {}
    )
    approvals: dict[Annotated[str, *declared("approval")], OverlayApprovalDoc] = key(
        "Approvals", "Signatures, new names.", {}
    )
    deadlines: dict[Annotated[str, *declared("deadline")], OverlayDeadlineDoc] = key(
        "Deadlines", "Clocks, new names.", {}
    )
    tracks: dict[Annotated[str, *declared("track")], OverlayTrackDoc] = key(
        "Tracks", "Additions to kinds of tracks, or new kinds.", {}
    )
    insert: dict[Name, InsertDoc] = key("Insert", "Detours before milestones.", {})
    at: dict[MilestoneName, OneOrMore[OverlayAtDoc]] = key(
        "At", "What is added at milestones; several entries where procedures differ.", {}
    )
    lengthen: dict[DeadlineName, LengthenDoc] = key("Lengthen", "Deadlines that are longer here.", {})
    remind: OneOrMore[RemindDoc] = key(
        "Remind", "Reminders that are added; several entries where procedures differ.", ()
    )
    replace_role: dict[RoleName, RoleName] = key(
        "Replace role", "Roles of the procedure, and the role of this overlay that acts in their place, everywhere.", {}
    )
    rename: OneOrMore[NewNamesOnlyForDoc] = key(
        "Rename", "What things are called here; several entries where procedures differ.", ()
    )
    translate: dict[LanguageCode, OneOrMore[NewNamesOnlyForDoc]] = key(
        "Translate", "The same texts in a further language.", {}
    )
    watches: dict[Annotated[str, *declared("watch")], OverlayWatchDoc] = key("Watches", "Watches, new names.", {})
    derogations: dict[Name, OverlayDerogationDoc] = key("Derogations", "Decisions that lift rules in one case.", {})

    @model_validator(mode="after")
    def _whose(self) -> OverlayDoc:
        exactly_one(self, ("organisation", "national"))
        return self


class EffectiveDoc(ProcedureDoc):
    """A procedure to which overlays were applied; nobody writes it."""

    derogations: dict[Name, DerogationDoc] = key("Derogations", "Decisions that lift rules in one case.", {})
