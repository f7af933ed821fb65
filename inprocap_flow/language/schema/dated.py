"""Dated data, as it is written: limits and rulebooks, organisations, calendars, codelists."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from inprocap_flow.calendar.areas import AREAS
from inprocap_flow.calendar.holidays import FILES_BY_CODE
from inprocap_flow.language.schema.messages import short, wrong
from inprocap_flow.language.schema.sources import BASES
from inprocap_flow.language.schema.words import (
    Country,
    Currency,
    Day,
    DayOrNever,
    Doc,
    Hour,
    HourOrOff,
    Id,
    JsonSchema,
    MilestoneName,
    Name,
    OneOrMore,
    PeriodOrNever,
    Scalar,
    Text,
    Value,
    Whole,
    Words,
    YesNo,
    declared,
    key,
    word,
)


def _unit(text: str) -> str:
    if text in ("period", "number", "percent") or (len(text) == 3 and text.isalpha() and text.isupper()):
        return text
    raise wrong("unknown-word", f"`{short(text)}` is not a unit.", "Write period, number, percent or a currency.")


Unit = Annotated[str, Scalar(_unit, {"type": "string", "pattern": "^(period|number|percent|[A-Z]{3})$"})]
Counting = Annotated[str, word("eu-1182-71", "plain")]
Basis = Annotated[str, word(*BASES)]
Source = key("Source", "Where the value stands: act and article, or the page and its date.")


class VariantDoc(Doc):
    """A permitted reduction."""

    when: OneOrMore[Name] = key(
        "When", "The fact (a yes or no field) under which it applies; of several, all must be yes."
    )
    value: Value = key("Value", "The value then.")
    source: Words = Source
    mark: Words | None = key("Mark", "How well it is evidenced; the letters stand under `evidence`.", None)
    counted_from: Words | None = key("Counted from", "The event from which it is counted, if another.", None)
    basis: Basis | None = key("Basis", "What this reduction rests on, if something else than the limit.", None)
    confirmed_on: DayOrNever | None = key(
        "Confirmed on",
        "When somebody compared it; without it with the value, `never` if they rest on different things.",
        None,
    )


class LimitValueDoc(Doc):
    """A value from a day on."""

    from_: Day = key("From", "The first day on which it applies.", alias="from")
    until: Day | None = key("Until", "The last day on which it applies.", None)
    value: Value = key("Value", "The value in the limit's unit; `unset`: there is none then.")
    source: Words = Source
    basis: Basis | None = key("Basis", "What this value rests on, if something else than the limit.", None)
    confirmed_on: DayOrNever = key("Confirmed on", "The day on which somebody compared it with the source, or `never`.")
    confirmed_by: Words | None = key("Confirmed by", "Who compared it.", None)
    mark: Words | None = key("Mark", "How well it is evidenced; the letters stand under `evidence`.", None)
    counted_from: Words | None = key("Counted from", "The event from which it is counted, if another.", None)
    variants: OneOrMore[VariantDoc] = key("Variants", "Permitted reductions; the first that applies counts.", ())


class LimitDoc(Doc):
    """A dated value of law, custom, grant or house rule."""

    says: Text = key("Says", "What the limit says, in one sentence.")
    basis: Basis = key("Basis", "What it rests on; a value or a reduction may rest on something else.")
    direction: Annotated[str, word("at_least", "at_most", "above", "threshold")] = key(
        "Direction", "How a value is compared with it.", "at_least"
    )
    unit: Unit = key("Unit", "period, number, percent, or a currency.")
    as_of: MilestoneName | None = key("As of", "The milestone whose day decides which value applies.", None)
    values: OneOrMore[LimitValueDoc] = key("Values", "The values, by day.")


Limits = dict[Annotated[str, *declared("limit")], LimitDoc]


class RulebookDoc(Doc):
    """Dated legal data that organisations bring and procedures ask for by name."""

    rulebook: Id = key("Rulebook", "The file's name without .yaml.")
    version: Words = key("Version", "A text; a published version never changes.")
    language: Words = key("Language", "The language of the texts.", "en")
    title: Text = key("Title", "What it is.")
    counting: Counting = key("Counting", "How last days move.")
    evidence: dict[str, Words] = key("Evidence", "What the letters under `mark` mean.", {})
    facts: dict[Name, Text] = key(
        "Facts", "Questions that permit a reduction; a yes or no field of this name answers.", {}
    )
    limits: Limits = key("Limits", "The values.")


class CodelistDoc(Doc):
    """Codes of a standard and what they are called."""

    codelist: Id = key("Codelist", "The file's name without .yaml.")
    version: Words = key("Version", "The version of the standard that the codes were taken from.")
    language: Words = key("Language", "The language of the titles.", "en")
    title: Text | None = key("Title", "What it is.", None)
    source: Words = Source
    codes: dict[str, Text] = key("Codes", "Code and title; codes in quotes.")


class NamedDay(Doc):
    """A holiday."""

    day: Day = key("Day", "The day.")
    title: Text = key("Title", "What it is called.")


class ClosureDoc(Doc):
    """Days on which the organisation is closed."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day = key("Until", "Last day.")
    title: Text | None = key("Title", "Why.", None)
    counts_as_holiday: YesNo = key(
        "Counts as holiday", "Whether deadlines treat these days as public holidays.", default=False
    )


