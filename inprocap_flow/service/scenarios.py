"""Scenarios played against the engine: given a story, when somebody does something, then this must come back.

They are written by people who know the law rather than Python, beside each procedure (``pcp.test.yaml``), and played
in memory with the same decisions that a real case gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.calendar.moments import Span, parse_moment
from inprocap_flow.engine.acts.links import REPORT
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, SYSTEM_ACTOR, Decision, Handed, Refusal, Request, When, stamp
from inprocap_flow.engine.sight import find, may_see
from inprocap_flow.errors import DefinitionDefect, FlowError, InvalidInput, Place, Problem
from inprocap_flow.language.documents import refuse
from inprocap_flow.language.files import Library, folders_for
from inprocap_flow.language.load import load_organisation, load_rulebook, load_tests
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Definition, Organisation, Person
from inprocap_flow.language.overlays import layers_of
from inprocap_flow.language.overlays.applied import Layer
from inprocap_flow.language.overlays.chosen import overlay_files
from inprocap_flow.language.scenarios import Deed, Scenario, Tests
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.machine.table import Machine
from inprocap_flow.service.coverage import Coverage, brought, named, nothing_reached
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.expecting import differences
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.releasing import beside
from inprocap_flow.service.typing_in import line_kind, typed_fields

VERBS_OF_ONE_NAME = ("do", "sign", "decline", "withdraw", "ask", "derogate", *CLOCK_ACTS)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a scenario did not come out as written, and how."""

    place: Place
    fact: str
    says: str


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario with its faults; none: it holds."""

    scenario: Scenario
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A test file as played. ``overlays`` were applied, and ``brought`` are the steps that they added or changed."""

    path: Path
    procedure: str
    played: tuple[Played, ...]
    coverage: Coverage
    overlays: tuple[str, ...] = ()
    brought: frozenset[str] = frozenset()

    @property
    def to_reach(self) -> Coverage:
        """What the scenarios of this file are for: what the overlays brought, else the whole procedure.

        The rest of a procedure with overlays is played by the scenarios of the procedure itself.
        """
        return self.coverage.of(self.brought) if self.overlays else self.coverage

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for one in self.played for fault in one.faults)

    @property
    def passed(self) -> bool:
        return not self.faults


def run_file(path: Path | str, desk: Desk) -> Report:
    """Play every scenario of the test file *path* and return the report.

    Raises InvalidInput when the file, its procedure, organisation or rulebook is not sound.
    """
    player = player_for(path, desk)
    overlays = tuple(one.name for one in player.binding.definition.overlays)
    return Report(Path(path), player.tests.procedure, player.play_all(), player.coverage, overlays, player.brought)


def player_for(path: Path | str, desk: Desk) -> Player:
    """Return who plays the stories and scenarios of the test file *path*. Raises InvalidInput, as `run_file` does."""
    path = Path(path)
    tests = load_tests(path, desk.definitions)
    organisation, _ = load_organisation(beside(desk, path, "organisations", tests.organisation), desk.definitions)
    layers = _layers(desk, path, tests, organisation)
    machine = compile_definition(layers[-1].definition)
    return Player(tests, _binding(desk, path, tests, machine, organisation), brought(layers))


def _layers(desk: Desk, path: Path, tests: Tests, organisation: Organisation) -> tuple[Layer, ...]:
    """Return the procedure without and with the overlays that the file names or the organisation has."""
    folders = folders_for(path, desk.definitions)
    beside_it = path.with_name(f"{tests.procedure}.yaml")
    file = beside_it if beside_it.is_file() else Library(folders).find("procedure", tests.procedure) or beside_it
    if tests.overlays is not None:
        overlays = [beside(desk, path, "overlays", name) for name in tests.overlays]
    else:
        zone = ZoneInfo(organisation.zone)
        first = tests.first_deed
        day = _told_at(first, zone).first.date() if first else desk.clock.now().astimezone(zone).date()
        overlays = list(overlay_files(tests.procedure, organisation, day, folders))
    layers, library = layers_of(file, overlays, desk.definitions, desk.hooks.lookup)
    refuse(library, layers[-1].problems)
    return layers


def _told_at(deed: Deed, zone: ZoneInfo) -> Span:
    """Return when *deed* happened. Raises InvalidInput for a time that the clocks of *zone* skip or pass twice."""
    try:
        return parse_moment(deed.at, zone)
    except BadValue as bad:
        raise InvalidInput([Problem(deed.place, "bad-value", sentence(bad.fact), sentence(bad.mend))]) from bad


