"""Calendars, as they are written."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from inprocap_flow.calendar.areas import AREAS
from inprocap_flow.calendar.holidays import FILES_BY_CODE
from inprocap_flow.language.schema.dated import Source
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.words import (
    Day,
    DayOrNever,
    Doc,
    Id,
    JsonSchema,
    Name,
    OneOrMore,
    Text,
    Whole,
    Words,
    YesNo,
    key,
    word,
)


class NamedDay(Doc):
    """A holiday."""

    day: Day = key("Day", "The day.")
    title: Text = key("Title", "What it is called.")


class _Days(Doc):
    from_: Day = key("From", "First day.", alias="from")
    until: Day = key("Until", "Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> _Days:
        if self.until < self.from_:
            raise wrong("bad-value", f"{self.until} is before {self.from_}.", "Exchange `from` and `until`.")
        return self


class ClosureDoc(_Days):
    """Days on which the organisation is closed."""

    title: Text | None = key("Title", "Why.", None)
    counts_as_holiday: YesNo = key(
        "Counts as holiday", "Whether deadlines treat these days as public holidays.", default=False
    )


class CoversDoc(_Days):
    """The days that a calendar knows."""


class MeetingDoc(Doc):
    """A meeting of a committee; every other key is a gate with its day."""

    model_config = {**Doc.model_config, "extra": "allow"}
    __pydantic_extra__: dict[str, Day]
    id: Id = key("Id", "A name that does not change.")
    meets: Day = key("Meets", "The day of the meeting.")


class CalendarDoc(Doc):
    """Days that count, days that do not, and meetings."""

    calendar: Id = key("Calendar", "The file's name without .yaml, or the series it belongs to.")
    version: Words = key("Version", "A text.")
    language: Words = key("Language", "The language of the texts.", "en")
    title: Text | None = key("Title", "What it is.", None)
    zone: Words | None = key("Zone", "The time zone of the place whose days these are; `date` counts in it.", None)
    covers: CoversDoc = key("Covers", "The days it knows; beyond them every deadline is provisional.")
    weekend: OneOrMore[
        Annotated[str, word(*["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])]
    ] = key("Weekend", "Days of the week on which nobody works.", ("saturday", "sunday"))
    source: Words = Source
    confirmed_on: DayOrNever = key("Confirmed on", "The day on which somebody compared it with the source, or `never`.")
    holidays: OneOrMore[NamedDay] = key("Holidays", "Public holidays.", ())
    closures: OneOrMore[ClosureDoc] = key("Closures", "Days on which the organisation is closed.", ())
    meetings: dict[Name, OneOrMore[MeetingDoc]] = key("Meetings", "Meetings by committee.", {})


class CalendarSource:
    """A calendar file (or series of files) by name, or public holidays by the code of their area."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_calendar_source, handler(source))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class CalendarPart(Doc):
    """One of the calendars that together make up a named one."""

    file: Id | None = key("File", "A calendar file, or a series `<name>-<year>`.", None)
    public: Words | None = key("Public", "Country, or country and region: CH-GE.", None)
    years: OneOrMore[Whole] = key(
        "Years", "The first and the last year covered; without them, those of the files beside it.", ()
    )

    @model_validator(mode="after")
    def _one(self) -> CalendarPart:
        if (self.file is None) == (self.public is None):
            raise wrong(
                "one-of", "A calendar is the name of a file, or {public: ..., years: [...]}.", "Write one of them."
            )
        return self


def _calendar_source(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {"public": value} if value in AREAS else {"file": FILES_BY_CODE.get(value, value)}
