"""What `new` writes passes `check` at once, says what to do next, and never overwrites anything."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from inprocap_flow.cli import exits, questions
from inprocap_flow.language.layout import format_text
from inprocap_flow.language.load import load_procedure
from inprocap_flow.service.starting import adding
from inprocap_flow.service.starting.procedures import BLOCKS
from tests.cli.conftest import Lab

OWN = Path("definitions")
SHIPPED = Path(__file__).parents[2] / "definitions"


@pytest.fixture
def own(lab: Lab) -> Iterator[Lab]:
    """A folder of one's own, named in the settings, and the invented laboratory to act for."""
    OWN.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_DEFINITIONS", "definitions")
        patch.setenv("INPROCAP_FLOW_ORGANISATION", "example-lab")
        yield lab


def started(lab: Lab, *words: str) -> dict[str, Any]:
    result = lab.plain("--now", "2026-11-23T09:00:00+01:00", "new", *words, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def errors(lab: Lab, *words: str) -> int:
    return int(json.loads(lab.plain("check", *words, "--json").stdout)["errors"])


@pytest.fixture
def small(own: Lab) -> Lab:
    """Beside that a small procedure of one's own, which is looked at faster than a shipped one."""
    started(own, "procedure", "small")
    return own


@pytest.mark.parametrize(
    "words",
    [
        ("--change", "approval"),
        ("--change", "approval", "--from-value", "none", "--who", "approving_authority"),
        ("--change", "approval", "--from-value", "50'000 EUR", "--called", "Launch: yes, no"),
        ("--change", "approval", "--country", "de"),
        ("--change", "stage", "--from-value", "none", "--called", "Market survey", "--who", "procurement_officer"),
        ("--change", "period", "--deadline", "delivery", "--period", "8 weeks"),
        ("--change", "reminder", "--deadline", "delivery", "--before", "2 weeks", "--who", "legal"),
    ],
    ids=" ".join,
)
def test_an_overlay_that_was_started_passes_check_and_stays_as_format_lays_it_out(
    small: Lab, words: tuple[str, ...]
) -> None:
    made = started(small, "overlay", "lab-rules", "--procedure", "small", *words)
    (file,) = made["files"]
    text = Path(file).read_text(encoding="utf-8")
    assert errors(small, file) == 0
    assert format_text(text) == text
    assert "TO DO" in text
    assert made["waits"] == []


@pytest.mark.parametrize("blocks", [(), ("--block", "modifications")], ids=["plain", "with firms"])
def test_what_was_started_says_of_each_length_where_it_stands(own: Lab, blocks: tuple[str, ...]) -> None:
    (path,) = started(own, "procedure", "small-purchase", *blocks)["files"]
    assert "to-do-left" in (advice := advice_of(own, path))
    assert "number-without-source" not in advice


def test_a_longer_period_of_an_overlay_says_where_it_stands_and_a_second_one_does_not_say_it_again(small: Lab) -> None:
    (path,) = started(small, "overlay", "lab-rules", "--procedure", "small", *MORE_TIME)["files"]
    assert advice_of(small, path) == {"to-do-left"}
    text = Path(path).read_text(encoding="utf-8")
    assert adding.added(text, "own_lengths:\n  source: other\n") == text


def advice_of(lab: Lab, *words: str) -> set[str]:
    return {one["code"] for one in json.loads(lab.plain("check", *words, "--json").stdout)["problems"]}


def test_an_exception_lifts_a_rule_of_custom_of_a_shipped_procedure(own: Lab) -> None:
    words = ("--change", "derogation", "--procedure", "market-consultation", "--rule", "no_condition_for_tendering")
    made = started(own, "overlay", "lab-rules", *words)
    assert "lifts: [no_condition_for_tendering]" in Path(made["files"][0]).read_text(encoding="utf-8")


def test_which_rule_is_lifted_is_never_taken_by_default(own: Lab) -> None:
    words = ("--change", "derogation", "--procedure", "market-consultation", "--yes")
    result = own.plain("new", "overlay", "lab-rules", *words)
    assert result.exit_code == 2
    assert "Say it with --rule" in result.output
    assert "no_condition_for_tendering" in result.output
    assert not list(OWN.rglob("*.yaml"))


@pytest.mark.parametrize(("option", "sign"), [("--from-value", ">="), ("--above", ">")])
def test_a_value_counts_from_itself_on_or_only_above(small: Lab, option: str, sign: str) -> None:
    made = started(small, "overlay", "lab-rules", "--procedure", "small", option, "20000 EUR")
    text = Path(made["files"][0]).read_text(encoding="utf-8")
    assert f"'EUR') {sign} limit(" in text
    assert errors(small, made["files"][0]) == 0


def test_a_new_role_is_written_and_waits_for_somebody_who_holds_it(small: Lab) -> None:
    words = ("--procedure", "small", "--change", "role", "--who", "managing_board")
    made = started(small, "overlay", "lab-rules", *words)
    assert [one["code"] for one in made["waits"]] == ["too-few-people"]
    assert "managing_board" in made["next"][0]


def test_a_second_overlay_of_one_organisation_belongs_into_the_file_of_the_first(small: Lab) -> None:
    first = started(small, "overlay", "house", "--procedure", "small")
    assert not any("mind:" in one for one in first["next"])
    words = ("--procedure", "small", "--change", "period", "--deadline", "delivery", "--period", "8 weeks")
    second = started(small, "overlay", "longer", *words)
    assert any("mind:" in one and "overlays/house.yaml" in one for one in second["next"])
    assert not any("from: 2026-11-23" in one for one in second["next"])
    national = started(small, "overlay", "land", *words, "--country", "DE")
    assert not any("mind:" in one for one in national["next"])


def test_an_approval_of_an_overlay_is_read_in_the_sentences_of_the_procedure(small: Lab) -> None:
    words = ("--procedure", "small", "--called", "Agreement of the house lawyer", "--from-value", "100000 EUR")
    started(small, "overlay", "lab-rules", *words)
    said = small.plain("read", "small", "order", "--overlay", "lab-rules").stdout
    assert '+ - The approval "Agreement of the house lawyer"' in said
    assert "100 000 EUR" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--change", "period", "--period", "4 weeks"), "Write at least 6 weeks"),
        (("--change", "period", "--period", "soon"), "is no period"),
        (("--change", "approval", "--milestone", "nowhere"), "There is no 'nowhere' here"),
        (("--change", "approval", "--milestone", "order"), "`order` is a step; it reaches `ordered`"),
        (("--change", "approval", "--milestone", "nowhere"), "ordered Order it"),
        (("--from-value", "1 EUR", "--above", "1 EUR"), "say one of them"),
        (("--above", "much"), "is no amount"),
        (("--change", "nothing"), "Choose of: approval, stage"),
        (("--change", "role", "--who", "requesting_unit"), "name a new one"),
        (("--change", "derogation"), "No rule of small may be lifted"),
        (("--from-value", "much"), "is no amount"),
        (("--organisation", "nobody"), "inprocap-flow new organisation nobody"),
    ],
    ids=str,
)
def test_what_would_be_wrong_is_said_and_not_written(small: Lab, words: tuple[str, ...], said: str) -> None:
    result = small.plain("new", "overlay", "lab-rules", "--procedure", "small", *words)
    assert result.exit_code != 0
    assert said in " ".join(result.output.split())
    assert [file.name for file in OWN.rglob("*.yaml")] == ["small.yaml"]


