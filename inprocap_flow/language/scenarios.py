"""Test files as frozen records: stories and scenarios, each act with its place.

Names in them are looked up by whoever plays them, on the definition: a scenario may be about a name that is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.report import locate
from inprocap_flow.language.schema.scenarios import DEEDS, DeedDoc, TestsDoc, ThenDoc


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come back. Texts are as written; times are local to the organisation unless they have an offset."""

    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    may_be_given_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    signed_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_by: str | None = None
    until: str | None = None
    possible_from: str | None = None
    provisional: bool | None = None
    stage: str | None = None
    stage_of_case: str | None = None
    deadline: Mapping[str, str] = field(default_factory=dict)
    tracks: Mapping[str, Any] = field(default_factory=dict)  # kind -> number as text, or name -> stage
    approval: Mapping[str, str] = field(default_factory=dict)
    reported: Mapping[str, Any] = field(default_factory=dict)  # name -> values as text, or "yes"
    field: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] | None = None  # None: not looked at; empty: nobody


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person does. ``verb`` is one of `schema.scenarios.DEEDS`, ``what`` its value as written.

    ``values`` are fields that come with it, ``documents`` papers. ``then`` None: it must be accepted.
    """

    verb: str
    what: Any
    place: Place
    at: str = ""
    by: str = ""
    role: str | None = None
    on: str | None = None
    new: str | None = None
    of: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    reason: str | None = None
    until: str | None = None
    by_law: str | None = None
    signed_by: str | None = None
    then: Expected | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fact, shown by a story and some deeds."""

    fact: str
    place: Place
    deeds: tuple[Deed, ...]
    source: str | None = None
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Tests:
    """The scenarios of a procedure, played for an organisation."""

    __test__ = False  # not a test of pytest

    procedure: str
    organisation: str
    overlays: tuple[str, ...] | None  # None: those that the organisation has on the day of the first deed
    firms: Mapping[str, str]  # person -> track
    stories: Mapping[str, tuple[Deed, ...]]
    scenarios: tuple[Scenario, ...]
    place: Place

    @property
    def first_deed(self) -> Deed | None:
        """The first deed of the file: its day decides which overlays apply."""
        told = (deed for deeds in self.stories.values() for deed in deeds)
        shown = (deed for one in self.scenarios for deed in one.deeds)
        return next((deed for deed in (*told, *shown) if deed.at), None)


def build_tests(doc: TestsDoc, root: MapNode) -> tuple[Tests, list[Problem]]:
    """Return the tests, and every problem: stories that do not exist or play themselves."""
    stories = {
        name: tuple(_deed(one, root, ("stories", name, number)) for number, one in enumerate(deeds))
        for name, deeds in doc.stories.items()
    }
    scenarios = tuple(
        Scenario(
            fact=next(iter(one.fact.values())),
            place=locate(root, ("scenarios", number))[0],
            deeds=tuple(_deed(step, root, ("scenarios", number, "steps", n)) for n, step in enumerate(one.steps)),
            source=one.source,
            given=one.given,
        )
        for number, one in enumerate(doc.scenarios)
    )
    problems = [*_stories_used(doc, root), *_circles(stories)]
    overlays = None if doc.overlays is None else tuple(doc.overlays)
    return Tests(doc.tests, doc.organisation, overlays, doc.firms, stories, scenarios, root.place), problems


def _deed(doc: DeedDoc, root: MapNode, path: NodePath) -> Deed:
    verb = next(name for name in DEEDS if getattr(doc, name) is not None)
    documents = doc.with_.get("documents", ())
    documents = (documents,) if isinstance(documents, str) else tuple(documents)
    values = {name: value for name, value in doc.with_.items() if name not in ("documents", "reason")}
    return Deed(
        verb=verb,
        what=getattr(doc, verb),
        place=locate(root, path)[0],
        at=doc.at or "",
        by=doc.by or "",
        role=doc.as_,
        on=doc.on,
        new=doc.new,
        of=doc.of,
        values=values,
        documents=documents,
        reason=doc.reason or doc.with_.get("reason"),
        until=doc.until,
        by_law=doc.by_law,
        signed_by=doc.signed_by,
        then=_expected(doc.then) if doc.then else None,
    )


def _expected(doc: ThenDoc) -> Expected:
    return Expected(**{name: getattr(doc, name) for name in ThenDoc.model_fields})


def _stories_used(doc: TestsDoc, root: MapNode) -> Iterator[Problem]:
    used = [(("scenarios", number, "given"), one.given) for number, one in enumerate(doc.scenarios) if one.given]
    lists = [(("stories", name), deeds) for name, deeds in doc.stories.items()]
    lists += [(("scenarios", number, "steps"), one.steps) for number, one in enumerate(doc.scenarios)]  # type: ignore[misc]
    used += [((*path, n, "story"), one.story) for path, deeds in lists for n, one in enumerate(deeds) if one.story]  # type: ignore[misc]
    for path, name in used:
        if name not in doc.stories:
            place, width = locate(root, path)
            yield Problem(
                place,
                "unknown-story",
                f"There is no story `{name}`.",
                did_you_mean(name, list(doc.stories)),
                width=width,
            )


def _circles(stories: Mapping[str, tuple[Deed, ...]]) -> Iterator[Problem]:
    for name, deeds in stories.items():
        seen, waiting = set(), [deed.what for deed in deeds if deed.verb == "story"]
        while waiting:
            one = waiting.pop()
            if one == name:
                yield Problem(
                    deeds[0].place,
                    "story-in-circle",
                    f"The story `{name}` comes back to itself.",
                    "Let stories build on earlier ones only.",
                )
                break
            if one not in seen:
                seen.add(one)
                waiting += [deed.what for deed in stories.get(one, ()) if deed.verb == "story"]
