"""A drawn procedure put before the checks, and then walked at random: what was proven must not come up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inprocap_flow.clock import FixedClock
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Decision, Refusal, Request, unstamp
from inprocap_flow.language.checks.behaviour import Verdict, judged
from inprocap_flow.language.explore.asking import PROVEN
from inprocap_flow.language.explore.search import Bound
from inprocap_flow.language.inspect import inspect
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.model import Definition, Organisation, Person
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.records import changed
from inprocap_flow.service.counterexamples import DOES_NOT_REPLAY, firms_of, look_for_an_end, on_stage
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import explain
from inprocap_flow.service.holding import held, scene_of
from inprocap_flow.service.scenarios import run_file, with_firms
from inprocap_flow.store.opening import open_store
from tests.engine.walking import Walk
from tests.mutation.procedures import procedure

BOUND = Bound(seconds=3)
STEPS, WALKS, HOMEWARD = 25, 3, 60
LOOKED = 300  # cases gone on with, to look for an end that chance did not find
NO_END, LEFT = "found no way to an end though everything was tried", "found no end within the bound"
ANSWERED = "is stuck by an answer that was given for good"
UNDONE = "met a step that an automatic one would undo at once"
SAID_OPEN = (LEFT, ANSWERED, UNDONE)
"""What no proof speaks of: a bound, values, automatic steps that lead back (see tests/explore/test_known_gaps.py)."""
HOUSE = """\
organisation: house
version: 1
title: An invented house
zone: Europe/Zurich
currency: EUR
calendars: {holidays: {public: CH-GE, years: [2026, 2027]}}
people:
  ada: {name: Ada Invented, roles: officer}
  bea: {name: Bea Invented, roles: officer}
  june: {name: June Invented, roles: authority}
  nils: {name: Nils Invented, roles: authority}
