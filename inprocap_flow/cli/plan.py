"""``plan``: the timetable of a procedure from a day on or by a day, or of a case as it stands, with what-if."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inprocap_flow.cli import plan_text
from inprocap_flow.cli.definitions import file_desk, today, written
from inprocap_flow.cli.session import Session, pass_session

if TYPE_CHECKING:
    from inprocap_flow.service.planning.timetable import Timetable


class Day(click.ParamType[date]):
    """A day in ISO form."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write one such as 2027-03-01", param, ctx)


_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("subject", metavar="PROCEDURE|CASE")
@click.option("--start", type=Day(), metavar="DATE", help="The day on which it begins. Without it: today.")
@click.option("--finish", type=Day(), metavar="DATE", help="The day by which it must be finished; counts back.")
@click.option("--until", metavar="MILESTONE", help="Plan only as far as this milestone.")
@click.option("--by", "by", multiple=True, metavar="STEP", help="Take this step, or this branch: STEP=STAGE.")
@click.option("--without", multiple=True, metavar="NAME", help="Do not take this step, stage or group of stages.")
@click.option("--assume", multiple=True, metavar="NAME=VALUE", help='How long: tendering.opened="6 weeks"; or a fact.')
@click.option("--svg", type=_FILE, metavar="FILE", help="Draw it as a Gantt chart.")
@click.option("--ics", type=_FILE, metavar="FILE", help="Write its days as a calendar.")
@pass_session
def plan(
    session: Session,
    *,
    subject: str,
    start: date | None,
    finish: date | None,
    until: str | None,
    by: tuple[str, ...],
    without: tuple[str, ...],
    assume: tuple[str, ...],
    svg: Path | None,
    ics: Path | None,
) -> None:
    """The whole timetable, with its critical path and the latest safe day of each milestone.

    From typical lengths of stages, legal periods with their floors and holidays, standstill, meetings of committees.
    What is not known is assumed, and listed. A plan is not law: each line says why.

    \b
    inprocap-flow plan open --start 2027-01-11
    inprocap-flow plan pcp --finish 2029-12-21 --assume length_1="6 months"
    """  # noqa: D301 - the mark is for click
    from inprocap_flow.service.planning.durations import read_given
    from inprocap_flow.service.planning.finding import binding_of_file
    from inprocap_flow.service.planning.timetable import Question, plan_procedure

    if start and finish:
        raise click.UsageError("Give --start or --finish, not both.")
    desk = file_desk(session)
    named = session.options.get("organisation") or session.settings.organisation
    binding = binding_of_file(desk, desk.find_definition(subject), named)
    given = read_given(binding.definition, binding.organisation.zone, assume=assume)
    begin = start if start or finish else today(session)
    question = Question(begin, finish, by, without, until, given, language=session.settings.language)
    made = plan_procedure(binding, question)
    files = _files(made, desk.clock.now(), today(session), svg, ics)
    session.answer(made.to_plain() | ({"written": files} if files else {}), plan_text.lines(made, files))


def _files(made: Timetable, now: datetime, day: date, svg: Path | None, ics: Path | None) -> list[str]:
    done = []
    if svg is not None:
        from inprocap_flow.service.planning.charting import gantt

        written(svg, gantt(made, day))
        done.append(str(svg))
    if ics is not None:
        from inprocap_flow.service.planning.diary import diary

        written(ics, diary(made, now).decode())
        done.append(str(ics))
    return done
