"""Overlays through the command line: released, in force by day, read, compared; a rule lifted by a derogation."""

from __future__ import annotations

import pytest
import yaml

from inprocap_flow.service.desk import Desk
from inprocap_flow.service.scenarios import run_file
from inprocap_flow.settings import Settings
from inprocap_flow.store.opening import open_store
from tests.overlays.conftest import OWN, SHIPPED, House

BEFORE, AFTER = "2026-05-04 09:00", "2026-07-01 09:00"
SOON = ("--seconds", "1")
"""For a release that is not about what cases can come to: that is explored for a moment only."""


def test_what_overlays_make_of_a_procedure_is_released_with_whatever_comes_last(house: House) -> None:
    first = house.json(BEFORE, "release", "open", "house-rules", "--as", "ben", *SOON)["released"]
    assert [one["kind"] for one in first] == ["rulebook", "procedure", "overlay"]
    last = house.json(BEFORE, "release", str(OWN / "organisations" / "house.yaml"), "--as", "ben", *SOON)["released"]
    assert [(one["kind"], one["name"], one["version"]) for one in last] == [
        ("organisation", "house", "2026.1"),
        ("applied", "open", "2026.1 + house-rules 2026.1"),
    ]
    again = house.json(BEFORE, "release", "house-rules", "--as", "ben", *SOON)
    assert [(one["kind"], one["new"]) for one in again["released"]] == [("overlay", False)]
    assert again["lacking"] == []


def test_a_case_gets_what_is_in_force_on_the_day_on_which_it_is_opened(released: House) -> None:
    old = released.json(BEFORE, "open", "open", "--as", "ada", "need=A pump")["case"]
    new = released.json(AFTER, "open", "open", "--as", "ada", "need=A pump")["case"]
    shown = {case: released.json(AFTER, "show", case) for case in (old, new)}
    assert (shown[old]["procedure_version"], shown[old]["overlays"]) == ("2026.1", [])
    assert shown[new]["procedure_version"] == "2026.1 + house-rules 2026.1"
    assert [one["overlay"] for one in shown[new]["overlays"]] == ["house-rules"]
    assert "House rules of the example house" in released.done(AFTER, "show", new)
    assert "2026.1 + house-rules 2026.1" in released.done(AFTER, "cases")
    # The running case stays on its own.
    assert released.json(AFTER, "next", old)["derogations"] == []


def test_a_procedure_that_is_not_used_on_the_day_is_refused_with_the_day_and_the_mend(released: House) -> None:
    released.done(BEFORE, "release", "pcp", "--as", "ben", *SOON)
    assert released(BEFORE, "open", "pcp", "--as", "ada", "need=A pump", "--preview").exit_code == 0
    (blocker,) = released.refused(AFTER, "open", "pcp", "--as", "ada", "need=A pump")
    assert blocker["code"] == "not-used-here"
    assert "on 2026-07-01; it did until 2026-06-30" in blocker["reason"]
    assert "open one of: open" in blocker["mend"]


def test_a_case_cannot_be_opened_while_the_overlay_in_force_is_not_released(house: House) -> None:
    house.done(BEFORE, "release", "open", "--organisation", "house", "--as", "ben", *SOON)
    lost = house(AFTER, "open", "open", "--as", "ada", "need=A pump")
    assert lost.exit_code != 0
    assert "house-rules" in lost.output
    assert "inprocap-flow release house-rules" in lost.output