def _binding(desk: Desk, path: Path, tests: Tests, machine: Machine, organisation: Organisation) -> Binding:
    name = machine.definition.rulebook
    book = name and organisation.rulebooks.get(name, name)
    rulebook = load_rulebook(beside(desk, path, "rulebooks", book)) if book and book != "none" else None
    hooks = desk.hooks if machine.definition.hooks else None
    return Binding(machine, with_firms(organisation, machine.definition, tests.firms), rulebook, hooks)


def with_firms(organisation: Organisation, definition: Definition, firms: Mapping[str, str]) -> Organisation:
    """Return the organisation with the people of firms in its directory, each speaking for its track."""
    people = dict(organisation.people)
    for person, line_id in firms.items():
        kind = line_id.partition("/")[0]
        roles = tuple(role.name for role in definition.roles.values() if role.speaks_for == kind)
        people[person] = Person(person, roles, speaks_for=(line_id,))
    return replace(organisation, people=people)


class Player:
    """Plays stories and scenarios; a story is played once and taken up from there by all that build on it."""

    def __init__(self, tests: Tests, binding: Binding, brought: frozenset[str] = frozenset()) -> None:
        self.tests = tests
        self.binding = binding
        self.brought = brought
        self.coverage = nothing_reached(binding.machine)
        self._told: dict[str, tuple[Rehearsal, tuple[Fault, ...]]] = {}
        self._reported: set[str] = set()

    def play_all(self) -> tuple[Played, ...]:
        """Play every story, then every scenario; a story nobody builds on is played too."""
        for name in self.tests.stories:
            self._story(name)
        return tuple(self._scenario(scenario) for scenario in self.tests.scenarios)

    def tell(self, story: str) -> tuple[Rehearsal, tuple[Fault, ...]]:
        """Return the case as it stands after *story*, a copy to go on with, and where the story failed."""
        return self._given(story)

    def _scenario(self, scenario: Scenario) -> Played:
        play, faults = self._given(scenario.given)
        if faults:  # told once, where the story fails; what builds on it was not tried
            says = f"not tried: the {faults[0].fact} it builds on fails at {faults[0].place}"
            first = scenario.given not in self._reported
            self._reported.add(scenario.given or "")
            return Played(scenario, faults if first else (Fault(scenario.place, scenario.fact, says),))
        return Played(scenario, self._deeds(play, scenario.deeds, scenario.fact))

    def _given(self, name: str | None) -> tuple[Rehearsal, tuple[Fault, ...]]:
        if name is None:
            return Rehearsal(self.binding), ()
        play, faults = self._story(name)
        return play.copy(), faults

    def _story(self, name: str) -> tuple[Rehearsal, tuple[Fault, ...]]:
        if name not in self._told:
            play = Rehearsal(self.binding)
            self._told[name] = (play, ())
            deeds = self.tests.stories[name]
            faults: tuple[Fault, ...] = ()
            if deeds and deeds[0].verb == "story":
                play, faults = self._given(str(deeds[0].what))
                deeds = deeds[1:]
            if not faults:
                faults = self._deeds(play, deeds, f"story {name}")
            self._told[name] = (play, faults)
        return self._told[name]

    def _deeds(self, play: Rehearsal, deeds: tuple[Deed, ...], fact: str) -> tuple[Fault, ...]:
        faults: list[Fault] = []
        for deed in deeds:
            if deed.verb == "story":
                faults.append(Fault(deed.place, fact, "a story can only be told at the beginning"))
                break
            says = list(self._deed(play, deed))
            faults += [Fault(deed.place, fact, one) for one in says]
            if says:
                break  # what follows rests on it, and would only repeat the fault
        return tuple(faults)

    def _deed(self, play: Rehearsal, deed: Deed) -> list[str]:
        try:
            when, now = moments_of(deed, self.binding)
            if deed.verb == "read":
                return _read(play, deed, now)
            request = request_of(play, deed, self.binding, when)
            before = len(play.events)
            outcome = play.play(request, now)
            self._count(play, outcome, before)
            return list(differences(play, deed.new or deed.on or MAIN, deed.then, outcome, now))
        except InvalidInput as wrong:
            refused = deed.then is not None and set(deed.then.refused) == {problem.code for problem in wrong.problems}
            return [] if refused else [f"{sentence(one.fact)} {sentence(one.mend)}" for one in wrong.problems]
        except (DefinitionDefect, FlowError) as defect:
            return [f"{defect.code}: {defect}"]
        except BadValue as bad:  # what only the zone, or the type of a field, can tell
            return [f"{sentence(bad.fact)} {sentence(bad.mend)}"]

    def _count(self, play: Rehearsal, outcome: Decision | Refusal, before: int) -> None:
        if isinstance(outcome, Refusal):
            for blocker in outcome.blockers:
                self.coverage.refusals[blocker.code] = self.coverage.refusals.get(blocker.code, 0) + 1
        for event in play.events[before:]:
            if event.kind != "moved":
                continue
            kind = play.case.lines[event.line].kind if play.case else CASE
            name = named(kind, event.data["step"])
            if name in self.coverage.steps:
                self.coverage.steps[name] += 1
            branch = f"{name} > {event.data['to']}"
            if branch in self.coverage.branches:
                self.coverage.branches[branch] += 1


