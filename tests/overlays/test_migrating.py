"""Running cases and overlays: what a new version of one means for them, and how they go over to it or stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inprocap_flow.language.versions.drafting import REASON
from tests.cli.conftest import at_home
from tests.overlays.conftest import House

LINKS = Path(__file__).parents[1] / "links"
BEFORE, AFTER = "2026-05-04 09:00", "2026-07-01 09:00"
NOW_, LATER = "1 + house-rules 1", "1 + house-rules 2"

LEND = """procedure: lend
version: "1"
language: en
title: Something is lent
rulebook: none
counting: plain
may_backdate: [keeper]
roles:
  keeper: {title: Keeper}
  council: {title: Council}
begins: {step: ask, by: keeper, to: asked, handed_in: {fields: [what]}}
fields:
  what: {type: text, title: What is lent}
approvals:
  lending: {title: Lending, signatures: [{role: keeper}]}
stages:
  asked: {owner: keeper}
  lent: {owner: keeper}
  back: {final: completed}
steps:
  lend: {from: asked, to: lent, by: keeper, milestone: lent_out}
  take_back: {from: lent, to: back, by: keeper, milestone: given_back}
"""
RULES = """overlay: house-rules
version: "1"
language: en
title: House rules
organisation: house
for: {lend: "1"}
rules:
  looked_at: {title: It is looked at first, basis: house_rule, cite: "House rules, 1"}
approvals:
  council_agrees: {title: Agreement of the council, signatures: [{role: council}]}
insert:
  look:
    before: lent_out
    rule: looked_at
    if_not: It is looked at first.
    stages: {look: {owner: keeper}}
    steps:
      look_at: {from: arriving, to: look, by: keeper}
    leaves_from: look
derogations:
  no_look: {title: Nobody looks, lifts: [looked_at], by: keeper, handed_in: {reason: yes}}
"""
HOUSE = """organisation: {name}
version: "1"
language: en
title: {name}
zone: Europe/Berlin
currency: EUR
languages: [en]
calendars: {{holidays: [house]}}
{overlays}
people:
  kim: {{name: Kim Invented, contact: kim@example.org, roles: [keeper]}}
  uma: {{name: Uma Invented, contact: uma@example.org, roles: [council]}}
