"""What goes wrong, said once: an error becomes a message and an exit status, never a bare traceback."""

from __future__ import annotations

import errno
import re
import sys
from typing import Any

import click

from inprocap_flow.cli import exits, layout
from inprocap_flow.cli.options import UNTOLD
from inprocap_flow.cli.problems import problem_to_plain, rendered
from inprocap_flow.cli.session import Session, print_json
from inprocap_flow.errors import FlowError, InvalidInput, Problem, visible

_TOO_MUCH = re.compile(r"Got unexpected extra argument \((\S+)\)")  # what click says of one word too many

_PAPERS = ("--attach", "--bring", "--document", "--documents", "--file", "--paper")  # what is meant is --doc


def fail(session: Session, error: FlowError) -> int:
    """Say what *error* says, as text on standard error or as JSON, and return the exit status."""
    if session.as_json:
        print_json({"error": described(error)})
    else:
        click.echo("\n".join(_told(error)), err=True)
    return error.exit_status


def _told(error: FlowError) -> list[str]:
    """Return what an error says in lines that fit; what was typed needs no code, a line of a file shows its caret."""
    if isinstance(error, InvalidInput):
        return [line for problem in error.problems for line in _told_problem(problem)]
    message, _, _ = str(error).partition("\n  mend: ")
    return [*layout.wrapped(message), *_mend(error.mend)]


def _told_problem(problem: Problem) -> list[str]:
    if problem.place.line:
        return list(rendered(problem))
    where = "" if problem.place.file == "request" else f"{problem.place}: "
    return [*layout.wrapped(visible(f"{where}{problem.fact}")), *_mend(visible(problem.mend))]


def _mend(mend: str) -> list[str]:
    return layout.wrapped(mend, "  mend: ") if mend else []


def described(error: FlowError) -> dict[str, Any]:
    """Return an error as JSON data."""
    message, _, _ = str(error).partition("\n  mend: ")
    plain: dict[str, Any] = {"code": error.code, "message": message, "mend": error.mend}
    if isinstance(error, InvalidInput):
        plain["problems"] = [problem_to_plain(problem) for problem in error.problems]
    return plain


def _only_what_is_told(wrong: click.UsageError) -> click.UsageError:
    """Return *wrong* without suggestions that no help names: a wrong clock would put wrong dates into a trail."""
    if isinstance(wrong, click.NoSuchOption) and wrong.possibilities:
        told = [name for name in wrong.possibilities if name not in UNTOLD and not _means_a_paper(wrong)]
        return click.NoSuchOption(wrong.option_name, wrong.message, told, wrong.ctx)
    return wrong


def _means_a_paper(wrong: click.NoSuchOption) -> bool:
    """Return whether --doc is meant, which the command takes, by whoever calls it otherwise."""
    known = wrong.ctx is not None and any("--doc" in one.opts for one in wrong.ctx.command.params)
    return known and wrong.option_name in _PAPERS


def _mend_of_usage(wrong: click.UsageError) -> str:
    """Return what to type instead, where that can be told: a missing case, an option typed as a word or otherwise."""
    if isinstance(wrong, click.MissingParameter) and wrong.param is not None and wrong.param.name == "case":
        return "to find a case: inprocap-flow cases"
    if isinstance(wrong, click.NoSuchOption) and _means_a_paper(wrong):
        return "a document comes along with --doc NAME=FILE"
    too_much = _TOO_MUCH.match(wrong.message)
    if too_much is None or wrong.ctx is None:
        return ""
    meant = f"--{too_much[1].lower()}"
    options = [one for one in wrong.ctx.command.params if isinstance(one, click.Option) and not one.hidden]
    return f"write {meant}" if any(meant in one.opts for one in options) else ""


def fail_usage(wrong: click.UsageError) -> int:
    """Say as JSON that the command was not written as it must be."""
    message = _only_what_is_told(wrong).format_message()
    print_json({"error": {"code": "usage", "message": message, "mend": _mend_of_usage(wrong)}})
    return exits.USAGE


def show_usage(wrong: click.UsageError) -> int:
    """Say that the command was not written as it must be, in lines that fit (click's own run on)."""
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):  # its message is the whole help
        wrong.show()
        return exits.USAGE
    if wrong.ctx is not None:
        click.echo(wrong.ctx.get_usage(), err=True)
        click.echo(f"Try '{wrong.ctx.command_path} --help' for help.\n", err=True)
    message = _only_what_is_told(wrong).format_message()
    if mend := _mend_of_usage(wrong):
        message = f"{message.rstrip('.')}. {mend[:1].upper()}{mend[1:]}"
    click.echo("\n".join(layout.wrapped(message, "Error: ", "  ")), err=True)
    return exits.USAGE


def fail_unexpectedly(session: Session, error: Exception) -> int:
    """Say that this is our fault. What the error holds may be sealed or personal: only ``--debug`` shows it."""
    from inprocap_flow import logs

    if session.options.get("debug"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    name = type(error).__name__
    logs.happened(logs.COMMAND_FAILED, level="error", error=name)
    message = f"This is a fault of inprocap-flow ({name}). Nothing was half done."
    mend = "run the same command with --debug and report what it prints"
    if session.as_json:
        print_json({"error": {"code": "bug", "message": message, "mend": mend}})
    else:
        click.echo(f"{message}\n  mend: {mend}", err=True)
    return exits.BUG


def is_closed_pipe(error: BaseException) -> bool:
    """Return whether whoever read our output has gone away (``| head``)."""
    return isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ESHUTDOWN)
