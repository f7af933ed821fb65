"""How long things take: what a definition calls typical, what somebody chose, and what must be assumed.

A length that nobody gave is never zero: it is assumed, and every use of an assumption is listed. The three lengths
assumed are conventions of this program, chosen to be seen and replaced, not to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from inprocap_flow.calendar.bad_values import BadPeriod
from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.errors import InvalidInput, Place, Problem
from inprocap_flow.language.model import CASE, Approval, Definition, Line, Stage, said
from inprocap_flow.records import record
from inprocap_flow.service.typing_in import typed_fields

STAGE, DEADLINE, APPROVAL, FIELD = "stage", "deadline", "approval", "field"
# Of what kind of thing nobody said how long it takes: our own paper work, time that firms get, a contract's length.
ASSUMED: Final[Mapping[str, Period]] = {
    STAGE: Period(5, "working days"),
    DEADLINE: Period(4, "weeks"),
    FIELD: Period(3, "months"),
}
TYPICAL, ASSUMED_BASIS, CHOSEN, HISTORY = "typical", "assumed", "chosen", "history"
FORMS: Final = 'write a period ("8 weeks") or three of them, least, likely and most ("6 weeks..8 weeks..14 weeks")'

RANGES: Final = 'write two periods, least and most ("6 weeks..14 weeks"), or three with the likely one between them'
LONGEST: Final = 36_525  # days; nobody plans for longer, and dates end with the year 9999


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


# ---------------------------------------------------------------------------------------------- what people type


def read_given(
    definition: Definition,
    zone: str,
    *,
    assume: Iterable[str] = (),
    ranges: Iterable[str] = (),
    what_if: Iterable[str] = (),
) -> Given:
    """Return what was typed: ``NAME=VALUE`` for *assume* and *ranges*, ``NAME +PERIOD`` for *what_if*.

    NAME is a stage (``tendering.opened``, ``supplier.phase_1.delivered``), a deadline, an approval
    (``approval.launch``) or a field of the case. Raises InvalidInput with every text that is wrong.
    """
    typed = _Typed(definition, zone)
    for text in assume:
        typed.assume(text)
    for text in ranges:
        typed.spread(text)
    for text in what_if:
        typed.change(text)
    if typed.problems:
        raise InvalidInput(typed.problems)
    return Given(typed.lengths, typed.spreads, typed.delays, typed.fields)


class _Typed:
    def __init__(self, definition: Definition, zone: str) -> None:
        self.definition, self.zone = definition, zone
        self.lengths: dict[Thing, Length] = {}
        self.spreads: dict[Thing, tuple[Period, Period]] = {}
        self.delays: dict[Thing, Period] = {}
        self.fields: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def assume(self, text: str) -> None:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            self._bad(text, f"{text!r} gives no value", "write NAME=VALUE")
            return
        thing = self._thing(text, name)
        if thing is None:
            return
        if thing.kind == FIELD and ".." not in value:
            self._field(text, thing.name, value)
            return
        if self._is_said(text, thing):
            return
        periods = self._periods(text, value, (1, 3))
        if periods:
            self.lengths[thing] = Length(periods[0], periods[len(periods) // 2], periods[-1], CHOSEN)

    def _is_said(self, text: str, thing: Thing) -> bool:
        """Refuse another length for a clock whose length is a rule; nobody can choose that one."""
        if thing.kind != DEADLINE or self.definition.line(thing.line).deadlines[thing.name].ends_at is not None:
            return False
        mend = f'ask what more time would mean: --what-if "{thing} +10 days"'
        self._bad(text, f"the length of {thing} is said by the procedure, so it cannot be chosen", mend)
        return True

    def spread(self, text: str) -> None:
        name, _, value = (part.strip() for part in text.partition("="))
        thing = self._thing(text, name)
        if thing is not None and self._is_said(text, thing):
            return
        periods = self._periods(text, value, (2, 3)) if thing else None
        if thing is None or not periods:
            return
        if len(periods) == 3:
            self.lengths[thing] = Length(periods[0], periods[1], periods[2], CHOSEN)
        else:
            self.spreads[thing] = (periods[0], periods[1])

    def change(self, text: str) -> None:
        name, plus, value = (part.strip() for part in text.partition("+"))
        if not plus:
            self.assume(text)  # `NAME=VALUE`: another length altogether
            return
        thing = self._delayed(text, name)
        periods = self._periods(text, value, (1,)) if thing else None
        if thing is not None and periods:
            self.delays[self._ending(thing)] = periods[0]

    def _delayed(self, text: str, name: str) -> Thing | None:
        """Return what *name* means where it is to take longer; nothing after asking to choose between several."""
        meant = _meant(self.definition, name)
        if len(meant) < 2:
            return meant[0] if meant else self._thing(text, name)
        found = "; ".join(f'{told(self.definition, one)}: write "{_typed(one)}"' for one in meant)
        self._bad(text, f"{name!r} may mean {len(meant)} things", found)
        return None

    def _ending(self, thing: Thing) -> Thing:
        """Return the deadline that ends a stage by itself, for that is what has to move when the stage takes longer."""
        if thing.kind != STAGE:
            return thing
        line = self.definition.line(thing.line)
        ways = [step for step in line.steps.values() if thing.name in step.sources and step.is_system]
        fired = {step.name for step in ways}
        clocks = [name for name, one in line.deadlines.items() if one.when_over in fired]
        return Thing(DEADLINE, thing.line, clocks[0]) if len(clocks) == 1 else thing

    def _field(self, text: str, name: str, value: str) -> None:
        try:
            self.fields |= typed_fields(self.definition, CASE, {name: value}, self.zone)
        except InvalidInput as wrong:
            self._bad(text, wrong.problems[0].fact, wrong.problems[0].mend)

    def _periods(self, text: str, value: str, numbers: tuple[int, ...]) -> list[Period] | None:
        try:
            found = [parse_period(part) for part in value.split("..")]
        except BadPeriod as wrong:
            self._bad(text, wrong.fact, wrong.mend)
            return None
        if len(found) not in numbers:
            said = "one period" if len(found) == 1 else f"{len(found)} periods"
            self._bad(text, f"{value!r} is {said}", FORMS if 1 in numbers else RANGES)
            return None
        if any(_about_days(period) > LONGEST for period in found):
            self._bad(text, f"{value!r} is longer than a hundred years", "check the number and the unit")
            return None
        days = [_about_days(period) for period in found]
        if days != sorted(days):
            self._bad(text, f"{value!r} does not rise", FORMS)
            return None
        return found

    def _thing(self, text: str, name: str) -> Thing | None:
        known = things(self.definition)
        if name in known:
            return known[name]
        near = get_close_matches(name, known, n=3)
        mend = f"did you mean {' or '.join(near)}?" if near else "name a stage, a deadline, an approval or a field"
        self._bad(text, f"{self.definition.name} has no {name!r} of which a length could be given", mend)
        return None

    def _bad(self, text: str, fact: str, mend: str) -> None:
        self.problems.append(Problem(Place(text), "bad-assumption", fact, mend))


def things(definition: Definition) -> dict[str, Thing]:
    """Return everything that can be given a length or a value, by the name that people type.

    Where two kinds of things share a name, the bare name is the stage, else the deadline, the approval, the field;
    the others are reached with the kind in front (``field.tenders``).
    """
    found: dict[str, Thing] = {}
    for line in definition.lines:
        for thing in _things_of(line):
            bare = f"{thing.line}.{thing.name}" if thing.line else thing.name
            found.setdefault(bare, thing)
            found.setdefault(f"{thing.kind}.{bare}", thing)
    return found


def _meant(definition: Definition, name: str) -> list[Thing]:
    """Return all that *name* may mean and that can take longer: by name, or stages by their title in any language.

    An approval named as a stage sounds (evaluation, Evaluated) may mean that stage, or the one that leads to
    it: more time for the evaluation is seldom meant to be more time for signing its report.
    """
    known = things(definition)
    named = [known[key] for key in (name, *(f"{kind}.{name}" for kind in (STAGE, DEADLINE, APPROVAL))) if key in known]
    wanted = name.replace("_", " ").casefold()
    titled = [
        one
        for one in known.values()
        if one.kind == STAGE and wanted in {text.casefold() for text in _titles(definition, one)}
    ]
    meant = [one for one in dict.fromkeys((*named, *titled)) if one.kind != FIELD]
    if [one.kind for one in meant] != [APPROVAL] or name.startswith(f"{APPROVAL}."):
        return meant
    sounding = [one for one in known.values() if one.line == meant[0].line and _sounds_like(definition, one, wanted)]
    before = [one for sound in sounding for one in _leading_to(definition, sound)]
    return list(dict.fromkeys((*meant, *before, *sounding)))


_STEM = 6  # letters that evaluation and Evaluated have in common, and that two other words seldom have


def _sounds_like(definition: Definition, thing: Thing, wanted: str) -> bool:
    if thing.kind != STAGE or len(wanted) < _STEM:
        return False
    return any(text.casefold().startswith(wanted[:_STEM]) for text in _titles(definition, thing))


def _leading_to(definition: Definition, stage: Thing) -> Iterator[Thing]:
    """Yield the stages from which steps lead to *stage*: the work of which it is the end is done there."""
    for step in definition.line(stage.line).steps.values():
        if any(way.to == stage.name for way in step.targets):
            yield from (Thing(STAGE, stage.line, source) for source in step.sources)


def _titles(definition: Definition, thing: Thing) -> tuple[str, ...]:
    title = definition.line(thing.line).stages[thing.name].title
    return tuple(title.values())


def _typed(thing: Thing) -> str:
    """Return the name of *thing* that means nothing else."""
    return f"{thing.kind}.{thing.line}.{thing.name}" if thing.line else f"{thing.kind}.{thing.name}"


def told(definition: Definition, thing: Thing) -> str:
    """Return what *thing* is, for people: ``the stage "Evaluation" (tendering.checked)``."""
    line = definition.line(thing.line)
    kinds: dict[str, Mapping[str, Any]] = {
        STAGE: line.stages, DEADLINE: line.deadlines, APPROVAL: line.approvals, FIELD: line.fields,
    }  # fmt: skip
    found = kinds[thing.kind].get(thing.name)
    title = f' "{said(found.title)}"' if found is not None and found.title else ""
    return f"the {thing.kind}{title} ({f'{thing.line}.' if thing.line else ''}{thing.name})"


def taken_as(definition: Definition, given: Given) -> tuple[str, ...]:
    """Return what was taken to be otherwise, in words: each thing by its kind, title and name, and by how much."""
    found = [f"{told(definition, thing)} takes {period} more" for thing, period in given.delays.items()]
    found += [f"{told(definition, thing)} takes {length}" for thing, length in given.lengths.items()]
    found += [f"{told(definition, Thing(FIELD, CASE, name))} is otherwise" for name in given.fields]
    return tuple(found)


def _things_of(line: Line) -> Iterable[Thing]:
    yield from (Thing(STAGE, line.kind, leaf) for leaf in line.leaves if line.stages[leaf].final is None)
    yield from (Thing(DEADLINE, line.kind, name) for name in line.deadlines)
    yield from (Thing(APPROVAL, line.kind, name) for name in line.approvals)
    if line.kind == CASE:
        yield from (Thing(FIELD, CASE, name) for name in line.fields)


_DAYS = {"hours": 1 / 24, "days": 1, "working days": 7 / 5, "weeks": 7, "months": 30.4, "years": 365.2}


def _about_days(period: Period) -> float:
    """Return how long *period* is, near enough to see whether one is longer than another."""
    return period.count * _DAYS[period.unit]