class CoversDoc(Doc):
    """The days that a calendar knows."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day = key("Until", "Last day.")


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


class ExchangeDoc(Doc):
    """What one unit of a currency is worth."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day | None = key("Until", "Last day.", None)
    unit: Currency = key("Unit", "The currency of which one unit is meant.")
    worth: Words = key("Worth", "Amount and currency: 0.95 CHF.")
    source: Words = Source
    confirmed_on: DayOrNever = key(
        "Confirmed on", "The day on which somebody compared it with the source, or `never`.", "never"
    )


class CountriesDoc(Doc):
    """A list of countries between two days."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day | None = key("Until", "Last day.", None)
    countries: OneOrMore[Country] = key("Countries", 'Two capital letters each; write "NO" in quotes for other tools.')
    source: Words = Source
    confirmed_on: DayOrNever = key(
        "Confirmed on", "The day on which somebody compared it with the source, or `never`.", "never"
    )


class AbsenceDoc(Doc):
    """Days on which somebody is away."""

    from_: Day = key("From", "First day.", alias="from")
    until: Day = key("Until", "Last day.")


class PersonDoc(Doc):
    """Somebody who acts. Name and contact are kept outside the audit trail."""

    name: Words = key("Name", "The name.")
    contact: Words | None = key("Contact", "Where messages go.", None)
    language: Words | None = key("Language", "In which language; else the organisation's first.", None)
    roles: OneOrMore[Name] = key("Roles", "Roles the person holds.")
    absent: OneOrMore[AbsenceDoc] = key("Absent", "When the person is away.", ())
    substitute: Id | None = key("Substitute", "Who signs then.", None)


SILENT_AFTER = "15 working days"  # convention, no law: three weeks in which nobody did anything


class RemindingDoc(Doc):
    """How people are reminded."""

    hour: Hour = key("Hour", "The local hour at which reminders fall due, in quotes.", "08:00")
    quiet_days: OneOrMore[Annotated[str, word("weekends", "holidays", "closures", "none")]] = key(
        "Quiet days", "Days on which nobody is reminded, or `none`.", ("weekends", "holidays", "closures")
    )
    calendar: Name = key("Calendar", "The calendar, of those above, that says which days these are.", "holidays")
    digest: Annotated[str, word("together", "apart")] = key(
        "Digest", "`together`: what is due to one person at one time comes as one message; or `apart`.", "together"
    )
    digest_at: HourOrOff | None = key(
        "Digest at",
        "The local hour until which what asks for nothing is kept; `off`: sent at once. Without it, what the "
        "installation is set to.",
        None,
    )
    remind_after: PeriodOrNever = key(
        "Remind after",
        "When nothing at all happens in a case for so long, or for as long as its stage usually takes if that is "
        "longer, the owner of the stage is reminded, again and again; for stages that say nothing of it. Or `never`.",
        SILENT_AFTER,
    )


class ChosenDoc(Doc):
    """A choice between two days, both included."""

    from_: Day | None = key("From", "First day; without it from ever.", None, alias="from")
    until: Day | None = key("Until", "Last day; without it for good.", None)

    @model_validator(mode="after")
    def _in_order(self) -> ChosenDoc:
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise wrong("bad-value", f"{self.until} is before {self.from_}.", "Exchange the days.")
        return self


class ChosenOverlayDoc(ChosenDoc):
    """An overlay that applies to cases opened between two days."""

    overlay: Id = key("Overlay", "The file's name in `overlays/`, without .yaml.")


class ChosenProcedureDoc(ChosenDoc):
    """A procedure that is used for cases opened between two days."""

    procedure: Id = key("Procedure", "The procedure's name.")


class OrganisationDoc(Doc):
    """For whom cases are run: zone, currency, calendars, people."""

    organisation: Id = key("Organisation", "The file's name without .yaml.")
    version: Words = key("Version", "A text.")
    language: Words = key("Language", "The language of the texts.", "en")
    title: Text = key("Title", "Its name.")
    zone: Words = key("Zone", "Time zone: Europe/Zurich.")
    currency: Currency = key("Currency", "The currency it counts in.")
    languages: OneOrMore[Words] = key("Languages", "Languages it works in.", ("en",))
    rulebooks: dict[Id, Id] = key("Rulebooks", "Rulebook that procedures name, and the one that applies here.", {})
    calendars: dict[Name, OneOrMore[Annotated[CalendarPart, CalendarSource()]]] = key(
        "Calendars", "Names that procedures use (`holidays`), and the calendar files or public holidays behind them."
    )
    committees: dict[Name, OneOrMore[Id]] = key(
        "Committees", "Committee, and the calendar files with its meetings.", {}
    )
    exchange: OneOrMore[ExchangeDoc] = key("Exchange", "Dated rates.", ())
    lists: dict[Name, OneOrMore[CountriesDoc]] = key("Lists", "Dated lists of countries.", {})
    reminders: RemindingDoc = key(
        "Reminders", "At which hour people are reminded, and on which days not.", RemindingDoc()
    )
    people: dict[Id, PersonDoc] = key("People", "Who acts.", {})
    overlays: OneOrMore[ChosenOverlayDoc] = key(
        "Overlays", "Overlays that apply here, by the day on which a case is opened; at most one national, one own.", ()
    )
    procedures: OneOrMore[ChosenProcedureDoc] = key(
        "Procedures", "Procedures that are used here, by the day on which a case is opened; without it every one.", ()
    )