def test_a_derogation_is_offered_explained_granted_and_recorded(released: House) -> None:
    case = released.json(AFTER, "open", "open", "--as", "ada", "need=A pump")["case"]
    (offer,) = released.json(AFTER, "next", case)["derogations"]
    assert (offer["step"], offer["lifts"]) == ("no_survey", ["market_survey"])
    why = released.done(AFTER, "why", case, "no_survey")
    assert "sign " in why
    assert "survey_waiver" in why
    released.done(AFTER, "sign", case, "survey_waiver", "--as", "june")
    now = released.done(AFTER, "next", case)
    assert "Rules that can be lifted" in now
    assert "derogate no_survey: No survey of the market" in now
    paper = released.file("decision.pdf")
    said = released.done(
        AFTER, "derogate", case, "no_survey", "--doc", f"waiver_decision={paper}", "--reason", "A fire", "--as", "ben"
    )
    assert 'Lifted for this case: "The market is surveyed first"' in said
    assert released.json(AFTER, "show", case)["lifted"] == {"market_survey": "no_survey"}
    assert "already" in released.done(AFTER, "why", case, "no_survey")
    history = released.done(AFTER, "history", case)
    assert "Derogation: No survey of the market" in history
    assert "Lifted" in history


def test_the_scenarios_of_the_house_come_out_as_written() -> None:
    desk = Desk(open_store("sqlite://"), settings=Settings(definitions=OWN))
    report = run_file(OWN / "open.test.yaml", desk)
    assert [fault.says for fault in report.faults] == []
    assert report.coverage.steps["case.ask_firms"] == 1


def test_diff_says_what_an_overlay_changes_on_which_ground_and_where(house: House) -> None:
    said = house.done(AFTER, "diff", "open", "house-rules")
    assert "New approval: Agreement of the council (council_agrees)" in said
    assert "750 000 EUR" in said
    assert "[not confirmed]" in said
    assert "New derogation: No survey of the market (no_survey)" in said
    was, now = said.index("was: It ends 15 days (limit standstill)"), said.index("is: It ends 15 days after")
    assert was < now
    assert "house-rules.yaml:" in said
    assert max(map(len, said.splitlines())) <= 80
    plain = house.json(AFTER, "diff", "open", "house-rules")
    found = {(one["what"], one["kind"], one["name"]): one for one in plain["differences"]}
    assert found["changed", "deadline", "standstill"]["overlay"] == "house-rules"
    assert ("new", "derogation", "no_survey") in found
    assert not any(what == "gone" for what, _, _ in found)


def test_diff_takes_the_overlays_of_the_organisation_on_the_day(house: House) -> None:
    assert (
        house.json(AFTER, "diff", "open")["differences"]
        == house.json(AFTER, "diff", "open", "house-rules")["differences"]
    )
    assert "nothing to compare with" in house(BEFORE, "diff", "open").output


def test_a_procedure_does_not_differ_from_itself(house: House) -> None:
    assert house.json(AFTER, "diff", "open", "open")["differences"] == []


def test_effective_is_one_file_that_reads_back_with_the_origin_of_what_the_overlay_wrote(house: House) -> None:
    said = house.done(AFTER, "effective", "open")
    data = yaml.safe_load(said)
    assert data["approvals"]["council_agrees"]["title"] == "Agreement of the council"
    assert "include" not in data
    line = next(line for line in said.splitlines() if line.startswith("  council_agrees:"))
    assert line.endswith("# + house-rules.yaml:43")
    plain = house.json(AFTER, "effective", "open")
    assert plain["version"] == "2026.1 + house-rules 2026.1"
    assert {one["overlay"] for one in plain["lines"] if one.get("overlay")} == {"house-rules"}
    assert house.json(AFTER, "effective", "open", "--on", "2026-05-01")["version"] == "2026.1"


def test_read_marks_the_lines_that_an_overlay_wrote_or_changed(house: House) -> None:
    said = house.done(AFTER, "read", "open", "decide_award")
    assert said.startswith("Lines with + are there because of House rules of the example house (house rules,\noverlay")
    assert '  + - The approval "Agreement of the council"' in said
    assert '    - The approval "Award" (award) is given' in said
    assert '    - The signatures of "Award" (award) are used up.' in said
    assert '  + - The signatures of "Agreement of the council" (council_agrees) are used up.' in said
    assert "+" not in house.done(BEFORE, "read", "open", "decide_award")


