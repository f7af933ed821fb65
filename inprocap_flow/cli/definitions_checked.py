"""What ``check`` finds in files, structure first, then what cases can come to, and how it is said as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inprocap_flow.cli import definitions_behaviour, definitions_unlooked, layout
from inprocap_flow.cli.definitions import counted, stepping
from inprocap_flow.cli.definitions_looked_up import pages, sections
from inprocap_flow.cli.exploring import announced, bound_for
from inprocap_flow.cli.problems import problem_to_plain, rendered
from inprocap_flow.cli.session import Session
from inprocap_flow.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:
    from inprocap_flow.cli.definitions_unlooked import House
    from inprocap_flow.language.model import Absence
    from inprocap_flow.service.desk import Desk

Telling = Callable[[Sequence[str]], Callable[[definitions_behaviour.Explored], None]]
"""Given the names of all procedures that will be explored, what is told of each as it is answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of files: with which organisation, for which day, who is away besides, how far it explores."""

    desk: Desk
    organisation: Path | None
    day: date
    away: tuple[tuple[str, Absence], ...] = ()
    quick: bool = False
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said of it: every open question, explained advice too, and what organisations among the files use."""

    details: bool = False
    explained: bool = False
    whole: bool = False


def tell(session: Session, asked: Asked, files: Sequence[Path], shown: Shown) -> bool:
    """Say everything that is found in *files*, each part as soon as it is known; return whether there are errors."""
    left = definitions_unlooked.unlooked(asked.desk, files, asked.organisation, asked.day)
    looked = left if shown.whole else []
    problems = merged([structural(session, asked, files), *(_of_house(asked, house) for house in looked)])
    if not session.as_json:
        for line in _problem_lines(problems, explained=shown.explained):
            session.say(line)
    tellers: list[definitions_behaviour.Teller] = []
    telling = _telling(session, tellers, details=shown.details)
    results = [] if asked.quick else _behaviour(asked, files, looked, telling)
    more = [one for result in results for one in result.problems]
    problems = merged([problems, more])
    data = _plain(files, problems) | ({} if asked.quick else {"behaviour": definitions_behaviour.plain(results)})
    said = [line for teller in tellers for line in teller.last()] + [*_problem_lines(more, explained=shown.explained)]
    last = [*_last_lines(files, problems, explained=shown.explained), *_houses_lines(left, looked)]
    session.answer(data | _looked(left, looked), [*said, *last])
    return any(one.severity == "error" for one in problems)


def _looked(left: Sequence[House], looked: Sequence[House]) -> dict[str, Any]:
    used = {house.name: list(house.procedures) for house in left if house.procedures}
    return {
        "looked_at": used if looked else {},
        "not_looked_at": {} if looked else used,
        "may_use_every_procedure": [house.name for house in left if house.names_none],
    }


def structural(session: Session, asked: Asked, files: Sequence[Path]) -> list[Problem]:
    """Return every problem that is seen without exploring, sorted by place."""
    problems = _problems(asked.desk, files, asked.organisation, asked.day, asked.away)
    problems += _problems_of_plans(session, asked.desk, files)
    return sorted(problems, key=lambda one: one.sort_key)


def behavioural(asked: Asked, files: Sequence[Path]) -> list[definitions_behaviour.Explored]:
    """Return what cases of the procedures among *files* can come to, as they are in effect for the organisation."""
    return _behaviour(asked, files, ())


def merged(found: Sequence[Sequence[Problem]]) -> list[Problem]:
    """Return all problems, each once, sorted by place: a fault of a procedure is one for all who use it."""
    each = {one.sort_key: one for problems in reversed(found) for one in problems}
    return sorted(each.values(), key=lambda one: one.sort_key)


def _of_house(asked: Asked, house: House) -> list[Problem]:
    """Return every problem of the procedures that *house* uses, as they are in effect there."""
    files = definitions_unlooked.procedure_files(asked.desk, house)
    return _problems(asked.desk, files, house.path, asked.day, ())


def _telling(session: Session, tellers: list[definitions_behaviour.Teller], *, details: bool) -> Telling:
    """Return what says of each procedure what was found as soon as that is known; beside JSON nothing.

    The one that lays it out is put into *tellers*.
    """

    def telling(names: Sequence[str]) -> Callable[[definitions_behaviour.Explored], None]:
        teller = definitions_behaviour.Teller(names, details=details)
        if not session.as_json:
            tellers.append(teller)

        def tell(one: definitions_behaviour.Explored) -> None:
            for line in () if session.as_json else teller.lines(one):
                session.say(line)

        return tell

    return telling


def _silent(_names: Sequence[str]) -> Callable[[definitions_behaviour.Explored], None]:
    return lambda _one: None


