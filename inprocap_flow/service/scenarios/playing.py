"""The player: stories and scenarios, deed by deed, each compared with what must come back."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from inprocap_flow.calendar.bad_values import BadValue
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import MAIN, Decision, Refusal, Request
from inprocap_flow.engine.sight import find, may_see
from inprocap_flow.errors import DefinitionDefect, FlowError, InvalidInput
from inprocap_flow.language.model import CASE
from inprocap_flow.language.scenarios import Deed, Scenario, Tests
from inprocap_flow.language.schema.messages import sentence
from inprocap_flow.service.coverage import named, nothing_reached
from inprocap_flow.service.expecting import differences
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios.early import wait_for
from inprocap_flow.service.scenarios.records import Fault, Played
from inprocap_flow.service.scenarios.requests import moments_of, request_of

OTHERWISE = (
    "Write under `but:` what is otherwise here (other acts, other `values`, or all that follows a step `later`), "
    "or start from it `before:` that step."
)


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
            before = len(play.refusals)
            says = list(self._deed(play, deed))
            too_early = wait_for(deeds, deed, play.refusals[before:], self.binding.zone) if says else ""
            faults += [self._fault(deed, fact, one, too_early) for one in says]
            if says:
                break  # what follows rests on it, and would only repeat the fault
        return tuple(faults)

    def _fault(self, deed: Deed, fact: str, says: str, too_early: str) -> Fault:
        """Return what came out otherwise; of a story that was taken over, where it is and what can be done there.

        *too_early* is what would be written there if the story only came too early; empty: waiting does not help.
        """
        told = deed.told_in
        if told is None:
            return Fault(deed.place, fact, says)
        under = " and ".join(one.name for one in self.binding.definition.overlays) or self.tests.organisation
        where = f"{PurePath(deed.place.file).name}:{deed.place.line}"
        what = f"`{deed.verb}: {deed.what}`" if isinstance(deed.what, str) else f"`{deed.verb}`"
        mend = too_early or OTHERWISE
        return Fault(
            told.used_at,
            fact,
            f"the story {told.story} does not play to its end with {under}; at {where} "
            f"{what} of {deed.by} on {deed.at}: {says}. {mend}",
        )

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
        except FlowError as defect:
            if isinstance(defect, DefinitionDefect) and deed.then is not None and deed.then.refused == (defect.code,):
                return []  # a scenario may show that a definition does what it must not
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
