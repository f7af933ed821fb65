"""From a way through the stages to a network of days: every stage, clock, approval and track that holds a step up.

For each stage the step that leaves it waits for all of: the time the stage usually takes; clocks that must be over;
tracks that must have ended; approvals that take time of their own, at a meeting of their committee where they need
one. Where none of these says anything, but leaving meets something that is due, the stage takes the time that this
deadline gives. Where even that is silent, a length is assumed, and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inprocap_flow.calendar.periods import Period, parse_period
from inprocap_flow.engine.binding import Binding
from inprocap_flow.language.model import CASE, Approval, Deadline, Line, Stage, Step, said
from inprocap_flow.records import changed, record
from inprocap_flow.service.planning.durations import APPROVAL, DEADLINE, FIELD, STAGE, Length, Lengths, Thing, exactly
from inprocap_flow.service.planning.ends import Clocks, Ends, Work, encoded
from inprocap_flow.service.planning.meeting import Committee, committee_of
from inprocap_flow.service.planning.network import Day, Link, Network, Point, Shift
from inprocap_flow.service.planning.path import Leg, choose_path, completed
from inprocap_flow.service.planning.waiting import Waits, waits_of
from inprocap_flow.service.planning.working import due_work, forward_work


@record
class Item:
    """What a point of the network is. ``kind``: begin, step, side, deadline, papers, meeting or work (of a track)."""

    name: str
    kind: str
    title: str
    line: str = CASE
    stage: str = ""
    milestone: str | None = None
    step: str | None = None
    ends: Ends | None = None
    deadline: Deadline | None = None
    committee: Committee | None = None
    actual: bool = False
    since: str = ""  # the point at which its bar begins


@dataclass(slots=True)
class Draft:
    """A network with what its points are, the lengths that its links rest on, and what is worth saying about it."""

    network: Network
    items: dict[str, Item] = field(default_factory=dict)
    reached: dict[str, str] = field(default_factory=dict)  # milestone -> point
    notes: list[str] = field(default_factory=list)
    finish: str = ""


BEGIN, TODAY = "begin", "today"
Variants = tuple[Shift, Shift, Shift]


class Drafter:
    """Builds one draft. Points are added in the order in which they can happen."""

    def __init__(self, binding: Binding, clocks: Clocks, lengths: Lengths, work: Work, language: str = "en") -> None:
        self.binding, self.clocks, self.lengths, self.work = binding, clocks, lengths, work
        self.language = language
        self.draft = Draft(Network())
        self.running: dict[tuple[str, str], str] = {}  # (kind, deadline) -> its point
        self.created: dict[str, str] = {}  # kind of track -> the point at which it is created
        self.not_before: str | None = None  # a point before which nothing of the future happens

    # ------------------------------------------------------------------------------------------ points

    def begin(self, day: Day, title: str, milestone: str | None = None) -> None:
        """Put the beginning on *day*."""
        self.add(Item(BEGIN, "begin", title, milestone=milestone), Point(BEGIN, fixed=day))

    def today(self, day: Day) -> None:
        """Let nothing that is still to come happen before *day*."""
        self.add(Item(TODAY, "today", "Today"), Point(TODAY, fixed=day))
        self.not_before = TODAY

    def known(self, item: Item, day: Day) -> None:
        """Add something whose day is known."""
        self.add(item, Point(item.name, fixed=day))

    def add(self, item: Item, point: Point) -> str:
        """Add a point and what it is; return its name."""
        self.draft.items[point.name] = item
        self.draft.network.add(point)
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
        steps = [leg.step for leg in legs if leg.step is not None]
        needed = {name for step in steps for name in waits_of(self.binding.definition, step).reached}
        for leg in legs:
            if leg.step is not None:
                self._side_steps(line, leg, entry, needed)
                entry = self._leave(line, leg, entry)
        return entry

    def _leave(self, line: Line, leg: Leg, entry: str) -> str:
        step = leg.step
        assert step is not None
        waits = waits_of(self.binding.definition, step)
        links = [*self._gates(line, waits), *self._tracks(waits), *self._stage_time(line, leg, entry)]
        links += forward_work(self, line, leg, entry)
        links = (
            links
            or due_work(self, line, leg, entry, self._due_time(line, leg))
            or [self._assumed_time(line, leg, entry)]
        )
        target = _point_of(line, step)
        links = [changed(link, target=target) for link in (*links, Link(entry, target))]
        links = self._approved(line, step, self._delayed(Thing(STAGE, line.kind, leg.stage), links))
        if self.not_before:
            links.append(Link(self.not_before, target, why="not before today"))
        people = not step.is_system and (not step.is_automatic or self._asks_people(step))
        settle, back = (self.work.on_or_after, self.work.on_or_before) if people else (_same, _same)
        bounds = [self.running[found] for name in (*waits.met, *step.already_there.within, *_met(leg))
                  if (found := self._running(line, name))]  # fmt: skip
        links += [Link(beside, target, why="asked for by then") for name in waits.reached
                  if (beside := self.draft.reached.get(name, "")).startswith("side ")]  # fmt: skip
        point = Point(target, settle, back, links, bounds)
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
        length = self.lengths.known(thing, self.stage_title(line, stage), typical_of(stage))
        return [self.span(entry, length, f"in {self.stage_title(line, stage)}")] if length else []

    def _assumed_time(self, line: Line, leg: Leg, entry: str) -> Link:
        title = self.stage_title(line, line.stages[leg.stage])
        step = leg.step
        if step is not None and step.is_automatic and step.as_soon_as is not None and not self._asks_people(step):
            return Link(entry, "", why="follows by itself")
        length = self.lengths.assumed(Thing(STAGE, line.kind, leg.stage), title)
        return self.span(entry, length, f"in {title}")

    def _asks_people(self, step: Step) -> bool:
        """Tell whether an automatic step waits for something that people do."""
        waits = waits_of(self.binding.definition, step)
        return not (waits.over or waits.finished)

    def _gates(self, line: Line, waits: Waits) -> list[Link]:
        """Return the clocks that must be over."""
        links = []
        for name in waits.over:
            place = self._running(line, name)
            if place is not None:
                links.append(Link(self.running[place], ""))
        return links

    def _tracks(self, waits: Waits) -> list[Link]:
        """Return the tracks that must have ended, each followed along its own usual way."""
        links = []
        for kind in waits.finished:
            begun = self.created.pop(kind, None)
            if begun is None:
                continue
            last = self._follow(kind, begun)
            links.append(Link(last, "", why=f"{self._line_title(kind)} finished"))
        return links

    def _follow(self, kind: str, begun: str) -> str:
        line = self.binding.definition.line(kind)
        start = line.leaf(line.begins.targets[0].to)
        for name in line.begins.starts:
            self.start_clock(line, name, begun)
        legs = choose_path(self.binding.definition, line, start, goals=completed(line), shortest=True)
        return self.walk(line, legs, begun)

    def _due_time(self, line: Line, leg: Leg) -> list[Link]:
        """Return the deadline that leaving the stage meets: it gives the time, if nothing else does."""
        links = []
        step = leg.step
        for name in (*_met(leg), *(step.stops if step else ())):
            place = self._running(line, name)
            declared = self.binding.definition.find_deadline(line.kind, name)
            if place is None or declared is None or declared.kind != "due":
                continue
            links.append(Link(self.running[place], "", self._last_working_day))
        return links

    def _last_working_day(self, gate: Day) -> Day:
        return self.work.on_or_before(gate - 1)

    def _running(self, line: Line, name: str) -> tuple[str, str] | None:
        for kind in (line.kind, CASE):
            if (kind, name) in self.running:
                return (kind, name)
        return None

    # ------------------------------------------------------------------------------------------ approvals

    def _approved(self, line: Line, step: Step, links: list[Link]) -> list[Link]:
        """Return *links* with the approvals in between that take time of their own."""
        slow = [one for name in step.already_there.approvals if (one := self._slow(line, name)) is not None]
        if not slow:
            return links
        ready = f"papers {step.name}"
        point = Point(ready, self.work.on_or_after, self.work.on_or_before,
                      [changed(link, target=ready) for link in links])  # fmt: skip
        if self.not_before:
            point.links.append(Link(self.not_before, ready, why="not before today"))
        self.add(Item(ready, "papers", f"Ready for signing: {self.step_title(line, step)}", line.kind), point)
        target = _point_of(line, step)
        return [changed(link, target=target) for approval, length, committee in slow
                for link in self._signed(line, approval, length, committee, ready)]  # fmt: skip

    def _slow(self, line: Line, name: str) -> tuple[Approval, Length | None, Committee | None] | None:
        approval = self.binding.definition.find_approval(line.kind, name)
        if approval is None:
            return None
        thing = Thing(APPROVAL, approval.line, name)
        length = self.lengths.known(thing, self.text(approval.title, name), typical_of(approval))
        delay = self.lengths.given.delays.get(thing)
        if delay is not None and length is None:
            length = exactly(delay, "chosen")
        committee = committee_of(self.binding, line.kind, approval)
        return (approval, length, committee) if length or committee else None

    def _signed(
        self, line: Line, approval: Approval, length: Length | None, committee: Committee | None, ready: str
    ) -> Iterable[Link]:
        title = self.text(approval.title, approval.name)
        links = [self.span(ready, length, f"for the approval {title}") if length
                 else Link(ready, "", why=f"papers ready for {title}")]  # fmt: skip
        if committee is None:
            yield from links
            return
        name = f"meeting {approval.name}"
        links = [links[0].then(committee.given, target=name)]
        item = Item(
            name, "meeting", f"{title}: meeting of {committee.name}", line.kind, committee=committee, since=ready
        )
        self.add(item, Point(name, links=links))
        sitting = committee.reached(self.day(ready))
        if sitting is None:
            self.draft.notes.append(
                f"No meeting of {committee.name} is known that the papers for {title} can still go to; "
                "planned is the day after the last known one."
            )
        else:
            self.clocks.tell(**{committee.field: sitting.id})
        yield Link(name, "", why=f"{title}, given at the meeting")

    # ------------------------------------------------------------------------------------------ clocks

    def _effects(self, line: Line, leg: Leg, point: str) -> None:
        step, branch = leg.step, leg.branch
        assert step is not None
        assert branch is not None
        if step.milestone and line.kind == CASE:
            self.clocks.reach(step.milestone, self.day(point))
        for name in dict.fromkeys((*step.starts, *step.restarts, *branch.starts)):
            self.start_clock(line, name, point)
        for create in step.creates:
            self.created[create.track] = point
        for name in (*step.meets, *step.stops, *branch.meets, *branch.stops):
            place = self._running(line, name)
            if place is not None:
                self.running.pop(place)

    def start_clock(self, line: Line, name: str, point: str) -> None:
        """Let a deadline of *line* start at *point*."""
        declared = self.binding.definition.find_deadline(line.kind, name)
        if declared is None or declared.backwards_from or declared.outlives_case:
            return
        kind = declared.line
        length = self._deadline_length(declared)
        self._lengths_of_fields(declared)
        thing = Thing(DEADLINE, kind, name)
        extra = self.lengths.given.delays.get(thing)
        ends = self.clocks.ends(kind, declared, self.day(point), length.likely if length else None, extra)
        if isinstance(ends, tuple):
            self.draft.notes.append(f"{self.text(declared.title, name)} is not planned: {ends[0].reason}")
            return
        self.clocks.run(kind, name, ends)
        target = f"deadline {kind or 'case'} {name}"
        self.running[kind, name] = target
        link = Link(point, target, self._ending(declared, length.likely if length else None, extra), ends.period,
                    self._endings(declared, length, extra))  # fmt: skip
        item = Item(target, "deadline", self.deadline_title(declared, point), kind, ends=ends, deadline=declared,
                    since=point)  # fmt: skip
        self.add(item, Point(target, links=[link], over=ends.gate > ends.last_day.toordinal()))
        if ends.wrong:
            self.draft.notes.append(ends.wrong)

    def _ending(self, declared: Deadline, length: Period | None, extra: Period | None) -> Shift:
        """Return the day on which *declared* is over, as a function of the day on which it starts."""
        likely = self.clocks

        def gate(day: Day) -> Day:
            ends = likely.ends(declared.line, declared, day, length, extra)
            return day if isinstance(ends, tuple) else ends.gate

        return gate

    def _endings(self, declared: Deadline, length: Length | None, extra: Period | None) -> Variants | None:
        """Return the same for the least, the likely and the most, where the length of *declared* is not certain."""
        if length is None or not length.varies:
            return None
        least, likely, most = (self._ending(declared, one, extra) for one in (length.least, length.likely, length.most))
        return least, likely, most

    def _deadline_length(self, declared: Deadline) -> Length | None:
        """Return how long a deadline that somebody types is left open, where something other than a proposal says."""
        if declared.ends_at is None or not self.clocks.typed(declared):
            return None
        thing = Thing(DEADLINE, declared.line, declared.name)
        title = self.text(declared.title, declared.name)
        known = self.lengths.known(thing, title)
        if known is not None or declared.proposes is not None:
            return known
        return self._stage_length(declared) or self.lengths.assumed(thing, title)

    def _stage_length(self, declared: Deadline) -> Length | None:
        """Return how long the stage usually takes that begins with *declared*: the time that firms then have."""
        line = self.binding.definition.line(declared.line)
        for step in line.steps.values():
            stage = line.stages.get(step.targets[0].to)
            if stage is not None and declared.name in (*step.starts, *step.targets[0].starts):
                leaf = line.stages[line.leaf(stage.address)]
                return self.lengths.known(Thing(STAGE, line.kind, leaf.address), self.stage_title(line, leaf),
                                          typical_of(leaf))  # fmt: skip
        return None

    def _lengths_of_fields(self, declared: Deadline) -> None:
        for name in self.clocks.unknown_lengths(declared):
            title = self.text(self.binding.definition.main.fields[name].title, name)
            length = self.lengths.assumed(Thing(FIELD, CASE, name), title)
            self.clocks.tell(**{name: encoded(length.likely)})

    def count_back(self, line: Line) -> None:
        """Add the deadlines of *line* that are counted back from what the plan knows by now."""
        for declared in line.deadlines.values():
            if declared.backwards_from is None or (line.kind, declared.name) in self.running:
                continue
            anchor = self.draft.items.get(f"deadline {line.kind or 'case'} {declared.backwards_from}")
            since = self.day(anchor.name) if anchor is not None else self.day(BEGIN)
            ends = self.clocks.ends(line.kind, declared, since)
            if isinstance(ends, Ends):
                name = f"deadline {line.kind or 'case'} {declared.name}"
                item = Item(name, "deadline", self.text(declared.title, declared.name), line.kind, ends=ends,
                            deadline=declared)  # fmt: skip
                self.known(item, ends.gate)

    # ------------------------------------------------------------------------------------------ beside the way

    def _side_steps(self, line: Line, leg: Leg, entry: str, needed: set[str]) -> None:
        """Add the steps that stay in this stage and meet something that is due, or reach what a later step asks for."""
        for step in line.steps.values():
            stays = leg.stage in step.sources and all(branch.to == "same" for branch in step.targets)
            met = [place for name in step.meets if (place := self._running(line, name)) is not None]
            asked = step.milestone in needed and step.milestone not in self.draft.reached
            if not stays or not (met or asked):
                continue
            name = f"side {step.name}"
            links = [Link(entry, name, why="possible from then on")]
            if self.not_before:
                links.append(Link(self.not_before, name, why="not before today"))
            point = Point(name, self.work.on_or_after, self.work.on_or_before, links,
                          [self.running[place] for place in met])  # fmt: skip
            self.add(Item(name, "side", self.step_title(line, step), line.kind, leg.stage, step.milestone,
                           step.name), point)  # fmt: skip
            for place in met:
                self.running.pop(place)

    # ------------------------------------------------------------------------------------------ lengths and words

    def span(self, source: str, length: Length, why: str) -> Link:
        """Return a link of *length* from *source*, still without a target."""
        varies = None
        if length.varies:
            varies = (self._adding(length.least), self._adding(length.likely), self._adding(length.most))
        return Link(source, "", self._adding(length.likely), f"{length} {why}{_BASIS.get(length.basis, '')}", varies)

    def _adding(self, period: Period) -> Shift:
        def later(day: Day) -> Day:
            return self.work.after(day, period)

        return later

    def _delayed(self, thing: Thing, links: list[Link]) -> list[Link]:
        extra = self.lengths.given.delays.get(thing)
        if extra is None:
            return links
        more = self._adding(extra)
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

    def deadline_title(self, declared: Deadline, point: str) -> str:
        """Return the title of a deadline, with the group of stages in which it starts where others have the same."""
        line = self.binding.definition.line(declared.line)
        title = self.text(declared.title, declared.name)
        step = line.steps.get(self.draft.items[point].step or "")
        alike = [one for one in line.deadlines.values() if self.text(one.title, one.name) == title]
        stage = step.targets[0].to.partition(".")[0] if step else ""
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


_BASIS = {"typical": " (experience, no rule)", "assumed": " (assumed)", "history": " (from finished cases)"}


def _same(day: Day) -> Day:
    return day


def typical_of(declared: Stage | Approval) -> Length | None:
    """Return how long a stage, or collecting signatures, usually takes, as the definition says."""
    code = getattr(declared, "typical", None)
    return exactly(parse_period(code), "typical") if code else None


def _met(leg: Leg) -> tuple[str, ...]:
    step, branch = leg.step, leg.branch
    return (*(step.meets if step else ()), *(branch.meets if branch else ()))


def _point_of(line: Line, step: Step) -> str:
    return f"step {step.name}" if line.kind == CASE else f"step {line.kind}.{step.name}"
