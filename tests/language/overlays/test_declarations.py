"""New names are added a section at a time, however many there are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inprocap_flow.errors import Place
from inprocap_flow.language.files import Library
from inprocap_flow.language.marks import MapNode, Node, ScalarNode
from inprocap_flow.language.overlays.declarations import declare
from inprocap_flow.language.overlays.editing import at, mapping
from inprocap_flow.language.overlays.site import Site

HERE = Place("some.yaml")


def roles(*names: str) -> MapNode:
    return mapping(HERE, roles=mapping(HERE, **{name: mapping(HERE) for name in names}))


def site(root: MapNode, nodes: MapNode) -> Site:
    """Return where an overlay of nothing but names is applied to a procedure of which only its nodes are looked at."""
    anything: Any = SimpleNamespace(tracks={}, limits_from={})
    return Site(Library(()), anything, root, anything, anything, nodes, (), {})


def added(monkeypatch: pytest.MonkeyPatch, count: int) -> int:
    """Return how many entries are written for *count* names."""
    written = 0
    add = MapNode.add

    def counted(self: MapNode, key: ScalarNode, value: Node) -> None:
        nonlocal written
        written += 1
        add(self, key, value)

    here = site(roles(*(f"role_{number}" for number in range(count))), roles("officer"))
    with monkeypatch.context() as patch:
        patch.setattr(MapNode, "add", counted)
        declare(here)
    assert len(_names(here)) == count + 1
    return written


def _names(here: Site) -> list[str]:
    section = at(here.nodes, ("roles",))
    assert isinstance(section, MapNode)
    return list(section.keys())


def test_twice_as_many_names_are_twice_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert added(monkeypatch, 400) < 3 * added(monkeypatch, 200)


def test_names_keep_their_order_behind_those_of_the_procedure_and_a_second_one_is_refused() -> None:
    here = site(roles("board", "officer", "president"), roles("firm", "officer"))
    read = at(here.nodes, ("roles",))
    declare(here)
    assert _names(here) == ["firm", "officer", "board", "president"]
    assert [problem.code for problem in here.problems] == ["declared-twice"]
    assert isinstance(read, MapNode)
    assert list(read.keys()) == ["firm", "officer"]  # what was read stays as it was read


def test_a_section_that_the_procedure_has_not_begins_with_the_first_name() -> None:
    here = site(roles("board"), MapNode([], HERE))
    declare(here)
    assert _names(here) == ["board"]
