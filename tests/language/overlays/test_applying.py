"""What an overlay makes of a procedure: where things stand, what is asked for, what they are called."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language import canonical
from inprocap_flow.language.choices import overlays_on, uses
from inprocap_flow.language.load import load, load_organisation, load_procedure
from inprocap_flow.language.model import Chosen, Definition, said
from inprocap_flow.language.overlays import Overlay, layers_of, load_applied, load_overlay
from inprocap_flow.machine.compile import compile_definition
from inprocap_flow.records import changed

HERE = Path(__file__).parent
LIBRARY = HERE / "library"
ROOT = LIBRARY.parents[3]
BASE = LIBRARY / "fair.yaml"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # places are shown relative to the folder people work in


def overlay(name: str) -> Path:
    return LIBRARY / "overlays" / f"{name}.yaml"


@pytest.fixture(scope="module")
def house() -> Definition:
    return load_applied(BASE, [overlay("house")])


@pytest.fixture(scope="module")
def both() -> Definition:
    return load_applied(BASE, [overlay("house"), overlay("land")])


def test_without_overlays_it_is_the_procedure_as_it_is_written() -> None:
    assert load_applied(BASE, []) == load_procedure(BASE)


def test_an_overlay_that_says_nothing_changes_nothing_but_its_own_name() -> None:
    empty = load_applied(BASE, [overlay("newer")])
    assert [one.name for one in empty.overlays] == ["newer"]
    assert canonical.to_plain(changed(empty, overlays=())) == canonical.to_plain(load_procedure(BASE))


def test_the_national_overlay_comes_first_in_whatever_order_they_are_given(both: Definition) -> None:
    assert [(one.name, one.national) for one in both.overlays] == [("land", "DE"), ("house", None)]
    assert both == load_applied(BASE, [overlay("land"), overlay("house")])


def test_the_effective_procedure_comes_back_from_its_stored_form_and_compiles(both: Definition) -> None:
    assert canonical.from_plain(Definition, canonical.to_plain(both)) == both
    compile_definition(both)


def test_every_way_to_the_milestone_leads_through_the_detour(house: Definition) -> None:
    steps = house.main.steps
    assert steps["send_call"].sources == ("listing.told",)
    assert steps["list_it"].sources == ("preparation.ready",)
    assert steps["give_up"].sources == tuple(leaf for leaf in house.main.leaves if not house.main.stages[leaf].final)


def test_with_a_condition_the_old_way_stays_open_under_the_opposite_one(house: Definition) -> None:
    decide, begin = house.main.steps["decide_award"], house.main.steps["begin_check"]
    assert set(decide.sources) == {"deciding.proposed", "balance.checked"}
    (past,) = decide.already_there.that
    assert (str(past.holds), past.rule, past.only_from) == (
        "not value > limit('big')",
        "balance",
        ("deciding.proposed",),
    )
    assert said(past.if_not) == "The balance is checked first."
    assert [str(guard.holds) for guard in begin.already_there.that] == ["value > limit('big')", "not lifted('balance')"]


def test_a_detour_may_lead_back_to_where_it_began(house: Definition) -> None:
    assert [branch.to for branch in house.main.steps["look_again"].targets] == ["deciding.proposed"]


def test_for_other_lines_the_case_still_stands_where_the_detour_began(house: Definition) -> None:
    asking = house.tracks["offer"].steps["ask_why"].while_case
    assert asking == ("deciding.proposed", "balance.checking", "balance.checked")


def test_stages_of_a_detour_stand_after_the_one_that_it_begins_in(house: Definition) -> None:
    tops = [address for address in house.main.stages if "." not in address]
    assert tops == ["preparation", "listing", "tendering", "deciding", "balance", "done", "dropped"]


def test_at_a_milestone_lists_grow_and_nothing_is_replaced(both: Definition) -> None:
    base, now = load_procedure(BASE).main.steps, both.main.steps
    assert now["propose_award"].already_there.approvals == ("board_says",)
    assert now["propose_award"].already_there.that == base["propose_award"].already_there.that
    assert now["send_call"].already_there.documents == ("call", "gazette_entry")
    assert [tell.role for tell in both.tracks["offer"].steps["send"].tells] == ["officer"]


def test_a_longer_deadline_says_by_which_source(house: Definition, both: Definition) -> None:
    deadlines = house.main.deadlines
    assert (deadlines["standstill"].period, deadlines["standstill"].cite) == ("P20D", "Fair Act Art. 7; House rule 3")
    assert (deadlines["offers"].at_least, deadlines["offers"].proposes) == ("P21D", "P30D")
    assert both.main.deadlines["offers"].proposes == "P40D"
    assert deadlines["reasons_given"].period == "P10D"  # a duty is done sooner


def test_the_role_that_replaces_another_acts_and_signs_everywhere(house: Definition) -> None:
    assert "authority" not in house.roles
    assert [one.role for one in house.main.approvals["award"].signatures] == ["legal", "president"]


def test_titles_change_in_the_language_of_the_overlay_and_nothing_else(both: Definition) -> None:
    assert both.roles["officer"].title == {"en": "Buyer", "de": "Einkäufer"}
    assert both.main.stages["tendering.open"].title == {"en": "Open", "de": "Offen"}
    assert both.main.stages["preparation.drafted"].title == {"en": "Drafts"}
    assert both.tracks["offer"].title == {"en": "Bid"}
    assert both.tracks["offer"].begins.title == {"en": "Apply"}
    assert both.tracks["offer"].fields["price"].title == {"en": "Cost"}
    assert both.tracks["offer"].fields["country"].title == {"en": "Home"}
    assert both.main.deadlines["standstill"].title == {"en": "Standstill", "de": "Stillhaltefrist"}
    assert both.overlays[0].title == {"de": "Recht des Landes"}
    assert both.main.documents["gazette_entry"].title == {"de": "Eintrag im Amtsblatt"}


def test_a_derogation_keeps_what_it_needs(house: Definition) -> None:
    funded = house.derogations["funded"]
    assert (funded.lifts, funded.by, funded.handed_in.reason) == (("balance", "local_paper"), ("officer",), True)
    assert funded.while_case[:2] == ("preparation.drafted", "preparation.ready")
    assert funded.already_there.approvals == ("board_says",)


def test_every_element_stands_where_it_is_written(house: Definition) -> None:
    lines = overlay("house").read_text(encoding="utf-8").splitlines()
    for origin, text in (
        ("steps.list_it", "list_it:"),
        ("stages.balance.checking", "checking"),
        ("approvals.board_says", "board_says:"),
        ("derogations.funded", "funded:"),
        ("watches.dear", "dear:"),
        ("overlays.house", "overlay: house"),
        ("tracks.offer.fields.origin_share", "origin_share:"),
    ):
        file, _, line = house.origins[origin].rpartition(":")
        assert file.endswith("overlays/house.yaml")
        assert text in lines[int(line) - 1], origin
    assert "fair.yaml" in house.origins["steps.send_call"]


def test_the_layers_are_the_procedure_then_the_national_overlay_then_both(both: Definition) -> None:
    layers, _ = layers_of(BASE, [overlay("house"), overlay("land")])
    assert [len(layer.definition.overlays) for layer in layers] == [0, 1, 2]
    assert layers[-1].definition == both


def test_an_overlay_by_itself_says_whose_it_is_and_what_it_is_for() -> None:
    one = load_overlay(overlay("land"))
    assert (one.name, one.version, one.national, one.organisation) == ("land", "2026.1", "DE", None)
    assert one.written_for == {"fair": ("1.0",)}
    assert one.content["overlay"] == "land"
    assert isinstance(load(overlay("house")), Overlay)


SCOPED = """
overlay: scoped
version: 1
language: en
title: For two
organisation: lab
for: {fair: 1.0, market: 1.0}
documents:
  paper: {title: Paper, by: officer, only_for: market}
  other: {title: Other, by: officer, only_for: [fair]}
