"""Stories that start from a story of another file, or from one with changes, told out deed by deed.

What such a story expects on the way is not asked again: it is proven where it is written. Only that each act is still
accepted counts here, where other overlays, other people and another calendar may apply; acts that are refused, and
readings, leave nothing behind and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.scenarios.building import start_from
from inprocap_flow.language.scenarios.records import Borrowed, Change, Deed, Later, Origin, Start, Tests
from inprocap_flow.language.schema.messages import did_you_mean

SUFFIX = ".test.yaml"
MOST_NAMED = 2  # stories that have what another lacks


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where other test files are found: ``read`` gives one by its name (None: there is none), ``known`` their names."""

    read: Callable[[str], Tests | None]
    known: Callable[[], list[str]]


class _CannotTell(Exception):  # a problem on its way to the list, never seen outside of this module
    """``step`` is what nobody does in the story; empty where something else is wrong."""

    def __init__(self, problem: Problem, step: str = "") -> None:
        super().__init__(problem.fact)
        self.problem = problem
        self.step = step


def with_borrowed(tests: Tests, shelf: Shelf) -> tuple[Tests, list[Problem]]:
    """Return *tests* with every story told out that starts elsewhere or with changes, and every problem of that.

    What a scenario is given from another file becomes a story of its own, called as it is written (``open#call_out``).
    """
    teller = _Teller(shelf)
    stories, problems = dict(tests.stories), []
    for name, deeds in {**tests.stories, **_given_elsewhere(tests)}.items():
        try:
            stories[name] = teller.told(tests, name, deeds)
        except _CannotTell as cannot:
            problems.append(cannot.problem)
    firms = {**teller.firms, **tests.firms}
    return replace(tests, stories=stories, firms=firms, borrowed=tuple(teller.borrowed)), problems


def _given_elsewhere(tests: Tests) -> dict[str, tuple[Deed, ...]]:
    """Return the stories of other files that scenarios are given, each as a story that only starts from it."""
    found: dict[str, tuple[Deed, ...]] = {}
    for one in tests.scenarios:
        if one.given and "#" in one.given:
            place = one.given_at or one.place
            found.setdefault(one.given, (Deed("story", one.given, place, start=start_from(one.given, place)),))
    return found


@dataclass(frozen=True, slots=True)
class _Telling:
    """A story that is being told: its file (None: the first one), its name, and who starts from it where."""

    file: str | None
    name: str
    place: Place = field(compare=False)

    def __str__(self) -> str:
        name = f"{self.file}#{self.name}" if self.file else self.name
        return f"{name} ({self.place.file}:{self.place.line})"


_Trail = tuple[_Telling, ...]


@dataclass(slots=True)
class _Teller:
    """Tells stories out, and keeps what was taken over from where."""

    shelf: Shelf
    borrowed: list[Borrowed] = field(default_factory=list)
    firms: dict[str, str] = field(default_factory=dict)

    def told(self, tests: Tests, name: str, deeds: tuple[Deed, ...]) -> tuple[Deed, ...]:
        """Return *deeds* of the first file with what they start from told out; plain starts are left to the player."""
        start = deeds[0].start if deeds else None
        if start is None or start.is_plain:
            return deeds
        source, acts = self._source(tests, start, (_Telling(None, name, deeds[0].place),))
        origin = Origin(start.name, start.place)
        self.borrowed.append(Borrowed(origin, _first_place(source, start), source.organisation, len(acts)))
        return (*acts, *deeds[1:])

    def _source(self, tests: Tests, start: Start, trail: _Trail) -> tuple[Tests, tuple[Deed, ...]]:
        """Return the file that *start* names, and the deeds of its story as they are told there."""
        source = tests if start.file is None else self._file(start)
        here = _Telling(start.file or trail[-1].file, start.story, start.place)
        if here in trail:
            raise _CannotTell(_circle(start, trail))
        if start.story not in source.stories:
            raise _CannotTell(_unknown(start, start.story, list(source.stories), start.file))
        acts = self._whole(source, source.stories[start.story], (*trail, here))
        people = tests.people if start.file else {}
        origin = Origin(start.name, start.place)
        acts = tuple(_played_by(act, people, origin) for act in acts if _leaves_something(act))
        if start.file:
            self._take_firms(source, people)
        try:
            return source, _changed(_cut(acts, start), start)
        except _CannotTell as cannot:
            raise self._elsewhere(cannot, source, start, trail) from None

    def _elsewhere(self, cannot: _CannotTell, source: Tests, start: Start, trail: _Trail) -> _CannotTell:
        """Return *cannot* with the stories of the same file in which somebody does the step that is missed."""
        there = [name for name in source.stories if self._does(cannot.step, source, name, trail)] if cannot.step else []
        if not there:
            return cannot
        prefix = f"{start.file}#" if start.file else ""
        told = " and ".join(f"`{prefix}{name}`" for name in there[:MOST_NAMED])
        near = cannot.problem.mend if cannot.problem.mend.startswith("Did you mean") else ""
        mend = f"{near} Somebody does it in {told}: start from there.".strip()
        return _CannotTell(replace(cannot.problem, mend=mend))

    def _does(self, step: str, source: Tests, story: str, trail: _Trail) -> bool:
        """Return whether somebody does *step* in *story*, what it starts from included; no if it cannot be told."""
        here = _Telling(trail[-1].file, story, source.place)
        if any(one.name == story for one in trail):
            return False
        try:
            deeds = self._whole(source, source.stories[story], (*trail, here))
        except _CannotTell:
            return False
        return any(_is_step(deed, step, None) for deed in deeds)

    def _whole(self, source: Tests, deeds: tuple[Deed, ...], trail: _Trail) -> tuple[Deed, ...]:
        """Return *deeds* of *source* with everything that they start from, also plainly."""
        start = deeds[0].start if deeds else None
        if start is None:
            return deeds
        return (*self._source(source, start, trail)[1], *deeds[1:])

    def _file(self, start: Start) -> Tests:
        assert start.file is not None
        found = self.shelf.read(start.file)
        if found is None:
            raise _CannotTell(_unknown_file(start, start.file, self.shelf.known()))
        return found

    def _take_firms(self, source: Tests, people: Mapping[str, str]) -> None:
        for person, line in source.firms.items():
            self.firms.setdefault(people.get(person, person), line)


