"""Pictures: every state and step is there, the current one is marked without relying on colour, and they lay out."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from inprocap_flow.errors import Unsupported
from inprocap_flow.language.expressions.syntax import parse
from inprocap_flow.machine import layout
from inprocap_flow.machine.draw import bundled, dot, kinds, mermaid, staying
from tests.machine.conftest import FILES, compiled, line_of, machine_of, step

STEPS = (
    step("go", "first", "group"),
    step("look", "group.one group.two", "same"),
    step("end_it", "group.one group.two", "last"),
    step("move_on", "group.one", "group.two", "last"),
)
SMALL = line_of(STEPS, "first", "group", "group.one", "group.two", "last")


def test_a_small_line_as_mermaid() -> None:
    assert (
        mermaid(compiled(SMALL), current="group.one")
        == """\
stateDiagram-v2
  %% Line: dashed: by itself; thick: from the whole group; +: stays here
  state "first" as s_first
  state "group" as s_group
  state s_group {
    state "group.one (you are here)" as s_group__one
    state "group.two" as s_group__two
  }
  state "last" as s_last
  [*] --> s_first
  s_first --> s_group__one : Go
  s_group --> s_last : End it
  s_group__one --> s_group__two : Move on [otherwise]
  s_group__one --> s_last : Move on [otherwise]
  s_group --> s_group : Look
  s_last --> [*]
  classDef here fill:#F0E442,stroke:#000000,stroke-width:4px,color:#000000
  classDef final fill:#E8E8E8,stroke:#000000,stroke-dasharray:4 2,color:#000000
  class s_last final
  class s_group__one here
"""
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_move_of_the_table_is_in_the_picture(path: Path) -> None:
    machine = machine_of(path)
    for kind in kinds(machine.definition):
        line, table = machine.definition.line(kind), machine.table(kind)
        drawn = {
            (leaf, arrow.step.name, arrow.target)
            for arrows in bundled(line, table)
            for arrow in arrows
            for leaf in line.leaves_under(arrow.source)
            if line.stages[leaf].final is None
        }
        drawn |= {
            (leaf, one.name, leaf) for address in line.stages for one in staying(line, address)
            for leaf in line.leaves_under(address) if leaf in one.sources
        }  # fmt: skip
        moves = {
            (s, name, t) for s, offered in table.moves.items() for name, targets in offered.items() for t in targets
        }
        assert drawn == moves


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_stage_is_in_both_texts_once(path: Path) -> None:
    machine = machine_of(path)
    for kind in kinds(machine.definition):
        line = machine.definition.line(kind)
        text = mermaid(machine, kind)
        declared = re.findall(r"^ *state \".*\" as (\S+)$", text, re.MULTILINE)
        assert len(declared) == len(set(declared)) == len(line.stages)
        assert len(re.findall(r'id="state-', dot(machine, kind))) == len(line.leaves)


def test_text_of_people_cannot_break_out_of_a_label() -> None:
    nasty = {"en": 'a "quote"; a: colon # and \\ back]'}
    line = replace(SMALL, steps={**SMALL.steps, "go": replace(SMALL.steps["go"], title=nasty)})
    assert "a #quot;quote#quot;#59; a#58; colon #35; and \\ back]" in mermaid(compiled(line))
    picture = ET.fromstring(layout.svg(dot(compiled(line))))
    assert "quote" in "".join(picture.itertext())


def test_a_branch_says_when_it_is_taken_in_plain_words() -> None:
    when = parse("count('bidder', 'award.ranked') >= 1 and not best_price > ceiling")
    move_on = SMALL.steps["move_on"]
    first, *others = move_on.targets
    line = replace(
        SMALL, steps={**SMALL.steps, "move_on": replace(move_on, targets=(replace(first, when=when), *others))}
    )
    label = "Move on [at least one bidder stands in ranked and best price is at most ceiling]"
    assert label in mermaid(compiled(line))


def test_a_picture_marks_where_the_case_stands() -> None:
    picture = layout.svg(dot(compiled(SMALL), current="group.one"))
    assert ET.fromstring(picture).tag.endswith("svg")
    assert "(you are here)" in picture
    assert "(you are here)" not in layout.svg(dot(compiled(SMALL)))


@pytest.mark.parametrize("text", ["no graph at all", "digraph {", ""])
def test_what_is_no_graph_is_an_error_with_a_mend(text: str) -> None:
    with pytest.raises(Unsupported) as error:
        layout.svg(text)
    assert error.value.mend


def test_a_layout_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The real program lays out 1,500 edges in 0.05 seconds; this one never ends.
    slow = tmp_path / "slow"
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(layout, "_program", lambda: str(slow))
    with pytest.raises(Unsupported, match="not laid out within"):
        layout.svg("digraph {}", seconds=0.05)


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "PROGRAM", "no-such-program")
    layout._program.cache_clear()
    try:
        with pytest.raises(Unsupported, match="no-such-program is not installed"):
            layout.svg("digraph {}")
    finally:
        layout._program.cache_clear()