at:
  award_proposed: {already_there: {documents: other}, only_for: fair}
  market_opened: {already_there: {documents: paper}, only_for: market}
rename: {roles: {market_keeper: Keeper, officer: Buyer}}
"""


def test_only_for_narrows_an_entry_to_one_procedure(tmp_path: Path) -> None:
    (tmp_path / "scoped.yaml").write_text(SCOPED, encoding="utf-8")
    found = load_applied(BASE, [tmp_path / "scoped.yaml"])
    assert "paper" not in found.main.documents
    assert found.main.steps["propose_award"].already_there.documents == ("other",)
    assert found.roles["officer"].title == {"en": "Buyer"}


def test_an_organisation_chooses_by_the_day_on_which_a_case_is_opened() -> None:
    organisation, _ = load_organisation(LIBRARY / "organisations" / "lab.yaml")
    assert overlays_on(organisation, date(2026, 12, 31)) == ("house",)
    assert overlays_on(organisation, date(2027, 1, 1)) == ("newer",)
    assert not uses(organisation, "fair", date(2025, 12, 31))
    assert uses(organisation, "fair", date(2026, 1, 1))
    assert not uses(organisation, "market", date(2026, 1, 1))


def test_an_organisation_that_names_no_procedure_uses_every_one() -> None:
    organisation, _ = load_organisation(LIBRARY / "organisations" / "lab.yaml")
    assert uses(changed(organisation, procedures=()), "anything", date(2026, 1, 1))
    open_ended = changed(organisation, overlays=(Chosen("house"),))
    assert overlays_on(open_ended, date(1990, 1, 1)) == overlays_on(open_ended, date(2090, 1, 1)) == ("house",)


def test_a_choice_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    text = (LIBRARY / "organisations" / "lab.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "lab.yaml"
    wrong.write_text(text.replace("from: 2027-01-01", "from: 2027-01-01, until: 2026-01-01"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="2026-01-01 is before 2027-01-01"):
        load_organisation(wrong, [LIBRARY])


def test_a_detour_goes_before_what_one_step_reaches_not_several(tmp_path: Path) -> None:
    base = BASE.read_text(encoding="utf-8")
    again = base.replace("meets: reasons_given\n", "meets: reasons_given\n    milestone: answered\n")
    twice = (HERE / "refused" / "detour_twice.yaml").read_text(encoding="utf-8")
    once = twice.split("  two:")[0].replace("detour_twice", "several").replace("award_decided", "answered")
    (tmp_path / "fair.yaml").write_text(again, encoding="utf-8")
    (tmp_path / "several.yaml").write_text(once, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_applied(tmp_path / "fair.yaml", [tmp_path / "several.yaml"])
    (found,) = refused.value.problems
    assert (found.code, found.place.line) == ("insert-several", 9)
    lines = [number for number, line in enumerate(again.splitlines(), 1) if line == "    milestone: answered"]
    assert len(lines) == 2
    assert all(f"fair.yaml:{line}:16" in found.fact for line in lines)
