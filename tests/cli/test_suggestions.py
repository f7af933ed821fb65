"""What is suggested for a word that was mistyped: never an option that no help names."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from inprocap_flow.cli.app import inprocap_flow
from tests.cli.test_completing import commands

MISTYPED = ("--nosuch", "--no", "--nou", "--nowx", "--know")


def _paths() -> list[str]:
    return [path for path, command in commands(inprocap_flow) if not isinstance(command, click.Group)]


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_no_command_suggests_an_option_that_no_help_names(more: tuple[str, ...]) -> None:
    for path in ("", *_paths()):
        for mistyped in MISTYPED:
            result = CliRunner().invoke(inprocap_flow, [*path.split(), mistyped, *more], prog_name="inprocap-flow")
            assert result.exit_code == 2, (path, mistyped, result.output)
            assert "--now" not in result.output.replace(mistyped, ""), (path, mistyped, result.output)


def test_an_option_that_every_command_takes_is_suggested() -> None:
    result = CliRunner().invoke(inprocap_flow, ["cases", "--organisaton", "lab"], prog_name="inprocap-flow")
    assert "--organisation" in result.output


def test_every_hidden_option_is_named_in_the_last_line_of_the_help_or_never_told() -> None:
    from inprocap_flow.cli.options import UNTOLD

    for path, command in commands(inprocap_flow):
        for param in command.params:
            if isinstance(param, click.Option) and param.hidden:
                named = [name for name in param.opts if name in (command.epilog or "")]
                assert named or set(param.opts) <= set(UNTOLD), (path, param.opts)


def test_the_help_of_the_program_tells_how_to_try_a_case_over_months_and_that_of_a_command_does_not() -> None:
    told = " ".join(CliRunner().invoke(inprocap_flow, ["--help"]).output.split())
    assert "--now MOMENT As if it were then (2027-03-01T09:00+01:00): to try a case over months" in told
    assert "--now" not in CliRunner().invoke(inprocap_flow, ["next", "--help"]).output


@pytest.mark.parametrize("word", ["today", "due", "todo"])
def test_whoever_asks_for_the_days_work_is_told_where_it_stands(word: str) -> None:
    result = CliRunner().invoke(inprocap_flow, [word], prog_name="inprocap-flow")
    assert result.exit_code == 2
    assert "What is due in all cases: inprocap-flow deadlines, and cases --waiting" in " ".join(result.output.split())


@pytest.mark.parametrize(("word", "meant"), [("fill", "set"), ("bring", "attach"), ("list", "cases")])
def test_the_words_of_scenarios_and_other_programs_are_pointed_to_the_command(word: str, meant: str) -> None:
    result = CliRunner().invoke(inprocap_flow, [word], prog_name="inprocap-flow")
    assert result.exit_code == 2
    assert f"There is no command '{word}'. Did you mean {meant}?" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("interest", "3f2a91", "none"), "--none"),
        (("interest", "3f2a91", "conflict", "--as", "gus"), "--conflict"),
        (("cases", "Waiting"), "--waiting"),
    ],
)
def test_an_option_that_was_typed_as_a_word_is_pointed_to(words: tuple[str, ...], meant: str) -> None:
    result = CliRunner().invoke(inprocap_flow, [*words], prog_name="inprocap-flow")
    assert result.exit_code == 2
    assert f"extra argument ({words[-1] if words[-2] != '--as' else words[2]}). Write {meant}" in result.output
    said = json.loads(CliRunner().invoke(inprocap_flow, [*words, "--json"], prog_name="inprocap-flow").output)
    assert said["error"]["mend"] == f"write {meant}"


def test_a_word_too_many_that_is_no_option_is_told_as_it_is() -> None:
    for words in (("interest", "3f2a91", "perhaps"), ("interest", "3f2a91", "now"), ("cases", "waiting", "also")):
        result = CliRunner().invoke(inprocap_flow, [*words], prog_name="inprocap-flow")
        assert result.exit_code == 2
        assert "unexpected extra argument" in result.output
        assert "Write --" not in result.output


@pytest.mark.parametrize("typed", ["--attach", "--bring", "--file", "--document", "--file=record.pdf"])
@pytest.mark.parametrize("command", ["do", "open"])
def test_whoever_calls_a_document_that_comes_along_otherwise_is_pointed_to_doc(command: str, typed: str) -> None:
    words = [command, "3f2a91", "award", typed, "record=record.pdf"]
    result = CliRunner().invoke(inprocap_flow, words, prog_name="inprocap-flow")
    assert result.exit_code == 2
    assert "A document comes along with --doc NAME=FILE" in " ".join(result.output.split())
    said = json.loads(CliRunner().invoke(inprocap_flow, [*words, "--json"], prog_name="inprocap-flow").stdout)
    assert said["error"]["mend"] == "a document comes along with --doc NAME=FILE"


def test_where_no_document_can_come_along_none_is_suggested() -> None:
    result = CliRunner().invoke(inprocap_flow, ["sign", "3f2a91", "award", "--attach"], prog_name="inprocap-flow")
    assert result.exit_code == 2
    assert "--doc" not in result.output
