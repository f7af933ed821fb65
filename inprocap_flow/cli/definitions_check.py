"""``check``: every problem of every definition, with its place, the line, the fact and the mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import definitions_away, definitions_behaviour, definitions_unlooked, exits, layout
from inprocap_flow.cli.definitions import counted, definition_files, file_desk, stepping, today
from inprocap_flow.cli.definitions_explain import Explaining, explain_files
from inprocap_flow.cli.exploring import announced, bound_for
from inprocap_flow.cli.problems import problem_to_plain, rendered
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotFound, Problem

if TYPE_CHECKING:
    from inprocap_flow.cli.definitions_unlooked import House
    from inprocap_flow.language.model import Absence
    from inprocap_flow.service.desk import Desk

Telling = Callable[[Sequence[str]], Callable[[definitions_behaviour.Explored], None]]
"""Given the names of all procedures that will be explored, what is told of each as it is answered."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--explain", "code", metavar="CODE", help="What a code means; with PATH, play what leads to it.")
@click.option("--to", type=click.Path(path_type=Path), help="Where the scenario of --explain goes.")
@click.option("--quick", is_flag=True, help="Only what is seen at once; do not explore what cases can come to.")
@click.option("--details", "--behaviour", is_flag=True, help="Tell every open question of what cases can come to.")
@click.option(
    "--seconds",
    type=click.IntRange(1),
    help="How long to explore each procedure; else as is set, or 60 (10 after a save).",
)
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved, until Ctrl-C.")
@click.option("--explained", is_flag=True, help="Show explained advice, too.")
@click.option("--away", multiple=True, metavar="PERSON[:FROM..UNTIL]", help="As if this person were away, too.")
@click.option(
    "--all", "whole", is_flag=True, help="Also what the organisations among the files use, with their people."
)
@click.option("--who-is-needed", is_flag=True, help="List whose absence alone would stop something.")
@pass_session
@click.pass_context
def check(
    ctx: click.Context,
    session: Session,
    paths: tuple[str, ...],
    code: str | None,
    to: Path | None,
    away: tuple[str, ...],
    *,
    quick: bool,
    details: bool,
    seconds: int | None,
    watch: bool,
    explained: bool,
    whole: bool,
    who_is_needed: bool,
) -> None:
    """Check definition files; without PATH, all of your own folder (or the shipped ones).

    A folder stands for every YAML file in it. With an organisation (--organisation, or as set) the people, calendars,
    lists and limits it must have are checked too, on procedures with the overlays that it has today. An overlay is
    checked with every procedure that it was written for. The exit status is 1 if there is an error; advice does not
    count.

    Then it explores what cases can come to: whether one can get stuck, or end with something open. Each answer is
    proven, none found up to a bound, or not decided; that is no error. Answers are kept, so unchanged procedures take
    no time. --quick leaves this out. --explain CODE PATH writes what leads to such findings as scenarios
    (PATH.CODE.test.yaml), for an organisation that uses the procedure or the one that is named (--organisation), plays
    them, and says what they show. --watch goes on until Ctrl-C and says what has changed.

    Which procedures an organisation among the files uses is said, and --all looks at them too: each for that
    organisation, with its people and its overlays.

    Whether people can give every approval is checked for the days on which somebody is away, too. --away asks what if;
    --who-is-needed lists whose absence alone would stop something.
    """
    if code and paths:
        desk = file_desk(session)
        files, house = definition_files(desk, paths), _organisation_file(session, desk)
        return explain_files(session, desk, Explaining(code, files, house, today(session), to))
    if code:
        page = explanation(code)
        session.answer({"code": code, "page": page}, page.splitlines())
        return None
    desk = file_desk(session)
    files = definition_files(desk, paths)
    organisation = _organisation_file(session, desk)
    if who_is_needed:
        found = definitions_away.needed(desk, files, organisation, today(session))
        session.answer(definitions_away.plain(found), definitions_away.lines(found))
        return None
    absent = definitions_away.absences(organisation, away, desk.definitions)
    asked = Asked(desk, organisation, today(session), tuple(absent), quick=quick, seconds=seconds)
    if watch:
        if whole:
            raise click.UsageError("--all looks once at everything; --watch goes on with the files themselves.")
        from inprocap_flow.cli.definitions_watch import watched

        ctx.exit(exits.PROBLEMS if watched(session, asked, paths) else 0)
    left = definitions_unlooked.unlooked(desk, files, organisation, asked.day)
    looked = left if whole else []
    problems = merged([structural(session, asked, files), *(_of_house(asked, house) for house in looked)])
    if not session.as_json:
        for line in _problem_lines(problems, explained=explained):
            session.say(line)
    tellers: list[definitions_behaviour.Teller] = []
    results = [] if quick else _behaviour(asked, files, looked, _telling(session, tellers, details=details))
    more = [one for result in results for one in result.problems]
    problems = merged([problems, more])
    data = _plain(files, problems) | ({} if quick else {"behaviour": definitions_behaviour.plain(results)})
    data["looked_at"] = {house.name: list(house.procedures) for house in looked}
    data["not_looked_at"] = {} if whole else {house.name: list(house.procedures) for house in left}
    said = [line for teller in tellers for line in teller.last()] + [*_problem_lines(more, explained=explained)]
    last = [*_last_lines(files, problems, explained=explained), *_houses_lines(left, looked)]
    session.answer(data, [*said, *last])
    if any(one.severity == "error" for one in problems):
        ctx.exit(exits.PROBLEMS)
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of files: with which organisation, for which day, who is away besides, how far it explores."""

    desk: Desk
    organisation: Path | None
    day: date
    away: tuple[tuple[str, Absence], ...] = ()
    quick: bool = False
    seconds: int | None = None


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

    found: dict[tuple[object, ...], Problem] = {}
    for path in stepping(files, "Checking"):
        for one in check_files(
            [path], desk.definitions, organisation=organisation, day=day, away=away, hook_lookup=desk.hooks.lookup
        ):
            found.setdefault(one.sort_key, one)
    return sorted(found.values(), key=lambda one: one.sort_key)


def _problems_of_plans(session: Session, desk: Desk, files: Sequence[Path]) -> list[Problem]:
    """Return what keeps cases from going over by the plans among *files*, between versions released or in files."""
    from inprocap_flow.service.migrating import is_plan, problems_of_plan

    plans = [path for path in files if is_plan(path)]
    if not plans:
        return []
    with suppress(NotFound):  # without a database the files are all there is
        desk = session.reading_desk
    return [one for path in plans for one in problems_of_plan(desk, path)]


def _organisation_file(session: Session, desk: Desk) -> Path | None:
    """Return the file of the organisation that is named or set, if any. Raises NotFound."""
    name = session.options.get("organisation") or session.settings.organisation
    if not name:
        return None
    if Path(name).is_file():
        return Path(name)
    found = (folder / "organisations" / f"{name}.yaml" for folder in desk.definitions)
    path = next((one for one in found if one.is_file()), None)
    if path is None:
        raise NotFound(f"there is no organisation {name} among the definitions", mend="give the path of its file")
    return path


def explanation(code: str) -> str:
    """Return the page about a code. Raises NotFound if it has none."""
    pages = _pages()
    if code in pages:
        return pages[code].read_text(encoding="utf-8")
    from difflib import get_close_matches

    near = get_close_matches(code, pages, n=1)
    mend = f"did you mean {near[0]}?" if near else "the message itself says the fact and the mend"
    raise NotFound(f"the code {code!r} has no page of its own", mend=mend)


def _pages() -> dict[str, Path]:
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_bundled" / "checks", package.parent / "docs" / "checks"):
        if folder.is_dir():
            return {path.stem: path for path in sorted(folder.glob("*.md"))}
    return {}


def _houses_lines(left: Sequence[House], looked: Sequence[House]) -> Iterator[str]:
    """Yield for whom procedures were looked at, or that they were not."""
    if not looked:
        yield from definitions_unlooked.lines(left)
    for house in looked:
        yield from layout.wrapped(f"Looked at for {house.name}: {', '.join(house.procedures)}.", "", "  ")


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
    pages = _pages()
    yield summary(len(files), problems)
    known = sorted({one.code for one in problems if one.code in pages and (explained or not one.explained)})
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
