"""The reference of the command line, made from the commands themselves: ``python -m inprocap_flow.cli.reference``.

It writes ``docs/reference/cli.md`` and ``docs/reference/exit-codes.md``; a test makes them again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from inprocap_flow.cli import exits
from inprocap_flow.cli.app import COMMANDS, inprocap_flow

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"

_INTRODUCTION = """# The command line

Made from the commands themselves by `python -m inprocap_flow.cli.reference`; do not edit.

Every command answers a person in plain text of 80 columns and, with `--json`, a program in one JSON document
(see [json.md](json.md)). What a command answers goes to standard output; who is said to have acted, and what went
wrong, to standard error. What the exit status says stands in [exit-codes.md](exit-codes.md).

A case is named by its id, or by as many of its first or last characters as no other case has. Moments are shown
in the zone of the organisation, with the weekday and the hour. A value of law that nobody has confirmed is marked
`[not confirmed]`.

Tab completion knows cases and all in them, people and roles, definitions, and paths. Switch it on with one line
in the file that your shell reads when it starts:

```
eval "$(_INPROCAP_FLOW_COMPLETE=bash_source inprocap-flow)"         # bash: ~/.bashrc
eval "$(_INPROCAP_FLOW_COMPLETE=zsh_source inprocap-flow)"          # zsh: ~/.zshrc
_INPROCAP_FLOW_COMPLETE=fish_source inprocap-flow | source          # fish: ~/.config/fish/config.fish
```
"""

_EXIT_CODES = """# Exit statuses

Made by `python -m inprocap_flow.cli.reference`; do not edit. A number never changes its meaning.

| Status | Meaning |
| ---: | --- |
"""


def reference() -> str:
    """Return the whole page on the commands."""
    settings = {"terminal_width": 80, "max_content_width": 80, "help_option_names": ["-h", "--help"]}
    root = click.Context(inprocap_flow, info_name="inprocap-flow", **settings)  # type: ignore[arg-type]
    parts = [_INTRODUCTION, _section(root)]
    for purpose, section in COMMANDS.items():
        parts.append(f"## {purpose}\n")
        for name in section:
            command = inprocap_flow.get_command(root, name)
            assert command is not None
            parts += [_section(context) for context in _with_below(command, name, root)]
    return "\n".join(parts)


def _with_below(command: click.Command, name: str, parent: click.Context) -> Iterator[click.Context]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=80, max_content_width=80)
    yield context
    if isinstance(command, click.Group):
        for below, found in command.commands.items():
            yield from _with_below(found, below, context)


def _section(context: click.Context) -> str:
    depth = "##" if context.parent is None else "###"
    return f"{depth} {context.command_path}\n\n```\n{context.get_help().rstrip()}\n```\n"


def exit_codes() -> str:
    """Return the whole page on exit statuses."""
    rows = (f"| {status} | {says} |" for status, says in exits.MEANINGS.items())
    return _EXIT_CODES + "\n".join(rows) + "\n"


PAGES = {"cli.md": reference, "exit-codes.md": exit_codes}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page, make in PAGES.items():
        (FOLDER / page).write_text(make(), encoding="utf-8")
