"""``next`` without click, when it is typed as it nearly always is: the import of click is a third of a cold start.

What is not plain (help, a slip, an option that needs thought, a terminal that needs care) is left to click, which then
does all of it; so is whatever goes wrong before the first character is printed. So there is one behaviour, and a test
compares the two ways. Only questions are answered here: they can be asked twice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from inprocap_flow.cli import exits
from inprocap_flow.cli.session import Session
from inprocap_flow.records import draft, field

# As `options` has them: name of the option -> what it is called in the session.
_TAKES = {"--as": "actor", "--by": "actor", "--role": "role", "--organisation": "organisation", "--db": "db"}
_SAYS = {"--json": "json"}
_OWN = {"--mine": "mine", "--brief": "brief"}
COMPLETING = "_INPROCAP_FLOW_COMPLETE"  # the shell asks, and click answers


@draft
class PlainSession(Session):
    """A session that gathers what it says, and what is to be closed."""

    said: list[str] = field(default_factory=list)
    closing: list[Callable[[], None]] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def at_end(self, close: Callable[[], None]) -> None:
        self.closing.append(close)


def answered(arguments: Sequence[str]) -> int | None:
    """Return the exit status if *arguments* were answered here, None if click has to."""
    asked = _read(arguments)
    if asked is None or not _is_plain_place():
        return None
    try:
        return _answer(*asked)
    except KeyboardInterrupt:
        return exits.STOPPED
    except Exception:  # noqa: BLE001 - click asks again, and says what is wrong
        return None


def _answer(case: str, options: dict[str, Any], own: dict[str, bool]) -> int:
    from inprocap_flow.cli.outlooks import say_what_is_next

    session = PlainSession(options)
    try:
        say_what_is_next(session, case, **own)
    finally:
        for close in session.closing:
            close()
    return _print("".join(f"{text}\n" for text in session.said), coloured=sys.stdout.isatty())


def _print(text: str, *, coloured: bool) -> int:
    if not coloured and "\x1b" in text:
        import re

        text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", text)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads any more. What is left in the buffer must not be tried again at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _is_plain_place() -> bool:
    """Return whether output needs no care: no completion, no console of Windows, text in UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return os.name == "posix" and COMPLETING not in os.environ and encoding.lower() in ("utf-8", "utf8")


def _read(arguments: Sequence[str]) -> tuple[str, dict[str, Any], dict[str, bool]] | None:
    """Return case, shared options and own options of ``next``; None if it is another command or not quite plain."""
    if "next" not in arguments:
        return None
    options: dict[str, Any] = {}
    own: dict[str, bool] = {}
    words: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if not argument.startswith("-"):
            words.append(argument)
        elif name in _TAKES:
            options[_TAKES[name]] = _plain_value(value if equals else next(rest, "-"))
        elif argument in _SAYS:
            options[_SAYS[argument]] = True
        elif argument in _OWN and words:
            own[_OWN[argument]] = True
        else:
            return None
    if len(words) != 2 or words[0] != "next" or None in options.values():
        return None
    return words[1], options, own


def _plain_value(text: str) -> str | None:
    return None if text.startswith("-") else text
