from __future__ import annotations

from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.language import canonical
from inprocap_flow.language.load import load, load_organisation, load_procedure, load_rulebook, load_tests
from inprocap_flow.language.model import Definition
from inprocap_flow.language.resolve.desk import HookInfo

HERE = Path(__file__).parent
ACCEPTED = sorted(path for path in (HERE / "accepted").glob("*.yaml") if not path.name.endswith(".test.yaml"))
REFUSED = sorted((HERE / "refused").rglob("*.expected"))


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parents[1])  # places are shown relative to the folder people work in


def loaded(name: str) -> Definition:
    return load_procedure(HERE / "accepted" / f"{name}.yaml")


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_an_accepted_procedure_comes_back_from_its_stored_form_as_it_was(path: Path) -> None:
    definition = load_procedure(path)
    assert canonical.from_plain(Definition, canonical.to_plain(definition)) == definition


@pytest.mark.parametrize("expected", REFUSED, ids=lambda path: path.stem)
def test_a_refused_file_is_reported_exactly_like_this(expected: Path) -> None:
    path = expected.with_suffix(".yaml").relative_to(HERE.parents[1])
    with pytest.raises(InvalidInput) as refused:
        load(path)
    assert f"{refused.value}\n" == expected.read_text(encoding="utf-8")


def test_every_refused_file_has_its_report() -> None:
    innocent = {"whole", "gap-2026", "gap-2028"}  # parts that the refused ones rest on
    assert {path.stem for path in (HERE / "refused").rglob("*.yaml")} - innocent == {path.stem for path in REFUSED}


def test_the_place_of_an_element_does_not_change_the_hash_of_a_definition() -> None:
    plain = canonical.to_plain(loaded("small"))
    assert "origins" not in plain


def test_a_stage_with_stages_stands_for_all_of_them_and_any_for_all_that_are_not_final() -> None:
    steps = loaded("small").main.steps
    assert steps["give_up"].sources == (
        "preparation.drafted",
        "preparation.ready",
        "tendering.open",
        "tendering.closed",
    )
    assert steps["send_call"].targets[0].to == "tendering.open"


def test_the_owner_of_a_stage_is_inherited_but_a_final_stage_has_none() -> None:
    stages = loaded("small").main.stages
    assert stages["tendering.closed"].owner == "officer"
    assert stages["done"].owner is None


def test_what_the_condition_of_a_signature_reads_is_covered_by_the_approval() -> None:
    assert loaded("small").main.approvals["launch"].void_if_changed_fields == ("value",)


def test_a_version_is_a_text_and_never_a_number() -> None:
    assert loaded("small").version == "1.10"


def test_every_limit_that_is_named_is_needed() -> None:
    assert loaded("small").needed_limits == ("window",)


def test_a_block_included_twice_declares_everything_under_two_names() -> None:
    main = loaded("phases").main
    assert list(main.steps)[:4] == ["phase_1_start", "phase_1_review", "phase_2_start", "phase_2_review"]
    assert main.stages["phase_1"].children == ("phase_1.running", "phase_1.reviewed")
    assert main.stages["phase_2.running"].owner == "officer"
    assert {"phase_1_minutes", "phase_2_minutes"} <= set(main.documents)
    assert loaded("phases").milestones["phase_2_started"] == ""


def test_what_a_block_adds_to_a_track_of_the_procedure_is_renamed_too() -> None:
    supplier = loaded("phases").tracks["supplier"]
    assert "phase_2.passed" in supplier.stages
    assert list(supplier.fields) == ["phase_1_satisfactory", "phase_2_satisfactory", "price", "rank"]
    assert supplier.steps["phase_1_judge"].targets[0].to == "phase_1.passed"
    assert str(supplier.steps["phase_1_judge"].targets[0].when) == "phase_1_satisfactory"
    assert supplier.steps["phase_2_deliver"].while_case == ("phase_2.running",)
    assert supplier.steps["phase_2_deliver"].already_there.within == ("phase_2_end",)


def test_inside_a_track_that_the_block_declares_nothing_changes_but_milestones() -> None:
    doubt = loaded("phases").tracks["phase_2_doubt"]
    assert list(doubt.steps) == ["settle"]
    assert list(doubt.stages) == ["open", "settled"]
    assert doubt.steps["settle"].milestone == "phase_2_doubt_settled"
    assert str(doubt.steps["settle"].already_there.that[0].holds) == (
        "known(supplier.phase_2_satisfactory) and reached('phase_2_started')"
    )


def test_what_is_given_is_put_in_as_a_tree() -> None:
    steps = loaded("phases").main.steps
    assert str(steps["phase_2_start"].already_there.that[1].holds) == (
        "total('supplier', each.price, ['phase_1.passed', 'contracted'], where=each.rank <= limit('fewest')) <= most"
    )
    assert "money('900000 EUR')" in str(steps["phase_1_start"].already_there.that[1].holds)
    assert steps["phase_1_start"].already_there.documents == ("phase_1_minutes", "plan", "budget")
    assert steps["phase_2_start"].moves[0].stages == ("phase_1.passed", "contracted")


def test_what_is_given_as_a_period_is_one_whether_written_out_or_named() -> None:
    deadlines = loaded("phases").main.deadlines
    assert deadlines["phase_1_end"].period == "P6W"
    assert str(deadlines["phase_2_end"].period) == "length"


def test_at_a_milestone_a_procedure_only_adds() -> None:
    first, second = (loaded("phases").main.steps[f"phase_{number}_start"] for number in (1, 2))
    assert first.handed_in.reason
    assert not second.handed_in.reason
    assert [tell.role for tell in first.tells] == ["legal"]
    assert len(first.already_there.that) == len(second.already_there.that)


