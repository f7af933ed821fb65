"""How a finding becomes a scenario: values solved ahead, what comes by itself shown by time, and for whom."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inprocap_flow.clock import FixedClock
from inprocap_flow.language.checks import case_stuck, ends_left_open, expiry_refused, started_while_running
from inprocap_flow.language.checks.behaviour import Behavioural, Verdict, judged
from inprocap_flow.language.load import load_procedure
from inprocap_flow.language.model import Definition
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.explaining import Explained, explain, house_for
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.store.opening import open_store

HERE = Path(__file__).parent
HEAD = """\
procedure: small
version: 1
language: en
title: Small
rulebook: none
roles: {officer: {title: Officer}}
stages: {s0: {owner: officer}, s1: {owner: officer}, s2: {owner: officer}, done: {final: completed}}
"""
HOUSE = """\
organisation: NAME
version: 1
title: Another invented house
zone: Europe/Zurich
currency: EUR
calendars: {holidays: {public: CH-GE, years: [2026, 2027]}}
people: {cora: {name: Cora Invented, roles: officer}}
"""


@pytest.fixture
def desk() -> Desk:
    return Desk(open_store("sqlite://"), FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)))


def small(folder: Path, text: str) -> tuple[Path, Definition]:
    shutil.copytree(HERE / "organisations", folder / "organisations", dirs_exist_ok=True)
    path = folder / "small.yaml"
    path.write_text(f"{HEAD}{text}", encoding="utf-8")
    return path, load_procedure(path)


def explained(desk: Desk, folder: Path, text: str, check: Any) -> Explained:
    path, definition = small(folder, text)
    (verdict,) = judged(definition, checks=[check])
    told = explain(desk, path, definition, verdict, organisation="house")
    target = folder / "small.test.yaml"
    target.write_text(told.text, encoding="utf-8")
    report = run_file(target, desk)
    assert report.passed, [fault.says for fault in report.faults]
    return told


CLOCK = "deadlines: {clock: {title: Clock, kind: open_until, period: 9 days, when_over: lapse}}\n"


def test_a_value_is_handed_in_with_which_conditions_far_ahead_hold(desk: Desk, tmp_path: Path) -> None:
    told = explained(
        desk,
        tmp_path,
        """\
fields:
  value: {type: money, title: Value}
  small: {type: yes_no, title: Small}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [value, small]}}
steps:
  go0: {from: s0, to: s1, by: officer, starts: [clock]}
  go1:
    from: s1
    to: s2
    by: officer
    already_there:
      that:
        - {holds: "value > money('7000000 EUR') and value < money('7000100 EUR')", if_not: Not that value.}
        - {holds: not small, if_not: It is small.}
  go2: {from: s2, to: done, by: officer}
  lapse: {from: s0, to: s1, by: system}
"""
        + CLOCK,
        ends_left_open,
    )
    assert [one.gap for one in told.played] == [""]
    values = told.played[0].deeds[0].values
    assert values["small"] == "no"
    assert 7_000_000 < float(values["value"].split()[0]) < 7_000_100


def test_what_a_deadline_fires_is_waited_for_and_not_asked_for_by_hand(desk: Desk, tmp_path: Path) -> None:
    told = explained(
        desk,
        tmp_path,
        """\
fields: {need: {type: text, title: Need}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}, starts: [clock]}
steps:
  go0: {from: s0, to: s1, by: officer}
  go1: {from: s1, to: done, by: officer, stops: [clock]}
  lapse: {from: s0, to: s2, by: system}
  go2: {from: s2, to: done, by: officer}
"""
        + CLOCK,
        expiry_refused,
    )
    (one,) = told.played
    assert "when clock ends, lapse should follow and is refused" in one.shows
    assert "lapse" not in [deed.what for deed in one.deeds]
    assert one.deeds[-1].then is not None
    assert one.deeds[-1].then.deadline == {"clock": "over"}
    assert one.deeds[-1].then.stage_of_case == "s1"


def test_where_a_deadline_is_over_before_the_path_comes_round_the_gap_has_a_code(desk: Desk, tmp_path: Path) -> None:
    path, definition = small(
        tmp_path,
        """\
fields: {need: {type: text, title: Need}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
steps:
  go0: {from: s0, to: s1, by: officer, starts: [clock]}
  go1: {from: s1, to: s0, by: officer, already_there: {after: [long]}}
  wait: {from: s1, to: same, by: officer, restarts: [long], handed_in: {reason: yes}}
  go2: {from: s1, to: done, by: officer, stops: [clock, long]}
deadlines:
  clock:
    {title: Clock, kind: due, period: 2 days, acts: {extend: {by: officer}}, remind: [{role: officer, before: 1 day}]}
  long: {title: Long, kind: not_before, period: 30 days}
""",
    )
    (verdict,) = judged(definition, checks=[started_while_running])
    told = explain(desk, path, definition, verdict, organisation="house")
    assert [(one.shows, one.code) for one in told.played] == [("", "too-late")]
    assert "No scenario shows it (too-late)" in " ".join(told.text.replace("#", "").split())
    assert not told.can_be_played


def test_the_file_opens_with_what_it_shows_and_how_to_play_it(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(HERE / "organisations", tmp_path / "organisations")
    path = tmp_path / "refused.yaml"
    shutil.copy(HERE.parent / "checks" / "case-stuck" / "refused.yaml", path)
    definition = load_procedure(path)
    checks: list[Behavioural] = [case_stuck]
    verdicts: list[Verdict] = judged(definition, checks=checks)
    text = explain(desk, path, definition, verdicts[0]).text
    comment = " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("#"))
    assert "Play it with `inprocap-flow test` and the name of this file." in comment
    assert "# Shows: the case stands in closed, and nothing leads to an end" in text
    assert "overlays: []" in text


@pytest.mark.parametrize(
    ("organisations", "chosen", "why"),
    [
        ({"another": "", "uses-it": "procedures: [{procedure: small}]\n"}, "uses-it", "its file says that it uses"),
        ({"another": "", "example-house": ""}, "example-house", "an invented example"),
        ({"uses-others": "procedures: [{procedure: open}]\n", "zoe": ""}, "house", "the first whose people"),
    ],
)
def test_it_is_played_for_whoever_uses_the_procedure_else_for_an_example(
    desk: Desk, tmp_path: Path, organisations: dict[str, str], chosen: str, why: str
) -> None:
    path, definition = small(
        tmp_path,
        """\
fields: {need: {type: text, title: Need}}
begins: {step: open_case, by: officer, to: s0, handed_in: {fields: [need]}}
steps:
  go0: {from: s0, to: s1, by: officer}
  go1: {from: s1, to: s2, by: officer}
  go2: {from: s2, to: done, by: officer}
""",
    )
    for name, more in organisations.items():
        text = HOUSE.replace("NAME", name) + more
        (tmp_path / "organisations" / f"{name}.yaml").write_text(text, encoding="utf-8")
    house, because = house_for(desk, path, definition, None)
    assert house.name == chosen
    assert why in because
    named, _ = house_for(desk, path, definition, "house")
    assert named.name == "house"
