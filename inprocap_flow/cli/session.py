"""What every command works with: the settings as the options changed them, who acts, and how to answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from inprocap_flow.errors import InvalidInput, NotFound, Problem
from inprocap_flow.records import draft, field
from inprocap_flow.settings import Settings, load

if TYPE_CHECKING:
    import click

    from inprocap_flow.logs import Level
    from inprocap_flow.service.desk import Desk

# Options that say for one command what a variable of the environment says for all of them.
VARIABLES = {
    "db": "INPROCAP_FLOW_DATABASE",
    "actor": "INPROCAP_FLOW_ACTOR",
    "role": "INPROCAP_FLOW_ROLE",
    "organisation": "INPROCAP_FLOW_ORGANISATION",
}
OPTIONS = {"db": "--db", "actor": "--as", "role": "--role", "organisation": "--organisation"}


@draft
class Session:
    """One run of the program. ``options`` holds what was typed, before the command or after it.

    It knows click only where it has something to say or to close; who answers without click (`quick`) replaces that.
    """

    options: dict[str, Any] = field(default_factory=dict)
    typed: tuple[str, ...] = ()
    updates: bool = True  # whether a database of an older version may be brought up to date

    # ------------------------------------------------------------------------------------------ settings

    @cached_property
    def settings(self) -> Settings:
        """The settings: options, then environment, then file, then default. Raises InvalidInput."""
        said = {VARIABLES[name]: value for name, value in self.options.items() if name in VARIABLES and value}
        try:
            settings = load({**os.environ, **said})
        except InvalidInput as wrong:
            raise InvalidInput([self._as_typed(problem) for problem in wrong.problems]) from None
        # Whoever asks for nothing does not pay for the module: it begins as it is without settings.
        if settings.log_level or settings.log_format != "text" or "inprocap_flow.logs" in sys.modules:
            _write_log(settings, settings.log_level or "warning")
        return settings

    def log_what_happens(self) -> None:
        """Write the log from ``info`` on, unless a level is set: for commands that run unseen."""
        _write_log(self.settings, self.settings.log_level or "info")

    def _as_typed(self, problem: Problem) -> Problem:
        """Return a problem of the environment in the words of the option that it came from."""
        from dataclasses import replace

        from inprocap_flow.errors import Place

        for name, variable in VARIABLES.items():
            if self.options.get(name) and problem.fact.startswith(f"{variable} is "):
                fact = problem.fact.replace(variable, OPTIONS[name], 1)
                return replace(problem, fact=fact, place=Place("command line"))
        return problem

    @cached_property
    def desk(self) -> Desk:
        """The installation; a new database is made. For commands that write first of all."""
        return self._open(create=True)

    @cached_property
    def reading_desk(self) -> Desk:
        """The installation as it is. Raises NotFound where there is no database yet."""
        if "desk" in self.__dict__:
            return self.desk
        self._refuse_missing_file()
        return self._open(create=False)

    def _open(self, *, create: bool) -> Desk:
        from inprocap_flow.clock import FixedClock, SystemClock
        from inprocap_flow.service.opening import open_desk

        now = self.options.get("now")
        clock = FixedClock(now) if now else SystemClock()
        desk = open_desk(self.settings, clock=clock, create=create, update=self.updates)
        self.at_end(desk.store.close)
        return desk

    def at_end(self, close: Callable[[], None]) -> None:
        """Have *close* called when the command is over."""
        import click

        if context := click.get_current_context(silent=True):  # none while words are completed
            context.call_on_close(close)

    def _refuse_missing_file(self) -> None:
        name = self.settings.database
        name = name.removeprefix("sqlite:///")
        if name == ":memory:" or "://" in name or os.path.exists(name):  # noqa: PTH110 - pathlib costs a little here
            return
        mend = "release a procedure first (inprocap-flow release open), or name another database with --db"
        raise NotFound(f"there is no database {name}", mend=mend)

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self.reading_desk.clock.now()

    # ------------------------------------------------------------------------------------------ who acts

    @property
    def actor(self) -> str:
        """The person who acts, by id. Raises a usage error if nobody is named."""
        named = self.options.get("actor") or self.settings.actor
        if not named:
            raise _misused(
                "Who acts? Name a person with --as ID, set INPROCAP_FLOW_ACTOR, or write actor in the settings file."
            )
        return str(named)

    @property
    def role(self) -> str | None:
        """The role acted in, if one is named."""
        return self.options.get("role") or self.settings.role

    @property
    def organisation(self) -> str:
        """The organisation acted for: as named, else the only one there is. Raises NotFound, or a usage error."""
        return self.wanted or self._only_organisation()

    @property
    def wanted(self) -> str | None:
        """The organisation that is named or set; None if none is. Raises NotFound for one that nothing here is of.

        An empty list would be taken for an answer: that no deadline runs, that nothing is wrong.
        """
        named = self.options.get("organisation") or self.settings.organisation
        return self.known_organisation(str(named)) if named else None

    def known_organisation(self, named: str) -> str:
        """Return *named* if it is released here, or if cases are of it. Raises NotFound."""
        from inprocap_flow.service.typing_in import nearest

        store = self.reading_desk.store
        with store.reading() as reading:
            known = sorted({entry.name for entry in reading.releases("organisation")})
        if named in known or store.cases(named):
            return named
        mend = nearest(named, known) if known else "inprocap-flow release FILE of your organisation"
        raise NotFound(f"no organisation {named} is released here", mend=mend)

    def _only_organisation(self) -> str:
        with self.reading_desk.store.reading() as reading:
            known = sorted({entry.name for entry in reading.releases("organisation")})
        if len(known) == 1:
            return known[0]
        if not known:
            raise NotFound("no organisation is released here", mend="inprocap-flow release FILE of your organisation")
        raise _misused(f"For which organisation? Name one with --organisation: {', '.join(known)}.")

    @cached_property
    def account(self) -> str:
        """The account of the operating system: recorded beside the person named, and no proof of anything."""
        import getpass

        try:
            return getpass.getuser()[:100]
        except (OSError, KeyError, ImportError):  # a user id without a name, as in some containers
            return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"

    # ------------------------------------------------------------------------------------------ answers

    @property
    def as_json(self) -> bool:
        return bool(self.options.get("json"))

    @property
    def wants_json(self) -> bool:
        """Whether ``--json`` was typed, though the command was not understood as far as that."""
        options = self.typed[: self.typed.index("--")] if "--" in self.typed else self.typed
        return self.as_json or "--json" in options

    def answer(self, document: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Print *document* as JSON if that was asked for, else *lines* as they are."""
        if self.as_json:
            self.say(json_text(document))
        elif found := list(lines):
            self.say("\n".join(found))

    def say(self, text: str) -> None:
        """Print *text* on standard output."""
        import click

        click.echo(text)

    def note(self, text: str) -> None:
        """Say something beside the answer, on standard error; never where JSON was asked for."""
        if not self.as_json:
            import click

            click.echo(text, err=True)


def _write_log(settings: Settings, level: Level) -> None:
    from inprocap_flow import logs

    logs.set_up(settings.log_format, level)


def print_json(document: Any) -> None:
    """Print one JSON document."""
    import click

    click.echo(json_text(document))


def json_text(document: Any) -> str:
    """Return one JSON document as text: keys in the order given, text as it is, UTF-8."""
    import json

    return json.dumps(document, ensure_ascii=sys.stdout.encoding.lower() != "utf-8", indent=2, default=str)


def _misused(text: str) -> click.UsageError:
    import click

    return click.UsageError(text)


def pass_session(function: Callable[..., Any]) -> Callable[..., Any]:
    """Have a command called with the session first, as `click.make_pass_decorator` does."""
    import click

    return click.make_pass_decorator(Session)(function)