"""
ONLY = {"left-open": "ends-left-open", "already-running": "started-while-running"}
"""A refusal for this reason alone, and the check that shows it never to happen."""


@dataclass
class Drawn:
    """What came of one procedure. *wrong* are the sentences that must not be; empty: all held."""

    seed: str
    refused: tuple[str, ...] = ()
    verdicts: dict[str, str] = field(default_factory=dict)
    states: int = 0
    replayed: int = 0
    findings: int = 0
    decided: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    looked: int = 0  # walks for which an end had to be looked for
    stuck: int = 0  # of these, walks from which nothing leads to an end
    walks: int = 0
    wrong: list[str] = field(default_factory=list)
    gaps: list[tuple[str, str]] = field(default_factory=list)  # findings that do not show, with the code of why
    doubts: list[str] = field(default_factory=list)  # what was explored and does not play: told as open, not as found

    @property
    def unsound(self) -> list[str]:
        """What went against a proof; not what no proof speaks of."""
        return [one for one in self.wrong if not any(said in one for said in SAID_OPEN)]


@dataclass
class Watched(Walk):
    """A walk that writes down which refusals and expiries came up, and which steps were taken."""

    outcomes: list[Decision | Refusal] = field(default_factory=list)

    def ask(self, request: Request) -> Decision | Refusal | None:
        outcome = super().ask(request)
        if outcome is not None:
            self.outcomes.append(outcome)
        return outcome

    def homeward(self, tries: int) -> bool:
        """Go on until the case has ended; return whether it has. Time passes, and every way on is asked for."""
        for _ in range(tries):
            if self.case is None or self.binding.machine.is_final("", self.case.main.state):
                break
            running = [unstamp(one.end) for one in self.case.deadlines.values() if one.status == "running" and one.end]
            self.now = max([self.now, *running[:1]]) + timedelta(hours=1)
            self._ways_on()
        return self.case is not None and self.binding.machine.is_final("", self.case.main.state)

    def _ways_on(self) -> None:
        assert self.case is not None
        for line in list(self.case.lines.values()):
            request = self._homeward_request(line.id, line.kind)
            for _ in range(6):
                if request is None or self.case.lines[line.id].state != line.state:
                    break
                outcome = self.ask(request)
                if not isinstance(outcome, Refusal):
                    break
                request = self.mended(request, outcome)

    def _homeward_request(self, line_id: str, kind: str) -> Request | None:
        assert self.case is not None
        offered = self.binding.machine.offered(kind, self.case.lines[line_id].state)
        steps = self.binding.definition.line(kind).steps
        asked = [name for name in offered if not steps[name].is_system and not steps[name].is_automatic]
        if not asked:
            return None
        step = steps[self.rng.choice(asked)]
        people = [person.id for role in step.by for person in self.binding.holders(role)
                  if kind == "" or not person.speaks_for or line_id in person.speaks_for]  # fmt: skip
        fields = self.values(kind, (*step.handed_in.fields, *step.may_fill))
        extra = {"seed": f"{self.rng.getrandbits(256):064x}"}
        return Request("do", self.rng.choice(people), step.name, line_id, fields=fields, reason="because", extra=extra)


def drawn(seed: str, folder: Path) -> Drawn:
    """Draw, check and walk the procedure of *seed* in *folder*; raise only what is a fault of the engine."""
    told = Drawn(seed)
    path = folder / "drawn.yaml"
    path.write_text(procedure(seed), encoding="utf-8")
    house = folder / "organisations" / "house.yaml"
    house.parent.mkdir(exist_ok=True)
    house.write_text(HOUSE, encoding="utf-8")
    seen = inspect(path, organisation=house)
    if seen.definition is None or seen.errors:
        told.refused = tuple(dict.fromkeys(one.code for one in seen.errors))
        return told
    explored = judged(seen.definition, BOUND)
    verdicts = list(held(seen.definition, explored, scene_of((folder,))))
    told.doubts = [f"{one.code}: {asked.answer.doubt}" for one in verdicts for asked in one.asked if asked.answer.doubt]
    told.verdicts = {one.code: one.verdict for one in verdicts}
    told.states = sum(one.states for one in verdicts)
    _replay(told, path, seen.definition, verdicts)
    organisation, _ = load_organisation(house)
    _walk(told, seen.definition, organisation, verdicts)
    return told


def _replay(told: Drawn, path: Path, definition: Definition, verdicts: list[Verdict]) -> None:
    """Write every finding as a scenario and play it; note what does not show, with the code of why not."""
    desk = Desk(open_store("sqlite://"), FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)))
    for verdict in (one for one in verdicts if one.findings):
        explained = explain(desk, path, definition, verdict, organisation="house")
        tests = path.with_name("drawn.test.yaml")
        tests.write_text(explained.text, encoding="utf-8")
        report = iter(run_file(tests, desk).played if explained.can_be_played else ())
        for one in explained.played:
            told.findings += 1
            faults = next(report).faults if one.shows else ()
            told.replayed += bool(one.shows) and not faults
            if not one.shows:
                told.gaps.append((one.code, f"{verdict.code}: {one.fact} {one.gap}"))
            told.gaps += [(DOES_NOT_REPLAY, f"{verdict.code}: {fault.says}") for fault in faults]


def _walk(told: Drawn, definition: Definition, organisation: Organisation, verdicts: list[Verdict]) -> None:
    firms = {f"firm{number}": f"bid/{number}" for number in range(4)} if definition.tracks else {}
    people = with_firms(organisation, definition, firms)
    machine = compile_definition(definition)
    never = {one.about for verdict in verdicts if verdict.code == "step-never-possible"
             for one in verdict.asked if one.answer.verdict == "found"}  # fmt: skip
    for number in range(WALKS):
        walk = Watched(Binding(machine, people), random.Random(f"{told.seed} {number}"))
        walk.go(STEPS)
        ended = walk.homeward(HOMEWARD) or _finds_home(told, walk, f"walk {number}")
        told.walks += 1
        told.ended += ended
        told.decided += walk.decided
        _judge_outcomes(told, walk)
        taken = {event.data["step"] for event in walk.events if event.kind == "moved"} & never
        told.wrong += [f"walk {number} took {step}, which was said to be impossible" for step in taken]
        if walk.defects:
            told.wrong.append(f"walk {number} {UNDONE if _comes_back(definition) else 'met defects'}")


def _finds_home(told: Drawn, walk: Watched, name: str) -> bool:
    """Return whether a case that did not come to an end by chance comes to one when everything is tried.

    Facts are answered anew in every way, clocks waited for and acted on, papers brought, approvals signed; for whoever
    declared a conflict of interest somebody new acts, as proofs take for granted that people sign. If all of it was
    tried in vain, the check must not have proven that there is always an end.
    """
    assert walk.case is not None
    definition = walk.binding.definition
    people = with_newcomers(with_firms(walk.binding.organisation, definition, firms_of(definition)))
    stage = on_stage(replace(walk.binding, organisation=people), walk.case, walk.events, walk.now)
    looked = look_for_an_end(stage, LOOKED)
    told.looked += 1
    if looked.way is not None:
        return True
    told.stuck += looked.no_end
    if told.verdicts["case-stuck"] == PROVEN:
        kind = LEFT if not looked.no_end else ANSWERED if _ends_if_answered_anew(walk, people) else NO_END
        told.wrong.append(f"{name} {kind} from {_stands(walk)}")
    return False


def with_newcomers(house: Organisation) -> Organisation:
    """Return *house* with two more people in each of its roles, who have declared nothing yet."""
    roles = {role for person in house.people.values() if not person.speaks_for for role in person.roles}
    new = [Person(f"{role}_{name}", (role,)) for role in sorted(roles) for name in ("kim", "lou")]
    return changed(house, people={**house.people, **{one.id: one for one in new}})


def _ends_if_answered_anew(walk: Watched, people: Organisation) -> bool:
    """Return whether the case comes to an end once every fact may be answered anew by somebody, whoever gave it."""
    definition = walk.binding.definition
    fields = {name: one if one.by else changed(one, by=("officer",)) for name, one in definition.main.fields.items()}
    open_to_all = changed(definition, main=changed(definition.main, fields=fields))
    assert walk.case is not None
    case = changed(walk.case, definition_hash="")  # it goes on with the opened version
    stage = on_stage(Binding(compile_definition(open_to_all), people), case, walk.events, walk.now)
    return look_for_an_end(stage, LOOKED).way is not None


def _comes_back(definition: Definition) -> bool:
    """Return whether a step leads to where an automatic one starts that leads back to where it starts itself."""
    steps = definition.main.steps.values()
    return any(
        set(step.sources) & {branch.to for branch in one.targets} and set(one.sources) & {b.to for b in step.targets}
        for one in steps if one.is_automatic
        for step in steps
    )  # fmt: skip


def _judge_outcomes(told: Drawn, walk: Watched) -> None:
    for outcome in walk.outcomes:
        for event in outcome.events:
            if event.kind == "expiry_refused" and told.verdicts["expiry-refused"] == PROVEN:
                told.wrong.append(f"an expiry was refused: {event.data}")
        if isinstance(outcome, Refusal):
            codes = {blocker.code for blocker in outcome.blockers}
            told.refusals.update(codes)
            for code, check in ONLY.items():
                if codes == {code} and told.verdicts[check] == PROVEN:
                    told.wrong.append(f"{outcome.request.name} was refused: {outcome.blockers[0].reason}")


def _stands(walk: Watched) -> str:
    assert walk.case is not None
    return ", ".join(
        f"{line.id} in {line.state}" for line in walk.case.lines.values() if line.id == MAIN or not line.ended
    )
