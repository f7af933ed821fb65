"""The main line of a case, tracks and watches, as they are written."""

from __future__ import annotations

from typing import Annotated

from inprocap_flow.language.schema.approvals import ApprovalDoc
from inprocap_flow.language.schema.deadlines import DeadlineDoc
from inprocap_flow.language.schema.facts import DocumentDoc, FieldDoc
from inprocap_flow.language.schema.stages import StageDoc
from inprocap_flow.language.schema.steps import BeginsDoc, StepDoc
from inprocap_flow.language.schema.words import (
    ApprovalName,
    Doc,
    Expression,
    MilestoneName,
    OneOrMore,
    RoleName,
    StageName,
    Text,
    TrackName,
    declared,
    key,
)


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
