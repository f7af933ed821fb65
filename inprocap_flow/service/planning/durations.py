"""How long things take: what a definition calls typical, what somebody chose, and what must be assumed.

A length that nobody gave is never zero: it is assumed, and every use of an assumption is listed. The three lengths
assumed are conventions of this program, chosen to be seen and replaced, not to be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.language.model import Approval, Definition, Stage
from inprocap_flow.records import record

STAGE, DEADLINE, APPROVAL, FIELD = "stage", "deadline", "approval", "field"
# Of what kind of thing nobody said how long it takes: our own paper work, time that firms get, a contract's length.
ASSUMED: Final[Mapping[str, Period]] = {
    STAGE: Period(5, "working days"),
    DEADLINE: Period(4, "weeks"),
    FIELD: Period(3, "months"),
}
TYPICAL, ASSUMED_BASIS, CHOSEN, HISTORY = "typical", "assumed", "chosen", "history"


@record
class Length:
    """How long something takes: at least, likely, at most, and who says so.

    ``basis``: typical (the definition), assumed (nobody), chosen (whoever plans), history (finished cases).
    """

    least: Period
    likely: Period
    most: Period
    basis: str

    @property
    def varies(self) -> bool:
        return not self.least == self.likely == self.most

    def __str__(self) -> str:
        return f"{self.likely} ({self.least} to {self.most})" if self.varies else str(self.likely)


def exactly(period: Period, basis: str) -> Length:
    """Return a length without a spread."""
    return Length(period, period, period, basis)


def typical_of(declared: Stage | Approval) -> Length | None:
    """Return how long a stage, or collecting the signatures of an approval, usually takes, as the definition says."""
    if declared.typical is None:
        return None
    likely = parse_period(declared.typical)
    least, most = (parse_period(one) for one in declared.typical_range or (declared.typical, declared.typical))
    return Length(least, likely, most, TYPICAL)


@record
class Thing:
    """What a length is of: kind (stage, deadline, approval, field), line, and name; ``str`` is how it is typed."""

    kind: str
    line: str
    name: str

    def __str__(self) -> str:
        before = f"{self.kind}." if self.kind == APPROVAL else ""
        return f"{before}{self.line}.{self.name}" if self.line else f"{before}{self.name}"


@record
class Given:
    """What whoever plans has said: lengths, delays, and facts of the case as encoded values."""

    lengths: Mapping[Thing, Length] = field(default_factory=dict)
    spreads: Mapping[Thing, tuple[Period, Period]] = field(default_factory=dict)
    delays: Mapping[Thing, Period] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


@record
class Used:
    """A length that a plan rests on, and what it is of."""

    thing: Thing
    title: str
    length: Length


@dataclass(slots=True)
class Lengths:
    """Lengths asked for by a plan. ``used`` keeps each that it rests on, in the order of asking."""

    definition: Definition
    given: Given = field(default_factory=Given)
    history: Mapping[Thing, Length] = field(default_factory=dict)
    used: dict[Thing, Used] = field(default_factory=dict)
    asked: set[Thing] = field(default_factory=set)

    def delay(self, thing: Thing) -> Period | None:
        """Return how much longer than planned *thing* shall take."""
        self.asked.add(thing)
        return self.given.delays.get(thing)

    def idle(self) -> tuple[Thing, ...]:
        """Return what something was said about that the plan has no use for."""
        said = dict.fromkeys((*self.given.lengths, *self.given.spreads, *self.given.delays))
        return tuple(thing for thing in said if thing not in self.asked)

    def known(self, thing: Thing, title: str, typical: Length | None = None) -> Length | None:
        """Return the length of *thing* if somebody gave it: whoever plans, finished cases, or the definition."""
        self.asked.add(thing)
        found = self.given.lengths.get(thing) or self.history.get(thing) or typical
        if found is not None and thing in self.given.spreads:
            least, most = self.given.spreads[thing]
            found = Length(least, found.likely, most, found.basis)
        return self._keep(thing, title, found) if found else None

    def assumed(self, thing: Thing, title: str, kind: str | None = None) -> Length:
        """Return the length of *thing*, assumed where nobody gave one."""
        spread = self.given.spreads.get(thing)
        usual = ASSUMED[kind or thing.kind]
        length = Length(spread[0], usual, spread[1], ASSUMED_BASIS) if spread else exactly(usual, ASSUMED_BASIS)
        return self.known(thing, title) or self._keep(thing, title, length)

    def _keep(self, thing: Thing, title: str, length: Length) -> Length:
        self.used[thing] = Used(thing, title, length)
        return length

    @property
    def assumptions(self) -> tuple[Used, ...]:
        """What nobody has said, and the plan therefore rests on a convention of this program."""
        return tuple(one for one in self.used.values() if one.length.basis == ASSUMED_BASIS)
