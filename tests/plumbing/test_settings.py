from __future__ import annotations

import os
from pathlib import Path

import pytest

from inprocap_flow.errors import InvalidInput
from inprocap_flow.settings import FILE_NAME, Settings, describe, load


def refusal(environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(InvalidInput) as refused:
        load(environ, folder)
    return str(refused.value).replace(f"{folder}{os.sep}", "")


def write(folder: Path, text: str) -> None:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def test_without_any_setting_the_database_is_a_file_in_the_current_folder(tmp_path: Path) -> None:
    assert load({}, tmp_path) == Settings(database=str(tmp_path / "inprocap-flow.db"))


def test_the_environment_wins_over_the_file_and_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    write(tmp_path, 'actor = "anna"\nrole = "legal"\n')
    found = load({"INPROCAP_FLOW_ACTOR": "bert", "INPROCAP_FLOW_ROLE": ""}, tmp_path)
    assert (found.actor, found.role) == ("bert", "legal")


def test_paths_in_the_file_count_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "office" / "hooks").mkdir(parents=True)
    write(tmp_path / "office", 'database = "cases.db"\nkey_file = "seal.key"\nhook_folders = ["hooks"]\n')
    found = load({"INPROCAP_FLOW_SETTINGS": f"office/{FILE_NAME}"}, tmp_path)
    office = tmp_path / "office"
    assert found.database == str(office / "cases.db")
    assert found.key_file == office / "seal.key"
    assert found.hook_folders == (office / "hooks",)


def test_several_folders_are_separated_as_in_a_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    found = load({"INPROCAP_FLOW_HOOK_FOLDERS": os.pathsep.join(["a", "b"])}, tmp_path)
    assert found.hook_folders == (tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize("url", [":memory:", "sqlite:///x.db", "postgresql://u@h/n", "postgresql+psycopg://u@h/n"])
def test_a_database_url_is_left_as_it_is(url: str, tmp_path: Path) -> None:
    assert load({"INPROCAP_FLOW_DATABASE": url}, tmp_path).database == url


def test_every_bad_value_is_reported_with_its_place_and_its_mend(tmp_path: Path) -> None:
    write(tmp_path, 'actr = "anna"\nlog_level = "loud"\n\nlaw_stale_after_months = 0\nlanguage = true\nrole = [1]\n')
    environ = {
        "INPROCAP_FLOW_DATABASE": "mysql://me:secret@host/name",
        "INPROCAP_FLOW_HOOK_FOLDERS": "nowhere",
        "INPROCAP_FLOW_ACTOR": "Anna Berg",
        "INPROCAP_FLOW_LANGUAGES": "en",
    }
    report = refusal(environ, tmp_path)
    assert report == (
        "inprocap-flow.toml:1:1: bad-settings  no setting is called actr\n"
        "  mend: did you mean actor?\n"
        "inprocap-flow.toml:2:1: bad-settings  log_level is 'loud': it is not one of the values known\n"
        "  mend: write debug or info or warning or error\n"
        "inprocap-flow.toml:4:1: bad-settings  law_stale_after_months is '0': it is no number of months\n"
        "  mend: write a whole number from 1 to 1200\n"
        "inprocap-flow.toml:5:1: bad-settings  language must be text\n"
        '  mend: write language = "..."\n'
        "inprocap-flow.toml:6:1: bad-settings  role must be text\n"
        '  mend: write role = "..."\n'
        "environment: bad-settings  INPROCAP_FLOW_ACTOR is 'Anna Berg': it is no id\n"
        "  mend: write an id of at most 100 characters without spaces, such as anna_berg\n"
        "environment: bad-settings  INPROCAP_FLOW_DATABASE is 'mysql://me:...@host/name': "
        "no database of kind 'mysql' is known\n"
        "  mend: write a file name, sqlite:///FILE or postgresql://...\n"
        "environment: bad-settings  INPROCAP_FLOW_HOOK_FOLDERS is 'nowhere': nowhere is no folder\n"
        "  mend: name a folder that exists, or make it first\n"
        "environment: bad-settings  no setting is called INPROCAP_FLOW_LANGUAGES\n"
        "  mend: did you mean INPROCAP_FLOW_LANGUAGE?"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"actor = anna\n", "inprocap-flow.toml:1:9: bad-settings  this is not TOML"),
        (b"actor = '\xff'\n", "inprocap-flow.toml: bad-settings  byte 9 is not UTF-8"),
        (b"actor = ''\n", "inprocap-flow.toml:1:1: bad-settings  actor is '': it says nothing"),
        (b"[actor]\nname = 'anna'\n", "inprocap-flow.toml:1:1: bad-settings  actor must be text"),
        (b"x = " + b"[" * 5000, "inprocap-flow.toml: bad-settings  this is not TOML"),
        (b"key_file = '\\u0000'\nlanguage = 'Deutsch'", "language is 'Deutsch': it is no language code"),
        (b"law_stale_after_months = " + b"9" * 5000, "this is not TOML"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(content: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert expected in refusal({}, tmp_path)


def test_a_settings_file_that_is_named_must_exist(tmp_path: Path) -> None:
    assert "is 'away.toml', but no such file exists" in refusal({"INPROCAP_FLOW_SETTINGS": "away.toml"}, tmp_path)


def test_settings_can_be_shown_without_the_password() -> None:
    shown = repr(Settings(database="postgresql://me:secret@host/name"))
    assert "secret" not in shown
    assert "postgresql://me:...@host/name" in shown


def test_every_setting_is_described_and_can_be_set_by_its_variable(tmp_path: Path) -> None:
    assert [one.key for one in describe()] == list(Settings.__dataclass_fields__)
    assert all(one.says and one.variable == f"INPROCAP_FLOW_{one.key.upper()}" for one in describe())
    load({one.variable: one.default for one in describe()}, tmp_path)