"""
HAS = "overlays:\n  - {overlay: house-rules, from: 2026-06-01}"
PLAN = """migration: over
procedure: lend
from: {old}
to: {new}
reason: The council changed the rules
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with an overlay on a small procedure, both released, and a folder that a test may write in."""
    own = tmp_path / "own"
    for folder in ("overlays", "organisations"):
        (own / folder).mkdir(parents=True)
    shutil.copytree(LINKS / "calendars", own / "calendars")
    (own / "lend.yaml").write_text(LEND, encoding="utf-8")
    (own / "overlays" / "house-rules.yaml").write_text(RULES, encoding="utf-8")
    for name, overlays in (("house", HAS), ("other", "")):
        text = HOUSE.format(name=name, overlays=overlays)
        (own / "organisations" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with at_home(tmp_path), pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DEFINITIONS", str(own))
        patch.setenv("INPROCAP_FLOW_ORGANISATION", "house")
        patch.setenv("INPROCAP_FLOW_ACTOR", "kim")
        patch.setenv("COLUMNS", "80")
        house = House(tmp_path)
        files = [str(own / "organisations" / f"{name}.yaml") for name in ("house", "other")]
        house.done(BEFORE, "release", "lend", "house-rules", *files)
        yield house


def opened(house: House, at: str = AFTER, *words: str) -> str:
    return str(house.json(at, *words, "open", "lend", "what=A pump")["case"])


def written(house: House, name: str, *changes: tuple[str, str]) -> str:
    """Write a file of the house otherwise, and return its path."""
    path = house.folder / "own" / name
    text = path.read_text(encoding="utf-8")
    for was, now in changes:
        assert was in text, was
        text = text.replace(was, now, 1)
    path.write_text(text, encoding="utf-8")
    return str(path)


def next_rules(house: House, *more: tuple[str, str]) -> str:
    """Write the next version of the house rules: the council agrees."""
    agrees = ("insert:\n", "at:\n  lent_out: {already_there: {approvals: [council_agrees]}}\ninsert:\n")
    return written(house, "overlays/house-rules.yaml", ('version: "1"', 'version: "2"'), agrees, *more)


def next_procedure(house: House) -> str:
    return written(house, "lend.yaml", ('version: "1"', 'version: "9"'), ("title: Something", "title: A thing"))


def plan(house: House, old: str, new: str, more: str = "") -> str:
    path = house.folder / "over.yaml"
    path.write_text(PLAN.format(old=old, new=new) + more, encoding="utf-8")
    return str(path)


def codes(house: House, *words: str) -> dict[str, list[str]]:
    """Migrate what cannot go over; return the codes for each case."""
    result = house(AFTER, "migrate", *words, "--json")
    assert result.exit_code == 3, result.output
    return {one["case"]: [b["code"] for b in one["blockers"]] for one in json.loads(result.stdout)["cases"]}


def test_the_impact_of_a_new_overlay_is_said_for_each_case_that_would_get_it(house: House) -> None:
    case = opened(house)
    opened(house, AFTER, "--organisation", "other")
    path = next_rules(house)
    found = house.json(AFTER, "impact", "house-rules")
    assert (found["overlay"], found["version"]) == ("house-rules", "2")
    (one,) = found["by_case"]
    assert (one["case"], one["procedure"], one["version"], one["to"]) == (case, "lend", NOW_, LATER)
    assert ("approval-gained", "council_agrees") in {(e["kind"], e["about"]) for e in one["effects"]}
    said = house.done(AFTER, "impact", path)
    assert said.startswith("house-rules 2")
    assert f"compared with lend {LATER}" in said
    assert max(len(line) for line in said.splitlines() if path not in line) <= 80  # a path is never broken


def test_the_impact_of_a_new_procedure_counts_what_the_overlays_make_of_it(house: House) -> None:
    opened(house)
    next_procedure(house)
    assert "was written for" in house(AFTER, "impact", "lend").output
    next_rules(house, ('for: {lend: "1"}', 'for: {lend: ["1", "9"]}'))
    (one,) = house.json(AFTER, "impact", "lend")["by_case"]
    assert one["to"] == "9 + house-rules 2"


def test_a_case_of_before_the_overlay_is_said_to_get_it(house: House) -> None:
    opened(house, BEFORE)
    (one,) = house.json(AFTER, "impact", "lend")["by_case"]
    assert (one["version"], one["to"]) == ("1", NOW_)
    assert ("step-gained", "look_at") in {(e["kind"], e["about"]) for e in one["effects"]}
    assert house.json(BEFORE, "impact", "lend")["by_case"] == []


def test_a_plan_for_the_next_overlay_is_drafted_tried_and_carried_out(house: House) -> None:
    case = opened(house)
    path, over = next_rules(house), str(house.folder / "over.yaml")
    drafted = house.json(AFTER, "migrate", "--draft", path, "--output", over)
    head = f"migration: over\nprocedure: lend\nfrom: {NOW_}\nto: {LATER}\n"
    assert drafted["plan"] == f"{head}{REASON}\n"
    tried = house.json(AFTER, "migrate", over, "--dry-run", "--reason", "x")
    assert [one["outcome"] for one in tried["cases"]] == ["would_move"]
    assert "not released" in house(AFTER, "migrate", over, "--reason", "x").output
    house.done(AFTER, "release", path)
    moved = house.json(AFTER, "migrate", over, "--reason", "x")
    assert [one["outcome"] for one in moved["cases"]] == ["moved"]
    shown = house.json(AFTER, "show", case)
    assert (shown["procedure_version"], shown["overlays"][0]["version"]) == (LATER, "2")
    assert LATER in house.done(AFTER, "cases")
    assert "Nothing is wrong" in house.done(AFTER, "audit", "verify")
    house.done(AFTER, "do", case, "look_at")
    blockers = house.refused(AFTER, "do", case, "lend")  # the new house rules hold for it now
    assert [one["about"] for one in blockers] == ["council_agrees"]


def test_a_case_may_go_from_the_procedure_alone_to_the_one_with_overlays(house: House) -> None:
    case = opened(house, BEFORE)
    moved = house.json(AFTER, "migrate", plan(house, "1", NOW_))
    assert [one["outcome"] for one in moved["cases"]] == ["moved"]
    assert [one["overlay"] for one in house.json(AFTER, "show", case)["overlays"]] == ["house-rules"]
    assert house.json(AFTER, "next", case)["derogations"] != []


def test_overlays_of_one_organisation_are_not_given_to_cases_of_another(house: House) -> None:
    foreign = opened(house, BEFORE, "--organisation", "other")
    assert codes(house, plan(house, "1", NOW_)) == {foreign: ["overlay-of-others"]}
    assert house.json(AFTER, "show", foreign)["overlays"] == []


def test_no_plan_takes_a_case_out_of_an_overlay_that_is_in_force(house: House) -> None:
    case = opened(house)
    over = plan(house, NOW_, "1", "stages: {look: asked}\n")
    assert codes(house, over) == {case: ["overlay-left-out"]}
    assert house.json(AFTER, "show", case)["procedure_version"] == NOW_


def test_a_rule_that_was_lifted_stays_lifted_in_the_next_version(house: House) -> None:
    case = opened(house)
    house.done(AFTER, "derogate", case, "no_look", "--reason", "A fire")
    house.done(AFTER, "release", next_rules(house))
    house.done(AFTER, "migrate", plan(house, NOW_, LATER))
    shown = house.json(AFTER, "show", case)
    assert (shown["procedure_version"], shown["lifted"]) == (LATER, {"looked_at": "no_look"})
    assert "Nobody looks" in house.done(AFTER, "show", case)


def test_a_derogation_that_the_next_version_has_no_more_is_still_told_in_the_history(house: House) -> None:
    case = opened(house)
    house.done(AFTER, "derogate", case, "no_look", "--reason", "A fire")
    house.done(AFTER, "release", next_rules(house, (RULES[RULES.index("derogations:") :], "")))
    house.done(AFTER, "migrate", plan(house, NOW_, LATER))
    assert house.json(AFTER, "show", case)["lifted"] == {}
    assert "no_look" in house.done(AFTER, "history", case)
    house.done(AFTER, "file", case, "--output", "out")


def test_a_case_on_a_detour_that_is_gone_needs_a_word_in_the_plan(house: House) -> None:
    case = opened(house)
    house.done(AFTER, "do", case, "look_at")
    text = (house.folder / "own" / "overlays" / "house-rules.yaml").read_text(encoding="utf-8")
    detour = text[text.index("insert:") : text.index("derogations:")]
    rules = text[text.index("rules:") : text.index("approvals:")]
    less = ("\n" + text[text.index("derogations:") :], "\n")
    newer = ('version: "1"', 'version: "2"')
    path = written(house, "overlays/house-rules.yaml", newer, less, (detour, ""), (rules, ""))
    (one,) = house.json(AFTER, "impact", "house-rules")["by_case"]
    assert one["effects"][0]["kind"] == "stage-gone"
    house.done(AFTER, "release", path)
    house.done(AFTER, "migrate", plan(house, NOW_, LATER, "stages: {look: asked}\n"))
    assert house.json(AFTER, "show", case)["state"] == "asked"


def test_of_a_case_whose_stage_is_gone_it_is_also_said_what_it_gains_where_it_can_only_go_on(house: House) -> None:
    case = opened(house)
    house.done(AFTER, "do", case, "look_at")
    text = (house.folder / "own" / "overlays" / "house-rules.yaml").read_text(encoding="utf-8")
    less = (text[text.index("insert:") :], "at:\n  given_back: {already_there: {approvals: [council_agrees]}}\n")
    rules = (text[text.index("rules:") : text.index("approvals:")], "")
    written(house, "overlays/house-rules.yaml", ('version: "1"', 'version: "2"'), less, rules)
    found = house.json(AFTER, "impact", "house-rules")
    (one,) = found["by_case"]
    assert [(effect["kind"], effect["step"]) for effect in one["effects"]] == [
        ("stage-gone", None),
        ("approval-gained", "take_back"),
    ]
    assert found["counts"] == {"stage-gone": 1, "approval-gained": 1}
    said = house.done(AFTER, "impact", "house-rules")
    assert "1 case: 1 stands in a stage that is gone, 1 gains an approval." in said


def test_the_procurement_file_lists_derogations_with_who_granted_them_and_on_what_ground(house: House) -> None:
    case = opened(house)
    house.done(AFTER, "file", case, "--output", "before")
    page = (house.folder / "before" / "index.html").read_text(encoding="utf-8")
    assert "Nobody looks</b> by Keeper, lifts" in page
    house.done(AFTER, "derogate", case, "no_look", "--reason", "A fire in the night")
    house.done(AFTER, "file", case, "--output", "out")
    page = (house.folder / "out" / "index.html").read_text(encoding="utf-8")
    section = page[page.index('id="derogations"') :].partition("</section>")[0]
    for said in ("Nobody looks", "It is looked at first", "house rule, House rules, 1", "kim, Keeper", "A fire in the"):
        assert said in section, said
    assert 'href="#d2"' in section
    assert "binds again" not in section
    house.done(AFTER, "release", next_rules(house, (RULES[RULES.index("derogations:") :], "")))
    house.done(AFTER, "migrate", plan(house, NOW_, LATER))
    house.done(AFTER, "file", case, "--output", "later")
    page = (house.folder / "later" / "index.html").read_text(encoding="utf-8")
    section = page[page.index('id="derogations"') :].partition("</section>")[0]
    assert "Nobody looks" in section
    assert "binds again" in section


def test_what_the_next_version_does_not_ask_for_any_more_is_still_shown(house: House) -> None:
    case = opened(house)
    field = ("  what: {type: text, title: What is lent}\n", "")
    begins = ("begins: {step: ask, by: keeper, to: asked, handed_in: {fields: [what]}}\nfields:\n",
              "begins: {step: ask, by: keeper, to: asked}\n")  # fmt: skip
    written(house, "lend.yaml", ('version: "1"', 'version: "9"'), field, begins)
    house.done(AFTER, "release", next_rules(house, ('for: {lend: "1"}', 'for: {lend: ["1", "9"]}')))
    house.done(AFTER, "release", "lend")
    house.done(AFTER, "migrate", plan(house, NOW_, "9 + house-rules 2", "fields: {what: drop}\n"))
    assert "A pump  (what, no longer asked for)" in house.done(AFTER, "show", case)
    (line,) = house.json(AFTER, "show", case)["lines"]
    assert line["fields"] == {"what": {"value": "A pump"}}


def test_a_version_that_is_only_coming_cannot_be_opened_by_its_name(house: House) -> None:
    next_procedure(house)
    house.done(BEFORE, "release", next_rules(house, ('for: {lend: "1"}', 'for: {lend: ["1", "9"]}')))
    house.done(BEFORE, "release", "lend", "--valid-from", "2026-08-01")
    words = ("open", "lend", "what=A pump", "--version", "9")
    for lost in (house(AFTER, *words), house(AFTER, *words, "--preview")):
        assert lost.exit_code not in (0, 3)
        assert "2026-08-01" in lost.output
    assert house.json("2026-08-01 09:00", *words)["case"]