def test_an_organisation_has_a_placeholder_for_everybody_whom_its_procedures_need(own: Lab) -> None:
    words = ("--area", "DK", "--currency", "DKK", "--rate", "0.134 EUR", "--procedure", "open")
    made = started(own, "organisation", "north-lab", *words)
    assert errors(own, *made["files"], "open", "--organisation", "north-lab", "--quick") == 0
    text = Path(made["files"][0]).read_text(encoding="utf-8")
    names = [line for line in text.split("\n") if line.strip().startswith("name:")]
    assert names
    assert all("TO DO" in name for name in names)


def test_two_people_stand_where_who_signs_must_not_be_who_carries_it_out(own: Lab) -> None:
    started(own, "procedure", "buy", "--block", "payments")
    made = started(own, "organisation", "north-lab", "--area", "DE-HE", "--procedure", "buy")
    assert errors(own, *made["files"], "buy", "--organisation", "north-lab", "--quick") == 0


def test_a_new_organisation_has_people_enough_for_the_restricted_procedure(own: Lab) -> None:
    made = started(own, "organisation", "north-lab", "--area", "DK", "--currency", "EUR", "--procedure", "restricted")
    assert errors(own, *made["files"], "restricted", "--organisation", "north-lab", "--quick") == 0


def test_a_country_that_is_known_by_its_parts_is_answered_with_them(own: Lab) -> None:
    result = own.plain("new", "organisation", "north-lab", "--area", "DE", "--yes")
    assert result.exit_code == 2
    assert "DE-HH (Hamburg)" in " ".join(result.output.split())


