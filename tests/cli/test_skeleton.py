"""The group itself: lazy, complete, documented; errors become statuses and never tracebacks."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from inprocap_flow.cli import exits, layout, reference
from inprocap_flow.cli.app import COMMANDS, inprocap_flow
from inprocap_flow.cli.deadline_acts import deadline
from inprocap_flow.engine.decide import ACT_KINDS
from inprocap_flow.language.model import CLOCK_ACTS
from tests.cli.conftest import Lab

# What each act of the engine is called on the command line (ruling 25).
ACT_COMMANDS = {
    "open": "open",
    "do": "do",
    "fill": "set",
    "bring": "attach",
    "ask": "ask",
    "sign": "sign",
    "decline": "decline",
    "withdraw": "withdraw",
    "derogate": "derogate",
    "interest": "interest",
    "annul": "annul",
    "migrate": "migrate",
    **{act: f"deadline {act}" for act in (*CLOCK_ACTS, "recount")},
    "destroy": "destroy",
    "time": "scheduler",
    "report": "scheduler",  # only what a linked case has reported; at once, or with the scheduler's next look
    "mark": "replay",  # only a historic import says what is not evidenced
}
NAMES = [name for section in COMMANDS.values() for name in section]
HEAVY = ("pydantic", "sqlmodel", "sqlalchemy", "structlog", "transitions", "rich", "yaml", "cryptography", "holidays")


def test_every_act_of_the_engine_has_a_command() -> None:
    assert set(ACT_KINDS) == set(ACT_COMMANDS)
    groups = {"deadline": set(deadline.commands)}
    known = {*NAMES, *(f"{name} {below}" for name, commands in groups.items() for below in commands)}
    assert set(ACT_COMMANDS.values()) <= known
    assert set(ACT_COMMANDS.values()) >= {f"deadline {below}" for below in deadline.commands}


def test_every_command_to_work_on_a_case_is_an_act_of_the_engine() -> None:
    assert set(COMMANDS["Work on a case"]) - {"fetch"} <= {words.partition(" ")[0] for words in ACT_COMMANDS.values()}


def python(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=60, env={**os.environ, **more}, check=False
    )


def test_help_imports_no_command() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom inprocap_flow.cli.app import inprocap_flow\n"
        "print(CliRunner().invoke(inprocap_flow, ['--help']).exit_code)\n"
        "print(sorted(m for m in sys.modules if m.startswith('inprocap_flow.') and m.count('.') == 1))"
    )
    lines = python("-c", code).stdout.splitlines()
    assert lines[0] == "0"
    light = {"inprocap_flow.cli", "inprocap_flow.errors", "inprocap_flow.records", "inprocap_flow.settings"}
    assert set(eval(lines[1])) <= light


@pytest.mark.parametrize("command", ["next", "do"])
def test_the_everyday_path_imports_nothing_heavy(ready: Lab, command: str) -> None:
    words = ["next", ready.case] if command == "next" else ["do", ready.case, "redraft", "--as", "ben", "--reason", "x"]
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom inprocap_flow.cli.app import inprocap_flow\n"
        f"print(CliRunner().invoke(inprocap_flow, {words!r}).exit_code)\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert python("-c", code).stdout.splitlines() == ["0", "[]"]


def test_help_names_every_command_under_its_purpose_and_every_exit_status() -> None:
    text = CliRunner().invoke(inprocap_flow, ["--help"], prog_name="inprocap-flow").output
    for purpose, section in COMMANDS.items():
        assert f"\n{purpose}:\n" in text
        for name in section:
            assert f"\n  {name} " in text
    for status in exits.MEANINGS:
        assert f"\n  {status} " in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_every_command_in_the_table_is_there_and_explains_itself(name: str) -> None:
    result = CliRunner().invoke(inprocap_flow, [name, "--help"], prog_name="inprocap-flow")
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80


@pytest.mark.parametrize("page", reference.PAGES)
def test_the_reference_says_what_the_commands_say(page: str) -> None:
    written = (reference.FOLDER / page).read_text(encoding="utf-8")
    assert written == reference.PAGES[page](), "make it again: python -m inprocap_flow.cli.reference"


def test_a_misspelt_command_is_guessed() -> None:
    result = CliRunner().invoke(inprocap_flow, ["nxt"], prog_name="inprocap-flow")
    assert result.exit_code == exits.USAGE
    assert "Did you mean next?" in result.output


def test_without_a_database_it_says_how_to_begin(tmp_path: Path) -> None:
    result = CliRunner().invoke(inprocap_flow, ["--db", str(tmp_path / "none.db"), "cases"])
    assert result.exit_code == exits.PROBLEMS
    assert "release a procedure first" in result.output
    assert not list(tmp_path.iterdir())


def test_options_may_stand_before_or_after_the_command(drafted: Lab) -> None:
    after = drafted("01-05 10:00", "cases", "--json").stdout
    before = drafted("01-05 10:00", "--json", "cases").stdout
    assert json.loads(after) == json.loads(before)


def test_a_database_that_is_none_is_damage(lab: Lab) -> None:
    (lab.folder / "broken.db").write_text("this is no database, but long enough to be taken for one" * 40)
    result = lab.plain("cases", "--db", "broken.db")
    assert result.exit_code == exits.DAMAGED, result.output


@pytest.mark.parametrize("command", [("procedures",), ("findings",), ("cases",), ("next", "CASE")])
def test_a_database_of_an_older_version_is_brought_up_to_date_by_whoever_looks_first(
    drafted: Lab, command: tuple[str, ...]
) -> None:
    raw = sqlite3.connect(drafted.folder / "lab.db", isolation_level=None)
    raw.execute("DROP TABLE findings")
    raw.execute("ALTER TABLE releases DROP COLUMN judged")
    raw.execute("ALTER TABLE releases DROP COLUMN number")
    raw.execute("UPDATE alembic_version SET version_num = '0003'")
    raw.close()
    drafted.done("01-05 10:00", *(drafted.case if word == "CASE" else word for word in command))
    assert "Nothing was found" in drafted.done("01-05 10:00", "findings")


def test_whoever_looks_at_a_database_of_a_newer_version_is_told(drafted: Lab) -> None:
    raw = sqlite3.connect(drafted.folder / "lab.db", isolation_level=None)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    result = drafted("01-05 10:00", "next", drafted.case)
    assert result.exit_code == exits.DAMAGED
    assert "newer version" in result.output


def test_a_fault_of_ours_is_admitted_without_a_traceback_or_its_secrets(
    drafted: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("a sealed price of 51234 EUR")

    monkeypatch.setattr("inprocap_flow.service.acting.act", broken)
    result = drafted("01-05 10:00", "set", drafted.case, "--as", "ben", "value=1 EUR")
    assert result.exit_code == exits.BUG
    assert "a fault of inprocap-flow (RuntimeError)" in result.output
    assert "51234" not in result.output


def test_a_bug_is_shown_whole_only_where_that_was_asked_for(drafted: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("here")

    monkeypatch.setattr("inprocap_flow.service.acting.act", broken)
    words = ["set", drafted.case, "--as", "ben", "value=1 EUR", "--debug"]
    result = CliRunner().invoke(inprocap_flow, words)
    assert result.exit_code == exits.BUG
    assert "RuntimeError: here" in result.stderr


def test_a_reader_that_goes_away_is_no_error(drafted: Lab) -> None:
    shell = f"'{sys.executable}' -m inprocap_flow show {drafted.case} --json | head -c 1"
    result = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60, check=False)
    assert (result.stdout, result.stderr) == ("{", "")


def test_a_pipe_gets_no_colour_and_a_terminal_may_refuse_it(drafted: Lab) -> None:
    result = python("-m", "inprocap_flow", "show", drafted.case)
    assert result.returncode == 0
    assert "\x1b" not in result.stdout
    coloured = CliRunner().invoke(inprocap_flow, ["show", drafted.case], color=True)
    assert "\x1b[1m" in coloured.output
    plain = CliRunner().invoke(inprocap_flow, ["show", drafted.case, "--no-color"], color=True)
    assert "\x1b" not in plain.output


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_ctrl_c_ends_quietly(drafted: Lab) -> None:
    code = (
        "import signal, time\nfrom inprocap_flow.cli import app, showing\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job starts with it ignored
        "showing.current = lambda *a: (signal.raise_signal(signal.SIGINT), time.sleep(60))\n"  # until it is noticed
        f"app.inprocap_flow(['show', {drafted.case!r}])"
    )
    result = python("-c", code)
    assert (result.returncode, result.stderr.strip()) == (exits.STOPPED, "")
    assert signal.SIGINT  # the number that a shell adds to 128


def test_words_that_no_terminal_can_show_do_not_stop_an_answer(drafted: Lab) -> None:
    drafted.done("01-05 10:00", "open", "purchase", "--as", "ada", "need=Kälte für Ångström")
    result = python("-m", "inprocap_flow", "cases", "--json", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    json.loads(result.stdout)
    shown = json.loads(result.stdout)["cases"][0]["case"]
    assert python("-m", "inprocap_flow", "show", shown, PYTHONIOENCODING="ascii").returncode == 0


@pytest.mark.parametrize(
    "shape", [layout.wrapped, layout.bullet, layout.heading, lambda text: layout.pairs([("a", text)])]
)
def test_a_text_of_a_stranger_cannot_steer_the_terminal(shape: Callable[[str], Iterable[str]]) -> None:
    shown = click.unstyle("".join(shape("evil \x1b[2J\x9b31m\u202e title")))
    assert "evil" in shown
    assert not set("\x1b\x9b\u202e") & set(shown)


def test_commands_are_click_commands() -> None:
    context = click.Context(inprocap_flow)
    assert inprocap_flow.get_command(context, "next") is inprocap_flow.get_command(context, "next")
    assert inprocap_flow.get_command(context, "no-such-command") is None


# ---------------------------------------------------------------------------------------------- groups and misuse


def groups(name: str) -> list[str]:
    """Return the name if it is a group's."""
    command = inprocap_flow.get_command(click.Context(inprocap_flow), name)
    return [name] if isinstance(command, click.Group) else []


