"""Scenarios that start from a story of another file: told under the own rules, by the own people, with differences."""

from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import Report, run_file
from tests.service.borrowing import says, written

ORDER = """\
procedure: order
version: 1
language: en
title: Order
rulebook: none
roles:
  unit: {title: Unit}
  clerk: {title: Clerk}
  director: {title: Director}
  firm: {title: Firm, speaks_for: supplier}
fields:
  price: {type: whole_number, title: Price, by: [clerk]}
begins: {step: begin, by: unit, to: wanted}
stages:
  wanted: {owner: clerk}
  asked: {owner: clerk}
  ordered: {final: completed}
steps:
  ask: {from: wanted, to: asked, by: clerk, milestone: asking, already_there: {fields: [price]}}
  order: {from: asked, to: ordered, by: clerk, ends: everything}
tracks:
  supplier:
    title: Supplier
    if_case_ends: chosen
    begins: {step: register, by: [clerk, firm], to: known, while: asked}
    stages:
      known: {owner: firm}
      chosen: {final: completed}
"""
OVERLAY = """\
overlay: house
version: 1
language: en
title: House
for: {order: 1}
organisation: lab
approvals:
  agreement: {title: Agreement, signatures: [{role: director}], cite: House rules}
at:
  asking: {already_there: {approvals: [agreement]}}
"""
LAB = """\
organisation: lab
version: 1
language: en
title: Lab
zone: Europe/Copenhagen
currency: EUR
calendars: {}
people:
  uma: {name: Uma, roles: [unit]}
  carl: {name: Carl, roles: [clerk]}
  dina: {name: Dina, roles: [director]}
"""
BASE = """\
tests: order
organisation: lab
overlays: []
firms: {al: supplier/alpha}
stories:
  begun:
    - {at: 2026-01-05 09:00, by: uma, do: begin, then: {stage: wanted}}
    - {at: 2026-01-05 10:00, by: carl, do: ask, then: {refused: [field-missing]}}
    - {at: 2026-01-05 11:00, by: carl, fill: {price: 500}, then: {field: {price: 500}}}
  registered:
    - {story: begun}
    - {at: 2026-01-06 09:00, by: carl, do: ask, then: {stage: asked}}
    - {at: 2026-01-07 09:00, by: al, do: register, new: supplier/alpha}
"""
OWN = "tests: order\norganisation: lab\noverlays: [house]\n"
GIVEN = "scenarios:\n  - fact: Ordered\n    given: order#registered\n    steps:\n"
ORDERS = """\
      - {at: 2026-01-08 09:00, by: carl, do: order, then: {stage: ordered}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, order=ORDER, stories=BASE, overlay=OVERLAY, lab=LAB)


def played(desk: Desk, folder: Path, text: str, name: str = "house.order") -> Report:
    path = folder / "overlays" / f"{name}.test.yaml"
    path.write_text(text, encoding="utf-8")
    return run_file(path, desk)


def test_a_scenario_starts_from_a_story_of_another_file(desk: Desk, folder: Path) -> None:
    own = OWN.replace("[house]", "[]") + GIVEN + ORDERS
    report = played(desk, folder, own)
    assert says(report) == []
    assert report.coverage.steps["supplier.register"] == 1


def test_a_story_that_no_longer_plays_under_an_overlay_says_which_act_fails_and_why(desk: Desk, folder: Path) -> None:
    own = OWN + GIVEN + ORDERS
    (fault,) = played(desk, folder, own).faults
    assert fault.place.line == 6
    assert "order#registered does not play to its end with house" in fault.says
    assert "order.test.yaml:12" in fault.says
    assert "approval-missing" in fault.says


BUT = """\
stories:
  agreed:
    - story: order#registered
      but:
        - {before: ask, steps: [{at: 2026-01-05 12:00, by: dina, sign: agreement}]}
scenarios:
  - fact: Ordered
    given: agreed
    steps:
