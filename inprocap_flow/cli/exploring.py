"""A line on a terminal while cases are explored before a release: of what, and for how long at most."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Event, Thread
from typing import TYPE_CHECKING

from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.session import Session

if TYPE_CHECKING:
    from inprocap_flow.language.model import Definition
    from inprocap_flow.service.behaving import Watched

_WIDTH = 79  # one less than a narrow terminal: a line that fills one is broken, and cannot be written over


def shown_to(session: Session) -> Watched:
    """Return what shows an exploration to whoever waits at a terminal; in a pipe or beside JSON it shows nothing."""
    return _nothing if session.as_json or not sys.stderr.isatty() else _line


def _nothing(_definitions: Sequence[Definition]) -> AbstractContextManager[object]:
    return nullcontext()


@contextmanager
def _line(definitions: Sequence[Definition]) -> Iterator[None]:
    """Write the line, and anew each second; leave nothing of it behind."""
    from inprocap_flow.service.behaving import DAILY

    over, begun, said = Event(), time.monotonic(), _said(definitions, DAILY.in_all)

    def write() -> None:
        while True:
            _write(f"{said}: {time.monotonic() - begun:.0f} s")
            if over.wait(1):
                return

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()
        _write("")


def _said(definitions: Sequence[Definition], most: float) -> str:
    if len(definitions) > 1:
        return f"Exploring {counted(len(definitions), 'procedure')}, at most {most:g} s of computing each"
    return f"Exploring {definitions[0].name[:32]}, at most {most:g} s of computing"


def _write(text: str) -> None:
    sys.stderr.write(f"{text:<{_WIDTH - 1}}\r")
    sys.stderr.flush()