def test_check_looks_at_an_overlay_with_every_procedure_that_it_is_for(house: House) -> None:
    assert house.json(AFTER, "check", str(OWN / "overlays" / "house-rules.yaml"))["errors"] == 0


def test_a_rulebook_an_overlay_and_an_organisation_of_one_name_are_released_together(house: House) -> None:
    folder = house.folder / "definitions"
    for kind in ("organisations", "overlays", "rulebooks"):
        (folder / kind).mkdir(parents=True)
    text = (OWN / "overlays" / "house-rules.yaml").read_text(encoding="utf-8")
    (folder / "overlays" / "house.yaml").write_text(text.replace("overlay: house-rules", "overlay: house"))
    text = (
        (OWN / "organisations" / "house.yaml")
        .read_text(encoding="utf-8")
        .replace("overlay: house-rules", "overlay: house")
    )
    (folder / "organisations" / "house.yaml").write_text(text)
    text = (SHIPPED / "rulebooks" / "eu-2014-24.yaml").read_text(encoding="utf-8")
    (folder / "rulebooks" / "house.yaml").write_text(text.replace("rulebook: eu-2014-24", "rulebook: house"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DEFINITIONS", str(folder))
        released = house.json(BEFORE, "release", "house", "--as", "ben", *SOON)["released"]
    assert [(one["kind"], one["name"]) for one in released] == [
        ("rulebook", "house"),
        ("overlay", "house"),
        ("organisation", "house"),
    ]


def test_scenarios_of_an_overlay_are_held_to_what_the_overlay_adds_or_changes(house: House) -> None:
    said = house.done(AFTER, "test", str(OWN / "open.test.yaml"))
    assert "of what house-rules adds or changes" in said
    assert "the rest of open is played by its own scenarios" in said
    (plain,) = house.json(AFTER, "test", str(OWN / "open.test.yaml"))["files"]
    assert plain["overlays"] == ["house-rules"]
    assert "case.ask_firms" in plain["coverage"]["steps"]
    assert "case.ask_firms" not in plain["coverage"]["unreached_steps"]
    assert "question.ask" not in plain["coverage"]["unreached_steps"]
    (shipped,) = house.json(AFTER, "test", str(SHIPPED / "market-consultation.test.yaml"))["files"]
    assert (shipped["overlays"], shipped["coverage"]["unreached_steps"]) == ([], [])


@pytest.mark.parametrize("words", [("read", "open", "decide_award"), ("effective", "open")])
def test_before_an_overlay_applies_it_is_said_from_when_on_and_how_to_see_it_then(
    house: House, words: tuple[str, ...]
) -> None:
    early = house(BEFORE, *words)
    assert early.exit_code == 0, early.output
    note = " ".join(early.stderr.split())
    assert "house-rules" not in early.stdout
    assert "From 2026-06-01 on house-rules applies, too: --on 2026-06-01 shows it." in note
    assert "house-rules" in house.done(BEFORE, *words, "--on", "2026-06-01")
    assert "applies, too" not in house(AFTER, *words).stderr


def test_what_was_released_with_overlays_is_compared_with_the_files_of_both(released: House) -> None:
    whole = "2026.1 + house-rules 2026.1"
    plain = released.json(AFTER, "diff", "open", "--since", whole)
    assert (plain["base"]["version"], plain["other"]["version"]) == (whole, whole)
    assert plain["differences"] == []
    bare = released.json(AFTER, "diff", "open", "house-rules", "--since", "2026.1")["differences"]
    overlaid = released.json(AFTER, "diff", "open", "house-rules")["differences"]
    assert [one["name"] for one in bare] == [one["name"] for one in overlaid]
    both = released.json(AFTER, "diff", "open", "--since", "2026.1", "--to", whole)["differences"]
    assert [one["name"] for one in both] == [one["name"] for one in overlaid]
