"""The commands about definitions, typed: what they answer, the exit status, and what they say to nonsense."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inprocap_flow.cli.app import inprocap_flow
from tests.cli.conftest import Lab

ROOT = Path(__file__).parents[2]
LAMP = ROOT / "tests" / "reading" / "definitions"
NOW = ("--now", "2026-07-01T09:00:00+02:00")
SOON = ("--seconds", "1")  # where what cases can come to is not the question


class Desk:
    """A folder of one's own definitions, a database of one's own, and the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> Result:
        result = CliRunner().invoke(inprocap_flow, [*NOW, *words], prog_name="inprocap-flow")
        assert "Traceback" not in result.output, result.output
        assert result.exit_code != 70, result.output
        return result

    def done(self, *words: str) -> str:
        result = self(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def failed(self, *words: str, status: int = 1) -> str:
        result = self(*words)
        assert result.exit_code == status, result.output
        return result.output

    def json(self, *words: str, status: int = 0) -> Any:
        result = self(*words, "--json")
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)

    def change(self, file: str, old: str, new: str) -> Path:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    own = tmp_path / "own"
    shutil.copytree(LAMP, own)
    monkeypatch.chdir(tmp_path)
    for name in ("ACTOR", "ROLE", "ORGANISATION", "SETTINGS"):
        monkeypatch.delenv(f"INPROCAP_FLOW_{name}", raising=False)
    monkeypatch.setenv("INPROCAP_FLOW_DEFINITIONS", str(own))
    monkeypatch.setenv("INPROCAP_FLOW_DATABASE", str(tmp_path / "lab.db"))
    monkeypatch.setenv("INPROCAP_FLOW_KEY_FILE", str(tmp_path / "key"))
    return Desk(own)


# ------------------------------------------------------------------------------------------------------------- check


def test_sound_definitions_have_no_errors_and_a_summary(desk: Desk) -> None:
    assert "\n5 files checked: no errors, 1 piece of advice.\n" in desk.done("check")


def test_advice_does_not_count_as_a_failure_and_is_called_so(desk: Desk) -> None:
    assert "after-may-never-start (advice)" in desk.done("check")


