"""From a test file as a document to its stories and scenarios.

Names in them are looked up by whoever plays them, on the definition: a scenario may be about a name that is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from inprocap_flow.errors import Place, Problem
from inprocap_flow.language.marks import MapNode, NodePath
from inprocap_flow.language.scenarios.records import Change, Deed, Expected, Scenario, Start, Tests
from inprocap_flow.language.schema.messages import did_you_mean
from inprocap_flow.language.schema.report import locate
from inprocap_flow.language.schema.scenarios import CHANGES, DEEDS, LATER, ButDoc, DeedDoc, TestsDoc, ThenDoc


def build_tests(doc: TestsDoc, root: MapNode) -> tuple[Tests, list[Problem]]:
    """Return the tests as written, and every problem: stories that do not exist or play themselves.

    Stories that start from another file, or with changes, are told out by `borrowing.with_borrowed`.
    """
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
            given_at=locate(root, ("scenarios", number, "given"))[0] if one.given else None,
        )
        for number, one in enumerate(doc.scenarios)
    )
    problems = [*_stories_used(doc, root), *_circles(stories)]
    overlays = None if doc.overlays is None else tuple(doc.overlays)
    tests = Tests(doc.tests, doc.organisation, overlays, doc.firms, stories, scenarios, root.place, doc.people)
    return tests, problems


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
        start=_start(doc, root, path) if doc.story else None,
    )


def start_from(story: str, place: Place) -> Start:
    """Return the whole of *story*, as written: ``call_out``, or ``open#call_out`` of another file."""
    file, _, name = story.rpartition("#")
    return Start(name, place, file or None)


def _start(doc: DeedDoc, root: MapNode, path: NodePath) -> Start:
    cut = next(((word, step) for word, step in (("before", doc.before), ("after", doc.after)) if step), None)
    changes = tuple(_change(one, root, (*path, "but", number)) for number, one in enumerate(doc.but))
    whole = start_from(str(doc.story), locate(root, (*path, "story"))[0])
    return replace(whole, cut=cut, on=doc.on, changes=changes)


def _change(doc: ButDoc, root: MapNode, path: NodePath) -> Change:
    where = next(word for word in (LATER, *CHANGES) if getattr(doc, word) is not None)
    place = locate(root, path)[0]
    if where == LATER:
        return Change(where, str(doc.after), place, doc.on, by=doc.later or "")
    if where == "values":
        return Change(where, "", place, values=doc.values or {})
    deeds = tuple(_deed(one, root, (*path, "steps", number)) for number, one in enumerate(doc.steps))
    return Change(where, getattr(doc, where), place, doc.on, deeds)


def _expected(doc: ThenDoc) -> Expected:
    return Expected(**{name: getattr(doc, name) for name in ThenDoc.model_fields})


def _stories_used(doc: TestsDoc, root: MapNode) -> Iterator[Problem]:
    used = [(("scenarios", number, "given"), one.given) for number, one in enumerate(doc.scenarios) if one.given]
    lists = [(("stories", name), deeds) for name, deeds in doc.stories.items()]
    lists += [(("scenarios", number, "steps"), one.steps) for number, one in enumerate(doc.scenarios)]  # type: ignore[misc]
    used += [((*path, n, "story"), one.story) for path, deeds in lists for n, one in enumerate(deeds) if one.story]  # type: ignore[misc]
    for path, name in used:
        if "#" not in name and name not in doc.stories:
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
