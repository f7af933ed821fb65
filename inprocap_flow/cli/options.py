"""The options that every command takes, before its name or after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

from inprocap_flow.cli.session import Session

Function = TypeVar("Function", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """An aware moment in ISO form, as ``--now`` takes it."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment; write one such as 2026-07-07T16:00:00+02:00", param, ctx)
        if moment.utcoffset() is None:
            typed = moment.isoformat(timespec="minutes")  # a day alone is no moment, with a zone or without
            self.fail(f"{value!r} has no zone; write one such as {typed}+02:00 or {typed}Z", param, ctx)
        return moment


class Day(click.ParamType[date]):
    """A day in ISO form: 2026-07-01."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write one such as 2026-07-01", param, ctx)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep what was typed; whatever stands nearer to the command wins."""
    if value is None or value is False:
        return
    session = ctx.find_root().ensure_object(Session)
    session.options[str(param.name)] = value
    if param.name == "no_color":
        ctx.find_root().color = ctx.color = False


NOW = "As if it were then (2027-03-01T09:00+01:00): to try a case over months, in a database for trials."


def _shared() -> list[click.Option]:
    def option(*names: str, **more: Any) -> click.Option:
        return click.Option(names, callback=_keep, expose_value=False, **more)

    return [
        option("--as", "--by", "actor", metavar="PERSON", help="Who acts, by id."),
        option("--role", metavar="ROLE", help="The role acted in, if a person has several."),
        option("--organisation", metavar="NAME", help="For which organisation."),
        option("--db", metavar="DATABASE", help="The database: a file or a URL."),
        option("--json", is_flag=True, help="Answer with one JSON document."),
        option("--no-color", "no_color", is_flag=True, help="No colours, even on a terminal."),
        option("--debug", is_flag=True, help="Show the traceback of a fault of this program."),
        # For trials, tests and replays: a wrong clock would put wrong dates into a trail, so nothing suggests it.
        option("--now", type=Moment(), metavar="MOMENT", help=NOW, hidden=True),
    ]


UNTOLD = tuple(name for option in _shared() if option.hidden for name in option.opts)  # never suggested, either


def before_the_command(function: Function) -> Function:
    """Add the shared options to the group itself, whose help is the one place that tells all of them."""
    for option in reversed(_shared()):
        option.hidden = False
        function.__dict__.setdefault("__click_params__", []).append(option)
    return function


def add_shared_options(command: click.Command) -> None:
    """Let *command*, and every command below it, take the shared options too; its help names them in one line."""
    taken = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    for option in _shared():
        if not taken & set(option.opts):
            option.hidden = True
            command.params.append(option)
    also = "Also --as, --role, --organisation, --db, --json, --no-color, --debug: see inprocap-flow --help."
    command.epilog = f"{command.epilog}\n\n{also}" if command.epilog else also
    if isinstance(command, click.Group):
        for below in command.commands.values():
            below.short_help = below.short_help or _first_sentence(below.help or "")
            add_shared_options(below)


def _first_sentence(text: str) -> str:
    """Return how a help begins; click itself would break it off where a line is full."""
    first, stop, _ = " ".join(text.partition("\n\n")[0].split()).partition(". ")
    return f"{first}." if stop else first
