"""Test files, as they are written: stories and scenarios of a procedure."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import model_validator

from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.language.model import CASE_ENDS, CLOCK_ACTS
from inprocap_flow.language.schema.guards import exactly_one
from inprocap_flow.language.schema.messages import short, wrong
from inprocap_flow.language.schema.readers import ID, NAME, read_name
from inprocap_flow.language.schema.words import (
    Doc,
    Id,
    IdOrFile,
    MomentText,
    Name,
    OneOrMore,
    Scalar,
    Text,
    Words,
    YesNo,
    key,
)

DEEDS = (
    "do", "sign", "decline", "withdraw", "ask", "fill", "bring", "read", "interest", "annul", *CLOCK_ACTS, "recount",
    "derogate", "report", "story",
)  # fmt: skip

CHANGES = ("before", "after", "instead_of", "values")
LATER = "later"
"""How a change is called in which the rest of a story is told later: it says `after` which step, and by how much."""


def _read_story(text: str) -> str:
    file, hash_, story = text.rpartition("#")
    if hash_ and not re.fullmatch(rf"{ID}(\.{ID})*", file):
        raise wrong(
            "bad-name",
            f"`{short(file)}` is not the name of a test file.",
            "Write FILE#STORY, the file without `.test.yaml`: open#call_out.",
        )
    read_name(story)
    return text


StoryName = Annotated[str, Scalar(_read_story, {"type": "string", "pattern": rf"^({ID}(\.{ID})*#)?{NAME}$"})]


def _read_later(text: str) -> str:
    length = parse_period(text)
    if length.unit == "hours":
        fact = f"`later` counts days, and `{short(text)}` are none."
        raise wrong("bad-value", fact, "Write days, working days, weeks, months or years.")
    return length.code


LengthInDays = Annotated[
    str, Scalar(_read_later, {"type": "string", "pattern": r"^\d+ +(working +days?|days?|weeks?|months?|years?)$"})
]


def _read_end(text: str) -> str:
    if text not in CASE_ENDS:
        fact = f"`{short(text)}` is not a way for a case to end."
        raise wrong("unknown-word", fact, f"Write {', '.join(CASE_ENDS[:-1])} or {CASE_ENDS[-1]}.")
    return text


CaseEnd = Annotated[str, Scalar(_read_end, {"enum": list(CASE_ENDS)})]


class ThenDoc(Doc):
    """What must come back."""

    refused: OneOrMore[Words] = key("Refused", "Codes of every blocker, in any order.", ())
    warned: OneOrMore[Words] = key("Warned", "Names that appear in warnings.", ())
    names: OneOrMore[Words] = key("Names", "Names that appear in the blockers, in any order.", ())
    may_be_given_by: dict[str, OneOrMore[Words]] = key("May be given by", "Approval, and who may sign it.", {})
    signed_by: dict[str, OneOrMore[Words]] = key(
        "Signed by",
        "Approval, and exactly those whose signatures stand (or were used up), in any order; `fay for emil` where a "
        "substitute signed. `[]`: nobody.",
        {},
    )
    left_by: Words | None = key("Left by", "The step by which the line left.", None)
    until: Words | None = key("Until", "The milestone until which something is sealed.", None)
    possible_from: MomentText | None = key("Possible from", "The moment from which it is possible.", None)
    provisional: YesNo | None = key("Provisional", "Whether that moment may still move.", None)
    stage: Words | None = key("Stage", "Where the line stands.", None)
    stage_of_case: Words | None = key("Stage of case", "Where the case stands.", None)
    ended: CaseEnd | None = key("Ended", "That the case has ended, and how.", None)
    deadline: dict[str, Words] = key("Deadline", "Deadlines and their ends or states.", {})
    tracks: dict[str, Any] = key("Tracks", "How many tracks of a kind, or where each stands.", {})
    approval: dict[str, Words] = key("Approval", "Approvals and their states.", {})
    field: dict[str, Words] = key("Field", "Fields and their values.", {})
    told: OneOrMore[Words] | None = key(
        "Told", "Roles and tracks that are told, all of them, in any order; `[]`: nobody is.", None
    )
    reported: dict[str, Any] = key(
        "Reported", "What is reported to linked cases, all of it: each with its values, or `yes`.", {}
    )


class ButDoc(Doc):
    """A difference from the story that something starts from."""

    before: Name | None = key("Before", "What is done besides, before this step.", None)
    after: Name | None = key("After", "What is done besides, or from where on it is `later`: after this step.", None)
    instead_of: Name | None = key(
        "Instead of", "What is done in the place of this step; without `steps` nothing.", None
    )
    on: Words | None = key("On", "The track on which the step is done, where several do it.", None)
    steps: OneOrMore[DeedDoc] = key("Steps", "What is done.", ())
    later: LengthInDays | None = key(
        "Later",
        "With `after`: by how much every further act of the story happens later, with the days after that step that "
        "it fills in; what is written under `but` stays. Working days are those of the organisation.",
        None,
    )
    values: dict[Name, Any] | None = key(
        "Values", "Other values for these fields, wherever the story fills them.", None
    )

    @model_validator(mode="after")
    def _one_change(self) -> ButDoc:
        if self.later:
            return self._later()
        where = exactly_one(self, CHANGES)
        if where == "values" and (self.steps or self.on):
            raise wrong("one-of", "`values` stands alone.", "Write what is done in an entry of its own.")
        if where in ("before", "after") and not self.steps:
            raise wrong("missing-key", f"Nothing is done {where} the step.", "Write `steps:`.")
        if any(one.story for one in self.steps):
            raise wrong("one-of", "A change of a story cannot begin with a story.", "Write what is done.")
        return self

    def _later(self) -> ButDoc:
        if self.after is None or any(getattr(self, one) is not None for one in CHANGES if one != "after"):
            raise wrong("one-of", "`later` goes with `after`.", "Write `after: STEP` with it, and nothing else.")
        if self.steps:
            raise wrong("one-of", "`later` and `steps` stand together.", "Write what is done in an entry of its own.")
        return self


class DeedDoc(Doc):
    """Something a person does."""

    at: MomentText | None = key("At", "When: local time unless an offset is written.", None)
    by: Words | None = key("By", "Who.", None)
    as_: Name | None = key("As", "In which role.", None, alias="as")
    do: Words | None = key("Do", "Asks for a step.", None)
    sign: Words | None = key("Sign", "Signs an approval.", None)
    decline: Words | None = key("Decline", "Declines an approval.", None)
    withdraw: Words | None = key("Withdraw", "Withdraws a signature.", None)
    ask: Words | None = key("Ask", "Asks for an approval.", None)
    signed_by: Words | None = key("Signed by", "Whose signature on paper is recorded here.", None)
    fill: dict[str, Any] | None = key("Fill", "Fills in fields.", None)
    bring: OneOrMore[Words] | None = key("Bring", "Files documents.", None)
    read: Words | None = key("Read", "Reads a field or document.", None)
    interest: Any = key("Interest", "Declares interests.", None)
    derogate: Name | None = key("Derogate", "Grants a derogation.", None)
    annul: Any = key("Annul", "Annuls an event.", None)
    extend: Words | None = key("Extend", "Extends a deadline.", None)
    suspend: Words | None = key("Suspend", "Suspends a deadline.", None)
    resume: Words | None = key("Resume", "Lets a suspended deadline run again.", None)
    satisfy: Words | None = key("Satisfy", "Records that a deadline was met outside the procedure.", None)
    stop: Words | None = key("Stop", "Stops a deadline.", None)
    restart: Words | None = key("Restart", "Starts a deadline anew.", None)
    correct: Words | None = key("Correct", "Sets the end of a deadline right.", None)
    recount: Words | None = key("Recount", "Reckons provisional deadlines again; write `all`.", None)
    report: Words | None = key("Report", "Plays what a linked case reports; `by:` is the id of that case.", None)
    story: StoryName | None = key("Story", "Plays another story first: its name, or FILE#NAME of another file.", None)
    before: Name | None = key("Before", "With `story`: it is told up to this step, which is not done.", None)
    after: Name | None = key("After", "With `story`: it is told up to this step, which is done.", None)
    but: OneOrMore[ButDoc] = key("But", "With `story`: what is otherwise in it.", ())
    on: Words | None = key("On", "The track: supplier/alpha.", None)
    new: Words | None = key("New", "The name of the track that begins: supplier/alpha.", None)
    of: Words | None = key("Of", "The parent of the new track.", None)
    with_: dict[str, Any] = key("With", "What comes with the request: fields, `documents`, `reason`.", {}, alias="with")
    until: MomentText | None = key("Until", "The new end of a deadline, a day or a moment.", None)
    by_law: Words | None = key("By law", "How much longer a law makes the period.", None)
    reason: Words | None = key("Reason", "The reason.", None)
    then: ThenDoc | None = key("Then", "What must come back.", None)

    @model_validator(mode="after")
    def _one_deed(self) -> DeedDoc:
        deed = exactly_one(self, DEEDS)
        if deed != "story" and (self.at is None or self.by is None):
            raise wrong("missing-key", "Who does it and when is missing.", "Write `at:` and `by:`.")
        if deed != "story" and (self.before or self.after or self.but):
            raise wrong("one-of", "`before`, `after` and `but` say how a story is told.", "Write `story:` with them.")
        if self.before and self.after:
            raise wrong("one-of", "`before` and `after` stand together.", "Keep one of them.")
        return self


class ScenarioDoc(Doc):
    """One fact about the procedure."""

    fact: Text = key("Fact", "The fact that is shown.")
    source: Words | None = key("Source", "The law, or the clause of the semantics.", None)
    given: StoryName | None = key(
        "Given", "The story that is played first: its name, or FILE#NAME of another file.", None
    )
    steps: OneOrMore[DeedDoc] = key("Steps", "What is done, and what comes back.")


class TestsDoc(Doc):
    """Stories and scenarios of a procedure."""

    __test__ = False  # not a test of pytest

    tests: Id = key("Tests", "The procedure.")
    version: Words | None = key("Version", "A text.", None)
    language: Words = key("Language", "The language of the texts.", "en")
    title: Text | None = key("Title", "What people read.", None)
    organisation: IdOrFile = key(
        "Organisation", "For whom the case is run: its name, or the path of its file, from the folder of this one."
    )
    overlays: OneOrMore[Id] | None = key(
        "Overlays",
        "Overlays that apply, `[]` for none; without it those that the organisation has on the day of the first deed.",
        None,
    )
    firms: dict[Id, Words] = key("Firms", "People of firms, and the track each speaks for.", {})
    people: dict[Id, Id] = key("People", "Who here stands for whom in stories of another file.", {})
    stories: dict[Name, OneOrMore[DeedDoc]] = key("Stories", "What happened before.", {})
    scenarios: OneOrMore[ScenarioDoc] = key("Scenarios", "Facts to show.", ())