def test_an_organisation_in_hesse_has_its_holidays_zone_and_currency(own: Lab) -> None:
    made = started(own, "organisation", "fair", "--area", "DE-HE")
    text = Path(made["files"][0]).read_text(encoding="utf-8")
    assert "\nzone: Europe/Berlin\ncurrency: EUR\n" in text
    assert "holidays: [DE-HE, fair]" in text
    assert not any("only because nobody said another" in step for step in made["next"])


def test_the_currency_follows_the_area_and_its_worth_is_asked_for_with_the_way_out(own: Lab) -> None:
    result = own.plain("new", "organisation", "north-lab", "--area", "DK", "--yes")
    assert result.exit_code == 2
    assert (
        "What is 1 DKK worth? Say it with --rate, such as 0.13 EUR, or count in EUR with --currency EUR."
        in " ".join(result.output.split())
    )


def test_a_zone_that_nobody_said_is_named_with_the_place_to_change_it(own: Lab) -> None:
    first = started(own, "organisation", "fair", "--area", "none")["next"]
    assert any("the zone is Europe/Brussels only because nobody said another" in step for step in first)
    said = started(own, "organisation", "other", "--area", "none", "--zone", "Europe/Berlin")["next"]
    assert not any("nobody said another" in step for step in said)


def test_a_second_try_is_told_to_remove_both_files_of_the_first(own: Lab) -> None:
    started(own, "organisation", "fair", "--area", "none")
    said = " ".join(own.plain("new", "organisation", "fair", "--zone", "Europe/Berlin", "--yes").output.split())
    assert "organisations/fair.yaml and " in said
    assert "calendars/fair.yaml are there already; nothing was written" in said
    assert "if nothing in them is worth keeping, remove them first" in said
    assert "--add" not in said


def test_nobody_guesses_what_a_currency_is_worth(own: Lab) -> None:
    result = own.plain("new", "organisation", "north-lab", "--currency", "DKK")
    assert result.exit_code == 2
    assert "--rate" in result.output


@pytest.mark.parametrize("blocks", [(), ("low_price",), tuple(BLOCKS)], ids=lambda one: "-".join(one) or "none")
def test_a_procedure_that_was_started_is_sound_in_all_that_it_can_come_to(own: Lab, blocks: tuple[str, ...]) -> None:
    made = started(own, "procedure", "own-way", *(word for block in blocks for word in ("--block", block)))
    assert errors(own, *made["files"]) == 0


def test_no_contract_is_signed_before_the_award_is_approved_and_the_standstill_is_over(own: Lab) -> None:
    started(own, "procedure", "own-way", "--block", "low_price", "--rulebook", "eu-2014-24")
    procedure = load_procedure(OWN / "own-way.yaml", [SHIPPED])
    sign, award = procedure.line("supplier").steps["sign_contract"], procedure.main.steps["award"]
    assert sign.already_there.approvals == ("purchase",)
    assert sign.already_there.after == ("standstill",)
    assert award.already_there.approvals == ("purchase",)
    assert award.starts == ("standstill",)
    assert set(sign.while_case) == {target.to for target in award.targets}


def test_a_rulebook_without_a_standstill_brings_none(own: Lab) -> None:
    started(own, "procedure", "own-way", "--block", "low_price", "--rulebook", "none")
    procedure = load_procedure(OWN / "own-way.yaml", [SHIPPED])
    assert procedure.line("supplier").steps["sign_contract"].already_there.approvals == ("purchase",)
    assert "standstill" not in procedure.main.deadlines