def _first_place(source: Tests, start: Start) -> Place:
    deeds = source.stories[start.story]
    return deeds[0].place if deeds else source.place


def _leaves_something(deed: Deed) -> bool:
    return deed.verb != "read" and not (deed.then is not None and deed.then.refused)


def _played_by(deed: Deed, people: Mapping[str, str], origin: Origin) -> Deed:
    """Return *deed* as those do it who stand for its people; nothing that it expected is asked again."""
    given: Mapping[str, Any] = deed.values
    values = {name: people.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
    by = deed.by if deed.verb == "report" else people.get(deed.by, deed.by)
    signed_by = people.get(deed.signed_by, deed.signed_by) if deed.signed_by else None
    return replace(deed, by=by, signed_by=signed_by, values=values, then=None, told_in=origin)


# --------------------------------------------------------------------------------------------------- how far, and but


def _is_step(deed: Deed, step: str, on: str | None) -> bool:
    return deed.verb == "do" and deed.what == step and (on is None or on in (deed.on, deed.new))


def _at(deeds: tuple[Deed, ...], step: str, on: str | None, start: Start, place: Place) -> int:
    """Return where *step* is first done. Raises _CannotTell, with the nearest step, if it never is."""
    for number, deed in enumerate(deeds):
        if _is_step(deed, step, on):
            return number
    done = list(dict.fromkeys(str(deed.what) for deed in deeds if deed.verb == "do"))
    where = f" on {on}" if on else ""
    raise _CannotTell(
        Problem(
            place,
            "not-in-story",
            f"In the story `{start.name}` nobody does `{step}`{where}.",
            did_you_mean(step, [one for one in done if one != step]),
        ),
        step,
    )


def _cut(deeds: tuple[Deed, ...], start: Start) -> tuple[Deed, ...]:
    if start.cut is None:
        return deeds
    where, step = start.cut
    at = _at(deeds, step, start.on, start, start.place)
    return deeds[:at] if where == "before" else deeds[: at + 1]


def _changed(deeds: tuple[Deed, ...], start: Start) -> tuple[Deed, ...]:
    for change in start.changes:
        deeds = _HOW.get(change.where, _with_deeds)(deeds, change, start)
    return deeds


def _with_deeds(deeds: tuple[Deed, ...], change: Change, start: Start) -> tuple[Deed, ...]:
    at = _at(deeds, change.step, change.on, start, change.place)
    first = at + 1 if change.where == "after" else at
    rest = at if change.where == "before" else at + 1
    return (*deeds[:first], *change.deeds, *deeds[rest:])


def _with_values(deeds: tuple[Deed, ...], change: Change, start: Start) -> tuple[Deed, ...]:
    filled = {name for deed in deeds for name in _filled(deed)}
    for name in change.values:
        if name not in filled:
            mend = did_you_mean(name, sorted(filled))
            raise _CannotTell(
                Problem(change.place, "not-in-story", f"In the story `{start.name}` nobody fills `{name}`.", mend)
            )
    return tuple(_refilled(deed, change.values) for deed in deeds)


def _later(deeds: tuple[Deed, ...], change: Change, start: Start) -> tuple[Deed, ...]:
    """Return *deeds* with those of the story after the step marked as later; what stands under `but` keeps its day."""
    at = _at(deeds, change.step, change.on, start, change.place)
    kept = frozenset(name for one in start.changes for name in one.values)
    mark = Later(change.by, deeds[at], change.place, kept)
    rest = (replace(deed, later=(*deed.later, mark)) if deed.told_in else deed for deed in deeds[at + 1 :])
    return (*deeds[: at + 1], *rest)


def _filled(deed: Deed) -> Mapping[str, str]:
    return deed.what if deed.verb == "fill" else deed.values


def _refilled(deed: Deed, values: Mapping[str, str]) -> Deed:
    own = _filled(deed)
    new = {name: values.get(name, value) for name, value in own.items()}
    if new == own:
        return deed
    return replace(deed, what=new) if deed.verb == "fill" else replace(deed, values=new)


_HOW = {"values": _with_values, "later": _later}


# ------------------------------------------------------------------------------------------------------- what is wrong


def _unknown(start: Start, name: str, known: list[str], file: str | None) -> Problem:
    where = f" in {file}{SUFFIX}" if file else ""
    mend = did_you_mean(name, known)
    return Problem(start.place, "unknown-story", f"There is no story `{name}`{where}.", mend, width=len(start.name))


def _unknown_file(start: Start, file: str, known: list[str]) -> Problem:
    mend = did_you_mean(file, known) or "Write the name of a test file without `.test.yaml`: open#call_out."
    fact = f"There is no test file `{file}{SUFFIX}`."
    return Problem(start.place, "unknown-story", fact, mend, width=len(start.name))


def _circle(start: Start, trail: _Trail) -> Problem:
    way = " -> ".join([*map(str, trail), start.name])
    fact = f"The story `{trail[0].name}` comes back to itself: {way}."
    return Problem(start.place, "story-in-circle", fact, "Let stories build on earlier ones only.")
