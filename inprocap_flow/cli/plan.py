"""``plan``: the timetable of a procedure from a day on or by a day, or of a case as it stands, with what-if."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import plan_text
from inprocap_flow.cli.definitions import file_desk, today, written
from inprocap_flow.cli.options import Day
from inprocap_flow.cli.session import Session, pass_session
from inprocap_flow.errors import NotFound
from inprocap_flow.records import record

if TYPE_CHECKING:
    from inprocap_flow.engine.case.binding import Binding
    from inprocap_flow.service.planning.living import CasePlan
    from inprocap_flow.service.planning.plans import Question, Timetable
    from inprocap_flow.service.planning.spread import Spread


@record
class Asked:
    """What was typed."""

    subject: str
    start: date | None
    finish: date | None
    until: str | None
    by: tuple[str, ...]
    without: tuple[str, ...]
    assume: tuple[str, ...]
    ranges: tuple[str, ...]
    what_if: tuple[str, ...]
    history: bool
    why: bool
    runs: int
    seed: int
    svg: Path | None
    ics: Path | None
    html: Path | None


_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option("--start", type=Day(), metavar="DATE", help="The day on which it begins. Without it: today."),
    click.option("--finish", type=Day(), metavar="DATE", help="The day by which it must be finished; counts back."),
    click.option("--until", metavar="MILESTONE", help="Plan only as far as this milestone."),
    click.option("--by", "by", multiple=True, metavar="STEP", help="Take this step, or this branch: STEP=STAGE."),
    click.option("--without", multiple=True, metavar="NAME", help="Do not take this step, stage or group of stages."),
    click.option("--assume", multiple=True, metavar="NAME=VALUE", help='A length: tendering.opened="6 weeks"; a fact.'),
    click.option("--range", "ranges", multiple=True, metavar="NAME=A..B", help="From A to B: what it may take."),
    click.option("--history", is_flag=True, help="Take lengths from the finished cases of the organisation."),
    click.option("--what-if", multiple=True, metavar="CHANGE", help='"NAME +10 days", or NAME=VALUE. Of a case.'),
    click.option("--why", is_flag=True, help="Of a case, too: the latest safe day and the reason of everything."),
    click.option("--runs", type=click.IntRange(100, 1_000_000), default=10_000, help="How often chance is played."),
    click.option("--seed", type=int, default=1, help="The same seed gives the same answer."),
    click.option("--svg", type=_FILE, metavar="FILE", help="Draw it as a Gantt chart."),
    click.option("--html", type=_FILE, metavar="FILE", help="Write it as a page to print: chart, table, notes, A4."),
    click.option("--ics", type=_FILE, metavar="FILE", help="Write its days as a calendar."),
)


def _with_options(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def called(**typed: Any) -> None:
        function(Asked(**typed))

    made: Callable[..., None] = called
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


@click.command()
@click.argument("subject", metavar="PROCEDURE|CASE")
@_with_options
@pass_session
def plan(session: Session, asked: Asked) -> None:
    """The whole timetable, with its critical path and the latest safe day of each milestone.

    Of a procedure: from typical lengths of stages, legal periods with floors and holidays, standstill, meetings. Of a
    case: what has happened, what is expected, what would be if. What nobody knows is assumed, and listed. A plan is
    not law: each line says why. Where lengths have a range, the days with 50, 80 and 95 percent are said.

    \b
    inprocap-flow plan open --start 2027-01-11 --html open.html
    inprocap-flow plan pcp --finish 2029-12-21 --assume length_1="6 months"
    inprocap-flow plan 3f2a91 --what-if "tendering.opened +10 days"
    """  # noqa: D301 - the mark is for click
    if asked.start and asked.finish:
        raise click.UsageError("Give --start or --finish, not both.")
    desk = file_desk(session)
    try:
        path = desk.find_definition(asked.subject)
    except NotFound as unknown:
        _plan_case(session, asked, unknown)
        return
    if asked.what_if:
        raise click.UsageError("--what-if is asked of a case; of a procedure, plan it twice with other --assume.")
    _plan_procedure(session, asked, path)


# ---------------------------------------------------------------------------------------------- of a procedure


def _plan_procedure(session: Session, asked: Asked, path: Path) -> None:
    made = _timetable(session, asked, path)
    chances = _spread(session, asked, made)
    files = _files(session, asked, made, chances)
    document = made.to_plain() | _chances_to_plain(made, chances) | ({"written": files} if files else {})
    session.answer(document, plan_text.lines(made, chances, files, today=today(session)))


def _timetable(session: Session, asked: Asked, path: Path) -> Timetable:
    """Return the plan with the overlays that are in force on the day on which it begins."""
    from inprocap_flow.records import changed
    from inprocap_flow.service.planning.finding import binding_of_file
    from inprocap_flow.service.planning.timetable import plan_procedure

    named = session.options.get("organisation") or session.settings.organisation
    desk, day = file_desk(session), asked.start or today(session)

    def planned(day: date) -> Timetable:
        binding = binding_of_file(desk, path, named, day)
        begin = None if asked.finish else day
        return plan_procedure(binding, changed(_question(session, asked, binding), start=begin))

    made = planned(day)
    if asked.finish is None:
        return made
    # Counted back, the first day is known only now; overlays that begin or end before it make another plan.
    again = planned(made.start)
    return again if again.binding.definition.overlays != made.binding.definition.overlays else made


def _question(session: Session, asked: Asked, binding: Binding) -> Question:
    from inprocap_flow.service.planning.assuming import read_given
    from inprocap_flow.service.planning.plans import Question

    given = read_given(binding.definition, binding.organisation.zone, assume=asked.assume, ranges=asked.ranges)
    history = {}
    if asked.history:
        from inprocap_flow.service.planning.experience import experience

        history = dict(experience(session.reading_desk, binding))
    return Question(None, asked.finish, asked.by, asked.without, asked.until, given, history, session.settings.language)


# ---------------------------------------------------------------------------------------------- of a case


def _plan_case(session: Session, asked: Asked, unknown: NotFound) -> None:
    from inprocap_flow.cli.subject import refuse_other_organisation
    from inprocap_flow.service.finding import find_case
    from inprocap_flow.service.planning.assuming import read_given
    from inprocap_flow.service.planning.living import plan_case

    if asked.start:
        raise click.UsageError("A case has begun already: leave --start out.") from unknown
    try:
        desk = session.reading_desk  # where there is no database, there is no case either
        case_id = find_case(desk, asked.subject)
    except NotFound:
        raise NotFound(
            f"there is neither a procedure nor a case {asked.subject}",
            mend=f"{unknown.mend}; or a case: inprocap-flow cases lists them",
        ) from unknown
    with desk.store.reading() as reading:
        case = reading.load(case_id).case
        refuse_other_organisation(session, case)
        binding = desk.binding(reading, case)
    zone = binding.organisation.zone
    what_if = read_given(binding.definition, zone, what_if=asked.what_if) if asked.what_if else None
    made = plan_case(binding, case, _question(session, asked, binding), desk.clock.now(), what_if)
    chances = _spread(session, asked, made.what_if or made.now)
    files = _case_files(session, asked, made, chances)
    told = _chances_to_plain(made.what_if or made.now, chances) | ({"written": files} if files else {})
    session.answer(made.to_plain() | told, plan_text.case_lines(made, chances, files, why=asked.why))


# ---------------------------------------------------------------------------------------------- chance


def _spread(session: Session, asked: Asked, made: Timetable) -> Spread | None:
    """Play the plan if any of its lengths has a range; a bar on a terminal shows how far it is."""
    from inprocap_flow.service.planning.spread import spread, varies

    if not varies(made.draft.network):
        return None
    if session.as_json or not sys.stderr.isatty():
        return spread(made.draft.network, runs=asked.runs, seed=asked.seed)
    with click.progressbar(length=asked.runs, label="Playing the plan", file=sys.stderr) as bar:
        return spread(made.draft.network, runs=asked.runs, seed=asked.seed, progress=lambda n: bar.update(n - bar.pos))


def _chances_to_plain(made: Timetable, chances: Spread | None) -> dict[str, Any]:
    from inprocap_flow.service.planning.risks import risks

    told: dict[str, Any] = {"risks": [one.to_plain() for one in risks(made, chances)]}
    if chances is None:
        return told
    days = {name: {"50": a.isoformat(), "80": b.isoformat(), "95": c.isoformat()}
            for name, (a, b, c) in chances.days.items()}  # fmt: skip
    late = [{"late": one, "end": end, "share": share} for (one, end), share in chances.late.items()]
    drawn = {"runs": chances.runs, "seed": chances.seed, "varying": chances.varying, "days": days, "late": late}
    return told | {"spread": drawn}


# ---------------------------------------------------------------------------------------------- files


def _files(session: Session, asked: Asked, made: Timetable, chances: Spread | None) -> list[str]:
    done = []
    if asked.svg is not None:
        from inprocap_flow.service.planning.charting import gantt

        written(asked.svg, gantt(made, today(session), chances.days if chances else None))
        done.append(str(asked.svg))
    if asked.html is not None:
        from inprocap_flow.service.planning.paper import paper

        written(asked.html, paper(made, file_desk(session).clock.now(), chances))
        done.append(str(asked.html))
    return done + _calendar_file(session, asked, made, "")


def _case_files(session: Session, asked: Asked, made: CasePlan, chances: Spread | None) -> list[str]:
    done = []
    if asked.svg is not None:
        from inprocap_flow.service.planning.charting import gantt

        shown, beside, says = made.now, made.planned, "as first planned, on the day it was opened"
        if made.what_if is not None:
            shown, beside, says = made.what_if, made.now, "as expected without the change"
        days = chances.days if chances else None
        written(asked.svg, gantt(shown, today(session), days, beside=beside, compared=says))
        done.append(str(asked.svg))
    if asked.html is not None:
        from inprocap_flow.service.planning.paper import case_paper

        written(asked.html, case_paper(made, file_desk(session).clock.now(), chances))
        done.append(str(asked.html))
    return done + _calendar_file(session, asked, made.what_if or made.now, made.case.id)


def _calendar_file(session: Session, asked: Asked, made: Timetable, about: str) -> list[str]:
    if asked.ics is None:
        return []
    from inprocap_flow.service.planning.diary import diary

    written(asked.ics, diary(made, file_desk(session).clock.now(), about).decode())
    return [str(asked.ics)]
