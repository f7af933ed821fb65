"""The two kinds of file that procedures are made of, as they are written: procedures and blocks."""

from __future__ import annotations

from typing import Annotated, Any

from inprocap_flow.language.schema.dated import Counting, Limits
from inprocap_flow.language.schema.lines import LineDoc, TrackDoc, WatchDoc
from inprocap_flow.language.schema.roles import RoleDoc, RuleDoc
from inprocap_flow.language.schema.sources import EstimatesDoc, RestsOnDoc
from inprocap_flow.language.schema.steps import AlreadyThereDoc, HandedInDoc, Tells
from inprocap_flow.language.schema.words import (
    DeadlineName,
    Doc,
    Id,
    MilestoneName,
    Name,
    OneOrMore,
    PaperName,
    RoleName,
    Text,
    TrackName,
    Words,
    declared,
    key,
    names,
    word,
)
from inprocap_flow.language.values import TYPES

GIVEN_TYPES = (
    "stage",
    "stages",
    "track_stage",
    "track_stages",
    "deadline",
    "document",
    "documents",
    "field",
    "fields",
    "number",
    "money",
    "period",
    "text",
    "role",
    "roles",
    "milestone",
    "expression",
    "limit",
)


class AtDoc(Doc):
    """What a procedure adds at a milestone of a block. It only adds; nothing is replaced."""

    handed_in: HandedInDoc = key("Handed in", "What must come with the request, too.", HandedInDoc())
    already_there: AlreadyThereDoc = key("Already there", "What must be there by now, too.", AlreadyThereDoc())
    publishes: OneOrMore[PaperName] = key("Publishes", "What is published, too.", ())
    tells: Tells = key("Tells", "Who is told, too.", ())
    starts: OneOrMore[DeadlineName] = key("Starts", "Deadlines that begin to run, too.", ())


class IncludeDoc(Doc):
    """A block that is read as if it stood in the procedure."""

    block: Id = key("Block", "The file's name in `blocks/`, without .yaml.")
    as_: Name | None = key("As", "What the block declares gets this name in front.", None, alias="as")
    given: dict[Name, Any] = key("Given", "What the block asks for.", {})
    without: OneOrMore[Words] = key("Without", "Names of the block that are left out.", ())
    at: dict[MilestoneName, AtDoc] = key("At", "What is added at milestones of the block.", {})


class ReceivesDoc(Doc):
    """A report of a linked case that this procedure takes, and the step that it carries out."""

    of: OneOrMore[Id] = key("Of", "Procedures whose cases may report it.")
    step: Annotated[str, *names("step", of="track")] = key(
        "Step", "The step that it carries out; one that begins a kind of track begins a new one."
    )
    track: TrackName | None = key("Track", "The kind of track that the step belongs to; without it, the case.", None)
    with_: dict[Annotated[str, *names("field", of="track")], Annotated[str, word(*TYPES)]] = key(
        "With", "Values that come with it, each a field of that line, and their types.", {}, alias="with"
    )
    sender: Annotated[str, *names("field", of="track")] | None = key(
        "Sender",
        "Field of type case of that line: it takes the id of the case that reports; for a track that runs already, it "
        "says which one is meant.",
        None,
    )


class Sections(LineDoc):
    """The parts that procedures and blocks share."""

    version: Words = key("Version", "A text, never read as a number; a published version never changes.")
    language: Words = key("Language", "The language of the texts: en.")
    title: Text = key("Title", "What people read.")
    guidance: Text | None = key("Guidance", "Advice for whoever works with it.", None)
    roles: dict[Annotated[str, *declared("role")], RoleDoc] = key("Roles", "In what capacity people act.", {})
    rules: dict[Annotated[str, *declared("rule")], RuleDoc] = key("Rules", "Rules that conditions carry out.", {})
    limits: Limits = key("Limits", "Dated values that the file brings itself.", {})
    estimates: EstimatesDoc | None = key(
        "Estimates", "Where every `typical` length of this file comes from that names no source of its own.", None
    )
    own_lengths: RestsOnDoc | None = key(
        "Own lengths",
        "What lengths of this file rest on that no rulebook gives, and that have no `rests_on`.",
        None,
    )
    tracks: dict[Annotated[str, *declared("track")], TrackDoc] = key("Tracks", "Small procedures inside the case.", {})
    watches: dict[Annotated[str, *declared("watch")], WatchDoc] = key(
        "Watches", "What is watched between milestones.", {}
    )
    receives: dict[Name, ReceivesDoc] = key("Receives", "Reports of linked cases that are taken.", {})


class ProcedureDoc(Sections):
    """A procedure."""

    procedure: Id = key("Procedure", "The file's name without .yaml.")
    rulebook: Id = key("Rulebook", "The rulebook it is written for; `none`: it brings its own limits.")
    counting: Counting | None = key("Counting", "How last days move; without it as the rulebook says.", None)
    include: OneOrMore[IncludeDoc] = key("Include", "Blocks it is made of.", ())
    calendars: dict[Annotated[str, *declared("calendar")], Text] = key(
        "Calendars", "Calendars besides `holidays` that the organisation must have.", {}
    )
    may_backdate: OneOrMore[RoleName] = key("May backdate", "Roles that may enter what happened earlier.", ())


class GivenDoc(Doc):
    """Something that the including procedure hands over."""

    type: Annotated[str, word(*GIVEN_TYPES)] = key("Type", "What kind of thing.")
    of: Annotated[str, *names("track")] | None = key("Of", "The kind of track of its stages, fields, documents.", None)
    says: Text = key("Says", "What it is for.")


class UsesDoc(Doc):
    """Names that the including procedure must have."""

    roles: OneOrMore[RoleName] = key("Roles", "Roles.", ())
    tracks: OneOrMore[Name] = key("Tracks", "Tracks; the block may add to them.", ())
    fields: OneOrMore[Name] = key("Fields", "Fields of the case.", ())


class BlockDoc(Sections):
    """A part of procedures, written once."""

    block: Id = key("Block", "The file's name without .yaml.")
    given: dict[Name, GivenDoc] = key("Given", "What the procedure must hand over.", {})
    uses: UsesDoc = key("Uses", "Names that the procedure must have.", UsesDoc())