def test_a_new_procedure_is_to_be_listed_by_the_organisation_and_release_says_so_too(own: Lab) -> None:
    own.plain("init")
    started(own, "organisation", "north-lab", "--procedure", "market-consultation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INPROCAP_FLOW_ORGANISATION", "north-lab")
        made = started(own, "procedure", "small")
        assert any("{procedure: small, from: 2026-11-23}" in one and "north-lab.yaml" in one for one in made["next"])
        result = own.plain("release", "small", "--organisation", "north-lab", "--json")
    (unused,) = json.loads(result.stdout)["unused"]
    assert unused["fact"] == "north-lab does not use small"
    assert "{procedure: small}" in unused["mend"]


def test_release_minds_what_was_left_to_do_until_it_is_done(own: Lab) -> None:
    own.plain("init")
    (file,) = started(own, "procedure", "small")["files"]
    path = Path(file)
    left = json.loads(own.plain("release", "small", "--json").stdout)["to_do"]
    assert len(left[file]) == 3
    assert all("TO DO" in path.read_text(encoding="utf-8").splitlines()[number - 1] for number in left[file])
    assert "still says TO DO, in line" in " ".join(own.plain("release", "small").output.split())
    path.write_text(path.read_text(encoding="utf-8").replace("TO DO: ", "").replace("2026.1", "2026.2"), "utf-8")
    assert json.loads(own.plain("release", "small", "--json").stdout)["to_do"] == {}


def test_whoever_starts_a_procedure_is_told_where_its_scenarios_go_and_what_plays_them(own: Lab) -> None:
    made = started(own, "procedure", "small")
    (said,) = [one for one in made["next"] if "inprocap-flow test small" in one]
    assert "definitions/small.test.yaml" in said
    missing = own.plain("test", "small")
    assert missing.exit_code == 1
    assert "there is no test file definitions/small.test.yaml" in " ".join(missing.output.split())


def test_an_organisation_that_lists_nothing_uses_a_new_procedure_at_once(own: Lab) -> None:
    made = started(own, "procedure", "small")
    assert not any("procedures:" in one for one in made["next"])


def test_the_roles_of_a_plain_procedure_are_those_that_were_named(own: Lab) -> None:
    started(own, "procedure", "own-way", "--asks", "scientist", "--buys", "buyer", "--signs", "head")
    said = own.plain("read", "own-way", "order").stdout
    assert "Buyer." in said
    assert "Head; not whoever asked" in said


