"""How far cases are explored before a release, and a line on a terminal meanwhile: of what, for how long at most."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from inprocap_flow.cli.definitions import counted
from inprocap_flow.cli.session import Session

if TYPE_CHECKING:
    from inprocap_flow.language.checks.continuing import Tally, Telling
    from inprocap_flow.language.explore.search import Bound
    from inprocap_flow.language.model import Definition
    from inprocap_flow.service.behaving import Watched
    from inprocap_flow.service.judging import Terms
    from inprocap_flow.settings import Settings

_STOPPED = "Stopped: the next run goes on from here; --seconds 10 explores for less long."
_WIDTH = 79  # one less than a narrow terminal: a line that fills one is broken, and cannot be written over


def bound_for(seconds: int | None, settings: Settings) -> Bound:
    """Return how far each procedure is explored: for so many seconds of computing; None: as is set, else as usual."""
    from inprocap_flow.language.explore.search import Bound
    from inprocap_flow.service.behaving import DAILY

    seconds = seconds or settings.explore_seconds
    return DAILY if seconds is None else Bound(in_all=float(seconds), seconds=float(seconds))


def terms_for(session: Session, seconds: int | None, despite: str | None) -> Terms:
    """Return on what terms a command releases; whoever waits for it at a terminal sees what is explored."""
    from inprocap_flow.service.judging import Terms

    bound = bound_for(seconds, session.settings)
    return Terms(bound, despite, shown_to(session, bound))


def shown_to(session: Session, bound: Bound) -> Watched:
    """Return what shows an exploration to whoever waits: a line that counts at a terminal, in a pipe one for each
    procedure, beside JSON nothing.
    """
    return _nothing if session.as_json else partial(_line if sys.stderr.isatty() else _named, bound.in_all)


def _named(most: float, definitions: Sequence[Definition]) -> AbstractContextManager[Telling | None]:
    """Write which procedures are explored now, and for how long at most."""
    for one in definitions:
        sys.stderr.write(f"{_said([one], most)}.\n")
    sys.stderr.flush()
    return nullcontext()


def _nothing(_definitions: Sequence[Definition]) -> AbstractContextManager[Telling | None]:
    return nullcontext()


def announced(bound: Bound) -> Watched:
    """Return what says at a terminal what will be explored, how long at most, and how not to wait.

    Of one procedure a line counts the computing done so far: a bar would stand still until the end.
    """
    return partial(_announced, bound.in_all) if sys.stderr.isatty() else _nothing


def _announced(most: float, definitions: Sequence[Definition]) -> AbstractContextManager[Telling | None]:
    if len(definitions) == 1:
        return _line(most, definitions)
    # The bar stands already; this goes over it, and the bar is drawn anew below.
    told = (f"{_said(definitions, most)}.", "Answers are kept for the next time; --quick leaves this out.")
    sys.stderr.write("\r" + "".join(f"{one:<{_WIDTH}}\n" for one in told))
    sys.stderr.flush()
    return nullcontext()


@contextmanager
def _line(most: float, definitions: Sequence[Definition]) -> Iterator[Telling | None]:
    """Write the line, and anew each second; leave nothing of it behind. *most*: seconds for each definition.

    One definition is explored in this process, so what counts against the bound is counted, and how many questions are
    answered is shown; several are by the clock. Whoever stops it is told what that means.
    """
    tallies: list[Tally] = []
    clock = time.process_time if len(definitions) == 1 else time.monotonic
    over, begun, said = Event(), clock(), _said(definitions, most)

    def write() -> None:
        while True:
            _write(f"{said}: {clock() - begun:.0f} s{_so_far(tallies[-1]) if tallies else ''}")
            if over.wait(1):
                return

    writer = Thread(target=write, daemon=True)
    writer.start()
    told = ""
    try:
        yield tallies.append
    except KeyboardInterrupt:
        told = f"{_STOPPED}\n"
        raise
    finally:
        over.set()
        writer.join()
        _write("")
        sys.stderr.write(told)


def _so_far(tally: Tally) -> str:
    """Return how many questions are answered, on what is left of a line."""
    kept = f" ({tally.kept} before)" if tally.kept else ""
    return f", {tally.answered} of {tally.questions} answered{kept}"


def _said(definitions: Sequence[Definition], most: float) -> str:
    if len(definitions) > 1:
        return f"Exploring {counted(len(definitions), 'procedure')}, at most {most:g} s of computing each"
    return f"Exploring {definitions[0].name[:32]}, at most {most:g} s of computing"


def _write(text: str) -> None:
    sys.stderr.write(f"{text:<{_WIDTH - 1}}\r")
    sys.stderr.flush()
