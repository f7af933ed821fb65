"""What is told while files are read has a place where it can be looked up, and nothing else stands there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import inprocap_flow
from inprocap_flow.cli.app import inprocap_flow as program
from inprocap_flow.cli.definitions_looked_up import pages, sections
from inprocap_flow.language.resolve.names import LOOKED_UP

ROOT = Path(inprocap_flow.__file__).parent
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
SAYING = {"Problem", "say", "_say", "wrong", "problem", "_problem", "_refuse", "Mistake", "Unfit", "_matching"}
"""Whatever makes a problem of a file is made by one of these, with the code as a text of its own."""


def told() -> Iterator[str]:
    """Yield every code of a problem that is told while files are read."""
    for path in sorted((ROOT / "language").rglob("*.py")):
        for call in (one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in SAYING:
                texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from (text for text in texts[:2] if CODE.fullmatch(text))


TOLD = re.compile(r"^\S+?(?::\d+)?(?::\d+)?: ([a-z]+(?:-[a-z]+)+)(?: \(advice\))?  ", flags=re.MULTILINE)


def seen() -> set[str]:
    """Return every code that is told of a file with which tests try it."""
    return {
        code
        for path in sorted(Path(__file__).parents[1].rglob("*.expected"))
        for code in TOLD.findall(path.read_text(encoding="utf-8"))
    }


def looked_up() -> set[str]:
    """Return the codes of names that lead nowhere, which are made of the kind of the name."""
    return {f"unknown-{kind}" for kind in LOOKED_UP}


def test_every_code_can_be_looked_up() -> None:
    assert {*told(), *seen(), *looked_up()} - {*pages(), *sections()} == set()


def test_every_code_is_told_in_some_test() -> None:
    tests = Path(__file__).parents[1]
    files = [path for ending in ("py", "expected") for path in tests.rglob(f"*.{ending}") if path != Path(__file__)]
    tried = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert {code for code in told() if not re.search(rf"\b{code}\b(?!-)", tried)} == set()


def test_nothing_is_explained_that_is_never_told() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py")))
    assert {code for code in sections() if f'"{code}"' not in source} - seen() - looked_up() == set()
    assert {*sections()} & {*pages()} == set()


@pytest.mark.parametrize("code", ["unknown-stage", "yaml-syntax", "detour-back"])
def test_a_code_is_looked_up_in_the_terminal(code: str) -> None:
    result = CliRunner().invoke(program, ["check", "--explain", code], prog_name="inprocap-flow")
    assert result.exit_code == 0
    assert result.output.startswith(f"# {code}")
    assert sections()[code].split()[2] in result.output


def test_of_a_code_that_does_not_exist_the_nearest_is_told() -> None:
    result = CliRunner().invoke(program, ["check", "--explain", "unknown-stagge"], prog_name="inprocap-flow")
    assert result.exit_code != 0
    assert "did you mean unknown-stage?" in result.output


def test_a_refusal_is_looked_up_too() -> None:
    result = CliRunner().invoke(program, ["check", "--explain", "approval-missing"], prog_name="inprocap-flow")
    assert "A case is refused something: signatures are missing." in " ".join(result.output.split())
