"""Which words the shell is offered for which parameter. Looked at only while it completes (`LazyGroup.get_command`).

A parameter says for itself what completes it where that rests on the others (`shell_complete`); what many commands
share, and what needs no case, stands here in one table. A test walks all commands: whatever has neither is free text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click
from click.shell_completion import BashComplete, add_completion_class

from inprocap_flow.cli import completing, completing_names
from inprocap_flow.cli.completing import Complete

# "command parameter" or, where all commands mean the same, what the parameter is called or how its value is
TABLE: Mapping[str, Complete] = {
    "actor": completing_names.persons,
    "role": completing_names.roles,
    "organisation": completing_names.organisations,
    "db": completing_names.files,
    "PERSON": completing_names.persons,
    "PERSON[:FROM..UNTIL]": completing_names.persons,
    "ROLE": completing_names.roles,
    "CASE": completing.cases,
    "case": completing.cases,
    "LINE": completing.lines,
    "KIND/NAME": completing.new_tracks,
    "NAME=PATH": completing.documents,
    "[PATH]...": completing_names.files,
    "PATH": completing_names.files,
    "FILE...": completing_names.files,
    "HEAD|FILE": completing_names.files,
    "DATABASE": completing_names.files,
    "FILE|NAME": completing_names.overlays,
    "PATH|NAME...": completing_names.everything,
    "person": completing_names.persons,
    "cases procedure": completing_names.procedures,
    "open procedure": completing_names.procedures,
    "annul number": completing.decisions,
    "annul others": completing.decisions,
    "deadlines name": completing.deadline_names,
    "plan subject": completing_names.subjects,
    "open version": completing_names.versions,
    "open fields": completing_names.opening_fields,
    "open documents": completing_names.opening_documents,
    "migrate file": completing_names.plans,
    "migrate old": completing_names.versions,
    "migrate procedure": completing_names.procedures,
    "impact procedure": completing_names.everything,
    "check code": completing_names.codes,
    "read procedure": completing_names.procedure_files,
    "read name": completing_names.steps_of_procedure,
    "effective procedure": completing_names.procedure_files,
    "diff base": completing_names.procedure_files,
    "diff others": completing_names.everything,
    "diff since": completing_names.versions,
    "diff to": completing_names.versions,
    "diagram procedure": completing_names.procedure_files,
    "diagram line": completing_names.track_kinds,
    "adopt name": completing_names.procedure_files,
    "new overlay procedures": completing_names.procedure_files,
    "new organisation procedures": completing_names.procedure_files,
    "new procedure rulebook": completing_names.rulebooks,
    "new procedure blocks": completing_names.blocks,
    "new organisation area": completing_names.areas,
    "law list name": completing_names.rulebooks,
    "law confirm name": completing_names.rulebooks,
    "law confirm limit": completing_names.limits,
    "calendar show name": completing_names.calendars,
    "date calendars": completing_names.calendars,
}
NEVER_OFFERED = ("now",)  # of the shared options: a wrong clock would put wrong dates into a trail


def attach(command: click.Command, path: str) -> None:
    """Let *command* and all below it complete by the table, and offer the shared options, which its help only names."""
    shared = [param for param in command.params if param.name in ("actor", "role", "organisation", "db", "json")]
    for param in command.params:
        found = completer(path, param)
        if found is not None:
            _complete(param, found)
    for param in shared:
        if isinstance(param, click.Option):
            param.hidden = False
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            attach(below, f"{path} {name}")


def completer(path: str, param: click.Parameter) -> Complete | None:
    """Return what the table says of a parameter of the command at *path*; the closest name wins."""
    if param.name in NEVER_OFFERED or getattr(param, "is_flag", False) or isinstance(param.type, click.Choice):
        return None
    known: Iterable[str] = (f"{path} {param.name}", str(param.metavar), str(param.name))
    return next((TABLE[name] for name in known if name in TABLE), None)


def _complete(param: click.Parameter, found: Complete) -> None:
    param.__dict__["shell_complete"] = lambda ctx, incomplete: found(ctx, param, incomplete)


class Bash(BashComplete):
    """As click has it, but for names that wait for more (``field=``, ``supplier/``): no space comes after them."""

    source_template = BashComplete.source_template.replace(
        "COMPREPLY+=($value)", "COMPREPLY+=($value)\n            [[ $value == *[=/] ]] && compopt -o nospace"
    )


def register(group: click.Group) -> None:
    """Have click use our script for bash, and complete the options of *group* that stand before the command."""
    add_completion_class(Bash)
    for param in group.params:
        if (found := completer("", param)) is not None:
            _complete(param, found)
