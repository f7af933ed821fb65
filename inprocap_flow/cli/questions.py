"""Questions on a terminal, each with a short explanation and a default; every answer can be an option instead."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import click

from inprocap_flow.cli import layout
from inprocap_flow.cli.session import Session

MOST_SHOWN = 30  # choices; more of them nobody reads
Reader = Callable[[str], str]


def on_a_terminal() -> bool:
    """Return whether somebody sits there who can be asked, and sees the question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class Asker:
    """Asks what was not said by an option. In a pipe, with ``--json`` or with ``--yes`` nobody is asked.

    ``taken`` are the answers that nobody gave, by question: what is taken by default is said in the end.
    """

    def __init__(self, session: Session, *, defaults: bool) -> None:
        self.asks = not defaults and not session.as_json and on_a_terminal()
        self.taken: dict[str, str] = {}

    def answer(
        self,
        question: str,
        given: str | None,
        default: str,
        *,
        explained: str = "",
        option: str,
        choices: Mapping[str, str] | None = None,
        own: bool = False,
        read: Reader = str.strip,
    ) -> str:
        """Return what was *given* by the option, else what is typed, else *default*, each as *read* takes it.

        *choices* (name to what it is) are shown and, unless *own* names may stand beside them, the only answers.
        Raises a usage error for an answer that is none, and where nobody can be asked and there is no default.
        """
        reader = _checked(read, choices, own=own)
        if given is not None:
            return _read(reader, given, option)
        if self.asks:
            return self._typed(question, default, explained, choices, reader)
        if not default:
            raise click.UsageError(f"{question} Say it with {option}.{_choose(choices)}")
        self.taken[option] = default
        return reader(default)

    def _typed(
        self, question: str, default: str, explained: str, choices: Mapping[str, str] | None, reader: Reader
    ) -> str:
        click.echo("", err=True)
        for line in layout.wrapped(explained) if explained else ():
            click.echo(click.style(line, dim=True), err=True)
        for line in layout.pairs(list((choices or {}).items())[:MOST_SHOWN]):
            click.echo(line, err=True)
        if len(choices or {}) > MOST_SHOWN:
            click.echo(f"  ... and {len(choices or {}) - MOST_SHOWN} more", err=True)
        while True:
            typed = str(click.prompt(question, default=default or None, err=True))
            try:
                return reader(typed)
            except ValueError as wrong:
                click.echo("\n".join(layout.wrapped(str(wrong))), err=True)


def _checked(read: Reader, choices: Mapping[str, str] | None, *, own: bool) -> Reader:
    def reader(text: str) -> str:
        value = read(text)
        if choices is not None and not own and value not in choices:
            raise ValueError(f"There is no {value!r} here.{_choose(choices)}")
        return value

    return reader


def _choose(choices: Mapping[str, str] | None) -> str:
    return f" Choose of: {', '.join(choices)}." if choices else ""


def _read(reader: Reader, text: str, option: str) -> str:
    try:
        return reader(text)
    except ValueError as wrong:
        raise click.UsageError(f"{option}: {wrong}") from None
