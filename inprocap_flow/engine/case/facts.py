"""What expressions read: the facts of one line at one moment, with a journal of the dated data that they used.

Implements `language.expressions.facts.Facts` over (binding, case, line). A field is looked up on its own line
first, then on the case; a sealed value is unknown until its milestone, whoever asks (design 3.10).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from inprocap_flow.engine.case.binding import Binding, Journal, in_force, limit_in_force, rate_in_force
from inprocap_flow.engine.case.records import MAIN, Case, DeadlineState, LineState, When, key, unstamp
from inprocap_flow.engine.case.sealing import is_sealed
from inprocap_flow.language.expressions.facts import UNKNOWN, Unknown
from inprocap_flow.language.model import Field
from inprocap_flow.language.values import Value, decode, parse_value
from inprocap_flow.records import draft, field

ITS_DAY = ("meets", "meets_on")
"""What stands for the day of a meeting itself where a gate is named."""

Known = Value | Unknown


@draft
class CaseFacts:
    """The facts of line ``line_id`` of ``case`` at ``when``. ``day`` is the local day that limits and lists look at."""

    binding: Binding
    case: Case
    line_id: str
    when: When
    journal: Journal = field(default_factory=Journal)
    deadline_day: date | None = None  # the day of the starting event, while a deadline is computed

    @property
    def line(self) -> LineState:
        return self.case.lines[self.line_id]

    @property
    def day(self) -> date:
        return self.binding.day(self.when.last)

    @property
    def finished(self) -> bool:
        return self.line.ended

    def on(self, line_id: str) -> CaseFacts:
        """Return the same facts seen from another line."""
        return CaseFacts(self.binding, self.case, line_id, self.when, self.journal, self.deadline_day)

    def field(self, name: str) -> Known:
        own = self.binding.definition.line(self.line.kind).fields.get(name)
        if own is not None:
            return self._value(own, self.line)
        declared = self.binding.definition.main.fields.get(name)
        return UNKNOWN if declared is None else self._value(declared, self.case.main)

    def _value(self, declared: Field, line: LineState) -> Known:
        plain = line.fields.get(declared.name)
        # What only comes with the request is sealed too: a guard must not tell what it was.
        if plain is None or not self.unsealed(declared.sealed_until):
            return UNKNOWN
        if is_sealed(plain):
            if self.case.destroyed_at:
                return UNKNOWN
            plain = self.binding.reveal(plain["sealed"])
        value = decode(declared.type, plain)
        return UNKNOWN if value is None else value

    def stored(self, declared: Field) -> bool:
        """Return whether a value of *declared* is there, readable or sealed."""
        own = declared.name in self.binding.definition.line(self.line.kind).fields
        return (self.line if own else self.case.main).fields.get(declared.name) is not None

    def unsealed(self, milestone: str | None) -> bool:
        """Return whether *milestone* (None: nothing is sealed) is reached on this line or the case."""
        return milestone is None or self.reached(milestone)

    @property
    def label(self) -> str:
        return "" if self.line_id == MAIN else self.line_id

    def member(self, owner: str, name: str) -> Known:
        if owner not in self.binding.definition.tracks:
            return self.gate(owner, name)
        line: LineState | None = self.line
        while line is not None and line.kind != owner:
            line = self.case.lines.get(line.parent) if line.parent else None
        return UNKNOWN if line is None else self.on(line.id).field(name)

    def gate(self, name: str, gate: str) -> Known:
        declared = self.binding.definition.find_field(self.line.kind, name)
        chosen = self.field(name)
        if declared is None or declared.committee is None or not isinstance(chosen, str):
            return UNKNOWN
        meeting = self.binding.meeting(declared.committee, chosen)
        if meeting is None:
            return UNKNOWN
        day = meeting.meets if gate in ITS_DAY else meeting.gates.get(gate)
        return UNKNOWN if day is None else date.fromisoformat(day)

    def tracks(self, kind: str, stages: tuple[str, ...] | None = None, of: str = "") -> list[CaseFacts]:
        leaves: set[str] | None = None
        if stages is not None:
            line = self.binding.definition.line(kind)
            leaves = {leaf for stage in stages for leaf in line.leaves_under(stage)}
        found = (track for track in self.case.tracks(kind) if leaves is None or track.state in leaves)
        return [self.on(track.id) for track in found if not of or self._is_of(track, of)]

    def _is_of(self, track: LineState, of: str) -> bool:
        if of == "this":
            return track.parent == self.line_id
        above = self.line.parent
        return above is not None and (track.parent if of == "parent" else track.id) == above

    def deadline_state(self, name: str) -> str:
        state = self.deadline(name)
        return state.status if state else "none"

    def deadline(self, name: str) -> DeadlineState | None:
        """Return the clock *name* as this line sees it; None if it never started and was never waived."""
        place = deadline_place(self.binding, self.case, self.line_id, name)
        return self.case.deadlines.get(place) if place else None

    def end_of(self, deadline: str) -> datetime | Unknown:
        state = self.deadline(deadline)
        return UNKNOWN if state is None or state.end is None else unstamp(state.end)

    def reached(self, milestone: str) -> bool:
        return bool(self._milestone(milestone))

    def day_of(self, milestone: str) -> date | Unknown:
        reached = self._milestone(milestone)
        return self.binding.day(When.from_plain(reached[-1]["at"]).last) if reached else UNKNOWN

    def _milestone(self, milestone: str) -> tuple[Any, ...]:
        return self.line.milestones.get(milestone) or self.case.main.milestones.get(milestone, ())

    def has(self, document: str) -> bool:
        own = document in self.binding.definition.line(self.line.kind).documents
        line = self.line if own else self.case.main
        return bool(line.documents.get(document))

    def approved(self, approval: str) -> bool:
        from inprocap_flow.engine.case.approvals import is_given  # approvals read facts themselves

        return is_given(self, approval)

    def lifted(self, rule: str) -> bool:
        derogation = self.case.lifted.get(rule)
        if derogation is not None:
            self.journal.lifted[rule] = derogation
        return derogation is not None

    def limit(self, name: str) -> Known:
        limit = self.binding.limit(name)
        day = self.deadline_day or self.day
        if limit.as_of and (reached := self._milestone(limit.as_of)):
            day = self.binding.day(When.from_plain(reached[-1]["at"]).last)
        found = limit_in_force(limit, day, self._is_yes)
        if found is None or found.value is None:
            return UNKNOWN
        self.journal.limits[name] = found.to_plain()
        return limit_value(found.unit, found.value)

    def _is_yes(self, fact: str) -> bool:
        if self.binding.definition.find_field(self.line.kind, fact) is None:
            return False
        return self.field(fact) is True

    def listed(self, list_name: str, country: str) -> bool | Unknown:
        entry = in_force(self.binding.organisation.lists.get(list_name, ()), self.day)
        if entry is None:
            return UNKNOWN
        self.journal.lists[list_name] = {
            "day": self.day.isoformat(),
            "source": entry.source,
            "confirmed_on": entry.confirmed_on,
        }
        return country in entry.countries

    def list_known(self, list_name: str) -> bool:
        return in_force(self.binding.organisation.lists.get(list_name, ()), self.day) is not None

    def rate(self, from_currency: str, to_currency: str) -> Decimal | Unknown:
        found = rate_in_force(self.binding.organisation.exchange, from_currency, to_currency, self.day)
        if found is None:
            return UNKNOWN
        self.journal.rates[f"{from_currency} {to_currency}"] = {"worth": found.worth, "source": found.source}
        return Decimal(found.worth.split()[0])

    def today(self) -> date:
        return self.day

    def local_day(self, moment: datetime) -> date:
        return self.binding.day(moment)


@lru_cache(maxsize=512)  # the same few limits are read with every move
def limit_value(unit: str, text: str) -> Value:
    """Return the typed value of a limit: a period, number, percent, or an amount in the currency that is its unit."""
    if unit in ("period", "number", "percent"):
        return parse_value(unit, text)
    return parse_value("money", text if text.endswith(unit) else f"{text} {unit}")


def deadline_place(binding: Binding, case: Case, line_id: str, name: str) -> str | None:
    """Return the key of the deadline *name* as line *line_id* sees it: own, parent's (``loser.window``), the case's."""
    line: LineState | None = case.lines[line_id]
    if "." in name:
        kind, _, bare = name.partition(".")
        while line is not None and line.kind != kind:
            line = case.lines.get(line.parent) if line.parent else None
        return key(line.id, bare) if line else None
    assert line is not None
    if name in binding.definition.line(line.kind).deadlines:
        return key(line_id, name)
    return key(MAIN, name) if name in binding.definition.main.deadlines else None