"""


def test_what_the_overlay_asks_for_besides_is_put_before_a_step(desk: Desk, folder: Path) -> None:
    report = played(desk, folder, OWN + BUT + ORDERS)
    assert says(report) == []
    assert report.to_reach.unreached_steps == []


def test_a_fault_in_an_act_that_was_put_in_stands_at_that_act(desk: Desk, folder: Path) -> None:
    (fault,) = played(desk, folder, OWN + BUT.replace("by: dina", "by: uma") + ORDERS).faults
    assert fault.place.file.endswith("house.order.test.yaml")
    assert fault.place.line == 8
    assert "does not play" not in fault.says


@pytest.mark.parametrize(("cut", "stage"), [("before: ask", "wanted"), ("after: ask", "asked")])
def test_a_story_is_told_up_to_a_step(desk: Desk, folder: Path, cut: str, stage: str) -> None:
    own = (
        OWN.replace("[house]", "[]")
        + f"stories:\n  half:\n    - {{story: order#registered, {cut}}}\nscenarios:\n  - fact: Half\n    given: half\n"
        + f"    steps:\n      - {{at: 2026-01-09 09:00, by: carl, fill: {{price: 1}}, then: {{stage: {stage}}}}}\n"
    )
    assert says(played(desk, folder, own)) == []


def test_other_values_take_the_place_of_those_that_a_story_fills(desk: Desk, folder: Path) -> None:
    own = (
        OWN
        + "stories:\n  dear:\n    - {story: order#begun, but: [{values: {price: 900}}]}\nscenarios:\n  - fact: Dear\n"
        + "    given: dear\n    steps:\n"
        + "      - {at: 2026-01-09 09:00, by: dina, sign: agreement, then: {field: {price: 900}}}\n"
    )
    assert says(played(desk, folder, own)) == []


def test_what_a_story_expects_where_it_is_written_is_not_asked_again(desk: Desk, folder: Path) -> None:
    base = folder / "order.test.yaml"
    base.write_text(base.read_text(encoding="utf-8").replace("stage: wanted", "stage: elsewhere"), encoding="utf-8")
    assert says(played(desk, folder, OWN + BUT + ORDERS)) == []


def test_people_of_another_organisation_need_somebody_who_stands_for_them(desk: Desk, folder: Path) -> None:
    lab = LAB.replace("organisation: lab", "organisation: house").replace("uma", "head").replace("carl", "officer")
    (folder / "organisations" / "house.yaml").write_text(lab, encoding="utf-8")
    own = (OWN + BUT + ORDERS).replace("organisation: lab", "organisation: house").replace("by: carl", "by: officer")
    with pytest.raises(InvalidInput) as invalid:
        played(desk, folder, own)
    (problem,) = invalid.value.problems
    assert problem.fact == "In `order#registered` people act whom house does not have: uma, carl."
    assert problem.mend == "Say who stands for them: people: {uma: head, carl: officer}"
    people = own.replace("stories:", "people: {uma: head, carl: officer}\nstories:", 1)
    assert says(played(desk, folder, people)) == []


def test_whoever_has_the_role_that_acts_instead_is_proposed(desk: Desk, folder: Path) -> None:
    lab = LAB.replace("organisation: lab", "organisation: house").replace("uma", "head").replace("carl", "officer")
    (folder / "organisations" / "house.yaml").write_text(lab.replace("[clerk]", "[buyer]"), encoding="utf-8")
    rules = OVERLAY.replace("organisation: lab", "organisation: house")
    rules += "roles: {buyer: {title: Buyer}}\nreplace_role: {clerk: buyer}\n"
    (folder / "overlays" / "house.yaml").write_text(rules, encoding="utf-8")
    own = (OWN + BUT + ORDERS).replace("organisation: lab", "organisation: house").replace("by: carl", "by: officer")
    with pytest.raises(InvalidInput) as invalid:
        played(desk, folder, own)
    (problem,) = invalid.value.problems
    assert problem.mend == "Say who stands for them: people: {uma: head, carl: officer}"


def test_who_stands_for_somebody_must_be_there(desk: Desk, folder: Path) -> None:
    own = OWN + "people: {uma: umma}\n" + BUT + ORDERS
    with pytest.raises(InvalidInput, match="nobody of lab is called that"):
        played(desk, folder, own)


@pytest.mark.parametrize(
    ("start", "fact", "mend"),
    [
        ("order#registerd", "There is no story `registerd` in order.test.yaml.", "registered"),
        ("ordre#begun", "There is no test file `ordre.test.yaml`.", "order"),
        ("order#registered, before: aks", "In the story `order#registered` nobody does `aks`.", "ask"),
        ("order#begun, but: [{values: {prise: 1}}]", "In the story `order#begun` nobody fills `prise`.", "price"),
    ],
)
def test_what_is_not_there_gets_a_suggestion(desk: Desk, folder: Path, start: str, fact: str, mend: str) -> None:
    with pytest.raises(InvalidInput) as invalid:
        played(desk, folder, OWN + f"stories:\n  mine:\n    - {{story: {start}}}\n")
    (problem,) = invalid.value.problems
    assert (problem.fact, problem.mend, problem.place.line) == (fact, f"Did you mean `{mend}`?", 6)


def test_a_step_that_nobody_does_in_a_story_is_looked_for_in_the_others_of_its_file(desk: Desk, folder: Path) -> None:
    begun = "order#begun, before: register"
    with pytest.raises(InvalidInput) as invalid:
        played(desk, folder, OWN + f"stories:\n  mine:\n    - {{story: {begun}}}\n")
    (problem,) = invalid.value.problems
    assert problem.code == "not-in-story"
    assert problem.mend == "Somebody does it in `order#registered`: start from there."


def test_stories_of_two_files_that_come_back_to_each_other_are_refused_with_every_place(
    desk: Desk, folder: Path
) -> None:
    with pytest.raises(InvalidInput) as invalid:
        played(desk, folder, OWN + "stories:\n  mine:\n    - {story: round.order#other}\n")
    assert invalid.value.problems[0].code == "unknown-story"
    other = OWN + "stories:\n  other:\n    - {story: house.order#mine}\n"
    (folder / "overlays" / "round.order.test.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(InvalidInput) as invalid:
        played(desk, folder, OWN + "stories:\n  mine:\n    - {story: round.order#other}\n")
    (problem,) = invalid.value.problems
    assert problem.code == "story-in-circle"
    assert problem.fact.count("round.order.test.yaml:6") == 1
    assert problem.fact.count("house.order.test.yaml:6") >= 1


def test_a_report_says_where_its_scenarios_start(desk: Desk, folder: Path) -> None:
    (borrowed,) = played(desk, folder, OWN + BUT + ORDERS).borrowed
    assert borrowed.origin.story == "order#registered"
    assert borrowed.place.file.endswith("order.test.yaml")
    assert borrowed.deeds == 5