def test_a_wrong_name_is_shown_with_its_place_the_line_a_caret_and_the_mend(desk: Desk) -> None:
    desk.change("lamp.yaml", "    to: open\n    by: buyer", "    to: opne\n    by: buyer")
    text = desk.failed("check", "own/lamp.yaml")
    written = (desk.folder / "lamp.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, one in enumerate(written, 1) if "opne" in one)
    assert f"own/lamp.yaml:{line}:9: unknown-" in text
    assert f"{line:>6} |     to: opne" in text
    assert "       |         ^^^^" in text
    assert "mend: " in text
    assert "open" in text


def test_all_problems_of_all_files_come_at_once_and_each_only_once(desk: Desk) -> None:
    desk.change("lamp.yaml", "owner: boss}", "owner: bos}")
    desk.change("blocks/signing.yaml", "    by: boss\n    milestone", "    by: bosss\n    milestone")
    answer = desk.json("check", status=1)
    places = [(one["file"], one["line"], one["column"], one["code"], one["fact"]) for one in answer["problems"]]
    assert places == sorted(set(places))
    assert {Path(one[0]).name for one in places} >= {"lamp.yaml", "signing.yaml"}
    assert answer["errors"] == sum(one["severity"] == "error" for one in answer["problems"])


def test_a_long_line_is_shown_around_the_caret_within_the_terminal(desk: Desk) -> None:
    long = "title: " + "x" * 200 + "\n    kindd: due\n"
    desk.change("lamp.yaml", "    title: Questions\n", f"    {long}")
    assert all(
        len(line) <= 80 or " " not in line.strip() for line in desk.failed("check", "own/lamp.yaml").splitlines()
    )


def test_explain_prints_the_page_of_a_code(desk: Desk) -> None:
    assert desk.done("check", "--explain", "dead-step").startswith("# dead-step")


def test_explain_of_an_unknown_code_suggests_one(desk: Desk) -> None:
    assert "did you mean dead-step?" in desk.failed("check", "--explain", "dead-stepp")


def test_every_page_of_a_code_can_be_explained(desk: Desk) -> None:
    for page in sorted((ROOT / "docs" / "checks").glob("*.md"))[:5]:
        assert desk.done("check", "--explain", page.stem).strip()


JUNK = {
    "empty.yaml": b"",
    "binary.yaml": bytes(range(256)),
    "bad-utf8.yaml": b"procedure: a\xff\xfe\n",
    "bomb.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\n",
    "list.yaml": b"- 1\n- 2\n",
    "deep.yaml": b"[" * 5000,
    "nothing.yaml": b"procedure:\n",
    "kind.yaml": b"procedre: x\n",
    "two.yaml": b"procedure: a\n---\nprocedure: b\n",
    "tabs.yaml": b"procedure:\n\tx: 1\n",
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_refused_with_a_mend_and_never_a_traceback(desk: Desk, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(JUNK[name])
    tests = path.with_suffix(".test.yaml")
    tests.write_bytes(JUNK[name])
    for command, file in (("check", path), ("test", tests), ("read", path), ("release", path), ("diagram", path)):
        assert "mend: " in desk.failed(command, str(file)), command
    desk("format", str(path))  # what is a document at all is laid out, whatever it says
    assert path.read_bytes().strip() == JUNK[name].strip()


@pytest.mark.parametrize("command", ["check", "format", "test", "read", "release", "diagram"])
@pytest.mark.parametrize("name", ["nope", "nope.yaml", "../../etc/passwd", "x" * 300, "a\nb", "", "."])
def test_a_name_of_nothing_is_said_to_be_nothing(desk: Desk, command: str, name: str) -> None:
    result = desk(command, name)
    assert result.exit_code in (0, 1, 2)
    assert name in ("", ".") or result.exit_code != 0


# ------------------------------------------------------------------------------------------------------------ format


def test_format_lays_out_a_file_and_a_second_time_changes_nothing(desk: Desk) -> None:
    path = desk.change("lamp.yaml", "  boss: {title: Head of unit}", "  boss:   {  title:   Head of unit }")
    assert "laid out: own/lamp.yaml" in desk.done("format", "own/lamp.yaml")
    assert "  boss: {title: Head of unit}\n" in path.read_text(encoding="utf-8")
    assert "1 file: 0 changed, 1 as usual." in desk.done("format", "own/lamp.yaml")


def test_format_check_writes_nothing_and_fails_if_something_would_change(desk: Desk) -> None:
    desk.done("format", "own")
    path = desk.change("lamp.yaml", "  boss: {title: Head of unit}", "  boss:   {  title:   Head of unit }")
    before = path.read_text(encoding="utf-8")
    assert "would change: own/lamp.yaml" in desk.failed("format", "own", "--check")
    diff = desk.failed("format", "own/lamp.yaml", "--diff")
    assert "-  boss:   {  title:   Head of unit }" in diff
    assert "+  boss: {title: Head of unit}" in diff
    assert path.read_text(encoding="utf-8") == before


def test_format_keeps_the_rights_of_a_file(desk: Desk) -> None:
    path = desk.change("lamp.yaml", "  boss: {title: Head of unit}", "  boss:   {  title:   Head of unit }")
    path.chmod(0o640)
    desk.done("format", "own/lamp.yaml")
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(path.parent.glob(".lamp.yaml.*"))


def test_shipped_files_are_never_laid_out_by_accident(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INPROCAP_FLOW_DEFINITIONS")
    assert "Which files?" in desk.failed("format", status=2)


# ------------------------------------------------------------------------------------------------------------ schema


def test_the_schema_that_is_printed_is_the_one_that_the_shipped_files_are_tested_with(desk: Desk) -> None:
    from inprocap_flow.language.schema.export import json_schema
    from inprocap_flow.service.knowing import known_names

    folders = [Path(os.environ["INPROCAP_FLOW_DEFINITIONS"]), ROOT / "definitions"]
    known = known_names(folders, date(2026, 7, 1))
    assert json.loads(desk.done("schema")) == json_schema(known)


def test_the_schema_refuses_a_key_that_does_not_exist(desk: Desk) -> None:
    import jsonschema

    validator = jsonschema.Draft202012Validator(json.loads(desk.done("schema")))
    assert not validator.is_valid({"procedure": "x", "version": "1", "titel": "x"})
    assert not validator.is_valid({"nothing": "x"})


def test_the_schema_can_be_written_to_a_file(desk: Desk, tmp_path: Path) -> None:
    desk.done("schema", "--output", "definitions.schema.json")
    assert json.loads((tmp_path / "definitions.schema.json").read_text(encoding="utf-8"))["title"]


# -------------------------------------------------------------------------------------------------------------- test


def test_a_scenario_that_comes_out_otherwise_fails_with_place_expected_and_got(desk: Desk) -> None:
    text = desk.failed("test", "lamp")
    assert "  ok    the boss can drop a lamp" in text
    assert "  FAIL  nobody but the buyer and the boss can drop it" in text
    assert "own/lamp.test.yaml:17" in text
    assert "not-entitled" in text
    assert text.splitlines()[-1] == "2 scenarios: 1 ok, 1 failed."


def test_what_no_scenario_reaches_is_named_and_fails_only_if_asked(desk: Desk) -> None:
    desk.change("lamp.test.yaml", "by: lars, do: drop", "by: bo, do: drop")
    text = desk.done("test", "own/lamp.test.yaml")
    assert "reached: 2 of 8 steps, 0 of 2 branches" in text
    assert "no scenario reaches the steps: case.last_decide" in text
    assert desk("test", "lamp", "--all-reached").exit_code == 1


def test_quiet_leaves_out_what_came_out_as_written(desk: Desk) -> None:
    text = desk.failed("test", "lamp", "--quiet")
    assert "  ok  " not in text
    assert "FAIL" in text


def test_scenarios_answer_in_json_with_their_coverage(desk: Desk) -> None:
    [file] = desk.json("test", "own", status=1)["files"]
    assert [one["ok"] for one in file["scenarios"]] == [True, False]
    assert file["scenarios"][1]["faults"][0]["line"] == 17
    assert file["coverage"]["steps"]["case.drop"] == 1
    assert "case.ask_for_offers" in file["coverage"]["unreached_steps"]


def test_a_procedure_without_scenarios_says_where_they_belong(desk: Desk) -> None:
    (desk.folder / "lamp.test.yaml").unlink()
    assert "there is no test file own/lamp.test.yaml" in desk.failed("test", "lamp")


# ----------------------------------------------------------------------------------------------------------- release


def test_release_says_name_version_and_hash_and_the_second_time_that_it_was_there(desk: Desk) -> None:
    first = desk.json("release", "lamp")["released"]
    assert [(one["kind"], one["name"], one["version"], one["new"]) for one in first] == [
        ("rulebook", "lamp-rules", "1.0", True),
        ("procedure", "lamp", "1.0", True),
    ]
    assert all(len(one["hash"]) == 64 for one in first)
    assert [one["new"] for one in desk.json("release", "lamp")["released"]] == [False, False]
    assert "was there" in desk.done("release", "lamp")


def test_a_released_version_with_other_content_is_refused_with_the_mend(desk: Desk) -> None:
    desk.done("release", "lamp")
    desk.change("lamp.yaml", "title: Ask for offers", "title: Ask them")
    assert "write another `version:` into own/lamp.yaml" in desk.failed("release", "lamp")
    desk.change("lamp.yaml", "version: 1.0", "version: 1.1")
    assert desk.json("release", "lamp")["released"][-1]["version"] == "1.1"


def test_an_organisation_is_released_by_its_name(desk: Desk) -> None:
    released = desk.json("release", "lamp", "--organisation", "example-lab")["released"]
    assert [one["kind"] for one in released] == ["rulebook", "procedure", "organisation"]


@pytest.mark.parametrize("name", ["own/blocks/signing.yaml", str(ROOT / "definitions" / "pcp.test.yaml")])
def test_what_is_not_released_by_itself_says_with_what_it_is(desk: Desk, name: str) -> None:
    text = desk.failed("release", "lamp", name)
    assert "not-released-alone" in text
    assert not (desk.folder.parent / "lab.db").exists()  # nothing is half done


def test_procedures_tells_released_changed_and_not_released_apart(desk: Desk) -> None:
    desk.done("release", "lamp", "open", *SOON)
    desk.change("lamp.yaml", "title: Ask for offers", "title: Ask them")
    (desk.folder / "broken.yaml").write_text("procedure: broken\n", encoding="utf-8")
    answer = desk.json("procedures")
    states = {one["name"]: one["state"] for one in answer["files"]}
    assert states["lamp"] == "changed since its release"
    assert states["open"] == "released"
    assert states["pcp"] == "not released"
    assert states["broken"] == "has problems"
    kept = {(one["kind"], one["name"]): one["hash"] for one in answer["released"]}
    assert kept["procedure", "open"] == next(one["hash"] for one in answer["files"] if one["name"] == "open")


# ----------------------------------------------------------------------------------------------------------- diagram


def test_a_procedure_is_drawn_in_each_format(desk: Desk, tmp_path: Path) -> None:
    assert desk.done("diagram", "lamp").startswith("stateDiagram-v2")
    assert desk.done("diagram", "lamp", "--format", "dot").startswith("digraph")
    assert "Looked at" in desk.done("diagram", "lamp", "--line", "offer")
    desk.done("diagram", "lamp", "--line", "offer", "--output", "offer.svg")
    assert "<svg" in (tmp_path / "offer.svg").read_text(encoding="utf-8")


def test_a_track_that_does_not_exist_cannot_be_drawn(desk: Desk) -> None:
    assert "its tracks: offer" in desk.failed("diagram", "lamp", "--line", "supplier")


def test_a_diagram_is_of_a_procedure_or_of_a_case(desk: Desk) -> None:
    assert "Draw a PROCEDURE" in desk.failed("diagram", status=2)
    assert "Draw a PROCEDURE" in desk.failed("diagram", "lamp", "--case", "x", status=2)


def test_a_case_is_drawn_in_its_own_version_with_the_place_where_it_stands(called: Lab) -> None:
    drawn = called.plain("diagram", "--case", called.case).stdout
    assert "you are here" in drawn
    assert "its tracks: none" in called.plain("diagram", "--case", called.case, "--line", "bidder/nobody").output


# -------------------------------------------------------------------------------------------------------------- read


def test_read_answers_in_json_with_places(desk: Desk) -> None:
    answer = desk.json("read", "lamp", "ask_for_offers")
    step = answer["sections"][0]
    assert (step["kind"], step["name"], Path(step["file"]).name) == ("step", "ask_for_offers", "lamp.yaml")
    assert [group["label"] for group in step["groups"]][:2] == ["Who", "Where"]
    who = step["groups"][0]["sentences"][0]
    assert (who["text"], who["line"] > 0) == ("Buyer.", True)


def test_where_lists_places_as_json_too(desk: Desk) -> None:
    places = desk.json("read", "lamp", "--where", "standstill")["places"]
    assert {Path(one["file"]).name for one in places} == {"signing.yaml", "lamp-rules.yaml"}


def test_read_takes_a_name_or_a_word_not_both(desk: Desk) -> None:
    assert "not both" in desk.failed("read", "lamp", "drop", "--where", "x", status=2)


def test_a_word_that_nothing_says_is_not_found(desk: Desk) -> None:
    assert "nothing in lamp says 'elephant'" in desk.failed("read", "lamp", "--where", "elephant")


def test_read_makes_no_database_and_no_key(desk: Desk, tmp_path: Path) -> None:
    desk.done("read", "lamp")
    desk.done("check")
    assert {one.name for one in tmp_path.iterdir()} == {"own"}


def test_release_says_what_the_organisation_does_not_have_and_releases_all_the_same(desk: Desk) -> None:
    few = "organisation: few\nversion: 1\nlanguage: en\ntitle: Few\nzone: Europe/Berlin\ncurrency: EUR\n"
    people = "calendars: {holidays: [example-lab]}\npeople:\n  ada: {name: Ada Invented, roles: [requesting_unit]}\n"
    Path("own/organisations/few.yaml").write_text(few + people)
    said = desk.json("release", "open", "--organisation", "few", *SOON)
    assert {one["kind"] for one in said["released"]} == {"procedure", "rulebook", "organisation"}
    assert {one["code"] for one in said["unfit"]} == {"too-few-people"}
    assert any("legal" in one["fact"] for one in said["unfit"])
    assert "Mind: few does not have what open needs" in desk.done("release", "open", "--organisation", "few", *SOON)
    assert desk.json("release", "open", "--organisation", "example-lab", *SOON)["unfit"] == []
