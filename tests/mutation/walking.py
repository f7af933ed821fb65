"""A drawn procedure put before the checks, and then walked at random: what was proven must not come up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
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
from inprocap_flow.language.model import Definition, Organisation
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.service.counterexamples import DOES_NOT_REPLAY
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import explain
from inprocap_flow.service.scenarios import run_file, with_firms
from inprocap_flow.store.hot import open_store
from tests.engine.test_laws import Walk
from tests.mutation.procedures import procedure

BOUND = Bound(seconds=3)
STEPS, WALKS, HOMEWARD = 25, 3, 60
NO_END = "found no way to an end"
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
    walks: int = 0
    wrong: list[str] = field(default_factory=list)
    gaps: list[tuple[str, str]] = field(default_factory=list)  # findings that do not show, with the code of why

    @property
    def unsound(self) -> list[str]:
        """What went against a proof. No such thing: a path that is not played to its end; a walk without an end: it
        does not answer a fact anew that somebody could, so it shows nothing either way.
        """
        return [one for one in self.wrong if NO_END not in one]


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
    verdicts = judged(seen.definition, BOUND)
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
            faults = next(report).faults if one.deeds else ()
            told.replayed += bool(one.shows) and not faults
            if not one.shows:
                told.gaps.append((one.code, f"{verdict.code}: {one.fact} {one.gap}"))
            told.gaps += [(DOES_NOT_REPLAY, f"{verdict.code}: {fault.says}") for fault in faults if one.shows]


def _walk(told: Drawn, definition: Definition, organisation: Organisation, verdicts: list[Verdict]) -> None:
    firms = {f"firm{number}": f"bid/{number}" for number in range(4)} if definition.tracks else {}
    people = with_firms(organisation, definition, firms)
    machine = compile_definition(definition)
    never = {one.about for verdict in verdicts if verdict.code == "step-never-possible"
             for one in verdict.asked if one.answer.verdict == "found"}  # fmt: skip
    for number in range(WALKS):
        walk = Watched(Binding(machine, people), random.Random(f"{told.seed} {number}"))
        walk.go(STEPS)
        ended = walk.homeward(HOMEWARD)
        told.walks += 1
        told.ended += ended
        told.decided += walk.decided
        _judge_outcomes(told, walk)
        taken = {event.data["step"] for event in walk.events if event.kind == "moved"} & never
        told.wrong += [f"walk {number} took {step}, which was said to be impossible" for step in taken]
        if walk.defects:
            told.wrong.append(f"walk {number} met {walk.defects} defects")
        if not ended and told.verdicts["case-stuck"] == PROVEN:
            told.wrong.append(f"walk {number} {NO_END} from {_stands(walk)}")


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