def _behaviour(
    asked: Asked, files: Sequence[Path], houses: Sequence[House], telling: Telling = _silent
) -> list[definitions_behaviour.Explored]:
    """Return what cases can come to: of *files*, then of what *houses* use; what is the same is explored once."""
    procedures = definitions_behaviour.built(asked.desk, files, asked.organisation, asked.day)
    for house in houses:
        used = definitions_unlooked.procedure_files(asked.desk, house)
        procedures += definitions_behaviour.built(asked.desk, used, house.path, asked.day)
    bound = bound_for(asked.seconds, asked.desk.settings)
    each = list({(one.called, one.path): one for one in reversed(procedures)}.values())[::-1]
    tell = telling([one.called for one in each])
    return definitions_behaviour.explored(asked.desk, each, bound, announced(bound), tell)


def _problems(
    desk: Desk, files: Sequence[Path], organisation: Path | None, day: date, away: Sequence[tuple[str, Absence]]
) -> list[Problem]:
    """Return the problems of all files, each once: one of a block shows in every procedure that includes it."""
    from inprocap_flow.language.inspect import check as check_files
    from inprocap_flow.service.kept import Kept, usual_folder
    from inprocap_flow.service.noting import noting_for

    found: dict[tuple[object, ...], Problem] = {}
    kept = Kept(desk.settings.answers or usual_folder())
    inside = partial(stepping, label="Applying overlays") if len(files) == 1 else iter
    for path in stepping(files, "Checking"):
        with noting_for(kept, path.absolute(), organisation and organisation.absolute()):
            problems = check_files(
                [path], desk.definitions, organisation=organisation, day=day, away=away, hook_lookup=desk.hooks.lookup,
                stepping=inside,
            )  # fmt: skip
        for one in problems:
            found.setdefault(one.sort_key, one)
    return sorted(found.values(), key=lambda one: one.sort_key)


def _problems_of_plans(session: Session, desk: Desk, files: Sequence[Path]) -> list[Problem]:
    """Return what keeps cases from going over by the plans among *files*, between versions released or in files."""
    plans = [path for path in files if _may_be_plan(path)]
    if not plans:
        return []
    from inprocap_flow.service.migrating import is_plan, problems_of_plan

    plans = [path for path in plans if is_plan(path)]
    with suppress(NotFound):  # without a database the files are all there is
        desk = session.reading_desk
    return [one for path in plans for one in problems_of_plan(desk, path)]


def _may_be_plan(path: Path) -> bool:
    from inprocap_flow.language.documents import kind_of
    from inprocap_flow.language.files import Library

    try:
        return kind_of(Library(()).read(path)) == "migration"
    except InvalidInput:
        return False


def _houses_lines(left: Sequence[House], looked: Sequence[House]) -> Iterator[str]:
    """Yield for whom procedures were looked at, or that they were not."""
    if not looked:
        yield from definitions_unlooked.lines(left)
    for house in (one for one in looked if one.procedures):
        yield from layout.wrapped(f"Looked at for {house.name}: {', '.join(house.procedures)}.", "", "  ")
    yield from definitions_unlooked.others(left)


def _plain(files: Sequence[Path], problems: Sequence[Problem]) -> dict[str, Any]:
    errors = sum(one.severity == "error" for one in problems)
    return {
        "files": len(files),
        "errors": errors,
        "advice": len(problems) - errors,
        "problems": [problem_to_plain(one) for one in problems],
    }


def _problem_lines(problems: Sequence[Problem], *, explained: bool) -> Iterator[str]:
    for one in problems:
        if explained or not one.explained:
            yield from rendered(one)
            yield ""


def _last_lines(files: Sequence[Path], problems: Sequence[Problem], *, explained: bool) -> Iterator[str]:
    have = {*pages(), *sections()}
    yield summary(len(files), problems)
    known = sorted({one.code for one in problems if one.code in have and (explained or not one.explained)})
    if known:
        shown = " ".join(known[:3])
        yield from layout.wrapped(f"More about a code: inprocap-flow check --explain CODE ({shown}).")


def summary(files: int, problems: Sequence[Problem]) -> str:
    """Return the last line: how many files, how many errors, how much advice."""
    errors = sum(one.severity == "error" for one in problems)
    advice = len(problems) - errors
    if not problems:
        return f"{counted(files, 'file')} checked: no problems."
    parts = [counted(errors, "error")] if errors else ["no errors"]
    parts += [counted(advice, "piece of advice", "pieces of advice")] if advice else []
    settled = sum(bool(one.explained) for one in problems)
    if settled:
        parts[-1] += f" ({'all' if settled == advice else settled} explained in the files: --explained)"
    return f"{counted(files, 'file')} checked: {', '.join(parts)}."
