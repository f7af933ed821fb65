"""What `check` says of overlays, and of organisations that choose them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput, Problem
from inprocap_flow.language.inspect import check
from inprocap_flow.language.layout import format_text
from inprocap_flow.language.load import load_organisation
from inprocap_flow.language.overlays.inspecting import inspect_overlay

LIBRARY = Path(__file__).parent / "library"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    shutil.copytree(LIBRARY, tmp_path / "library")
    market = (LIBRARY / "fair.yaml").read_text(encoding="utf-8").replace("procedure: fair", "procedure: market")
    (tmp_path / "library" / "market.yaml").write_text(
        market.replace("award_proposed", "stand_chosen"), encoding="utf-8"
    )
    return tmp_path / "library"


def overlay(library: Path, name: str, body: str, owner: str = "organisation: lab", for_: str = "{fair: 1.0}") -> Path:
    path = library / "overlays" / f"{name}.yaml"
    path.write_text(
        f"overlay: {name}\nversion: 1\nlanguage: en\ntitle: {name}\n{owner}\nfor: {for_}\n{body}", encoding="utf-8"
    )
    return path


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_a_sound_overlay_is_told_its_own_advice_only(library: Path) -> None:
    found = inspect_overlay(library / "overlays" / "house.yaml")
    assert codes(found) == ["unused-name"]
    assert found == check([library / "overlays" / "house.yaml"])


def test_it_is_applied_to_every_procedure_that_it_names(library: Path) -> None:
    path = overlay(library, "both", "at:\n  award_proposed: {tells: [legal]}\n", for_="{fair: 1.0, market: 1.0}")
    (found,) = inspect_overlay(path)
    assert (found.code, found.place.line) == ("milestone-unknown", 8)
    assert "`market`" in found.fact


def test_a_name_that_one_procedure_has_is_passed_over_in_the_other_but_not_if_none_has_it(library: Path) -> None:
    (library / "market.yaml").write_text(
        (library / "market.yaml").read_text(encoding="utf-8").replace("remark:", "note:"), encoding="utf-8"
    )
    path = overlay(library, "both", "rename: {fields: {remark: A, notee: B}}\n", for_="{fair: 1.0, market: 1.0}")
    (found,) = inspect_overlay(path)
    assert found.code == "overlay-unknown"
    assert found.fact == "`notee` is none of the fields of any procedure that it was written for."


def test_procedures_and_organisations_that_are_not_there_are_named(library: Path) -> None:
    path = overlay(library, "lost", "", owner="organisation: lba", for_="{fiar: 1.0}")
    found = inspect_overlay(path)
    assert [(one.code, one.mend) for one in found] == [
        ("unknown-organisation", "Did you mean `lab`?"),
        ("unknown-procedure", "Did you mean `fair`?"),
    ]


def test_what_is_wrong_in_the_procedure_itself_is_told_once_at_its_own_place(library: Path) -> None:
    fair = library / "fair.yaml"
    text = fair.read_text(encoding="utf-8")
    fair.write_text(text.replace("  tendering:", "  offers:", 1), encoding="utf-8")
    alone = [one for one in check([fair]) if one.severity == "error"]
    assert alone
    found = check([fair, library / "overlays" / "house.yaml"])
    errors = [one for one in found if one.severity == "error"]
    assert [(one.place, one.fact) for one in errors] == [(one.place, one.fact) for one in alone]
    (advice,) = [one for one in found if one.code == "overlay-not-looked-at"]
    assert advice.place.file.endswith("house.yaml")
    assert advice.fact.startswith(f"`fair` itself has {len(alone)} error")
    assert all(one.source_line for one in found)


def test_an_overlay_alone_tells_what_is_wrong_in_its_procedure_too(library: Path) -> None:
    fair = library / "fair.yaml"
    fair.write_text(fair.read_text(encoding="utf-8").replace("  tendering:", "  offers:", 1), encoding="utf-8")
    found = check([library / "overlays" / "house.yaml"])
    assert {one.place.file for one in found if one.severity == "error"} == {str(fair)}


def test_where_a_stage_was_renamed_the_name_that_nothing_names_is_suggested(library: Path) -> None:
    fair = library / "fair.yaml"
    text = fair.read_text(encoding="utf-8").replace("  dropped:", "  given_up:", 1).replace("  tendering:", "  offers:")
    fair.write_text(text, encoding="utf-8")
    found = {one.fact: one.mend for one in check([fair]) if one.code == "unknown-stage"}
    renamed = "If it was renamed, write the new name here, too: nothing names `offers` or `given_up` yet."
    assert found["`dropped` is not a stage of the case."] == renamed
    assert found["`tendering.open` is not a stage of the case."] == "Write the whole address: offers.open."


def test_a_paper_that_an_overlay_makes_public_and_that_nobody_is_told_of_is_advised_against(library: Path) -> None:
    paper = "documents: {note: {title: Note, by: officer, published_at: award_proposed}}\n"
    told = "at:\n  award_proposed: {handed_in: {documents: [note]}%s}\n"
    (found,) = inspect_overlay(overlay(library, "untold", paper + told % ""))
    assert (found.code, found.severity) == ("never-published", "advice")
    assert found.place.file.endswith("untold.yaml")
    assert "at: {award_proposed: {publishes: [note]}}" in found.mend
    assert inspect_overlay(overlay(library, "told", paper + told % ", publishes: [note]")) == []


def test_what_goes_wrong_elsewhere_because_of_it_stands_at_the_procedure_that_it_names(library: Path) -> None:
    body = """
