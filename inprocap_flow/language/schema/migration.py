"""Plans that bring running cases to another version of their procedure, as they are written.

Whatever a plan does not name goes over under its own name. What cannot go over by itself must be decided: the draft
writes `decide` there, and a plan in which it still stands is not carried out.
"""

from __future__ import annotations

from typing import Annotated

from inprocap_flow.language.schema.words import Doc, Id, Name, StageName, Value, Words, key, word

DECIDE = "decide"
CLOCKS = ("keep", "recompute", "ask", "stop", "start", "later", DECIDE)
VALUES = ("keep", "drop", "ask", DECIDE)
PAPERS = ("keep", "drop", DECIDE)

ClockChoice = Annotated[str, word(*CLOCKS)]
ValueChoice = Annotated[str, word(*VALUES)]
PaperChoice = Annotated[str, word(*PAPERS)]
Renamed = dict[Name, Name]


class RenamedDoc(Doc):
    """What is called otherwise in the new version: old name, new name."""

    fields: Renamed = key("Fields", "Fields: their values go over.", {})
    documents: Renamed = key("Documents", "Documents: what was filed goes over.", {})
    milestones: Renamed = key("Milestones", "Milestones: what was reached stays reached.", {})
    approvals: Renamed = key("Approvals", "Approvals.", {})
    deadlines: Renamed = key("Deadlines", "Deadlines: clocks run on under the new name.", {})
    tracks: Renamed = key(
        "Tracks", "Kinds of tracks, of the case only: tracks go over under the new kind and keep their ids.", {}
    )
    roles: Renamed = key(
        "Roles", "Roles, of the case only: who signed or acted as one has signed and acted as the other.", {}
    )
    watches: Renamed = key("Watches", "Watches, of the case only: what one has seen stays seen.", {})


class LineChangeDoc(Doc):
    """What becomes of the lines of one kind: the case, or its tracks."""

    stages: dict[StageName, StageName] = key("Stages", "Old stage, new stage; of a group, its first.", {})
    renamed: RenamedDoc = key("Renamed", "What has another name.", RenamedDoc())
    deadlines: dict[Name, ClockChoice] = key(
        "Deadlines",
        "For each clock whose rule is another: keep its end, recompute it, or ask for one in each case; "
        "stop it if it is gone. One that is new: start with the migration, ask, or later (when its step comes).",
        {},
    )
    fields: dict[Name, ValueChoice] = key(
        "Fields", "Of a field that is gone, or of another type: keep, drop, ask. Of a new one: ask.", {}
    )
    values: dict[Name, Value] = key("Values", "Values that every case gets.", {})
    documents: dict[Name, PaperChoice] = key("Documents", "Of a document that is gone: drop.", {})


class LineAnswersDoc(Doc):
    """What was asked for one line of one case."""

    deadlines: dict[Name, Words] = key("Deadlines", "Ends: a day, or a moment with its offset.", {})
    fields: dict[Name, Value] = key("Fields", "Values.", {})


class CaseAnswersDoc(LineAnswersDoc):
    """What was asked for one case."""

    tracks: dict[Words, LineAnswersDoc] = key("Tracks", "The same for a track: supplier/alpha.", {})


class MigrationDoc(LineChangeDoc):
    """A plan from one version of a procedure to another."""

    migration: Id = key("Migration", "The file's name without .yaml.")
    procedure: Id = key("Procedure", "The procedure whose cases go over.")
    from_version: Words = key("From", "The version that they run on.", alias="from")
    to_version: Words = key("To", "The version that they are to run on.", alias="to")
    reason: Words | None = key("Reason", "Why; it is recorded with every case.", None)
    tracks: dict[Name, LineChangeDoc] = key("Tracks", "The same for a kind of track.", {})
    cases: dict[Words, CaseAnswersDoc] = key("Cases", "What was asked for single cases, by their id.", {})
