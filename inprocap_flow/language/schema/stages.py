"""Stages, as they are written: whose they are, how long they last, who is reminded when nothing happens."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from inprocap_flow.language.schema.guards import exactly_one
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.words import (
    DayOrNever,
    Doc,
    JsonSchema,
    Name,
    OneOrMore,
    PeriodOrNever,
    PeriodText,
    RoleName,
    Text,
    Words,
    YesNo,
    declared,
    key,
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
