"""What `check` says of the behaviour of procedures: progress while it is explored, one line for each property."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import layout
from inprocap_flow.cli.definitions import counted, shown, stepping
from inprocap_flow.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from inprocap_flow.language.checks.behaviour import Verdict
    from inprocap_flow.language.explore.search import Bound
    from inprocap_flow.language.files import Library
    from inprocap_flow.language.model import Definition
    from inprocap_flow.service.behaving import Watched
    from inprocap_flow.service.desk import Desk

_FEW = 2  # procedures; of more, one line each


@dataclass(frozen=True, slots=True)
class Built:
    """A procedure as it is in effect: with the overlays that the organisation has on the day."""

    path: Path
    definition: Definition
    library: Library

    @property
    def called(self) -> str:
        """The procedure with the overlays that are applied: ``open + house-rules``."""
        return called(self.definition)


@dataclass(frozen=True, slots=True)
class Explored:
    """A procedure with what the checks of behaviour have to say of it."""

    path: Path
    definition: Definition
    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]

    @property
    def called(self) -> str:
        """The procedure with the overlays that are applied: ``open + house-rules``."""
        return called(self.definition)


def called(definition: Definition) -> str:
    """Return a procedure by its name and those of its overlays."""
    return " + ".join([definition.name, *(one.name for one in definition.overlays)])


def built(desk: Desk, files: Sequence[Path], organisation: Path | None, day: date | None) -> list[Built]:
    """Return every procedure among *files* that can be built; the others are for the other checks."""
    found = (_built(desk, path, organisation, day) for path in stepping(files, "Reading"))
    return [one for one in found if one is not None]


def _built(desk: Desk, path: Path, organisation: Path | None, day: date | None) -> Built | None:
    from inprocap_flow.language.files import Library, folders_for
    from inprocap_flow.language.inspect import overlays_of
    from inprocap_flow.language.load import kind_of
    from inprocap_flow.language.overlays import resolve_applied

    try:
        if kind_of(Library(folders_for(path, desk.definitions)).read(path)) != "procedure":
            return None
        overlays = overlays_of(path, desk.definitions, organisation=organisation, day=day)
        definition, library, faults = resolve_applied(path, overlays, desk.definitions, desk.hooks.lookup)
    except InvalidInput:
        return None
    return None if any(one.severity == "error" for one in faults) else Built(path, definition, library)


def explored(
    desk: Desk,
    procedures: Sequence[Built],
    bound: Bound | None = None,
    watched: Watched | None = None,
    tell: Callable[[Explored], None] = lambda _one: None,
) -> list[Explored]:
    """Return what the checks of behaviour say of *procedures*; answers that are kept take no time.

    *watched* is entered while there is anything to explore. *tell* is told of each as soon as it is answered.
    """
    from inprocap_flow.language.files import folders_for
    from inprocap_flow.service.behaving import DAILY, behaviour, kept_for, unwatched
    from inprocap_flow.service.holding import scene_of

    definitions = [one.definition for one in procedures]
    near = dict.fromkeys(folder for one in procedures for folder in folders_for(one.path, desk.definitions))
    scene = scene_of(tuple(near), desk.hooks)
    found = []
    with _progress(len(procedures)) as (done, cleared):
        kept, watched = kept_for(desk.settings), watched or unwatched
        answers = behaviour(definitions, kept, bound or DAILY, done=done, watched=watched, scene=scene)
        for one, said in zip(procedures, answers, strict=True):
            found.append(_explored(one, said))
            with cleared():
                tell(found[-1])
    return found


def _explored(one: Built, verdicts: tuple[Verdict, ...]) -> Explored:
    from inprocap_flow.language.checks.behaviour import problems

    said = one.library.show(problems(verdicts, one.definition, one.library.sources))
    return Explored(one.path, one.definition, verdicts, tuple(said))


Cleared = Callable[[], AbstractContextManager[object]]


@contextmanager
def _progress(count: int) -> Iterator[tuple[Callable[[Definition], None], Cleared]]:
    """Give what is to be told of each procedure as it is answered, and what clears the line to write something.

    On a terminal a bar says how many of several are answered; in a pipe what is told of each is progress enough.
    """
    import click

    if count < 2 or not sys.stderr.isatty():
        yield lambda _definition: None, nullcontext
        return
    with click.progressbar(length=count, label="Exploring what cases can come to", file=sys.stderr) as bar:

        @contextmanager
        def cleared() -> Iterator[None]:
            sys.stderr.write(f"\r{'':<{layout.width() - 1}}\r")
            sys.stderr.flush()
            yield
            bar.render_progress()

        yield lambda _definition: bar.update(1), cleared


def lines(results: Sequence[Explored], *, details: bool) -> Iterator[str]:
    """Yield what was proven, found, or looked for up to which bound, of all that was explored."""
    teller = Teller([one.called for one in results], details=details)
    for one in results:
        yield from teller.lines(one)
    yield from teller.last()


class Teller:
    """Lays out what was proven, found, or looked for up to which bound, procedure by procedure as it comes.

    One line for each property of one or two procedures, one line for each of more; with *details* every question that
    is open. *names* are those of all procedures, so that their columns are the same.
    """

    def __init__(self, names: Sequence[str], *, details: bool) -> None:
        self.details = details
        self.short = len(names) > _FEW and not details
        self.width = max(map(len, names), default=0)
        self.begun = False

    def lines(self, one: Explored) -> Iterator[str]:
        """Yield the lines of one procedure."""
        if self.short:
            if not self.begun:
                yield layout.heading("What cases can come to")
            self.begun = True
            yield from layout.table([(one.called.ljust(self.width), _in_short(one))], indent=2)
            return
        yield layout.heading(f"{one.called}: what cases can come to")
        yield from layout.table([_row(verdict, details=self.details) for verdict in one.verdicts], indent=2)
        for verdict in one.verdicts:
            yield from _doubts(one, verdict, details=self.details)
        if self.details:
            for verdict in one.verdicts:
                yield from _open_questions(verdict)
            yield from _from_the_cache(one)
        yield ""

    def last(self) -> Iterator[str]:
        """Yield what stands below all of them."""
        if self.begun:
            yield ""


def _row(verdict: Verdict, *, details: bool) -> tuple[str, ...]:
    if details:
        return verdict.code, verdict.verdict, f"{counted(verdict.states, 'case')} in {verdict.seconds:.1f} s"
    return verdict.code, verdict.verdict, _how_many_are_open(verdict)


def _how_many_are_open(verdict: Verdict) -> str:
    left = sum(one.answer.verdict in ("not decided", "none found") for one in verdict.asked)
    return f"{left} of {counted(len(verdict.asked), 'question')} open within the bound" if left else ""


def _in_short(one: Explored) -> str:
    """Return how many properties have which answer, and the names of those that are not proven."""
    answers = Counter(verdict.verdict for verdict in one.verdicts)
    said = [f"{answers['proven']} of {len(one.verdicts)} proven"]
    for answer in ("found", "not decided", "none found"):
        codes = [verdict.code for verdict in one.verdicts if verdict.verdict == answer]
        said += [f"{answer}: {', '.join(codes)}"] if codes else []
    return "; ".join(said)


def _open_questions(verdict: Verdict) -> Iterator[str]:
    for asked in verdict.asked:
        if asked.answer.up_to and asked.answer.verdict != "proven":
            said = f"{verdict.code}, {asked.about}: {asked.answer.verdict} up to {asked.answer.up_to}"
            yield from layout.wrapped(said, "  ", "    ")


def _from_the_cache(one: Explored) -> Iterator[str]:
    """Yield how many questions earlier runs have answered, of a procedure that was explored now."""
    answers = [asked.answer for verdict in one.verdicts for asked in verdict.asked]
    kept = sum(answer.kept for answer in answers)
    if kept:
        yield f"  {kept} of {counted(len(answers), 'question')} answered from the cache"


def _doubts(one: Explored, verdict: Verdict, *, details: bool) -> Iterator[str]:
    """Yield what may be: it was found, but the way that was found does not play; why, only with *details*."""
    from inprocap_flow.service.holding import DOES_NOT_PLAY

    for doubt in (asked.answer.doubt for asked in verdict.asked if asked.answer.doubt):
        fact = doubt.partition(DOES_NOT_PLAY)[0]
        plain = f"{fact} Tried out, it does not come about in the way that was found, so it stays open."
        yield from layout.wrapped(f"{verdict.code}, may be: {doubt if details else plain}", "  ", "    ")
        if not details:
            yield from layout.wrapped(f"More: inprocap-flow check --explain {verdict.code} {shown(one.path)}", "    ")


def plain(results: Sequence[Explored]) -> list[dict[str, Any]]:
    """Return the same as plain data."""
    return [
        {
            "file": shown(one.path),
            "procedure": one.definition.name,
            "overlays": [overlay.name for overlay in one.definition.overlays],
            "checks": [_plain(verdict) for verdict in one.verdicts],
        }
        for one in results
    ]


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "code": verdict.code,
        "answer": verdict.verdict,
        "cases": verdict.states,
        "seconds": round(verdict.seconds, 2),
        "from_cache": sum(asked.answer.kept for asked in verdict.asked),
        "questions": [
            {"about": asked.about, "answer": asked.answer.verdict, "up_to": asked.answer.up_to}
            | ({"may_be": asked.answer.doubt} if asked.answer.doubt else {})
            for asked in verdict.asked
        ],
    }
