"""A case that is played in memory, with the deeds so far and the time that has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import (
    MAIN,
    SYSTEM_ACTOR,
    Case,
    DeadlineState,
    Decision,
    Event,
    LineState,
    Refusal,
    Request,
    unstamp,
)
from inprocap_flow.engine.turn import TIME
from inprocap_flow.errors import DefinitionDefect, FlowError, Place
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.model import CASE, Definition, Field, Receipt, Step
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.language.values import decode
from inprocap_flow.service.counterexamples.gaps import CANNOT_BE_ASKED, CLOCK_NOT_RUNNING, NO_SUCH_TRACK, Gap
from inprocap_flow.service.counterexamples.wishes import Wishes, text_of
from inprocap_flow.service.guessing import ANOTHER_CASE, FIRMS, Guess
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import moments_of, request_of

HERE = Place("counterexample")
Clock = tuple[str, str]
"""A deadline: the kind of its line, and its name."""
TOGETHER = timedelta(minutes=5)
"""Between two deeds of the same day."""
LONGER = timedelta(days=30)
"""So much time is given more where somebody moves the end of a deadline."""
SHORTLY = timedelta(hours=2)
"""Before the end of a deadline: enough for the signatures and papers of one deed."""


def on_stage(binding: Binding, case: Case, events: Sequence[Event], now: datetime) -> Stage:
    """Return a case as it stands, to go on with in memory; what was sealed in it stays sealed."""
    limits = {**(binding.rulebook.limits if binding.rulebook else {}), **binding.definition.limits}
    rehearsal = Rehearsal(binding, case, list(events), number=len(events))
    return Stage(rehearsal, now, Guess(binding), Wishes(binding.definition, limits, ()))


def _called(deed: Deed) -> str:
    """Return what a deed is about, in words."""
    return str(deed.what) if isinstance(deed.what, str) else f"{deed.verb} {', '.join(deed.what)}"


@dataclass(slots=True)
class Stage:
    """A case being played along a path. ``number`` says at which deed of the path it is."""

    rehearsal: Rehearsal
    now: datetime
    guess: Guess
    wishes: Wishes
    number: int = 0
    deeds: list[Deed] = field(default_factory=list)
    tracks: dict[str, object] = field(default_factory=dict)  # id of a track -> how the path says that it stands
    wished: set[tuple[int, str, str]] = field(default_factory=set)  # what was given the value that lies ahead asks for
    tried: Deed | None = None  # as it was asked for when it was refused last, with all that had been added by then

    @property
    def case(self) -> Case:
        assert self.rehearsal.case is not None
        return self.rehearsal.case

    @property
    def definition(self) -> Definition:
        return self.rehearsal.binding.definition

    def copy(self) -> Stage:
        """Return the same to go on with in another way."""
        return replace(
            self,
            rehearsal=self.rehearsal.copy(),
            deeds=list(self.deeds),
            tracks=dict(self.tracks),
            wished=set(self.wished),
        )

    def take_over(self, trial: Stage) -> None:
        """Go on as *trial* does."""
        for name in ("rehearsal", "now", "deeds", "tracks", "wished", "tried"):
            setattr(self, name, getattr(trial, name))

    # ------------------------------------------------------------------------------------------ asking

    def clock(self) -> str:
        """Return the moment as a scenario says it."""
        return f"{self.now.astimezone(self.rehearsal.binding.zone):%Y-%m-%d %H:%M}"

    def try_out(self, deed: Deed) -> Decision | Refusal:
        """Ask for *deed* and keep what comes of it. Raises Gap for what cannot even be asked."""
        try:
            when, now = moments_of(deed, self.rehearsal.binding)
            request = request_of(self.rehearsal, deed, self.rehearsal.binding, when)
            return self.rehearsal.play(request, now)
        except FlowError as defect:
            broken = deed if isinstance(defect, DefinitionDefect) else None
            raise Gap(CANNOT_BE_ASKED, f"{_called(deed)}: {defect}", broken=broken) from None

    def small(self, deed: Deed) -> bool:
        """Do something small that helps; nothing stays of it if it is refused."""
        trial = self.copy()
        said = replace(deed, at=trial.clock())
        if not isinstance(trial.try_out(said), Decision):
            return False
        trial.deeds.append(said)
        self.take_over(trial)
        return True

    def look(self, then: Expected, on: str | None = None) -> None:
        """Note what is so now: with the last deed if nothing has happened since, else as somebody looks in."""
        last = self.deeds[-1] if self.deeds else None
        if last is not None and last.then is None and last.at == self.clock() and on is None:
            self.deeds[-1] = replace(last, then=then)
            return
        people = self.rehearsal.binding.organisation.people.values()
        who = next((one.id for one in people if not one.speaks_for), next(iter(people)).id if people else "nobody")
        looked = Deed("interest", "none", HERE, at=self.clock(), by=who, on=on)
        self.try_out(looked)
        self.deeds.append(replace(looked, then=then))

    # ------------------------------------------------------------------------------------------ who and where

    def declared(self, happened: Happened) -> Step | None:
        """Return the step that a deed of the path is; None for what is none."""
        line = self.definition.line(happened.kind)
        return line.begins if happened.name == line.begins.name else line.steps.get(happened.name)

    def stands_like(self, line: LineState, happened: Happened) -> bool:
        """Return whether a line stands where the path says that the line of a deed does."""
        return happened.before is None or line.kind == CASE or line.state == happened.before.leaf

    def track(self, happened: Happened) -> str:
        """Return the track that a deed of the path is about. Raises Gap if none stands there."""
        there = [one for one in self.case.tracks(happened.kind) if self.stands_like(one, happened)]
        if not there:
            raise Gap(NO_SUCH_TRACK, f"no {happened.kind} stands where {happened.name} starts")
        return next((one.id for one in there if self.tracks.get(one.id) == happened.before), there[0].id)

    def line_of(self, happened: Happened) -> str:
        """Return the id of the line that a deed of the path is about. Raises Gap if no such track is there."""
        return MAIN if happened.kind == CASE else self.track(happened)

    def deed(self, verb: str, name: str, by: tuple[str, ...], line_id: str) -> Deed:
        """Return a deed of somebody who may act in one of the roles."""
        who = self.guess.somebody(by, self.rehearsal.case, line_id)
        return Deed(verb, name, HERE, at=self.clock(), by=who)

    def asked(self, happened: Happened) -> Deed:
        """Return a step of the path as it is asked for by whoever may."""
        step = self.declared(happened)
        assert step is not None
        receipt = self._receipt(step)
        if receipt is not None:
            return self._reported(receipt)
        if happened.verb == "open" or self.rehearsal.case is None:
            return self.deed("do", step.name, step.by, MAIN)
        if happened.verb == "begin" or (happened.before is None and happened.kind != CASE and not step.sources):
            return self._beginning(happened, step)
        line_id = self.line_of(happened)
        deed = self.deed("do", step.name, step.by, line_id)
        return deed if line_id == MAIN else replace(deed, on=line_id)

    def _receipt(self, step: Step) -> Receipt | None:
        """Return the report of a linked case that carries *step* out; None for a step that people ask for."""
        known = self.definition.receives.values() if step.is_linked else ()
        return next((one for one in known if (one.step, one.line) == (step.name, step.line)), None)

    def _reported(self, receipt: Receipt) -> Deed:
        """Return what another case reports, with all the values that come with it."""
        deed = Deed("report", receipt.name, HERE, at=self.clock(), by=ANOTHER_CASE, of=receipt.of[0])
        fields = {name: self.definition.find_field(receipt.line, name) for name in receipt.values}
        values = {name: self.text_for(one, MAIN, deed) for name, one in fields.items() if one is not None}
        return replace(deed, values=values)

    def _beginning(self, happened: Happened, step: Step) -> Deed:
        kind = happened.kind
        number = len(self.case.tracks(kind))
        new = f"{kind}/{FIRMS[number] if number < len(FIRMS) else f'n{number}'}"
        above = self.definition.tracks[kind].parent
        parent = next((one.id for one in self.case.tracks(above) if not one.ended), None) if above else None
        return replace(self.deed("do", step.name, step.by, parent or new), new=new, of=parent)

    def act(self, happened: Happened) -> Deed:
        """Return an act on a deadline, as the path has it."""
        act = self.definition.line(happened.kind).deadlines[happened.name].acts[happened.verb]
        line_id = self.line_of(happened)
        deed = replace(self.deed(happened.verb, happened.name, act.by, line_id), reason="It has to be")
        return deed if line_id == MAIN else replace(deed, on=line_id)

    # ------------------------------------------------------------------------------------------ time

    def running(self, kind: str, name: str, happened: Happened | None = None) -> list[DeadlineState]:
        """Return the clocks of a deadline that run, those that end first in front; with *happened* where that says."""
        clocks = [
            clock
            for clock in self.case.deadlines.values()
            if clock.name == name
            and clock.status == "running"
            and clock.end
            and self.case.lines[clock.line].kind == kind
            and (happened is None or self.stands_like(self.case.lines[clock.line], happened))
        ]
        return sorted(clocks, key=lambda clock: unstamp(clock.end or ""))

    def later_than(self, name: str) -> str:
        """Return a day well after the end of the deadline *name*, and after now."""
        ends = [unstamp(one.end) for one in self.case.deadlines.values() if one.name == name and one.end]
        return (max([self.now, *ends]) + LONGER).astimezone(self.rehearsal.binding.zone).date().isoformat()

    def ended(self) -> Iterator[Clock]:
        """Yield every deadline that has ended because time passed, the latest first."""
        for event in reversed(self.rehearsal.events):
            if event.kind in ("deadline_over", "deadline_missed", "deadline_met") and event.line in self.case.lines:
                yield self.case.lines[event.line].kind, event.data["deadline"]

    def wait_for(self, kind: str, name: str, happened: Happened | None = None) -> str:
        """Let time pass until a deadline is over, and what ends before it; return the line whose it is. Raises Gap."""
        clocks = self.running(kind, name, happened)
        if not clocks:
            raise Gap(CLOCK_NOT_RUNNING, f"the deadline {name} does not run here")
        self.wait_until(unstamp(clocks[0].end or ""))
        return clocks[0].line

    def linger(self) -> None:
        """Let time pass until shortly before the first deadline that runs ends; none at all if none runs."""
        ends = [unstamp(one.end) for one in self.case.deadlines.values() if one.status == "running" and one.end]
        if ends:
            self.wait_until(min(ends) - SHORTLY)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass; what ends until then is recorded before whatever is asked next."""
        self.now = max(self.now, moment)
        self.rehearsal.play(Request(TIME, SYSTEM_ACTOR), self.now)

    # ------------------------------------------------------------------------------------------ values

    def text_for(self, declared: Field, line_id: str, deed: Deed) -> str:
        """Return a value for a field: first what lies ahead asks for, then others, the likely ones first."""
        kind = CASE if line_id == MAIN else line_id.partition("/")[0]
        key = (self.number, line_id, declared.name)
        if key not in self.wished or declared.name in self.wishes.aimed:
            self.wished.add(key)
            wish = self.wishes.value(self.number, kind, declared, self._given(kind, line_id, deed))
            if wish is not None:
                return wish
        return self.guess.value(declared, self.now)

    def holds(self, declared: Field, line_id: str, text: str) -> bool:
        """Return whether a field that a line reads has this value already."""
        kind = CASE if line_id == MAIN else line_id.partition("/")[0]
        return self._given(kind, line_id, Deed("fill", {}, HERE)).get(declared.name) == text

    def _given(self, kind: str, line_id: str, deed: Deed) -> dict[str, str]:
        """Return the values that stand in the case or on the line, and those that come with *deed*."""
        given: dict[str, str] = {}
        lines: Iterable[str] = dict.fromkeys((MAIN, line_id))
        for one in lines:
            if self.rehearsal.case is not None and one in self.case.lines:
                for name, plain in self.case.lines[one].fields.items():
                    declared = self.definition.find_field(kind, name)
                    value = decode(declared.type, plain) if declared and not declared.sealed_until else None
                    given |= {} if value is None else {name: text_of(value)}
        return given | dict(deed.values)
