"""From a way through the stages to a network of days: every stage, clock, approval and track that holds a step up.

For each stage the step that leaves it waits for all of: the time the stage usually takes; clocks that must be over;
tracks that must have ended; approvals that take time of their own, at a meeting of their committee where they need
one. Where none of these says anything, but leaving meets something that is due, the stage takes the time that this
deadline gives. Where even that is silent, a length is assumed, and listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from inprocap_flow.calendar.periods import Period
from inprocap_flow.engine.case.binding import Binding
from inprocap_flow.language.model import CASE, Line, Stage, Step, said
from inprocap_flow.records import changed
from inprocap_flow.service.planning.approving import approved
from inprocap_flow.service.planning.beside import side_steps
from inprocap_flow.service.planning.bounds import bounds_of, met_by
from inprocap_flow.service.planning.cautions import cautions_of
from inprocap_flow.service.planning.durations import STAGE, Length, Lengths, Thing, typical_of
from inprocap_flow.service.planning.ends import Clocks, Work
from inprocap_flow.service.planning.items import BEGIN, TODAY, Draft, Item
from inprocap_flow.service.planning.network import Day, Link, Network, Point, Shift
from inprocap_flow.service.planning.path import Leg, usual_way
from inprocap_flow.service.planning.ticking import start
from inprocap_flow.service.planning.waiting import Waits, waits_of
from inprocap_flow.service.planning.working import due_work, forward_work


class Drafter:
    """Builds one draft. Points are added in the order in which they can happen."""

    def __init__(self, binding: Binding, clocks: Clocks, lengths: Lengths, work: Work, language: str = "en") -> None:
        self.binding, self.clocks, self.lengths, self.work = binding, clocks, lengths, work
        self.language = language
        self.draft = Draft(Network())
        self.running: dict[tuple[str, str], str] = {}  # (kind, deadline) -> its point
        self.guessed: set[tuple[str, str]] = set()  # those whose length nobody said
        self.created: dict[str, str] = {}  # kind of track -> the point at which it is created
        self.not_before: str | None = None  # a point before which nothing of the future happens
        self.approved: frozenset[str] = frozenset()  # approvals of the case that are given already
        self.open_tracks: dict[str, tuple[str, str, Day]] = {}  # kind -> a track of the case, its stage, since when
        self.entry = BEGIN  # the point at which the stage that is being planned is entered

    # ------------------------------------------------------------------------------------------ points

    def begin(self, day: Day, title: str, milestone: str | None = None) -> None:
        """Put the beginning on *day*."""
        self.add(Item(BEGIN, "begin", title, milestone=milestone), Point(BEGIN, fixed=day))

    def today(self, day: Day) -> None:
        """Let nothing that is still to come happen before *day*."""
        self.add(Item(TODAY, "today", "Today"), Point(TODAY, fixed=day))
        self.not_before = TODAY

    def from_today(self, target: str) -> list[Link]:
        """Return the link that keeps *target* from lying in the past, if there is a today."""
        return [Link(self.not_before, target, why="not before today")] if self.not_before else []

    def known(self, item: Item, day: Day) -> None:
        """Add something whose day is known."""
        self.add(item, Point(item.name, fixed=day))

    def add(self, item: Item, point: Point) -> str:
        """Add a point and what it is; return its name."""
        self.draft.items[point.name] = item
        self.draft.network.add(point)
        step = self.binding.definition.line(item.line).steps.get(item.step or "")
        if step is not None and not item.actual:
            self.draft.cautions += cautions_of(self.clocks, item, step, self.day(item.name), self.language)
        if item.milestone:
            self.draft.reached[item.milestone] = point.name
        return point.name

    def day(self, name: str) -> Day:
        """Return the earliest day of a point."""
        return self.draft.network.days[name]

    def text(self, text: object, name: str) -> str:
        """Return a title, or the name in words."""
        return said(text, self.language) or name.rpartition(".")[2].replace("_", " ").capitalize()  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------ the way

    def walk(self, line: Line, legs: Sequence[Leg], entry: str) -> str:
        """Follow *legs* of *line* from the point *entry*, and return the point at which the last stage is entered."""
        needed = {name for leg in legs if leg.step is not None for name in self._waits(leg.step, leg.stage).reached}
        for leg in legs:
            if leg.step is not None:
                side_steps(self, line, leg, entry, needed)
                entry = self._leave(line, leg, entry)
        return entry

    def _leave(self, line: Line, leg: Leg, entry: str) -> str:
        step = leg.step
        assert step is not None
        waits = self._waits(step, leg.stage)
        links = [*self._gates(line, waits), *self._tracks(waits), *self._stage_time(line, leg, entry)]
        links += forward_work(self, line, leg, entry)
        links = (
            links
            or due_work(self, line, leg, entry, self._due_time(line, leg))
            or [self._assumed_time(line, leg, entry)]
        )
        target = _point_of(line, step)
        links = [changed(link, target=target) for link in (*links, Link(entry, target))]
        links = self._delayed(Thing(STAGE, line.kind, leg.stage), links)
        self.entry = entry
        links = approved(self, line, step, target, links) + self.from_today(target)
        by_itself = step.is_automatic and not self._asks_people(step, leg.stage)
        people = not step.is_system and not step.is_linked and not by_itself
        settle, back = (self.work.on_or_after, self.work.on_or_before) if people else (_same, _same)
        bounds, hoped = bounds_of(self, line, leg, waits)
        links += [Link(beside, target, why="asked for by then") for name in waits.reached
                  if (beside := self.draft.reached.get(name, "")).startswith("side ")]  # fmt: skip
        point = Point(target, settle, back, links, bounds, hoped)
        item = Item(target, "step", self.step_title(line, step), line.kind, leg.stage, step.milestone, step.name,
                    since=entry)  # fmt: skip
        self.add(item, point)
        for name in waits.over:
            self.running.pop((line.kind, name), None)
        self._effects(line, leg, target)
        return target

    # ------------------------------------------------------------------------------------------ what holds a step up

    def _stage_time(self, line: Line, leg: Leg, entry: str) -> list[Link]:
        stage = line.stages[leg.stage]
        thing = Thing(STAGE, line.kind, leg.stage)
        title = self.stage_title(line, stage)
        length = self.lengths.known(thing, title, typical_of(stage))
        if length is None and thing in self.lengths.given.spreads:
            length = self.lengths.assumed(thing, title)
        return [self.span(entry, length, f"in {self.stage_title(line, stage)}")] if length else []

    def _assumed_time(self, line: Line, leg: Leg, entry: str) -> Link:
        title = self.stage_title(line, line.stages[leg.stage])
        step = leg.step
        alone = step is not None and step.is_automatic and step.as_soon_as is not None
        if alone and step is not None and not self._asks_people(step, leg.stage):
            return Link(entry, "", why="follows by itself")
        length = self.lengths.assumed(Thing(STAGE, line.kind, leg.stage), title)
        return self.span(entry, length, f"in {title}")

    def _waits(self, step: Step, stage: str) -> Waits:
        return waits_of(self.binding.definition, step, stage, self.clocks.case.lifted)

    def _asks_people(self, step: Step, stage: str) -> bool:
        """Tell whether an automatic step waits for something that people do."""
        waits = self._waits(step, stage)
        return not (waits.over or waits.finished)

    def _gates(self, line: Line, waits: Waits) -> list[Link]:
        """Return the clocks that must be over."""
        links = []
        for name in waits.over:
            place = self.running_place(line, name)
            if place is not None:
                links.append(Link(self.running[place], ""))
        return links

    def _tracks(self, waits: Waits) -> list[Link]:
        """Return the tracks that must have ended, each followed along its own usual way."""
        links = []
        for kind in waits.finished:
            begun = self.created.pop(kind, None)
            if begun is not None:
                last = self._follow(kind, begun)
            elif kind in self.open_tracks:
                last = self._go_on(kind, *self.open_tracks.pop(kind))
            else:
                continue
            links.append(Link(last, "", why=f"{self._line_title(kind)} finished"))
        return links

    def _follow(self, kind: str, begun: str) -> str:
        line = self.binding.definition.line(kind)
        first = line.leaf(line.begins.targets[0].to)
        for name in line.begins.starts:
            start(self, line, name, begun)
        return self.walk(line, usual_way(self.binding.definition, line, first), begun)

    def _go_on(self, kind: str, track: str, stage: str, since: Day) -> str:
        """Follow a track of the case from where it stands."""
        line = self.binding.definition.line(kind)
        name = f"track {kind}"
        title = f"{self._line_title(kind)} ({track}): {self.stage_title(line, line.stages[stage])}"
        self.known(Item(name, "here", title, kind, stage, actual=True), since)
        return self.walk(line, usual_way(self.binding.definition, line, stage), name)

    def _due_time(self, line: Line, leg: Leg) -> list[Link]:
        """Return the deadline that leaving the stage meets: it gives the time, if nothing else does."""
        links = []
        step = leg.step
        for name in (*met_by(leg), *(step.stops if step else ())):
            place = self.running_place(line, name)
            declared = self.binding.definition.find_deadline(line.kind, name)
            if place is None or declared is None or declared.kind != "due":
                continue
            links.append(Link(self.running[place], "", self._last_working_day))
        return links

    def _last_working_day(self, gate: Day) -> Day:
        return self.work.on_or_before(gate - 1)

    def running_place(self, line: Line, name: str) -> tuple[str, str] | None:
        """Return which deadline of that name runs: that of *line*, else that of the case."""
        for kind in (line.kind, CASE):
            if (kind, name) in self.running:
                return (kind, name)
        return None

    # ------------------------------------------------------------------------------------------ clocks

    def _effects(self, line: Line, leg: Leg, point: str) -> None:
        step, branch = leg.step, leg.branch
        assert step is not None
        assert branch is not None
        if step.milestone and line.kind == CASE:
            self.clocks.reach(step.milestone, self.day(point))
        for name in dict.fromkeys((*step.starts, *step.restarts, *branch.starts)):
            start(self, line, name, point)
        for create in step.creates:
            self.created[create.track] = point
        for name in (*step.meets, *step.stops, *branch.meets, *branch.stops):
            place = self.running_place(line, name)
            if place is not None:
                self.running.pop(place)

    # ------------------------------------------------------------------------------------------ lengths and words

    def span(self, source: str, length: Length, why: str) -> Link:
        """Return a link of *length* from *source*, still without a target."""
        varies = None
        if length.varies:
            varies = (self.adding(length.least), self.adding(length.likely), self.adding(length.most))
        return Link(source, "", self.adding(length.likely), f"{length} {why}{_BASIS.get(length.basis, '')}", varies)

    def adding(self, period: Period) -> Shift:
        """Return the day that lies *period* of work later, as a function of a day."""

        def later(day: Day) -> Day:
            return self.work.after(day, period)

        return later

    def _delayed(self, thing: Thing, links: list[Link]) -> list[Link]:
        extra = self.lengths.delay(thing)
        if extra is None:
            return links
        more = self.adding(extra)
        return [link.then(more, why=f"{link.why}, and {extra} more".lstrip(", ")) for link in links]

    def step_title(self, line: Line, step: Step) -> str:
        """Return the title of a step, with the group of stages it leads to where others have the same title."""
        title = self.text(step.title, step.name)
        alike = [one for one in line.steps.values() if self.text(one.title, one.name) == title]
        to = step.targets[0].to
        stage = (step.sources[0] if to == "same" and step.sources else to).partition(".")[0]
        if len(alike) == 1 or stage not in line.stages:
            return title
        return f"{self.text(line.stages[stage].title, stage)}: {title}"

    def stage_title(self, line: Line, stage: Stage) -> str:
        """Return the title of a stage with those of the stages around it."""
        names = stage.address.split(".")
        titles = [self.text(line.stages[".".join(names[: n + 1])].title, names[n]) for n in range(len(names))]
        return " > ".join(titles)

    def _line_title(self, kind: str) -> str:
        return self.text(self.binding.definition.line(kind).title, kind)


# A typical length carries no source: whoever wrote the file may know it or guess it, so no more is claimed for it.
_BASIS = {"typical": " (estimate, no rule)", "assumed": " (assumed)", "history": " (from finished cases)"}


def _same(day: Day) -> Day:
    return day


def _point_of(line: Line, step: Step) -> str:
    return f"step {step.name}" if line.kind == CASE else f"step {line.kind}.{step.name}"
