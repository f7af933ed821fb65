"""What the tab key offers; and that it never says a word."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from inprocap_flow.cli import completions
from inprocap_flow.cli.app import inprocap_flow
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
        (("show", "CASE", "--as", "e"), ["emil"]),
        (("--as", "be"), ["ben"]),
        (("do", "CASE", "redraft", "--role", "off"), ["officer"]),
        (("do", "CASE", "redraft", "--as", "ada", "--role", ""), ["unit"]),
        (("do", "CASE", "--as"), ["--as"]),
        (("cases", "--organisation", "l"), ["lab"]),
        (("set", "CASE", "--reason", "x", "need"), ["need="]),
        (("do", "CASE", "register", "--new", "b"), ["bidder/"]),
        (("history", "case-"), ["CASE"]),
        (("history", "CASE", "--line", "c"), ["case"]),
        (("audit", "verify", "case-"), ["CASE"]),
        (("annul", "CASE", ""), ["4", "3", "2", "1"]),
        (("deadline", "extend", "CASE", "zzz"), []),
        (("open", "purchase", "ne"), ["need=", "new_closing="]),
        (("read", "purchase", "send"), ["send_call", "send_notice"]),
        (("effective", "innov"), ["innovation-partnership", "innovation-partnership-utilities"]),
        (("plan", "case-"), ["CASE"]),
        (("plan", "pur"), ["purchase"]),
        (("release", "example-l"), ["example-lab"]),
        (("diagram", "purchase", "--line", "b"), ["bidder"]),
        (("law", "list", "horizon-p"), ["horizon-pcp"]),
        (("check", "--explain", "case-s"), ["case-stuck"]),
        (("calendar", "show", "DE-HH"), ["DE-HH"]),
        (("new", "overlay", "x", "--procedure", "pc"), ["pcp"]),
        (("track", "CASE", "ca"), ["case"]),
    ],
)
def test_words_are_completed(ready: Lab, words: tuple[str, ...], expected: list[str]) -> None:
    found, said = offered(*(ready.case if word == "CASE" else word for word in words))
    assert (found, said) == ([ready.case if name == "CASE" else name for name in expected], "")


def test_plans_are_completed_by_name_and_drafts_by_what_they_are_for(ready: Lab) -> None:
    (ready.folder / "own" / "migrations").mkdir(parents=True)
    ready.file("own/migrations/to-2027.yaml", "migration: to-2027\n")
    own = {"INPROCAP_FLOW_DEFINITIONS": str(ready.folder / "own")}
    assert offered("migrate", "to", **own) == (["to-2027"], "")
    assert offered("migrate", "--draft", "purch", **own) == (["purchase"], "")


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


def test_a_choice_is_completed_after_the_sign(ready: Lab) -> None:
    assert offered("set", ready.case, "value=") == ([], "")  # an amount of money: nobody can know it


def test_nothing_is_made_and_nothing_heavy_is_imported(ready: Lab) -> None:
    """What a person waits for between two keys: the store without SQLModel, no YAML, no state machines."""
    env = {"_INPROCAP_FLOW_COMPLETE": "zsh_complete", "COMP_CWORD": "3"}
    heavy = "{'sqlmodel', 'sqlalchemy', 'pydantic', 'yaml', 'transitions', 'rich', 'alembic', 'structlog'}"
    code = f"""
