"""Moments, people, stages and values as people read them: local time with its weekday, names beside ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.kinds import AS_WRITTEN, kind_in
from inprocap_flow.engine.case.records import MAIN, LineState, When, unstamp
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.model import LINKED_CASE, SYSTEM, Definition, Field, Text, said
from inprocap_flow.language.values import decode, in_words
from inprocap_flow.records import field, record

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NOT_CONFIRMED = "[not confirmed]"


@record
class Words:
    """How one case is spoken of: its zone, its language, and the names of its people.

    ``kinds`` are the kinds of its lines now: a track whose kind was renamed keeps the id that it began under.
    """

    zone: ZoneInfo
    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = AS_WRITTEN

    # ------------------------------------------------------------------------------------------ time

    def moment(self, moment: datetime | str) -> str:
        """Return a moment in the local zone: ``Tue 2026-07-07 16:00``."""
        known = unstamp(moment) if isinstance(moment, str) else moment
        shown = known.astimezone(self.zone)
        return f"{_WEEKDAYS[shown.weekday()]} {shown:%Y-%m-%d %H:%M}"

    def end(self, moment: datetime | str) -> str:
        """Return the end of something; midnight is the end of the day before, ``Mon 2026-07-06 24:00``."""
        known = unstamp(moment) if isinstance(moment, str) else moment
        shown = known.astimezone(self.zone)
        if (shown.hour, shown.minute) != (0, 0):
            return self.moment(known)
        return f"{day(shown.date() - timedelta(days=1))} 24:00"

    def when(self, plain: Any) -> str:
        """Return a moment as recorded, with its precision if it is not exact."""
        if not plain:
            return ""
        known = When.from_plain(plain)
        if known.is_exact:
            return self.moment(known.first)
        first = known.first.astimezone(self.zone)
        if known.precision == "day":
            return f"{day(first.date())} (hour not known)"
        if known.precision == "month":
            return f"{first:%Y-%m} (day not known)"
        return f"{first:%Y}-H{1 if first.month < 7 else 2} (month not known)"

    # ------------------------------------------------------------------------------------------ people

    def person(self, person: str) -> str:
        """Return a person by name and id, by id alone where no name is known (a firm, somebody erased)."""
        name = self.names.get(person)
        return f"{name} ({person})" if name else person

    def people(self, persons: Iterable[str]) -> str:
        return ", ".join(self.person(person) for person in persons)

    def role(self, definition: Definition, name: str) -> str:
        """Return the title of a role."""
        declared = definition.roles.get(name)
        if declared is None:
            return {LINKED_CASE: "a linked case", SYSTEM: "the system"}.get(name, name)
        return self.text(declared.title) or name

    def roles(self, definition: Definition, names: Iterable[str]) -> str:
        return " or ".join(self.role(definition, name) for name in names)

    # ------------------------------------------------------------------------------------------ what is defined

    def kind(self, definition: Definition, line_id: str) -> str:
        """Return the kind of the line *line_id* in *definition*."""
        return kind_in(definition, line_id or MAIN, self.kinds)

    def text(self, text: Text) -> str:
        """Return a text in the language of the settings, else in English, else as it is."""
        return said(text, self.language)

    def stage(self, definition: Definition, line: LineState) -> str:
        """Return where a line stands, from the outermost stage inwards: ``Bidding > Open for bids``."""
        return self.address(definition, line.kind, line.state)

    def address(self, definition: Definition, kind: str, state: str) -> str:
        stages = definition.line(kind).stages
        names = state.split(".")
        found = (".".join(names[: depth + 1]) for depth in range(len(names)))
        return " > ".join(self.text(stages[name].title) or name for name in found if name in stages) or state

    def value(self, declared: Field | None, plain: Any) -> str:
        """Return a field's value; a sealed one says only that it is sealed."""
        if is_sealed(plain):
            return f"sealed until {declared.sealed_until}" if declared and declared.sealed_until else "sealed"
        if declared is None:
            return str(plain)
        if declared.type == "person":
            return self.person(str(plain))
        try:
            value = decode(declared.type, plain)
        except BadValue:
            return str(plain)
        if isinstance(value, datetime):
            return self.moment(value)
        return day(value) if isinstance(value, date) else in_words(value)


def day(known: date) -> str:
    """Return a day with its weekday: ``Tue 2026-07-07``."""
    return f"{_WEEKDAYS[known.weekday()]} {known.isoformat()}"


def line_name(line_id: str) -> str:
    """Return a line as text: nothing for the case itself."""
    return "" if line_id == MAIN else line_id


def confirmed_mark(evidence: str | None) -> str:
    """Return the mark that an unconfirmed value of law always carries (ruling 10)."""
    unconfirmed = evidence is not None and (evidence == "never" or evidence.startswith("not confirmed"))
    return f" {NOT_CONFIRMED}" if unconfirmed else ""