def test_nothing_is_overwritten_and_then_nothing_is_written(own: Lab) -> None:
    (OWN / "calendars").mkdir()
    (OWN / "calendars" / "north-lab.yaml").write_text("mine", encoding="utf-8")
    result = own.plain("new", "organisation", "north-lab", "--yes")
    assert result.exit_code == 1
    assert "is there already" in result.output
    assert [file.name for file in OWN.rglob("*.yaml")] == ["north-lab.yaml"]
    assert (OWN / "calendars" / "north-lab.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["Lab", "../evil", "a b", ""])
def test_what_cannot_be_a_name_is_refused(own: Lab, name: str) -> None:
    assert own.plain("new", "procedure", name, "--yes").exit_code == 1
    assert not list(OWN.rglob("*.yaml"))


def test_what_nobody_said_is_named_in_a_pipe(own: Lab) -> None:
    said = own.plain("new", "procedure", "own-way", "--title", "My way").stdout
    assert "Taken by default: --block none, --rulebook none" in said
    assert "--title" not in said.partition("Now")[0]


def test_on_a_terminal_each_answer_is_asked_for_and_a_wrong_one_asked_again(
    small: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "on_a_terminal", lambda: True)
    answers = "\nsmall\nperoid\nperiod\n\ndelivery\nsoon\n8 weeks\n"
    result = small.plain("new", "overlay", "lab-rules", stdin=answers)
    assert result.exit_code == 0, result.output
    assert "There is no 'peroid' here" in result.output
    assert "'soon' is no period" in result.output
    assert "period: 8 weeks" in (OWN / "overlays" / "lab-rules.yaml").read_text(encoding="utf-8")
    assert "Taken by default" not in result.output


MORE_TIME = ("--change", "period", "--deadline", "delivery", "--period", "8 weeks")


def house(lab: Lab) -> Path:
    """Start an overlay with a remark of one's own in it; return its file."""
    started(lab, "overlay", "house", "--procedure", "small")
    path = OWN / "overlays" / "house.yaml"
    path.write_text(f"# Ours since 2019.\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    return path


def test_another_change_is_put_into_an_overlay_that_is_there_and_its_remarks_stay(small: Lab) -> None:
    path = house(small)
    before = path.read_text(encoding="utf-8")
    made = started(small, "overlay", "house", "--add", *MORE_TIME)
    after = path.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    assert after.removeprefix(before.rstrip()).lstrip().startswith("lengthen:\n  delivery:")
    assert made["files"] == ["definitions/overlays/house.yaml"]
    assert any("new version" in one for one in made["next"])
    assert errors(small, str(path)) == 0
    assert [file.name for file in path.parent.iterdir()] == ["house.yaml"]


def test_reminders_are_added_one_after_the_other_and_the_same_one_is_refused(small: Lab) -> None:
    path = house(small)
    remind = ("--change", "reminder", "--deadline", "delivery", "--who", "legal", "--before")
    for before in ("2 weeks", "3 working days"):
        started(small, "overlay", "house", "--add", *remind, before)
    text = path.read_text(encoding="utf-8")
    assert text.count("remind:") == 1
    assert text.count("- {role: legal, before: ") == 2
    assert errors(small, str(path)) == 0
    assert "TO DO" not in text.partition("remind:")[2]
    again = small.plain("new", "overlay", "house", "--add", *remind, "2 weeks")
    assert again.exit_code == 1
    assert "This reminder is there already" in again.output
    assert path.read_text(encoding="utf-8") == text


def test_how_long_before_an_end_is_a_time(small: Lab) -> None:
    words = ("--procedure", "small", "--change", "reminder", "--deadline", "delivery", "--before", "soon")
    result = small.plain("new", "overlay", "lab-rules", *words)
    assert result.exit_code == 2
    assert "'soon' is no time before an end" in result.output


def test_nothing_is_added_without_being_asked_for(small: Lab) -> None:
    before = house(small).read_text(encoding="utf-8")
    result = small.plain("new", "overlay", "house", *MORE_TIME)
    assert result.exit_code == 1
    assert "--add" in result.output
    assert (OWN / "overlays" / "house.yaml").read_text(encoding="utf-8") == before
    assert "there is no" in small.plain("new", "overlay", "other", "--add", *MORE_TIME).output


def test_a_change_that_would_be_wrong_leaves_the_file_as_it_was(small: Lab) -> None:
    before = house(small).read_text(encoding="utf-8")
    words = ("--change", "period", "--deadline", "delivery", "--period", "1 day")
    result = small.plain("new", "overlay", "house", "--add", *words)
    assert result.exit_code == 1, result.output
    assert (OWN / "overlays" / "house.yaml").read_text(encoding="utf-8") == before


def test_somebody_may_enter_late_annul_and_migrate_in_a_procedure_that_was_started(small: Lab) -> None:
    started(small, "procedure", "errand", "--buys", "procurement_officer")
    assert "\nmay_backdate: [procurement_officer]" in (OWN / "errand.yaml").read_text(encoding="utf-8")


def test_an_exception_may_lift_the_rule_that_the_overlay_itself_brought(small: Lab) -> None:
    stage = ("--change", "stage", "--milestone", "ordered", "--called", "Security check", "--who", "guard")
    started(small, "overlay", "house", "--procedure", "small", *stage)
    path = OWN / "overlays" / "house.yaml"
    before = errors(small, str(path))  # nobody is a guard yet
    words = ("--change", "derogation", "--rule", "security_check_first", "--who", "guard", "--called", "No time for it")
    started(small, "overlay", "house", "--add", *words)
    text = path.read_text(encoding="utf-8")
    assert "    lifts: [security_check_first]  # Security check comes first" in text
    assert text.count("  guard: {title:") == 1
    assert errors(small, str(path)) == before


def test_how_much_longer_may_be_said_in_the_place_of_how_long(small: Lab) -> None:
    path = house(small)
    words = ("--change", "period", "--deadline", "delivery", "--period", "2 weeks more")
    started(small, "overlay", "house", "--add", *words)
    assert "    by: 2 weeks" in path.read_text(encoding="utf-8")


def test_a_procedure_for_which_the_overlay_was_not_written_is_added_to_it_first(small: Lab) -> None:
    house(small)
    result = small.plain("new", "overlay", "house", "--add", "--procedure", "open", *MORE_TIME)
    assert result.exit_code == 2
    assert "house was not written for open" in result.output


@pytest.mark.parametrize("answers", ["house\n\nperiod\ndelivery\n8 weeks\n", "house\nyes\nperiod\ndelivery\n8 weeks\n"])
def test_on_a_terminal_it_is_asked_which_overlay_is_meant_and_whether_to_add(
    small: Lab, monkeypatch: pytest.MonkeyPatch, answers: str
) -> None:
    path = house(small)
    monkeypatch.setattr(questions, "on_a_terminal", lambda: True)
    result = small.plain("new", "overlay", stdin=answers)
    assert result.exit_code == 0, result.output
    assert "Which overlay?" in result.output
    assert "is there: a change is added to it" in result.output
    assert "Add a change to it?" in result.output
    assert "For which" not in result.output
    assert "lengthen:\n  delivery:" in path.read_text(encoding="utf-8")


def test_whoever_does_not_want_to_add_gets_nothing_written(small: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = house(small).read_text(encoding="utf-8")
    monkeypatch.setattr(questions, "on_a_terminal", lambda: True)
    result = small.plain("new", "overlay", "house", stdin="no\n")
    assert result.exit_code == 1
    assert (OWN / "overlays" / "house.yaml").read_text(encoding="utf-8") == before


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of this kind is one of Unix")
def test_in_a_real_terminal_whoever_ends_in_the_middle_has_nothing_written_and_read_only_lines_that_fit(
    own: Lab,
) -> None:
    import pty

    inside, outside = pty.openpty()
    command = [sys.executable, "-m", "inprocap_flow", "new", "procedure", "lamps"]
    where = {**os.environ, "COLUMNS": "80"}
    with subprocess.Popen(command, stdin=outside, stdout=outside, stderr=outside, env=where) as running:
        os.close(outside)
        answers = [b"Lamps of the house\n", b"nothing_known\n", b"\x04"]
        said = b""
        with contextlib.suppress(OSError):  # the end of a terminal is told as an error
            while part := os.read(inside, 4096):
                said += part
                if said.endswith(b"]: ") and answers:
                    os.write(inside, answers.pop(0))
        assert running.wait() == exits.STOPPED, said.decode()
    os.close(inside)
    lines = click.unstyle(said.decode()).splitlines()
    assert any(line.startswith("nothing_known does not go with this start.") for line in lines)
    assert [line for line in lines if len(line) > 80] == []
    assert lines[-1].endswith("Stopped.")
    assert answers == []
    assert not list(OWN.rglob("*.yaml"))


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of this kind is one of Unix")
def test_in_a_real_terminal_a_change_is_added_by_answering(small: Lab) -> None:
    import pty

    path = house(small)
    inside, outside = pty.openpty()
    command = [sys.executable, "-m", "inprocap_flow", "new", "overlay", "house"]
    with subprocess.Popen(command, stdin=outside, stdout=outside, stderr=outside, close_fds=True) as running:
        os.close(outside)
        os.write(inside, b"yes\nperiod\ndelivery\n2 weeks more\n")
        said = b""
        with contextlib.suppress(OSError):  # the end of a terminal is told as an error
            while part := os.read(inside, 4096):
                said += part
        assert running.wait() == 0, said.decode()
    os.close(inside)
    assert b"How long is it then?" in said
    assert "    by: 2 weeks" in path.read_text(encoding="utf-8")


def test_whoever_stops_at_a_question_has_nothing_written_and_the_status_of_ctrl_c(
    own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_words: object, **_more: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(questions, "on_a_terminal", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", stopped)
    result = own.plain("new", "procedure", "lamps", stdin="")
    assert result.exit_code == exits.STOPPED
    assert result.output.endswith("Stopped.\n")
    assert not list(OWN.rglob("lamps.yaml"))