insert:
  check:
    before: award_decided
    stages: {check: {title: Check, owner: officer}}
    steps: {into_check: {from: arriving, to: check, by: officer}}
    leaves_from: check
roles: {nobody: {title: Nobody}}
replace_role: {firm: nobody}
"""
    found = inspect_overlay(overlay(library, "away", body))
    assert {problem.place.file.rpartition("/")[2] for problem in found} == {"away.yaml"}
    assert codes(found) == ["overlay-weakens", "overlay-weakens"]  # speaks for nobody, sees more


def test_it_is_looked_at_beside_the_national_overlay_that_its_organisation_has(library: Path) -> None:
    lab = library / "organisations" / "lab.yaml"
    lab.write_text(
        lab.read_text(encoding="utf-8").replace("overlays:\n", "overlays:\n  - {overlay: land}\n"), encoding="utf-8"
    )
    path = overlay(library, "house", "documents: {gazette_entry: {title: Ours}}\n")
    assert "declared-twice" in codes(inspect_overlay(path))


def test_an_overlay_that_is_told_of_as_a_file_keeps_its_comments_in_our_layout() -> None:
    text = (LIBRARY / "overlays" / "house.yaml").read_text(encoding="utf-8")
    assert format_text(text) == text
    assert text.startswith("# House rules of an invented laboratory")


def chosen(library: Path, *lines: str) -> list[Problem]:
    lab = library / "organisations" / "lab.yaml"
    head = lab.read_text(encoding="utf-8").partition("overlays:")[0]
    lab.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_organisation(lab)
    return list(refused.value.problems)


def test_two_overlays_of_one_kind_on_one_day_are_refused_with_both_places(library: Path) -> None:
    (found,) = chosen(
        library, "overlays:", "  - {overlay: house, until: 2027-01-01}", "  - {overlay: newer, from: 2027-01-01}"
    )
    assert found.code == "overlays-two"
    assert "lab.yaml:13:15" in found.fact
    assert "two overlays of its own for fair" in found.fact
    assert found.mend.startswith("Write both into one file")


def test_a_national_overlay_and_its_own_may_apply_on_the_same_days(library: Path) -> None:
    lab = library / "organisations" / "lab.yaml"
    head = lab.read_text(encoding="utf-8").partition("overlays:")[0]
    lab.write_text(f"{head}overlays:\n  - {{overlay: house}}\n  - {{overlay: land}}\n", encoding="utf-8")
    assert [one.name for one in load_organisation(lab)[0].overlays] == ["house", "land"]


def test_what_an_organisation_chooses_must_be_there_and_its_own(library: Path) -> None:
    overlay(library, "theirs", "", owner="organisation: other")
    found = chosen(library, "overlays: [{overlay: hous}, {overlay: theirs}]", "procedures: [{procedure: fairr}]")
    assert codes(found) == ["unknown-overlay", "overlay-of-another", "unknown-procedure"]
    assert found[0].mend == "Did you mean `house`?"