def moments_of(deed: Deed, binding: Binding) -> tuple[When | None, datetime]:
    """Return the moment a deed says it happened (None: now), and the now at which it is played."""
    span = parse_moment(deed.at, binding.zone)
    if span.is_exact:
        return None, span.first
    last = span.last
    return When(span.first, last, span.precision), last


def request_of(play: Rehearsal, deed: Deed, binding: Binding, when: When | None) -> Request:
    """Return the request that a deed stands for, as the case stands in *play*. Raises InvalidInput."""
    if deed.verb == "report":
        return _report_of(deed, binding, when)
    values: Mapping[str, str] = deed.values
    documents: tuple[str, ...] = deed.documents
    extra: dict[str, Any] = {}
    kind = deed.verb
    if kind == "do" and play.case is None:
        kind = "open"
    if kind == "fill":
        values = deed.what
    elif kind == "bring":
        documents = tuple(deed.what)
    elif kind == "interest":
        extra["conflict"] = str(deed.what) != "none"
    elif kind == "annul" and isinstance(deed.what, list | tuple):
        extra["with"] = list(deed.what[1:])
    elif kind in CLOCK_ACTS:
        extra = _end(deed, binding)
    if deed.signed_by is not None:
        extra["signed_by"] = deed.signed_by
    name = str(next(iter(deed.what), "") if isinstance(deed.what, list | tuple) else deed.what)
    line_id = deed.on or MAIN
    own_kind = line_kind(binding.definition, deed.new or line_id)
    return Request(
        kind=kind,
        actor=deed.by,
        name=name if kind in (*VERBS_OF_ONE_NAME, "annul", "open") else "",
        line=MAIN if deed.new else line_id,
        role=deed.role,
        new=deed.new,
        parent=deed.of,
        fields=typed_fields(binding.definition, own_kind, values, binding.organisation.zone),
        documents={doc: Handed(f"{doc}-{play.number}", f"{doc}.pdf", "application/pdf", 1) for doc in documents},
        reason=deed.reason,
        happened=when,
        extra=extra,
    )


def _report_of(deed: Deed, binding: Binding, when: When | None) -> Request:
    """Return what arrives when a linked case reports: `by` is that case, `of` its procedure, else the first one."""
    definition, name = binding.definition, str(deed.what)
    receipt = definition.receives.get(name)
    procedure = deed.of or (receipt.of[0] if receipt else "")
    return Request(
        kind=REPORT,
        actor=SYSTEM_ACTOR,
        name=name,
        fields=typed_fields(definition, receipt.line if receipt else CASE, deed.values, binding.organisation.zone),
        happened=when,
        extra={"from": deed.by, "of": procedure},
    )


def _end(deed: Deed, binding: Binding) -> dict[str, Any]:
    """Return the end that an act on a deadline names: a day, a moment, or by how much a law makes the period longer."""
    extra: dict[str, Any] = {"by_law": deed.by_law} if deed.by_law else {}
    if deed.until:
        span = parse_moment(deed.until, binding.zone)
        extra["until"] = stamp(span.first) if span.is_exact else binding.day(span.first).isoformat()
    return extra


def _read(play: Rehearsal, deed: Deed, now: datetime) -> list[str]:
    """Judge a reading: nobody may read what is sealed, secret, or not theirs."""
    assert play.case is not None
    line_id = deed.on or MAIN
    declared = find(play.binding, play.case, line_id, str(deed.what)) if line_id in play.case.lines else None
    if declared is None:
        return [f"{deed.what} is no field or document of {line_id}"]
    blocker = may_see(play.binding, play.case, line_id, declared, deed.by, now)
    request = Request("read", deed.by, str(deed.what), line=line_id)
    outcome = Refusal(request, (blocker,), case=play.case) if blocker else Decision(request, (), play.case)
    return list(differences(play, line_id, deed.then, outcome, now))
