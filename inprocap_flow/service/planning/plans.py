"""A plan as data: the question it answers, its rows, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import stamp
from inprocap_flow.language.model import CASE
from inprocap_flow.records import record
from inprocap_flow.service.planning.durations import Given, Length, Thing, Used
from inprocap_flow.service.planning.items import Caution, Draft
from inprocap_flow.service.planning.path import Leg
from inprocap_flow.service.planning.reductions import Reduction
from inprocap_flow.service.planning.resting import source_of


@record
class Question:
    """What is to be planned: from a day on, or so that it is finished by a day; the way; how long things take.

    ``until`` names the milestone that the plan is about (None: the end of the procedure).
    """

    start: date | None = None
    finish: date | None = None
    by: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    until: str | None = None
    given: Given = field(default_factory=Given)
    history: Mapping[Thing, Length] = field(default_factory=dict)
    language: str = "en"


@record
class Row:
    """One line of a timetable. Days are local days of the organisation.

    ``kind``: begin, step, side (beside the way), deadline (a last day), papers, meeting. ``end`` is the exclusive end
    of a deadline, ``latest`` the last safe day (None: nothing hangs on it), ``since`` the day on which its bar
    begins. ``rules`` are the values of law used, with their sources. ``actual``: it has happened.
    """

    name: str
    kind: str
    title: str
    day: date
    latest: date | None = None
    slack: int | None = None
    critical: bool = False
    why: str = ""
    rules: tuple[str, ...] = ()
    provisional: bool = False
    milestone: str | None = None
    stage: str = ""
    line: str = CASE
    since: date | None = None
    end: datetime | None = None
    by_hand: bool = False
    due: bool = False
    missed: bool = False
    actual: bool = False
    by_clock: bool = False  # it waits for a clock and for nothing else
    step_of: str | None = None  # the step of the definition that is carried out

    def to_plain(self) -> dict[str, Any]:
        """Return the row as JSON data; what is empty is left out."""
        plain = {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "day": self.day.isoformat(),
            "latest": self.latest and self.latest.isoformat(),
            "slack_days": self.slack,
            "critical": self.critical,
            "why": self.why,
            "rules": list(self.rules),
            "provisional": self.provisional,
            "milestone": self.milestone,
            "stage": self.stage,
            "line": self.line,
            "from": self.since and self.since.isoformat(),
            "end": self.end and stamp(self.end),
            "proposed": self.by_hand,
            "due": self.due,
            "missed": self.missed,
            "actual": self.actual,
        }
        kept = ("slack_days", "critical")
        return {name: value for name, value in plain.items() if value or (name in kept and value is not None)}


@dataclass(frozen=True)
class Timetable:
    """A plan: its rows by day, the way it takes, what it rests on, and what is worth saying."""

    binding: Binding
    title: str
    rows: tuple[Row, ...]
    legs: tuple[Leg, ...]
    finish: date
    required: date | None
    used: tuple[Used, ...]
    notes: tuple[str, ...]
    draft: Draft
    language: str = "en"
    reductions: tuple[Reduction, ...] = ()  # permitted by law, counted on or not
    cautions: tuple[Caution, ...] = ()  # conditions that only warn, as far as they do not hold already

    @property
    def start(self) -> date:
        return self.rows[0].day

    @property
    def assumptions(self) -> tuple[Used, ...]:
        return tuple(one for one in self.used if one.length.basis == "assumed")

    @property
    def missed(self) -> tuple[Row, ...]:
        """Rows that come after the deadline that they should meet."""
        return tuple(row for row in self.rows if row.missed)

    def row(self, name: str) -> Row | None:
        """Return the row of a point or milestone."""
        return next((row for row in self.rows if name in (row.name, row.milestone)), None)

    def to_plain(self) -> dict[str, Any]:
        """Return the plan as JSON data."""
        definition = self.binding.definition
        return {
            "procedure": definition.name,
            "version": definition.full_version,
            "organisation": self.binding.organisation.name,
            "zone": self.binding.organisation.zone,
            "start": self.start.isoformat(),
            "finish": self.finish.isoformat(),
            "required": self.required and self.required.isoformat(),
            "way": [{"stage": leg.stage, "step": leg.step.name if leg.step else None} for leg in self.legs],
            "rows": [row.to_plain() for row in self.rows],
            "lengths": [
                {"of": str(one.thing), "title": one.title, "length": str(one.length), "basis": one.length.basis}
                | source_of(definition, one)
                for one in self.used
            ],
            "reductions": [one.to_plain() for one in self.reductions],
            "warnings": [one.to_plain() for one in self.cautions],
            "notes": list(self.notes),
        }
