"""A path that a check has found, turned into a scenario: the deeds of real people, tried until the fault shows.

What the path leaves open (who, which values, which papers and signatures) is filled in from what the engine asks for:
its refusals say what to bring. The scenario is what was played, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.engine.case.records import (
    MAIN,
    SYSTEM_ACTOR,
    Blocker,
    Case,
    Decision,
    LineState,
    Refusal,
    Request,
    unstamp,
)
from inprocap_flow.engine.turn import TIME
from inprocap_flow.errors import DefinitionDefect, FlowError, Place
from inprocap_flow.language.explore.asking import Path
from inprocap_flow.language.explore.state import Deed as Happened
from inprocap_flow.language.expressions.words import names_in
from inprocap_flow.language.model import CASE, CLOCK_ACTS, Definition, Step
from inprocap_flow.language.scenarios import Deed, Expected
from inprocap_flow.service.guessing import FIRMS, Guess
from inprocap_flow.service.rehearsal import Rehearsal
from inprocap_flow.service.scenarios import moments_of, request_of, with_firms

MOST_TRIES = 60
MOST_VALUES = 6
HERE = Place("counterexample")
_TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """What was played. ``shows`` says in words what came of it; empty: the fault did not show, and ``gap`` says why."""

    fact: str
    firms: dict[str, str]
    deeds: tuple[Deed, ...]
    shows: str = ""
    gap: str = ""


def firms_of(definition: Definition) -> dict[str, str]:
    """Return invented people of firms, three for each kind of track that somebody speaks for."""
    kinds = dict.fromkeys(role.speaks_for for role in definition.roles.values() if role.speaks_for)
    several = len(kinds) > 1
    return {f"{kind}_{name}" if several else name: f"{kind}/{name}" for kind in kinds for name in FIRMS}


def play(path: Path, fact: str, binding: Binding, start: datetime) -> Counterexample:
    """Return *path* played for the organisation of *binding* from *start* on. Raises nothing."""
    definition = binding.definition
    firms = firms_of(definition)
    binding = replace(binding, organisation=with_firms(binding.organisation, definition, firms))
    stage = Stage(Rehearsal(binding), start, Guess(binding))
    try:
        for happened in path.deeds[:-1]:
            stage.happen(happened)
        shows = stage.show(path)
    except Gap as gap:
        return Counterexample(fact, firms, tuple(stage.deeds), gap=str(gap))
    return Counterexample(fact, firms, tuple(stage.deeds), shows)


class Gap(Exception):  # no error: the path cannot be walked like this, and says where
    """The engine does not follow the path."""


@dataclass(slots=True)
class Stage:
    """A case being played along a path, with the deeds so far."""

    rehearsal: Rehearsal
    now: datetime
    guess: Guess
    deeds: list[Deed] = field(default_factory=list)
    tracks: dict[str, object] = field(default_factory=dict)  # id of a track -> how the path says that it stands
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
        return Stage(self.rehearsal.copy(), self.now, self.guess, list(self.deeds), dict(self.tracks))

    # ------------------------------------------------------------------------------------------ along the path

    def happen(self, happened: Happened) -> None:
        """Let one deed of the path happen. Raises Gap."""
        if happened.verb == "expire":
            self._wait_for(happened.kind, happened.name, happened)
        elif happened.verb == "fired":
            self._wait_for_step(happened)
        elif happened.verb == "count" or self._is_automatic(happened):
            return
        elif happened.verb in CLOCK_ACTS:
            self._must(self._act(happened), happened)
        else:
            self._must(self._step(happened), happened)

    def _is_automatic(self, happened: Happened) -> bool:
        step = self._declared(happened)
        return step is not None and step.is_automatic

    def _declared(self, happened: Happened) -> Step | None:
        line = self.definition.line(happened.kind)
        return line.begins if happened.name == line.begins.name else line.steps.get(happened.name)

    def _must(self, deed: Deed, happened: Happened) -> None:
        refused = self.get_done(deed, happened)
        if refused is not None:
            codes = "; ".join(f"{blocker.code}: {blocker.reason}" for blocker in refused.blockers)
            raise Gap(f"{happened.name} is refused here: {codes}")
        line_id = deed.new or deed.on or MAIN
        if line_id != MAIN:
            self.tracks[line_id] = happened.after
        for follow in happened.follows:
            self._let_follow(*follow.split(".", 1))

    def _let_follow(self, kind: str, name: str) -> None:
        """Fill what a step that comes by itself waits for, if it has not come: of values a path says nothing."""
        step = self.definition.line(kind).steps.get(name)
        if step is None or step.as_soon_as is None:
            return
        read = {word for word in names_in(step.as_soon_as) if word != "today"}
        for line in self.case.in_order:
            for _ in range(MOST_VALUES):
                if line.kind != kind or self.case.lines[line.id].state not in step.sources:
                    break
                self._other_values(Deed("do", name, HERE, on=None if line.id == MAIN else line.id), read)

    def _wait_for(self, kind: str, name: str, happened: Happened) -> None:
        """Let time pass until a deadline is over; what ends before it ends, too."""
        ends = [
            (unstamp(clock.end), clock.line)
            for clock in self.case.deadlines.values()
            if clock.name == name
            and clock.status == "running"
            and clock.end
            and self.case.lines[clock.line].kind == kind
            and self._stands_like(self.case.lines[clock.line], happened)
        ]
        if not ends:
            raise Gap(f"the deadline {name} does not run here")
        self.now = max(self.now, min(ends)[0])
        self.rehearsal.play(Request(TIME, SYSTEM_ACTOR), self.now)  # recorded before whatever is asked next

    def _wait_for_step(self, happened: Happened) -> None:
        line = self.definition.line(happened.kind)
        for deadline in line.deadlines.values():
            if deadline.when_over == happened.name:
                self._wait_for(happened.kind, deadline.name, happened)
                return

    def _stands_like(self, line: LineState, happened: Happened) -> bool:
        return happened.before is None or line.kind == CASE or line.state == happened.before.leaf

    # ------------------------------------------------------------------------------------------ deeds

    def _step(self, happened: Happened) -> Deed:
        step = self._declared(happened)
        assert step is not None
        if happened.verb == "open":
            return self.deed("do", step.name, step.by, MAIN)
        if happened.verb == "begin" or (happened.before is None and happened.kind != CASE and not step.sources):
            return self._beginning(happened, step)
        line_id = MAIN if happened.kind == CASE else self._track(happened)
        deed = self.deed("do", step.name, step.by, line_id)
        return deed if line_id == MAIN else replace(deed, on=line_id)

    def _beginning(self, happened: Happened, step: Step) -> Deed:
        kind = happened.kind
        number = len(self.case.tracks(kind))
        name = FIRMS[number] if number < len(FIRMS) else f"n{number}"
        new = f"{kind}/{name}"
        parent_kind = self.definition.tracks[kind].parent
        parent = next((one.id for one in self.case.tracks(parent_kind) if not one.ended), None) if parent_kind else None
        deed = self.deed("do", step.name, step.by, parent or new)
        return replace(deed, new=new, of=parent)

    def _track(self, happened: Happened) -> str:
        there = [one for one in self.case.tracks(happened.kind) if self._stands_like(one, happened)]
        if not there:
            raise Gap(f"no {happened.kind} stands where {happened.name} starts")
        return next((one.id for one in there if self.tracks.get(one.id) == happened.before), there[0].id)

    def _act(self, happened: Happened) -> Deed:
        act = self.definition.line(happened.kind).deadlines[happened.name].acts[happened.verb]
        line_id = MAIN if happened.kind == CASE else self._track(happened)
        deed = replace(self.deed(happened.verb, happened.name, act.by, line_id), reason="It has to be")
        return deed if line_id == MAIN else replace(deed, on=line_id)

    def deed(self, verb: str, name: str, by: tuple[str, ...], line_id: str) -> Deed:
        """Return a deed of somebody who may act in one of the roles."""
        who = self.guess.somebody(by, self.rehearsal.case, line_id)
        return Deed(verb, name, HERE, at=self.clock(), by=who)

    def clock(self) -> str:
        """Return the moment as a scenario says it."""
        return f"{self.now.astimezone(self.rehearsal.binding.zone):%Y-%m-%d %H:%M}"

    # ------------------------------------------------------------------------------------------ getting it done

    def get_done(self, deed: Deed, happened: Happened) -> Refusal | None:
        """Do *deed* with all that the engine asks for; None once it is done, else the last refusal."""
        last: Refusal | None = None
        for _ in range(MOST_TRIES):
            trial = self.copy()
            trial.deeds.append(deed)
            outcome = trial.try_out(replace(deed, at=trial.clock()))
            if isinstance(outcome, Decision):
                if self._went_there(trial, deed, happened):
                    trial.deeds[-1] = replace(deed, at=trial.clock())
                    self._take_over(trial)
                    self.now += _TOGETHER
                    return None
                deed = self._other_values(deed, self._conditions(happened))
                continue
            last, self.tried = outcome, deed
            mended = self._mended(deed, outcome, happened)
            if mended is None:
                return last
            deed = mended
        return last

    def _take_over(self, trial: Stage) -> None:
        self.rehearsal, self.deeds = trial.rehearsal, trial.deeds

    def try_out(self, deed: Deed) -> Decision | Refusal:
        """Ask for *deed* and keep what comes of it. Raises Gap for what cannot even be asked."""
        try:
            when, now = moments_of(deed, self.rehearsal.binding)
            request = request_of(self.rehearsal, deed, self.rehearsal.binding, when)
            return self.rehearsal.play(request, now)
        except (DefinitionDefect, FlowError) as defect:
            raise Gap(f"{deed.what}: {defect}") from None

    def _went_there(self, trial: Stage, deed: Deed, happened: Happened) -> bool:
        """Return whether the line of the deed, or one that it fired, came to where the path leads."""
        if happened.after is None or happened.verb in CLOCK_ACTS:
            return True
        line = trial.case.lines[deed.new or deed.on or MAIN]
        return line.state == happened.after.leaf or bool(happened.follows)

    def _conditions(self, happened: Happened) -> set[str]:
        step = self._declared(happened)
        found: set[str] = set()
        for branch in step.targets if step else ():
            found |= set(names_in(branch.when)) if branch.when is not None else set()
        return found

    def _other_values(self, deed: Deed, names: set[str]) -> Deed:
        """Return *deed* with other values for the fields named that come with it; fills those that do not."""
        values = dict(deed.values)
        for name in sorted(names):
            self._fill(deed, name, values)
        return replace(deed, values=values)

    # ------------------------------------------------------------------------------------------ mending

    def _mended(self, deed: Deed, refusal: Refusal, happened: Happened) -> Deed | None:
        before = (len(self.deeds), self.now, deed)
        for blocker in refusal.blockers:
            deed = self._mend(deed, blocker, happened)
        return None if (len(self.deeds), self.now, deed) == before else deed

    def _mend(self, deed: Deed, blocker: Blocker, happened: Happened) -> Deed:
        code = blocker.code
        if code == "interest-undeclared":
            self._do(Deed("interest", "none", HERE, by=deed.by))
        elif code.startswith("approval-") or code == "watch":
            self._sign(blocker)
        elif code in ("not-entitled", "four-eyes", "interest-conflict", "apart"):
            return self._by_another(deed, blocker, happened)
        elif code == "reason-missing":
            return replace(deed, reason="It has to be")
        elif code == "document-missing":
            return self._hand_in(deed, blocker)
        elif code in ("field-missing", "guard-unknown", "branch-unknown", "bad-value", "out-of-range"):
            values = dict(deed.values)
            self._fill(deed, blocker.about, values)
            return replace(deed, values=values)
        elif code == "guard":
            return self._other_values(deed, self._read_by_guards(happened))
        elif code in ("below-floor", "too-early", "too-late", "above-ceiling"):
            return self._other_values(deed, self._dates(happened))
        elif code == "deadline-running" and blocker.possible_from is not None:
            self.now = max(self.now, blocker.possible_from)
        return deed

    def _do(self, deed: Deed) -> bool:
        """Do something small that helps; nothing stays of it if it is refused."""
        trial = self.copy()
        said = replace(deed, at=trial.clock())
        if not isinstance(trial.try_out(said), Decision):
            return False
        trial.deeds.append(said)
        self._take_over(trial)
        return True

    def _sign(self, blocker: Blocker) -> None:
        on = blocker.line if blocker.line not in ("", MAIN) else None
        for person in blocker.who:
            if self._do(Deed("sign", blocker.about, HERE, by=person, on=on)):
                return
            self._do(Deed("interest", "none", HERE, by=person))
            if self._do(Deed("sign", blocker.about, HERE, by=person, on=on)):
                return

    def _by_another(self, deed: Deed, blocker: Blocker, happened: Happened) -> Deed:
        step = self._declared(happened)
        roles = step.by if step else ()
        people = list(blocker.who) or [one.id for role in roles for one in self.rehearsal.binding.holders(role)]
        others = [one for one in people if one != deed.by]
        return replace(deed, by=self.guess.chance.choice(others)) if others else deed

    def _line_of(self, deed: Deed) -> tuple[str, str]:
        line_id = deed.new or deed.on or MAIN
        return line_id, CASE if line_id == MAIN else line_id.partition("/")[0]

    def _fill(self, deed: Deed, name: str, values: dict[str, str]) -> None:
        """Give the field *name* a value: with the deed if it may come with it, else by whoever may fill it."""
        line_id, kind = self._line_of(deed)
        declared = self.definition.find_field(kind, name.rpartition(".")[2])
        if declared is None:
            return
        own = declared.name in self.definition.line(kind).fields
        text = self.guess.value(declared, self.now)
        with_it, before = self._may_come(deed, kind)
        on = line_id if own and line_id != MAIN and not deed.new else None
        if declared.by and not (own and declared.name in with_it):  # what is signed for must be there before
            who = self.guess.filler(declared.by, self.rehearsal.case, line_id)
            if self._do(Deed("fill", {declared.name: text}, HERE, by=who, on=on)):
                return
        if own and declared.name in (*with_it, *before):
            values[declared.name] = text

    def _may_come(self, deed: Deed, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the fields that come with a step, and those that may come with it if nobody filled them before."""
        line = self.definition.line(kind)
        step = line.begins if deed.what == line.begins.name else line.steps.get(str(deed.what))
        if step is None:
            return (), ()
        return (*step.handed_in.fields, *step.may_fill), step.already_there.fields

    def _hand_in(self, deed: Deed, blocker: Blocker) -> Deed:
        line_id, kind = self._line_of(deed)
        name = blocker.about
        line = self.definition.line(kind)
        declared = self.definition.find_document(kind, name)
        own = name in line.documents
        if declared is not None and declared.by:
            who = self.guess.filler(declared.by, self.rehearsal.case, line_id)
            on = line_id if own and line_id != MAIN and not deed.new else None
            if not deed.new and self._do(Deed("bring", (name,), HERE, by=who, on=on)):
                return deed
        return replace(deed, documents=(*deed.documents, name)) if own and name not in deed.documents else deed

    def _read_by_guards(self, happened: Happened) -> set[str]:
        step = self._declared(happened)
        found: set[str] = set()
        for guard in step.already_there.that if step else ():
            if guard.holds is not None and not guard.only_warns:
                found |= set(names_in(guard.holds))
        return {name for name in found if name != "today"}

    def _dates(self, happened: Happened) -> set[str]:
        step = self._declared(happened)
        found: set[str] = set()
        for name in (*step.starts, *step.restarts) if step else ():
            deadline = self.definition.find_deadline(happened.kind, name)
            for expr in (deadline.ends_at, deadline.period) if deadline else ():
                if expr is not None and not isinstance(expr, str) and hasattr(expr, "parts"):
                    found |= set(names_in(expr))  # type: ignore[arg-type]  # hooks have no parts
        return found

    # ------------------------------------------------------------------------------------------ the fault

    def show(self, path: Path) -> str:
        """Do the last deed of *path* and return what that shows. Raises Gap if it shows nothing."""
        last = path.deeds[-1]
        if path.state is not None:
            self.happen(last)
            return self._nothing_leads_on()
        if last.verb == "expire":
            return self._refused_at_the_end(last)
        deed = self._act(last) if last.verb in CLOCK_ACTS else self._step(last)
        return self._refused(deed, last)

    def _refused(self, deed: Deed, last: Happened) -> str:
        refused = self.get_done(deed, last)
        wanted = last.refused.partition(":")[0]
        if refused is None:
            raise Gap(f"{last.name} is not refused")
        codes = tuple(sorted(blocker.code for blocker in refused.blockers))
        if not any(_alike(wanted, code) for code in codes):
            raise Gap(f"{last.name} is refused for another reason: {', '.join(codes)}")
        asked = _as_deed(self.tried or deed, refused, self.clock())
        self.deeds.append(replace(asked, then=Expected(refused=codes)))
        return f"{last.name} is refused: {'; '.join(blocker.reason for blocker in refused.blockers)}"

    def _refused_at_the_end(self, last: Happened) -> str:
        """Let the deadline end, and let somebody ask for the step that it should have fired."""
        declared = self.definition.line(last.kind).deadlines[last.name]
        self._wait_for(last.kind, last.name, last)
        line_id = MAIN if last.kind == CASE else self._track(last)
        self.now += _TOGETHER
        who = next(iter(self.rehearsal.binding.organisation.people))
        deed = Deed("do", declared.when_over, HERE, at=self.clock(), by=who, on=None if line_id == MAIN else line_id)
        outcome = self.try_out(deed)
        said = [event for event in self.rehearsal.events if event.kind == "expiry_refused"]
        if not said or not isinstance(outcome, Refusal):
            raise Gap(f"{declared.when_over} is carried out when {last.name} ends")
        codes = tuple(sorted(blocker.code for blocker in outcome.blockers))
        self.deeds.append(replace(deed, then=Expected(refused=codes)))
        return f"when {last.name} ends, {declared.when_over} is refused: {'; '.join(said[-1].data['because'])}"

    def _nothing_leads_on(self) -> str:
        """Try every way out of where the case stands, and return that none is open. Raises Gap if one is."""
        refusals: list[tuple[Deed, Refusal]] = []
        state = self.case.main.state
        for step in self.definition.main.steps.values():
            if state not in step.sources or step.is_automatic or step.is_system:
                continue
            trial = self.copy()
            deed = trial.deed("do", step.name, step.by, MAIN)
            refused = trial.get_done(deed, Happened("do", CASE, step.name))
            if refused is not None:
                refusals.append((_as_deed(trial.tried or deed, refused, self.clock()), refused))
            elif trial.case.main.state != state:
                raise Gap(f"{step.name} leads on from {state}")
        for deed, refused in refusals:
            codes = tuple(sorted(blocker.code for blocker in refused.blockers))
            self.deeds.append(replace(deed, then=Expected(refused=codes)))
        if not refusals:
            self.deeds[-1] = replace(self.deeds[-1], then=Expected(stage_of_case=state))
        return f"the case stands in {state}, and nothing leads on"


def _alike(wanted: str, code: str) -> bool:
    return code == wanted or code.startswith(wanted) or (wanted == "field-missing" and code.endswith("-unknown"))


def _as_deed(deed: Deed, refused: Refusal, at: str) -> Deed:
    """Return *deed* as it was asked for last."""
    request = refused.request
    return replace(deed, at=at, by=request.actor, reason=request.reason, documents=tuple(request.documents))


def shown(deeds: Sequence[Deed]) -> Iterator[dict[str, Any]]:
    """Yield deeds as they are written in a scenario."""
    for deed in deeds:
        what = list(deed.what) if isinstance(deed.what, tuple) else deed.what
        written: dict[str, Any] = {"at": deed.at, "by": deed.by, deed.verb: what}
        more = {"on": deed.on, "new": deed.new, "of": deed.of, "reason": deed.reason}
        written |= {name: value for name, value in more.items() if value}
        given: dict[str, Any] = dict(deed.values)
        if deed.documents:
            given["documents"] = list(deed.documents)
        if given:
            written["with"] = given
        if deed.then is not None:
            written["then"] = (
                {"refused": list(deed.then.refused)}
                if deed.then.refused
                else {"stage_of_case": deed.then.stage_of_case}
            )
        yield written
