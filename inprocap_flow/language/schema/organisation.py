"""Organisations and their people, as they are written."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from inprocap_flow.language.schema.calendars import CalendarPart, CalendarSource
from inprocap_flow.language.schema.dated import SILENT_AFTER, CountriesDoc, ExchangeDoc
from inprocap_flow.language.schema.messages import wrong
from inprocap_flow.language.schema.words import (
    Currency,
    Day,
    Doc,
    Hour,
    HourOrOff,
    Id,
    Name,
    OneOrMore,
    PeriodOrNever,
    Text,
    Words,
    key,
    word,
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
    keeps_record: OneOrMore[Name] = key(
        "Keeps record",
        "Roles that may annul, migrate and destroy in cases of versions that name nobody under `may_backdate`.",
        (),
    )
    procedures: OneOrMore[ChosenProcedureDoc] = key(
        "Procedures", "Procedures that are used here, by the day on which a case is opened; without it every one.", ()
    )