def test_texts_of_a_block_keep_the_language_they_are_written_in() -> None:
    definition = loaded("phases")
    assert definition.language == "en"
    assert definition.main.deadlines["phase_1_end"].title == {"de": "Ende der Phase"}


def test_every_element_knows_the_line_it_is_written_in() -> None:
    origins = loaded("phases").origins
    block = "tests/language/accepted/blocks/phase.yaml"
    lines = Path(block).read_text(encoding="utf-8").split("\n")
    assert origins["steps.phase_2_start"] == f"{block}:{lines.index('  start:') + 1}"
    assert origins["roles.officer"].startswith("tests/language/accepted/phases.yaml:")


def test_a_hook_is_what_the_look_up_says(tmp_path: Path) -> None:
    text = (HERE / "accepted" / "small.yaml").read_text(encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(text.replace("holds: value > 0", "hook: fair(value, 3)"), encoding="utf-8")
    info = HookInfo("fair", "yes_no", ("money", "whole_number"), file_hash="0" * 64)
    definition = load_procedure(path, hook_lookup={"fair": info}.get)
    hook = definition.main.steps["send_call"].already_there.that[0].hook
    assert hook is not None
    assert [str(argument) for argument in hook.arguments] == ["value", "3"]
    assert definition.hooks == {"fair": "0" * 64}
    wrong = HookInfo("fair", "money", ("money",), file_hash="0" * 64)
    with pytest.raises(InvalidInput, match="gives money, not yes_no") as refused:
        load_procedure(path, hook_lookup={"fair": wrong}.get)
    assert {problem.code for problem in refused.value.problems} == {"types-differ", "bad-hook"}


def test_a_missing_rulebook_is_advice_because_the_organisation_may_bring_its_own(tmp_path: Path) -> None:
    text = (HERE / "accepted" / "small.yaml").read_text(encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(text.replace("rulebook: none", "rulebook: elsewhere"), encoding="utf-8")
    assert load_procedure(path).rulebook == "elsewhere"


def test_two_limits_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rulebooks").mkdir()
    book = (
        "rulebook: book\nversion: 1\ntitle: Book\ncounting: plain\nlimits:\n  window:\n    says: x\n    basis: law\n"
        "    unit: period\n    values: [{from: 2020-01-01, value: 3 weeks, source: invented, confirmed_on: never}]\n"
    )
    (tmp_path / "rulebooks" / "book.yaml").write_text(book, encoding="utf-8")
    text = (HERE / "accepted" / "small.yaml").read_text(encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(text.replace("rulebook: none", "rulebook: book"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="limit-twice"):
        load_procedure(path)


def test_values_of_a_rulebook_are_kept_in_their_stored_form() -> None:
    rulebook = load_rulebook(HERE / "accepted" / "rulebooks" / "book.yaml")
    window, threshold = rulebook.limits["window"], rulebook.limits["threshold"]
    assert [value.value for value in window.values] == ["P10WD", None]
    assert window.values[0].variants[0].value == "P5D"
    assert threshold.values[0].value == "140000.5"


def test_a_calendar_of_an_organisation_is_the_union_of_its_parts() -> None:
    organisation, contacts = load_organisation(HERE / "accepted" / "organisations" / "lab.yaml")
    days = organisation.calendars["holidays"]
    assert isinstance(days, dict)
    assert days["holidays"]["2026-12-28"] == "Closed"
    assert "2027-01-01" in days["holidays"]  # a public holiday, and of the second year of the series
    assert (days["covers_from"], days["covers_until"]) == ("2026-01-01", "2027-12-31")
    assert [meeting.id for meeting in organisation.committees["board"]] == ["b-1", "b-2"]
    assert organisation.committees["board"][0].gates == {"dispatch": "2026-03-01"}
    assert contacts["ada"] == {"name": "Ada Invented", "contact": "ada@example.org"}
    assert "Invented" not in str(organisation.people)


def test_deeds_of_a_test_file_know_their_verb_their_values_and_their_place() -> None:
    tests = load_tests(HERE / "accepted" / "small.test.yaml")
    deed = tests.scenarios[0].deeds[0]
    assert (deed.verb, deed.what, deed.role) == ("do", "send_call", "officer")
    assert deed.documents == ("call",)
    assert deed.values == {"value": "3 EUR"}
    assert deed.place.line == 12
    assert deed.then is not None
    assert deed.then.refused == ("approval-missing",)
    assert tests.stories["opened"][0].verb == "do"


def test_a_code_of_a_notice_that_is_in_no_list_is_said_with_the_one_that_was_meant(tmp_path: Path) -> None:
    text = (HERE / "accepted" / "small.yaml").read_text(encoding="utf-8")
    assert text.count("    milestone: call_sent\n") == 1
    notice = "    notice: {eforms: E11, ocds: planing, result: nobody-won}\n"
    path = tmp_path / "small.yaml"
    path.write_text(text.replace("    milestone: call_sent\n", f"    milestone: call_sent\n{notice}"), encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_procedure(path, (Path("definitions"), HERE / "accepted"))
    assert [(found.code, found.fact, found.mend) for found in refused.value.problems] == [
        ("unknown-code", "`E11` is not in the code list eforms.", "Did you mean `E1`?"),
        ("unknown-code", "`planing` is not in the code list ocds.", "Did you mean `planning`?"),
        (
            "unknown-code",
            "`nobody-won` is not in the code list eforms.",
            "Write a known code, or add it to codelists/eforms.yaml.",
        ),
    ]
    assert {found.source_line for found in refused.value.problems} == {notice.rstrip()}
