"""History files, as they are written: the dated facts of a past case, each with its source and certainty."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.words import Doc, Id, MomentText, Name, OneOrMore, Text, Words, YesNo, key

CERTAINTIES = ("verified", "own_knowledge", "shaky", "derived")


class StoodDoc(Doc):
    """Where tracks of a kind stood."""

    tracks: Name = key("Tracks", "The kind of track: supplier.")
    stage: Words = key("Stage", "The stage they stood in.")
    number: Words | None = key("Number", "How many there were, as the source counts.", None)
    unit: Words = key("Unit", "What was counted: firm, consortium, bid, contractor.", "contractor")
    named: dict[Name, dict[Name, Any]] = key("Named", "Those the source names, with what it says of them.", {})
    others_left: Words | None = key("Others left", "The final stage of those who were not there any more.", None)


class FactDoc(Doc):
    """One dated fact."""

    at: MomentText = key("At", "When: to the minute, day (2021-03-17), month (2013-11) or half-year (2016-H2).")
    fact: Text = key("Fact", "What happened, in our own words.")
    source: OneOrMore[Words] = key("Source", "Where it is from: keys of `sources`.")
    certainty: Words = key("Certainty", "verified, own_knowledge, shaky or derived.")
    planned: YesNo = key("Planned", "A plan is kept and shown, and never becomes an event.", False)
    reaches: Name | None = key("Reaches", "The milestone of the procedure that was reached.", None)
    values: dict[Name, Any] = key("Values", "Fields of the case that the source tells.", {})
    derogation: OneOrMore[Name] = key("Derogation", "Derogations that were granted, by name.", ())
    stood: OneOrMore[StoodDoc] = key("Stood", "Where suppliers or lots stood.", ())

    @model_validator(mode="after")
    def _certainty(self) -> FactDoc:
        if self.certainty not in CERTAINTIES:
            raise wrong(
                "unknown-certainty", f"The certainty is {self.certainty}.", f"Write one of: {', '.join(CERTAINTIES)}."
            )
        return self


class HistoryDoc(Doc):
    """A past case."""

    history: Id = key("History", "The file's name without .yaml.")
    version: Words = key("Version", "A text.")
    language: Words = key("Language", "The language of the texts.", "en")
    title: Text = key("Title", "What people read.")
    procedure: Id = key("Procedure", "The procedure whose steps it is read against.")
    organisation: Id = key("Organisation", "For whom it was run: zone, calendars, rulebook.")
    sources: dict[Name, Words] = key("Sources", "Each source: title, holder, what it supports.")
    facts: OneOrMore[FactDoc] = key("Facts", "In order of time.")