import atexit, sys
atexit.register(lambda: print(sorted({heavy} & set(sys.modules)), file=sys.stderr))
from inprocap_flow.__main__ import main; main()
"""
    for words in ((ready.case, "--as", "b"), (ready.case, "r", ""), (ready.case, "redraft", "va")):
        env["COMP_WORDS"] = " ".join(["inprocap-flow", "do", *words])
        env["COMP_CWORD"] = "4" if words[1] == "--as" else "3"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env={**os.environ, **env},
            check=False,
        )  # fmt: skip
        assert done.stdout.strip()
        assert done.stderr.strip() == "[]"


def test_completing_makes_no_database(lab: Lab) -> None:
    missing = lab.folder / "missing.db"
    assert offered("show", "--db", str(missing), "x") == ([], "")
    assert offered("do", "x", "y", "--as", "b", INPROCAP_FLOW_DATABASE=str(missing)) == ([], "")
    assert not missing.exists()


def test_completing_leaves_a_database_of_an_older_version_as_it_is(ready: Lab) -> None:
    raw = sqlite3.connect(ready.folder / "lab.db", isolation_level=None)
    raw.execute("UPDATE alembic_version SET version_num = ''")
    offered("show", "case-")
    assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("",)]
    raw.close()


# ---------------------------------------------------------------------------------------------- every command

FREE = {
    "TEXT", "MOMENT", "DAY", "DATE", "KEY", "HH:MM", "WHOM=MOMENT", "PERIOD", "DAY|MOMENT", "NAME=VALUE", "NAME=A..B",
    "CHANGE", "REASON", "WORD", "CODE", "ZONE", "NEW-NAME", "AMOUNT", "DAYS", "KIND", "STEP", "FIELD", "question",
    "date", "MILESTONE", "milestone", "delivery", "name", "title", "ROLE",
}  # fmt: skip
FREE_NAMES = {  # names that only a file that is not read knows, or that somebody makes up
    "calendar import name", "calendar import committee", "key drop name", "new organisation name", "new overlay name",
    "new overlay milestone",
    "new overlay deadline", "new overlay rule", "new procedure name", "people reach email", "plan without",
}  # fmt: skip


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    ctx = click.Context(group, resilient_parsing=True)
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        assert found is not None
        where = f"{path} {name}".strip()
        yield where, found
        if isinstance(found, click.Group):
            yield from commands(found, where)


def test_every_value_of_every_command_is_completed_or_free_text() -> None:
    left = [
        f"{path} {param.name}"
        for path, command in commands(inprocap_flow)
        for param in command.params
        if param.name != "now"
        and not getattr(param, "is_flag", False)
        and not isinstance(param.type, (click.Choice, click.Path, click.DateTime))
        and "int" not in param.type.name
        and completions.completer(path, param) is None
        and vars(param)["_custom_shell_complete"] is None
        and str(param.metavar or param.name) not in FREE
        and f"{path} {param.name}" not in FREE_NAMES
    ]
    assert left == []


def test_what_the_table_completes_is_there() -> None:
    """A renamed option would be completed to nothing without anybody noticing."""
    known = {
        name
        for path, command in commands(inprocap_flow)
        for param in command.params
        for name in (f"{path} {param.name}", str(param.metavar), str(param.name))
    }
    assert set(completions.TABLE) <= known


# ---------------------------------------------------------------------------------------------- in a shell

BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("inprocap-flow do CASE redr", "inprocap-flow do CASE redraft "),
        ("inprocap-flow show CASE --as em", "inprocap-flow show CASE --as emil "),
        ("inprocap-flow set CASE closing_d", "inprocap-flow set CASE closing_day="),
        ("inprocap-flow attach CASE specif", "inprocap-flow attach CASE specification="),
        ("inprocap-flow attach CASE specification=oth", "inprocap-flow attach CASE specification=other.pdf "),
        ("inprocap-flow do CASE register --new bid", "inprocap-flow do CASE register --new bidder/"),
        ("inprocap-flow check oth", "inprocap-flow check other.pdf "),
    ],
)
def test_the_tab_key_works_in_bash(ready: Lab, line: str, expected: str) -> None:
    """A real bash at a terminal: the line is typed, the tab key is pressed, and what stands there then is read."""
    ready.file("other.pdf")
    shell = Shell(ready.folder)
    try:
        assert shell.completed(line.replace("CASE", ready.case)) == expected.replace("CASE", ready.case)
    finally:
        shell.close()


class Shell:
    """A bash at a terminal of its own, with our command on its path and its completion switched on."""

    def __init__(self, folder: Path) -> None:
        program = folder / "bin" / "inprocap-flow"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m inprocap_flow "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        start = folder / "start.sh"
        start.write_text(
            "PS1='> '\n"
            'eval "$(_INPROCAP_FLOW_COMPLETE=bash_source inprocap-flow)"\n'
            "shows() { printf '<<%s>>\\n' \"$READLINE_LINE\"; }\n"
            "bind -x '\"\\C-xp\": shows'\n"
            "bind 'set enable-bracketed-paste off'\n"
            "bind 'set bell-style none'\n"
            "echo ready\n",
            encoding="utf-8",
        )
        here = str(Path(__file__).parents[2])
        env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "dumb", "PYTHONPATH": here}
        env |= {"COLUMNS": "500", "INPUTRC": os.devnull}
        assert BASH is not None
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execve(BASH, [BASH, "--noprofile", "--rcfile", str(start), "-i"], env)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 500, 0, 0))
        self.heard = ""
        self._until("ready\\s+> ")

    def completed(self, line: str) -> str:
        """Return the line as it stands after the tab key: printed by the shell itself, so spaces at its end count."""
        os.write(self.terminal, line.encode() + b"\t\x18p")
        return self._until(r"<<(.*?)>>")[1]

    def _until(self, wanted: str) -> re.Match[str]:
        while (found := re.search(wanted, self.heard, re.DOTALL)) is None:
            ready, _, _ = select.select([self.terminal], [], [], 20)
            assert ready, f"the shell says nothing more than {self.heard!r}"
            self.heard += os.read(self.terminal, 65536).decode()
        self.heard = ""
        return found

    def close(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.terminal)
