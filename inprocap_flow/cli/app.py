"""The group of commands. Its table names them all; a command's module is imported when the command is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from inprocap_flow.cli import exits
from inprocap_flow.cli.options import add_shared_options, before_the_command
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import FlowError

_HERE = "inprocap_flow.cli."
_DAYS_WORK = ("today", "due", "todo", "agenda", "now")  # what people type who want to know what waits for them
_ACROSS = " What is due in all cases: inprocap-flow deadlines, and cases --waiting; in one: next CASE."

_MEANT = {"fill": "set", "bring": "attach", "list": "cases"}  # the words of scenarios, and of other programs

# purpose -> command -> (module and name in it, what it does in a few words)
COMMANDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Ask": {
        "cases": ("listing:cases", "list cases, with where they stand"),
        "show": ("showing:show", "show a case: stage, tracks, fields, documents, deadlines"),
        "next": ("asking:next_", "what can be done now, by whom, and what waits"),
        "why": ("whys:why", "why a step cannot be carried out yet"),
        "deadlines": ("asking:deadlines", "deadlines, and the rules that gave each"),
        "date": ("dates:date_", "when a legal period ends, rule by rule"),
        "calendar": ("calendars:calendar", "days that count: list, show, import"),
        "plan": ("plan:plan", "a timetable, with critical path and latest safe days"),
        "feed": ("feed:feed", "deadlines and meetings as a calendar to subscribe to"),
        "reminders": ("reminders:reminders", "who will be reminded of what, when, and why"),
        "track": ("showing:track", "list the tracks of a case, or show one"),
    },
    "Work on a case": {
        "open": ("opening:open_", "open a case of a procedure"),
        "do": ("doing:do", "carry out a step"),
        "set": ("doing:set_", "set fields"),
        "attach": ("papers:attach", "file documents"),
        "fetch": ("papers:fetch", "take a document out again"),
        "ask": ("approving:ask", "ask for an approval"),
        "sign": ("approving:sign", "sign an approval"),
        "decline": ("approving:decline", "decline an approval, with the reason"),
        "withdraw": ("approving:withdraw", "withdraw your own signature"),
        "derogate": ("derogating:derogate", "lift a house rule in one case, by a derogation"),
        "interest": ("persons:interest", "declare interests: none, or a conflict"),
        "deadline": ("deadline_acts:deadline", "extend, suspend or otherwise change a deadline"),
        "annul": ("correcting:annul", "annul what was recorded, with the reason"),
        "destroy": ("destroying:destroy", "destroy what an ended case has sealed"),
    },
    "People": {
        "absence": ("persons:absence", "say that somebody is away, and who stands in"),
        "people": ("persons:people", "list, show, export or erase people; where a firm is reached"),
    },
    "Definitions": {
        "check": ("definitions_check:check", "check definitions, with place and mend for every problem"),
        "read": ("definitions_read:read", "read a procedure, or one step, in plain sentences"),
        "effective": ("definitions_effective:effective", "a procedure with its overlays, as one file with origins"),
        "diff": ("definitions_diff:diff", "what overlays change, or how two procedures differ, in words"),
        "format": ("definitions_format:format_", "lay out definitions in the usual way"),
        "schema": ("definitions_schema:schema", "print the JSON Schema of all definition files, for editors"),
        "test": ("definitions_test:test", "run scenarios, with coverage"),
        "diagram": ("definitions_diagram:diagram", "draw a procedure, or where a case stands"),
        "new": ("starting:new", "start an overlay, an organisation or a procedure of your own"),
        "adopt": ("adopting:adopt", "copy a shipped procedure into your own folder, to change it"),
        "release": ("definitions_release:release", "release definitions into the database"),
        "impact": ("impacts:impact", "what a version means for the cases that run"),
        "definitions": ("definition_sets:definitions", "hand definitions to another installation"),
        "migrate": ("migrating:migrate", "bring running cases to another version"),
        "findings": ("findings:findings", "what people, calendars and limits do not let happen"),
        "procedures": ("definitions_procedures:procedures", "list what is released"),
        "law": ("definitions_law:law", "values of law: list them, confirm them"),
    },
    "Audit": {
        "history": ("audit_history:history", "what happened, event by event"),
        "at": ("audit_at:at", "how a case stood on a past day"),
        "ledger": ("ledgers:ledger", "who was told what and when, and whether all were treated alike"),
        "file": ("audit_file:file_", "write the procurement file for an auditor"),
        "audit": ("audit_verify:audit", "verify the chain of events"),
        "replay": ("audit_replay:replay", "play a dated list of events"),
        "demo": ("demo:demo", "a guided tour with an invented organisation"),
    },
    "Operate": {
        "scheduler": ("scheduler:scheduler", "let time pass: deadlines end, reminders and messages go out"),
        "worker": ("worker:worker", "send messages beside other workers, on several machines"),
        "deliveries": ("deliveries:deliveries", "messages on their way: list, look, try again, send"),
        "copy": ("copying:copy", "copy everything to another database, such as PostgreSQL"),
        "key": ("keys:key", "the master keys of what is sealed: list, change, drop"),
    },
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and short help, and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.commands.get(cmd_name)
        if found is None:
            where = next((section[cmd_name][0] for section in COMMANDS.values() if cmd_name in section), None)
            if where is None:
                return None
            found = _imported(where)
            add_shared_options(found)
            if ctx.resilient_parsing:  # the shell completes: only then is it worth knowing with what
                from inprocap_flow.cli.completions import attach

                attach(found, cmd_name)
            self.commands[cmd_name] = found
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as wrong:
            from difflib import get_close_matches

            meant = _MEANT.get(args[0].lower())
            near = [meant] if meant else get_close_matches(args[0], self.list_commands(ctx), n=1)
            mend = f" Did you mean {near[0]}?" if near else " See inprocap-flow --help."
            mend = _ACROSS if args[0].lower() in _DAYS_WORK else mend
            raise click.UsageError(f"There is no command {args[0]!r}.{mend}", ctx) from wrong

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for purpose, section in COMMANDS.items():
            with formatter.section(purpose):
                formatter.write_dl([(name, says) for name, (_, says) in section.items()], col_max=12)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit status"):
            formatter.write_dl([(str(status), says) for status, says in exits.MEANINGS.items()])
        super().format_epilog(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        session = ctx.ensure_object(Session)
        session.typed = tuple(args)  # click takes them out of the list
        found: list[str] = _guarded(ctx, session, lambda: super(LazyGroup, self).parse_args(ctx, args))
        return found

    def invoke(self, ctx: click.Context) -> Any:
        session = ctx.ensure_object(Session)
        return _guarded(ctx, session, lambda: super(LazyGroup, self).invoke(ctx))


def _imported(where: str) -> click.Command:
    from importlib import import_module

    module, _, name = where.partition(":")
    found = getattr(import_module(_HERE + module), name)
    assert isinstance(found, click.Command)
    return found


def _guarded(ctx: click.Context, session: Session, work: Callable[[], Any]) -> Any:
    """Do *work*; turn what goes wrong into a message and an exit status."""
    from inprocap_flow.cli import failing

    try:
        return work()
    except FlowError as error:
        ctx.exit(failing.fail(session, error))
    except KeyboardInterrupt:
        ctx.exit(exits.STOPPED)
    except click.Abort as stopped:
        if stopped.__context__ is None:  # somebody answered no
            raise
        click.echo("Stopped.", err=True)  # Ctrl-C at a question, or no more input
        ctx.exit(exits.STOPPED)
    except click.UsageError as wrong:
        ctx.exit(failing.fail_usage(wrong) if session.wants_json else failing.show_usage(wrong))
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:
        if failing.is_closed_pipe(error):
            raise  # click ends quietly on it
        ctx.exit(failing.fail_unexpectedly(session, error))


@click.command(
    "inprocap-flow",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    no_args_is_help=True,
)
@before_the_command
@click.version_option(None, "--version", package_name="inprocap-flow", message="inprocap-flow %(version)s")
@click.pass_context
def inprocap_flow(ctx: click.Context) -> None:
    """Innovation procurement as procedures that check themselves.

    Open a case, ask what can be done and why not, get approvals, move on; everything is recorded for good.
    The shared options may stand before the command or after it. CASE is the id of a case, or as many of its first
    or last characters as no other case has.
    """
    ctx.ensure_object(Session)