GROUPS = [name for name in NAMES for name in groups(name)]


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_says_of_each_of_its_commands_a_whole_sentence(name: str) -> None:
    text = CliRunner().invoke(inprocap_flow, [name, "--help"], prog_name="inprocap-flow").output
    commands = text.partition("\nCommands:\n")[2]
    assert commands
    assert "..." not in commands
    assert text.count("Also --as") == 1


def test_two_names_of_one_command_say_so() -> None:
    text = CliRunner().invoke(inprocap_flow, ["audit", "--help"], prog_name="inprocap-flow").output
    assert "checkpoint  The same as head." in text
    own = CliRunner().invoke(inprocap_flow, ["audit", "checkpoint", "--help"], prog_name="inprocap-flow").output
    assert own.count("Also --as") == 1


@pytest.mark.parametrize("name", [name for name in GROUPS if name not in ("law", "deliveries")])
def test_a_group_without_a_command_shows_its_help_once(name: str) -> None:
    result = CliRunner().invoke(inprocap_flow, [name], prog_name="inprocap-flow")
    assert result.exit_code == exits.USAGE
    assert result.output.count("Usage:") == 1
    assert "Error:" not in result.output


@pytest.mark.parametrize(
    "words",
    ["cases --nosuch --json", "cases --json --nosuch", "--nosuch --json cases", "nosuch --json", "audit nosuch --json"],
)
def test_a_misuse_is_told_as_json_wherever_json_is_asked_for(words: str) -> None:
    result = CliRunner().invoke(inprocap_flow, words.split(), prog_name="inprocap-flow")
    assert result.exit_code == exits.USAGE
    assert json.loads(result.stdout)["error"]["code"] == "usage"
    assert "nosuch" in result.stdout


def test_what_stands_after_two_dashes_asks_for_no_json() -> None:
    result = CliRunner().invoke(inprocap_flow, ["nosuch", "--", "--json"], prog_name="inprocap-flow")
    assert result.exit_code == exits.USAGE
    assert result.stdout == ""
