"""The worked examples of the project's note on time limits, each one a row; ids are those of the note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inprocap_flow.calendar.compute import Computed, compute
from inprocap_flow.calendar.days import Calendar
from inprocap_flow.calendar.moments import parse_moment
from inprocap_flow.calendar.periods import parse_period
from inprocap_flow.calendar.reckoning import Direction

REVIEWED = Path(__file__).with_name("worked_examples.txt")
BERLIN, STOCKHOLM, MADRID = "Europe/Berlin", "Europe/Stockholm", "Europe/Madrid"
CHRISTMAS = ("2026-12-25", "2026-12-26")
EASTER = ("2027-03-26", "2027-03-29")


@dataclass(frozen=True)
class Example:
    id: str
    event: str
    period: str
    holidays: tuple[str, ...]
    result: str  # last day or far edge
    end: str  # exclusive, with its offset
    zone: str = BERLIN
    direction: Direction = "forward"
    more: Mapping[str, str] = field(default_factory=dict)

    def computed(self) -> Computed:
        event = parse_moment(self.event, self.zone)
        return compute(
            event.first if event.is_exact else event.first.date(),
            self.zone,
            parse_period(self.period),
            direction=self.direction,
            calendar=Calendar("example", "1", holidays={date.fromisoformat(day): "holiday" for day in self.holidays}),
        )


EXAMPLES = [
    Example("E01", "2026-11-23", "35 days", CHRISTMAS, "2026-12-28", "2026-12-29T00:00+01:00"),
    Example("E02", "2026-11-26", "30 days", CHRISTMAS, "2026-12-28", "2026-12-29T00:00+01:00"),
    Example("E03", "2026-12-18", "15 days", (*CHRISTMAS, "2027-01-01"), "2027-01-04", "2027-01-05T00:00+01:00"),
    Example("E04", "2027-03-17", "10 days", EASTER, "2027-03-30", "2027-03-31T00:00+02:00"),
    Example("E05", "2027-03-01", "15 days", (), "2027-03-16", "2027-03-17T00:00+01:00"),
    Example("E06", "2026-10-01", "30 days", ("2026-10-03", "2026-10-31"), "2026-11-02", "2026-11-03T00:00+01:00"),
    Example("E07", "2027-03-31", "1 month", EASTER, "2027-04-30", "2027-05-01T00:00+02:00"),
    Example("E08", "2027-01-30", "1 month", (), "2027-03-01", "2027-03-02T00:00+01:00"),
    Example("E09", "2028-01-30", "1 month", (), "2028-02-29", "2028-03-01T00:00+01:00"),
    Example("E10", "2026-02-28", "12 months", (), "2027-03-01", "2027-03-02T00:00+01:00"),
    Example("E11", "2024-02-29", "1 year", (), "2025-02-28", "2025-03-01T00:00+01:00"),
    Example("E12", "2026-12-02", "3 weeks", CHRISTMAS, "2026-12-23", "2026-12-24T00:00+01:00"),
    Example("E13", "2026-04-10", "3 weeks", ("2026-05-01",), "2026-05-04", "2026-05-05T00:00+02:00"),
    Example("E14", "2027-04-30", "2 days", ("2027-05-01",), "2027-05-04", "2027-05-05T00:00+02:00"),
    Example("E15", "2026-12-30", "3 days", ("2027-01-01",), "2027-01-04", "2027-01-05T00:00+01:00"),
    Example(
        "E16",
        "2026-12-14",
        "10 working days",
        ("2026-12-24", *CHRISTMAS, "2026-12-31", "2027-01-01"),
        "2026-12-30",
        "2026-12-31T00:00+01:00",
        STOCKHOLM,
    ),
    Example("E17", "2027-03-25", "5 working days", EASTER, "2027-04-05", "2027-04-06T00:00+02:00"),
    Example("E18", "2026-11-24 14:10", "48 hours", (), "2026-11-26", "2026-11-26T15:00+01:00"),
    Example("E19", "2026-10-24T12:30+02:00", "24 hours", (), "2026-10-25", "2026-10-25T12:00+01:00"),
    Example("E20", "2026-10-22", "10 days", ("2026-10-31",), "2026-11-02", "2026-11-03T00:00+01:00"),
    Example(
        "E21",
        "2026-12-14 12:00",
        "6 days",
        ("2026-12-08",),
        "2026-12-08",
        "2026-12-08T00:00+01:00",
        MADRID,
        "backward",
        {"safe_by": "2026-12-07", "advised_by": "2026-12-07"},
    ),
    Example(
        "E22",
        "2026-12-10 12:00",
        "4 days",
        (),
        "2026-12-06",
        "2026-12-06T00:00+01:00",
        direction="backward",
        more={"safe_by": "2026-12-05", "advised_by": "2026-12-04"},
    ),
    Example("E23 at first", "2026-11-12", "30 days", (), "2026-12-14", "2026-12-15T00:00+01:00"),
    Example("E23 prolonged by law", "2026-11-12", "35 days", (), "2026-12-17", "2026-12-18T00:00+01:00"),
    Example("E23 safe value", "2026-12-14", "5 days", (), "2026-12-21", "2026-12-22T00:00+01:00"),
    Example(
        "E24",
        "2027-02-01",
        "35 days",
        (*CHRISTMAS, "2027-01-01"),
        "2026-12-28",
        "2026-12-28T00:00+01:00",
        direction="backward",
        more={"safe_by": "2026-12-27", "advised_by": "2026-12-24"},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_a_worked_example_gives_the_day_and_the_moment_of_the_note(example: Example) -> None:
    found = example.computed()

    day = found.last_day if example.direction == "forward" else found.far_edge
    assert day == date.fromisoformat(example.result)
    assert found.end.isoformat(timespec="minutes") == example.end
    assert not found.provisional
    for name, expected in example.more.items():
        assert getattr(found, name) == date.fromisoformat(expected), name


def test_the_table_holds_every_example_of_the_note() -> None:
    assert {example.id[:3] for example in EXAMPLES} == {f"E{number:02}" for number in range(1, 25)}


def example_called(name: str) -> Computed:
    return next(example for example in EXAMPLES if example.id == name).computed()


def test_the_period_of_e20_lasts_265_hours_because_one_day_has_25() -> None:
    counted_from = datetime.fromisoformat("2026-10-23T00:00+02:00")
    assert example_called("E20").end - counted_from == timedelta(hours=265)


def test_the_prolonged_period_of_e23_is_counted_from_the_event_and_not_from_the_shifted_end() -> None:
    assert example_called("E23 prolonged by law").end < example_called("E23 safe value").end


def test_the_whole_trace_of_every_example_is_as_reviewed() -> None:
    """Whole outputs, read beside the note: day 1, holidays inside, why the end moved, and what is only convention.

    After a change that is meant, write what this finds into the file and read it beside the note again.
    """
    found = "\n".join(traced(example) for example in EXAMPLES)
    assert found == REVIEWED.read_text(encoding="utf-8")


def traced(example: Example) -> str:
    steps = [f"  {step.rule:4} {step.text} [{step.cite or step.basis}]" for step in example.computed().trace]
    return "\n".join([f"{example.id}: {example.period} {example.direction} from {example.event}", *steps, ""])
