"""What the tab key offers; and that it never says a word."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import Lab


def offered(*words: str, shell: str = "zsh", **more: str) -> tuple[list[str], str]:
    """Return what the shell is offered for the last of *words*, and what was said on standard error."""
    env = {**os.environ, "_INPROCAP_FLOW_COMPLETE": f"{shell}_complete", **more}
    env |= {"COMP_WORDS": " ".join(["inprocap-flow", *words]), "COMP_CWORD": str(len(words))}
    code = "from inprocap_flow.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=env, check=False
    )
    lines = done.stdout.split("\n")
    return ([name for kind, name in zip(lines[::3], lines[1::3], strict=False) if kind == "plain"], done.stderr)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ne",), ["next", "new"]),
        (("show", "case-"), ["CASE"]),
        (("do", "CASE", "re"), ["redraft", "register"]),
        (("set", "CASE", "clos"), ["closing_day="]),
        (("attach", "CASE", "spec"), ["specification="]),
        (("sign", "CASE", "la"), ["launch"]),
        (("open", "pur"), ["purchase"]),
        (("absence", "em"), ["emil"]),
        (("track", "CASE", "ca"), ["case"]),
    ],
)
def test_words_are_completed(ready: Lab, words: tuple[str, ...], expected: list[str]) -> None:
    found, said = offered(*(ready.case if word == "CASE" else word for word in words))
    assert (found, said) == ([ready.case if name == "CASE" else name for name in expected], "")


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (("do", "no-such-case", "x"), {}),
        (("show", "c"), {"INPROCAP_FLOW_DATABASE": "/no/such/folder/x.db"}),
        (("show", "c"), {"INPROCAP_FLOW_DATABASE": "mysql://x"}),
        (("show", "c"), {"INPROCAP_FLOW_NONSENSE": "1"}),
        (("do", "case-ffff", "x", "--on", "b"), {}),
    ],
)
def test_what_cannot_be_completed_completes_to_nothing(lab: Lab, words: tuple[str, ...], more: dict[str, str]) -> None:
    assert offered(*words, **more) == ([], "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    env = {**os.environ, "_INPROCAP_FLOW_COMPLETE": f"{shell}_source"}
    code = "from inprocap_flow.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=env, check=False
    )
    assert f"{shell}_complete" in done.stdout
