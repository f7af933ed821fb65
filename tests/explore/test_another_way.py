"""A fault whose shortest way no real case can take is played along another one, and told as found."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from inprocap_flow.language.checks import ends_left_open
from inprocap_flow.language.checks.behaviour import judged
from inprocap_flow.language.explore.asking import FOUND, NOT_DECIDED
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.holding import DOES_NOT_PLAY, held, scene_of

ORGANISATIONS = Path(__file__).parent / "organisations"
TWO_WAYS = """\
procedure: two_ways
version: 1
language: en
title: Two ways
rulebook: none
roles: {officer: {title: Officer}}
fields:
  need: {type: text, title: Need}
  wanted: {type: date, by: officer, title: Wanted on}
begins: {step: open_case, by: officer, to: s0, milestone: opened, handed_in: {fields: [need]}}
stages: {s0: {owner: officer}, s1: {owner: officer}, s2: {owner: officer}, done: {final: completed}}
steps:
  quick:
    from: s0
    to: s1
    by: officer
    already_there:
      that:
        - {holds: wanted < day_of('opened'), if_not: It is wanted later.}
        - {holds: wanted > today, if_not: It was wanted before.}
    starts: [long]
  slow: {from: s0, to: s2, by: officer}
  slower: {from: s2, to: s1, by: officer, starts: [long]}
  end: {from: s1, to: done, by: officer}
deadlines:
  long: {title: Long, kind: due, period: 50 days, remind: [{role: officer, before: 1 day}]}
"""
ONE_WAY = (
    TWO_WAYS.replace("  slow: {from: s0, to: s2, by: officer}\n", "")
    .replace("  slower: {from: s2, to: s1, by: officer, starts: [long]}\n", "")
    .replace(" s2: {owner: officer},", "")
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(folder: Path, text: str) -> tuple[str, str, list[str]]:
    """Return what is held of the only question, why it stays open, and the steps of the way that was found."""
    path = folder / "two_ways.yaml"
    path.write_text(text, encoding="utf-8")
    definition = load_procedure(path)
    verdicts = judged(definition, checks=[ends_left_open])
    (before,) = (one.answer for one in verdicts[0].asked if one.answer.verdict == FOUND)
    assert before.path is not None
    (after,) = held(definition, verdicts, scene_of())
    answer = after.asked[0].answer
    return answer.verdict, answer.doubt, [deed.name for deed in before.path.deeds]


def test_a_way_round_what_is_refused_is_played(folder: Path) -> None:
    assert told(folder, TWO_WAYS) == (FOUND, "", ["open_case", "quick", "end"])


def test_where_every_way_is_refused_the_question_stays_open(folder: Path) -> None:
    verdict, doubt, way = told(folder, ONE_WAY)
    assert (verdict, way) == (NOT_DECIDED, ["open_case", "quick", "end"])
    assert f"{DOES_NOT_PLAY}(refused-on-the-way): quick is refused here" in doubt


def test_the_scenario_that_is_written_goes_the_way_that_plays(folder: Path) -> None:
    (folder / "two_ways.yaml").write_text(TWO_WAYS, encoding="utf-8")
    words = [
        "--organisation",
        str(ORGANISATIONS / "house.yaml"),
        "check",
        "--explain",
        "ends-left-open",
        "two_ways.yaml",
    ]
    said = CliRunner().invoke(inprocap_flow, words)
    assert said.exit_code == 0, said.output
    text = (folder / "two_ways.ends-left-open.test.yaml").read_text(encoding="utf-8")
    assert "do: slower" in text
    assert "do: quick" not in text
    played = CliRunner().invoke(inprocap_flow, ["test", "two_ways.ends-left-open.test.yaml"])
    assert (played.exit_code, "1 ok" in played.output) == (0, True), played.output
